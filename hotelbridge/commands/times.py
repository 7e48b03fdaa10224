"""Times, days and weekdays as the commands take them: what core reads, with the words for a command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from hotelbridge.core import typedtimes
from hotelbridge.core.typedtimes import WhichDay, read_day

__all__ = ["WhichDay", "asked_day", "asked_days", "asked_time", "day_of_time"]
T = TypeVar("T")


def asked_time(text: str, now: datetime, zone: ZoneInfo, day: str | None = None) -> dict[str, str]:
    """The time meant by `text`, as the API takes it: `at`, or `time`, with `date` where a day was typed.

    Raises ValueError with the ways to write it, and WhichDay with the option that tells the days apart.
    """
    when = _asked(lambda: typedtimes.read_when(text, now, zone, day))
    named = {"at": when.at, "time": when.time, "date": when.date}
    return {name: value for name, value in named.items() if value is not None}


def day_of_time(text: str, at: time, now: datetime, zone: ZoneInfo) -> str:
    """The day of a time, 2026-11-24; raises as `asked_time`."""
    return _asked(lambda: typedtimes.day_of_time(text, at, now, zone))


def asked_day(text: str, today: date, *, after: bool = False) -> str:
    """A day, 2026-11-24; with `after` today's weekday is the day in a week. Raises ValueError."""
    return read_day(text, today, after=after)


def asked_days(text: str) -> list[str]:
    """Weekdays, as the API takes them. Raises ValueError."""
    return list(typedtimes.read_days(text))


def _asked(read: Callable[[], T]) -> T:
    try:
        return read()
    except WhichDay as which:
        option = f"Say it with --date: today, or {which.choices[1]}."
        raise WhichDay(f"{which} {option}", which.choices, which.said) from None
