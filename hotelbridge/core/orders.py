"""What an order asks for: its rooms, the local days on which it holds, and the wake-ups of one day.

An order names a wall time and the days on which it is meant. The wake-ups of a day follow from it
alone, so that whoever makes them ahead, again after a long stop, or after a change, comes to the same.
Nobody can be asked about the two nights on which clocks change: a standing order rings at the jump, or
at the first pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from hotelbridge.core.localtime import (
    AmbiguousLocalTime,
    Moment,
    NoSuchLocalTime,
    Turn,
    occurrence,
    resolve,
)
from hotelbridge.core.records import Order
from hotelbridge.texts import phrase

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SMALL_HOURS = time(4)  # until then "tomorrow" may mean the day that has begun (rule B4)
DAY = timedelta(days=1)
_LONGEST = 70  # characters of two rooms with a colon
_HELPED = 5  # mistakes that are compared with all rooms: in a large house that takes its time
_NUMBERED = re.compile(r"(\D*)(\d{1,12})(.*)")


@dataclass(frozen=True, slots=True)
class Planned:
    """One wake-up that an order asks for, before anybody has saved it."""

    room: str
    local: str  # what the hotel's clocks show then, "2026-11-24T06:30:00"
    due: datetime  # UTC
    follow_up: bool = False
    turn: Turn | None = None  # set where the clocks change over it


# --- days ---


def weekdays(names: Iterable[str]) -> tuple[str, ...]:
    """Weekdays by their names, each once, from Monday on. Raises ValueError for a name that is none."""
    wanted = set(names)
    if strange := sorted(wanted - set(WEEKDAYS)):
        named, known = ", ".join(strange), ", ".join(WEEKDAYS)
        raise ValueError(phrase(f"{named}: write weekdays as {known}"))
    return tuple(day for day in WEEKDAYS if day in wanted)


def holds(days: Sequence[str], day: date) -> bool:
    """Whether chosen weekdays hold on a day; without any chosen, every day may be the one."""
    return not days or WEEKDAYS[day.weekday()] in days


def first_day(days: Sequence[str], asked: date) -> date:
    """The first day from `asked` on that is one of the chosen weekdays."""
    return next(day for n in range(7) if holds(days, day := asked + n * DAY))


def local_day(order: Order) -> date:
    """The first local day of an order."""
    return datetime.fromisoformat(order.local).date()


def clock_time(order: Order) -> time:
    """The wall time of an order."""
    return datetime.fromisoformat(order.local).time()


def days_between(order: Order, after: date, last: date) -> Iterator[date]:
    """The days on which a recurring order holds, behind `after` up to `last`, never beyond its end."""
    end = last if order.until is None else min(last, date.fromisoformat(order.until))
    day = max(after + DAY, local_day(order))
    while day <= end:
        if holds(order.days, day):
            yield day
        day += DAY


# --- the wake-ups of one day ---


def of_day(order: Order, day: date, zone: ZoneInfo) -> list[Planned]:
    """The wake-ups that an order asks for on a day on which it holds."""
    return of_moment(order, occurrence(day, clock_time(order), zone), zone)


def of_moment(order: Order, moment: Moment, zone: ZoneInfo) -> list[Planned]:
    """The same for a moment that is known: one for each room, then its follow-ups."""
    planned = [Planned(room, moment.local, moment.instant, turn=moment.turn) for room in order.rooms]
    if order.follow_up is not None:
        planned += [follow_up(one, order.follow_up, zone) for one in planned]
    return planned


def follow_up(main: Planned, minutes: int, zone: ZoneInfo) -> Planned:
    """The further wake-up so many minutes after a main one; minutes that pass, not those on the wall."""
    due = main.due + timedelta(minutes=minutes)
    return Planned(main.room, wall(due, zone), due, follow_up=True)


def wall(at: datetime, zone: ZoneInfo) -> str:
    """What the hotel's clocks show at an instant."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


# --- which day a time without a date means ---


def offered(days: Sequence[str], at: time, zone: ZoneInfo, now: datetime) -> tuple[date, ...]:
    """The days that a time without a date may mean: its next occurrence on a day that is wanted.

    In the small hours "tomorrow" may be the day that has begun or the one after it: both, the nearer first.
    """
    local = now.astimezone(zone)
    first = first_day(days, local.date())
    while not _to_come(first, at, zone, now):
        first = first_day(days, first + DAY)
    tomorrow = local.date() + DAY
    if local.time() < SMALL_HOURS and first == local.date() and holds(days, tomorrow):
        return (first, tomorrow)
    return (first,)


def _to_come(day: date, at: time, zone: ZoneInfo, now: datetime) -> bool:
    """Whether the clocks of that day will show this time yet, or will jump over it."""
    try:
        return resolve(day, at, zone).instant > now
    except NoSuchLocalTime as missing:
        return missing.instead > now
    except AmbiguousLocalTime as doubled:
        return doubled.choices[1].astimezone(UTC) > now


# --- rooms ---


