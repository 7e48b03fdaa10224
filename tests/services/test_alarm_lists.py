"""Alarms of one cause are one list, closed room by room; acknowledging is not waking."""

from __future__ import annotations

import pytest

from hotelbridge.core.records import AlarmKind, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.views import AlarmView
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer, Offline, Silent
from tests.services.evening import Evening

ROOMS = ("110", "111", "112")


def down_for_good(evening: Evening, *rooms: str, at: str = "06:30") -> list[int]:
    """Wake-ups of these rooms, and a device that goes away before they are due."""
    booked = [evening.book(room, at) for room in rooms]
    evening.until("06:29:50")
    evening.om.cut()
    return booked


def of_kind(evening: Evening, kind: AlarmKind) -> AlarmView:
    (found,) = [alarm for alarm in evening.open_alarms() if alarm.kind == kind]
    return found


def in_alarms(evening: Evening) -> list[int]:
    """Every wake-up that an open alarm is about, as often as it is there."""
    own = [alarm.wakeup for alarm in evening.open_alarms() if alarm.wakeup is not None]
    listed = [item.wakeup for alarm in evening.open_alarms() for item in alarm.items if not item.closed_at]
    return sorted([*own, *listed])


# --- one cause, one alarm ---


def test_rooms_that_a_dead_device_could_not_ring_are_one_list(evening: Evening) -> None:
    """A3: alarms of one cause are one alarm with a list by due time."""
    later = evening.book("113", "06:30:30")
    booked = down_for_good(evening, *ROOMS)
    evening.until("06:36")
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.DEVICE_DOWN
    assert [item.wakeup for item in alarm.items] == [*booked, later]
    assert "4 rooms are still to be woken by hand: 110, 111, 112, 113" in alarm.text
    assert in_alarms(evening) == sorted([*booked, later])
    assert {evening.wakeup(id).state for id in booked} == {WakeupState.ALARMED}


def test_a_room_of_two_wake_ups_is_one_room_to_go_to(evening: Evening) -> None:
    evening.book("110", "06:40")
    down_for_good(evening, *ROOMS)
    evening.until("06:46")
    alarm = of_kind(evening, AlarmKind.DEVICE_DOWN)
    assert len(alarm.items) == 4
    assert "3 rooms are still to be woken by hand: 110, 111, 112; see its list." in alarm.text


def test_a_room_that_fails_alone_keeps_an_alarm_of_its_own(evening: Evening) -> None:
    """A3: one room is no list."""
    (wakeup,) = down_for_good(evening, "212")
    evening.until("06:36")
    own = of_kind(evening, AlarmKind.WAKEUP_FAILED)
    assert (own.room, own.wakeup, own.items) == ("212", wakeup, ())
    assert of_kind(evening, AlarmKind.DEVICE_DOWN).items == ()


def test_the_second_room_takes_the_first_one_along(evening: Evening) -> None:
    """A3: a wake-up is in exactly one alarm."""
    second = evening.book("213", "06:33")
    (first,) = down_for_good(evening, "212")
    evening.until("06:36")
    own = of_kind(evening, AlarmKind.WAKEUP_FAILED)
    evening.until("06:39")
    (alarm,) = evening.open_alarms()
    assert [item.wakeup for item in alarm.items] == [first, second]
    gone = next(a for a in evening.alarms() if a.id == own.id)
    assert (gone.open, gone.outcome, gone.note) == (False, "joined", f"on the list of alarm {alarm.id}")


def test_a_room_that_somebody_went_to_stays_theirs(evening: Evening) -> None:
    """A3, A2: what is acknowledged is not taken out of a person's hands."""
    evening.book("213", "06:33")
    (first,) = down_for_good(evening, "212")
    evening.until("06:36")
    evening.acknowledge(of_kind(evening, AlarmKind.WAKEUP_FAILED).id, by="Anna")
    evening.until("06:39")
    assert of_kind(evening, AlarmKind.DEVICE_DOWN).items == ()
    assert len(in_alarms(evening)) == 2
    assert [a.wakeup for a in evening.open_alarms() if a.acknowledged_by == "Anna"] == [first]


