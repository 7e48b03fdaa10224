"""Wake-ups as the PMS asks for them: saved whatever stands in their way, each with one result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotelbridge.core.guests import WakeupNotWanted, WakeupWanted
from hotelbridge.core.records import AlarmKind, WakeupState
from hotelbridge.store import notices
from hotelbridge.testing.fake_om_scripts import NoAnswer
from tests.services.evening import Evening
from tests.services.guestlife import GuestLife, gc, gi, go, wr


@pytest.fixture
def life(evening: Evening) -> GuestLife:
    return GuestLife(evening)


@pytest.fixture
def autumn(tmp_path: Path) -> Iterator[Evening]:
    """The night in which the clocks are put back at three."""
    hotel = Evening(tmp_path, begins=datetime(2026, 10, 24, 23, 40, tzinfo=UTC))
    yield hotel
    hotel.stop()


@pytest.fixture
def spring(tmp_path: Path) -> Iterator[Evening]:
    """The night in which the clocks are put forward at two."""
    hotel = Evening(tmp_path, begins=datetime(2026, 3, 29, 0, 40, tzinfo=UTC))
    yield hotel
    hotel.stop()


def results(evening: Evening) -> list[tuple[str, str, str]]:
    """What the PMS gets to hear: room, result, its own words."""
    found = evening.read(lambda tx: notices.beginning(tx, "main", "result:"))
    facts = [json.loads(one.facts) for one in found]
    return [(fact["room"], fact["result"], fact["echo"]) for fact in facts if fact["asked"]]


def test_it_rings_and_the_result_carries_the_words_of_the_pms(evening: Evening, life: GuestLife) -> None:
    """B2: saved, rung, and told once."""
    life.tell(gi("212", "1001", language="de", vip=True))
    life.tell(wr(evening, "212", "06:30", echo="TI063017"))
    (wakeup,) = evening.wakeups()
    assert (wakeup.origin, wakeup.language, wakeup.vip) == ("pms", "de", True)
    evening.until("06:32")
    assert evening.rings("212") == ["06:30:00"]
    assert results(evening) == [("212", "woken", "TI063017")]


def test_the_same_room_and_time_twice_is_one_wake_up(evening: Evening, life: GuestLife) -> None:
    """B2: some send it the evening before and again at its very minute."""
    life.tell(gi("212", "1001"), wr(evening, "212", "06:30"))
    life.tell(wr(evening, "212", "06:30"))
    evening.until("06:30:05")
    life.tell(wr(evening, "212", "06:30"))
    evening.until("06:35")
    life.tell(wr(evening, "212", "06:30"))
    assert len(evening.wakeups()) == 1 and len(results(evening)) == 1


def test_told_at_its_very_minute_or_a_little_late_it_rings_at_once(evening: Evening, life: GuestLife) -> None:
    """B2: due now or within the grace rings at once."""
    life.tell(gi("212", "1001"))
    evening.until("06:32:30")
    life.tell(wr(evening, "212", "06:30"))
    evening.advance(1)
    assert evening.rings("212") == ["06:32:30"]


def test_a_room_in_which_nobody_is_known_to_be_is_rung_and_it_is_noted(
    evening: Evening, life: GuestLife
) -> None:
    """B2: no known stay rings the room, whatever the desk would have been told."""
    life.rules.pms_trusted = True
    life.tell(wr(evening, "212", "06:30"))
    (one,) = evening.wakeups()
    assert "nobody is known to be in 212" in [line.text for line in evening.wakeup(one.id).history]
    evening.until("06:31")
    assert evening.rings("212") == ["06:30:00"]


def test_what_comes_after_the_grace_is_an_alarm_and_cannot_be_done(evening: Evening, life: GuestLife) -> None:
    """B2: the result is "unable", at once and once."""
    evening.until("06:50")
    life.tell(wr(evening, "212", "06:30", echo="x"), wr(evening, "212", "06:30", echo="x"))
    evening.advance(60)
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.PMS_REQUEST and "20 min after its time" in alarm.text
    assert evening.rings("212") == [] and results(evening) == [("212", "unable", "x")]
    evening.close(evening.wakeups()[0].id, "anna", "woken_by_staff")
    assert evening.open_alarms() == () and results(evening) == [("212", "unable", "x")]


def test_a_room_that_is_not_there_is_an_alarm_and_cannot_be_done(evening: Evening, life: GuestLife) -> None:
    """B2: nothing is lost: a person reads it, the PMS hears of it."""
    life.tell(wr(evening, "999", "06:30", echo="y"))
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.PMS_REQUEST and "no such room" in alarm.text and "06:30" in alarm.text
    assert results(evening) == [("999", "unable", "y")]


def test_a_full_minute_is_queued_and_its_history_says_so(tmp_path: Path) -> None:
    """B2: a full slot is queued and told; the desk would have been refused."""
    hotel = Evening(tmp_path, more='  [property.wakeup]\n  promise = "1m"\n')
    life = GuestLife(hotel)
    try:
        life.tell(*(wr(hotel, str(room), "06:30") for room in range(110, 131)))
        (last,) = [one for one in hotel.wakeups() if one.room == "130"]
        assert "full" in [line.what for line in hotel.wakeup(last.id).history]
        hotel.until("06:40")
        assert all(hotel.rings(str(room)) for room in range(110, 131))
    finally:
        hotel.stop()


def test_the_missing_hour_rings_at_the_jump(spring: Evening) -> None:
    """B2: and a second one of that hour is its own."""
    life = GuestLife(spring)
    life.tell(WakeupWanted(room="212", local="2026-03-29T02:30:00", echo="asked 02:30"))
    spring.advance(25 * 60)
    assert spring.rings("212") == ["03:00:00"]
    assert results(spring) == [("212", "woken", "asked 02:30")]


def test_the_doubled_hour_rings_at_its_first_pass(autumn: Evening) -> None:
    """B2: nobody can be asked which one is meant."""
    life = GuestLife(autumn)
    life.tell(WakeupWanted(room="212", local="2026-10-25T02:30:00"))
    autumn.advance(3 * 3600)
    assert len(autumn.om.rings) == 1
    assert autumn.om.rings[0].connect_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_pms_takes_back_what_it_asked_for_and_not_what_the_desk_booked(
    evening: Evening, life: GuestLife
) -> None:
    """B2: one by its time, or all of a room."""
    life.tell(wr(evening, "212", "06:30"), wr(evening, "212", "06:40"), wr(evening, "212", "06:50"))
    evening.book("212", "06:40")
    life.tell(WakeupNotWanted(room="212", local=f"{evening.day}T06:40:00"))
    assert [time for _, time in life.pending()] == ["06:30", "06:40", "06:50"]
    life.tell(WakeupNotWanted(room="212"))
    assert life.pending() == [("212", "06:40")]
    life.tell(WakeupNotWanted(room="212"))
    assert life.pending() == [("212", "06:40")]


def test_one_that_was_taken_back_can_be_asked_for_again(evening: Evening, life: GuestLife) -> None:
    life.tell(wr(evening, "212", "06:30"))
    life.tell(WakeupNotWanted(room="212", local=f"{evening.day}T06:30:00"))
    life.tell(wr(evening, "212", "06:30"))
    assert life.pending() == [("212", "06:30")]


def test_no_time_at_all_is_an_alarm(evening: Evening, life: GuestLife) -> None:
    life.tell(WakeupWanted(room="212", local="tomorrow"))
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.PMS_REQUEST and "'tomorrow'" in alarm.text
    assert evening.wakeups() == ()


def test_it_survives_a_crash_right_after_it_was_told(evening: Evening, life: GuestLife) -> None:
    life.tell(wr(evening, "212", "06:30", echo="z"))
    evening.crash()
    evening.advance(60)
    evening.start()
    life.tell(wr(evening, "212", "06:30", echo="z"))
    evening.until("06:32")
    assert evening.rings("212") == ["06:30:00"] and evening.wakeups()[0].state == WakeupState.WOKEN
    assert results(evening) == [("212", "woken", "z")]


# --- whose it is ---


def test_one_that_names_its_guest_rings_where_the_guest_is_now(evening: Evening, life: GuestLife) -> None:
    """B6: it was asked for in a room that its guest has left, and somebody else is in."""
    life.tell(gi("212", "1001"), gc("212", "120", "1001"), gi("212", "2002"))
    asked = wr(evening, "212", "06:30", reservation="1001", echo="063000")
    life.tell(asked)
    assert life.pending() == [("120", "06:30")]
    (wakeup,) = evening.wakeups()
    lines = [line.text for line in evening.wakeup(wakeup.id).history]
    assert "from 212 to 120, with the guest" in lines
    assert life.tell(asked).words == "nothing new" and len(evening.wakeups()) == 1
    life.tell(wr(evening, "212", "06:30", reservation="2002"))
    assert sorted(life.pending()) == [("120", "06:30"), ("212", "06:30")]
    evening.until("06:32")
    assert results(evening)[0] == ("120", "woken", "063000")


def test_one_that_names_a_guest_who_has_left_is_the_rooms(evening: Evening, life: GuestLife) -> None:
    """B2, B6: it is rung as it was asked for, and its history says for whom."""
    life.tell(gi("212", "1001"))
    life.tell(go("212", "1001"))
    evening.advance(3600 * 2)
    life.tell(gi("212", "2002"))
    life.tell(wr(evening, "212", "09:30", reservation="1001"))
    (wakeup,) = evening.wakeups()
    assert evening.wakeup(wakeup.id).history[1].text == (
        "reservation 1001 has left: booked for whoever is in 212"
    )
    life.tell(gc("212", "120", "2002"))
    assert life.pending() == [("120", "09:30")]


def test_one_that_comes_just_after_the_check_out_is_of_the_guest_who_left(
    evening: Evening, life: GuestLife
) -> None:
    """B7: records come in any order; it rings for the crew, and not for the next guest."""
    life.tell(gi("212", "1001"))
    life.tell(go("212", "1001"))
    evening.advance(5)
    life.tell(wr(evening, "212", "06:45"))
    assert life.notices() == ["212 checked out, 06:45 still armed"]
    evening.advance(120)
    life.tell(gi("212", "2002"))
    assert life.pending() == [] and life.notices() == []
    life.tell(gi("120", "1001"))
    assert life.pending() == [("120", "06:45")], "its guest has turned up"


def test_one_that_comes_long_after_the_check_out_is_of_the_guest_who_comes(
    evening: Evening, life: GuestLife
) -> None:
    """B7: it was asked for ahead."""
    life.tell(gi("212", "1001"))
    life.tell(go("212", "1001"))
    evening.advance(3600)
    life.tell(wr(evening, "212", "08:45"))
    evening.advance(120)
    life.tell(gi("212", "2002"))
    assert life.pending() == [("212", "08:45")] and life.notices() == []


def test_one_that_has_gone_along_with_its_guest_is_taken_back_by_its_old_room(
    evening: Evening, life: GuestLife
) -> None:
    """B6: a PMS that leaves the wake-ups to us may know it only by the room for which it was asked."""
    life.tell(gi("212", "1001"), wr(evening, "212", "06:30"), wr(evening, "212", "06:40"))
    life.tell(gc("212", "120", "1001"))
    life.tell(WakeupNotWanted(room="212", local=f"{evening.day}T06:30:00"))
    assert life.pending() == [("120", "06:40")]
    life.tell(gi("212", "2002"), wr(evening, "212", "06:40"))
    life.tell(WakeupNotWanted(room="212", local=f"{evening.day}T06:40:00"))
    assert life.pending() == [("120", "06:40")], "what is in the room itself is meant first"


def test_one_that_the_pms_has_moved_itself_stays_when_the_old_one_is_taken_back(
    evening: Evening, life: GuestLife
) -> None:
    """B2: asked for in the new room, taken back in the old one: the guest is woken."""
    life.tell(gi("212", "1001"), wr(evening, "212", "06:30"))
    life.tell(gc("212", "120", "1001"), wr(evening, "120", "06:30"))
    life.tell(WakeupNotWanted(room="212", local=f"{evening.day}T06:30:00"))
    assert life.pending() == [("120", "06:30")]


def test_one_that_a_new_guest_has_cancelled_is_told_to_the_pms(evening: Evening, life: GuestLife) -> None:
    """B7: its screen would show for ever what will not ring; what the PMS takes back itself it knows."""
    life.tell(gi("212", "1001"), wr(evening, "212", "08:30"), wr(evening, "212", "08:40"))
    life.tell(WakeupNotWanted(room="212", local=f"{evening.day}T08:40:00"))
    evening.advance(60)
    life.tell(go("212", "1001"), gi("212", "2002"))
    assert life.pending() == []
    assert results(evening) == [("212", "deleted", "")]


def test_one_that_the_desk_has_cancelled_is_told_to_the_pms(evening: Evening, life: GuestLife) -> None:
    """B2: who asked for it learns that nobody will ring, whether it was cancelled or closed as that."""
    life.tell(gi("212", "1001"), wr(evening, "212", "08:30", echo="x"), wr(evening, "212", "06:27", echo="y"))
    evening.phone("212", NoAnswer(rings=20))
    soon, later = sorted(evening.wakeups(), key=lambda one: one.due)
    evening.cancel(later.id)
    evening.until("06:28")
    evening.close(soon.id, "Anna", "cancelled")
    assert results(evening) == [("212", "deleted", "x"), ("212", "deleted", "y")]
