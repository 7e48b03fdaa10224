"""B1: of two wake-ups within one running ladder the later waits, and is not late by waiting."""

from __future__ import annotations

from pathlib import Path

from hotelbridge.core.records import WakeupState
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening


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
