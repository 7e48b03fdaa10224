"""Every table of the store. Each row belongs to a property ('' where it belongs to the whole node).

Rows mirror the records of `core` column by column; states are plain strings, so that a new one needs
no change of the schema. Knows no query.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from hotelbridge.store.columns import BigId
from hotelbridge.store.tables_base import GROWS, NODE_WIDE, Row, id_, instant, joined, long_, people, to
from hotelbridge.store.tables_charges import (
    CallCounter,
    CallGap,
    CallRecord,
    CallSum,
    Charge,
    ChargeLine,
    Reconciliation,
    StayBar,
    TariffVersion,
)
from hotelbridge.store.tables_emergency import EmergencyCall
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
from hotelbridge.store.tables_node import (
    Change,
    ClockMark,
    Device,
    KeptAnswer,
    Lease,
    Mark,
    Phone,
    Report,
    Token,
)
from hotelbridge.store.tables_users import Audit, ConsoleSession, ConsoleUser, Handover

__all__ = [
    "Alarm",
    "AlarmItem",
    "Attempt",
    "Audit",
    "CallCounter",
    "CallGap",
    "CallRecord",
    "CallSum",
    "Change",
    "Charge",
    "ChargeLine",
    "ClockMark",
    "Console",
    "ConsoleSession",
    "ConsoleUser",
    "DeskCalls",
    "Device",
    "EmergencyCall",
    "Handover",
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
    "Reconciliation",
    "Record",
    "RecordRoom",
    "Report",
    "Resync",
    "ResyncFact",
    "RoomState",
    "Row",
    "Stay",
    "StayBar",
    "TariffVersion",
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
    __table_args__ = (Index(None, "wakeup_id"), Index(None, "property", "at"), people("history"), GROWS)
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
