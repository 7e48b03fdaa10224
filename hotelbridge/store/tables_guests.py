"""The tables of guests, of what their PMS said, and of what became of it. See `tables`."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from hotelbridge.store.columns import BigId
from hotelbridge.store.tables_base import GROWS, Row, id_, instant, long_, people, to


class Stay(Row, table=True):
    """One guest in the house, from check-in to check-out; a room may hold several."""

    __tablename__ = "stay"
    __table_args__ = (
        # Only who is in the house: stays small however long the past is kept.
        Index(
            "ix_stay_in_house",
            "property",
            "room",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "property", "reservation"),
        Index(None, "property", "room", "ended_at"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    room: str
    reservation: str
    name: str = long_()
    language: str
    vip: bool
    line_class: str | None = None
    group: str
    arrival: date | None = None
    departure: date | None = None
    since: datetime = instant()
    by: str
    origin: str
    ended_at: datetime | None = instant(default=None)
    ended_by: str | None = None
    end: str | None = None


class Occupancy(Row, table=True):
    """A stretch of a stay in one room; `until` null while it lasts."""

    __tablename__ = "occupancy"
    __table_args__ = (Index(None, "stay_id"), Index(None, "property", "room", "since"), GROWS)
    id: int | None = id_()
    property: str
    stay_id: int = to("stay.id")
    room: str
    since: datetime = instant()
    until: datetime | None = instant(default=None)


class RoomState(Row, table=True):
    """What was said of a room itself, whoever is in it."""

    __tablename__ = "room_state"
    property: str = Field(primary_key=True)
    room: str = Field(primary_key=True)
    line_class: str | None = None
    line_class_by: str
    do_not_disturb: bool | None = None
    at: datetime | None = instant(default=None)


class Record(Row, table=True):
    """One message of a link as it was on the wire: the flight recorder; the inbox of the PMS's too."""

    __tablename__ = "record"
    __table_args__ = (
        # Only what is still to do: stays small however long the worked ones are kept.
        Index(
            "ix_record_unworked",
            "property",
            "id",
            sqlite_where=text("worked_at IS NULL"),
            postgresql_where=text("worked_at IS NULL"),
        ),
        Index(None, "property", "at"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    link: str
    direction: str
    at: datetime = instant()
    body: bytes = Field(sa_type=LargeBinary)
    words: str = long_()
    worked_at: datetime | None = instant(default=None)
    effect: str = long_()


class RecordRoom(Row, table=True):
    """A room that a record speaks of."""

    __tablename__ = "record_room"
    __table_args__ = (Index(None, "property", "room", "record_id"),)
    record_id: int = Field(primary_key=True, sa_type=BigId, foreign_key="record.id")
    room: str = Field(primary_key=True)
    property: str


class Journal(Row, table=True):
    """One thing that happened to a room or its guests; nothing of a guest is dropped without a line here."""

    __tablename__ = "journal"
    __table_args__ = (
        Index(None, "property", "room", "id"),
        Index(None, "property", "at"),
        people("journal"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    at: datetime = instant()
    by: str
    origin: str
    room: str
    reservation: str
    what: str
    text: str = long_()
    record_id: int | None = Field(default=None, sa_type=BigId)  # may be purged before this line


class PmsState(Row, table=True):
    """A plugin's own durable values."""

    __tablename__ = "pms_state"
    property: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str = long_()


class Resync(Row, table=True):
    """One time that a PMS told how everything stands; `difference` is a JSON object once it is known."""

    __tablename__ = "resync"
    __table_args__ = (Index(None, "property", "state"), GROWS)
    id: int | None = id_()
    property: str
    state: str
    begun_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    difference: str | None = long_(default=None)
    decided_by: str | None = None
    decided_at: datetime | None = instant(default=None)


class ResyncFact(Row, table=True):
    """What came between the beginning and the end of a resync, in order; `fact` is a JSON object."""

    __tablename__ = "resync_fact"
    __table_args__ = (Index(None, "resync_id", "id"), GROWS)
    id: int | None = id_()
    property: str
    resync_id: int = to("resync.id")
    fact: str = long_()
