"""The words of the house as frozen records: what crosses from one room to another.

Nothing here knows a database, a wire or a clock. Instants are aware and in UTC; a `local` is the
wall time somebody asked for, kept as text beside the instant it was resolved to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WakeupState(StrEnum):
    """Where a wake-up stands; the last three are final."""

    SCHEDULED = "scheduled"
    CALLING = "calling"
    WAITING = "waiting"  # between two tries
    ALARMED = "alarmed"  # handed to a person, who has not closed it yet
    WOKEN = "woken"
    CLOSED = "closed"  # by a person, with what happened
    CANCELLED = "cancelled"


FINAL_STATES = frozenset({WakeupState.WOKEN, WakeupState.CLOSED, WakeupState.CANCELLED})


class Outcome(StrEnum):
    """How one attempt (the ring of one phone) ended."""

    ANSWERED = "answered"
    HEARD = "heard"
    CONFIRMED = "confirmed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    DIVERTED = "diverted"
    DEVICE_DOWN = "device_down"
    UNKNOWN = "unknown"
    CALLED_OUT = "called_out"  # never of an attempt: the guest made a call himself


PROOFS = frozenset({Outcome.ANSWERED, Outcome.HEARD, Outcome.CONFIRMED})


class Proof(StrEnum):
    """What must be seen before a guest counts as woken; each includes the ones behind it."""

    ANSWER = "answer"  # lifted, and held for a while
    HEARD = "heard"  # listened to the end, or pressed any key
    DIGIT = "digit"  # pressed a key, or the one asked for


class AlarmKind(StrEnum):
    """What a person must act on. The kinds of later rooms join here when they are built."""

    WAKEUP_FAILED = "wakeup_failed"
    WAKEUP_LATE = "wakeup_late"
    IN_PERSON = "in_person"
    CLOCK = "clock"
    DELIVERY = "delivery"
    DEVICE_DOWN = "device_down"
    REPORTS_MISSING = "reports_missing"
    REPORTS_UNREADABLE = "reports_unreadable"  # kept as they came, for a person to look at
    DEVICE_PARAMETER = "device_parameter"
    PHONE_OFFLINE = "phone_offline"
    PHONE_DRIFT = "phone_drift"  # a phone does not take what it should hold
    LINK_DOWN = "link_down"
    PARKED = "parked"  # a guest is checked out, and wake-ups of the room are still armed
    PMS_REQUEST = "pms_request"  # the PMS said something that could not be done as it was said
    RESYNC = "resync"  # a resync would change much: a person decides
    EMERGENCY_CALL = "emergency_call"  # somebody in the house has dialled 112, or the like
    EMERGENCY_UNPROVED = "emergency_unproved"
    CHARGE_REFUSED = "charge_refused"  # by the PMS, with its reason
    CHARGE_UNCERTAIN = "charge_uncertain"  # it may stand on the folio or not
    CHARGE_HELD = "charge_held"  # a person decides before it may go
    CREDIT_LIMIT = "credit_limit"  # a guest's calls have passed his credit: his phones are barred
    TARIFF = "tariff"  # a new one has mistakes: the old one stays in force
    RECONCILIATION = "reconciliation"  # calls and what became of them do not add up
    AUDIT = "audit"  # the PMS closes its day for longer than that should take
    STORAGE = "storage"


class ClosingOutcome(StrEnum):
    """What a person found when they closed an alarm or a wake-up by hand."""

    WOKEN_BY_STAFF = "woken_by_staff"
    NOT_IN_ROOM = "not_in_room"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    AWAKE = "awake"  # the guest said so


class Standing(StrEnum):
    """How the wall clock is regarded."""

    AGREED = "agreed"  # it runs beside the boot-time clock: it counts
    DOUBTED = "doubted"  # it was set, and nobody knows yet whether rightly: the old line counts
    HELD = "held"  # it is wrong, as somebody said who can know: the old line counts


class Trust(StrEnum):
    """Which line is right."""

    NEW = "new"  # the wall clock as it is now
    OLD = "old"


class Role(StrEnum):
    """What a token may do. `viewer` reads; the others also act in their field; `admin` does all."""

    VIEWER = "viewer"
    FRONTDESK = "frontdesk"
    ACCOUNTING = "accounting"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and from where: kept in the history of everything they do."""

    name: str  # "anna (token)" or "hotelbridge" itself
    origin: str  # "api 192.0.2.7", "command line", "hotelbridge"


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: one or several rooms, a local time, and the days on which it holds."""

    id: int
    property: str
    rooms: tuple[str, ...]
    local: str  # the wall time of its first day, "2026-11-24T06:30:00"
    note: str
    language: str
    proof: Proof
    created_at: datetime
    created_by: str
    origin: str
    days: tuple[str, ...] = ()  # "mon" ... "sun"; none: only on the day of `local`
    until: str | None = None  # the last local day, inclusive; None: until the stay ends
    made_until: str | None = None  # the last local day for which its wake-ups are made
    follow_up: int | None = None  # minutes after each wake-up; None: no follow-up
    in_person: bool = False
    vip: bool = False
    reservation: str = ""  # the guest it belongs to, where one was named
    anyway: bool = False  # booked although nobody is known to be in the room
    ended_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Wakeup:
    """One room on one day: the row whose `next_at` drives the ladder."""

    id: int
    property: str
    order_id: int
    room: str
    local: str  # the wall time asked for, "2026-11-24T06:30:00"
    due: datetime  # the same as an instant, UTC
    state: WakeupState
    version: int  # grows with every save; a stale effect is recognised by it
    tries: int  # tries that counted
    rounds: int  # rounds rung, counted or not: numbers the attempts
    next_at: datetime | None  # when the ladder wants to look again
    first_ring: datetime | None  # when the first Connect was saved
    result: Outcome | ClosingOutcome | None  # of the last round; the proof once woken; what a person found
    language: str
    note: str
    created_at: datetime
    created_by: str
    origin: str
    proof: Proof = Proof.ANSWER  # wanted
    vip: bool = False
    in_person: bool = False  # never a call: a person goes
    reservation: str = ""  # whose it is, where the order named the guest
    follows: int | None = None  # the wake-up that this one is the follow-up of
    expected: datetime | None = None  # when its first ring was expected, as told at booking
    connected: datetime | None = None  # when the first Connect was written
    looked_at: datetime | None = None  # when its phones were asked how they are, before due
    echo: str = ""  # what the PMS wants to hear again with the result


@dataclass(frozen=True, slots=True)
class Attempt:
    """The ring of one phone: in one round of a wake-up, or of the desk while an alarm is open."""

    id: int
    property: str
    wakeup_id: int | None  # None: a desk phone
    n: int  # the round
    device: str
    phone: str
    phase: str  # see core.signals.Phase
    started: datetime  # saved, just before the Connect is written
    rang: datetime | None
    answered: datetime | None
    ended: datetime | None
    outcome: Outcome | None
    detail: str  # plain words, for the history
    check_at: datetime | None  # when silence itself becomes news
    counted: bool  # False: temporary fault of the device, not a try
    proof: Proof = Proof.ANSWER  # what this call can and must show
    keys: str = ""  # pressed so far


class LoanState(StrEnum):
    """How far a loan has come."""

    ASKING = "asking"  # what the phone holds is being read
    OPENING = "opening"  # saved; the Assign is about to be written, or its reply was lost
    OPEN = "open"
    RETURNING = "returning"  # not needed any more; about to be put back, once
    OVER = "over"


class LoanKind(StrEnum):
    """What a loan is for."""

    REACH = "reach"  # Do Not Disturb, forwarding and forking, opened so that the phone rings
    ALARM_CLOCK = "alarm_clock"  # the device's own, in case this program is dead at the due time


@dataclass(frozen=True, slots=True)
class Loan:
    """Parameters of a phone that are changed for a wake-up's sake, to be put back once."""

    id: int
    property: str
    wakeup_id: int
    device: str
    phone: str
    lineid: str  # the device's fixed name for the line; "" until it was asked
    kind: LoanKind
    before: dict[str, str]  # what the phone held
    during: dict[str, str]  # what it holds meanwhile
    state: LoanState
    at: datetime  # begun
    next_at: datetime | None  # when it wants to be looked at again


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person must act on; it returns until acknowledged and closed by name."""

    id: int
    property: str
    kind: AlarmKind
    subject: str  # one open alarm per subject: "wakeup:17", "device:om20"
    room: str | None
    wakeup_id: int | None
    since: datetime
    level: int  # 0 only to be seen; 1 the desk; higher: whoever is called next
    text: str
    open: bool = True
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    outcome: str | None = None
    note: str = ""
    closed_at: datetime | None = None
    next_at: datetime | None = None  # when it makes itself heard again
    nagged: int = 0  # how often it has
    escalated_at: datetime | None = None  # when the second level was told, the last time
    loud_from: datetime | None = None  # since when, or from when on, it wants to be heard; None: `since`
    healed_at: datetime | None = None  # its cause is gone, but rooms of its list are still open


@dataclass(frozen=True, slots=True)
class AlarmItem:
    """One wake-up of an alarm that is about several of one cause; closed room by room."""

    id: int
    property: str
    alarm_id: int
    wakeup_id: int
    room: str
    due: datetime
    text: str  # what happened
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Console:
    """A desk's screen: when it last spoke, whether it is looked at, whether it can sound."""

    property: str
    name: str
    seen_at: datetime
    visible: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class DeskCalls:
    """The rounds in which the desk's own phones are rung."""

    property: str
    round: int  # the present or last one; 0: none yet
    next_at: datetime | None = None  # not before then, unless a new alarm comes; None: at once


