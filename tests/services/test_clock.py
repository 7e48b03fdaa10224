"""A wall clock that is set in the night rings nobody at the wrong hour, and does not pass in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hotelbridge.core.records import AlarmKind, Standing, Trust, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.views import AlarmView, ClockRequest, ClockView
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import DESK, Evening

HOUR = 3600.0
AT_0255 = datetime(2026, 11, 24, 1, 55, tzinfo=UTC)  # in Vienna


class Night(Evening):
    """The hotel from 02:55 on, with the calls that are about clocks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, begins=AT_0255)
        self.om.dated = None  # no witness, unless a test makes it one

    def seen(self) -> ClockView:
        return self._result(self.daemon.desk.clocks("main"))  # type: ignore[no-any-return]

    def says(self, by: str, trust: Trust) -> ClockView:
        said = self.daemon.desk.trust_clock("main", ClockRequest(by, trust), DESK)
        return self._result(said)  # type: ignore[no-any-return]

    def clock_alarms(self) -> list[AlarmView]:
        return [a for a in self.open_alarms() if a.kind == AlarmKind.CLOCK]

    def house_shows(self) -> str:
        return self.seen().now.strftime("%H:%M:%S")

    def house_is_right(self) -> bool:
        return abs((self.seen().now - self.clock.true()).total_seconds()) < 1

    def alarm(self, kind: AlarmKind) -> list[str | None]:
        return [a.room for a in self.open_alarms() if a.kind == kind]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    made = Night(tmp_path)
    yield made
    made.stop()


def test_a_clock_that_nobody_touches_is_no_news(night: Night) -> None:
    """K1: no alarm without a step."""
    night.until("04:00")
    assert night.seen().standing is Standing.AGREED
    assert night.open_alarms() == ()


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_a_step_is_an_alarm_at_once_and_the_old_time_goes_on(night: Night, step: float) -> None:
    """K1: alarm at once, and ring on the old timeline."""
    night.until("03:00")
    night.clock.step_wall(step)
    night.advance(5)
    (alarm,) = night.clock_alarms()
    assert "by 1 h 0 min at 03:00" in alarm.text
    assert night.house_shows() == "03:00:05"
    seen = night.seen()
    assert seen.standing is Standing.DOUBTED
    assert seen.step_seconds == step
    assert seen.answer_until is not None and seen.answer_until.strftime("%H:%M") == "03:10"


@pytest.mark.parametrize("step", [90.0, -90.0])
def test_a_small_correction_is_followed_in_silence(night: Night, step: float) -> None:
    """K1: only more than 2 min is a step."""
    night.until("03:00")
    night.clock.step_wall(step)
    night.advance(60)
    assert night.seen().standing is Standing.AGREED
    assert night.seen().step_seconds == 0
    assert night.clock_alarms() == []


def test_a_suspended_machine_is_no_step(night: Night) -> None:
    """K1: the boot-time clock goes on in suspend; what came due meanwhile is told."""
    id = night.book("212", "04:00")
    night.until("03:00")
    night.clock.suspend(2 * HOUR)
    night.advance(10)
    assert night.seen().standing is Standing.AGREED
    assert night.clock_alarms() == []
    assert night.wakeup(id).state == WakeupState.ALARMED


def test_a_clock_put_forward_at_night_does_not_ring_a_whole_mornings_guests(night: Night) -> None:
    """K1, promise 1: at 03:00 the server believes that it is 08:00; guests want 06:00 to 07:50."""
    ids = [night.book(str(110 + n), f"0{6 + n // 6}:{n % 6}0") for n in range(12)]
    night.until("03:00")
    night.clock.step_wall(5 * HOUR)
    night.until("03:09:30")
    assert night.om.rings == []
    assert {night.wakeup(id).state for id in ids} == {WakeupState.SCHEDULED}
    night.om.dated = 0.0
    night.until("03:30")
    assert night.om.rings == []
    night.until("06:05")
    assert night.rings("110")[0] == "06:00:00"


def test_a_clock_put_back_just_before_a_wake_up_does_not_delay_it(night: Night) -> None:
    """K1, promise 2: at 06:20 the server believes that it is 05:20."""
    night.phone("212", Answers())
    night.book("212", "06:25")
    night.until("06:20")
    night.clock.step_wall(-HOUR)
    night.until("06:26")
    assert night.rings("212") == ["06:25:00"]


