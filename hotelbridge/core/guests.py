"""What a PMS says of guests and rooms, as facts; and stays, the rows that these facts change.

A fact carries only what was said: None means "not said", which changes nothing (rule M1), and is not
the same as an empty text. Facts come twice, late, or in another order than things happened; nothing
here, and nothing that reads them, may count on more than the last word for each room and guest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hotelbridge.texts import phrase


class LineClass(StrEnum):
    """Where a room may telephone to by its PMS's class of service; each includes the ones before it."""

    INTERNAL = "internal"  # inside the house, and emergency numbers
    LOCAL = "local"
    NATIONAL = "national"
    UNRESTRICTED = "unrestricted"


LINE_CLASSES = {  # as they are said in a sentence
    LineClass.INTERNAL: phrase("internal"),
    LineClass.LOCAL: phrase("local"),
    LineClass.NATIONAL: phrase("national"),
    LineClass.UNRESTRICTED: phrase("unrestricted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestFacts:
    """What a PMS may say about one guest; what it did not say is None."""

    name: str | None = None  # for display, any script; "" where the PMS says that there is none
    language: str | None = None  # ISO 639-1, lower case: chooses the menu of a wake-up
    vip: bool | None = None
    line_class: LineClass | None = None
    group: str | None = None
    arrival: date | None = None
    departure: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn(GuestFacts):
    """A guest is in a room. Said again, it is an update."""

    room: str
    reservation: str | None = None  # the PMS's number of the guest's reservation
    shared: bool | None = None  # True: others are in the room already; False: nobody is
    resync: bool = False  # how things stand, told in a resync: no check-in happens now


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedOut:
    """A guest has left a room; without a reservation, whoever was there. For a vacant room: nothing."""

    room: str
    reservation: str | None = None
    others_stay: bool | None = None  # True: only this guest left; False: nobody is left in the room
    resync: bool = False  # the room is vacant, as a resync tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(GuestFacts):
    """A guest went from one room to another, with all that is his. Said again: nothing."""

    room: str  # the new one
    from_room: str
    reservation: str | None = None  # None: everybody in `from_room`
    shared: bool | None = None  # others are in the new room already
    others_stay: bool | None = None  # others remain in the old room


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(GuestFacts):
    """Something about a guest is different. One who is not known yet is checked in by it."""

    room: str
    reservation: str | None = None
    shared: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged:
    """Something about a room itself, whoever is in it."""

    room: str
    line_class: LineClass | None = None
    do_not_disturb: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeupWanted:
    """The PMS wants a room woken. The same room and time again is the same wake-up (rule B2)."""

    room: str
    local: str  # on the hotel's clocks, with seconds: "2026-11-24T06:30:00"
    reservation: str | None = None
    echo: str = ""  # the plugin's own words, given back with the result


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeupNotWanted:
    """The PMS takes a wake-up back."""

    room: str
    local: str | None = None  # None: all that the PMS has asked for in this room


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood:
    """The PMS wants something that cannot be read: a person is told. Not for what means nothing to us."""

    words: str  # what is wrong with it, nothing personal in it
    room: str = ""


@dataclass(frozen=True, slots=True)
class ResyncBegun:
    """From here on the PMS tells how everything stands, until `ResyncEnded`."""


@dataclass(frozen=True, slots=True)
class ResyncEnded:
    """Everything was told: what was not is gone, where `complete`."""

    complete: bool = True  # False: the link was lost meanwhile; nothing may be concluded from silence


@dataclass(frozen=True, slots=True)
class AuditBegun:
    """The PMS closes its day: postings wait (rule C3)."""


@dataclass(frozen=True, slots=True)
class AuditEnded:
    """The PMS's day is closed."""


Fact = (
    CheckedIn
    | CheckedOut
    | Moved
    | Changed
    | RoomChanged
    | WakeupWanted
    | WakeupNotWanted
    | NotUnderstood
    | ResyncBegun
    | ResyncEnded
    | AuditBegun
    | AuditEnded
)


class StayEnd(StrEnum):
    """Why a stay is over."""

    CHECKED_OUT = "checked_out"
    REPLACED = "replaced"  # somebody else was checked in: the check-out was missed
    NOT_IN_RESYNC = "not_in_resync"  # a complete resync did not know this guest any more


@dataclass(frozen=True, slots=True)
class Stay:
    """One guest in the house, from check-in to check-out; a room may hold several."""

    id: int
    property: str
    room: str  # the present one, or the last
    reservation: str  # "" where nobody named one
    name: str
    language: str
    vip: bool
    line_class: LineClass | None  # as the PMS or the desk said; None: the property's policy decides
    group: str
    arrival: date | None
    departure: date | None
    since: datetime  # checked in, UTC
    by: str  # who said so: "fias", or a person
    origin: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    end: StayEnd | None = None


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A stretch of a stay in one room; a move ends one and begins the next."""

    stay_id: int
    room: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoomState:
    """What was said of a room itself; cleared when its last guest leaves."""

    property: str
    room: str
    line_class: LineClass | None = None
    line_class_by: str = ""  # who said so last
    do_not_disturb: bool | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One thing that happened to a room or its guests, in words the desk reads; the chain behind `why`."""

    id: int
    property: str
    at: datetime
    by: str
    origin: str
    room: str
    reservation: str
    what: str  # checked_in, checked_out, moved, changed, wakeup_parked, phone_assigned, ...
    text: str
    record_id: int | None = None  # the record that led to it


class Direction(StrEnum):
    """Which way a record went."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Record:
    """One message of a link as it was on the wire, and what it meant (the flight recorder)."""

    id: int
    property: str
    link: str  # "pms", or the name of a device
    direction: Direction
    at: datetime
    body: bytes
    words: str  # decoded, for people
    rooms: tuple[str, ...] = ()  # the rooms it speaks of
    worked_at: datetime | None = None  # None: received and not worked off yet
    effect: str = field(default="")  # what it changed, in words
