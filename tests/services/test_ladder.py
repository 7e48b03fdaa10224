"""A wake-up from due to its end, seen by the simulated phones and read at the desk."""

from __future__ import annotations

import pytest

from hotelbridge.core.records import AlarmKind, Outcome, WakeupState
from hotelbridge.testing.fake_om_faults import CommandFault, EventFault, FailedBy
from hotelbridge.testing.fake_om_scripts import (
    LIFT_AND_DROP,
    RINGS_FOR_EVER,
    Answers,
    Busy,
    Fails,
    NoAnswer,
    Offline,
    ReplyLost,
    Silent,
)
from tests.services.evening import Evening


def test_a_guest_who_answers_is_woken_by_one_ring_at_the_minute(evening: Evening) -> None:
    evening.phone("212", Answers(after=6, talk=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:29:59")
    assert evening.rings("212") == []
    evening.until("06:31")
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.result, shown.late) == (WakeupState.WOKEN, Outcome.ANSWERED, None)
    assert evening.rings("212") == ["06:30:00"]
    assert [line.what for line in shown.history] == [
        "booked",
        "ringing",
        "rings",
        "off_hook",
        "woken",
        "answered",
    ]


def test_nobody_answers_three_times_and_the_desk_is_told_until_it_closes(evening: Evening) -> None:
    """R2, A2: gaps run from start to start; acknowledged without an outcome the alarm returns."""
    evening.phone("212", NoAnswer(rings=30))
    wakeup = evening.book("212", "06:30")
    evening.until("06:36")
    assert evening.rings("212") == ["06:30:00", "06:32:00", "06:35:00"]
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.tries, shown.result) == (WakeupState.ALARMED, 3, Outcome.NO_ANSWER)
    assert [a.outcome for a in shown.attempts] == [Outcome.NO_ANSWER] * 3
    (alarm,) = evening.open_alarms()
    assert (alarm.kind, alarm.room) == (AlarmKind.WAKEUP_FAILED, "212")

    evening.forget_changes()
    evening.advance(90)
    assert evening.changes("alarm") == [str(alarm.id)] * 3  # every 30 s
    evening.acknowledge(alarm.id, by="Anna")
    evening.forget_changes()
    evening.advance(590)
    assert evening.changes("alarm") == []  # silent for ten minutes, still open
    evening.advance(15)
    assert evening.changes("alarm") == [str(alarm.id)]
    assert evening.open_alarms()[0].acknowledged_by == "Anna"

    evening.acknowledge(alarm.id, by="Anna", outcome="woken_by_staff", note="knocked")
    closed = evening.wakeup(wakeup)
    assert (closed.state, closed.result) == (WakeupState.CLOSED, "woken_by_staff")
    assert evening.open_alarms() == ()
    evening.advance(3600)
    assert len(evening.rings("212")) == 3


