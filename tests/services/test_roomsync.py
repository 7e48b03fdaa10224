"""The phones of rooms follow who lives there, whatever is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.core.records import AlarmKind, Phone
from hotelbridge.services.phoneanswers import Met, learned, nobody_reads
from hotelbridge.services.roomsync import RoomSync, want
from hotelbridge.store import phones
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.guests_in import Guests

DESK_MENU = '[[property.om.menu]]\nid = 9\nvoicefile = "alarm"\n'
KEEPS = {"No_Disturb": "on", "Fwd_Type": "1", "Fwd_Number": "213"}  # a guest's own wishes


@pytest.fixture
def guests(evening: Evening) -> Guests:
    return Guests(evening)


def holds(hotel: Evening, name: str, phone: str = "212") -> str:
    return str(hotel.om.phone(phone).parameters.get(name, ""))


def row(hotel: Evening, number: str = "212") -> Phone:
    found = hotel.read(lambda tx: phones.get(tx, "main", "om20", number))
    assert found is not None
    return found


def assigns(hotel: Evening, phone: str = "212") -> list[str]:
    """What was assigned to the phone, each time."""
    lineid = hotel.om.phone(phone).lineid
    bodies = [one.body.decode() for one in hotel.om.seen("Assign") if one.words.endswith(f"ext {lineid}")]
    return [body.split(">", 3)[3].partition("</ext>")[0] for body in bodies]


def queries(hotel: Evening) -> list[str]:
    return [one.words for one in hotel.om.seen("Query") if one.words.startswith("Query ext")]


def drifts(hotel: Evening) -> list[str]:
    return [alarm.text for alarm in hotel.open_alarms() if alarm.kind == AlarmKind.PHONE_DRIFT]


# --- coming and going ---


def test_a_check_in_opens_the_line_and_a_check_out_bars_it(evening: Evening, guests: Guests) -> None:
    """M1, A5, M2."""
    guests.comes("212", "national")
    evening.advance(1)
    assert holds(evening, "Call_Restriction") == "2" and row(evening).in_sync
    evening.om.phone("212").parameters.update(KEEPS, WAKEUP="06:15")
    guests.goes("212")
    evening.advance(1)
    assert [holds(evening, name) for name in ("Call_Restriction", "No_Disturb", "Fwd_Type", "WAKEUP")] == [
        "1",
        "off",
        "0",
        "00:00",
    ]
    assert row(evening).once == {} and row(evening).cause.startswith("told by fias: room 212 is vacant")


def test_only_what_differs_is_assigned(evening: Evening, guests: Guests) -> None:
    before = len(assigns(evening))
    guests.comes("212", "local")
    evening.advance(1)
    assert assigns(evening)[before:] == ["<Call_Restriction>1</Call_Restriction>"]
    guests.comes("212", "local")  # a sharer
    evening.advance(1)
    assert len(assigns(evening)) == before + 1


def test_phones_of_which_nothing_was_said_only_report(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, more='[property.desk]\nphones = ["100"]\nmenu = 9\n' + DESK_MENU)
    hotel.advance(2)
    assert {holds(hotel, "Call_Restriction", phone) for phone in ("110", "212", "301", "100")} == {"3"}
    assert {holds(hotel, "api", phone) for phone in ("110", "212", "301", "100")} == {"7"}
    hotel.stop()


def test_every_phone_of_a_room_follows_it(evening: Evening, guests: Guests) -> None:
    guests.comes("suite", "local")
    evening.advance(1)
    assert [holds(evening, "Call_Restriction", phone) for phone in ("301", "302")] == ["1", "1"]


def test_once_an_emergency_call_is_proved_level_0_is_sent(tmp_path: Path) -> None:
    """A5."""
    hotel = Evening(tmp_path, more='[property.emergency]\nproved = "2026-11-24 A. Porter"\n')
    guests = Guests(hotel)
    guests.comes("212")
    guests.goes("212")
    hotel.advance(1)
    assert holds(hotel, "Call_Restriction") == "0"
    hotel.stop()


def test_what_was_set_and_why_can_be_written_down(evening: Evening, guests: Guests) -> None:
    lines: list[str] = []
    sync = evening.daemon.parts["main"]._phones
    assert isinstance(sync, RoomSync)
    sync._journal = lambda tx, phone, words, at: lines.append(words)
    guests.comes("212", "national")
    evening.advance(1)
    assert lines == [
        "212 on om20: Call_Restriction 2 set (told by fias: room 212 is occupied; "
        "class national (said of a guest in 212 by fias))"
    ]


# --- what is the guest's own ---


def test_a_compare_leaves_the_guests_own_and_says_nothing(evening: Evening, guests: Guests) -> None:
    """R6."""
    guests.comes("212", "national")
    evening.advance(1)
    evening.om.phone("212").parameters.update(KEEPS, Call_Restriction="3", WAKEUP="06:15")
    evening.om.change_configuration()
    evening.advance(3)
    assert holds(evening, "Call_Restriction") == "2"
    assert {name: holds(evening, name) for name in KEEPS} == KEEPS and holds(evening, "WAKEUP") == "06:15"
    assert evening.open_alarms() == ()


def test_the_pms_may_set_do_not_disturb_and_the_guest_may_change_it(evening: Evening, guests: Guests) -> None:
    """R6: on the PMS's word, once."""
    guests.comes("212")
    guests.is_told("212", do_not_disturb=True)
    evening.advance(1)
    assert holds(evening, "No_Disturb") == "on"
    evening.om.phone("212").parameters["No_Disturb"] = "off"
    guests.is_told("212", do_not_disturb=True)
    evening.om.change_configuration()
    evening.advance(3)
    assert holds(evening, "No_Disturb") == "off"


