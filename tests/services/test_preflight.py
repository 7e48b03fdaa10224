"""Half an hour before due the phones are looked at, while the guests still sleep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotelbridge.core.records import AlarmKind
from hotelbridge.services.preflight import known_trouble
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import Evening

BEGINS = datetime(2026, 11, 24, 5, 58, tzinfo=UTC)  # 06:58 in the hotel; the looks for 07:30 are at 07:00


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    hotel = Evening(tmp_path, begins=BEGINS)
    yield hotel
    hotel.stop()


def looks_at(evening: Evening, phone: str) -> list[str]:
    """When the phone was asked, on the hotel's clocks."""
    zone = evening._settings.properties[0].zone
    return [
        f"{one.at.astimezone(zone):%H:%M}"
        for one in evening.om.seen("Query")
        if one.words == f"Query ext {phone}"
    ]


def dangers(evening: Evening) -> list[str]:
    return [alarm.text for alarm in evening.open_alarms() if alarm.kind == AlarmKind.PHONE_OFFLINE]


def test_each_phone_is_looked_at_once_half_an_hour_before_due(evening: Evening) -> None:
    evening.book("212", "07:30")
    before = len(looks_at(evening, "212"))
    evening.until("07:12")
    assert looks_at(evening, "212")[before:] == ["07:00"]
    assert evening.open_alarms() == ()


def test_a_phone_off_the_hook_is_told_in_time_and_the_alarm_closes_when_it_is_put_down(
    evening: Evening,
) -> None:
    evening.phone("212", Answers(after=2.0, talk=30.0))
    id = evening.book("212", "07:30")
    evening.om.guest_leaves_off_hook("212")
    evening.until("07:00:10")
    (text,) = dangers(evening)
    assert text.startswith("Room 212: the wake-up at 07:30 is in danger: phone 212 is off the hook.")
    evening.until("07:10")
    evening.om.guest_hangs_up("212")
    evening.advance(15)
    assert evening.open_alarms() == ()
    evening.until("07:35")
    assert evening.wakeup(id).state == "woken"


def test_an_unplugged_phone_closes_its_alarm_when_it_registers_again(evening: Evening) -> None:
    evening.book("212", "07:30")
    evening.om.unplug("212")
    evening.until("07:01")
    assert "is not connected" in dangers(evening)[0]
    evening.om.plug("212")
    evening.advance(10)
    assert evening.open_alarms() == ()


@pytest.mark.parametrize(
    "values", [{"autoAnswer": "yes"}, {"Fwd_Type": "4", "Fwd_Number": "218"}], ids=["autoAnswer", "Fwd_Type"]
)
def test_what_cannot_be_opened_is_told_and_noticed_when_it_is_gone(
    evening: Evening, values: dict[str, str]
) -> None:
    """R6: an unknown `Fwd_Type` cannot be opened; one that was put right closes the alarm in minutes."""
    evening.book("212", "07:30")
    evening.om.phone("212").parameters |= values
    evening.om.phone("212").tells_auto_answer = True
    evening.until("07:01")
    assert len(dangers(evening)) == 1
    for name in values:
        evening.om.phone("212").parameters.pop(name)
    evening.until("07:07")
    assert evening.open_alarms() == ()


def test_what_a_wakeup_opens_by_itself_is_no_alarm(evening: Evening) -> None:
    """R6: Do Not Disturb and forwarding of type 1 are opened before the first try."""
    evening.book("212", "07:30")
    evening.om.phone("212").parameters |= {"No_Disturb": "on", "Fwd_Type": "1", "Fwd_Number": "213"}
    evening.until("07:02")
    assert evening.open_alarms() == ()


def test_a_phone_that_is_lost_after_the_look_is_told_too(evening: Evening) -> None:
    evening.book("212", "07:30")
    evening.until("07:02")
    evening.om.unplug("212")
    evening.advance(10)
    assert "is not connected" in dangers(evening)[0]


def test_nobody_mends_it_and_the_alarm_becomes_that_of_the_wakeup(evening: Evening) -> None:
    id = evening.book("212", "07:30")
    evening.om.unplug("212")
    evening.until("07:01")
    (early,) = evening.open_alarms()
    evening.until("07:40")
    (late,) = evening.open_alarms()
    assert late.id == early.id and late.kind == AlarmKind.WAKEUP_FAILED and late.wakeup == id


def test_a_booking_within_the_half_hour_is_looked_at_at_once(evening: Evening) -> None:
    evening.om.unplug("212")
    evening.book("212", "07:10")
    evening.advance(10)
    assert len(dangers(evening)) == 1


def test_a_cancelled_wakeup_leaves_no_alarm(evening: Evening) -> None:
    id = evening.book("212", "07:30")
    evening.om.unplug("212")
    evening.until("07:01")
    evening.cancel(id)
    evening.until("07:08")
    assert evening.open_alarms() == ()


