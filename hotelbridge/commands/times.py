"""How the commands read times, days and weekdays as people type them; the API reads only one form of each."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from hotelbridge.core.localtime import occurrence, read_time
from hotelbridge.core.orders import DAY, SMALL_HOURS, WEEKDAYS, offered
from hotelbridge.core.readback import said
from hotelbridge.settings_base import read_duration

FORMS = "write 06:30, 630 or 6.30p (the next time it is so), {}T06:30, or +3m from now"
DAYS = "write {}, today, tomorrow or a weekday such as fri"
WEEKS = "write daily, weekdays, weekend, or weekdays such as mon,wed or mon-fri"
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)([+-][0-9]{2}:[0-9]{2})?"
)  # the offset only where the hour comes twice: the API says which ones there are
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {"daily": WEEKDAYS, "weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:]}


class WhichDay(ValueError):
    """A weekday that may be this one or the next (rule B4); the words offer both."""


def asked_time(text: str, now: datetime, zone: ZoneInfo, day: str | None = None) -> dict[str, str]:
    """The time meant by `text`, as the API takes it: `at`, or `time`, with `date` where a day was typed.

    `now` is aware. A time alone stays alone: which day it means is the hotel's to say. Raises ValueError
    with the ways to write it, and WhichDay.
    """
    text = text.strip()
    try:
        if text.startswith("+") and day is None:
            return {"at": _after(read_duration(text[1:]), now, zone)}
        if (moment := _MOMENT.fullmatch(text)) and day is None:
            local = _on(moment[1], moment[2].zfill(5 if len(moment[2]) < 6 else 8)).isoformat()
            return {"at": local + (moment[3] or "")}
        clock = read_time(text)
    except (ValueError, OverflowError):
        tomorrow = now.astimezone(zone).date() + DAY
        raise ValueError(f"{text!r} is not a time: {FORMS.format(tomorrow)}") from None
    return {"time": clock.isoformat()} | ({} if day is None else {"date": day_of_time(day, clock, now, zone)})


def day_of_time(text: str, at: time, now: datetime, zone: ZoneInfo) -> str:
    """The day of a time, as people type it: a weekday is the next on which that time is still to come.

    In the small hours of that very weekday it may be meant of the night that has just begun, or of the day
    a week later: raises WhichDay. Raises ValueError where it is no day.
    """
    named, today = _weekday(text.strip().lower()), now.astimezone(zone).date()
    if named is None:
        return asked_day(text, today)
    first = offered((WEEKDAYS[named],), at, zone, now)[0]
    if first == today and now.astimezone(zone).time() < SMALL_HOURS:
        words = [
            said(occurrence(day, at, zone).instant.astimezone(zone), now) for day in (first, first + 7 * DAY)
        ]
        raise WhichDay(
            f"It is {now.astimezone(zone):%H:%M}: which {_NAMES[named].capitalize()} is meant? "
            f"{words[0]}; or {words[1]}. Say it with --date: today, or {first + 7 * DAY}."
        )
    return first.isoformat()


def asked_day(text: str, today: date, *, after: bool = False) -> str:
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


def asked_days(text: str) -> list[str]:
    """Weekdays as people type them: daily, mon-fri, sat,sun. Raises ValueError."""
    found: set[str] = set()
    for part in text.strip().lower().split(","):
        if part in _SETS:
            found |= set(_SETS[part])
            continue
        first, dash, last = part.partition("-")
        start, end = _weekday(first), _weekday(last if dash else first)
        if start is None or end is None:
            raise ValueError(f"{text!r} are no weekdays: {WEEKS}")
        found |= {WEEKDAYS[(start + n) % 7] for n in range((end - start) % 7 + 1)}
    return [day for day in WEEKDAYS if day in found]


def _weekday(text: str) -> int | None:
    """The place of a weekday, by three letters or more of its name."""
    text = text.strip()
    return next((n for n, name in enumerate(_NAMES) if len(text) > 2 and name.startswith(text)), None)


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