def test_a_phone_lifted_and_dropped_is_rung_again(evening: Evening) -> None:
    """R4: lift-and-drop is not woken."""
    evening.phone("212", LIFT_AND_DROP, Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:33")
    assert evening.rings("212") == ["06:30:00", "06:32:00"]
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN


def test_a_phone_that_rings_for_ever_is_silenced_by_us_after_its_time(evening: Evening) -> None:
    evening.phone("212", RINGS_FOR_EVER)
    evening.book("212", "06:30")
    evening.until("06:31:50")
    (ring,) = evening.om.rings
    assert ring.ended_by == "clear"
    assert (ring.ended - ring.started).total_seconds() == pytest.approx(45, abs=1)


def test_a_guest_who_holds_the_line_is_released_after_the_talk_time(evening: Evening) -> None:
    """R4: `talk` bounds the call."""
    evening.phone("212", Answers(after=5, talk=None))
    wakeup = evening.book("212", "06:30")
    evening.until("06:33")
    (ring,) = evening.om.rings
    assert ring.ended_by == "clear"
    assert (ring.ended - ring.answered).total_seconds() == pytest.approx(60, abs=1)
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN


def test_a_busy_phone_is_rung_when_it_is_free_again_and_the_end_of_the_ladder_stays(evening: Evening) -> None:
    """R3: busy counts as a try and stays armed; it never moves the ladder's end."""
    evening.phone("212", Busy(code=6, frees_after=40), NoAnswer(rings=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:36")
    assert evening.rings("212") == ["06:30:42", "06:35:00"]
    shown = evening.wakeup(wakeup)
    assert shown.state == WakeupState.ALARMED
    assert [a.outcome for a in shown.attempts] == [Outcome.BUSY, Outcome.NO_ANSWER, Outcome.NO_ANSWER]


def test_a_phone_that_is_not_connected_alarms_at_once_while_the_ladder_goes_on(evening: Evening) -> None:
    """R3: FAILED 3, 7, 8."""
    evening.phone("212", Offline(3))
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:05")
    (early,) = evening.open_alarms()
    assert early.kind == AlarmKind.PHONE_OFFLINE
    assert evening.wakeup(wakeup).state == WakeupState.WAITING
    evening.until("06:35:30")
    (late,) = evening.open_alarms()
    assert (late.id, late.kind) == (early.id, AlarmKind.WAKEUP_FAILED)
    assert [a.outcome for a in evening.wakeup(wakeup).attempts] == [Outcome.UNREACHABLE] * 3


def test_the_early_alarm_closes_by_itself_when_the_guest_is_woken_after_all(evening: Evening) -> None:
    evening.phone("212", Offline(8), Answers())
    evening.book("212", "06:30")
    evening.until("06:33")
    assert evening.open_alarms() == ()


@pytest.mark.parametrize("failed_by", list(FailedBy))
def test_a_failure_is_one_failure_however_often_it_is_told(evening: Evening, failed_by: FailedBy) -> None:
    evening.om.faults.failed_by = failed_by
    evening.phone("212", Busy(code=4), Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:33")
    shown = evening.wakeup(wakeup)
    assert [a.outcome for a in shown.attempts] == [Outcome.BUSY, Outcome.ANSWERED]
    assert shown.state == WakeupState.WOKEN


@pytest.mark.parametrize("code", [1, 5])
def test_a_temporary_fault_of_the_device_is_not_a_try(evening: Evening, code: int) -> None:
    """R3: FAILED 1 and 5: again after 5 s within the promise."""
    evening.phone("212", Fails(code), Fails(code), Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.tries) == (WakeupState.WOKEN, 1)
    assert evening.rings("212") == ["06:30:10"]


def test_a_lost_reply_is_not_repeated_and_the_late_answer_counts(evening: Evening) -> None:
    evening.phone("212", ReplyLost(Answers(after=15, talk=20)))
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    assert evening.rings("212") == ["06:30:00"]
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN
    assert evening.om.overlapping == []


def test_a_command_that_was_lost_altogether_is_unknown_and_tried_again_after_the_ring_window(
    evening: Evening,
) -> None:
    evening.om.faults.next(CommandFault.DROP_UNEXECUTED, "Connect")
    evening.phone("212", Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:33")
    shown = evening.wakeup(wakeup)
    assert [a.outcome for a in shown.attempts] == [Outcome.UNKNOWN, Outcome.ANSWERED]
    assert evening.rings("212") == ["06:32:00"]


def test_a_device_without_reports_is_alarmed_on_the_first_silent_call(evening: Evening) -> None:
    """R1: reports must be seen; the alarm goes up on the first one missed."""
    evening.phone("212", Silent(rings=30))
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:15")
    assert [a.kind for a in evening.open_alarms()] == [AlarmKind.REPORTS_MISSING]
    evening.until("06:31")
    assert evening.wakeup(wakeup).attempts[0].outcome == Outcome.UNKNOWN
    assert evening.om.overlapping == []


def test_a_device_that_is_down_alarms_and_rings_as_soon_as_it_is_back(evening: Evening) -> None:
    """R3: device down."""
    evening.phone("212", Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:29:50")
    evening.om.reboot(downtime=60)
    evening.until("06:30:20")
    (down,) = [a for a in evening.open_alarms() if a.kind == AlarmKind.DEVICE_DOWN]
    assert "Look whether it is switched on and connected" in down.text  # what to do
    evening.until("06:31:30")
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN
    assert evening.open_alarms() == ()
    (ring,) = evening.rings("212")
    assert "06:30:50" <= ring <= "06:30:55"


def test_a_reboot_in_the_middle_of_a_ring_sets_the_menus_before_it_rings_again(evening: Evening) -> None:
    """R7: after BOOTUP, before the next Connect."""
    evening.phone("212", NoAnswer(rings=30), Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:10")
    evening.om.reboot(downtime=20)
    evening.until("06:31:30")
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.tries) == (WakeupState.WOKEN, 1)
    assert [a.outcome for a in shown.attempts] == [Outcome.DEVICE_DOWN, Outcome.ANSWERED]
    order = [c.verb for c in evening.om.commands if c.verb == "Connect" or c.words.startswith("Assign menu")]
    assert order == ["Assign", "Connect", "Assign", "Connect"]


def test_never_more_calls_in_the_air_than_the_device_can_make(evening: Evening) -> None:
    evening.book("110", "06:30")
    for room in range(111, 131):
        evening.phone(str(room), Answers(after=4, talk=8))
        evening.book(str(room), "06:30")
    evening.until("06:34")
    assert evening.most_calls_at_once() == 4
    assert {w.state for w in evening.wakeups()} == {WakeupState.WOKEN}


def test_the_delay_of_a_peak_is_told_when_it_is_booked(evening: Evening) -> None:
    for room in range(110, 118):
        evening.book(str(room), "06:30")
    last = evening.booked("118", "06:30")
    assert last.expected_ring is not None
    assert (last.expected_ring - last.due).total_seconds() == 50


def test_two_wake_ups_of_one_room_in_one_minute_are_served_by_one_ring(evening: Evening) -> None:
    """B1: in the same minute one ring serves both."""
    evening.phone("212", Answers())
    first, second = evening.book("212", "06:30"), evening.book("212", "06:30")
    evening.until("06:32")
    assert evening.rings("212") == ["06:30:00"]
    assert {evening.wakeup(w).state for w in (first, second)} == {WakeupState.WOKEN}


def test_a_later_wake_up_waits_for_the_running_ladder_of_its_room(evening: Evening) -> None:
    """B1: the later one waits."""
    evening.phone("212", NoAnswer(rings=30), Answers())
    first, second = evening.book("212", "06:30"), evening.book("212", "06:31")
    evening.until("06:32:30")
    assert evening.wakeup(first).state == WakeupState.WOKEN
    evening.until("06:33:30")
    assert evening.wakeup(second).state == WakeupState.WOKEN
    assert evening.om.overlapping == []


def test_a_room_with_two_phones_is_one_try_and_the_other_phone_falls_silent(evening: Evening) -> None:
    """R2: a try is one round of all the room's phones."""
    evening.phone("301", Answers(after=10, talk=20))
    evening.phone("302", RINGS_FOR_EVER)
    wakeup = evening.book("suite", "06:30")
    evening.until("06:31")
    shown = evening.wakeup(wakeup)
    assert (shown.state, shown.tries, len(shown.attempts)) == (WakeupState.WOKEN, 1, 2)
    other = next(r for r in evening.om.rings if r.phone == "302")
    assert other.ended_by == "clear"


def test_cancelled_while_it_rings_the_phone_falls_silent(evening: Evening) -> None:
    evening.phone("212", RINGS_FOR_EVER)
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:10")
    evening.cancel(wakeup)
    evening.advance(5)
    assert evening.om.rings[0].ended_by == "clear"
    evening.until("06:40")
    assert len(evening.om.rings) == 1
    assert evening.wakeup(wakeup).state == WakeupState.CANCELLED


def test_a_call_of_the_guest_is_never_cleared(evening: Evening) -> None:
    """R5: Clear drops whatever call an extension has."""
    evening.om.faults.next(EventFault.LOSE, "IDLE")
    evening.om.faults.next(EventFault.LOSE, "BYE")
    evening.phone("212", NoAnswer(rings=30, bye=True))
    evening.book("212", "06:30")
    evening.until("06:30:31")
    evening.om.guest_dials("212", "00431234567")
    evening.until("06:31:30")
    assert not evening.om.seen("Clear")


@pytest.mark.parametrize(
    "fault",
    [
        EventFault.DUPLICATE,
        EventFault.SEGMENTS,
        EventFault.NO_LENGTH,
        EventFault.BLANK_NAME,
        EventFault.AUTH,
        EventFault.NO_DECLARATION,
        EventFault.COMMENTS,
        EventFault.CRLF,
        EventFault.UNKNOWN_ELEMENT,
        EventFault.UNKNOWN_EVENT,
        EventFault.RECORDING,
        EventFault.TWICE_SHORTER,
    ],
)
def test_odd_reports_wake_the_guest_all_the_same(evening: Evening, fault: EventFault) -> None:
    evening.om.faults.always(fault)
    evening.phone("212", NoAnswer(rings=20), Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:33")
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN
    assert evening.rings("212") == ["06:30:00", "06:32:00"]


@pytest.mark.parametrize("fault", [CommandFault.RESET, CommandFault.NO_LENGTH, CommandFault.SEGMENTS])
def test_odd_replies_wake_the_guest_all_the_same(evening: Evening, fault: CommandFault) -> None:
    evening.om.faults.always(fault)
    evening.phone("212", Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN


def test_a_broken_push_is_kept_and_stops_nothing(evening: Evening) -> None:
    evening.om.faults.next(EventFault.GARBAGE, "RING")
    evening.phone("212", Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN
    assert evening.bad_reports() == 1
    assert "1 unreadable report" in evening.links()[0].detail


def test_a_wrong_menu_on_the_device_is_an_alarm_and_the_guest_is_rung_all_the_same(evening: Evening) -> None:
    """R7: ring anyway, and say so."""
    evening.om.faults.always(CommandFault.FAIL, "Assign")
    evening.om.reboot(downtime=1)
    evening.phone("212", Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    assert AlarmKind.DEVICE_PARAMETER in [a.kind for a in evening.open_alarms()]
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN


def test_a_phone_left_off_the_hook_is_told_to_the_desk_while_the_ladder_goes_on(evening: Evening) -> None:
    """R3: the device says busy; asked, it says off hook, and that does not heal by itself."""
    evening.om.guest_leaves_off_hook("212")
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:05")
    (alarm,) = evening.open_alarms()
    assert (alarm.kind, alarm.room) == (AlarmKind.PHONE_OFFLINE, "212")
    assert "off the hook" in alarm.text
    evening.om.guest_hangs_up("212")
    evening.phone("212", Answers(after=5, talk=20))
    evening.until("06:33")
    assert evening.wakeup(wakeup).state == WakeupState.WOKEN
    assert evening.open_alarms() == ()
