"""A peak as it is rung: who gets the calls, and how well what was told at booking holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotelbridge.core.records import WakeupState
from hotelbridge.services import dispatch
from hotelbridge.services.effects import Ring
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer

from .bookings import DUE, Bookings
from .evening import Evening


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Bookings]:
    house = Bookings(tmp_path, rooms=320, calls=4)
    yield house
    house.close()


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def claimed(hotel: Bookings) -> list[str]:
    """The phones that are rung now."""
    effects = hotel.do(lambda tx: dispatch.claim(tx, hotel.rules, hotel.now))
    return [effect.attempt.phone for effect in effects if isinstance(effect, Ring)]


def test_the_free_calls_go_to_vips_of_the_minute_and_then_in_order(hotel: Bookings) -> None:
    hotel.already(range(1, 300))
    hotel.already([311], vip=True)
    hotel.now = DUE
    assert claimed(hotel) == ["311", "1", "2", "3"]


def test_a_device_whose_calls_are_all_taken_does_not_hold_up_another(hotel: Bookings) -> None:
    for wakeup in hotel.already(range(1, 5), state=WakeupState.CALLING, next_at=None, rounds=1):
        hotel.rang(wakeup, DUE, 0, None)
    hotel.already(range(5, 300))
    hotel.already(["annex"], DUE + seconds(5))
    hotel.now = DUE + seconds(6)
    assert claimed(hotel) == ["1"]  # the annex's phone on om30


def test_a_suite_is_not_passed_for_ever_by_rooms_that_need_one_call(hotel: Bookings) -> None:
    hotel.already(["suite"])
    hotel.already(range(10, 20), DUE + seconds(1))
    (busy,) = hotel.already([1], DUE - seconds(20), state=WakeupState.CALLING, next_at=None, rounds=1)
    (other,) = hotel.already([2], DUE - seconds(20), state=WakeupState.CALLING, next_at=None, rounds=1)
    hotel.rang(busy, DUE - seconds(20), 0, None)
    hotel.rang(other, DUE - seconds(20), 0, None)
    hotel.now = DUE + seconds(2)
    assert claimed(hotel) == []  # two calls are free, and kept for the suite's three phones


def test_a_room_whose_phone_is_still_off_hook_does_not_hold_up_those_behind_it(hotel: Bookings) -> None:
    (woken,) = hotel.already([1], DUE - seconds(30), state=WakeupState.WOKEN, next_at=None, rounds=1)
    hotel.rang(woken, DUE - seconds(30), 0, None)
    hotel.already([1, 2])
    hotel.now = DUE
    assert claimed(hotel) == ["2"]


def test_two_hundred_that_are_too_late_do_not_hold_up_the_one_that_is_not(hotel: Bookings) -> None:
    hotel.already(range(1, 230), DUE - timedelta(hours=1))
    hotel.already([300])
    hotel.now = DUE
    assert claimed(hotel) == ["300"]


def test_while_reports_wait_first_rings_leave_past_all_that_would_ring_again(hotel: Bookings) -> None:
    again = {"state": WakeupState.WAITING, "rounds": 1, "tries": 1, "next_at": DUE, "first_ring": DUE}
    hotel.already(range(1, 100), DUE - seconds(120), **again)
    hotel.already([300], DUE + seconds(60))
    hotel.now = DUE + seconds(61)
    effects = hotel.do(lambda tx: dispatch.claim(tx, hotel.rules, hotel.now, unread=True))
    assert [effect.attempt.phone for effect in effects if isinstance(effect, Ring)] == ["300"]
    assert claimed(hotel) == ["1", "2", "3"]


def rung(evening: Evening, room: str) -> float:
    """Seconds from half past six to the first Connect."""
    first = min(r.connect_at for r in evening.om.rings if r.phone == room)
    return (first - DUE).total_seconds()


def test_what_was_told_at_booking_is_what_happens(evening: Evening) -> None:
    rooms = [str(n) for n in range(110, 132)]
    for room in rooms:
        evening.phone(room, Answers(after=5, talk=20))
    told = {room: evening.booked(room, "06:30") for room in rooms}
    evening.until("06:40")
    for room, view in told.items():
        assert view.expected_ring is not None
        assert rung(evening, room) == pytest.approx((view.expected_ring - view.due).total_seconds(), abs=6)
    assert evening.most_calls_at_once() == 4


def test_what_is_told_is_right_where_guests_are_slow_once_that_was_measured(evening: Evening) -> None:
    rooms = [str(n) for n in range(110, 132)]
    for room in rooms:
        evening.phone(room, Answers(after=20, talk=25))
        evening.book(room, "06:30")
    evening.until("06:50")
    told = {room: evening.booked(room, "07:00") for room in rooms}
    for room in rooms:
        evening.phone(room, Answers(after=20, talk=25))
    evening.until("07:20")
    half_past = timedelta(minutes=30)
    for room, view in told.items():
        assert view.expected_ring is not None
        expected = (view.expected_ring - view.due).total_seconds()
        second = [r.connect_at for r in evening.om.rings if r.phone == room][1]
        assert (second - DUE - half_past).total_seconds() == pytest.approx(expected, abs=10)


def test_rings_to_come_again_do_not_push_first_rings_of_their_minute_back(evening: Evening) -> None:
    for room in range(110, 114):
        evening.phone(str(room), NoAnswer(rings=20))
        evening.book(str(room), "06:30")
    for room in range(114, 118):
        evening.phone(str(room), Answers(after=5, talk=20))
        evening.book(str(room), "06:32")
    evening.until("06:40")
    assert {evening.rings(str(room))[0] for room in range(114, 118)} == {"06:32:00"}
