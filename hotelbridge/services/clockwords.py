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
    length, clock, shown = _span(new - old), _clock(old, zone), _clock(new, zone)
    if line.floor:
        told = [
            phrase(
                f"The server has started with a clock that is {length} behind the last time it knew; "
                f"it showed {shown} after that."
            ),
            phrase("Guests are woken by the last time it knew, carried on."),
        ]
    else:
        told = [
            phrase(
                f"The server's clock was put forward by {length} at {clock}; it showed {shown} after that."
                if new > old
                else f"The server's clock was put back by {length} at {clock}; it showed {shown} after that."
            ),
            phrase(f"Guests are woken by the time before, which was {clock} then."),
        ]
    minutes, until = _patience(), _clock(old + PATIENCE, zone)
    told.append(phrase("Look at a watch and confirm the new or the old time."))
    told.append(
        phrase(
            f"Without an answer hotelbridge goes by the server's clock {minutes} minutes after that, "
            f"at {until}."
        )
    )
    return " ".join(told)


def trusted(by: str, trust: Trust) -> str:
    """A person has said which time is right."""
    if trust is Trust.NEW:
        return phrase(f"{by} says that the new time is right.")
    return phrase(f"{by} says that the old time is right.")


def wrong(line: Timeline, verdict: Verdict, step: timedelta) -> str:
    """The wall clock is wrong, as somebody said who can know."""
    length, by = _span(step), verdict.by
    fast, slow = (
        phrase(f"The server's clock is {length} fast, as {by} shows."),
        phrase(f"The server's clock is {length} slow, as {by} shows."),
    )
    rest = phrase(
        "Guests are woken by the right time all the same. Have the server's clock set right (its time "
        "service); this alarm then ends by itself."
    )
    return f"{fast if step > timedelta() else slow} {rest}"


def unconfirmed(new: datetime, step: timedelta, zone: ZoneInfo) -> str:
    """The time to answer is over."""
    length, minutes, clock = _span(step), _patience(), _clock(new, zone)
    forward, back = (
        phrase(
            f"The server's clock was put forward by {length} and nobody has said within {minutes} minutes "
            "whether that is right."
        ),
        phrase(
            f"The server's clock was put back by {length} and nobody has said within {minutes} minutes "
            "whether that is right."
        ),
    )
    rest = phrase(
        f"hotelbridge goes by it now: it is {clock}. Compare with a watch. If it is wrong, have the server's "
        "clock set right. Wake-ups that are late by the new time have alarms of their own."
    )
    return f"{forward if step > timedelta() else back} {rest}"


def healed(verdict: Verdict) -> str:
    """The note of an alarm that a word has ended."""
    by = verdict.by
    new = verdict.trust is Trust.NEW
    return phrase(f"{by} confirms the new time" if new else f"{by} confirms the old time")


def _patience() -> str:
    return f"{PATIENCE.total_seconds() / 60:.0f}"


def _span(step: timedelta) -> str:
    """A duration as people say it: 45 s, 12 min, 1 h 5 min, 3 d 2 h."""
    seconds = round(abs(step.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours = minutes // 60
    if hours < 1:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min"
    return f"{hours // 24} d {hours % 24} h"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")
