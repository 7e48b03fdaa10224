"""Calls for help (rule A5, promise 10) in a whole hotel, seen at its desk and at its exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hotelbridge.core.records import AlarmKind
from hotelbridge.services.emergencies import is_emergency
from hotelbridge.services.views import AlarmView
from hotelbridge.store import emergencycalls, journal
from hotelbridge.testing.fake_om_faults import EventFault
from hotelbridge.testing.fake_om_scripts import RINGS_FOR_EVER, Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.guests_in import Guests

DESK = """
    [[property.om.menu]]
    id = 9
    voicefile = "alarm_en"

  [property.desk]
  phones = ["100", "101"]
"""
TALKS = Answers(after=3, talk=60)
LINE = "02161208234"  # an analogue trunk
SIP = "02161204000"
Hotel = Callable[..., Evening]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    made: list[Evening] = []

    def make(more: str = DESK, **given: str) -> Evening:
        made.append(Evening(tmp_path, more=more, **given))
        made[0].om.exchange.zone = ZoneInfo("Europe/Vienna")  # its call records tell the hotel's time
        made[0].advance(20)  # the phones are compared after a start
        made[0].forget_changes()
        return made[0]

    yield make
    for evening in made:
        evening.stop()


@pytest.fixture
def quiet(hotel: Hotel) -> Evening:
    """A hotel whose trunks send no ALERT."""
    evening = hotel()
    for trunk in evening.om.trunk_numbers:
        evening.om.hush(trunk)
    return evening


def calls_for_help(evening: Evening) -> list[AlarmView]:
    return [alarm for alarm in evening.open_alarms() if alarm.kind == AlarmKind.EMERGENCY_CALL]


def the_alarm(evening: Evening) -> AlarmView:
    (alarm,) = calls_for_help(evening)
    return alarm


def asked(evening: Evening, phone: str = "212") -> list[str]:
    """When the exchange was asked about a phone, on the hotel's clocks."""
    return [
        seen.at.astimezone(evening._settings.properties[0].zone).strftime("%H:%M:%S")
        for seen in evening.om.seen("Query")
        if f'id="{phone}"' in seen.body.decode() and "<ext" in seen.body.decode()
    ]


# --- where the trunk tells it ---


@pytest.mark.parametrize("trunk", [LINE, SIP])
def test_a_call_for_help_alarms_within_a_second_of_its_first_report(hotel: Hotel, trunk: str) -> None:
    """A5: the number is first seen at ALERT, or TRANSIENT; consoles are told and the desk's phones ring."""
    evening = hotel()
    evening.phone("100", NoAnswer(rings=20))
    evening.om.guest_dials("212", "144", TALKS, trunk)
    evening.advance(1.5)
    alarm = the_alarm(evening)
    assert alarm.text == (
        "EMERGENCY CALL: 144 was dialled in room 212, on phone 212 (om20) at 06:25:21. "
        "Go there, and let help in."
    )
    assert (alarm.room, alarm.level, alarm.wakeup) == ("212", 1, None)
    assert str(alarm.id) in evening.changes("alarm")
    assert evening.rings("100") == ["06:25:21"]


@pytest.mark.parametrize("trunk", [LINE, SIP])
def test_one_call_is_one_alarm_however_often_it_is_told(hotel: Hotel, trunk: str) -> None:
    """A5: ALERT, ANSWERED, BYE and the call record, each told twice, are one call."""
    evening = hotel()
    for name in ("ALERT", "TRANSIENT", "ANSWERED", "BYE", "IDLE", "BUSY"):
        evening.om.faults.always(EventFault.DUPLICATE, name)
    evening.om.guest_dials("212", "144", TALKS, trunk)
    evening.advance(120)
    assert "Again" not in the_alarm(evening).text
    id = the_alarm_id(evening)
    assert len(evening.read(lambda tx: emergencycalls.of_alarm(tx, id))) == 1
    lines = evening.read(lambda tx: journal.of_room(tx, "main", "212"))
    assert [line.text for line in lines if line.what == "emergency_call"] == [
        f"144 was dialled on phone 212 (om20); alarm {the_alarm_id(evening)}"
    ]


def the_alarm_id(evening: Evening) -> int:
    return the_alarm(evening).id


def test_a_normal_call_does_nothing(hotel: Hotel) -> None:
    evening = hotel()
    for number in ("06641441", "0144", "213", "01 1440"):
        evening.om.guest_dials("212", number, Answers(after=2, talk=5))
        evening.advance(30)
    assert evening.open_alarms() == ()
    assert len(evening.om.rings) == 1  # 213's own


