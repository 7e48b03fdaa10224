"""The running number of a device's call records: which calls never reached us.

Records come out of order, a number comes twice (two legs of one call), and the count begins anew when the
device restarts or wraps. So a fall is a new beginning and never a gap; only numbers that were jumped over
and have not come since are one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

NEAR = 100  # so far behind the last one a number is late or comes twice; farther behind, the count began anew
MOST = 1_000_000  # a jump over more than so many is a new beginning too: no house makes so many calls unseen


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers, both ends included, whose records have not come."""

    first: int
    last: int

    @property
    def calls(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Counter:
    """How far the numbers of one device have come."""

    last: int
    before: int | None = None  # the last one before the count began anew: what was late then may still come


@dataclass(frozen=True, slots=True)
class Step:
    """What one more number tells."""

    counter: Counter
    opened: Gap | None = None
    filled: Gap | None = None  # a known gap that the number lies in
    left: tuple[Gap, ...] = ()  # what remains of that


def follow(counter: Counter | None, gaps: tuple[Gap, ...], number: int) -> Step:
    """One more record has come. `gaps`: those of this device that are known."""
    if counter is None:
        return Step(Counter(number))
    for gap in reversed(gaps):  # the newest first: numbers of an earlier count may be missing too
        if gap.first <= number <= gap.last:
            return Step(counter, filled=gap, left=_without(gap, number))
    if number <= counter.last:
        anew = number < counter.last - NEAR
        return Step(Counter(number, counter.last) if anew else counter)
    if _is_late(counter, number):
        return Step(counter)
    ahead = replace(counter, last=number)
    if number == counter.last + 1:
        return Step(ahead)
    gap = Gap(counter.last + 1, number - 1)
    return Step(
        Counter(number, counter.last) if gap.calls > MOST else ahead, None if gap.calls > MOST else gap
    )


def _is_late(counter: Counter, number: int) -> bool:
    """Whether it belongs to the count before this one."""
    before = counter.before
    return before is not None and abs(number - before) <= NEAR and number > counter.last + NEAR


def _without(gap: Gap, number: int) -> tuple[Gap, ...]:
    parts = Gap(gap.first, number - 1), Gap(number + 1, gap.last)
    return tuple(part for part in parts if part.first <= part.last)
