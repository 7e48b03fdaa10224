"""What a crash leaves behind is taken up again; what was due meanwhile is rung late, or told."""

from __future__ import annotations

import pytest

from hotelbridge.core.records import AlarmKind, Outcome, WakeupState
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening


def test_due_while_the_daemon_was_down_rings_now_and_says_late(evening: Evening) -> None:
    evening.phone("212", Answers())
    wakeup = evening.book("212", "06:30")
    evening.crash()
    evening.until("06:33")
    evening.start()
    evening.advance(60)
    shown = evening.wakeup(wakeup)
    assert shown.state == WakeupState.WOKEN
    assert shown.late == pytest.approx(180, abs=2)
    assert "late" in [line.what for line in shown.history]


def test_due_too_long_ago_is_an_alarm_at_once(evening: Evening) -> None:
    wakeup = evening.book("212", "06:30")
    evening.crash()
    evening.until("06:36")
    evening.start()
    evening.advance(1)
    assert evening.wakeup(wakeup).state == WakeupState.ALARMED
    assert [a.kind for a in evening.open_alarms()] == [AlarmKind.WAKEUP_LATE]
    assert evening.om.rings == []


def test_killed_while_the_phone_rings_it_is_not_rung_twice(evening: Evening) -> None:
    evening.phone("212", NoAnswer(rings=40), Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:05")
    evening.crash()
    evening.advance(3)
    evening.start()
    evening.until("06:34")
    assert evening.om.overlapping == []
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN
    assert len(evening.rings("212")) == 2


def test_an_answer_after_the_restart_is_taken(evening: Evening) -> None:
    evening.phone("212", Answers(after=20, talk=30))
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:05")
    evening.crash()
    evening.advance(3)
    evening.start()
    evening.until("06:31")
    assert evening.rings("212") == ["06:30:00"]
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN


def test_an_answer_that_nobody_saw_is_no_proof(evening: Evening) -> None:
    evening.phone("212", Answers(after=5, talk=3), Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:02")
    evening.crash()
    evening.until("06:30:30")
    evening.start()
    evening.until("06:34")
    shown = evening.wakeup(wakeup)
    assert shown.state == WakeupState.WOKEN
    assert shown.attempts[0].outcome == Outcome.UNKNOWN
    assert len(evening.rings("212")) == 2


def test_off_hook_across_a_restart_is_proof_when_the_phone_is_seen_off_hook(evening: Evening) -> None:
    evening.phone("212", Answers(after=5, talk=40))
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:07")
    evening.crash()
    evening.advance(1)
    evening.start()
    evening.until("06:30:30")
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN
    assert evening.rings("212") == ["06:30:00"]


@pytest.mark.parametrize("second", range(0, 70, 3))
def test_a_crash_at_any_second_loses_and_doubles_nothing(evening: Evening, second: int) -> None:
    evening.phone("212", NoAnswer(rings=20), Answers(after=8, talk=12))
    evening.phone("213", Answers(after=8, talk=12))
    first, other = evening.book("212", "06:30"), evening.book("213", "06:30:20")
    evening.until("06:30")
    evening.advance(second)
    evening.crash()
    evening.advance(2)
    evening.start()
    evening.until("06:40")
    assert {evening.wakeup(w).state for w in (first, other)} == {WakeupState.WOKEN}
    assert evening.om.overlapping == []
    evening.nobody_rung_after_proof()
