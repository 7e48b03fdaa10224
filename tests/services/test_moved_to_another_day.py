"""B1: what was agreed for one day stays, whatever is changed of its order."""

from __future__ import annotations

from hotelbridge.core.records import WakeupState
from hotelbridge.services.orderviews import ChangeRequest, OrderChange
from tests.services.evening import DESK, Evening


def test_a_note_does_not_cancel_what_was_moved_to_another_day(evening: Evening) -> None:
    made = evening.order("110:112", at="2026-11-24T06:30")
    moved = made.wakeups[1].id
    evening.ask("change", moved, ChangeRequest(date="2026-11-25"), DESK)
    done = evening.ask("change_order", made.order, OrderChange(note="group of Mr. Smith"), DESK)
    assert evening.wakeup(moved).state == WakeupState.SCHEDULED
    assert done.cancelled == ()


def test_nor_one_of_a_standing_order(evening: Evening) -> None:
    made = evening.order("212", at="2026-11-24T06:30", days=("tue", "wed", "thu", "fri"))
    friday = next(w for w in evening.wakeups() if w.local.startswith("2026-11-27"))
    evening.ask("change", friday.id, ChangeRequest(date="2026-11-28"), DESK)  # Saturday instead
    evening.ask("change_order", made.order, OrderChange(language="en"), DESK)
    assert evening.wakeup(friday.id).state == WakeupState.SCHEDULED
