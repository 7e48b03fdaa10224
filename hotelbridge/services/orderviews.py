"""What goes in and out at the desk's window when something is booked or changed.

The same kind of thing as `services.views`: frozen requests with text as it was asked, frozen views with
aware datetimes in the property's own zone. Whoever answers a booking reads it back in words (`said`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotelbridge.core.records import Proof
from hotelbridge.services.views import WakeupView

# --- requests ---


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """Ring these rooms at a local time: `at`, or `date` and `time`, or `time` alone: its next occurrence."""

    room: str = ""  # "212", "110,111,115", "110:120"
    at: str | None = None  # "2026-11-24T06:30" or with seconds; the property's wall time
    date: str | None = None  # "2026-11-24"
    time: str | None = None  # "06:30" or "06:30:00"
    note: str = ""
    language: str = ""
    rooms: tuple[str, ...] = ()  # more of what `room` takes
    days: tuple[str, ...] = ()  # "mon" ... "sun"; none: once
    until: str | None = None  # the last local day, inclusive; only with `days`
    proof: Proof | None = None  # None: the property's
    vip: bool = False
    in_person: bool = False
    follow_up: int | None = None  # minutes
    reservation: str = ""
    anyway: bool = False
    preview: bool = False  # say what would be booked, and save nothing

    @property
    def written_rooms(self) -> tuple[str, ...]:
        """The rooms as they were written."""
        return ((self.room,) if self.room else ()) + self.rooms

    @property
    def local(self) -> str | None:
        """The wall time asked for as one text, "2026-11-24T06:30"; None: a time without a date."""
        if self.at is not None:
            return self.at
        return None if self.date is None else f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What is to be different about a wake-up; None leaves it as it is."""

    at: str | None = None
    date: str | None = None  # alone: the same time on another day
    time: str | None = None  # alone: another time on the same day
    note: str | None = None
    language: str | None = None
    proof: Proof | None = None
    vip: bool | None = None
    in_person: bool | None = None

    def local(self, before: str) -> str | None:
        """The new wall time, given the present one ("2026-11-24T06:30:00"); None: unchanged."""
        if self.at is not None:
            return self.at
        if self.date is None and self.time is None:
            return None
        day, _, clock = before.partition("T")
        return f"{self.date or day}T{self.time or clock}"


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What is to be different about an order from now on; None leaves it as it is."""

    time: str | None = None
    rooms: tuple[str, ...] | None = None  # as written: "110,111", "110:120"
    days: tuple[str, ...] | None = None
    until: str | None = None  # "" takes the end away
    note: str | None = None
    language: str | None = None
    proof: Proof | None = None
    vip: bool | None = None
    in_person: bool | None = None
    follow_up: int | None = None  # 0: none any more
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class AwakeRequest:
    """Somebody says that the guest of a room is awake."""

    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which orders to list."""

    open: bool | None = None  # True: those of which something is to come
    limit: int = 100
    cursor: str | None = None


# --- views ---


@dataclass(frozen=True, slots=True)
class Booked:
    """One wake-up of a booking."""

    id: int  # 0 in a preview
    room: str
    due: datetime
    local: str
    follows: int | None
    expected_ring: datetime | None


@dataclass(frozen=True, slots=True)
class BookingView(WakeupView):
    """What was booked, or in a preview would be: the first wake-up, and the others of its day."""

    said: str  # to read back: "Tuesday 24 November 06:30, in 5 h 10 min"
    rooms: tuple[str, ...]
    wakeups: tuple[Booked, ...]  # of the first day; those of other days are found by the order's number
    also: tuple[int, ...]  # others of the same room and minute: one ring serves both
    preview: bool  # nothing was saved: the ids are 0
    warnings: tuple[str, ...]  # what is known to stand in the way of a ring, in sentences for the desk


@dataclass(frozen=True, slots=True)
class ChangedView(WakeupView):
    """A wake-up as it is now, to read back."""

    said: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """What was asked for, once or for several days."""

    id: int
    property: str
    rooms: tuple[str, ...]
    local: str  # the wall time of its first day
    days: tuple[str, ...]
    until: str | None
    follow_up: int | None
    proof: Proof
    vip: bool
    in_person: bool
    note: str
    language: str
    reservation: str
    anyway: bool
    pending: int  # wake-ups that are made and not over
    next: datetime | None  # when the next of them is due
    said: str  # "every day 06:30 until Friday 4 December"
    made_until: str | None  # the last local day whose wake-ups are made
    created_by: str
    created_at: datetime
    origin: str
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class OrderChanged(OrderView):
    """An order after a change, with what became of its wake-ups."""

    changed: tuple[int, ...]
    made: tuple[int, ...]
    cancelled: tuple[int, ...]
    left: tuple[int, ...]  # those that stay as they were: changed for one day, or too late to move
    why_left: tuple[str, ...] = ()  # a sentence about each of them


@dataclass(frozen=True, slots=True)
class AwakeView:
    """The ladders that ended because the guest is awake, and what is still to come in that room."""

    room: str
    closed: tuple[WakeupView, ...]
    next: WakeupView | None  # will ring all the same unless it is cancelled