class NoSuchRooms(ValueError):
    """Rooms that are not there; `reasons` are pairs of what was written and a sentence about it."""

    def __init__(self, reasons: Sequence[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _, sentence in reasons))
        self.reasons = tuple(reasons)


def read_rooms(texts: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """Rooms as people write them, each once, in the order written: `110`, `110,111,115`, `110:120`.

    A range goes from a room of the house to another one, else a slip (`102:1004`) would book rooms that
    nobody meant. It takes what lies between: by number where both ends have the same letters before it, else
    in the order in which the house lists them. Raises NoSuchRooms, naming every one.
    """
    found: dict[str, None] = {}
    wrong: dict[tuple[str, str], None] = {}
    for part in (part.strip() for text in texts for part in text.split(",")):
        try:
            found.update(dict.fromkeys(_part(part, known, known if len(wrong) < _HELPED else ())))
        except ValueError as error:
            wrong[part, str(error)] = None
    if wrong:
        raise NoSuchRooms(list(wrong))
    return tuple(found)


def no_such_room(room: str, known: Sequence[str]) -> str:
    """The sentence about a room that is not there, with the one that may be meant."""
    return _no_such(room, _meant(room, known))


def _no_such(room: str, meant: str | None) -> str:
    said = phrase(f"There is no room {room}.")
    return f"{said} {phrase(f'Did you mean {meant}?')}" if meant else said


NEAR = 20  # 320 is not meant by 999


def nearest_room(room: str, known: Sequence[str]) -> str | None:
    """The room that may be meant by one that is not there, else the nearest by its number, if one is near."""
    return _meant(room, known) or _nearest_number(room, known, NEAR)


def _meant(room: str, known: Sequence[str]) -> str | None:
    by_word = {name.casefold(): name for name in reversed(known)}
    # Of plain numbers most are like each other: only a digit too many or too few is a likely slip.
    likeness = 0.8 if room.isdecimal() else 0.7
    close = get_close_matches(room.casefold(), by_word, 1, likeness)
    return by_word[close[0]] if close else None


def _nearest_number(room: str, known: Sequence[str], within: int | None = None) -> str | None:
    mine = _number(room)
    if mine is None:
        return None
    numbered = [(abs(key[1] - mine[1]), one) for one in known if (key := _number(one)) and key[0] == mine[0]]
    apart, nearest = min(numbered, key=lambda pair: pair[0], default=(0, None))
    return nearest if within is None or apart <= within else None


def _part(part: str, known: Sequence[str], like: Sequence[str]) -> Sequence[str]:
    """The rooms of one piece between commas; `like`: those that a mistake is compared with."""
    if part in known:
        return (part,)
    if not part:
        raise ValueError(phrase("A room is missing between two commas."))
    if len(part) > _LONGEST:
        begun = part[:20]
        raise ValueError(phrase(f"{begun}... is too long to be a room."))
    start, colon, end = (piece.strip() for piece in part.partition(":"))
    if not colon:
        raise ValueError(f"{no_such_room(part, like)} {_with_a_colon(part, known)}".rstrip())
    if not start or not end or ":" in end:
        raise ValueError(
            phrase(f"{part} is not a range of rooms: write its first and its last room, 110:120.")
        )
    if rooms := _between(start, end, known, like):
        return rooms
    turned = _between(end, start, known, like)
    said = phrase(f"There are no rooms from {start} to {end}.")
    raise ValueError(f"{said} {phrase(f'Write it {end}:{start}.')}" if turned else said)


def _with_a_colon(part: str, known: Sequence[str]) -> str:
    """The advice to whoever wrote 110-120; nothing where that is no range either."""
    start, _, end = (piece.strip() for piece in part.partition("-"))
    try:
        return phrase(f"Write a range as {start}:{end}.") if _between(start, end, known, ()) else ""
    except ValueError:
        return ""


def _between(start: str, end: str, known: Sequence[str], like: Sequence[str]) -> Sequence[str]:
    missing = [_no_such_end(edge, like) for edge in dict.fromkeys((start, end)) if edge not in known]
    if missing:
        raise ValueError(" ".join(missing))
    low, high = _number(start), _number(end)
    if low is not None and high is not None and low[0] == high[0]:
        numbered = [(room, _number(room)) for room in known]
        return [room for room, key in numbered if key and key[0] == low[0] and low[1:] <= key[1:] <= high[1:]]
    return known[known.index(start) : known.index(end) + 1]


def _no_such_end(room: str, known: Sequence[str]) -> str:
    """The same about an end of a range, which people choose by counting: the nearest room by its number."""
    meant = _meant(room, known)
    said, nearest = _no_such(room, meant), None if meant else _nearest_number(room, known)
    return f"{said} {phrase(f'The nearest is {nearest}.')}" if nearest else said


def _number(room: str) -> tuple[str, int, str] | None:
    """A room's number with the letters before and behind it, as it is sorted; None without a number."""
    match = _NUMBERED.fullmatch(room)
    return (match[1], int(match[2]), match[3]) if match else None
