"""The table of calls to emergency numbers. See `tables`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from hotelbridge.store.tables_base import GROWS, Row, id_, instant, to

_UNDER_WAY = text("ended_at IS NULL")


class EmergencyCall(Row, table=True):
    """One call to an emergency number, by which its reports are known to be of one call."""

    __tablename__ = "emergency_call"
    __table_args__ = (
        # Only what is under way: asked with every piece of the inbox.
        Index(
            "ix_emergency_call_under_way",
            "property",
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index(None, "property", "device", "phone", "id"),
        Index(None, "property", "at"),
        Index(None, "alarm_id"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    device: str
    phone: str
    rooms: str
    number: str
    callid: str | None = Field(default=None)
    at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    alarm_id: int = to("alarm.id")
