"""A resync: nothing happens while it is told; what is small is done at its end, the rest is asked."""

from __future__ import annotations

import pytest

from hotelbridge.core.guests import Changed, CheckedOut, ResyncBegun, ResyncEnded, StayEnd
from hotelbridge.core.records import AlarmKind, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.store import audit, resyncs, stays
from tests.services.evening import ROOMS, Evening
from tests.services.guestlife import GuestLife, gc, gi, go

BEGUN, ENDED = ResyncBegun(), ResyncEnded()
LOST = ResyncEnded(complete=False)


@pytest.fixture
def life(evening: Evening) -> GuestLife:
    """Ten guests, in 110 to 119, with the numbers 1110 to 1119; one minute later."""
    life = GuestLife(evening)
    life.tell(*(gi(room, f"1{room}", name=f"Guest {room}") for room in ROOMS[:10]))
    evening.advance(60)
    return life


def sf(room: str, **more: object) -> object:
    """A line of the list: the guest who should be in a room."""
    return gi(room, more.pop("number", f"1{room}"), resync=True, **more)  # type: ignore[arg-type]


def vacant(room: str) -> CheckedOut:
    return CheckedOut(room=room, others_stay=False, resync=True)


def whole(but: str = "") -> list[object]:
    """The list as it should be, without one room."""
    return [sf(room) for room in ROOMS[:10] if room != but]


def told(life: GuestLife, *facts: object) -> None:
    life.tell(BEGUN)
    for fact in facts:
        life.tell(fact)  # type: ignore[arg-type]
    life.tell(ENDED)


def test_a_list_that_only_confirms_does_nothing_at_all(evening: Evening, life: GuestLife) -> None:
    """M1: a record of a resync is no check-in: its wake-ups stay, nothing is written."""
    evening.book("110", "06:50")
    before = {room: life.journal(room) for room in ROOMS}
    evening.forget_changes()
    told(life, *whole(), vacant("131"))
    assert {room: life.journal(room) for room in ROOMS} == before
    assert evening.changes("room") == [] and life.pending() == [("110", "06:50")]
    (one,) = life.resyncs()
    assert (one.state, one.decided_by) == ("applied", "hotelbridge")
    assert (one.comes, one.goes, one.moves, one.changes) == ((), (), (), ())


def test_a_small_difference_is_applied_by_itself(evening: Evening, life: GuestLife) -> None:
    told(life, *whole(but="110")[1:], sf("121", number="1111"), sf("122"), sf("119", language="de"))
    expected = {f"1{room}": room for room in ROOMS[2:10]} | {"1111": "121", "1122": "122"}
    assert life.here() == expected
    (one,) = life.resyncs()
    assert [each["room"] for each in one.goes] == ["110"]
    assert [(each["room"], each["to"]) for each in one.moves] == [("111", "121")]
    assert [each["room"] for each in one.comes] == ["122"]
    assert [each["room"] for each in one.changes] == ["119"]
    (gone,) = evening.read(lambda tx: stays.of_reservation(tx, "main", "1110"))
    assert gone.end == StayEnd.NOT_IN_RESYNC
    assert "not_in_resync" in life.said("110")


def test_nothing_happens_before_its_end(life: GuestLife) -> None:
    before = life.here()
    life.tell(BEGUN, sf("121", number="1110"), vacant("111"))  # type: ignore[arg-type]
    assert life.here() == before


def test_a_large_difference_asks_the_desk(evening: Evening, life: GuestLife) -> None:
    """More than a quarter of the house: somebody may have the wrong list."""
    before = life.here()
    told(life, *whole()[:2])
    assert life.here() == before
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.RESYNC
    assert "8 go; it would touch 8 of 25 rooms" in alarm.text
    (one,) = life.resyncs()
    assert one.state == "asking" and len(one.goes) == 8
    applied = life.decide(one.id, apply=True)
    assert len(applied.rooms) == 8 and len(life.here()) == 2
    assert life.resyncs()[0].decided_by == "anna" and evening.open_alarms() == ()


def test_what_is_told_over_again_while_it_waits_is_kept_once(evening: Evening, life: GuestLife) -> None:
    """B7: a person may take days to decide, and some PMSs tell every few minutes how everything stands."""

    def kept() -> int:
        (known,) = [evening.read(lambda tx: resyncs.undecided(tx, "main"))]
        return len(evening.read(lambda tx: resyncs.facts(tx, known)))

    evening.book("110", "08:50")
    told(life, *whole(but="110"))
    before = kept()
    for _ in range(30):
        life.tell(gi("111", "1111", vip=True), Changed(room="111", reservation="1111", vip=True))
        life.tell(gi("120", "2001", shared=True), gi("120", "2002", shared=True))
    assert kept() == before + 4
    life.tell(go("111", "1111"), gi("111", "2003"), go("111", "1111"))
    life.decide(life.resyncs()[0].id, apply=True)
    assert {number: room for number, room in life.here().items() if number.startswith("2")} == {
        "2001": "120",
        "2002": "120",
        "2003": "111",
    }