def test_a_list_that_grows_is_heard_again(evening: Evening) -> None:
    """A2, A3: acknowledged is what was there, not what comes later."""
    evening.book("114", "06:32")
    down_for_good(evening, *ROOMS)
    evening.until("06:36")
    alarm = of_kind(evening, AlarmKind.DEVICE_DOWN)
    evening.acknowledge(alarm.id, by="Anna", note="calling the technician")
    evening.forget_changes()
    evening.until("06:36:55")
    assert evening.changes("alarm") == []
    evening.until("06:38:30")
    again = of_kind(evening, AlarmKind.DEVICE_DOWN)
    assert again.acknowledged_by is None
    assert again.note == "calling the technician (Anna, 06:36)"
    assert len(again.items) == 4


def test_what_was_overdue_after_an_outage_is_one_alarm(evening: Evening) -> None:
    """A3: 120 found too late are one alarm, not 120."""
    booked = [evening.book(room, f"06:3{n}") for n, room in enumerate(reversed(ROOMS))]
    evening.crash()
    evening.until("06:45")
    evening.start()
    (alarm,) = evening.open_alarms()
    assert (alarm.kind, alarm.room, alarm.wakeup) == (AlarmKind.WAKEUP_LATE, None, None)
    assert [item.wakeup for item in alarm.items] == booked
    assert "15 min late" in alarm.items[0].text
    assert evening.om.rings == []


def test_one_that_was_overdue_alone_keeps_its_own_alarm(evening: Evening) -> None:
    """A3: one room is no list."""
    wakeup = evening.book("212", "06:30")
    evening.crash()
    evening.until("06:45")
    evening.start()
    (alarm,) = evening.open_alarms()
    assert (alarm.kind, alarm.room, alarm.wakeup) == (AlarmKind.WAKEUP_LATE, "212", wakeup)


def test_rooms_of_which_no_report_came_are_one_list(evening: Evening) -> None:
    """A3, R1: the alarm about missing reports holds the rooms that nobody knows of."""
    for room in ROOMS:
        evening.phone(room, Silent(rings=20))
    booked = [evening.book(room, "06:30") for room in ROOMS]
    evening.until("06:37")
    alarm = of_kind(evening, AlarmKind.REPORTS_MISSING)
    assert [item.wakeup for item in alarm.items] == booked
    assert in_alarms(evening) == booked


def test_rooms_that_nobody_answers_in_are_alarms_of_their_own(evening: Evening) -> None:
    """A3: not answering is each guest's own cause."""
    for room in ROOMS:
        evening.phone(room, NoAnswer(rings=20))
        evening.book(room, "06:30")
    evening.until("06:37")
    assert [a.room for a in evening.open_alarms()] == list(ROOMS)


# --- closed room by room ---


def test_a_list_is_closed_room_by_room_and_stays_while_its_cause_is_there(evening: Evening) -> None:
    """A3: closed room by room."""
    booked = down_for_good(evening, *ROOMS)
    evening.until("06:36")
    evening.close(booked[0], "Anna", "woken_by_staff", "knocked")
    alarm = of_kind(evening, AlarmKind.DEVICE_DOWN)
    first = alarm.items[0]
    assert (first.closed_by, first.outcome, first.note) == ("Anna", "woken_by_staff", "knocked")
    assert "2 rooms are still to be woken by hand: 111, 112" in alarm.text
    for wakeup in booked[1:]:
        evening.close(wakeup, "Ben", "not_in_room")
    assert of_kind(evening, AlarmKind.DEVICE_DOWN).open  # the device is still down
    evening.om.mend()
    evening.advance(20)
    assert evening.open_alarms() == ()


def test_a_device_that_is_back_does_not_close_the_rooms_it_left(evening: Evening) -> None:
    """A3: the alarm closes when all its rooms are closed and the cause is gone."""
    booked = down_for_good(evening, *ROOMS)
    evening.until("06:36")
    evening.om.mend()
    evening.advance(30)
    alarm = of_kind(evening, AlarmKind.DEVICE_DOWN)
    assert "It is over. 3 rooms are still to be woken by hand" in alarm.text
    for wakeup in booked:
        evening.close(wakeup, "Ben", "woken_by_staff")
    assert evening.open_alarms() == ()
    done = next(a for a in evening.alarms() if a.id == alarm.id)
    assert done.outcome == "recovered"