def test_what_is_to_be_set_once_survives_a_crash_and_is_not_set_twice(
    evening: Evening, guests: Guests
) -> None:
    guests.comes("212")
    evening.advance(1)
    evening.om.phone("212").parameters.update(KEEPS)
    evening.om.cut()
    guests.goes("212")
    evening.advance(1)
    evening.crash()
    evening.om.mend()
    evening.start()
    evening.advance(2)
    assert (holds(evening, "No_Disturb"), holds(evening, "Fwd_Type")) == ("off", "0")
    evening.om.phone("212").parameters.update(KEEPS)  # somebody in the room, whoever it is
    evening.crash()
    evening.start()
    evening.advance(5)
    assert holds(evening, "No_Disturb") == "on"


# --- beside wake-ups ---


def test_what_a_wakeup_holds_open_is_no_drift(evening: Evening, guests: Guests) -> None:
    """R6: while open."""
    guests.comes("212")
    evening.advance(1)
    evening.om.phone("212").parameters.update(KEEPS)
    evening.phone("212", Answers(after=5, talk=20))
    evening.book("212", "06:30")
    evening.until("06:29")
    evening.om.change_configuration()
    evening.until("06:29:10")
    assert holds(evening, "No_Disturb") == "off" and evening.open_alarms() == ()
    evening.until("06:32")
    assert {name: holds(evening, name) for name in KEEPS} == KEEPS


def test_a_guest_who_left_meanwhile_gets_nothing_back(evening: Evening, guests: Guests) -> None:
    """R6: what is put back is what the phone should hold now: the next guest must be reached."""
    guests.comes("212")
    evening.advance(1)
    evening.om.phone("212").parameters.update(KEEPS)
    evening.phone("212", Answers(after=5, talk=20))
    evening.book("212", "06:30")
    evening.until("06:29")
    guests.goes("212")
    evening.until("06:40")
    assert (holds(evening, "No_Disturb"), holds(evening, "Fwd_Type")) == ("off", "0")
    assert evening.rings("212") == ["06:30:00"]


