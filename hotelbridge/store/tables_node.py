"""The tables of devices and their phones, of what came from them, and of the node itself. See `tables`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from hotelbridge.store.columns import BigId
from hotelbridge.store.tables_base import GROWS, NODE_WIDE, Row, id_, instant, joined, long_


class Phone(Row, table=True):
    """One extension of a device; `room` names one or several, parted by commas, or none.

    `wanted`, `once` and `held` are JSON objects, `basis` is one or empty.
    """

    __tablename__ = "phone"
    __table_args__ = (Index(None, "property", "room"),)
    property: str = Field(primary_key=True)
    device: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    room: str
    lineid: str | None = None
    wanted: str = long_()
    held: str | None = long_(default=None)
    in_sync: bool
    state: str
    checked_at: datetime | None = instant(default=None)
    once: str = joined("{}", sa_type=Text)
    basis: str = joined("", sa_type=Text)
    cause: str = joined("", sa_type=Text)


class Device(Row, table=True):
    """One telephone exchange as last seen."""

    __tablename__ = "device"
    property: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    up: bool | None = None
    since: datetime | None = instant(default=None)
    booted_at: datetime | None = instant(default=None)
    last_report_at: datetime | None = instant(default=None)
    last_reply_at: datetime | None = instant(default=None)
    detail: str = long_()


class Report(Row, table=True):
    """The inbox: pushes as received, `worked_at` null until they were worked off."""

    __tablename__ = "report"
    __table_args__ = (
        # Only what is still to do: stays small however long the worked ones are kept.
        Index(
            "ix_report_unworked",
            "property",
            "id",
            sqlite_where=text("worked_at IS NULL"),
            postgresql_where=text("worked_at IS NULL"),
        ),
        Index(None, "property", "at"),
        Index(
            "ix_report_bad",
            "property",
            "at",
            sqlite_where=text("bad IS NOT NULL"),
            postgresql_where=text("bad IS NOT NULL"),
        ),
        GROWS,
    )
    id: int | None = id_()
    property: str
    device: str
    at: datetime = instant()
    body: bytes = Field(sa_type=LargeBinary)
    worked_at: datetime | None = instant(default=None)
    bad: str | None = long_(default=None)


class Change(Row, table=True):
    """The change feed: the `n`th thing of a property that the desk can see."""

    __tablename__ = "change"
    __table_args__ = (Index(None, "property", "at"),)
    property: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    kind: str
    id: str
    at: datetime = instant()


class Token(Row, table=True):
    """A bearer token, by the hash of it; `property` is '' for all of them or a comma list."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("hash"), GROWS)
    id: int | None = id_()
    property: str = NODE_WIDE
    name: str
    role: str
    hash: str
    created_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)


class KeptAnswer(Row, table=True):
    """The first answer to a request that may come again under the same Idempotency-Key."""

    __tablename__ = "kept_answer"
    __table_args__ = (Index(None, "property", "at"),)
    property: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    caller: str = Field(primary_key=True)
    fingerprint: str
    answer: str = long_()
    at: datetime = instant()


class Lease(Row, table=True):
    """The right of one node to run one property; the epoch only grows."""

    __tablename__ = "lease"
    property: str = Field(primary_key=True)
    node: str
    epoch: int = Field(sa_type=BigId)
    expires: datetime = instant()


class Mark(Row, table=True):
    """The number of the last batch a node has committed: read after a COMMIT whose answer was lost."""

    __tablename__ = "mark"
    property: str = Field(default=NODE_WIDE, primary_key=True)
    node: str = Field(primary_key=True)
    n: int = Field(sa_type=BigId)


class ClockMark(Row, table=True):
    """The last time that a node trusted, with the boot it was read in and that boot's own seconds.

    `standing`, `ahead`, `since`, `floor` and `drift` keep a question that is open (see `core.timeline.Mark`).
    """

    __tablename__ = "clock_mark"
    property: str = Field(default=NODE_WIDE, primary_key=True)
    node: str = Field(primary_key=True)
    wall: datetime = instant()
    boot_id: str
    boot_seconds: float
    standing: str
    ahead: float | None = None
    since: float
    floor: bool
    drift: float = 0.0