def test_the_desk_may_dismiss_it(evening: Evening, life: GuestLife) -> None:
    before = life.here()
    told(life)
    (one,) = life.resyncs()
    life.decide(one.id, apply=False)
    assert life.here() == before and evening.open_alarms() == ()
    with pytest.raises(Refusal) as caught:
        life.decide(one.id, apply=True)
    assert (caught.value.code, caught.value.status) == ("not_asking", 409)
    with pytest.raises(Refusal):
        life.decide(99, apply=True)
    (line,) = evening.read(audit.newest)
    assert (line.what, line.about, line.by) == ("resync_dismissed", f"resync {one.id}", "anna")


def test_its_alarm_is_silenced_by_name_and_closed_by_the_decision_alone(
    evening: Evening, life: GuestLife
) -> None:
    """B7: closed in another way, nobody would ever be asked for it again."""
    told(life)
    (one,), (alarm,) = life.resyncs(), evening.open_alarms()
    evening.acknowledge(alarm.id, "anna")
    with pytest.raises(Refusal) as caught:
        evening.acknowledge(alarm.id, "anna", "cancelled")
    assert (caught.value.code, caught.value.status) == ("decide_it", 409)
    assert f"resync --apply {one.id} --by NAME, or --dismiss {one.id}" in str(caught.value)
    assert life.resyncs()[0].state == "asking" and len(evening.open_alarms()) == 1
    life.decide(one.id, apply=False)
    assert evening.open_alarms() == ()


def test_one_that_would_end_both_guests_of_a_room_with_a_wake_up_asks(
    evening: Evening, life: GuestLife
) -> None:
    """B7: the wake-up is the room's, and hangs on the two of them together."""
    life.tell(gi("110", "2002", shared=True))
    id = evening.book("110", "06:50")
    evening.advance(60)
    told(life, *whole(but="110"))
    (one,) = life.resyncs()
    assert one.state == "asking"
    due = [f"{evening.day}T06:50:00"]
    assert [(each["reservation"], each["pending"]) for each in one.goes] == [("1110", due), ("2002", due)]
    assert "wake-ups pending in 110" in evening.open_alarms()[0].text
    assert evening.wakeup(id).state == WakeupState.SCHEDULED and life.here()["2002"] == "110"


def test_one_that_ends_one_of_two_guests_leaves_the_wake_up_of_the_room(
    evening: Evening, life: GuestLife
) -> None:
    """B6: the other one is still there, and nobody has to be asked."""
    life.tell(gi("110", "2002", shared=True))
    evening.book("110", "06:50")
    evening.advance(60)
    told(life, *whole(but="110"), sf("110", number="2002"))
    (one,) = life.resyncs()
    assert (one.state, one.goes[0]["pending"]) == ("applied", [])
    assert life.pending() == [("110", "06:50")]


def test_one_that_would_end_a_stay_with_wake_ups_pending_asks_however_small(
    evening: Evening, life: GuestLife
) -> None:
    """B7: whatever its size."""
    id = evening.book("110", "06:50")
    told(life, *whole(but="110"))
    assert life.here()["1110"] == "110"
    (one,) = life.resyncs()
    assert one.state == "asking" and one.goes[0]["pending"] == [f"{evening.day}T06:50:00"]
    life.decide(one.id, apply=True)
    assert "1110" not in life.here()
    assert evening.wakeup(id).state == WakeupState.SCHEDULED
    assert life.notices() == ["110 checked out, 06:50 still armed"]


def test_what_happens_meanwhile_is_applied_at_once_and_is_the_last_word(life: GuestLife) -> None:
    life.tell(BEGUN, *whole()[:3])  # type: ignore[arg-type]
    life.tell(go("110", "1110"), gc("111", "121", "1111"), gi("122", "1122"))
    assert life.here()["1111"] == "121" and "1110" not in life.here()
    life.tell(*whole()[3:], ENDED)  # type: ignore[arg-type]
    expected = {f"1{room}": room for room in ROOMS[2:10]} | {"1111": "121", "1122": "122"}
    assert life.here() == expected
    assert life.resyncs()[0].state == "applied"


