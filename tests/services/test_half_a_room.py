"""Trouble with one phone of a room, and a follow-up whose main one rings."""

from __future__ import annotations

from hotelbridge.core.records import AlarmKind
from hotelbridge.services.orderviews import OrderChange
from hotelbridge.testing.fake_om_scripts import Answers, Fails, NoAnswer
from tests.services.evening import DESK, Evening


def test_one_dead_phone_of_two_is_told_at_once(evening: Evening) -> None:
    """R3: FAILED 3, 7, 8 alarm the desk at once while the ladder goes on."""
    evening.phone("301", Fails(7))
    evening.phone("302", NoAnswer(rings=30))
    evening.book("suite", "06:30")
    evening.until("06:31:30")
    assert [a.kind for a in evening.open_alarms()] == [AlarmKind.PHONE_OFFLINE]


def test_a_follow_up_whose_main_one_rings_moves_or_is_named(evening: Evening) -> None:
    evening.phone("212", Answers(after=5, talk=20))
    made = evening.order("212", at="2026-11-24T06:30", follow_up=30)
    evening.until("06:32")
    done = evening.ask("change_order", made.order, OrderChange(follow_up=15), DESK)
    assert done.changed or done.left
