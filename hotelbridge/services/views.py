"""What goes in and out at the desk's window: frozen requests, frozen views, and their one JSON form.

Views carry aware datetimes in the property's own zone, so that a person reads the hotel's time and
a program still has the instant. Requests carry text as it was asked; the desk resolves it. Nothing
here knows HTTP, a database or a clock. `render` is used by whoever answers *and* by whoever keeps a
first answer for a repeated request, so that both give identical bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar

from hotelbridge.core.nights import Line, Slip
from hotelbridge.core.personal import HIDDEN, OPEN, mask
from hotelbridge.core.records import (
    AlarmKind,
    ClosingOutcome,
    Outcome,
    Proof,
    Role,
    Standing,
    Trust,
    WakeupState,
)

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"

T = TypeVar("T", covariant=True)
Shown = TypeVar("Shown")

# --- who asks ---


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a bearer token stands for."""

    name: str
    role: Role
    properties: frozenset[str] | None  # None: all

    def may_see(self, property: str) -> bool:
        """Whether the token is good for this property."""
        return self.properties is None or property in self.properties


@dataclass(frozen=True, slots=True)
class Once:
    """A request that must be executed at most once, however often it is sent."""

    key: str  # Idempotency-Key, as sent
    caller: str  # keys of different callers do not meet
    fingerprint: str  # of method, path and body: the same key with another one is a mistake
    status: int = 200  # what the first good answer carries


@dataclass(frozen=True, slots=True)
class Replay:
    """The kept first answer to a request that was sent again: nothing was done this time."""

    status: int
    body_text: str  # what `render` gave then


# --- requests ---


@dataclass(frozen=True, slots=True)
class CloseRequest:
    """A person says how a wake-up ended."""

    by: str
    outcome: ClosingOutcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgeRequest:
    """A person has heard an alarm; only with an `outcome` is it also closed."""

    by: str
    note: str = ""
    outcome: ClosingOutcome | None = None
    all: bool = False  # the outcome holds for every room of the alarm's list


@dataclass(frozen=True, slots=True)
class ClockRequest:
    """A person says which time is right: the server's clock as it is now, or the time before it was set."""

    by: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class ConsoleRequest:
    """A desk's screen says that it is there, whether somebody can see it, and whether it can sound."""

    name: str
    visible: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class WakeupQuery:
    """Which wake-ups to list, by due time. `from_` is inclusive, `to` is not; both aware."""

    state: WakeupState | None = None
    from_: datetime | None = None
    to: datetime | None = None
    room: str | None = None
    limit: int = 100
    cursor: str | None = None  # `next` of the page before; the desk refuses a strange one: `bad_cursor`
    order: int | None = None
    open: bool | None = None  # True: only those that are not over
    orders: tuple[int, ...] = ()  # of any of these


# --- views ---


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A piece of a list; `next` asks for the following piece, None is the end."""

    items: tuple[T, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class PropertyView:
    """A hotel this daemon serves."""

    id: str
    name: str
    timezone: str
    currency: str
    country: str
    now: datetime  # the hotel's own time


@dataclass(frozen=True, slots=True)
class WakeupView:
    """One room on one day."""

    id: int
    order: int
    property: str
    room: str
    state: WakeupState
    due: datetime
    local: str  # the wall time asked for, "2026-11-24T06:30:00"
    expected_ring: datetime | None  # when its first ring is expected; None once it is over
    tries: int  # that counted, so far
    max_tries: int
    next: datetime | None  # when something happens to it again
    late: float | None  # seconds from due to the first ring; None up to 1 s
    result: Outcome | ClosingOutcome | None
    note: str
    language: str
    proof: Proof  # wanted
    vip: bool
    in_person: bool  # never a call: a person goes
    follows: int | None  # the wake-up that this one is the follow-up of
    reservation: str
    connected: datetime | None  # when the first Connect was written
    woken_at: datetime | None  # when the guest proved that he is awake
    created_by: str
    created_at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One ring of one phone."""

    n: int  # the round
    phone: str
    device: str
    started: datetime
    ended: datetime | None
    outcome: Outcome | None
    detail: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """One thing that happened to a wake-up, in words the desk reads."""

    at: datetime
    by: str
    origin: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class WakeupDetail(WakeupView):
    """A wake-up with all its rings and all that happened to it, oldest first."""

    attempts: tuple[AttemptView, ...]
    history: tuple[HistoryView, ...]