def test_no_call_for_the_next_guest_goes_where_the_last_one_wanted_his(
    evening: Evening, guests: Guests
) -> None:
    """R6: by default a check-out takes every forwarding away, and the second phone too."""
    guests.comes("212")
    evening.advance(1)
    evening.om.phone("212").parameters.update(Fwd_Type="2", Fwd_Number="0664999", fork="0664998")
    guests.goes("212")
    guests.comes("212")
    evening.advance(5)
    left = {name: holds(evening, name) for name in ("Fwd_Type", "Fwd_Number", "fork")}
    assert left == {"Fwd_Type": "0", "Fwd_Number": "", "fork": ""}
    assert row(evening).once == {} and evening.open_alarms() == ()


def test_a_check_out_while_the_phone_is_being_opened_gets_nothing_back(
    evening: Evening, guests: Guests
) -> None:
    guests.comes("212")
    evening.advance(1)
    evening.om.phone("212").parameters.update(KEEPS)
    evening.phone("212", Answers(after=5, talk=20))
    evening.book("212", "06:30")
    evening.om.faults.always(CommandFault.DROP_EXECUTED, "Assign")
    evening.until("06:28:05")
    guests.goes("212")
    evening.until("06:28:30")
    evening.om.faults.clear()
    evening.until("06:45")
    assert (holds(evening, "No_Disturb"), holds(evening, "Fwd_Type")) == ("off", "0")
    assert row(evening).once == {}


@pytest.mark.parametrize("at", ["06:27:58", "06:28:00", "06:29:30", "06:30:30", "06:31:55"])
@pytest.mark.parametrize("forwarded", [False, True])
def test_the_pmss_word_does_not_shut_a_phone_that_is_being_woken(
    evening: Evening, guests: Guests, at: str, forwarded: bool
) -> None:
    """R6: it is set when the wake-up is over, once."""
    guests.comes("212")
    evening.advance(1)
    if forwarded:
        evening.om.phone("212").parameters.update(Fwd_Type="1", Fwd_Number="213")
    evening.phone("212", NoAnswer(rings=4), Answers(after=5, talk=20))
    wakeup = evening.book("212", "06:30")
    evening.until(at)
    guests.is_told("212", True)
    evening.until("06:32:10")
    assert (evening.rings("212"), evening.rings("213")) == (["06:30:00", "06:32:00"], [])
    assert holds(evening, "No_Disturb") in ("", "off")
    evening.until("06:34")
    assert holds(evening, "No_Disturb") == "on"
    assert holds(evening, "Fwd_Type") == ("1" if forwarded else "")
    assert row(evening).once == {} and evening.open_alarms() == ()
    said = [line.text for line in evening.wakeup(wakeup).history]
    assert any("Do Not Disturb" in text and ("wanted" in text or "opened" in text) for text in said)


@pytest.mark.parametrize("seconds", [0, 0.02, 1, 5])
def test_killed_after_the_pmss_word_and_the_guest_is_woken_and_then_left_in_peace(
    evening: Evening, guests: Guests, seconds: float
) -> None:
    """R6: it is saved with the loan."""
    guests.comes("212")
    evening.phone("212", Answers(after=5, talk=20))
    evening.book("212", "06:30")
    evening.until("06:29")
    guests.is_told("212", True)
    evening.advance(seconds)
    evening.crash()
    evening.advance(10)
    evening.start()
    evening.until("06:33")
    assert evening.rings("212") == ["06:30:00"] and holds(evening, "No_Disturb") == "on"


def test_what_waited_for_a_device_does_not_shut_a_phone_just_before_its_ring(
    evening: Evening, guests: Guests
) -> None:
    """R6: opened before the first try, also where it was never shut."""
    guests.comes("212")
    evening.phone("212", Answers(after=5, talk=20))
    evening.book("212", "06:30")
    evening.until("06:25")
    evening.om.faults.always(CommandFault.DROP_UNEXECUTED, "Assign")
    guests.is_told("212", True)
    evening.until("06:28:30")
    evening.om.faults.clear()
    evening.until("06:30:10")
    assert evening.rings("212") == ["06:30:00"]
    evening.until("06:33")
    assert holds(evening, "No_Disturb") == "on"


