"""What the desk noted about a guest is read by those who may know guests, wherever it is said again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotelbridge.core.records import AlarmKind, ClosingOutcome
from hotelbridge.services.inperson import masked
from hotelbridge.services.orderviews import AwakeRequest
from hotelbridge.services.views import CloseRequest, HistoryView, WakeupDetail, for_reader, render
from hotelbridge.testing.fake_om_scripts import NoAnswer
from tests.services.evening import DESK, Evening

SECRET = "Mr Okafor (deaf)"
AT = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def lines(evening: Evening, id: int) -> list[str]:
    found: WakeupDetail = for_reader(evening.wakeup(id), named=False)
    return [line.text for line in found.history]


def test_whoever_goes_to_wake_reads_the_note_and_a_viewer_does_not(evening: Evening) -> None:
    booked = evening.order("212", at="2026-11-24T06:45", in_person=True, note=SECRET)
    evening.until("06:41")
    (alarm,) = evening.open_alarms()
    assert f"at 06:45 (“{SECRET}”). Please" in alarm.text and alarm.wakeup_note == SECRET
    assert SECRET in evening.printed(alarm.id)
    evening.acknowledge(alarm.id, by="Anna", note=f"{SECRET} is called")
    said = f"alarm acknowledged by Anna: “{SECRET} is called”"
    assert said in [line.text for line in evening.wakeup(booked.id).history]
    assert "alarm acknowledged by Anna: “…”" in lines(evening, booked.id)

    hidden = evening.ask("alarm", alarm.id)
    assert "at 06:45 (“…”). Please" in hidden.text and (hidden.note, hidden.wakeup_note) == ("", "")
    for shown in (hidden, evening.ask("alarms", True, 10, None)):
        assert "Okafor" not in render(shown)
    page = evening.ask("alarm_list", alarm.id)
    assert "Okafor" not in page and "06:45" in page and "[ ] ____" in page


def test_what_was_found_is_kept_from_viewers_in_history_and_list(evening: Evening) -> None:
    first, second = (evening.booked(room, "06:30", note=SECRET).id for room in ("110", "111"))
    evening.until("06:29:50")
    evening.om.cut()
    evening.until("06:36")
    (alarm,) = (one for one in evening.open_alarms() if one.kind == AlarmKind.DEVICE_DOWN)
    assert [item.wakeup_note for item in alarm.items] == [SECRET, SECRET]
    request = CloseRequest("Anna", ClosingOutcome.AWAKE, f"{SECRET} was up")
    evening.ask("close", first, request, DESK)
    assert evening.wakeup(first).history[-1].text == f"awake (Anna): “{SECRET} was up”"
    assert lines(evening, first)[-1] == "awake (Anna): “…”"
    assert SECRET in evening.printed(alarm.id)
    assert "Okafor" not in render(evening.ask("alarm", alarm.id)) + evening.ask("alarm_list", alarm.id)
    assert "Okafor" not in "\n".join(lines(evening, second))


def test_said_of_a_room_or_of_one_cancelled_it_is_kept_from_viewers_too(evening: Evening) -> None:
    evening.phone("212", NoAnswer(rings=20))
    rung = evening.book("212", "06:30")
    later = evening.book("213", "11:30")
    evening.until("06:30:10")
    evening.ask("awake", "212", AwakeRequest("Anna", SECRET), DESK)
    evening.ask("close", later, CloseRequest("Anna", ClosingOutcome.CANCELLED, SECRET), DESK)
    assert lines(evening, rung)[-1] == "awake (Anna): “…”"
    assert lines(evening, later)[-1] == "“…”"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Room 212: to be woken in person at 06:45 (deaf (left ear)). Please go to the room.",
         "Room 212: to be woken in person at 06:45 (“…”). Please go to the room."),
        ("Room 212: was to be woken in person at 06:45 (Li “Wei), and it is 06:47 now. Please go to the room "
         "at once.",
         "Room 212: was to be woken in person at 06:45 (“…”), and it is 06:47 now. Please go to the room "
         "at once."),
        ("Room 305 (moved from 212): to be woken in person at 06:45 (“Li”). Please go to the room.",
         "Room 305 (moved from 212): to be woken in person at 06:45 (“…”). Please go to the room."),
        ("Room 212: to be woken in person at 06:45. Please go to the room.",
         "Room 212: to be woken in person at 06:45. Please go to the room."),
        ("Open alarm 7: Room 212: to be woken in person at 06:45 (deaf). Please go to the room.",
         "Open alarm 7: Room 212: to be woken in person at 06:45 (“…”). Please go to the room."),
    ],
)  # fmt: skip
def test_of_an_alarm_of_an_older_program_a_viewer_does_not_read_what_is_in_brackets(
    text: str, shown: str
) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("what", "text", "shown"),
    [
        ("closed", "awake (Anna): Mr Li: up", "awake (Anna): “…”"),
        ("closed", "awake (Anna)", "awake (Anna)"),
        ("acknowledged", "alarm acknowledged by Anna: Li", "alarm acknowledged by Anna: “…”"),
        ("cancelled", "Mr Li left", "“…”"),
        ("cancelled", "cancelled by Anna, anna (token)", "cancelled by Anna, anna (token)"),
        ("changed", "changed: note", "changed: note"),
    ],
)
def test_histories_of_an_older_program_are_cut_where_a_note_stands_in_them(
    evening: Evening, what: str, text: str, shown: str
) -> None:
    detail = evening.wakeup(evening.book("212", "06:30"))
    old = replace(detail, history=(HistoryView(AT, "anna", "api", what, text),))
    assert for_reader(old, named=False).history[0].text == shown
    assert for_reader(old, named=True) is old
