"""Who did what, on a whole daemon: what people decide leaves a line, where it has no history of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotelbridge.core.records import Trust
from hotelbridge.services.userwindow import ActionQuery, ActionView
from hotelbridge.store import audit
from tests.services.evening import DESK, Evening
from tests.services.test_clock import Night
from tests.services.test_handover import sign


def did(evening: Evening, **asked: object) -> list[ActionView]:
    """The newest first."""
    query = ActionQuery(100, **asked)  # type: ignore[arg-type]
    return list(evening._result(evening.daemon.users.actions("main", query)).items)


def test_a_wake_up_from_its_booking_to_its_end_without_what_the_program_did(evening: Evening) -> None:
    id = evening.book("212", "06:30")
    evening.until("06:29")
    other = evening.book("213", "06:40")
    evening.until("06:32")
    evening.cancel(other)
    found = [(one.what, one.about, one.room, one.by) for one in did(evening)]
    assert found == [
        ("cancelled", str(other), "213", "anna"),
        ("booked", str(other), "213", "anna"),
        ("booked", str(id), "212", "anna"),
    ]
    assert [one.about for one in did(evening, room="212")] == [str(id)]


def test_an_alarm_about_no_wake_up_is_acknowledged_and_closed_by_name_without_its_note(
    evening: Evening,
) -> None:
    evening.om.cut()
    evening.advance(120)
    (alarm,) = evening.open_alarms()
    evening.acknowledge(alarm.id, "anna", note="Mr Okafor waits")
    evening.acknowledge(alarm.id, "anna", outcome="woken_by_staff")
    closed, heard = did(evening)
    assert (heard.what, heard.kind, heard.about) == ("alarm_acknowledged", "alarm", str(alarm.id))
    assert (closed.what, closed.text) == ("alarm_closed", "woken by staff (anna)")
    assert "Okafor" not in str(evening.read(audit.newest))


def test_an_alarm_about_a_wake_up_is_told_once(evening: Evening) -> None:
    id = evening.book("212", "06:30")
    evening.om.cut()
    evening.until("06:50")
    (alarm,) = [one for one in evening.open_alarms() if one.wakeup == id]
    evening.acknowledge(alarm.id, "anna", outcome="woken_by_staff")
    assert [(one.what, one.kind) for one in did(evening)] == [("closed", "wakeup"), ("booked", "wakeup")]


def test_what_one_shift_leaves_to_the_next_is_a_line_without_its_words(evening: Evening) -> None:
    sign(evening, "tea for Mr Okafor")
    (line,) = did(evening)
    assert (line.what, line.by, line.kind) == ("handover", "ana", "handover")
    assert "Okafor" not in str(line)


@pytest.mark.parametrize("trust", list(Trust))
def test_who_says_which_time_is_right_is_written_down(tmp_path: Path, trust: Trust) -> None:
    night = Night(tmp_path)
    night.until("03:00")
    night.clock.step_wall(3600.0)
    night.advance(5)
    night.says("anna", trust)
    (line,) = did(night)
    assert (line.what, line.by) == ("clock_trusted", DESK.name)
    assert line.text == f"anna says that the {trust} time is right."
    night.stop()
