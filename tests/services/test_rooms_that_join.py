"""Rooms that join an order ring with the others, or are refused in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hotelbridge.errors import Refusal
from hotelbridge.services.orderviews import ChangeRequest, OrderChange
from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import DESK, Evening


def test_a_room_that_joins_too_late_is_refused_or_named(evening: Evening) -> None:
    evening.phone("213", Answers())
    made = evening.order("212", at="2026-11-24T06:30")
    evening.until("06:29:30")
    try:
        done = evening.ask("change_order", made.order, OrderChange(rooms=("212", "213")), DESK)
    except Refusal:
        return  # too_soon: well
    evening.until("06:40")
    assert evening.rings("213") or done.left, "213 was taken into the order, and never rings"


def test_a_room_that_joins_an_order_moved_to_another_day(evening: Evening) -> None:
    made = evening.order("212", at="2026-11-24T06:30")
    evening.ask("change", made.id, ChangeRequest(date="2026-11-25"), DESK)
    evening.until("07:00")
    try:
        done = evening.ask("change_order", made.order, OrderChange(rooms=("212", "213")), DESK)
    except Refusal:
        return
    assert done.made or done.left, f"order {done.rooms}: {done.said}; of 213 nothing is to come"


def test_a_room_that_joins_in_the_doubled_hour_rings_with_the_others(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, begins=datetime(2026, 10, 24, 22, 30, tzinfo=UTC))
    made = hotel.order("212", at="2026-10-25T02:30+01:00")  # the second pass
    done = hotel.ask("change_order", made.order, OrderChange(rooms=("212", "213")), DESK)
    dues = {hotel.wakeup(id).due.astimezone(UTC) for id in (made.id, *done.made)}
    hotel.stop()
    assert dues == {datetime(2026, 10, 25, 1, 30, tzinfo=UTC)}