def test_a_device_that_shows_the_old_time_keeps_the_house_on_it(night: Night) -> None:
    """K1: a witness confirms the old one; the alarm stays until the wall clock agrees again."""
    night.phone("212", Answers())
    night.book("212", "06:30")
    night.om.dated = 0.0
    night.until("03:00")
    night.clock.step_wall(-HOUR)
    night.advance(10)
    assert night.seen().standing is Standing.HELD
    (alarm,) = night.clock_alarms()
    assert "om20" in alarm.text and "1 h 0 min slow" in alarm.text
    night.until("06:31")
    assert night.rings("212") == ["06:30:00"]
    assert len(night.clock_alarms()) == 1
    night.clock.step_wall(HOUR)
    night.advance(10)
    assert night.seen().standing is Standing.AGREED
    assert night.clock_alarms() == []


def test_a_device_that_shows_the_new_time_confirms_it(night: Night) -> None:
    """K1: the clock had been wrong all along, and was put right."""
    night.clock.step_wall(-HOUR)
    night.crash()
    night.clock.reboot()
    night.advance(2 * HOUR)  # the last saved time lies before the wrong clock's time now
    night.start()
    assert not night.house_is_right()
    night.om.dated = 0.0
    night.clock.step_wall(HOUR)
    night.advance(10)
    assert night.seen().standing is Standing.AGREED
    assert night.house_is_right()
    assert night.clock_alarms() == []


def test_a_device_that_was_wrong_before_is_no_witness(night: Night) -> None:
    """K1: its clock is an hour fast; the server's is put forward by just that."""
    night.om.dated = HOUR
    night.until("03:00")
    assert [peer.sound for peer in night.seen().peers] == [False]
    night.clock.step_wall(HOUR)
    night.advance(60)
    assert night.seen().standing is Standing.DOUBTED


def test_a_device_with_a_third_time_decides_nothing(night: Night) -> None:
    """K1: within 2 min of one of the two timelines, or no witness."""
    night.until("03:00")
    night.clock.step_wall(HOUR)
    night.om.dated = -5 * HOUR
    night.advance(60)
    assert night.seen().standing is Standing.DOUBTED


def test_the_drift_to_each_device_is_shown_and_counted(night: Night) -> None:
    """K1, promise 8: who looks can see it before it matters."""
    night.om.dated = -30.0
    night.advance(40)
    (peer,) = night.seen().peers
    assert peer.peer == "om20" and peer.drift_seconds == pytest.approx(30, abs=1.1)
    text = night.daemon.metrics.text().decode()
    assert 'hotelbridge_clock_drift_seconds{peer="main/om20"} 30' in text
    assert 'hotelbridge_clock_drift_seconds{peer="wall"} -0' in text or '{peer="wall"} 0' in text


def test_a_person_confirms_the_new_time_and_what_became_late_is_told(night: Night) -> None:
    """K1, promise 3: overdue by more than the grace is an alarm, within it rings now."""
    night.phone("213", Answers())
    late, now, later = night.book("212", "03:30"), night.book("213", "03:58"), night.book("110", "06:30")
    night.until("03:00")
    night.clock.step_wall(HOUR)
    night.advance(20)
    assert night.says("anna", Trust.NEW).standing is Standing.AGREED
    night.advance(10)
    assert night.house_shows() == "04:00:30"
    assert night.wakeup(late).state == WakeupState.ALARMED
    assert night.alarm(AlarmKind.WAKEUP_LATE) == ["212"]
    assert night.wakeup(now).state == WakeupState.CALLING
    assert night.wakeup(later).state == WakeupState.SCHEDULED
    assert night.clock_alarms() == []


def test_the_alarm_says_who_confirmed(night: Night) -> None:
    """K1: a person confirms, by name."""
    night.clock.step_wall(HOUR)
    night.advance(10)
    (alarm,) = night.clock_alarms()
    night.says("anna", Trust.NEW)
    closed = night._result(night.daemon.desk.alarm("main", alarm.id, named=True))
    assert not closed.open and closed.acknowledged_by == "anna" and "anna confirms" in closed.note


