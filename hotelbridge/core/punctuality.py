"""How punctual wake-ups were: from when they were due to when the first Connect that could ring was written.

One that the exchange turned down, for a phone that is not there, off the hook or refused, rang nobody.

Delays are counted in tenths of a second, so that a year of a large house is a short list. On time is
a first ring within a minute of due; the promise of the property is counted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

ON_TIME = timedelta(seconds=60)


class Kind(StrEnum):
    """What became of a wake-up, as far as ringing goes. Cancelled ones are of no kind."""

    RUNG = "rung"
    MISSED = "missed"  # never rung, and handed to a person
    OPEN = "open"  # not rung yet
    BY_HAND = "by_hand"  # a person closed it before it was due to ring
    IN_PERSON = "in_person"  # never meant to ring


@dataclass(frozen=True, slots=True)
class Tally:
    """So many wake-ups of one period, of one kind and with about one delay."""

    period: str  # "2026-11-24" or "2026-11"
    kind: Kind
    tenths: int | None  # seconds from due to the ring, times ten; None where it never rang
    count: int
    on_time: int
    kept: int  # rung within the promise
    worst: float | None  # the longest of these delays, seconds


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Of one period, or of several together."""

    on_time: int  # rung within a minute
    late: int  # rung later
    missed: int
    open: int
    by_hand: int
    in_person: int
    kept: int  # rung within the promise
    worst: float | None  # delays in seconds; None where nothing rang
    p50: float | None
    p99: float | None

    @property
    def judged(self) -> int:
        """How many there are to judge by: those that rang or should have."""
        return self.on_time + self.late + self.missed

    @property
    def share(self) -> float | None:
        """The share that rang within the promise; None where there is nothing to judge by."""
        return self.kept / self.judged if self.judged else None


@dataclass(slots=True)
class _Sum:
    kinds: Counter[Kind] = field(default_factory=Counter)
    delays: Counter[int] = field(default_factory=Counter)
    on_time: int = 0
    kept: int = 0
    worst: float | None = None

    def add(self, tally: Tally) -> None:
        self.kinds[tally.kind] += tally.count
        self.on_time += tally.on_time
        self.kept += tally.kept
        if tally.tenths is not None:
            self.delays[tally.tenths] += tally.count
        if tally.worst is not None:
            self.worst = max(tally.worst, self.worst or 0.0)


def by_period(tallies: Iterable[Tally]) -> dict[str, Punctuality]:
    """Each period in its order."""
    sums: dict[str, _Sum] = {}
    for tally in tallies:
        sums.setdefault(tally.period, _Sum()).add(tally)
    return {period: _of(sums[period]) for period in sorted(sums)}


def together(tallies: Iterable[Tally]) -> Punctuality:
    """All periods as one."""
    all_of_it = _Sum()
    for tally in tallies:
        all_of_it.add(tally)
    return _of(all_of_it)


def _of(found: _Sum) -> Punctuality:
    return Punctuality(
        on_time=found.on_time,
        late=found.kinds[Kind.RUNG] - found.on_time,
        missed=found.kinds[Kind.MISSED],
        open=found.kinds[Kind.OPEN],
        by_hand=found.kinds[Kind.BY_HAND],
        in_person=found.kinds[Kind.IN_PERSON],
        kept=found.kept,
        worst=None if found.worst is None else round(found.worst, 3),
        p50=percentile(found.delays, 50),
        p99=percentile(found.delays, 99),
    )


def percentile(tenths: Counter[int], percent: int) -> float | None:
    """The delay, in seconds, that so many percent do not exceed: the nearest rank."""
    total = sum(tenths.values())
    rank = -(-total * percent // 100)
    seen = 0
    for delay in sorted(tenths):
        seen += tenths[delay]
        if seen >= rank:
            return delay / 10
    return None
