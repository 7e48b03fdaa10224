"""The running number of call records: what was jumped over is missing, a fall is a new beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.counting import Counter, Gap, follow


def gaps_of(numbers: list[int]) -> list[tuple[int, int]]:
    """The gaps that are left when records with these numbers have come, in this order."""
    counter: Counter | None = None
    gaps: list[Gap] = []
    for number in numbers:
        step = follow(counter, tuple(gaps), number)
        counter = step.counter
        gaps = [gap for gap in gaps if gap != step.filled] + list(step.left)
        gaps += [step.opened] if step.opened else []
    return sorted((gap.first, gap.last) for gap in gaps)


@pytest.mark.parametrize(
    ("numbers", "missing", "what"),
    [
        ([], [], "nothing"),
        ([7], [], "where the count began before us is no gap"),
        ([1, 2, 3], [], "one after the other"),
        ([1, 2, 5], [(3, 4)], "two are missing"),
        ([1, 2, 5, 9], [(3, 4), (6, 8)], "and three more"),
        ([1, 3, 2, 4], [], "out of order"),
        ([5, 3, 4, 6], [], "the first one was late"),
        ([1, 2, 2, 3], [], "a number that comes twice: two legs of one call"),
        ([1, 2, 3, 2, 4], [], "its second leg came later"),
        ([1, 9, 4, 6], [(2, 3), (5, 5), (7, 8)], "a gap is filled in its middle"),
        ([500, 501, 1, 2, 3], [], "the device restarted"),
        ([500, 501, 1, 3], [(2, 2)], "a gap after the restart"),
        ([500, 503, 1, 2, 501], [(502, 502)], "what was late comes after the restart"),
        ([500, 501, 1, 2, 499, 3], [], "a second leg of the count before"),
        ([65534, 65535, 0, 1, 2], [], "the counter wraps"),
        ([65534, 0, 65535, 1], [], "the counter wraps, out of order"),
        ([1, 2, 5_000_000, 5_000_001], [], "a jump so far is a new beginning"),
        ([1, 2, 4_000], [(3, 3_999)], "a whole day is missing"),
        ([50, 1, 2, 51], [], "a restart of a count that had just begun"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_missing(numbers: list[int], missing: list[tuple[int, int]], what: str) -> None:
    assert gaps_of(numbers) == missing


@given(st.permutations(range(1, 60)), st.sets(st.integers(2, 58), max_size=20))
def test_in_whatever_order_they_come_exactly_those_that_did_not_come_are_missing(
    order: list[int], lost: set[int]
) -> None:
    came = [1, *(number for number in order if number not in lost | {1})]
    missing = {number for first, last in gaps_of(came) for number in range(first, last + 1)}
    assert missing == {number for number in lost if number < max(came)}