def test_what_the_desk_does_meanwhile_is_not_undone(life: GuestLife) -> None:
    life.tell(BEGUN, *whole())  # type: ignore[arg-type]
    life.check_out("110")
    life.move("111", "121")
    life.check_in("122", "Walk In")
    life.tell(ENDED)
    assert "1110" not in life.here()
    assert (life.here()["1111"], life.here()["Walk In"]) == ("121", "122")


def test_what_happens_while_the_desk_decides_is_not_undone_either(life: GuestLife) -> None:
    told(life, *whole()[:2])
    life.tell(go("110", "1110"), gi("130", "1130"))
    life.check_out("111")
    life.decide(life.resyncs()[0].id, apply=True)
    assert life.here() == {"1130": "130"}


def test_from_a_list_that_broke_off_nothing_is_concluded(life: GuestLife) -> None:
    life.tell(BEGUN, sf("110"), sf("130"), LOST)  # type: ignore[arg-type]
    assert len(life.here()) == 11 and life.here()["1130"] == "130"


def test_a_list_that_is_begun_again_begins_anew(evening: Evening, life: GuestLife) -> None:
    told(life, *whole()[:2])
    life.tell(BEGUN, sf("131"))  # type: ignore[arg-type]
    assert evening.open_alarms() == ()
    told(life, *whole())
    assert [one.state for one in life.resyncs()] == ["applied", "dropped", "dropped"]
    assert len(life.here()) == 10


def test_a_crash_in_the_middle_loses_nothing_of_it(evening: Evening, life: GuestLife) -> None:
    life.tell(BEGUN, *whole()[:5])  # type: ignore[arg-type]
    evening.crash()
    evening.start()
    life.tell(*whole()[5:9], ENDED)  # type: ignore[arg-type]
    assert sorted(life.here()) == [f"1{room}" for room in ROOMS[:9]]


def test_the_first_one_of_a_new_house_is_not_asked(evening: Evening) -> None:
    """Where nobody is known, nothing can be lost."""
    life = GuestLife(evening)
    told(life, *whole())
    assert len(life.here()) == 10 and evening.open_alarms() == ()


def test_lines_without_a_beginning_and_an_end_are_taken_as_they_come(life: GuestLife) -> None:
    """Some send the list with nothing around it, and say of each guest that nobody else is there."""
    life.tell(sf("110"), sf("110", number="2110"), sf("125"), vacant("111"))  # type: ignore[arg-type]
    assert life.here()["1110"] == life.here()["2110"] == "110"
    assert life.here()["1125"] == "125" and "1111" not in life.here()
    assert life.tell(ENDED).words == "no resync was under way"


def test_two_rooms_that_have_changed_guests_keep_each_their_wake_ups(
    evening: Evening, life: GuestLife
) -> None:
    evening.book("110", "06:50")
    evening.book("111", "06:55")
    evening.advance(60)
    told(life, sf("110", number="1111"), sf("111", number="1110"), *whole()[2:])
    assert sorted(life.pending()) == [("110", "06:55"), ("111", "06:50")]


def test_guests_who_moved_on_in_a_row_keep_each_their_wake_ups(evening: Evening, life: GuestLife) -> None:
    for room, time in (("110", "06:50"), ("111", "06:51"), ("112", "06:52")):
        evening.book(room, time)
    moved = [sf("111", number="1110"), sf("112", number="1111"), sf("121", number="1112")]
    told(life, sf("110", number="1200"), *moved, *whole()[3:])
    assert sorted(life.pending()) == [("111", "06:50"), ("112", "06:51"), ("121", "06:52")]


def test_the_desks_guest_without_a_number_gets_it_from_the_list(evening: Evening, life: GuestLife) -> None:
    life.check_in("120", "Huber")
    id = evening.book("120", "06:50")
    told(life, *whole(), sf("120", name="Huber, Anna"))
    assert life.here()["1120"] == "120" and evening.wakeup(id).state == WakeupState.SCHEDULED


def test_a_room_that_nobody_configured_is_what_the_pms_speaks_of_whoever_applies_it(
    evening: Evening, life: GuestLife
) -> None:
    evening.book("110", "06:50")
    told(life, *whole(but="110"), sf("999", number="9999"))
    (one,) = life.resyncs()
    life.decide(one.id, apply=True)
    (alarm,) = [alarm for alarm in evening.open_alarms() if "999" in alarm.text]
    assert alarm.text.startswith("The PMS speaks of rooms that are not in the configuration: 999. Put")