def test_a_cause_that_comes_back_is_told_again(evening: Evening) -> None:
    """A3: a device that is down a second time is news, though its list is open."""
    down_for_good(evening, *ROOMS)
    evening.until("06:36")
    evening.acknowledge(of_kind(evening, AlarmKind.DEVICE_DOWN).id, by="Anna")
    evening.om.mend()
    evening.advance(30)
    assert of_kind(evening, AlarmKind.DEVICE_DOWN).acknowledged_by == "Anna"
    evening.om.cut()
    evening.advance(60)
    alarm = of_kind(evening, AlarmKind.DEVICE_DOWN)
    assert alarm.acknowledged_by is None
    assert "It is over" not in alarm.text


def test_a_late_list_closes_with_its_last_room(evening: Evening) -> None:
    """A3: what is past needs no recovery."""
    booked = [evening.book(room, "06:30") for room in ROOMS]
    evening.crash()
    evening.until("06:45")
    evening.start()
    for wakeup in booked:
        assert len(evening.open_alarms()) == 1
        evening.close(wakeup, "Anna", "woken_by_staff")
    assert evening.open_alarms() == ()


def test_an_outcome_for_a_list_must_be_meant_for_all_its_rooms(evening: Evening) -> None:
    """A3: closed room by room, unless somebody says that it holds for every one."""
    booked = down_for_good(evening, *ROOMS)
    evening.until("06:36")
    alarm = of_kind(evening, AlarmKind.DEVICE_DOWN)
    with pytest.raises(Refusal) as caught:
        evening.acknowledge(alarm.id, by="Anna", outcome="woken_by_staff")
    assert (caught.value.code, caught.value.status) == ("close_room_by_room", 409)
    assert caught.value.facts["wakeups"] == booked
    known = evening.acknowledge(alarm.id, by="Anna", outcome="woken_by_staff", note="all up", all=True)
    assert {evening.wakeup(id).state for id in booked} == {WakeupState.CLOSED}
    assert {item.closed_by for item in known.items} == {"Anna"}


def test_rooms_that_are_all_closed_by_their_alarm_leave_a_device_that_is_still_down(evening: Evening) -> None:
    """A3: the alarm closes when all its rooms are closed and the cause is gone."""
    down_for_good(evening, *ROOMS)
    evening.until("06:36")
    alarm = of_kind(evening, AlarmKind.DEVICE_DOWN)
    known = evening.acknowledge(alarm.id, by="Anna", outcome="woken_by_staff", note="all up", all=True)
    assert (known.open, known.acknowledged_by, known.note) == (True, "Anna", "all up")
    evening.om.mend()
    evening.advance(20)
    assert evening.open_alarms() == ()


def test_the_last_room_of_a_list_may_be_closed_by_its_alarm(evening: Evening) -> None:
    """A2: with one room left an outcome is about that room."""
    booked = [evening.book(room, "06:30") for room in ROOMS]
    evening.crash()
    evening.until("06:45")
    evening.start()
    (alarm,) = evening.open_alarms()
    for wakeup in booked[1:]:
        evening.close(wakeup, "Ben", "woken_by_staff")
    closed = evening.acknowledge(alarm.id, by="Anna", outcome="not_in_room")
    assert (closed.open, closed.outcome, closed.acknowledged_by) == (False, "not_in_room", "Anna")
    assert evening.wakeup(booked[0]).result == "not_in_room"


# --- acknowledging is not waking ---


