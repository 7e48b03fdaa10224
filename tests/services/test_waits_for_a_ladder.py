"""B1: of two wake-ups within one running ladder the later waits, and is not late by waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotelbridge.core.records import AlarmKind, Wakeup, WakeupState
from hotelbridge.services import dispatch
from hotelbridge.services.effects import Ring
from hotelbridge.store import alarms, history, wakeups
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.bookings import DUE, Bookings
from tests.services.evening import Evening

GRACE = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


def test_the_second_order_of_a_minute_waits_for_the_last_try(evening: Evening) -> None:
    evening.phone("212", NoAnswer(rings=30), NoAnswer(rings=30), Answers(after=5, talk=20))
    first, second = evening.book("212", "06:30"), evening.book("212", "06:30")
    evening.until("06:45")
    assert evening.wakeup(first).state == WakeupState.WOKEN
    assert evening.rings("212") == ["06:30:00", "06:32:00", "06:35:00"]
    assert evening.open_alarms() == ()
    assert evening.wakeup(second).state == WakeupState.WOKEN  # one ring serves both (B1)


def test_a_follow_up_waits_for_a_longer_ladder(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, more='  [property.wakeup]\n  tries = 4\n  gaps = ["2m", "3m", "5m"]\n')
    hotel.phone("212", NoAnswer(rings=30), NoAnswer(rings=30), NoAnswer(rings=30), Answers())
    main = hotel.order("212", at=f"{hotel.day}T06:30", follow_up=3)
    hotel.until("06:55")
    states = [hotel.wakeup(one.id).state for one in main.wakeups]
    alarms = [a.text for a in hotel.alarms()]
    hotel.stop()
    assert alarms == [] and states == [WakeupState.WOKEN, WakeupState.WOKEN]


def test_a_follow_up_waits_for_the_call_in_which_its_guest_is_already_awake(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, more='  [property.wakeup]\n  grace = "20s"\n  promise = "20s"\n')
    hotel.phone("212", Answers(after=40, talk=90), Answers(after=5, talk=20))
    booked = hotel.order("212", at=f"{hotel.day}T06:30", follow_up=1)
    hotel.until("06:33")
    main, later = hotel.rings("212")
    states = {hotel.wakeup(one.id).state for one in booked.wakeups}
    alarms = hotel.alarms()
    hotel.stop()
    assert (alarms, states) == ((), {WakeupState.WOKEN})
    assert main == "06:30:00" and later > "06:31:30"


# --- the room is free, and there is no call for the one that waited ---


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Bookings]:
    house = Bookings(tmp_path, rooms=3, calls=2)
    yield house
    house.close()


def behind_another(hotel: Bookings) -> tuple[Wakeup, Wakeup]:
    """A wake-up a minute behind another one of its room, whose ladder goes on beyond the grace of both."""
    (first,) = hotel.already([1], state=WakeupState.WAITING, next_at=DUE + 2 * GRACE, rounds=1, tries=1)
    (second,) = hotel.already([1], DUE + timedelta(minutes=1))
    for minutes in range(1, 8):
        hotel.now = second.due + timedelta(minutes=minutes)
        assert hotel.do(lambda tx: dispatch.claim(tx, hotel.rules, hotel.now)) == []
    assert hotel.do(lambda tx: wakeups.by_id(tx, second.id)).state == WakeupState.SCHEDULED
    return first, second


def ends(hotel: Bookings, ladder: Wakeup) -> None:
    over = replace(ladder, state=WakeupState.ALARMED, next_at=None)
    hotel.do(lambda tx: wakeups.save(tx, over, hotel.now))


def test_one_that_waited_rings_as_soon_as_the_other_ladder_is_over(hotel: Bookings) -> None:
    first, second = behind_another(hotel)
    hotel.now += SECOND
    ends(hotel, first)
    (ring,) = hotel.do(lambda tx: dispatch.claim(tx, hotel.rules, hotel.now))
    assert isinstance(ring, Ring) and ring.attempt.wakeup_id == second.id


def test_one_that_waited_and_gets_no_call_goes_to_a_person_at_once_with_its_whole_lateness(
    hotel: Bookings,
) -> None:
    """Promise 3: a person goes at the end of the grace, counted from due."""
    first, second = behind_another(hotel)
    hotel.now += SECOND
    ends(hotel, first)
    for _ in range(7):
        hotel.do(lambda tx: dispatch.claim(tx, hotel.rules, hotel.now, barred=frozenset({"om20"})))
        hotel.now += SECOND
    found = hotel.do(lambda tx: wakeups.by_id(tx, second.id))
    assert found.state == WakeupState.ALARMED
    (alarm,) = hotel.do(lambda tx: alarms.open_ones(tx, "main"))
    assert (alarm.kind, alarm.wakeup_id) == (AlarmKind.WAKEUP_LATE, second.id)
    assert "was not rung in time (7 min late)" in alarm.text
    assert "(7 min late)" in hotel.do(lambda tx: history.of(tx, found))[-1].text
