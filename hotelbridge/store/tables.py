"""Every table of the store. Each row belongs to a property ('' where it belongs to the whole node).

Rows mirror the records of `core` column by column; states are plain strings, so that a new one needs
no change of the schema. Knows no query.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from hotelbridge.store.columns import BigId
from hotelbridge.store.tables_base import GROWS, NODE_WIDE, Row, id_, instant, joined, long_, to
from hotelbridge.store.tables_guests import (
    Journal,
    Occupancy,
    PmsState,
    Record,
    RecordRoom,
    Resync,
    ResyncFact,
    RoomState,
    Stay,
)

__all__ = [
    "Alarm",
    "AlarmItem",
    "Attempt",
    "Change",
    "ClockMark",
    "Console",
    "DeskCalls",
    "Device",
    "History",
    "Journal",
    "KeptAnswer",
    "Lease",
    "Loan",
    "Mark",
    "NODE_WIDE",
    "Notice",
    "Occupancy",
    "Phone",
    "PmsState",
    "Record",
    "RecordRoom",
    "Report",
    "Resync",
    "ResyncFact",
    "RoomState",
    "Row",
    "Stay",
    "Token",
    "Wakeup",
    "WakeupOrder",
]


class WakeupOrder(Row, table=True):
    """What was asked for; `room` names one room or several, parted by commas."""

    __tablename__ = "wakeup_order"
    __table_args__ = (
        Index(None, "property", "created_at"),
        Index(None, "property", "ended_at", "made_until"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    room: str
    local: str
    note: str = long_()
    language: str
    proof: str
    created_at: datetime = instant()
    created_by: str
    origin: str
    days: str = joined("")
    until: str | None = None
    made_until: str | None = None
    follow_up: int | None = None
    in_person: bool = joined(False)
    vip: bool = joined(False)
    reservation: str = joined("")
    anyway: bool = joined(False)
    ended_at: datetime | None = instant(default=None)
    ended_by: str | None = None


class Wakeup(Row, table=True):
    """One room on one day."""

    __tablename__ = "wakeup"
    __table_args__ = (
        Index(None, "property", "state", "next_at"),
        Index(None, "property", "due"),
        Index(None, "property", "room", "state"),
        Index(None, "order_id"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    order_id: int = to("wakeup_order.id")
    room: str
    local: str
    due: datetime = instant()
    state: str
    version: int
    tries: int
    rounds: int
    next_at: datetime | None = instant(default=None)
    first_ring: datetime | None = instant(default=None)
    result: str | None = None
    language: str
    note: str = long_()
    created_at: datetime = instant()
    created_by: str
    origin: str
    proof: str = joined("answer")
    vip: bool = joined(False)
    in_person: bool = joined(False)
    reservation: str = joined("")
    follows: int | None = to("wakeup.id", default=None)
    expected: datetime | None = instant(default=None)
    connected: datetime | None = instant(default=None)
    looked_at: datetime | None = instant(default=None)
    echo: str = joined("")


class Attempt(Row, table=True):
    """The ring of one phone in one round; without a wake-up it is a desk phone, rung for its alarms."""

    __tablename__ = "attempt"
    __table_args__ = (
        # Only what is in the air: stays small however long the past is kept.
        Index(
            "ix_attempt_open",
            "property",
            "check_at",
            sqlite_where=text("phase <> 'over'"),
            postgresql_where=text("phase <> 'over'"),
        ),
        Index(None, "wakeup_id"),
        Index(None, "property", "started"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    wakeup_id: int | None = to("wakeup.id", default=None)
    n: int
    device: str
    phone: str
    phase: str
    started: datetime = instant()
    rang: datetime | None = instant(default=None)
    answered: datetime | None = instant(default=None)
    ended: datetime | None = instant(default=None)
    outcome: str | None = None
    detail: str = long_()
    check_at: datetime | None = instant(default=None)
    counted: bool
    proof: str = joined("answer")
    keys: str = joined("")


class Loan(Row, table=True):
    """Parameters of a phone changed for a wake-up's sake, to be put back once; both are JSON objects."""

    __tablename__ = "loan"
    __table_args__ = (
        # Only what is lent: stays small however long the past is kept.
        Index(
            "ix_loan_lent",
            "property",
            "kind",
            sqlite_where=text("state <> 'over'"),
            postgresql_where=text("state <> 'over'"),
        ),
        Index(None, "wakeup_id"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    wakeup_id: int = to("wakeup.id")
    device: str
    phone: str
    lineid: str
    kind: str
    before: str = long_()
    during: str = long_()
    state: str
    at: datetime = instant()
    next_at: datetime | None = instant(default=None)


class History(Row, table=True):
    """One thing that happened to a wake-up."""

    __tablename__ = "history"
    __table_args__ = (Index(None, "wakeup_id"), Index(None, "property", "at"), GROWS)
    id: int | None = id_()
    property: str
    wakeup_id: int = to("wakeup.id")
    at: datetime = instant()
    by: str
    origin: str
    what: str
    text: str = long_()


class Alarm(Row, table=True):
    """Something a person must act on; `open_subject` is null once closed: one open alarm per subject."""

    __tablename__ = "alarm"
    __table_args__ = (
        UniqueConstraint("property", "open_subject"),
        Index(None, "property", "open", "next_at"),
        Index(None, "property", "since"),
        Index(None, "wakeup_id"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    kind: str
    subject: str
    open_subject: str | None = None
    room: str | None = None
    wakeup_id: int | None = to("wakeup.id", default=None)
    since: datetime = instant()
    level: int
    text: str = long_()
    open: bool
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = instant(default=None)
    outcome: str | None = None
    note: str = long_()
    closed_at: datetime | None = instant(default=None)
    next_at: datetime | None = instant(default=None)
    nagged: int
    escalated_at: datetime | None = instant(default=None)
    loud_from: datetime | None = instant(default=None)
    healed_at: datetime | None = instant(default=None)


class AlarmItem(Row, table=True):
    """One wake-up of an alarm that is about several of one cause; closed room by room."""

    __tablename__ = "alarm_item"
    __table_args__ = (UniqueConstraint("alarm_id", "wakeup_id"), Index(None, "wakeup_id"), GROWS)
    id: int | None = id_()
    property: str
    alarm_id: int = to("alarm.id")
    wakeup_id: int = to("wakeup.id")
    room: str
    due: datetime = instant()
    text: str = long_()
    closed_at: datetime | None = instant(default=None)
    closed_by: str | None = None
    outcome: str | None = None
    note: str = long_()


class Console(Row, table=True):
    """A desk's screen, when it last said that it is looked at, and whether it can sound."""

    __tablename__ = "console"
    property: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    seen_at: datetime = instant()
    visible: bool
    sound: bool


class DeskCalls(Row, table=True):
    """The rounds in which the desk's own phones are rung while an alarm wants to be heard."""

    __tablename__ = "desk_calls"
    property: str = Field(primary_key=True)
    round: int = Field(sa_type=BigId)
    next_at: datetime | None = instant(default=None)


class Notice(Row, table=True):
    """Something that must leave the house by command, HTTP hook or mail: saved, then sent until it went."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("property", "subject"),
        Index(None, "property", "state", "next_at"),
        GROWS,
    )
    id: int | None = id_()
    property: str
    subject: str
    kind: str
    channel: str
    facts: str = long_()
    state: str
    tries: int
    made_at: datetime = instant()
    next_at: datetime | None = instant(default=None)
    done_at: datetime | None = instant(default=None)
    detail: str = long_()


class Phone(Row, table=True):
    """One extension of a device; `wanted`, `once` and `held` are JSON objects, `basis` is one or empty."""

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