def test_a_person_confirms_the_old_time(night: Night) -> None:
    """K1: the old time goes on beyond the ten minutes, and the alarm stays."""
    night.phone("212", Answers())
    night.book("212", "06:30")
    night.until("03:00")
    night.clock.step_wall(HOUR)
    night.advance(20)
    assert night.says("anna", Trust.OLD).standing is Standing.HELD
    night.until("06:31")
    assert night.rings("212") == ["06:30:00"]
    (alarm,) = night.clock_alarms()
    assert alarm.acknowledged_by == "anna"


def test_a_person_may_change_their_mind(night: Night) -> None:
    """K1: the old time was confirmed in error."""
    night.clock.step_wall(HOUR)
    night.advance(20)
    night.says("anna", Trust.OLD)
    assert night.says("bob", Trust.NEW).standing is Standing.AGREED


def test_nothing_can_be_confirmed_that_nobody_asked(night: Night) -> None:
    """K1: a clear answer for a call that comes too late."""
    with pytest.raises(Refusal) as refusal:
        night.says("anna", Trust.NEW)
    assert (refusal.value.code, refusal.value.status) == ("clock_not_in_question", 409)


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_after_ten_minutes_the_new_time_counts_and_the_desk_reads_so(night: Night, step: float) -> None:
    """K1: or 10 min have passed; the alarm stays until a person has closed it."""
    night.until("03:00")
    night.clock.step_wall(step)
    night.until("03:09:50")
    assert night.house_shows() == "03:09:50"
    night.until("03:10:06")
    assert night.seen().standing is Standing.AGREED
    assert night.house_shows() == ("04:10:06" if step > 0 else "02:10:06")
    (alarm,) = night.clock_alarms()
    assert "nobody has said" in alarm.text
    night.crash()
    night.start()
    assert len(night.clock_alarms()) == 1


def test_a_second_try_is_not_an_hour_late_when_the_new_time_is_an_hour_back(night: Night) -> None:
    """K1, R2: what is under way keeps its pauses on the new line."""
    night.phone("212", NoAnswer(), Answers())
    id = night.book("212", "03:00")
    night.until("03:01:15")
    assert night.wakeup(id).state == WakeupState.WAITING
    night.clock.step_wall(-HOUR)
    night.advance(10)
    night.says("anna", Trust.NEW)
    night.until("03:05")
    assert night.rings("212") == ["03:00:00", "03:02:00"]
    assert night.wakeup(id).state == WakeupState.WOKEN


def test_a_phone_that_rings_is_not_given_up_when_the_new_time_is_an_hour_ahead(night: Night) -> None:
    """K1, promise 4: the ring goes on as if nothing had been set."""
    night.phone("212", Answers(after=20, talk=30))
    id = night.book("212", "03:00")
    night.until("03:00:05")
    night.clock.step_wall(HOUR)
    night.advance(6)
    night.says("anna", Trust.NEW)
    night.until("03:02")
    assert night.rings("212") == ["03:00:00"]
    assert night.wakeup(id).state == WakeupState.WOKEN


def test_several_steps_are_one_alarm_with_the_last_one_in_it(night: Night) -> None:
    """K1: each step is a question of its own, with ten minutes of its own."""
    night.until("03:00")
    night.clock.step_wall(HOUR)
    night.until("03:08")
    night.clock.step_wall(2 * HOUR)
    night.until("03:15")
    (alarm,) = night.clock_alarms()
    assert "3 h 0 min at 03:08" in alarm.text
    assert night.house_shows() == "03:15:00"
    night.until("03:18:06")
    assert night.house_shows() == "06:18:06"


def test_a_clock_that_is_put_right_again_ends_the_question(night: Night) -> None:
    """K1: the wall clock agrees again."""
    night.until("03:00")
    night.clock.step_wall(HOUR)
    night.until("03:05")
    night.clock.step_wall(-HOUR)
    night.advance(10)
    assert night.seen().standing is Standing.AGREED
    assert night.clock_alarms() == []
    assert night.house_is_right()


