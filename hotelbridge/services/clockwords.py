"""What the desk reads about the clocks: sentences for somebody who stands before two times at 5 a.m."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hotelbridge.core.records import Trust
from hotelbridge.core.timeline import PATIENCE, Timeline, Verdict
from hotelbridge.texts import phrase


def in_question(line: Timeline, zone: ZoneInfo) -> str:
    """The wall clock was set, and nobody knows yet whether rightly."""
    old = line.at(line.since)
    new = old if line.other is None else line.other + timedelta(seconds=line.since)
    if line.floor:
        what = f"The server has started with a clock that is {_span(new - old)} behind the last time it knew"
        until = "the last time it knew, carried on"
    else:
        way = "forward" if new > old else "back"
        what = f"The server's clock was put {way} by {_span(new - old)} at {_clock(old, zone)}"
        until = f"the time before, which was {_clock(old, zone)} then"
    return (
        f"{what}; it showed {_clock(new, zone)} after that. Guests are woken by {until}. Look at a watch and "
        "confirm the new or the old time. Without an answer hotelbridge goes by the server's clock "
        f"{PATIENCE.total_seconds() / 60:.0f} minutes after that, at {_clock(old + PATIENCE, zone)}."
    )


def trusted(by: str, trust: Trust) -> str:
    """A person has said which time is right."""
    if trust is Trust.NEW:
        return phrase(f"{by} says that the new time is right.")
    return phrase(f"{by} says that the old time is right.")


def wrong(line: Timeline, verdict: Verdict, step: timedelta) -> str:
    """The wall clock is wrong, as somebody said who can know."""
    way = "fast" if step > timedelta() else "slow"
    return (
        f"The server's clock is {_span(step)} {way}, as {verdict.by} shows. Guests are woken by the right "
        "time all the same. Have the server's clock set right (its time service); this alarm then ends by "
        "itself."
    )


def unconfirmed(new: datetime, step: timedelta, zone: ZoneInfo) -> str:
    """The time to answer is over."""
    way = "forward" if step > timedelta() else "back"
    return (
        f"The server's clock was put {way} by {_span(step)} and nobody has said within "
        f"{PATIENCE.total_seconds() / 60:.0f} minutes whether that is right. hotelbridge goes by it now: it "
        f"is {_clock(new, zone)}. Compare with a watch. If it is wrong, have the server's clock set right. "
        "Wake-ups that are late by the new time have alarms of their own."
    )


def healed(verdict: Verdict) -> str:
    """The note of an alarm that a word has ended."""
    which = "new" if verdict.trust is Trust.NEW else "old"
    return f"{verdict.by} confirms the {which} time"


def _span(step: timedelta) -> str:
    """A duration as people say it: 45 s, 12 min, 1 h 5 min, 3 days 2 h."""
    seconds = round(abs(step.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours = minutes // 60
    if hours < 1:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min"
    return f"{hours // 24} days {hours % 24} h"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")
