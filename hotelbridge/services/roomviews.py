"""Guests and rooms as the desk asks for them and sees them: plain frozen data, in the property's own time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hotelbridge.core.guests import LineClass


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