def test_a_restart_in_the_middle_of_the_question_is_no_answer(night: Night) -> None:
    """K1: old time, alarm and time to answer are those of before."""
    night.phone("212", Answers())
    night.book("212", "03:06")
    night.until("03:00")
    night.clock.step_wall(HOUR)
    night.until("03:04")
    night.crash()
    night.advance(30)
    night.start()
    assert night.seen().standing is Standing.DOUBTED
    assert night.house_is_right()
    (alarm,) = night.clock_alarms()
    night.until("03:07")
    assert night.rings("212") == ["03:06:00"]
    night.until("03:10:10")
    assert night.house_shows() == "04:10:10"


def test_a_clock_held_for_wrong_is_held_after_a_restart(night: Night) -> None:
    """K1: what a person has said outlives the process."""
    night.until("03:00")
    night.clock.step_wall(HOUR)
    night.advance(10)
    night.says("anna", Trust.OLD)
    night.crash()
    night.advance(20)
    night.start()
    assert night.seen().standing is Standing.HELD
    assert night.house_is_right()
    assert len(night.clock_alarms()) == 1


def test_a_step_while_the_daemon_was_down_is_noticed_at_the_start(night: Night) -> None:
    """K1: the saved pair of clocks tells, within the same boot."""
    night.phone("212", Answers())
    night.book("212", "06:30")
    night.until("03:00")
    night.crash()
    night.clock.step_wall(4 * HOUR)
    night.advance(60)
    night.start()
    night.advance(5)
    assert night.house_is_right()
    assert len(night.clock_alarms()) == 1
    assert night.om.rings == []


def test_a_start_with_a_clock_before_the_last_saved_time_is_an_alarm(night: Night) -> None:
    """K1: three hours back after a restart of the machine; nobody is rung three hours late."""
    night.phone("212", Answers())
    night.book("212", "03:10")
    night.until("03:05")
    night.crash()
    night.advance(30)
    night.clock.reboot()
    night.clock.step_wall(-3 * HOUR)
    night.start()
    night.advance(5)
    (alarm,) = night.clock_alarms()
    assert "has started with a clock that is 3 h 0 min behind" in alarm.text
    night.until("03:11:30")
    (rang,) = night.rings("212")
    assert "03:10:00" <= rang <= "03:11:10"  # the time for which the machine was off is not known


def test_a_device_tells_the_time_after_a_start_with_a_clock_that_is_behind(night: Night) -> None:
    """K1: a witness knows how long the machine was off."""
    night.phone("212", Answers())
    night.book("212", "03:50")
    night.om.dated = 0.0
    night.until("03:05")
    night.crash()
    night.advance(1800)
    night.clock.reboot()
    night.clock.step_wall(-3 * HOUR)
    night.start()
    night.advance(10)
    assert night.house_is_right()
    night.until("03:51")
    assert night.rings("212") == ["03:50:00"]


def test_a_machine_whose_time_service_comes_late_explains_itself(night: Night) -> None:
    """K1: it starts in the past, and is put right a minute later."""
    night.until("03:05")
    night.crash()
    night.advance(600)
    night.clock.reboot()
    night.clock.step_wall(-3 * HOUR)
    night.start()
    night.advance(50)
    assert len(night.clock_alarms()) == 1
    night.clock.step_wall(3 * HOUR)
    night.advance(10)
    assert night.clock_alarms() == []
    assert night.house_is_right()


def test_an_orderly_restart_saves_the_time_it_ended_at(night: Night) -> None:
    """K1: the last trusted time is saved regularly, and at the end."""
    night.until("03:00:17")
    night._result(night.daemon.stop())
    night.clock.step_wall(-600)
    night.clock.reboot()
    night.start()
    night.advance(3)
    assert len(night.clock_alarms()) == 1


def test_bookings_in_the_middle_of_the_question_are_made_for_the_houses_time(night: Night) -> None:
    """K1: the desk lives on the old line too."""
    night.until("03:00")
    night.clock.step_wall(5 * HOUR)
    night.phone("212", Answers())
    made: Any = night.booked("212", "03:05")
    assert made.state == WakeupState.SCHEDULED
    night.until("03:06")
    assert night.rings("212") == ["03:05:00"]