def test_the_word_for_a_guest_who_is_only_knocked_at_is_set_at_once(evening: Evening, guests: Guests) -> None:
    """B5, R6: there is no ring to be kept away."""
    guests.comes("212")
    evening.order("212", at="2026-11-24T06:30", in_person=True)
    evening.until("06:29")
    guests.is_told("212", True)
    evening.until("06:29:05")
    assert holds(evening, "No_Disturb") == "on"


def test_the_devices_own_clock_stays_armed_through_a_check_out(tmp_path: Path) -> None:
    """B7: a check-out does not delete; the clock goes off with its wake-up."""
    hotel = Evening(tmp_path, more='[property.wakeup]\nnative_backup = "10m"\n')
    guests = Guests(hotel)
    guests.comes("212")
    hotel.phone("212", Answers(after=5, talk=20))
    hotel.book("212", "06:30")
    hotel.advance(20)
    assert holds(hotel, "WAKEUP") == "06:40"
    guests.goes("212")
    hotel.advance(20)
    assert holds(hotel, "WAKEUP") == "06:40"
    hotel.until("06:50")
    assert holds(hotel, "WAKEUP") == "00:00"
    hotel.stop()


def test_nothing_is_sent_to_a_device_that_has_its_hands_full_while_a_ring_is_due(
    evening: Evening, guests: Guests
) -> None:
    """R8: a ring goes before all configuration."""
    for room in ("110", "111", "112", "113", "114"):
        evening.phone(room, Answers(after=20, talk=20))
        evening.book(room, "06:30")
    evening.until("06:30:01")
    guests.comes("212", "local")
    evening.advance(5)
    assert holds(evening, "Call_Restriction") == "3"  # four calls in the air, and a fifth is due
    evening.advance(60)
    assert holds(evening, "Call_Restriction") == "1"


# --- what goes wrong ---


def test_what_a_phone_does_not_take_is_told_at_the_second_try_and_closes_when_it_does(
    evening: Evening, guests: Guests
) -> None:
    evening.om.phone("212").stuck.add("Call_Restriction")
    guests.comes("212", "local")
    evening.advance(10)
    assert drifts(evening) == [] and not row(evening).in_sync
    evening.advance(20)
    (text,) = drifts(evening)
    assert "Phone 212 on om20 (room 212)" in text and "Call_Restriction is 3, not 1" in text
    before = len(assigns(evening))
    evening.advance(300)
    assert len(assigns(evening)) == before  # it is not pestered
    evening.om.phone("212").stuck.clear()
    evening.advance(600)
    assert drifts(evening) == [] and row(evening).in_sync


def test_a_level_that_no_answer_shows_is_not_taken_for_granted(evening: Evening, guests: Guests) -> None:
    """M2: absent Call_Restriction is not verified."""
    evening.om.phone("212").untold.add("Call_Restriction")
    guests.comes("212", "local")
    evening.advance(40)
    assert "Call_Restriction is not told, not 1" in drifts(evening)[0]


def test_what_cannot_be_set_for_a_guest_is_told_and_then_left_to_him(
    evening: Evening, guests: Guests
) -> None:
    guests.comes("212")
    evening.advance(1)
    evening.om.phone("212").parameters["No_Disturb"] = "on"
    evening.om.phone("212").stuck.add("No_Disturb")
    guests.goes("212")
    evening.advance(40)
    assert "No_Disturb is on, not off" in drifts(evening)[0] and row(evening).once == {}


