"""Reports told late of a phone that two rooms share: the neighbour's wake nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotelbridge.core.records import Outcome, WakeupState
from hotelbridge.testing.fake_om_faults import EventFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.shared_phones import Hotel, hotels

KEY = Answers(after=5, talk=8, keys=((5, "5"),))


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    with hotels(tmp_path) as make:
        yield make


def states(evening: Evening, *ids: int) -> list[WakeupState]:
    return [evening.wakeup(id).state for id in ids]


@pytest.mark.parametrize("seconds", [3, 6, 20])
def test_a_late_key_of_the_call_before_does_not_wake_the_neighbour(hotel: Hotel, seconds: int) -> None:
    """R4: whoever never lifted is not woken; the key counts for the room it was pressed for."""
    evening = hotel('proof = "digit"')
    evening.om.faults.next(EventFault.LATE, "DTMF", seconds=seconds)
    evening.phone("100", KEY, NoAnswer(rings=60))
    both = evening.book("A", "06:30"), evening.book("B", "06:30")
    evening.until("06:45")
    assert states(evening, *both) == [WakeupState.WOKEN, WakeupState.ALARMED]


def test_a_late_key_is_of_the_last_one_who_lifted_even_when_the_next_call_is_over(hotel: Hotel) -> None:
    """R4: a key told after two calls belongs to the one in which somebody was there."""
    evening = hotel('proof = "digit"\nring = "20s"')
    evening.om.faults.next(EventFault.LATE, "DTMF", seconds=35)
    evening.phone("100", KEY, NoAnswer(rings=60))
    both = evening.book("A", "06:30"), evening.book("B", "06:30")
    evening.until("06:31")
    assert states(evening, *both) == [WakeupState.WOKEN, WakeupState.WAITING]


def test_the_end_of_an_announcement_told_late_does_not_wake_the_neighbour(hotel: Hotel) -> None:
    """R4."""
    evening = hotel('proof = "heard"')
    evening.om.faults.next(EventFault.LATE, "EndOfAnn", seconds=6)
    evening.phone("100", Answers(after=5, talk=None), NoAnswer(rings=60))
    both = evening.book("A", "06:30"), evening.book("B", "06:30")
    evening.until("06:45")
    assert states(evening, *both)[1] == WakeupState.ALARMED


def test_lifting_that_may_be_the_neighbours_told_late_is_no_proof(hotel: Hotel) -> None:
    """R4: the call before was put down early, and that it was lifted is told while the next one rings."""
    evening = hotel()
    evening.om.faults.next(EventFault.LATE, "ANSWER", seconds=12)
    evening.phone("100", Answers(after=5, talk=8), NoAnswer(rings=60))
    both = evening.book("A", "06:30"), evening.book("B", "06:30")
    evening.until("06:32")
    assert states(evening, *both)[1] != WakeupState.WOKEN


def test_who_lifts_after_a_call_whose_lifting_was_not_told_is_woken_when_he_has_listened(
    hotel: Hotel,
) -> None:
    """R4: where lifting may be the neighbour's, hearing it to the end is his own."""
    evening = hotel()
    evening.om.faults.next(EventFault.LOSE, "ANSWER")
    evening.phone("100", Answers(after=5, talk=8), Answers(after=5, talk=None))
    evening.book("A", "06:30")
    other = evening.book("B", "06:30")
    evening.until("06:32")
    assert evening.wakeup(other).result == Outcome.HEARD


def test_a_key_whose_lifting_was_not_told_wakes_the_room_that_is_rung(hotel: Hotel) -> None:
    """R4: nobody lifted in the call before, so it is not his."""
    evening = hotel()
    evening.phone("100", NoAnswer(rings=60), KEY)
    evening.book("A", "06:30")
    other = evening.book("B", "06:30")
    evening.until("06:30:40")
    evening.om.faults.next(EventFault.LOSE, "ANSWER")
    evening.until("06:31:30")
    assert evening.wakeup(other).result == Outcome.CONFIRMED


def test_it_rests_a_moment_between_two_rooms(hotel: Hotel) -> None:
    """R4: what is told of one call a moment late is not told into the next."""
    evening = hotel()
    evening.phone("100", Answers(after=5, talk=20), Answers(after=5, talk=20))
    evening.book("A", "06:30")
    evening.book("B", "06:30")
    evening.until("06:32")
    first, second = evening.om.rings
    assert first.ended is not None
    assert timedelta(seconds=2) <= second.connect_at - first.ended <= timedelta(seconds=3.1)
