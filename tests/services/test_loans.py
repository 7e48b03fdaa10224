"""Do Not Disturb, forwarding and the device's own alarm clock: lent for a wake-up, put back once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hotelbridge.core.records import Outcome, WakeupState
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening


def holds(evening: Evening, name: str, phone: str = "212") -> str:
    return evening.om.phone(phone).parameters.get(name, "")


def assigned(evening: Evening, name: str) -> list[str]:
    """The values that a parameter was given by us, in order."""
    bodies = [one.body.decode() for one in evening.om.seen("Assign")]
    return [body.split(f"<{name}>")[1].split("<")[0] for body in bodies if f"<{name}>" in body]


@pytest.fixture
def guarded(evening: Evening) -> Evening:
    """The guest of 212 does not want to be disturbed, and forwards his calls to 213."""
    evening.om.phone("212").parameters.update(No_Disturb="on", Fwd_Type="1", Fwd_Number="213")
    return evening


def test_a_phone_that_refuses_calls_is_opened_before_due_and_closed_when_the_guest_is_up(
    guarded: Evening,
) -> None:
    """R6: read in the two minutes before due, opened before the first try, put back once."""
    guarded.phone("212", Answers(after=5, talk=20))
    wakeup = guarded.book("212", "06:30")
    guarded.until("06:27:50")
    assert (holds(guarded, "No_Disturb"), holds(guarded, "Fwd_Type")) == ("on", "1")
    guarded.until("06:29")
    assert (holds(guarded, "No_Disturb"), holds(guarded, "Fwd_Type")) == ("off", "0")
    guarded.until("06:32")
    assert (guarded.rings("212"), guarded.rings("213")) == (["06:30:00"], [])
    assert (holds(guarded, "No_Disturb"), holds(guarded, "Fwd_Type")) == ("on", "1")
    assert holds(guarded, "Fwd_Number") == "213"
    assert assigned(guarded, "No_Disturb") == ["off", "on"]
    said = [line.text for line in guarded.wakeup(wakeup).history]
    assert "212: Do Not Disturb and forwarding opened" in said
    assert "212: Do Not Disturb and forwarding put back" in said


def test_a_second_phone_is_kept_out_of_a_wake_up_and_rings_along_again_afterwards(evening: Evening) -> None:
    """R6: whoever answers there is not the guest in his bed."""
    evening.om.phone("212").parameters["fork"] = "213"
    evening.phone("212", Answers(after=5, talk=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:29")
    assert holds(evening, "fork") == ""
    evening.until("06:32")
    assert holds(evening, "fork") == "213" and assigned(evening, "Fork") == ["", "213"]
    said = [line.text for line in evening.wakeup(wakeup).history]
    assert said.count("212: the second phone opened") == said.count("212: the second phone put back") == 1


def test_a_phone_stays_open_while_a_person_has_not_closed_the_alarm(guarded: Evening) -> None:
    """R6: put back when the wake-up is final and no alarm of the room is open: the desk may ring it."""
    guarded.phone("212", NoAnswer(rings=20))
    guarded.book("212", "06:30")
    guarded.until("06:50")
    assert holds(guarded, "No_Disturb") == "off"
    (alarm,) = guarded.open_alarms()
    guarded.acknowledge(alarm.id, by="Anna", outcome="woken_by_staff")
    guarded.advance(5)
    assert holds(guarded, "No_Disturb") == "on"


def test_what_the_guest_changed_meanwhile_is_left(guarded: Evening) -> None:
    """R6: put back only if the phone still holds what we set."""
    guarded.phone("212", NoAnswer(rings=20), Answers(after=5, talk=20))
    guarded.book("212", "06:30")
    guarded.until("06:31")
    guarded.om.phone("212").parameters.update(Fwd_Type="2", Fwd_Number="110")
    guarded.until("06:40")
    assert (holds(guarded, "Fwd_Type"), holds(guarded, "Fwd_Number")) == ("2", "110")
    assert holds(guarded, "No_Disturb") == "on"  # that one he left as we had set it


@pytest.mark.parametrize("lent", [False, True])
def test_what_the_guest_does_at_his_phone_between_two_rings_is_left_and_told(
    evening: Evening, lent: bool
) -> None:
    """R6: it is his; opened before the first try only."""
    if lent:
        evening.om.phone("212").parameters.update(Fwd_Type="1", Fwd_Number="213")
    evening.phone("212", NoAnswer(rings=4))
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    evening.om.phone("212").parameters["No_Disturb"] = "on"
    evening.until("06:34")
    assert holds(evening, "No_Disturb") == "on" and assigned(evening, "No_Disturb") == []
    said = [line.text for line in evening.wakeup(wakeup).history]
    assert "212: Do Not Disturb set at the phone since: left, the guest wants it" in said
    evening.until("06:45")
    (alarm,) = evening.open_alarms()
    evening.acknowledge(alarm.id, by="Anna", outcome="woken_by_staff")
    evening.advance(90)
    assert holds(evening, "No_Disturb") == "on"
    assert holds(evening, "Fwd_Type") == ("1" if lent else "")


def test_a_phone_that_holds_nothing_back_is_not_touched(evening: Evening) -> None:
    """R6: nothing is put back that was not opened."""
    evening.phone("212", Answers(after=5, talk=20))
    evening.book("212", "06:30")
    evening.until("06:40")
    assert assigned(evening, "No_Disturb") == assigned(evening, "Fwd_Type") == []


@pytest.mark.parametrize("second", range(0, 150, 13))
def test_whenever_the_daemon_is_killed_the_guest_gets_his_settings_back_once(
    guarded: Evening, second: int
) -> None:
    """R6: also after a crash in between."""
    guarded.phone("212", Answers(after=5, talk=20))
    wakeup = guarded.book("212", "06:30")
    guarded.until("06:27:59")
    guarded.advance(second + 0.013)
    guarded.crash()
    guarded.advance(20)
    guarded.start()
    guarded.until("06:45")
    assert guarded.wakeup(wakeup).state == WakeupState.WOKEN
    assert (holds(guarded, "No_Disturb"), holds(guarded, "Fwd_Type")) == ("on", "1")
    assert assigned(guarded, "No_Disturb").count("on") == 1


@pytest.mark.parametrize(
    "fault", [CommandFault.DROP_EXECUTED, CommandFault.DROP_UNEXECUTED, CommandFault.CUT]
)
def test_a_lost_reply_opens_and_returns_all_the_same(guarded: Evening, fault: CommandFault) -> None:
    """R6: a lost reply proves nothing: the phone is asked what it holds."""
    guarded.phone("212", Answers(after=5, talk=20))
    guarded.book("212", "06:30")
    guarded.until("06:27:59")
    guarded.om.faults.next(fault, "Assign")
    guarded.until("06:29:30")
    assert holds(guarded, "No_Disturb") == "off"
    guarded.om.faults.next(fault, "Assign")
    guarded.until("06:40")
    assert holds(guarded, "No_Disturb") == "on"
    assert guarded.rings("212") == ["06:30:00"]


def test_a_device_that_tells_nothing_does_not_delay_the_ring(guarded: Evening) -> None:
    """R6: a failed read never delays the ring."""
    guarded.phone("110", Answers(after=5, talk=20))
    guarded.book("110", "06:30")
    guarded.until("06:27")
    guarded.om.faults.always(CommandFault.HANG, "Query")
    guarded.until("06:31")
    assert guarded.rings("110") == ["06:30:00"]


def test_two_wake_ups_of_one_room_share_the_loan(guarded: Evening) -> None:
    """R6: what the second one finds open is not what the guest wanted."""
    guarded.phone("212", Answers(after=5, talk=20))
    guarded.book("212", "06:30")
    guarded.book("212", "06:32")
    guarded.until("06:31:30")
    assert holds(guarded, "No_Disturb") == "off"
    guarded.until("06:40")
    assert holds(guarded, "No_Disturb") == "on"
    assert assigned(guarded, "No_Disturb") == ["off", "on"]


def test_a_cancelled_wake_up_gives_back_what_was_opened(guarded: Evening) -> None:
    """R6: cancelled between the opening and the ring."""
    wakeup = guarded.book("212", "06:30")
    guarded.until("06:29")
    guarded.cancel(wakeup)
    guarded.until("06:31")
    assert holds(guarded, "No_Disturb") == "on"
    assert guarded.rings("212") == []


def test_a_call_that_the_device_sends_elsewhere_is_told_apart(evening: Evening) -> None:
    """R6: `diverted`, by DIVERT: a forward set in the last moment rings another room."""
    evening.phone("213", Answers(after=5, talk=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:29:30")
    evening.om.phone("212").parameters.update(Fwd_Type="1", Fwd_Number="213")
    evening.until("06:31")
    (attempt,) = evening.wakeup(wakeup).attempts
    assert attempt.outcome == Outcome.DIVERTED
    assert evening.wakeup(wakeup).state == WakeupState.WAITING  # whoever answered 213, it was not the guest


def test_an_answer_of_another_phone_is_told_apart_without_a_word_of_the_device(tmp_path: Path) -> None:
    """R6: `diverted`, by an answer that is not the phone's but that of the one it forwards to."""
    evening = Evening(tmp_path, more='[property.wakeup]\nopen_before = "0s"\n')
    evening.om.faults.divert_told = False
    evening.om.phone("212").parameters.update(Fwd_Type="1", Fwd_Number="213")
    evening.om.reboot(downtime=1)
    evening.phone("213", Answers(after=5, talk=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    (attempt,) = evening.wakeup(wakeup).attempts
    assert (attempt.outcome, attempt.detail) == (Outcome.DIVERTED, "the call went to 213")
    evening.stop()


def test_what_cannot_be_opened_is_said_when_it_is_booked(evening: Evening) -> None:
    """R6: `Off_Line_Num` and `autoAnswer` cannot be opened: said at booking."""
    assert evening.booked("110", "06:30").warnings == ()
    evening.om.phone("212").parameters.update(Off_Line_Num="0043123456")
    evening.om.reboot(downtime=1)
    evening.advance(20)
    (said,) = evening.booked("212", "06:31").warnings
    assert "212" in said


@pytest.fixture
def backed_up(tmp_path: Path) -> Iterator[Evening]:
    hotel = Evening(tmp_path, more='[property.wakeup]\nnative_backup = "7m"\n')
    yield hotel
    hotel.stop()


def test_the_devices_own_clock_is_set_and_taken_back_when_the_guest_is_woken(backed_up: Evening) -> None:
    """Dead man's switch: if this program dies, the device still rings some minutes after due."""
    backed_up.phone("212", Answers(after=5, talk=20))
    backed_up.book("212", "06:30")
    backed_up.advance(10)
    assert holds(backed_up, "WAKEUP") == "06:37"
    backed_up.until("06:32")
    assert holds(backed_up, "WAKEUP") == "00:00"


def test_the_devices_own_clock_follows_a_change_and_a_cancellation(backed_up: Evening) -> None:
    """Dead man's switch: the phone holds one time, that of the earliest wake-up."""
    first = backed_up.book("212", "06:50")
    backed_up.advance(10)
    second = backed_up.book("212", "06:40")
    backed_up.advance(180)
    assert holds(backed_up, "WAKEUP") == "06:47"
    backed_up.cancel(second)
    backed_up.advance(180)
    assert holds(backed_up, "WAKEUP") == "06:57"
    backed_up.cancel(first)
    backed_up.advance(120)
    assert holds(backed_up, "WAKEUP") == "00:00"


def test_the_devices_own_clock_is_set_although_the_program_dies_in_between(backed_up: Evening) -> None:
    """Dead man's switch: it stays on the device while nobody is there to ring."""
    backed_up.book("212", "06:30")
    backed_up.advance(5)
    backed_up.crash()
    backed_up.until("06:33")
    assert holds(backed_up, "WAKEUP") == "06:37"
    backed_up.start()
    backed_up.phone("212", Answers(after=5, talk=20))
    backed_up.until("06:45")
    assert holds(backed_up, "WAKEUP") == "00:00"


def test_the_devices_own_clock_is_set_when_its_time_has_come_and_not_a_day_too_soon(
    backed_up: Evening,
) -> None:
    """Dead man's switch: a clock without a date is set less than a day before, with nothing else going on."""
    tomorrow = (datetime.fromisoformat(backed_up.day) + timedelta(days=1)).strftime("%Y-%m-%d")
    backed_up.order("212", at=f"{tomorrow}T06:30")
    backed_up.until("07:36")
    assert assigned(backed_up, "WAKEUP") == []
    backed_up.until("07:38")
    assert holds(backed_up, "WAKEUP") == "06:37"


def test_what_was_opened_at_a_device_that_is_taken_out_of_the_configuration_is_said(guarded: Evening) -> None:
    """R6: nobody can put it back any more, and that does not end in silence."""
    wakeup = guarded.book("212", "06:30")
    guarded.until("06:29")
    guarded.crash()
    guarded.reconfigure('name = "om20"', 'name = "om21"')
    guarded.start()
    said = [line.text for line in guarded.wakeup(wakeup).history]
    assert (
        "212: Do Not Disturb and forwarding not put back: om20 is not in the configuration any more" in said
    )
