"""Orders that are changed or ended, with all their wake-ups to come."""

from __future__ import annotations

from typing import Any

import pytest

from hotelbridge.core.records import Proof, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.orderviews import (
    ChangeRequest,
    OrderChange,
    OrderChanged,
    OrderQuery,
    OrderView,
)
from hotelbridge.services.views import WakeupQuery, WakeupView
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import DESK, Evening

DAILY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = {"days": DAILY, "until": "2026-11-28"}  # Tuesday to Saturday


def standing(evening: Evening, room: str = "212", **asked: Any) -> int:
    return evening.order(room, **({"at": "2026-11-24T06:30"} | WEEK | asked)).order


def change(evening: Evening, order: int, **what: Any) -> OrderChanged:
    return evening.ask("change_order", order, OrderChange(**what), DESK)  # type: ignore[no-any-return]


def refused(evening: Evening, order: int, **what: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        change(evening, order, **what)
    return refusal.value


def of(evening: Evening, order: int, **wanted: Any) -> tuple[WakeupView, ...]:
    return evening.ask("wakeups", WakeupQuery(limit=500, order=order, **wanted)).items  # type: ignore[no-any-return]


def times(evening: Evening, order: int) -> list[str]:
    """What is to come, as "day time"."""
    return [f"{w.local[8:10]} {w.local[11:16]}" for w in of(evening, order, open=True)]


def test_another_time_moves_all_that_is_to_come_and_says_so(evening: Evening) -> None:
    """B1: an order is changed with all its wake-ups to come."""
    order = standing(evening)
    done = change(evening, order, time="07:15", proof=Proof.DIGIT, note="loud")
    assert times(evening, order) == ["24 07:15", "25 07:15", "26 07:15", "27 07:15", "28 07:15"]
    assert (len(done.changed), done.made, done.cancelled, done.left) == (5, (), (), ())
    assert done.said == "every day 07:15 until Saturday 28 November"
    shown = evening.wakeup(done.changed[0])
    assert (shown.proof, shown.note) == (Proof.DIGIT, "loud")
    line = shown.history[-1]
    assert (line.by, line.origin) == ("anna", "test")
    assert line.text == (
        f"changed with order {order}: time 2026-11-24 06:30:00 to 2026-11-24 07:15:00, note, "
        "proof answer to digit"
    )


def test_what_rings_or_is_over_is_left(evening: Evening) -> None:
    """B1: each wake-up has its own state."""
    evening.phone("212", Answers(), NoAnswer(rings=20))
    order = standing(evening)
    evening.until("06:32")
    done = change(evening, order, time="06:40")
    assert [w.local[8:16] for w in of(evening, order)] == [
        "24T06:30", "25T06:40", "26T06:40", "27T06:40", "28T06:40",
    ]  # fmt: skip
    assert len(done.changed) == 4
    evening.until("06:41")
    assert evening.rings("212") == ["06:30:00"]


def test_a_day_that_was_agreed_otherwise_stays_so(evening: Evening) -> None:
    """B1: one day of an order can be changed or cancelled."""
    order = standing(evening)
    ids = [w.id for w in of(evening, order)]
    evening.ask("change", ids[1], ChangeRequest(time="05:00", note="taxi"), DESK)
    evening.cancel(ids[2])
    done = change(evening, order, time="07:15", note="loud", vip=True)
    assert times(evening, order) == ["24 07:15", "25 05:00", "27 07:15", "28 07:15"]
    assert done.left == (ids[1],)
    assert done.why_left == (
        f"Wake-up {ids[1]} of room 212 on Wednesday 25 November 05:00 stays as it was: another time was "
        "agreed for that day.",
    )
    moved = evening.wakeup(ids[1])
    assert (moved.note, moved.vip) == ("taxi", True)


def test_a_new_time_that_is_over_today_leaves_today_as_it_was(evening: Evening) -> None:
    """Promise 1: nothing is lost by a change."""
    order = standing(evening)
    done = change(evening, order, time="05:00")
    assert times(evening, order) == ["24 06:30", "25 05:00", "26 05:00", "27 05:00", "28 05:00"]
    assert len(done.left) == 1 and "the new time is over on that day" in done.why_left[0]


def test_a_follow_up_whose_wake_up_rings_already_is_left_and_it_is_said_why(evening: Evening) -> None:
    evening.phone("212", NoAnswer(rings=20))
    booked = evening.order("212", at="2026-11-24T06:30", days=DAILY, follow_up=10)
    evening.until("06:30:10")
    done = change(evening, booked.order, follow_up=20)
    assert done.left == (booked.wakeups[1].id,)
    assert done.why_left[0].endswith(
        "06:40 stays as it was: the wake-up that it follows rings already or is over."
    )


def test_other_days_cancel_some_and_make_others(evening: Evening) -> None:
    """B1: days and until."""
    order = standing(evening)
    done = change(evening, order, days=("tue", "fri", "sun"), until="2026-12-01")
    assert times(evening, order) == ["24 06:30", "27 06:30", "29 06:30", "01 06:30"]
    assert (len(done.cancelled), len(done.made)) == (3, 2)
    assert evening.wakeup(done.cancelled[0]).history[-1].text == (
        f"cancelled with a change of order {order} by anna"
    )
    change(evening, order, days=DAILY, until="2026-11-26")
    assert times(evening, order) == ["24 06:30", "25 06:30", "26 06:30"]
    change(evening, order, until="")
    assert len(times(evening, order)) == 11


def test_an_end_put_off_is_made_up_to_later(evening: Evening) -> None:
    """B1: until."""
    order = standing(evening, until="2026-11-25")
    evening.crash()
    evening.advance(24 * 3600)
    evening.start()
    change(evening, order, until="2026-11-27")
    evening.advance(6)
    assert times(evening, order)[-2:] == ["26 06:30", "27 06:30"]


def test_rooms_join_and_leave_an_order(evening: Evening) -> None:
    """B1: rooms."""
    order = standing(evening, "110,111", until="2026-11-25")
    change(evening, order, rooms=("111:112",))
    assert [(w.room, w.local[8:10]) for w in of(evening, order, open=True)] == [
        ("111", "24"), ("112", "24"), ("111", "25"), ("112", "25"),
    ]  # fmt: skip
    assert refused(evening, order, rooms=("999",)).code == "unknown_room"


def test_follow_ups_come_and_go_with_their_order(evening: Evening) -> None:
    """B1: a follow-up is a further wake-up."""
    order = standing(evening, until="2026-11-25")
    change(evening, order, follow_up=10)
    assert times(evening, order) == ["24 06:30", "24 06:40", "25 06:30", "25 06:40"]
    change(evening, order, follow_up=15, time="07:00")
    assert times(evening, order) == ["24 07:00", "24 07:15", "25 07:00", "25 07:15"]
    assert [w.follows is None for w in of(evening, order, open=True)] == [True, False, True, False]
    change(evening, order, follow_up=0)
    assert times(evening, order) == ["24 07:00", "25 07:00"]


def test_ended_nothing_of_it_rings_and_nothing_more_is_made(evening: Evening) -> None:
    """B1: an order is ended with all its wake-ups to come."""
    order = standing(evening, until=None, follow_up=10)
    done = evening.ask("end_order", order, DESK)
    assert (done.ended_by, done.pending, len(done.cancelled)) == ("anna", 0, 22)
    assert {w.state for w in of(evening, order)} == {WakeupState.CANCELLED}
    assert evening.ask("end_order", order, DESK).cancelled == ()
    assert refused(evening, order, time="07:00").code == "order_ended"
    evening.crash()
    evening.advance(3 * 24 * 3600)
    evening.start()
    assert len(of(evening, order)) == 22
    evening.advance(3600)
    assert evening.om.rings == []


def test_what_rings_when_its_order_is_ended_goes_on(evening: Evening) -> None:
    """B1: those already ringing are left."""
    evening.phone("212", NoAnswer(rings=20), Answers())
    order = standing(evening)
    evening.until("06:30:10")
    evening.ask("end_order", order, DESK)
    evening.until("06:33")
    assert [w.state for w in of(evening, order)][0] == WakeupState.WOKEN


def test_an_order_for_one_day_is_changed_for_all_its_rooms_but_not_made_a_standing_one(
    evening: Evening,
) -> None:
    """B1: an order of several rooms."""
    order = evening.order("110:112", at="2026-11-24T06:30").order
    done = change(evening, order, time="06:45")
    assert len(done.changed) == 3
    assert done.said == "Tuesday 24 November 06:45"
    assert refused(evening, order, days=DAILY).code == "not_recurring"
    assert refused(evening, order, time="06:00").code == "past"
    assert times(evening, order) == ["24 06:45"] * 3


@pytest.mark.parametrize(
    ("what", "code"), [({"until": "2026-11-01"}, "invalid_until"), ({"time": "soon"}, "invalid_time")]
)
def test_a_change_that_makes_no_sense_changes_nothing(evening: Evening, what: Any, code: str) -> None:
    order = standing(evening)
    assert refused(evening, order, **what, note="x").code == code
    assert evening.ask("order", order).note == ""


def test_orders_are_listed_and_those_that_are_over_are_told_apart(evening: Evening) -> None:
    once = evening.order("110", at="2026-11-24T06:30").order
    cancelled = evening.order("111", at="2026-11-24T06:30")
    evening.cancel(cancelled.id)
    daily = standing(evening)

    def ids(**query: Any) -> list[int]:
        return [order.id for order in evening.ask("orders", OrderQuery(**query)).items]

    assert ids() == [once, cancelled.order, daily]
    assert (ids(open=True), ids(open=False)) == ([once, daily], [cancelled.order])
    page = evening.ask("orders", OrderQuery(limit=2))
    assert ids(cursor=page.next) == [daily]
    shown: OrderView = evening.ask("order", daily)
    assert (shown.pending, shown.rooms, shown.days, shown.until) == (5, ("212",), DAILY, "2026-11-28")
    assert shown.next is not None and shown.next.isoformat() == "2026-11-24T06:30:00+01:00"
    with pytest.raises(Refusal, match="There is no order 999"):
        evening.ask("order", 999)