class NoticeState(StrEnum):
    """What became of something that must leave the house."""

    WAITING = "waiting"  # not gone yet; on its way, or tried again at `next_at`
    SENT = "sent"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"  # not needed any more before it went
    KEPT = "kept"  # for whoever will read it; nobody sends it


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must leave the house: saved, then sent until it went. One per subject."""

    id: int
    property: str
    subject: str  # "night:2026-11-24 command"
    kind: str  # alarm, night_list, slip, result
    channel: str  # "alarm.mail", "lists.command"
    facts: str  # a JSON object
    state: NoticeState
    tries: int
    made_at: datetime
    next_at: datetime | None  # tried (again) then
    done_at: datetime | None = None
    detail: str = ""  # what the far end said last


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to a wake-up, in words the desk reads."""

    at: datetime
    by: str
    origin: str
    what: str  # booked, ringing, answered, ...
    text: str


@dataclass(frozen=True, slots=True)
class Phone:
    """One extension of a device: what it should hold and what the device says it holds."""

    property: str
    device: str
    number: str
    rooms: tuple[str, ...]  # to which it belongs; none: a phone of the desk
    lineid: str | None  # the device's fixed name for the line; None until it was asked
    wanted: dict[str, str]
    held: dict[str, str] | None  # None: never read
    in_sync: bool
    state: str  # as the device says: ready, active, offline, ...; "" unknown
    checked_at: datetime | None
    once: dict[str, str] = field(default_factory=dict)  # of the guest's own, to be set once and not compared
    basis: str = ""  # what `wanted` was made from, see core.phonepolicy.Basis
    cause: str = ""  # why it should hold that, in words


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the change feed: the `n`th thing of a property that the desk can see."""

    property: str
    n: int
    kind: str  # wakeup, alarm, room, link
    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One push of a device as received, before anybody has read it."""

    property: str
    device: str
    at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report that the inbox holds."""

    id: int
    property: str
    device: str
    at: datetime
    body: bytes