def test_the_prefix_of_an_outside_line_makes_no_difference(hotel: Hotel) -> None:
    """A5: matched with and without it."""
    evening = hotel(keys='outside_prefix = "0"')
    evening.om.guest_dials("212", "0144", TALKS)
    evening.om.guest_dials("213", "144", TALKS)
    evening.advance(2)
    assert [alarm.room for alarm in calls_for_help(evening)] == ["212", "213"]
    rules = evening.daemon.houses["main"].rules
    assert is_emergency(rules, "0144") and is_emergency(rules, "133") and not is_emergency(rules, "0664144")


def test_a_second_call_makes_the_alarm_loud_again(hotel: Hotel) -> None:
    """A5: acknowledged by name, it is silent; the next call from that room is heard at once."""
    evening = hotel()
    evening.om.guest_dials("212", "144", Answers(after=3, talk=20))
    evening.advance(10)
    heard = evening.acknowledge(the_alarm_id(evening), "anna", note="went up")
    evening.advance(40)
    evening.forget_changes()
    rung = len(evening.rings("100"))
    evening.om.guest_dials("212", "144", Answers(after=3, talk=20))
    evening.advance(1.5)
    alarm = the_alarm(evening)
    assert alarm.id == heard.id and alarm.acknowledged_by is None and "(anna, 06:25)" in alarm.note
    assert "Again at 06:26. Go" in alarm.text
    assert str(alarm.id) in evening.changes("alarm")
    assert len(evening.rings("100")) == rung + 1


def test_an_alarm_closed_by_name_is_not_opened_again_by_the_same_call(hotel: Hotel) -> None:
    evening = hotel()
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(2)  # it rings at the far side; ANSWERED, BYE and the record are still to come
    evening.acknowledge(the_alarm_id(evening), "anna", "cancelled", note="a child")
    evening.advance(120)
    assert calls_for_help(evening) == []
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(2)
    assert "Again" not in the_alarm(evening).text


def test_lost_reports_of_the_first_call_do_not_hide_the_second(hotel: Hotel) -> None:
    """A5: BUSY shows that the phone was put down in between, though no IDLE came."""
    evening = hotel()
    evening.om.guest_dials("212", "144", NoAnswer(rings=5))
    evening.advance(2)
    for name in ("BYE", "IDLE", "CDR"):
        evening.om.faults.always(EventFault.LOSE, name)
    evening.advance(30)
    evening.om.guest_dials("212", "144", NoAnswer(rings=5))
    evening.advance(2)
    assert "Again at 06:25. Go" in the_alarm(evening).text


def test_a_desk_phone_calls_help_and_the_other_one_rings(hotel: Hotel) -> None:
    """A5: any phone of the house; the one that calls is left alone."""
    evening = hotel()
    evening.om.guest_dials("100", "133", TALKS)
    evening.advance(2)
    alarm = the_alarm(evening)
    assert alarm.room is None
    assert "133 was dialled on phone 100 (om20) at" in alarm.text
    assert evening.rings("100") == [] and len(evening.rings("101")) == 1


def test_a_phone_of_no_room_calls_help(hotel: Hotel) -> None:
    """A5: the kitchen's phone stands in no configuration, and reports all the same."""
    evening = hotel()
    evening.om.add_phone("150", "Phone 99", api="7")
    evening.om.guest_dials("150", "133", TALKS)
    evening.advance(2)
    assert "133 was dialled on phone 150 (om20)" in the_alarm(evening).text


def test_both_phones_of_a_room_are_one_alarm(hotel: Hotel) -> None:
    evening = hotel()
    evening.om.guest_dials("301", "144", TALKS)
    evening.advance(3)
    evening.om.guest_dials("302", "133", TALKS)
    evening.advance(3)
    assert "in room suite, on phone 301" in the_alarm(evening).text
    assert "Again at 06:25 (133, phone 302)." in the_alarm(evening).text


def test_a_call_whose_reports_were_all_lost_is_found_by_its_record(hotel: Hotel) -> None:
    """A5: late is better than never: the call record tells it when the call is over."""
    evening = hotel()
    for name in ("TRANSIENT", "ALERT", "ANSWERED", "BYE", "BUSY", "IDLE"):
        evening.om.faults.always(EventFault.LOSE, name)
    evening.om.guest_dials("212", "144", Answers(after=3, talk=10))
    evening.advance(10)
    assert calls_for_help(evening) == []
    evening.advance(10)
    assert the_alarm(evening).room == "212"