def failed(evening: Evening) -> int:
    evening.phone("212", NoAnswer(rings=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:36")
    return wakeup


def test_acknowledging_does_not_close_the_wake_up(evening: Evening) -> None:
    """A2: the wake-up is final only with an outcome."""
    wakeup = failed(evening)
    heard = evening.acknowledge(evening.open_alarms()[0].id, by="Anna", note="on my way")
    assert (heard.open, heard.note, heard.acknowledged_by) == (True, "on my way", "Anna")
    assert evening.wakeup(wakeup).state == WakeupState.ALARMED
    assert any("acknowledged by Anna: “on my way”" in line.text for line in evening.wakeup(wakeup).history)


def test_everybody_who_acknowledged_stays_named(evening: Evening) -> None:
    """A2: a second person's acknowledgement takes nothing from the first."""
    failed(evening)
    alarm = evening.open_alarms()[0].id
    evening.acknowledge(alarm, by="Anna", note="on my way")
    evening.until("06:40")
    evening.acknowledge(alarm, by="Ben")
    evening.until("06:44")
    closed = evening.acknowledge(alarm, by="Carl", outcome="woken_by_staff", note="was asleep")
    assert closed.note == "on my way (Anna, 06:36) (Ben, 06:40); was asleep"
    assert closed.acknowledged_by == "Carl"


@pytest.mark.parametrize("outcome", ["woken_by_staff", "not_in_room", "refused", "cancelled"])
def test_an_outcome_closes_the_alarm_and_the_wake_up(evening: Evening, outcome: str) -> None:
    """A2: `acknowledge` with an `outcome` does both."""
    wakeup = failed(evening)
    closed = evening.acknowledge(evening.open_alarms()[0].id, by="Anna", outcome=outcome)
    assert (closed.open, closed.outcome) == (False, outcome)
    assert (evening.wakeup(wakeup).state, evening.wakeup(wakeup).result) == (WakeupState.CLOSED, outcome)
    with pytest.raises(Refusal) as caught:
        evening.acknowledge(closed.id, by="Ben")
    assert caught.value.code == "already_closed"


def test_an_outcome_while_the_ladder_runs_ends_it(evening: Evening) -> None:
    """A2: a person who went there early is believed."""
    evening.phone("212", Offline(3), Answers())
    wakeup = evening.book("212", "06:30")
    evening.until("06:31")
    evening.acknowledge(evening.open_alarms()[0].id, by="Anna", outcome="woken_by_staff")
    evening.until("06:40")
    assert evening.wakeup(wakeup).state == WakeupState.CLOSED
    assert evening.rings("212") == []


# --- on paper ---


def test_a_list_can_be_printed_and_walked_with(evening: Evening) -> None:
    """A3: printable: time, room, note, what happened, a box."""
    evening.booked("113", "06:30", note="tea, and mind the dog that sleeps behind the door of the room")
    booked = down_for_good(evening, *ROOMS)
    evening.until("06:36")
    evening.close(booked[0], "Anna", "woken_by_staff")
    page = evening.printed(of_kind(evening, AlarmKind.DEVICE_DOWN).id)
    lines = page.splitlines()
    assert max(map(len, lines)) <= 92
    assert "Hotel Example" in lines[0] and "Tue 24 Nov 2026 06:36" in lines[0]
    boxes = [line for line in lines if "[ ]" in line or "[x]" in line]
    assert [line[13:16] for line in boxes] == ["111", "112", "113", "110"]  # what is done comes last
    assert "woken_by_staff" in page and "tea, and mind" in page


def test_a_page_about_one_room_says_once_what_happened(evening: Evening) -> None:
    """A3: printable."""
    evening.phone("212", NoAnswer(rings=20))
    evening.booked("212", "06:30", note="tea, and mind the dog that sleeps behind the door")
    evening.until("06:40")
    page = evening.printed(of_kind(evening, AlarmKind.WAKEUP_FAILED).id)
    assert page.count("nobody answered") == 1
    assert "tea, and mind the dog that sleeps behind the door  " in page and "[ ] ____" in page


def test_on_a_list_each_line_is_as_short_as_the_others(evening: Evening) -> None:
    """A3: a list by due time."""
    down_for_good(evening, *ROOMS)
    evening.until("06:36")
    texts = {item.text for item in of_kind(evening, AlarmKind.DEVICE_DOWN).items}
    assert texts == {"3 tries: the telephone exchange did not answer"}
