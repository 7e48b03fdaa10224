"""Guests as the PMS and the desk tell of them: the desk works on while the PMS is away."""

from __future__ import annotations

import pytest

from hotelbridge.core.guests import LineClass, RoomChanged, StayEnd
from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import Refusal
from hotelbridge.store import stays
from tests.services.evening import Evening
from tests.services.guestlife import GuestLife, gc, gi, go


@pytest.fixture
def life(evening: Evening) -> GuestLife:
    return GuestLife(evening)


# --- the PMS ---


def test_a_check_in_told_twice_writes_nothing_the_second_time(evening: Evening, life: GuestLife) -> None:
    first = life.tell(gi("212", "1001", name="Huber"), record=17)
    assert first.rooms == ("212",) and first.words == "reservation 1001 checked in to 212"
    lines = life.journal("212")
    assert [(line.what, line.by, line.record_id) for line in lines] == [("checked_in", "fias", 17)]
    evening.forget_changes()
    again = life.tell(gi("212", "1001", name="Huber"), record=18)
    assert (again.rooms, again.words) == ((), "nothing new")
    assert life.journal("212") == lines and evening.changes("room") == []


def test_names_are_not_in_the_journal_which_everybody_reads(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001", name="Huber"))
    life.tell(gi("212", "1001", name="Hubermann", language="de"))
    assert "Huber" not in "".join(line.text for line in life.journal("212"))
    assert life.journal("212")[-1].text == "reservation 1001: name, language none to de"
    assert life.stay("1001").name == "Hubermann"


def test_who_was_in_a_room_is_known_whatever_became_of_him(evening: Evening, life: GuestLife) -> None:
    """C1: a call belongs to who was in the room, its charge to where he is now."""
    life.tell(gi("212", "1001"))
    evening.advance(60)
    then = evening.clock.now()
    evening.advance(60)
    life.tell(gc("212", "120", "1001"))
    life.tell(gi("212", "1002"))
    evening.advance(60)
    (stay,) = evening.read(lambda tx: stays.who_was_in(tx, "main", "212", then))
    assert (stay.reservation, stay.room) == ("1001", "120")
    (now,) = evening.read(lambda tx: stays.who_was_in(tx, "main", "212", evening.clock.now()))
    assert now.reservation == "1002"


def test_what_was_said_of_a_room_ends_with_its_last_guest(evening: Evening, life: GuestLife) -> None:
    """M1: the next guest is not barred because the last one was."""
    life.tell(gi("212", "1001"), RoomChanged(room="212", line_class=LineClass.INTERNAL, do_not_disturb=True))
    assert evening.read(lambda tx: stays.room_state(tx, "main", "212")).do_not_disturb is True
    life.tell(gc("212", "120", "1001"))
    moved = evening.read(lambda tx: stays.room_states(tx, "main", ["212", "120"]))
    assert (moved["212"].line_class, moved["120"].line_class) == (None, LineClass.INTERNAL)
    life.tell(go("120", "1001"))
    life.tell(RoomChanged(room="120", line_class=LineClass.INTERNAL))
    life.tell(gi("120", "1002"))
    assert evening.read(lambda tx: stays.room_state(tx, "main", "120")).line_class is None


def test_the_last_word_about_a_class_of_service_counts(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001", line_class=LineClass.NATIONAL))
    life.tell(RoomChanged(room="212", line_class=LineClass.INTERNAL))
    assert "room_changed" in life.said("212")
    life.tell(RoomChanged(room="212", line_class=LineClass.INTERNAL))
    assert life.said("212").count("room_changed") == 1
    life.tell(gi("212", "1001", line_class=LineClass.LOCAL))
    assert evening.read(lambda tx: stays.room_state(tx, "main", "212")).line_class is None


def test_a_room_that_is_not_configured_is_an_alarm_and_the_guest_is_kept(
    evening: Evening, life: GuestLife
) -> None:
    life.tell(gi("9001", "1001"), record=5)
    life.tell(gi("9002", "1002"), record=6)
    life.tell(gi("9001", "1001"), record=7)
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.PMS_REQUEST
    assert "9001, 9002." in alarm.text and "record 6" in alarm.text
    assert life.here() == {"1001": "9001", "1002": "9002"}


def test_a_missed_check_out_is_said_so(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001"))
    life.tell(gi("212", "1002"))
    assert life.said("212") == ["checked_in", "replaced", "checked_in"]
    (gone, _) = evening.read(lambda tx: stays.of_reservation(tx, "main", "1001")) * 2
    assert gone.end == StayEnd.REPLACED


# --- the desk ---


def refused(act: object, *words: object, **more: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*words, **more)  # type: ignore[operator]
    return caught.value


def test_the_desk_checks_in_moves_and_checks_out(evening: Evening, life: GuestLife) -> None:
    life.check_in("212", "Huber", reservation="1001", language="de")
    assert life.stay("1001").language == "de"
    life.move("212", "120")
    life.check_out("120")
    assert life.here() == {}
    assert [line.by for line in life.journal("120")] == ["anna", "anna"]


def test_an_occupied_room_is_refused_unless_it_is_shared(life: GuestLife) -> None:
    life.check_in("212", "Huber")
    refusal = refused(life.check_in, "212", "Maier")
    assert (refusal.code, refusal.status) == ("occupied", 409)
    life.check_in("212", "Maier", shared=True)
    life.check_in("120", "Novak")
    assert refused(life.move, "120", "212").code == "occupied"
    assert refused(life.check_in, "777", "X").code == "unknown_room"


def test_a_guest_who_is_in_another_room_is_moved_not_checked_in_twice(life: GuestLife) -> None:
    life.check_in("212", "Huber", reservation="1001")
    refusal = refused(life.check_in, "120", "Huber", reservation="1001")
    assert (refusal.code, refusal.facts["room"]) == ("in_another_room", "212")


def test_in_a_shared_room_somebody_must_say_who(life: GuestLife) -> None:
    """B6: `which_guest` names them."""
    life.check_in("212", "Huber", reservation="1001")
    life.check_in("212", "Maier", shared=True)
    refusal = refused(life.check_out, "212")
    assert (refusal.code, refusal.status) == ("which_guest", 409)
    assert refusal.facts["guests"] == [
        {"reservation": "1001", "guest": "Huber"},
        {"reservation": "", "guest": "Maier"},
    ]
    assert refused(life.move, "212", "120").code == "which_guest"
    assert refused(life.check_out, "212", reservation="1009").code == "not_in_house"
    life.move("212", "120", reservation="")
    life.check_out("212", all=True)
    assert life.here() == {"Maier": "120"}
    assert refused(life.check_out, "212").code == "not_in_house"


def test_what_hangs_on_a_stay_is_shown_before_it_ends(evening: Evening, life: GuestLife) -> None:
    """B7: "7 wake-ups pending", by time."""
    life.check_in("212", "Huber", reservation="1001")
    for minute in range(30, 37):
        evening.book("212", f"06:{minute}")
    refusal = refused(life.check_out, "212")
    assert (refusal.code, refusal.status) == ("pending_work", 409)
    assert "7 wake-ups pending" in refusal.sentence
    assert [one["due"][11:16] for one in refusal.facts["wakeups"]] == [f"06:{m}" for m in range(30, 37)]  # type: ignore[attr-defined]
    life.check_out("212", anyway=True)
    assert life.pending() == [] and life.notices() == []
    assert "cancelled (checked out) by anna" in [line.text for line in evening.wakeup(1).history]


def test_the_desk_may_keep_them(evening: Evening, life: GuestLife) -> None:
    """B7: they ring, and the notice stands until then."""
    life.check_in("212", "Huber", reservation="1001")
    evening.book("212", "06:30")
    life.check_out("212", anyway=True, keep_wakeups=True)
    assert life.notices() == ["212 checked out, 06:30 still armed"]
    evening.until("06:32")
    assert evening.rings("212") == ["06:30:00"] and life.notices() == []


def test_a_standing_order_is_over_when_the_desk_lets_it_go(evening: Evening, life: GuestLife) -> None:
    """B1: an order ends with the stay."""
    life.check_in("212", "Huber")
    booked = evening.order("212", at=f"{evening.day}T06:30", days=("mon", "wed"), until="2026-12-24")
    life.check_out("212", anyway=True)
    assert evening.ask("order", booked.order).ended_by == "anna"
    assert life.pending() == []


# --- both ---


def test_the_pms_adopts_whom_the_desk_checked_in_while_it_was_away(evening: Evening, life: GuestLife) -> None:
    life.check_in("212", "Mueller")
    id = evening.book("212", "06:30")
    life.tell(gi("212", "1001", name="Müller, Hans"))
    assert life.here() == {"1001": "212"} and evening.wakeup(id).state == "scheduled"
    assert len(evening.read(lambda tx: stays.in_house(tx, "main"))) == 1
    assert life.tell(gi("212", "1001", name="Müller, Hans")).rooms == ()


def test_the_records_of_the_pms_find_done_what_the_desk_has_done(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001"), gi("213", "1002"))
    life.move("212", "120")
    life.check_out("213")
    life.check_in("110", reservation="1003")
    told = life.tell(gc("212", "120", "1001"), go("213", "1002"), gi("110", "1003"))
    assert told.words == "nothing new"
    assert life.here() == {"1001": "120", "1003": "110"}


def test_a_check_out_that_comes_late_or_twice_ends_nobody_elses_stay(
    evening: Evening, life: GuestLife
) -> None:
    """B7: the desk has given the room to a guest without a number since."""
    life.tell(gi("212", "1001"))
    life.tell(go("212", "1001"))
    evening.advance(60)
    life.check_in("212", "Walk In")
    evening.book("212", "06:45")
    assert life.tell(go("212", "1001")).words == "nothing new"
    assert life.here() == {"Walk In": "212"} and life.notices() == []
    life.tell(go("212", "3003"))
    assert life.here() == {}, "a number that was never heard of is how the PMS calls the guest of the desk"


def test_rooms_that_the_house_does_not_have_are_told_in_one_alarm(evening: Evening, life: GuestLife) -> None:
    """B2: whatever they are called, each once, and no more of them than can be read."""
    for _ in range(2):
        life.tell(gi("x. y", "1", vip=True), go("x. y", "1"), gi("a, b", "2"), go("a, b", "2"))
    (alarm,) = evening.open_alarms()
    assert alarm.text.startswith(
        "The PMS (fias) speaks of rooms that are not in the configuration: x. y, a, b. Put"
    )
    evening.acknowledge(alarm.id, "anna")
    life.tell(gi("a, b", "2"))
    assert evening.open_alarms()[0].acknowledged_by == "anna"
    for n in range(600):
        life.tell(gi(f"Z{n}.1", f"9{n}"))
    (alarm,) = evening.open_alarms()
    assert "Z17.1 and 480 more. Put" in alarm.text and len(alarm.text) < 500
    evening.acknowledge(alarm.id, "anna", "cancelled")
    life.tell(gi("Z", "8"))
    assert "configuration: Z. Put" in evening.open_alarms()[0].text


# --- booking ---


def test_a_stay_is_asked_for_once_the_pms_can_be_believed(evening: Evening, life: GuestLife) -> None:
    """B3: `auto` counts as no while the PMS is away, or has not told all there are."""
    evening.book("212", "06:30")
    life.rules.pms_trusted = True
    refusal = refused(evening.book, "213", "06:30")
    assert (refusal.code, refusal.status) == ("not_in_house", 409)
    life.tell(gi("213", "1001"))
    evening.book("213", "06:30")
    booked = evening.order("120", at=f"{evening.day}T06:30", anyway=True)
    assert "anyway: nobody is known to be there" in evening.wakeup(booked.id).history[0].text
    there = evening.order("213", at=f"{evening.day}T06:35", anyway=True)
    assert "anyway" not in evening.wakeup(there.id).history[0].text
    life.rules.pms_trusted = False
    evening.book("121", "06:30")


def test_a_guest_who_is_in_another_room_is_said_so(evening: Evening, life: GuestLife) -> None:
    """B3: somebody has the wrong room, or the wrong guest."""
    life.tell(gi("213", "1001"))
    booked = evening.order("212", at=f"{evening.day}T06:30", reservation="1001", anyway=True)
    assert booked.warnings[0] == "Reservation 1001 is in room 213, not in 212."
    assert evening.order("213", at=f"{evening.day}T06:35", reservation="1001").warnings == ()
