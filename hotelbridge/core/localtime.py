"""A hotel's wall time and the instant it means, with both days of the year on which that is a question.

A booking names a local time; what the ladder rings by is an instant in UTC. In the hour that summer
time skips there is no such local time, in the hour that it repeats there are two: both are told to
the caller, who decides. Guessing would wake somebody an hour early or late.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hotelbridge.texts import phrase

_TIME = re.compile(
    r"(\d{1,2})(?:[:.]?(\d{2})(?:[:.](\d{2}))?)?(?: ?([ap])\.?(?:m\.?)?)?", re.IGNORECASE | re.ASCII
)
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:?\d{2})?")


class LocalTimeError(ValueError):
    """A local time that does not name one instant; the message is a sentence for the desk."""


class Unreadable(LocalTimeError):
    """Not a date or a time at all."""


class NoSuchLocalTime(LocalTimeError):
    """The clocks are put forward over it; `instead` is the first instant after the jump."""

    def __init__(self, local: str, instead: datetime) -> None:
        asked, clock = local.replace("T", " "), f"{instead:%H:%M}"
        super().__init__(
            phrase(
                f"{asked} does not exist: the clocks are put forward in that hour. "
                f"Take {clock} or a time before the change."
            )
        )
        self.instead = instead


class AmbiguousLocalTime(LocalTimeError):
    """The clocks are put back over it; `choices` are the two instants it may mean, in local time."""

    def __init__(self, local: str, choices: tuple[datetime, datetime]) -> None:
        first, second = (c.isoformat() for c in choices)
        asked = local.replace("T", " ")
        super().__init__(
            phrase(
                f"{asked} happens twice: the clocks are put back in that hour. "
                f"Say which one: {first} (before the change) or {second} (after it)."
            )
        )
        self.choices = choices


class Turn(StrEnum):
    """Why the instant of a local time had to be chosen: the clocks are put forward or back over it."""

    AT_THE_JUMP = "at_the_jump"  # the time does not exist: the first instant after the jump
    FIRST_PASS = "first_pass"  # the time comes twice: the first of the two, before the change


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time and the instant it was resolved to."""

    local: str  # "2026-11-24T06:30:00", as the hotel's clocks show it
    instant: datetime  # UTC
    turn: Turn | None = None  # set where nobody could be asked which instant was meant


def resolve(day: date, clock_time: time, zone: ZoneInfo, offset: str | None = None) -> Moment:
    """The instant at which the clocks of `zone` show this time; `offset` ("+01:00") picks one of two.

    Raises NoSuchLocalTime, AmbiguousLocalTime, or Unreadable when the offset is not one of that hour.
    """
    first = datetime.combine(day, clock_time, tzinfo=zone)
    second = first.replace(fold=1)
    local = first.strftime("%Y-%m-%dT%H:%M:%S")
    instants = [c.astimezone(UTC) for c in (first, second)]
    if all(i.astimezone(zone).replace(fold=0) != first for i in instants):
        raise NoSuchLocalTime(local, _jump(instants, zone))
    if instants[0] == instants[1]:
        instants = instants[:1]
    if offset is None:
        if len(instants) == 2:
            raise AmbiguousLocalTime(local, (instants[0].astimezone(zone), instants[1].astimezone(zone)))
        return Moment(local, instants[0])
    wanted = datetime.fromisoformat(f"{local}{offset}").astimezone(UTC)
    if wanted not in instants:
        asked = f"{local}{offset}"
        raise Unreadable(phrase(f"{asked} is not a time of {zone.key}: leave the offset away."))
    return Moment(local, wanted)


def occurrence(day: date, clock_time: time, zone: ZoneInfo) -> Moment:
    """The instant of this local time where nobody can be asked (rule B2), with a word for the choice made.

    For standing orders and for the PMS: the missing hour is the moment of the jump, and `local` is what
    the clocks show then (02:30 becomes 03:00); of the doubled hour it is the first pass. Never refuses.
    """
    try:
        return resolve(day, clock_time, zone)
    except NoSuchLocalTime as missing:
        local = missing.instead.strftime("%Y-%m-%dT%H:%M:%S")
        return Moment(local, missing.instead.astimezone(UTC), Turn.AT_THE_JUMP)
    except AmbiguousLocalTime as doubled:
        first = min(choice.astimezone(UTC) for choice in doubled.choices)
        return Moment(first.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S"), first, Turn.FIRST_PASS)


def kept(local: str, instant: datetime, zone: ZoneInfo) -> Moment:
    """What a wall time that was resolved earlier means now: the zone, or its rules, may be others since.

    Where the clocks of `zone` still show `local` at its instant nothing moves, which keeps the pass of a
    doubled hour that was chosen.
    """
    if instant.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") == local:
        return Moment(local, instant)
    there = datetime.fromisoformat(local)
    return occurrence(there.date(), there.time(), zone)


def _jump(instants: list[datetime], zone: ZoneInfo) -> datetime:
    """The first local time after the gap that lies between the two readings of a missing time."""
    low, high = min(instants), max(instants)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0).astimezone(zone)


def read_time(text: str) -> time:
    """A time of day as people type it: 6:30, 6.30, 0630, 630, 06:30:15, 6.30p, 6 pm. Raises Unreadable."""
    match = _TIME.fullmatch(text.strip())
    if match and (match[2] or match[4]):
        try:
            return time(_hour(int(match[1]), match[4]), int(match[2] or 0), int(match[3] or 0))
        except ValueError:
            pass
    raise Unreadable(phrase(f"'{text}' is not a time of day: write it like 06:30."))


def _hour(hour: int, half: str | None) -> int:
    """The hour of 24; of 12 where the half of the day is named."""
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("an hour of 12")
    return hour % 12 + (12 if half.lower() == "p" else 0)


def read_date(text: str) -> date:
    """A calendar day, 2026-11-24. Raises Unreadable."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable(phrase(f"'{text}' is not a date: write it like 2030-11-24.")) from None


def read_moment(text: str, zone: ZoneInfo) -> Moment:
    """A local date and time, "2026-11-24T06:30", with an offset only where the hour is doubled."""
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        raise Unreadable(phrase(f"'{text}' is not a date and time: write it like 2030-11-24T06:30."))
    offset = "+00:00" if match[3] == "Z" else match[3]
    return resolve(read_date(match[1]), read_time(match[2]), zone, offset)


def is_moment(local: str) -> bool:
    """Whether a text is a date and a time at all, as programs write them."""
    try:
        datetime.fromisoformat(local)
    except ValueError:
        return False
    return True


def next_occurrence(clock_time: time, zone: ZoneInfo, now: datetime) -> Moment:
    """When the clocks of `zone` show this time next, strictly after `now`."""
    today = now.astimezone(zone).date()
    try:
        moment = resolve(today, clock_time, zone)
    except NoSuchLocalTime as missing:
        if missing.instead > now:
            raise
    else:
        if moment.instant > now:
            return moment
    return resolve(today + timedelta(days=1), clock_time, zone)
