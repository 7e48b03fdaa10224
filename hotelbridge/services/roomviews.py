"""Guests and rooms as the desk asks for them and sees them: plain frozen data, in the property's own time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hotelbridge.core.guests import Direction, LineClass
from hotelbridge.core.records import AlarmKind
from hotelbridge.services.views import RoomView


@dataclass(frozen=True, slots=True)
class CheckInRequest:
    """A guest comes, as the desk says it."""

    guest: str = ""
    reservation: str = ""
    language: str = ""
    vip: bool = False
    line_class: LineClass | None = None  # None: as the property's policy says
    group: str = ""
    departure: date | None = None
    shared: bool = False  # beside who is there already; without it an occupied room is refused: `occupied`


@dataclass(frozen=True, slots=True)
class CheckOutRequest:
    """A guest goes. In a shared room `reservation` says who; `all` means everybody."""

    reservation: str | None = None
    all: bool = False
    anyway: bool = False  # although wake-ups are pending: they were shown (`pending_work`)
    keep_wakeups: bool = False  # they still ring; else they are cancelled by name


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """A guest goes to another room, with his wake-ups."""

    to: str
    reservation: str | None = None
    all: bool = False
    shared: bool = False  # beside who is there already; without it an occupied room is refused: `occupied`


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """What somebody found in a room, for the PMS: clean, dirty, ... in words that its plugin knows."""

    status: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class StayView:
    """One guest in the house."""

    id: int
    room: str
    reservation: str
    guest: str  # "" for a caller who has no need to know it
    language: str
    vip: bool
    line_class: LineClass | None
    group: str
    arrival: date | None
    departure: date | None
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class RoomDetail(RoomView):
    """A room with who is in it and what was said of the room itself."""

    occupied: bool
    stays: tuple[StayView, ...]
    line_class: LineClass | None  # said of the room itself, whoever is in it; None: nothing was said
    line_class_by: str
    do_not_disturb: bool | None
    configured: bool = True  # False: the PMS speaks of it, and the configuration does not know it


@dataclass(frozen=True, slots=True)
class HangingView:
    """What hangs on a guest in the house, beside his wake-ups."""

    unposted: int  # charges that are not on his folio
    barred: bool  # his phones call nobody outside: his calls have passed his credit


@dataclass(frozen=True, slots=True)
class RoomDone:
    """What a check-in, check-out or move came to."""

    said: str  # in words
    rooms: tuple[RoomDetail, ...]  # those that it touched, as they are now


# --- the flight recorder and the journal ---


@dataclass(frozen=True, slots=True)
class RecorderQuery:
    """Which messages of links; newest first."""

    room: str | None = None
    link: str | None = None
    direction: Direction | None = None
    before: datetime | None = None  # not at or after this
    limit: int = 100
    cursor: str | None = None
    record: int | None = None  # this one alone, by the number that alarms and journal name


@dataclass(frozen=True, slots=True)
class EntryView:
    """One message of a link, and what it led to."""

    id: str
    at: datetime
    link: str  # "pms", or the name of a telephone exchange
    direction: Direction
    rooms: tuple[str, ...]
    words: str  # decoded
    effect: str  # what it changed, in words; or why it is not known
    waiting: bool  # received, and not worked off yet
    body: str | None  # as it was on the wire, what is not printable escaped; None: not for this caller


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which lines of the journal; newest first."""

    room: str | None = None
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class JournalView:
    """One thing that happened to a room or its guests."""

    id: int
    at: datetime
    by: str
    origin: str
    room: str
    reservation: str
    what: str
    text: str
    record: str | None  # the message that led to it, by its id in the flight recorder


@dataclass(frozen=True, slots=True)
class ResyncView:
    """One time that the PMS told how everything stands."""

    id: int
    state: str
    begun: datetime
    ended: datetime | None
    difference: dict[str, object] | None  # None: not known yet, or not for this caller
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResyncDone:
    """What a decision on a resync came to."""

    said: str
    resync: ResyncView


@dataclass(frozen=True, slots=True)
class ToldPms:
    """The PMS was asked or told something; what it makes of it comes in its own time."""

    said: str


# --- why a room is as it is ---


@dataclass(frozen=True, slots=True)
class SettingView:
    """One parameter of a phone: what it should be, and what it is."""

    name: str
    wanted: str | None  # None: nobody asks for anything
    held: str | None  # None: the device does not show it, or was never asked


@dataclass(frozen=True, slots=True)
class PhoneWhy:
    """A phone of the room, parameter by parameter."""

    device: str
    number: str
    state: str
    in_sync: bool
    checked: datetime | None
    because: str  # where what is wanted comes from; "" where nobody can say
    settings: tuple[SettingView, ...]


@dataclass(frozen=True, slots=True)
class ComingView:
    """A wake-up that is still to ring, or rings now."""

    id: int
    due: datetime
    state: str
    reservation: str


@dataclass(frozen=True, slots=True)
class OpenAlarmView:
    """An alarm that nobody has closed."""

    id: int
    kind: AlarmKind
    since: datetime
    text: str


@dataclass(frozen=True, slots=True)
class WhyView:
    """The chain of causes behind a room's present state."""

    room: str
    said: tuple[str, ...]  # the chain, in sentences
    stays: tuple[StayView, ...]
    phones: tuple[PhoneWhy, ...]
    wakeups: tuple[ComingView, ...]
    alarms: tuple[OpenAlarmView, ...]
    journal: tuple[JournalView, ...]  # the last lines, newest first
    records: tuple[EntryView, ...]  # the last messages, newest first
