"""What the words of a line ask for together: a booking, or which wake-up to cancel.

Works out which days are meant and tells where they contradict each other. A time without a day stays
without: its day is settled, and asked about, where it is booked (rule B4); only a number of days (`d2`)
must know its first day here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time

from hotelbridge.core.deskoptions import Options, Slot
from hotelbridge.core.desksentences import Saying
from hotelbridge.core.deskwords import Rooms, Word, about
from hotelbridge.core.localtime import occurrence
from hotelbridge.core.orders import DAY, WEEKDAYS, offered
from hotelbridge.core.readback import said
from hotelbridge.core.records import Proof
from hotelbridge.core.typedtimes import When, WhichDay, read_day, read_when


@dataclass(frozen=True, slots=True)
class Booking:
    """Wake-ups to book; every field but `rooms` as a booking request takes it."""

    room: str  # as written: "110:120,131"
    rooms: tuple[str, ...]  # what that is in this house
    at: str | None = None  # "2026-11-24T06:30:00"; else `time`
    date: str | None = None  # "2026-11-24", of `time`
    time: str | None = None  # "06:30:00"; without `date` its next occurrence
    days: tuple[str, ...] = ()
    until: str | None = None
    proof: Proof | None = None
    vip: bool = False
    in_person: bool = False
    anyway: bool = False
    follow_up: int | None = None  # minutes
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    """What is to ring next in these rooms is not wanted; with a time or day, the one of that time or day."""

    room: str  # as written
    rooms: tuple[str, ...]
    at: str | None = None
    date: str | None = None
    time: str | None = None


def booked(rooms: Rooms, options: Options, end: int) -> Booking | None:
    """The booking; None where it lacks something, which is told in the options' problems.

    `end`: the column at which what is missing would stand.
    """
    slots = options.slots
    if "time" not in slots:
        if not any(one.code == "not_a_time" for one in options.problems):
            options.problems.append(Saying("time_missing", end, end))
        return None
    when = _when(options)
    if when is None or not _days_agree(options):
        return None
    return _on_days(_described(rooms, when, slots), options)


def cancelled(rooms: Rooms, options: Options) -> Cancel | None:
    """What to cancel; None where its time or day is not clear, which is told."""
    time = options.slots.get("time")
    if time is not None and time.value.startswith("+"):  # no wake-up is known by how long it is until then
        options.problems.append(about("not_a_time", time.word))
        return None
    when = _when(options)
    return Cancel(rooms.written, rooms.rooms, when.at, when.date, when.time) if when else None


def _described(rooms: Rooms, when: When, slots: Mapping[str, Slot]) -> Booking:
    """All of the booking but the last days of it."""
    none = Slot(Word("", 0, 0))
    proof = slots.get("proof")
    return Booking(
        rooms.written,
        rooms.rooms,
        when.at,
        when.date,
        when.time,
        days=slots.get("days", none).days,
        until=slots.get("until", none).value or None,
        proof=Proof(proof.value) if proof else None,
        vip="vip" in slots,
        in_person="knock" in slots,
        anyway="anyway" in slots,
        follow_up=slots.get("again", none).number or None,
        language=slots.get("language", none).value,
        note=slots.get("note", none).value,
    )


# --- days ---


def _when(options: Options) -> When | None:
    """The time with its day, as far as they were typed; None where they do not fit, which is told."""
    time, day, house = options.slots.get("time"), options.slots.get("day"), options.house
    if time is None:
        today = house.now.astimezone(house.zone).date()
        return When(date=read_day(day.value, today) if day else None)
    try:
        return read_when(time.value, house.now, house.zone, day.value if day else None)
    except WhichDay as which:
        assert day is not None
        options.problems.append(_either(day.word, which.choices, which.said))
    except ValueError:  # each alone was read already
        word = day.word if day else time.word
        options.problems.append(about("day_with_moment", word, other=time.word.shown))
    return None


def _days_agree(options: Options) -> bool:
    """Whether what was said of the days can be true together; what cannot is told."""
    slots = options.slots
    count, until = slots.get("count"), slots.get("until")
    if count is not None and (other := slots.get("days") or until):
        options.problems.append(about("said_twice", count.word, other=other.word.shown))
        return False
    if until is not None and "days" not in slots:
        options.problems.append(about("until_alone", until.word))
        return False
    return True


def _on_days(one: Booking, options: Options) -> Booking | None:
    """The same for so many days, `d2`: every day from the first one on."""
    count = options.slots.get("count")
    if count is None or count.number == 1:
        return one
    first = _first_day(one, count, options)
    try:
        last = first and first + (count.number - 1) * DAY
    except OverflowError:
        options.problems.append(about("too_many_days", count.word))
        return None
    if first is None or last is None:
        return None
    day = one.date if one.at else first.isoformat()
    return replace(one, date=day, days=WEEKDAYS, until=last.isoformat())


def _first_day(one: Booking, count: Slot, options: Options) -> date | None:
    """The first of so many days; None where it may be either of two, which is told."""
    if day := (one.at or one.date or "")[:10]:
        return date.fromisoformat(day)
    house = options.house
    at = time.fromisoformat(one.time or "")
    days = offered((), at, house.zone, house.now)
    if len(days) == 1:
        return days[0]
    instants = [occurrence(day, at, house.zone).instant.astimezone(house.zone) for day in days]
    words = (said(instants[0], house.now), said(instants[1], house.now))
    options.problems.append(_either(count.word, (days[0], days[1]), words))
    return None


def _either(word: Word, days: tuple[date, date], words: tuple[str, str]) -> Saying:
    """Which of two days is meant (rule B4)."""
    one, other = (day.isoformat() for day in days)
    return about("which_day", word, first=words[0], second=words[1], day1=one, day2=other)
