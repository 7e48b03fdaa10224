"""Whose wake-ups they are when guests come, go and move."""

from __future__ import annotations

import pytest

from hotelbridge.core.records import WakeupState
from hotelbridge.store import notices
from hotelbridge.testing.fake_om_scripts import NoAnswer
from tests.services.evening import Evening
from tests.services.guestlife import GuestLife, gc, gi, go, wr


@pytest.fixture
def life(evening: Evening) -> GuestLife:
    return GuestLife(evening)


def test_a_guest_who_moves_takes_the_wake_up_of_his_room_along(evening: Evening, life: GuestLife) -> None:
    """B6: it is the room's occupancy that owns it, and that has moved."""
    life.tell(gi("212", "1001"))
    id = evening.book("212", "06:30")
    life.tell(gc("212", "120", "1001"))
    assert life.pending() == [("120", "06:30")]
    assert "from 212 to 120, with the guest" in [line.text for line in evening.wakeup(id).history]
    assert life.said("212")[-1] == "wakeup_moved" and life.said("120")[-1] == "wakeup_moved"
    evening.until("06:31")
    assert evening.rings("120") == ["06:30:00"] and evening.rings("212") == []


def test_a_standing_order_follows_with_the_days_that_are_not_made_yet(
    evening: Evening, life: GuestLife
) -> None:
    life.tell(gi("212", "1001"))
    booked = evening.order("212", at=f"{evening.day}T06:30", days=("mon", "tue", "wed", "thu", "fri"))
    life.tell(gc("212", "120", "1001"))
    assert {room for room, _ in life.pending()} == {"120"}
    assert evening.ask("order", booked.order).rooms == ("120",)


def test_one_of_two_who_moves_takes_only_what_names_him(evening: Evening, life: GuestLife) -> None:
    """B6: room orders stay with whoever stays, and the desk reads it."""
    life.tell(gi("212", "1001"), gi("212", "1002", shared=True))
    evening.book("212", "06:30")
    evening.order("212", at=f"{evening.day}T06:40", reservation="1001")
    life.tell(gc("212", "120", "1001", others=True))
    assert sorted(life.pending()) == [("120", "06:40"), ("212", "06:30")]
    assert life.notices() == ["212: reservation 1001 went to 120, 06:30 still armed"]
    life.tell(go("212", "1002"))
    assert life.notices() == ["212 checked out, 06:30 still armed"]


def test_one_of_two_who_leaves_takes_nothing_of_the_room(evening: Evening, life: GuestLife) -> None:
    """B6: room orders stay until the last guest leaves."""
    life.tell(gi("212", "1001"), gi("212", "1002", shared=True))
    evening.book("212", "06:30")
    life.tell(go("212", "1001", others=True))
    assert life.pending() == [("212", "06:30")]
    assert life.notices() == ["212: reservation 1001 checked out, 06:30 still armed"]
    assert "wakeup_stays" in life.said("212")


def test_a_check_out_by_the_pms_parks_and_the_wake_up_rings(evening: Evening, life: GuestLife) -> None:
    """B7: crews are checked out in the evening and woken at four."""
    life.tell(gi("212", "1001"))
    id = evening.book("212", "06:30")
    life.tell(go("212", "1001"))
    assert life.notices() == ["212 checked out, 06:30 still armed"]
    assert life.said("212")[-2:] == ["checked_out", "wakeup_parked"]
    evening.until("06:32")
    assert evening.rings("212") == ["06:30:00"]
    assert evening.wakeup(id).state == WakeupState.WOKEN
    assert life.notices() == []


def test_the_notice_is_seen_and_never_heard(evening: Evening, life: GuestLife) -> None:
    """B7: nobody has to do anything about it, acknowledged or not."""
    life.tell(gi("212", "1001"))
    evening.book("212", "08:30")
    life.tell(go("212", "1001"))
    evening.forget_changes()
    evening.advance(20 * 60)
    assert evening.changes("alarm") == []
    (notice,) = evening.open_alarms()
    assert (notice.level, notice.next, notice.room) == (0, None, "212")
    evening.acknowledge(notice.id, "anna")
    evening.forget_changes()
    evening.advance(20 * 60)
    assert evening.changes("alarm") == []