def test_a_room_with_one_phone_that_can_ring_is_told_so(evening: Evening) -> None:
    evening.book("suite", "07:30")
    evening.om.unplug("301")
    evening.until("07:01")
    assert "phone 301 is not connected" in dangers(evening)[0] and "phone 302 can ring" in dangers(evening)[0]


def test_a_silent_device_delays_no_ring_and_is_looked_at_when_it_is_back(evening: Evening) -> None:
    evening.phone("213", Answers(after=1.0, talk=30.0))
    late, soon = evening.book("212", "07:40"), evening.book("213", "07:11")
    evening.om.unplug("212")
    evening.until("06:59")
    evening.om.faults.always(CommandFault.HANG, "Query")
    evening.until("07:12")
    assert evening.wakeup(soon).state == "woken"
    assert dangers(evening) == []
    evening.om.faults.clear()
    evening.until("07:15")
    assert len(dangers(evening)) == 1 and evening.wakeup(late).state == "scheduled"


def test_a_phone_that_answers_nonsense_keeps_nobody_else_from_being_looked_at(evening: Evening) -> None:
    evening.book("212", "07:29")
    evening.book("213", "07:30")
    evening.om.unplug("213")
    evening.om.faults.always(CommandFault.GARBAGE, "Query", phone="212")
    evening.until("07:03")
    assert len(dangers(evening)) == 1 and "phone 213 is not connected" in dangers(evening)[0]


def test_a_phone_that_the_device_does_not_know_is_told(evening: Evening) -> None:
    evening.book("212", "07:30")
    del evening.om._plant.phones["212"]
    evening.until("07:01")
    assert "phone 212 is not known to the telephone exchange" in dangers(evening)[0]


def test_a_wakeup_that_rings_elsewhere_because_the_phone_is_away_is_no_proof(evening: Evening) -> None:
    """R6: `Off_Line_Num` cannot be opened: told beforehand, and told apart when it happens."""
    evening.om.faults.divert_told = False
    evening.om.phone("212").parameters["Off_Line_Num"] = "213"
    id = evening.book("212", "07:05")
    evening.advance(10)
    evening.om.unplug("212")
    evening.until("07:05:40")
    assert [a.outcome for a in evening.wakeup(id).attempts] == ["diverted"]
    assert {alarm.kind for alarm in evening.open_alarms()} == {AlarmKind.PHONE_OFFLINE}


def test_looks_are_spread_a_few_in_a_second(evening: Evening) -> None:
    rooms = [str(n) for n in range(110, 132)]
    for room in rooms:
        evening.book(room, "07:30")
    evening.until("07:00")
    before = len(evening.om.seen("Query"))
    evening.advance(1)
    assert len(evening.om.seen("Query")) - before <= 5
    evening.advance(30)
    assert all("07:00" in looks_at(evening, room) for room in rooms)


def test_a_look_survives_a_restart_with_its_result(evening: Evening) -> None:
    evening.book("212", "07:30")
    evening.book("213", "07:30")
    evening.om.unplug("212")
    evening.until("07:01")
    evening.crash()
    evening.advance(20)
    looked = len(looks_at(evening, "213"))
    evening.start()
    evening.advance(60)
    assert len(looks_at(evening, "213")) == looked + 1  # what a start asks of every phone, and no look
    assert len(dangers(evening)) == 1
    evening.om.plug("212")
    evening.advance(10)
    assert evening.open_alarms() == ()


def test_a_menu_that_is_gone_is_set_again_before_the_wakeup(evening: Evening) -> None:
    """R7: the guest would be rung and hear nothing."""
    evening.book("212", "07:30")
    evening.until("06:59")
    evening.om._plant.menus.clear()
    evening.until("07:01")
    assert evening.om.menus["1"].voicefile == "wakeup_en"


def test_a_menu_that_cannot_be_set_is_one_alarm_for_all(evening: Evening) -> None:
    """A3: alarms of one cause are one."""
    for room in ("212", "213"):
        evening.book(room, "07:30")
    evening.until("06:59")
    evening.om._plant.menus.clear()
    evening.om.faults.always(CommandFault.FAIL, "Assign")
    evening.until("07:02")
    assert [alarm.kind for alarm in evening.open_alarms()] == [AlarmKind.DEVICE_PARAMETER]


def test_looking_ahead_can_be_switched_off(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, begins=BEGINS, more='[property.wakeup]\npreflight = "0s"\n')
    hotel.om.unplug("212")
    hotel.book("212", "07:30")
    hotel.until("07:02")
    assert hotel.open_alarms() == ()
    hotel.stop()


def test_a_booking_can_say_what_is_known_of_the_phones(evening: Evening) -> None:
    """R6: `Off_Line_Num` and `autoAnswer` cannot be opened: said at booking."""
    evening.om.phone("212").parameters["Off_Line_Num"] = "218"
    evening.book("212", "07:10")
    evening.advance(10)
    found: list[tuple[str, ...]] = []
    rules = evening.daemon.houses["main"].rules
    evening.daemon.db.read(lambda tx: known_trouble(tx, rules, "212")).addCallback(found.append)
    assert "hands its calls to 218" in found[0][0]
