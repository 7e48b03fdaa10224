"""When to ring again, when to give up, and whom to tell: the ladder of a wake-up.

The times of the tries are fixed by the first ring: it, then each gap counted from start to start.
A busy phone that becomes free, or a device that comes back, brings the next try forward; nothing
moves the ladder's end. A fault of the device that lets no call out is not a try, within the promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotelbridge.core.attempt import is_open, is_proved
from hotelbridge.core.records import Attempt, Outcome, Wakeup, WakeupState


@dataclass(frozen=True, slots=True)
class Ladder:
    """How a property wants its guests woken."""

    tries: int
    gaps: tuple[timedelta, ...]  # from start to start; the last one repeats
    grace: timedelta  # found later than this: no ring, a person goes
    promise: timedelta  # temporary faults are not tries for so long after due
    again_after: timedelta  # pause after a temporary fault


@dataclass(frozen=True, slots=True)
class Woken:
    """The guest is awake; `by` is the attempt that shows it."""

    by: Attempt


@dataclass(frozen=True, slots=True)
class Again:
    """Ring again at `at`; `counted` tells whether the round that ended was a try."""

    at: datetime
    result: Outcome
    counted: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """A person must go."""

    result: Outcome


@dataclass(frozen=True, slots=True)
class Wait:
    """The round is not over."""


Verdict = Woken | Again | GiveUp | Wait

# What a round of several phones came to: the first of these that any of them met.
_WEIGHT = (
    Outcome.NO_ANSWER,
    Outcome.DIVERTED,
    Outcome.BUSY,
    Outcome.UNKNOWN,
    Outcome.UNREACHABLE,
    Outcome.DEVICE_DOWN,
    Outcome.REFUSED,
)
# A person should know at once, while the ladder goes on (the guest may sleep beside a dead phone).
TELL_AT_ONCE = frozenset({Outcome.UNREACHABLE, Outcome.DEVICE_DOWN})
# The next try may come early when the cause is gone.
_ARMED = frozenset({Outcome.BUSY, Outcome.DEVICE_DOWN, Outcome.REFUSED, Outcome.UNREACHABLE})


def after_round(wakeup: Wakeup, attempts: Sequence[Attempt], ladder: Ladder, now: datetime) -> Verdict:
    """What follows from the attempts of the present round."""
    proved = [a for a in attempts if is_proved(a)]
    if proved:
        return Woken(proved[0])
    if any(is_open(a) for a in attempts):
        return Wait()
    result = next((o for o in _WEIGHT if any(a.outcome == o for a in attempts)), Outcome.UNKNOWN)
    soon = now + ladder.again_after
    if not any(a.counted for a in attempts) and soon <= wakeup.due + ladder.promise:
        return Again(soon, result, counted=False)
    tries = wakeup.tries + 1
    if tries >= ladder.tries:
        return GiveUp(result)
    return Again(max(planned(wakeup, tries, ladder), now), result, counted=True)


def planned(wakeup: Wakeup, tries: int, ladder: Ladder) -> datetime:
    """When the try after `tries` tries was meant to start."""
    gaps = [ladder.gaps[min(i, len(ladder.gaps) - 1)] for i in range(tries)] if ladder.gaps else []
    return (wakeup.first_ring or wakeup.due) + sum(gaps, timedelta())


def may_ring_early(wakeup: Wakeup, tries: int) -> bool:
    """Whether the next try may be brought forward because what hindered the last one is over.

    Not the last of `tries`: the ladder's end would come forward with it.
    """
    return (
        wakeup.state == WakeupState.WAITING and wakeup.result in _ARMED and wakeup.tries < max(1, tries - 1)
    )


def minute_of(wakeup: Wakeup) -> datetime:
    """The minute in which it is due, as an instant: in the doubled hour the same words mean two of them."""
    return wakeup.due.replace(second=0, microsecond=0)


def same_minute(one: Wakeup, other: Wakeup) -> bool:
    """Whether one ring of the room serves both."""
    return minute_of(one) == minute_of(other)