def test_the_same_guest_elsewhere_takes_along_what_was_parked(evening: Evening, life: GuestLife) -> None:
    """B7: a move that comes as a check-out and a check-in."""
    life.tell(gi("212", "1001"))
    evening.order("212", at=f"{evening.day}T06:30", days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    life.tell(go("212", "1001"))
    life.tell(gi("120", "1001"))
    assert {room for room, _ in life.pending()} == {"120"}
    assert life.notices() == []
    assert "wakeup_moved" in life.said("120")


def test_a_move_may_come_with_the_check_in_first(evening: Evening, life: GuestLife) -> None:
    """B7: the order of the two records is not fixed."""
    life.tell(gi("212", "1001"))
    evening.book("212", "06:30")
    life.tell(gi("120", "1001"))
    life.tell(go("212", "1001"))
    assert life.pending() == [("120", "06:30")]
    assert life.here() == {"1001": "120"} and life.notices() == []


def test_two_who_share_move_by_check_outs_and_check_ins(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001"), gi("212", "1002", shared=True))
    evening.book("212", "06:30")
    evening.order("212", at=f"{evening.day}T06:40", reservation="1002")
    life.tell(go("212", "1001", others=True), go("212", "1002"))
    life.tell(gi("120", "1001"), gi("120", "1002", shared=True))
    assert sorted(life.pending()) == [("120", "06:30"), ("120", "06:40")]


def test_checked_out_and_in_again_in_the_same_room_loses_nothing(evening: Evening, life: GuestLife) -> None:
    """B7: the same reservation is no new guest."""
    life.tell(gi("212", "1001"))
    evening.order("212", at=f"{evening.day}T06:30", days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    before = life.pending()
    life.tell(go("212", "1001"), gi("212", "1001"))
    assert life.pending() == before and life.notices() == []
    assert "wakeup_kept" in life.said("212")
    life.tell(go("212", "1001"))
    life.tell(gi("212", "1001"))
    assert life.pending() == before


def test_a_new_guest_cancels_what_an_earlier_one_left_behind(evening: Evening, life: GuestLife) -> None:
    """B7: but not what names him, nor what was booked for him into the empty room."""
    life.tell(gi("212", "1001"))
    old = evening.book("212", "06:30")
    mine = evening.order("212", at=f"{evening.day}T06:45", reservation="1002").id
    life.tell(go("212", "1001"))
    ahead = evening.book("212", "06:50")
    life.tell(gi("212", "1002"))
    states = {id: evening.wakeup(id).state for id in (old, mine, ahead)}
    assert states == {
        old: WakeupState.CANCELLED,
        mine: WakeupState.SCHEDULED,
        ahead: WakeupState.SCHEDULED,
    }
    lines = [line.text for line in life.journal("212") if line.what == "wakeup_cancelled"]
    assert lines == ["06:30 cancelled: left behind by an earlier guest"]
    assert life.notices() == []


def test_whatever_is_told_with_one_breath_is_not_taken_for_left_behind(
    evening: Evening, life: GuestLife
) -> None:
    """B2, B7: the check-out of one guest and a wake-up for the next may come in the same moment."""
    life.tell(gi("212", "1001"))
    life.tell(go("212", "1001"), wr(evening, "212", "06:30"), gi("212", "1002"))
    assert life.pending() == [("212", "06:30")]


def test_who_turns_up_late_gets_back_what_a_new_guest_had_cancelled(
    evening: Evening, life: GuestLife
) -> None:
    """B7: he had moved, and the room was given away before his own check-in was told."""
    life.tell(gi("212", "1001"))
    evening.order("212", at=f"{evening.day}T06:30", follow_up=10)
    life.tell(go("212", "1001"), gi("212", "1002"))
    assert life.pending() == []
    life.tell(gi("120", "1001"))
    assert sorted(life.pending()) == [("120", "06:30"), ("120", "06:40")]
    life.tell(go("120", "1001"), gi("120", "1001"))
    assert sorted(life.pending()) == [("120", "06:30"), ("120", "06:40")]


def test_who_is_back_takes_along_nothing_of_a_guest_who_was_in_his_room_since(
    evening: Evening, life: GuestLife
) -> None:
    """B7: a crew member who is checked out and still asleep in there is to be woken."""
    life.tell(gi("212", "1001"))
    evening.book("212", "06:30")
    life.tell(go("212", "1001"))
    evening.advance(60)
    life.tell(gi("212", "2002"))
    life.tell(wr(evening, "212", "06:45"))
    evening.order("212", at=f"{evening.day}T06:50", days=("tue",))
    evening.advance(60)
    life.tell(go("212", "2002"))
    evening.advance(60)
    life.tell(gi("120", "1001"))
    assert sorted(life.pending())[0] == ("120", "06:30"), "his own, which the other's arrival had cancelled"
    assert {one for one in life.pending() if one[0] == "212"} == {("212", "06:45"), ("212", "06:50")}
    assert life.notices()[0].startswith("212 checked out, 06:45")


def test_who_is_back_in_his_room_keeps_nothing_of_a_guest_who_was_in_it_since(
    evening: Evening, life: GuestLife
) -> None:
    """B7: to him the other's wake-ups are what an earlier guest left behind, standing orders too."""
    life.tell(gi("212", "1001"))
    his = evening.order("212", at=f"{evening.day}T06:30", days=("tue", "wed"))
    life.tell(go("212", "1001"))
    evening.advance(60)
    life.tell(gi("212", "2002"))
    evening.book("212", "06:45")
    evening.order("212", at=f"{evening.day}T06:50", days=("tue", "wed"))
    evening.advance(60)
    life.tell(go("212", "2002"))
    evening.advance(60)
    life.tell(gi("212", "1001"))
    assert {time for _, time in life.pending()} == {"06:30"}
    assert evening.ask("order", his.order).ended_at is None


def test_one_of_two_who_turns_up_elsewhere_leaves_the_others_parked(
    evening: Evening, life: GuestLife
) -> None:
    """B6, B7: the room's went out with its last guest, and what names the other is the other's."""
    life.tell(gi("212", "1001"), gi("212", "1002", shared=True))
    evening.book("212", "06:30")
    evening.order("212", at=f"{evening.day}T06:40", reservation="1002")
    evening.order("212", at=f"{evening.day}T06:50", reservation="1001")
    life.tell(go("212", "1001", others=True))
    evening.advance(60)
    life.tell(go("212", "1002"))
    evening.advance(60)
    life.tell(gi("120", "1001"))
    assert sorted(life.pending()) == [("120", "06:50"), ("212", "06:30"), ("212", "06:40")]


def test_two_rooms_that_change_their_guests_change_their_wake_ups(evening: Evening, life: GuestLife) -> None:
    """B6: told as one move into an occupied room, and one back."""
    life.tell(gi("212", "1001"), gi("120", "1002"))
    evening.book("212", "06:30")
    evening.book("120", "06:40")
    evening.advance(60)
    life.tell(gc("212", "120", "1001", shared=True), gc("120", "212", "1002", others=True))
    assert sorted(life.pending()) == [("120", "06:30"), ("212", "06:40")]


def test_a_swap_told_as_if_both_rooms_were_empty_loses_nothing(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001"), gi("120", "1002"))
    evening.book("212", "06:30")
    evening.book("120", "06:40")
    evening.advance(60)
    life.tell(gc("212", "120", "1001"), gc("120", "212", "1002", others=True))
    assert sorted(life.pending()) == [("120", "06:30"), ("212", "06:40")]
    assert life.here() == {"1001": "120", "1002": "212"}


def test_three_rooms_that_rotate_their_guests_rotate_their_wake_ups(
    evening: Evening, life: GuestLife
) -> None:
    """B6: each stands in the next one's room for a while, and none is shared in the end."""
    life.tell(gi("120", "A"), gi("121", "B"), gi("122", "C"))
    evening.book("120", "06:41")
    evening.book("121", "06:42")
    evening.book("122", "06:43")
    life.tell(gc("120", "121", "A", shared=True))
    life.tell(gc("121", "122", "B", shared=True, others=True))
    life.tell(gc("122", "120", "C", others=True))
    assert sorted(life.pending()) == [("120", "06:43"), ("121", "06:41"), ("122", "06:42")]
    assert life.notices() == []


def test_what_was_booked_for_a_room_that_two_shared_stays_with_who_stays(
    evening: Evening, life: GuestLife
) -> None:
    """B6: however they came together; the one who was there first takes along what he had before."""
    life.tell(gi("120", "A"), gi("121", "B"))
    evening.book("121", "06:30")
    evening.advance(60)
    life.tell(gc("120", "121", "A", shared=True))
    evening.advance(60)
    evening.book("121", "06:40")
    life.tell(gc("121", "122", "B", others=True))
    assert sorted(life.pending()) == [("121", "06:40"), ("122", "06:30")]
    assert life.notices() == ["121: reservation B went to 122, 06:40 still armed"]


def test_a_person_is_sent_to_the_room_where_the_guest_is_now(evening: Evening, life: GuestLife) -> None:
    """A2, B6: his ladder was over when he moved; whoever had heard of it hears of it anew."""
    life.tell(gi("212", "1001"))
    id = evening.book("212", "06:30")
    evening.phone("212", *[NoAnswer(rings=4)] * 3)
    evening.until("06:38")
    (alarm,) = evening.open_alarms()
    evening.acknowledge(alarm.id, "anna")
    life.tell(gc("212", "120", "1001"))
    (alarm,) = evening.open_alarms()
    assert (alarm.room, alarm.acknowledged_by, alarm.kind) == ("120", None, "wakeup_failed")
    assert alarm.text.startswith("Room 120 (moved from 212): wake-up 06:30 failed after 3 tries")
    life.tell(go("120", "1001"), gi("121", "1001"))
    (alarm,) = evening.open_alarms()
    assert alarm.text.startswith("Room 121 (moved from 120): wake-up 06:30 failed after 3 tries")
    assert evening.wakeup(id).room == "121"


def test_nobody_is_sent_after_the_next_guest_of_a_room(evening: Evening, life: GuestLife) -> None:
    """A2, B6: the alarm is about a guest who has left, not about who moves out later."""
    life.tell(gi("212", "1001"))
    evening.book("212", "06:30")
    evening.phone("212", *[NoAnswer(rings=4)] * 3)
    evening.until("06:38")
    life.tell(go("212", "1001"), gi("212", "2002"))
    evening.advance(60)
    life.tell(gc("212", "120", "2002"))
    assert [alarm.room for alarm in evening.open_alarms()] == ["212"]


def test_a_wake_up_on_a_list_is_on_it_with_the_room_where_the_guest_is_now(
    evening: Evening, life: GuestLife
) -> None:
    """A3, B6: two were found too late, and one of the guests moves."""
    life.tell(gi("212", "1001"), gi("213", "1002"))
    evening.book("212", "06:30")
    evening.book("213", "06:30")
    evening.crash()
    evening.advance(3600)
    evening.start()
    evening.advance(5)
    life.tell(gc("212", "120", "1001"))
    (alarm,) = [one for one in evening.open_alarms() if one.kind == "wakeup_late"]
    assert sorted(item.room for item in alarm.items) == ["120", "213"]


def test_a_wake_up_that_names_a_guest_follows_him_to_the_room_he_gets(
    evening: Evening, life: GuestLife
) -> None:
    """B6: it was booked for a room that he did not get in the end."""
    evening.order("212", at=f"{evening.day}T06:30", reservation="1001")
    life.tell(gi("212", "1009"))
    assert life.pending() == [("212", "06:30")]
    life.tell(gi("120", "1001"))
    assert life.pending() == [("120", "06:30")]


def test_a_wake_up_that_the_pms_has_moved_itself_is_rung_and_told_once(
    evening: Evening, life: GuestLife
) -> None:
    """B2: asked for in the new room, then the guest moves there with the old one."""
    life.tell(gi("212", "1001"))
    life.tell(wr(evening, "212", "06:30"), wr(evening, "120", "06:30"))
    life.tell(gc("212", "120", "1001"))
    assert life.pending() == [("120", "06:30")]
    first = evening.wakeups()[0]
    assert "the same as wake-up" in evening.wakeup(first.id).history[-1].text
    evening.until("06:32")
    assert evening.rings("120") == ["06:30:00"] and evening.rings("212") == []
    assert len(told(evening)) == 1


def test_two_who_change_rooms_are_both_woken_where_the_pms_asked_for_the_same_time(
    evening: Evening, life: GuestLife
) -> None:
    """B2, B6: one of them stands in the room of the other for a while; what rings there is not his."""
    life.tell(gi("212", "1001"), gi("120", "1002"))
    life.tell(wr(evening, "212", "06:30"), wr(evening, "120", "06:30"))
    life.tell(gc("212", "120", "1001", shared=True), gc("120", "212", "1002", others=True))
    assert sorted(life.pending()) == [("120", "06:30"), ("212", "06:30")]


def test_what_the_pms_has_asked_for_again_is_not_booked_a_second_time(
    evening: Evening, life: GuestLife
) -> None:
    """B2, B7: a new guest had cancelled it, and the PMS has moved it itself before its guest turned up."""
    life.tell(gi("212", "1001"), wr(evening, "212", "06:30"))
    evening.advance(60)
    life.tell(go("212", "1001"), gi("212", "1002"))
    life.tell(wr(evening, "120", "06:30"), gi("120", "1001"))
    assert life.pending() == [("120", "06:30")]


def told(evening: Evening) -> list[str]:
    """The results for the PMS, by subject."""
    return [one.subject for one in evening.read(lambda tx: notices.beginning(tx, "main", "result:"))]


def test_a_ladder_that_runs_goes_on_in_the_new_room(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001"))
    evening.book("212", "06:30")
    evening.phone("212", NoAnswer(rings=30))
    evening.until("06:30:10")
    life.tell(gc("212", "120", "1001"))
    evening.until("06:33")
    assert (evening.rings("212"), evening.rings("120")) == (["06:30:00"], ["06:32:00"])
    assert evening.wakeups()[0].state == WakeupState.WOKEN


def test_a_restart_in_between_changes_nothing(evening: Evening, life: GuestLife) -> None:
    life.tell(gi("212", "1001"))
    evening.book("212", "06:30")
    life.tell(go("212", "1001"))
    evening.crash()
    evening.start()
    life.tell(go("212", "1001"))
    assert life.notices() == ["212 checked out, 06:30 still armed"]
    life.tell(gi("120", "1001"))
    assert life.pending() == [("120", "06:30")]
