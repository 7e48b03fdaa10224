"""Times, days and weekdays as people type them; the API reads one form of each.

For whatever people type into. What is read stays as vague as it was typed: a time without a day has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from hotelbridge.core.localtime import occurrence, read_time
from hotelbridge.core.orders import DAY, SMALL_HOURS, WEEKDAYS, offered
from hotelbridge.core.readback import said

FORMS = "write 06:30, 630 or 6.30p (the next time it is so), {}T06:30, or +3m from now"
DAYS = "write {}, today, tomorrow or a weekday such as fri"
WEEKS = "write daily, weekdays, weekend, or weekdays such as mon,wed or mon-fri"
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)([+-][0-9]{2}:[0-9]{2})?"
)  # the offset only where the hour comes twice: the API says which ones there are
_DELAY = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?", re.ASCII)
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {"daily": WEEKDAYS, "weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:]}
SEVERAL_DAYS = tuple(_SETS)  # the words for several weekdays at once
ONE_DAY = ("today", "tomorrow", *_NAMES)
EACH_WEEK = tuple(f"{name}s" for name in _NAMES)


@dataclass(frozen=True, slots=True)
class When:
    """A time that was typed, in the forms of a booking: `at`, or `time` with or without a `date`."""

    at: str | None = None  # "2026-11-24T06:30:00" of the hotel's wall, with an offset where it comes twice
    time: str | None = None  # "06:30:00"
    date: str | None = None  # "2026-11-24"


class WhichDay(ValueError):
    """A weekday that may be this one or the next (rule B4); the words offer both, `choices` are the days."""

    def __init__(self, sentence: str, choices: tuple[date, date], said: tuple[str, str]) -> None:
        super().__init__(sentence)
        self.choices = choices  # today, and the day in a week
        self.said = said  # both with the time, to read to the guest


def read_when(text: str, now: datetime, zone: ZoneInfo, day: str | None = None) -> When:
    """The time meant by `text`, with its day where one was typed beside it.

    `now` is aware. A time alone stays alone: which day it means is the hotel's to say. Raises ValueError
    with the ways to write it, and WhichDay.
    """
    text = text.strip()
    try:
        if text.startswith("+") and day is None:
            return When(at=_after(_delay(text[1:]), now, zone))
        if (moment := _MOMENT.fullmatch(text)) and day is None:
            local = _on(moment[1], moment[2].zfill(5 if len(moment[2]) < 6 else 8)).isoformat()
            return When(at=local + (moment[3] or ""))
        clock = read_time(text)
    except (ValueError, OverflowError):
        tomorrow = now.astimezone(zone).date() + DAY
        raise ValueError(f"{text!r} is not a time: {FORMS.format(tomorrow)}") from None
    return When(time=clock.isoformat(), date=None if day is None else day_of_time(day, clock, now, zone))


def day_of_time(text: str, at: time, now: datetime, zone: ZoneInfo) -> str:
    """The day of a time, as people type it: a weekday is the next on which that time is still to come.

    In the small hours of that very weekday it may be meant of the night that has just begun, or of the day
    a week later: raises WhichDay. Raises ValueError where it is no day.
    """
    named, today = _weekday(text.strip().lower()), now.astimezone(zone).date()
    if named is None:
        return read_day(text, today)
    first = offered((WEEKDAYS[named],), at, zone, now)[0]
    if first == today and now.astimezone(zone).time() < SMALL_HOURS:
        raise _which_day(named, (first, first + 7 * DAY), at, now, zone)
    return first.isoformat()


def _which_day(named: int, choices: tuple[date, date], at: time, now: datetime, zone: ZoneInfo) -> WhichDay:
    near, far = (said(occurrence(day, at, zone).instant.astimezone(zone), now) for day in choices)
    which = f"It is {now.astimezone(zone):%H:%M}: which {_NAMES[named].capitalize()} is meant?"
    return WhichDay(f"{which} {near}; or {far}.", choices, (near, far))


def read_day(text: str, today: date, *, after: bool = False) -> str:
    """A day as people type it, 2026-11-24. A weekday is the next one: today's is today, or with
    `after` the day in a week. Raises ValueError.
    """
    word = text.strip().lower()
    if word in ("today", "tomorrow"):
        return (today + timedelta(days=word == "tomorrow")).isoformat()
    named = _weekday(word)
    if named is not None:
        return (today + timedelta(days=(named - today.weekday() - after) % 7 + after)).isoformat()
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is not a day: {DAYS.format(today + DAY)}") from None


def read_days(text: str) -> tuple[str, ...]:
    """Weekdays as people type them: daily, mon-fri, sat,sun, sundays. Raises ValueError."""
    found: set[str] = set()
    for part in text.strip().lower().split(","):
        if part in _SETS:
            found |= set(_SETS[part])
            continue
        if part in EACH_WEEK:
            found.add(WEEKDAYS[EACH_WEEK.index(part)])
            continue
        first, dash, last = part.partition("-")
        start, end = _weekday(first), _weekday(last if dash else first)
        if start is None or end is None:
            raise ValueError(f"{text!r} are no weekdays: {WEEKS}")
        found |= {WEEKDAYS[(start + n) % 7] for n in range((end - start) % 7 + 1)}
    return tuple(day for day in WEEKDAYS if day in found)


def is_weekday(text: str) -> bool:
    """Whether a text names one weekday."""
    return _weekday(text.lower()) is not None


def _weekday(text: str) -> int | None:
    """The place of a weekday, by three letters or more of its name."""
    text = text.strip()
    return next((n for n, name in enumerate(_NAMES) if len(text) > 2 and name.startswith(text)), None)


def _delay(text: str) -> timedelta:
    """`45s`, `2m`, `1h30m`. Raises ValueError, and OverflowError for what no calendar holds."""
    match = _DELAY.fullmatch(text)
    if match is None:
        raise ValueError("not a length of time")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _after(delay: timedelta, now: datetime, zone: ZoneInfo) -> str:
    """So long from now on the hotel's wall, with the offset where it would show that twice."""
    if delay <= timedelta():
        raise ValueError("not in the future")
    seconds = ceil((now.astimezone(UTC) + delay).timestamp())  # never earlier than asked
    at = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    twice = at.utcoffset() != at.replace(fold=1 - at.fold).utcoffset()
    return (at if twice else at.replace(tzinfo=None)).isoformat()


def _on(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}")
