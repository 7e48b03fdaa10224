"""The tables of calls, of what they cost, and of the tariffs that said so. See `tables`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from hotelbridge.store.columns import BigId
from hotelbridge.store.tables_base import GROWS, Row, id_, instant, joined, long_, people, to

_WHOLE = text("NOT cut")  # numbers and names are still there
_UNPOSTED = text("state NOT IN ('free', 'posted', 'written_off')")


class CallRecord(Row, table=True):
    """One call record of a device, recognised; `key` is a digest of what tells it from all others."""

    __tablename__ = "call_record"
    __table_args__ = (
        UniqueConstraint("property", "key"),
        Index(None, "property", "started"),
        Index(None, "property", "room", "started"),
        Index(None, "property", "device", "arrived"),
        # What is counted in a stretch of days, without a look at the rows; likewise with charges.
        Index("ix_call_record_day", "property", "day", "device", "kind", "off"),
        Index("ix_call_record_waits", "property", sqlite_where=text("waits"), postgresql_where=text("waits")),
        Index("ix_call_record_whole", "property", "started", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
        GROWS,
    )
    id: int | None = id_()
    property: str
    key: str
    device: str
    record: str
    counter: int | None = Field(default=None, sa_type=BigId)
    type: str
    route: str
    trunk: str
    cpn: str
    cdpn: str
    kind: str
    phone: str
    room: str
    started: datetime = instant()
    ended: datetime = instant()
    seconds: int = Field(sa_type=BigId)
    arrived: datetime = instant()
    off: int | None = Field(default=None, sa_type=BigId)
    why: str = long_()
    day: str = joined("")
    cut: bool = joined(False)
    waits: bool = joined(False)  # for a tariff to be priced by


class Charge(Row, table=True):
    """A priced call, whose id it has; amounts are whole minor units of `currency`."""

    __tablename__ = "charge"
    __table_args__ = (
        # Only what is still to do: stays small however long the past is kept.
        Index(
            "ix_charge_unposted",
            "property",
            "state",
            "next_at",
            sqlite_where=_UNPOSTED,
            postgresql_where=_UNPOSTED,
        ),
        Index(None, "property", "started"),
        Index(None, "property", "room", "started"),
        Index(None, "property", "reservation", "started"),
        Index(None, "stay_id"),
        Index("ix_charge_day", "property", "day", "state", "currency", "amount", "tax"),
        Index("ix_charge_whole", "property", "started", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
    )
    id: int = Field(
        primary_key=True,
        sa_type=BigId,
        foreign_key="call_record.id",
        sa_column_kwargs={"autoincrement": False},
    )
    property: str
    room: str
    stay_id: int | None = Field(default=None, sa_type=BigId)  # the guest may be forgotten before it
    reservation: str
    account: str
    started: datetime = instant()
    seconds: int = Field(sa_type=BigId)
    trunk: str
    dialled: str
    number: str
    classes: str
    name: str
    amount: int = Field(sa_type=BigId)
    tax: int = Field(sa_type=BigId)
    currency: str
    version: str
    line: int | None = None
    state: str
    reason: str = long_()
    number_at_pms: int | None = Field(default=None, sa_type=BigId)
    posted_to: str
    tries: int
    next_at: datetime | None = instant(default=None)
    sent_at: datetime | None = instant(default=None)
    done_at: datetime | None = instant(default=None)
    by: str
    note: str = long_()
    day: str = joined("")
    cut: bool = joined(False)
    unsure: bool = joined(False)  # a posting of it got no answer, and it goes again under its number


class ChargeLine(Row, table=True):
    """One thing that happened to a charge."""

    __tablename__ = "charge_line"
    __table_args__ = (Index(None, "charge_id"), people("charge_line"), GROWS)
    id: int | None = id_()
    property: str
    charge_id: int = to("charge.id")
    at: datetime = instant()
    by: str
    origin: str
    what: str
    text: str = long_()


class StayBar(Row, table=True):
    """A stay whose calls have passed its credit: its phones are barred until a person lifts that."""

    __tablename__ = "stay_bar"
    __table_args__ = (
        Index(
            "ix_stay_bar_open",
            "property",
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    stay_id: int = Field(
        primary_key=True, sa_type=BigId, foreign_key="stay.id", sa_column_kwargs={"autoincrement": False}
    )
    property: str
    at: datetime = instant()
    amount: int = Field(sa_type=BigId)
    lifted_by: str | None = None
    lifted_at: datetime | None = instant(default=None)


class TariffVersion(Row, table=True):
    """A tariff that was in force: its file as it stood, and the terms beside it as a JSON object."""

    __tablename__ = "tariff_version"
    property: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    text: str = long_()
    terms: str = long_()
    since: datetime = instant()


class Reconciliation(Row, table=True):
    """One count of what became of the calls of a stretch of time; `result` is a JSON object."""

    __tablename__ = "reconciliation"
    __table_args__ = (Index(None, "property", "at"), Index(None, "property", "begins"), GROWS)
    id: int | None = id_()
    property: str
    at: datetime = instant()
    begins: datetime = instant()
    ends: datetime = instant()
    by: str
    adds_up: bool
    result: str = long_()


class CallSum(Row, table=True):
    """Running sums of a day by one room, stay, ...; see `callsums`."""

    __tablename__ = "call_sum"
    __table_args__ = ({"sqlite_with_rowid": False},)
    property: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    calls: int = Field(sa_type=BigId)
    unanswered: int = Field(sa_type=BigId)
    free: int = Field(sa_type=BigId)
    seconds: int = Field(sa_type=BigId)
    amount: int = Field(sa_type=BigId)
    tax: int = Field(sa_type=BigId)
    posted: int = Field(sa_type=BigId)
    waiting: int = Field(sa_type=BigId)
    written_off: int = Field(sa_type=BigId)


class CallCounter(Row, table=True):
    """How far the running number of a device's call records has come."""

    __tablename__ = "call_counter"
    property: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    last: int = Field(sa_type=BigId)
    before: int | None = Field(default=None, sa_type=BigId)


class CallGap(Row, table=True):
    """Running numbers of a device, both ends included, whose records have not come."""

    __tablename__ = "call_gap"
    __table_args__ = (
        Index(None, "property", "device"),
        Index(None, "property", "at"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    device: str
    first: int = Field(sa_type=BigId)
    last: int = Field(sa_type=BigId)
    at: datetime = instant()
