"""What is read back to a guest: the weekday, the date, the time, and how long it is until then.

A number is easily misheard at night; a weekday and a length of time are not. Plain text, in English,
as the rest of what the desk reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from hotelbridge.core.localtime import Turn
from hotelbridge.core.orders import WEEKDAYS
from hotelbridge.texts import phrase

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = "January February March April May June July August September October November December".split()
_FAR = timedelta(days=300)  # so far away the year is said too


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
    return f"{DAY_NAMES[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def said(at: datetime, now: datetime) -> str:
    """A moment of the hotel's own time: "Tuesday 24 November 06:30, in 5 h 10 min"."""
    ahead = at.astimezone(UTC) - now.astimezone(UTC)  # of equal zones Python would subtract the wall times
    year = f" {at.year}" if ahead > _FAR else ""
    return f"{day_of(at.date())}{year} {clock_of(at)}, in {span(ahead)}"


def turned(words: str, turn: Turn | None) -> str:
    """The words about a time, with what is said where the clocks change over it."""
    if turn is None:
        return words
    if turn == Turn.AT_THE_JUMP:
        return phrase(f"{words} (when the clocks are put forward)")
    return phrase(f"{words} (before the clocks are put back)")


def last_day(day: date, today: date | None = None) -> str:
    """A day up to which something goes on; with its year where that is far from today."""
    return f"{day_of(day)} {day.year}" if today and abs(day - today) > _FAR else day_of(day)


def every(days: Sequence[str], clock: str = "", until: str | None = None, today: date | None = None) -> str:
    """Chosen weekdays, with their time of day and the last day where there are any.

    Every day, Monday to Friday 06:30, every Monday and Thursday until Friday 4 December.
    """
    places = [WEEKDAYS.index(day) for day in days]
    end = last_day(date.fromisoformat(until), today) if until else ""
    if len(places) == len(WEEKDAYS):
        return _every_day(clock, end)
    *names, last = [DAY_NAMES[place] for place in places]
    day = f"{last} {clock}".rstrip()
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return _up_to(names[0], day, end)
    if not names:
        return phrase(f"every {day} until {end}" if end else f"every {day}")
    before = ", ".join(names)
    return phrase(f"every {before} and {day} until {end}" if end else f"every {before} and {day}")


def _every_day(clock: str, end: str) -> str:
    if not clock:
        return phrase(f"every day until {end}" if end else "every day")
    return phrase(f"every day {clock} until {end}" if end else f"every day {clock}")


def _up_to(first: str, day: str, end: str) -> str:
    """From one weekday to another. Each first one has its sentence: "{first} to {day}" could be anything."""
    if end:
        return {
            "Monday": phrase(f"Monday to {day} until {end}"),
            "Tuesday": phrase(f"Tuesday to {day} until {end}"),
            "Wednesday": phrase(f"Wednesday to {day} until {end}"),
            "Thursday": phrase(f"Thursday to {day} until {end}"),
            "Friday": phrase(f"Friday to {day} until {end}"),
        }[first]
    return {
        "Monday": phrase(f"Monday to {day}"),
        "Tuesday": phrase(f"Tuesday to {day}"),
        "Wednesday": phrase(f"Wednesday to {day}"),
        "Thursday": phrase(f"Thursday to {day}"),
        "Friday": phrase(f"Friday to {day}"),
    }[first]
