"""A peak before a device's calls, played through by hand and by the core."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hotelbridge.core.capacity import (
    AGAIN,
    CALL_TIME,
    Busy,
    Demand,
    House,
    Pace,
    Sample,
    judge,
    measured,
    play,
)
from hotelbridge.core.retry import Ladder

DUE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
NIGHT = DUE - timedelta(hours=8)
PROMISE = timedelta(minutes=5)
LADDER = Ladder(3, (timedelta(minutes=2), timedelta(minutes=3)), PROMISE, PROMISE, timedelta(seconds=5))
ONE = (("om20", 1),)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def house(calls: int = 8, again: float = 0.0, hold: float = 25, now: datetime = NIGHT) -> House:
    return House({"om20": Pace(calls, seconds(hold), again)}, LADDER, now)


def peak(count: int, at: datetime = DUE, vip: bool = False) -> list[Demand]:
    return [Demand(at, ONE, vip)] * count


def delays(demands: list[Demand], where: House) -> list[float]:
    course = play(demands, where)
    return [(start - one.at).total_seconds() for start, one in zip(course.starts, demands, strict=True)]


def test_an_empty_device_rings_at_once() -> None:
    assert delays(peak(8), house(8)) == [0] * 8
    assert play([], house()).starts == ()


def test_three_hundred_rooms_at_one_minute_on_sixty_calls_are_told_the_truth() -> None:
    assert delays(peak(300), house(60)) == [25.0 * (n // 60) for n in range(300)]


def test_a_queue_that_an_earlier_minute_left_behind_is_still_there() -> None:
    demands = [*peak(40), *peak(1, DUE + seconds(60))]
    assert delays(demands, house(8))[-1] == 5 * 25 - 60


def test_a_vip_goes_before_others_of_the_same_minute_but_not_before_an_earlier_one() -> None:
    assert delays([*peak(16), *peak(1, vip=True)], house(8))[-1] == 0
    late_vip = Demand(DUE + seconds(60), ONE, vip=True)
    assert delays([*peak(40), late_vip], house(8))[-1] == 5 * 25 - 60


def test_a_vip_due_in_the_middle_of_a_minute_waits_for_a_call_and_then_is_first() -> None:
    demands = [*peak(24), Demand(DUE + seconds(10), ONE, vip=True)]
    found = delays(demands, house(8))
    assert found[-1] == 15
    assert sorted(found[:-1])[-1] == 75  # one of the others moved behind


def test_a_room_of_several_phones_waits_until_all_its_calls_are_free_and_is_not_passed_for_ever() -> None:
    suite = Demand(DUE + seconds(1), (("om20", 4),))
    small = [Demand(DUE + seconds(n), ONE) for n in range(60)]
    found = delays([*small, suite], house(4))
    assert found[-1] <= 50  # they keep coming one by one, and four calls are never free by chance


def test_a_room_that_waits_for_one_device_lets_others_ring_on_another() -> None:
    where = House({"a": Pace(1, seconds(25), 0), "b": Pace(1, seconds(25), 0)}, LADDER, NIGHT)
    demands = [Demand(DUE, (("a", 1),)), Demand(DUE, (("a", 1),)), Demand(DUE, (("b", 1),))]
    assert delays(demands, where) == [0, 25, 0]


def test_more_phones_than_calls_ring_as_many_as_there_are() -> None:
    assert delays([Demand(DUE, (("om20", 9),)), *peak(1)], house(8)) == [0, 25]


def test_rounds_that_come_to_nothing_ring_again_and_take_calls_from_those_due_later() -> None:
    later = peak(60, DUE + seconds(130))
    assert delays([*peak(60), *later], house(60)) == [0] * 120
    course = play([*peak(60), *later], house(60, again=0.5))
    firsts = [one for one in course.again if one.tries == 1 and one.first == DUE]
    assert len(firsts) == 30
    assert {one.at for one in firsts} == {DUE + seconds(120)}
    late = [start for start in course.starts[60:] if start == DUE + seconds(145)]
    assert len(late) == 30


def test_at_one_minute_who_was_not_rung_yet_goes_before_who_is_rung_again() -> None:
    demands = [Demand(DUE, ONE, tries=1, first=DUE - seconds(120)), *peak(1)]
    assert delays(demands, house(1)) == [25, 0]
    earlier = Demand(DUE - seconds(1), ONE, tries=1, first=DUE - seconds(120))
    assert delays([earlier, *peak(1)], house(1)) == [0, 24]


def test_a_ladder_rings_no_oftener_than_its_tries() -> None:
    course = play(peak(10), house(10, again=0.99))
    assert max(one.tries for one in course.again) == 2
    assert len(course.again) <= 20


def test_what_is_in_the_air_now_is_counted() -> None:
    now = DUE + seconds(10)
    busy = (Busy("om20", DUE), Busy("om20", now - seconds(2)))
    where = House({"om20": Pace(2, seconds(25), 0)}, LADDER, now, busy)
    assert play(peak(2), where).starts == (DUE + seconds(25), now + seconds(23))


def test_a_round_in_the_air_may_ring_again() -> None:
    now = DUE + seconds(10)
    where = House({"om20": Pace(1, seconds(25), 0.9)}, LADDER, now, ringing=(Demand(DUE, ONE, first=DUE),))
    (again,) = play([], where).again[:1]
    assert (again.at, again.tries) == (DUE + seconds(120), 1)


def test_a_booking_is_good_while_the_promise_can_be_kept() -> None:
    thirteen_waves = peak(8 * 13)
    assert judge(peak(1), thirteen_waves[:-8], house(8), PROMISE).starts == (DUE + seconds(12 * 25),)
    assert judge(peak(1), thirteen_waves[:-8], house(8), PROMISE).good
    verdict = judge(peak(1), thirteen_waves, house(8), PROMISE)
    assert verdict.late == (0,)


def test_a_vip_who_jumps_the_queue_must_not_break_an_earlier_promise() -> None:
    full = peak(8 * 13)
    verdict = judge(peak(1, vip=True), full, house(8), PROMISE)
    assert verdict.late == ()
    ((place, when),) = verdict.broken
    assert when == DUE + seconds(13 * 25)
    assert full[place].at == DUE


def test_what_would_be_late_anyway_is_not_broken_by_a_booking() -> None:
    verdict = judge(peak(1, DUE - seconds(3600)), peak(8 * 20), house(8), PROMISE)
    assert verdict.good


def test_a_group_is_judged_as_a_whole() -> None:
    assert judge(peak(100), [], house(8), PROMISE).good
    assert judge(peak(120), [], house(8), PROMISE).late == tuple(range(104, 120))


def samples(count: int, hold: float, proved: bool, age: timedelta = timedelta(hours=1)) -> list[Sample]:
    start = DUE - age
    return [Sample((n, 1), start, start + seconds(hold), proved) for n in range(count)]


def test_the_first_guess_stands_until_there_are_enough_calls() -> None:
    assert measured(samples(19, 60, False), 8, DUE) == Pace(8, CALL_TIME, AGAIN)
    pace = measured(samples(20, 60, False), 8, DUE)
    assert pace.hold == seconds(60)
    assert pace.again == 0.9  # bounded


def test_later_calls_weigh_more() -> None:
    old = samples(40, 60, True, timedelta(days=6))
    pace = measured([*old, *samples(40, 20, True)], 8, DUE)
    assert 20 < pace.hold.total_seconds() < 26
    assert pace.again == 0


def test_a_round_of_several_phones_is_one_round_and_an_outage_is_no_call() -> None:
    two_phones = [
        Sample((n, 1), DUE - seconds(600), DUE - seconds(600 - 30), proved)
        for n in range(20)
        for proved in (True, False)
    ]
    assert measured(two_phones, 8, DUE).again == 0
    assert measured(samples(20, 86400, True), 8, DUE).hold == timedelta(minutes=5)


def test_a_device_says_how_many_calls_it_can_make() -> None:
    assert Pace(60).calls_in(timedelta(minutes=15)) == 60 * 36


@pytest.mark.parametrize("count", [2000])
def test_a_large_peak_is_played_in_no_time(count: int) -> None:
    started = time.perf_counter()
    play(peak(count), house(60, again=0.3))
    assert time.perf_counter() - started < 1.0


def corridor(count: int, waits: bool = True) -> list[Demand]:
    return [Demand(DUE, ONE, phones=("om20/100",), waits=waits)] * count


def test_a_phone_that_rooms_share_rings_for_one_at_a_time() -> None:
    where = replace(house(), engaged=seconds(47))
    assert delays(corridor(4), where) == [0, 47, 94, 141]


def test_who_waits_for_a_shared_phone_keeps_no_call_from_the_others() -> None:
    where = replace(house(2), engaged=seconds(47))
    assert delays([*corridor(3), Demand(DUE, ONE), Demand(DUE, ONE)], where) == [0, 47, 94, 0, 25]


def test_a_room_with_a_phone_of_its_own_does_not_wait_for_the_one_it_shares() -> None:
    where = replace(house(), engaged=seconds(47))
    assert delays([*corridor(1), *corridor(1, waits=False), *corridor(1)], where) == [0, 0, 47]


def test_a_call_in_the_air_keeps_its_shared_phone() -> None:
    now = DUE + seconds(10)
    where = replace(house(now=now), engaged=seconds(47), busy=(Busy("om20", DUE, "om20/100"),))
    assert delays(corridor(1), where) == [47]
