"""Rooms that wait for each other at one phone: told when they are booked, and each rung in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.core.records import WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.shared_phones import Hotel, hotels

DORM = [f"d{n}" for n in range(10)]
DORM_ROOMS = "".join(f'  {{ number = "{room}", phones = ["100"] }},\n' for room in DORM)


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    with hotels(tmp_path) as make:
        yield make


def test_who_has_to_wait_for_the_neighbours_call_is_told_so_when_he_books(hotel: Hotel) -> None:
    evening = hotel()
    evening.phone("100", NoAnswer(rings=60))
    told = [evening.booked(room, "06:30").expected_ring for room in ("A", "B")]
    evening.until("06:32")
    assert all(told)
    assert [f"{at:%H:%M:%S}" for at in told if at] == ["06:30:00", "06:30:47"]
    assert evening.rings("100")[:2] == ["06:30:00", "06:30:47"]


def test_more_rooms_than_one_phone_can_ring_in_time_are_refused(hotel: Hotel) -> None:
    """B2: a caller who can read it is told, and what times are free."""
    evening = hotel("", DORM_ROOMS)
    with pytest.raises(Refusal) as refused:
        for room in DORM:
            evening.booked(room, "06:30")
    assert refused.value.code == "slot_full"
    assert evening.booked("212", "06:30").expected_ring is not None  # who has another phone is not concerned


def test_all_rooms_of_a_phone_are_rung_however_long_the_queue(hotel: Hotel) -> None:
    """B1: who waits for another's call is not handed over as late."""
    evening = hotel('promise = "1m"\ngrace = "1m"', DORM_ROOMS)
    evening.phone("100", NoAnswer(rings=60))
    booked = [evening.order(room, at=f"{evening.day}T06:30:{n:02}") for n, room in enumerate(DORM[:2])]
    booked += [evening.order(room, at=f"{evening.day}T06:31:{n * 50:02}") for n, room in enumerate(DORM[2:4])]
    evening.until("06:50")
    for one in booked:
        assert len(evening.wakeup(one.id).attempts) == 3


def test_a_next_try_waits_for_the_neighbours_call_and_is_not_given_up(hotel: Hotel) -> None:
    """B1, R2: its guest was rung once only because the neighbour was on the phone."""
    evening = hotel('grace = "60s"\npromise = "60s"')
    evening.phone("100", NoAnswer(rings=60), Answers(after=20, talk=None), Answers(after=5, talk=20))
    first = evening.book("A", "06:30")
    evening.book("B", "06:31:50")
    evening.until("06:36")
    view = evening.wakeup(first)
    assert (view.state, view.tries) == (WakeupState.WOKEN, 2)


def test_a_rooms_own_phone_does_not_wait_for_the_neighbours_call(hotel: Hotel) -> None:
    """R2: it rings in time, and the shared one rings along when it is free."""
    evening = hotel()
    evening.phone("301", NoAnswer(rings=60))
    evening.phone("302", NoAnswer(rings=60), Answers(after=5, talk=20))
    evening.book("annex", "06:29:50")
    suite = evening.book("suite", "06:30")
    evening.until("06:31:30")
    assert evening.rings("301") == ["06:30:00"]
    assert evening.rings("302") == ["06:29:50", "06:30:37"]
    view = evening.wakeup(suite)
    assert (view.state, view.tries) == (WakeupState.WOKEN, 1)


def test_the_shared_phone_does_not_ring_along_once_the_guest_has_lifted(hotel: Hotel) -> None:
    """R2: ANSWER on one phone is the end of the round for the others."""
    evening = hotel()
    evening.phone("301", Answers(after=30, talk=40))
    evening.phone("302", NoAnswer(rings=60))
    evening.book("annex", "06:29:50")
    suite = evening.book("suite", "06:30")
    evening.until("06:31:30")
    assert evening.wakeup(suite).state == WakeupState.WOKEN
    assert evening.rings("302") == ["06:29:50"]


def test_a_neighbours_call_that_the_device_does_not_end_keeps_no_room_from_its_own_phone(
    hotel: Hotel,
) -> None:
    """R2: the other phone of the room rings in time."""
    evening = hotel()
    evening.om.faults.always(CommandFault.FAIL, "Clear")
    evening.phone("301", Answers(after=5, talk=20))
    evening.phone("302", NoAnswer(rings=None))
    evening.book("annex", "06:29")
    suite = evening.book("suite", "06:30")
    evening.until("06:31")
    assert evening.rings("301") == ["06:30:00"]
    assert evening.wakeup(suite).state == WakeupState.WOKEN


def test_rooms_that_share_a_phone_keep_no_call_of_the_device_from_the_others(hotel: Hotel) -> None:
    """The device's free calls go to whoever can be rung now."""
    evening: Evening = hotel()
    evening.phone("100", NoAnswer(rings=60))
    evening.book("A", "06:30")
    evening.book("B", "06:30")
    others = [evening.book(room, "06:30") for room in ("110", "111", "112")]
    evening.until("06:30:10")
    assert all(evening.wakeup(one).tries or evening.wakeup(one).attempts for one in others)
