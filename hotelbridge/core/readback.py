"""What is read back to a guest: the weekday, the date, the time, and how long it is until then.

A number is easily misheard at night; a weekday and a length of time are not. Plain text, in English,
as the rest of what the desk reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from hotelbridge.core.localtime import Turn
from hotelbridge.core.orders import WEEKDAYS

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = "January February March April May June July August September October November December".split()
_FAR = timedelta(days=300)  # so far away the year is said too
_TURNED = {
    Turn.AT_THE_JUMP: "when the clocks are put forward",
    Turn.FIRST_PASS: "before the clocks are put back",
}


def span(length: timedelta) -> str:
    """A length of time in its two largest units: 5 h 10 min."""
    seconds = max(0, round(length.total_seconds()))
    if seconds >= 3600:
        seconds = round(seconds / 60) * 60
    days, rest = divmod(seconds, 86400)
    parts = [(days, "d"), (rest // 3600, "h"), (rest % 3600 // 60, "min"), (rest % 60, "s")]
    shown = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(shown[:2]) or "0 s"


def clock_of(at: datetime) -> str:
    """The time of day, with its seconds only where there are any."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def day_of(day: date) -> str:
    """A day without its year: Tuesday 24 November."""
    return f"{_NAMES[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def said(at: datetime, now: datetime) -> str:
    """A moment of the hotel's own time: "Tuesday 24 November 06:30, in 5 h 10 min"."""
    ahead = at.astimezone(UTC) - now.astimezone(UTC)  # of equal zones Python would subtract the wall times
    year = f" {at.year}" if ahead > _FAR else ""
    return f"{day_of(at.date())}{year} {clock_of(at)}, in {span(ahead)}"


def turned(turn: Turn | None) -> str:
    """What is said where the clocks change over a time; nothing where they do not."""
    return f" ({_TURNED[turn]})" if turn is not None else ""


def every(days: Sequence[str]) -> str:
    """Chosen weekdays: every day, Monday to Friday, every Monday and Thursday."""
    places = [WEEKDAYS.index(day) for day in days]
    if len(places) == len(WEEKDAYS):
        return "every day"
    names = [_NAMES[place] for place in places]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return "every " + (" and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0])


def until_of(until: str | None) -> str:
    """The last day of an order: " until Friday 4 December"; nothing where it has none."""
    return f" until {day_of(date.fromisoformat(until))}" if until else ""