@pytest.mark.parametrize(
    "fault",
    [
        CommandFault.DROP_EXECUTED,
        CommandFault.DROP_UNEXECUTED,
        CommandFault.GARBAGE,
        CommandFault.HANG,
        CommandFault.FAIL,
        CommandFault.CUT,
    ],
)
@pytest.mark.parametrize("verb", ["Query", "Assign"])
def test_a_command_that_goes_wrong_is_made_up_for(
    evening: Evening, guests: Guests, fault: CommandFault, verb: str
) -> None:
    evening.om.faults.next(fault, verb)
    guests.comes("212", "local")
    evening.advance(60)
    assert holds(evening, "Call_Restriction") == "1" and row(evening).in_sync
    assert evening.open_alarms() == ()


def test_a_refused_question_is_no_answer(evening: Evening, guests: Guests) -> None:
    """M2: what an answer leaves out is the default; what was not answered is not."""
    guests.comes("212")
    evening.advance(1)
    evening.om.phone("212").parameters.update(KEEPS)
    evening.om.faults.next(CommandFault.FAIL, "Query", phone="212")
    guests.goes("212")
    evening.advance(2)
    assert (holds(evening, "No_Disturb"), holds(evening, "Fwd_Type")) == ("off", "0")


def test_a_phone_that_goes_wrong_keeps_no_other_waiting(evening: Evening, guests: Guests) -> None:
    evening.om.faults.always(CommandFault.GARBAGE, "Query", phone="212")
    guests.comes("212", "local")
    guests.comes("213", "local")
    evening.advance(2)
    assert holds(evening, "Call_Restriction", "213") == "1"


def test_a_device_that_is_down_is_waited_for(evening: Evening, guests: Guests) -> None:
    evening.om.cut()
    evening.advance(40)
    guests.comes("212", "local")
    before = len(evening.om.commands)
    evening.advance(300)
    assert len(evening.om.commands) == before
    evening.om.mend()
    evening.advance(10)
    assert holds(evening, "Call_Restriction") == "1" and row(evening).in_sync


def test_a_word_that_comes_while_the_phone_is_being_set_is_the_one_that_counts(
    evening: Evening, guests: Guests
) -> None:
    evening.om.faults.next(CommandFault.SLOW, "Query", seconds=3.0)
    guests.comes("212", "local")
    evening.advance(1)
    guests.is_classed("212", "national")
    evening.advance(10)
    assert holds(evening, "Call_Restriction") == "2"
    assert [one for one in assigns(evening) if "Call_Restriction" in one] == [
        "<Call_Restriction>2</Call_Restriction>"
    ]


def test_what_is_said_of_the_next_guest_counts_though_it_is_what_was_just_set(
    evening: Evening, guests: Guests
) -> None:
    """R6: the turn that ends was for the guest before."""
    guests.comes("212")
    evening.advance(5)
    guests.is_told("212", True)
    asked_for = row(evening)
    guests.goes("212")
    guests.comes("212")
    guests.is_told("212", True)
    met = Met(lineid=asked_for.lineid or "", asked={"No_Disturb": "on"})

    async def answered() -> None:
        rules, now = evening.daemon.houses["main"].rules, evening.clock.now()
        await evening.daemon.ownership.run(
            "main", lambda tx: learned(tx, rules, asked_for, asked_for.once, met, 1, now, nobody_reads)
        )

    before = row(evening)
    assert before.once["No_Disturb"] == asked_for.once["No_Disturb"] == "on"
    evening._result(answered())
    assert row(evening).once == before.once


# --- compares ---


def test_every_phone_is_compared_after_a_restart_of_the_device(evening: Evening, guests: Guests) -> None:
    guests.comes("212", "local")
    evening.advance(1)
    evening.om.reboot(downtime=20)
    evening.om.phone("212").parameters.update(Call_Restriction="3", api="0")
    evening.advance(60)
    assert (holds(evening, "Call_Restriction"), holds(evening, "api")) == ("1", "7")


