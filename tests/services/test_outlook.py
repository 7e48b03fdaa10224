"""What is told and what is refused when many rooms want to be rung at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hotelbridge.core.records import Outcome, Wakeup, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services import outlook, reading
from hotelbridge.services.outlook import Wish
from hotelbridge.services.views import WakeupQuery

from .bookings import DUE, NOW, Bookings

FULL = 8 * 13  # rooms that eight calls can ring within five minutes, 25 seconds each


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Bookings]:
    house = Bookings(tmp_path, rooms=320, calls=8)
    yield house
    house.close()


def late(wakeup: Wakeup) -> float:
    assert wakeup.expected is not None
    return (wakeup.expected - wakeup.due).total_seconds()


def refused(hotel: Bookings, *wishes: Wish, instead_of: tuple[int, ...] = ()) -> Refusal:
    with pytest.raises(Refusal) as caught:
        hotel.do(lambda tx: outlook.promised(tx, hotel.rules, wishes, hotel.now, instead_of))
    return caught.value


def ring(hotel: Bookings, *wishes: Wish) -> tuple[datetime, ...]:
    return hotel.do(lambda tx: outlook.promised(tx, hotel.rules, wishes, hotel.now))


def shown(hotel: Bookings, id: int) -> datetime | None:
    page = hotel.do(lambda tx: reading.wakeup_page(tx, hotel.rules, WakeupQuery(limit=500), hotel.now))
    (found,) = (view.expected_ring for view in page.items if view.id == id)
    return found


def test_the_expected_ring_is_kept_as_it_was_told(hotel: Bookings) -> None:
    first = hotel.book("1", "06:30")
    assert late(first) == 0
    hotel.already(range(2, 101))
    assert late(hotel.book("101", "06:30")) == 12 * 25


def test_a_vip_booked_later_moves_what_is_expected_now_but_not_what_was_told(hotel: Bookings) -> None:
    hotel.already(range(1, 8))
    mine = hotel.book("8", "06:30")
    assert late(mine) == 0 and shown(hotel, mine.id) == mine.due
    hotel.already(["9"], vip=True)
    assert shown(hotel, mine.id) == mine.due + timedelta(seconds=25)
    assert late(mine) == 0


def test_a_minute_that_is_full_is_refused_with_the_nearest_free_times(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1))
    with pytest.raises(Refusal) as caught:
        hotel.book("212", "06:30")
    no = caught.value
    assert (no.code, no.status) == ("slot_full", 409)
    assert no.facts["nearest"] == ["2026-11-24T06:25", "2026-11-24T06:35"]
    assert no.facts["already"] == FULL
    assert no.facts["expected"] == "2026-11-24T06:35:25+01:00"
    assert no.sentence == "06:30 already has 104; yours would ring at 06:35. Take 06:25 or 06:35?"
    assert hotel.book("212", "06:25").due == DUE - minutes(5)


def test_what_is_offered_can_be_booked(hotel: Bookings) -> None:
    for n in range(3):
        hotel.already(range(1 + n * 100, 101 + n * 100), DUE - n * minutes(5))
    hotel.already(range(1, 21), DUE - minutes(20))
    no = refused(hotel, *[Wish(str(n), DUE) for n in range(301, 311)])
    nearest = no.facts["nearest"]
    assert isinstance(nearest, list) and len(nearest) == 2
    for at in nearest:
        assert hotel.book("310", at[11:]).state == WakeupState.SCHEDULED


def test_no_time_is_offered_that_is_too_soon(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1))
    hotel.now = DUE - minutes(3)
    no = refused(hotel, Wish("212", DUE))
    assert no.facts["nearest"] == ["2026-11-24T06:35"]
    assert no.sentence.endswith("Take 06:35?")


def test_an_empty_hour_is_not_refused_whatever_the_next_one_holds(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1))
    assert late(hotel.book("212", "05:10")) == 0
    assert late(hotel.book("213", "07:50")) == 0


def test_a_vip_cannot_push_out_what_was_promised(hotel: Bookings) -> None:
    told = hotel.already(range(1, FULL + 1))
    no = refused(hotel, Wish("212", DUE, vip=True))
    assert no.code == "slot_full"
    assert f"this would make room {told[-1].room} wait until 06:35" in no.sentence
    assert ring(hotel, Wish("212", DUE - minutes(5), vip=True)) == (DUE - minutes(5),)


def test_an_earlier_booking_cannot_push_out_what_was_promised_behind_it(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1))
    no = refused(hotel, *[Wish(str(n), DUE - timedelta(seconds=60)) for n in range(200, 260)])
    assert "this would make room" in no.sentence


def test_an_order_of_many_rooms_is_judged_as_a_whole(hotel: Bookings) -> None:
    rooms = [Wish(str(n), DUE) for n in range(1, 121)]
    no = refused(hotel, *rooms)
    assert no.sentence == (
        "06:30 cannot take them all; 16 of these 120 would ring too late, the last at 06:35. "
        "No time within an hour takes 120 at once; 104 of them fit at 06:30. Spread them over several times."
    )
    assert no.facts["fit"] == 104
    rings = ring(hotel, *rooms[:100])
    assert rings[0] == DUE and max(rings) == DUE + timedelta(seconds=12 * 25)


def test_the_minute_before_is_named_where_it_is_in_the_way(hotel: Bookings) -> None:
    hotel.already(range(1, 2 * FULL + 1), DUE - minutes(1))
    no = refused(hotel, Wish("300", DUE))
    assert no.sentence.startswith(
        "06:30 has no call free: 184 of the minutes before are still to be rung then;"
    )
    assert no.facts["already"] == 0
    hotel.already(range(301, 304))
    assert "06:30 already has 3, and 184 of the minutes before" in refused(hotel, Wish("300", DUE)).sentence


def test_an_order_of_several_days_names_the_day_that_is_full(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1), DUE + timedelta(days=2))
    no = refused(hotel, *[Wish("212", DUE + timedelta(days=n)) for n in range(5)])
    assert "Thursday 26 November 06:30 already has 104" in no.sentence
    assert no.facts["nearest"] == ["2026-11-24T06:25", "2026-11-24T06:35"]
    for n in (0, 1, 3, 4):
        assert ring(hotel, Wish("212", DUE + timedelta(days=n))) == (DUE + timedelta(days=n),)


def test_who_cannot_be_refused_is_told_when_it_will_ring_and_why_that_is_late(hotel: Bookings) -> None:
    """B2: a full slot from the PMS is queued and told to the desk."""
    hotel.already(range(1, FULL + 1))
    seen = hotel.do(lambda tx: outlook.foresee(tx, hotel.rules, [Wish("212", DUE)], NOW))
    assert seen.rings == (DUE + timedelta(seconds=13 * 25),)
    assert seen.refusal is not None and "already has 104" in seen.refusal.sentence


def test_what_is_late_anyway_does_not_refuse_others(hotel: Bookings) -> None:
    hotel.already(range(1, 2 * FULL))  # from the PMS
    assert late(hotel.book("300", "06:29")) == 0


def test_a_suite_takes_a_call_for_each_of_its_phones(hotel: Bookings) -> None:
    hotel.already(range(1, 7))
    assert late(hotel.book("suite", "06:30")) == 25
    assert late(hotel.book("212", "06:30")) == 25  # two calls are free, and kept for the suite


def test_another_device_has_calls_of_its_own(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1))
    assert late(hotel.book("annex", "06:30")) == 0


def test_in_person_and_ended_ones_take_no_calls(hotel: Bookings) -> None:
    """B5: a wake-up in person is never a call."""
    hotel.already(range(1, FULL + 1), in_person=True)
    hotel.already(range(1, FULL + 1), state=WakeupState.CANCELLED)
    assert late(hotel.book("212", "06:30")) == 0


def test_one_ring_serves_a_room_that_is_booked_twice_for_a_minute(hotel: Bookings) -> None:
    """B1: in the same minute one ring serves both."""
    hotel.already(range(1, FULL + 1))
    assert late(hotel.book("3", "06:30")) == 0


def test_a_change_to_another_time_is_judged_and_told_anew(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1))
    mine = hotel.book("212", "06:45")
    with pytest.raises(Refusal, match="06:30 already has 104"):
        hotel.change(mine.id, "06:30")
    hotel.already(range(213, 222), DUE + minutes(20))
    moved = hotel.change(mine.id, "06:50")
    assert late(moved) == 0 or moved.expected == moved.due + timedelta(seconds=25)


def test_a_wake_up_does_not_stand_in_its_own_way(hotel: Bookings) -> None:
    told = hotel.already(range(1, FULL + 1))
    moved = hotel.change(told[0].id, "06:30:05")
    assert moved.local == "2026-11-24T06:30:05"


def test_a_device_with_long_calls_is_measured_and_promises_less(hotel: Bookings) -> None:
    for n, old in enumerate(hotel.already(range(1, 31), DUE - timedelta(days=1), state=WakeupState.WOKEN)):
        hotel.rang(old, old.due + timedelta(seconds=50 * n), 50, Outcome.ANSWERED)
    hotel.already(range(1, 53))
    with pytest.raises(Refusal, match="would ring at 06:35"):
        for room in range(60, 70):
            hotel.book(str(room), "06:30")


def test_the_store_is_asked_what_calls_are_like_once_in_a_while(hotel: Bookings) -> None:
    def pace(now: datetime) -> float:
        return hotel.do(lambda tx: hotel.rules.paces.at(tx, now)["om20"].hold.total_seconds())

    assert pace(NOW) == 25
    for old in hotel.already(range(1, 31), NOW - timedelta(hours=3), state=WakeupState.WOKEN):
        hotel.rang(old, old.due, 40, Outcome.ANSWERED)
    assert pace(NOW + minutes(4)) == 25
    assert pace(NOW + minutes(5)) == 40


def test_what_did_not_reach_the_device_is_no_call(hotel: Bookings) -> None:
    for old in hotel.already(range(1, 31), NOW - timedelta(hours=3), state=WakeupState.ALARMED):
        hotel.rang(old, old.due, 0, Outcome.DEVICE_DOWN)
    assert hotel.do(lambda tx: hotel.rules.paces.at(tx, NOW)["om20"].hold.total_seconds()) == 25


def test_in_the_middle_of_a_peak_what_is_expected_counts_what_is_in_the_air(hotel: Bookings) -> None:
    ringing = hotel.already(range(1, 9), state=WakeupState.CALLING, rounds=1, first_ring=DUE, next_at=None)
    for one in ringing:
        hotel.rang(one, DUE, 0, None)
    (mine,) = hotel.already(["9"])
    hotel.now = DUE + timedelta(seconds=10)
    assert shown(hotel, mine.id) == DUE + timedelta(seconds=25)


def test_rings_to_come_again_are_counted_for_those_due_then(hotel: Bookings) -> None:
    again = DUE + minutes(2)
    hotel.already(
        range(1, 17), state=WakeupState.WAITING, rounds=1, tries=1, first_ring=DUE, next_at=again - minutes(1)
    )
    (mine,) = hotel.already(["20"], again)
    hotel.now = DUE + timedelta(seconds=50)
    assert shown(hotel, mine.id) == again - minutes(1) + timedelta(seconds=60)
    (mine,) = hotel.already(["21"], again - minutes(1))
    assert shown(hotel, mine.id) == again - minutes(1)
