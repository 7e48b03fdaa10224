"""How the commands read times, days and weekdays as people type them; the API reads only one form of each."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from hotelbridge.core.localtime import read_time
from hotelbridge.core.orders import WEEKDAYS
from hotelbridge.settings_base import read_duration

FORMS = "write 06:30, 630 or 6.30p (the next time it is so), 2026-11-24T06:30, or +3m from now"
DAYS = "write 2026-11-24, today, tomorrow or a weekday such as fri"
WEEKS = "write daily, weekdays, weekend, or weekdays such as mon,wed or mon-fri"
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)([+-][0-9]{2}:[0-9]{2})?"
)  # the offset only where the hour comes twice: the API says which ones there are
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {"daily": WEEKDAYS, "weekdays": WEEKDAYS[:5], "weekend": WEEKDAYS[5:]}


def asked_time(text: str, now: datetime, zone: ZoneInfo, day: str | None = None) -> dict[str, str]:
    """The time meant by `text`, as the API takes it: `at`, or `time`, with `date` where a day was typed.

    `now` is aware. A time alone stays alone: which day it means is the hotel's to say. Raises ValueError
    with the ways to write it.
    """
    text = text.strip()
    try:
        if text.startswith("+") and day is None:
            return {"at": _after(read_duration(text[1:]), now, zone)}
        if (moment := _MOMENT.fullmatch(text)) and day is None:
            local = _on(moment[1], moment[2].zfill(5 if len(moment[2]) < 6 else 8)).isoformat()
            return {"at": local + (moment[3] or "")}
        clock = read_time(text).isoformat()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time: {FORMS}") from None
    return {"time": clock} | ({} if day is None else {"date": asked_day(day, now.astimezone(zone).date())})


def asked_day(text: str, today: date) -> str:
    """A day as people type it, 2026-11-24. A weekday is the next one after today. Raises ValueError."""
    word = text.strip().lower()
    if word in ("today", "tomorrow"):
        return (today + timedelta(days=word == "tomorrow")).isoformat()
    named = _weekday(word)
    if named is not None:
        return (today + timedelta(days=(named - today.weekday() - 1) % 7 + 1)).isoformat()
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is not a day: {DAYS}") from None


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