def test_it_goes_before_guests_where_calls_are_scarce(hotel: Hotel) -> None:
    """A5: all calls of the exchange are wake-ups; the next one that is free tells the desk."""
    evening = hotel()
    for room in range(110, 120):
        evening.phone(str(room), NoAnswer(rings=30))
        evening.book(str(room), "06:30")
    evening.until("06:30:10")
    assert evening.most_calls_at_once() == 4
    evening.om.guest_dials("212", "144", TALKS)
    evening.until("06:30:50")
    (rung,) = evening.rings("100")
    seconds = sorted(at for room in range(114, 118) for at in evening.rings(str(room)))
    assert rung <= seconds[0]


def test_it_is_heard_while_a_wakeup_alarm_is_open(hotel: Hotel) -> None:
    """A5: the desk was told of a wake-up that failed; a call for help does not wait for the next round."""
    evening = hotel(more=DESK.replace('phones = ["100", "101"]', 'phones = ["100"]\n  pause = "60s"'))
    evening.phone("213", NoAnswer(rings=30))
    evening.phone("100", NoAnswer(rings=5))
    evening.book("213", "06:30")
    evening.until("06:35:40")
    (failed,) = evening.open_alarms()
    assert failed.kind == AlarmKind.WAKEUP_FAILED
    assert evening.rings("100") == ["06:35:30"]
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(2)
    assert [alarm.kind for alarm in evening.open_alarms()] == [
        AlarmKind.WAKEUP_FAILED,
        AlarmKind.EMERGENCY_CALL,
    ]
    assert evening.rings("100")[1:] == ["06:35:40"]


def test_whoever_is_outside_is_told_at_once_where_no_console_listens(hotel: Hotel) -> None:
    """A5, A1: and no name leaves the house."""
    evening = hotel(more='  [property.alarm]\n  hook = "https://example.com/alarm"\n' + DESK)
    Guests(evening).comes("212")
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(2)
    ((_, letter),) = evening.outside.letters
    assert "144 was dialled in room 212" in letter.text
    assert "Guest" not in letter.text + letter.facts


# --- who it is ---


def test_only_who_may_know_guests_reads_their_names(hotel: Hotel) -> None:
    """A5: the names of those who were in the room then are shown to the desk, and masked for all others."""
    evening = hotel()
    Guests(evening).comes("212")
    evening.advance(5)
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(2)
    id = the_alarm_id(evening)
    Guests(evening).goes("212")
    desk = evening.ask("alarm", id, named=True)
    assert desk.text.endswith("let help in. Guest: \u201cGuest\u201d.")
    assert evening.ask("alarm", id).text.endswith("let help in. Guest: \u201c\u2026\u201d.")
    (listed,) = evening.ask("alarms", True, 10, None, named=True).items
    assert listed.text == desk.text
    assert "Guest: \u201cGuest\u201d" in " ".join(evening.ask("alarm_list", id, named=True).split())
    assert "\u201cGuest\u201d" not in evening.ask("alarm_list", id)


# --- where the trunk tells nothing ---


def test_without_alert_the_phone_is_asked_until_its_number_shows(quiet: Evening) -> None:
    """A5: a BUSY is followed by Query at 2, 5 and 10 s until `outer to` shows."""
    quiet.om.guest_lifts("212")
    quiet.advance(3)
    quiet.om.guest_dials("212", "144", TALKS)
    before = quiet.local()
    quiet.advance(2.5)
    assert before == "06:25:24"
    assert "144 was dialled in room 212, on phone 212 (om20) at 06:25:26" in the_alarm(quiet).text
    assert asked(quiet)[-2:] == ["06:25:23", "06:25:26"]
    count = len(asked(quiet))
    quiet.advance(120)
    assert len(asked(quiet)) == count
    assert "Again" not in the_alarm(quiet).text


def test_a_phone_is_asked_three_times_at_the_most(quiet: Evening) -> None:
    """A5: somebody who lifts and dials nothing is not asked for ever."""
    count = len(asked(quiet))
    quiet.om.faults.always(EventFault.DUPLICATE, "BUSY")
    quiet.om.guest_lifts("212")
    quiet.advance(120)
    assert asked(quiet)[count:] == ["06:25:23", "06:25:26", "06:25:31"]
    assert quiet.open_alarms() == ()