def test_every_phone_is_compared_from_time_to_time(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, more='[property.phones]\ncompare_every = "10m"\n')
    guests = Guests(hotel)
    guests.comes("212", "local")
    hotel.advance(60)
    hotel.om.phone("212").parameters["Call_Restriction"] = "3"
    hotel.advance(600)
    assert holds(hotel, "Call_Restriction") == "1"
    hotel.stop()


def test_a_phone_that_registers_is_compared_alone(evening: Evening, guests: Guests) -> None:
    """M2: ONLINE compares that phone, not the house."""
    guests.comes("212", "local")
    evening.advance(60)
    evening.om.unplug("212")
    evening.om.phone("212").parameters["Call_Restriction"] = "3"
    evening.advance(10)
    before = len(queries(evening))
    evening.om.plug("212")
    evening.advance(5)
    assert queries(evening)[before:] == ["Query ext 212"]
    assert holds(evening, "Call_Restriction") == "1"


def test_a_change_of_the_configuration_counts_from_the_next_start(evening: Evening, guests: Guests) -> None:
    guests.comes("212")
    evening.advance(1)
    evening.crash()
    evening._file.write_text(evening._file.read_text() + '[property.phones]\noccupied = { record = "on" }\n')
    evening.reconfigure("Hotel Example", "Hotel Example")
    evening.start()
    evening.advance(5)
    assert holds(evening, "record") == "on" and row(evening).in_sync


def test_a_complete_resync_tells_of_every_room(evening: Evening, guests: Guests) -> None:
    """M1: found guests keep their phones as they are; empty rooms are barred."""
    guests.comes("212", resync=True)
    rules, now = evening.daemon.houses["main"].rules, evening.clock.now()

    async def over() -> None:
        await evening.daemon.ownership.run("main", lambda tx: want(tx, rules, None, now, resync=True))

    evening._result(over())
    evening.daemon.parts["main"]._phones.poke()
    evening.advance(5)
    assert (holds(evening, "Call_Restriction"), holds(evening, "Call_Restriction", "213")) == ("3", "1")
    assert holds(evening, "Call_Restriction", "100") == "3"  # no room's


# --- groups ---

GROUPED = """
    [[property.om.group]]
    id = 5
    members = ["110", "111"]
    distribution = "sequential"
"""


@pytest.fixture
def grouped(tmp_path: Path) -> Iterator[Evening]:
    hotel = Evening(tmp_path, more=GROUPED)
    yield hotel
    hotel.stop()


def group(hotel: Evening) -> list[str]:
    found = hotel.om._plant.groups.get("5")
    return list(found.members) if found is not None else []


def test_a_group_is_filled_at_start_and_after_each_restart_of_the_device(grouped: Evening) -> None:
    """R7: a restart empties groups."""
    grouped.advance(2)
    assert group(grouped) == ["110", "111"]
    grouped.om.reboot(downtime=10)
    grouped.advance(1)
    assert group(grouped) == []
    grouped.advance(30)
    assert group(grouped) == ["110", "111"]


def test_a_group_with_others_in_it_is_emptied_first(grouped: Evening) -> None:
    """A group keeps the members it had when others are assigned."""
    grouped.advance(2)
    grouped.om._plant.groups["5"].members[:] = ["112", "110"]
    grouped.om.change_configuration()
    grouped.advance(5)
    assert group(grouped) == ["110", "111"]


def test_a_group_that_is_as_it_should_be_is_left_alone(grouped: Evening) -> None:
    grouped.advance(2)
    before = [one.words for one in grouped.om.seen("Assign")]
    grouped.om.change_configuration()
    grouped.advance(5)
    assert [one.words for one in grouped.om.seen("Assign")] == before


def test_a_group_that_cannot_be_filled_is_told(grouped: Evening) -> None:
    grouped.advance(2)
    del grouped.om._plant.phones["111"]
    grouped.om._plant.groups["5"].members[:] = ["110"]
    grouped.om.change_configuration()
    grouped.advance(5)
    texts = [one.text for one in grouped.open_alarms() if "Group 5" in one.text]
    assert "its members are 110" in texts[0]