@dataclass(frozen=True, slots=True)
class AlarmItemView:
    """One wake-up on the list of an alarm."""

    wakeup: int
    room: str
    due: datetime
    text: str  # what happened
    closed_at: datetime | None
    closed_by: str | None
    outcome: str | None
    note: str  # what was found
    wakeup_note: str = ""  # what whoever goes there must know


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Something a person must act on."""

    id: int
    kind: AlarmKind
    room: str | None
    wakeup: int | None
    since: datetime
    level: int
    text: str
    open: bool
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    outcome: str | None
    note: str
    closed_at: datetime | None
    next: datetime | None  # when it makes itself heard again
    escalated_at: datetime | None = None  # when the second level was told, the last time
    items: tuple[AlarmItemView, ...] = ()  # the list of an alarm about several wake-ups, by due time
    loud_from: datetime | None = None  # since when, or from when on, it is to be heard; None: it is only seen
    wakeup_note: str = ""  # of the one wake-up it is about: what whoever goes there must know


@dataclass(frozen=True, slots=True)
class ConsoleView:
    """A desk's screen as it last spoke."""

    name: str
    visible: bool
    sound: bool
    seen: datetime
    listening: bool  # an alarm would be seen and heard there now


@dataclass(frozen=True, slots=True)
class PhoneView:
    """One extension of a room: what it should hold, what the device says it holds."""

    device: str
    number: str
    wanted: dict[str, str]
    held: dict[str, str] | None  # None: never read
    in_sync: bool
    state: str


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room, its phones, and how many wake-ups it has before it."""

    number: str
    phones: tuple[PhoneView, ...]
    pending: int


@dataclass(frozen=True, slots=True)
class LinkView:
    """A connection to a far end, layer by layer; None in a layer means not known yet."""

    link: str
    kind: str  # "om"
    layers: dict[str, bool | None]
    since: datetime | None
    detail: str
    last_message: datetime | None
    resync: str = ""  # of a PMS: that one was asked for and not answered, or is to be asked for
    waiting: int | None = None  # charges and results that are still to be handed over; None: none ever are


@dataclass(frozen=True, slots=True)
class PeerClockView:
    """The time of a far end, when it was last told."""

    peer: str
    showed: datetime
    heard_at: datetime  # by the house's time
    drift_seconds: float  # by how much the house is ahead of it
    sound: bool  # whether its word counts where the server's clock is in question


@dataclass(frozen=True, slots=True)
class ClockView:
    """By which time guests are woken, and whether the server's clock is in question."""

    standing: Standing
    now: datetime  # the house's time: guests are woken by it
    server_clock: datetime
    step_seconds: float  # by how much the server's clock is ahead of the house's time
    since: datetime | None  # when the server's clock came into question, by the house's time
    answer_until: datetime | None  # then the server's clock counts, unless somebody says otherwise
    peers: tuple[PeerClockView, ...]


@dataclass(frozen=True, slots=True)
class SlipView:
    """A slip that was made after the list of a night: what had changed by then."""

    made: datetime
    changes: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class NightView:
    """The list of a night as it is now, and the slips that were made to the one that was printed."""

    evening: date
    lines: tuple[Line, ...]  # what rings, by time, then room
    slips: tuple[SlipView, ...]


# --- for whom ---


def for_reader(view: Shown, *, named: bool) -> Shown:
    """A view, or a page of them, without what the desk noted about a guest where he may not be named.

    Notes hold names: a sheet of a crew puts each into the note of its wake-up. So do the lines of a
    history and of an alarm's list, which say them again.
    """
    if named or not is_dataclass(view):
        return view
    bare: Any = view
    kept: dict[str, Any] = {name: "" for name in ("note", "wakeup_note") if hasattr(view, name)}
    if isinstance(view, Page | AlarmView):
        kept["items"] = tuple(for_reader(one, named=False) for one in view.items)
    elif isinstance(view, WakeupDetail):
        kept["history"] = tuple(replace(line, text=_masked(line)) for line in view.history)
    return replace(bare, **kept) if kept else view


def _masked(line: HistoryView) -> str:
    """Its words; what a person noted stands behind a colon, or alone, and older programs did not mark it."""
    said, colon, noted = line.text.partition(": ")
    if line.what in ("closed", "acknowledged") and colon and not noted.startswith(OPEN):
        return f"{mask(said)}: {HIDDEN}"
    if line.what == "cancelled" and not said.startswith(("cancelled ", OPEN)):
        return HIDDEN
    return mask(line.text)


# --- their JSON form ---


def plain(view: object) -> Json:
    """The JSON-able form of a view: records to objects, instants to RFC 3339, enums to their words."""
    if isinstance(view, Enum):
        return str(view.value)
    if view is None or isinstance(view, bool | int | float | str):
        return view
    if isinstance(view, date):  # instants too
        return view.isoformat()
    if is_dataclass(view) and not isinstance(view, type):
        return {field.name: plain(getattr(view, field.name)) for field in fields(view)}
    if isinstance(view, Mapping):
        return {str(key): plain(value) for key, value in view.items()}
    if isinstance(view, tuple | list):
        return [plain(item) for item in view]
    if isinstance(view, set | frozenset):
        return sorted((plain(item) for item in view), key=str)
    raise TypeError(f"a view cannot hold a {type(view).__name__}")


def render(view: object) -> str:
    """The one JSON text of a view; whoever keeps an answer keeps exactly this."""
    return json.dumps(plain(view), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