def test_a_phone_put_down_is_not_asked_any_more(quiet: Evening) -> None:
    """A5: until it is idle again; lifted again it is asked again."""
    count = len(asked(quiet))
    quiet.om.guest_lifts("212")
    quiet.advance(3)
    quiet.om.guest_hangs_up("212")
    quiet.advance(20)
    assert asked(quiet)[count:] == ["06:25:23"]
    quiet.om.guest_lifts("212")
    quiet.advance(3)
    assert asked(quiet)[count + 1 :] == ["06:25:46"]


def test_a_normal_call_is_asked_about_once(quiet: Evening) -> None:
    count = len(asked(quiet))
    quiet.om.guest_dials("212", "0664144", TALKS)
    quiet.advance(30)
    assert len(asked(quiet)) == count + 1
    assert quiet.open_alarms() == ()


def test_calls_that_the_house_knows_are_not_asked_about(quiet: Evening) -> None:
    """A5: neither a caller from outside, nor a call between two rooms."""
    rooms = ("212", "213", "111")
    counts = {room: len(asked(quiet, room)) for room in rooms}
    quiet.om.incoming(SIP, "13012345678", "212")
    quiet.om.guest_dials("213", "111", TALKS)
    quiet.advance(60)
    assert {room: len(asked(quiet, room)) for room in rooms} == counts


def test_our_own_ring_is_not_asked_about(quiet: Evening) -> None:
    """A5: the BUSY that a wake-up causes is explained by it."""
    quiet.phone("110", NoAnswer(rings=30))
    quiet.book("110", "06:30")
    quiet.until("06:29:59")
    count = len(asked(quiet, "110"))
    quiet.until("06:30:20")
    assert quiet.rings("110") == ["06:30:00"]
    assert len(asked(quiet, "110")) == count


def test_a_device_that_does_not_answer_is_asked_again_at_the_next_time(quiet: Evening) -> None:
    quiet.om.guest_dials("212", "144", Answers(after=3, talk=60))
    quiet.om.network = "dead"
    quiet.advance(3)
    quiet.om.network = "up"
    quiet.advance(12)
    assert the_alarm(quiet).room == "212"


# --- it is a row ---


def test_an_alarm_survives_a_kill_and_the_rest_of_its_call_is_known(hotel: Hotel) -> None:
    """A5: ANSWERED, BYE and the record come after the start, and are of the same call."""
    evening = hotel()
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(1)
    evening.crash()
    evening.advance(1)
    evening.start()
    evening.advance(120)
    assert "Again" not in the_alarm(evening).text
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(2)
    assert "Again at 06:27. Go" in the_alarm(evening).text


def test_what_was_being_asked_is_asked_after_a_kill(quiet: Evening) -> None:
    """A5: a BUSY that was worked off before the kill is asked about at once after the start."""
    quiet.om.add_phone("150", "Phone 99", api="7")  # no phone that is compared after a start
    quiet.om.guest_dials("150", "144", TALKS)
    quiet.advance(1)
    quiet.crash()
    quiet.advance(4)
    quiet.start()
    quiet.advance(2)
    assert "144 was dialled on phone 150" in the_alarm(quiet).text


def test_a_call_that_began_while_the_program_was_down_is_found_when_phones_are_compared(
    quiet: Evening,
) -> None:
    """A5: whatever Query shows a call to an emergency number, by whomever it was asked, alarms."""
    quiet.crash()
    quiet.om.guest_dials("212", "144", RINGS_FOR_EVER)
    quiet.advance(30)
    quiet.start()
    quiet.advance(30)
    assert the_alarm(quiet).room == "212"


def test_a_report_that_was_not_worked_off_alarms_after_the_start(hotel: Hotel) -> None:
    evening = hotel()
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(0.501)  # saved, and the unit that works it off is still to come
    evening.crash()
    evening.advance(1)
    evening.start()
    evening.advance(1)
    assert the_alarm(evening).room == "212"


def test_a_restart_of_the_device_ends_its_calls(hotel: Hotel) -> None:
    evening = hotel()
    evening.om.guest_dials("212", "144", TALKS)
    evening.advance(2)
    evening.om.reboot(5)
    evening.advance(20)
    assert evening.read(lambda tx: emergencycalls.under_way(tx, "main")) == []
