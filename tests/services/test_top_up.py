"""What is made for the days ahead is looked at; an order that is prolonged begins anew today."""

from __future__ import annotations

from hotelbridge.core.records import WakeupState
from hotelbridge.services.orderviews import OrderChange
from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import DESK, Evening
from tests.services.test_standing_orders import DAILY


def prolonged(evening: Evening) -> tuple[int, ...]:
    evening.phone("212", Answers())
    made = evening.order("212", at="2026-11-24T06:30", days=DAILY, until="2026-11-24")
    evening.until("06:40")
    evening.crash()  # only to let the days go by quickly
    evening.advance(12 * 86400 + 16 * 3600 + 1200)  # Sunday 6 December, 23:00
    evening.start()
    done = evening.ask("change_order", made.order, OrderChange(until="2026-12-09"), DESK)
    return tuple(done.made)


def test_a_prolonged_order_is_made_at_once(evening: Evening) -> None:
    assert len(prolonged(evening)) == 3  # 7, 8 and 9 December


def test_days_before_it_was_prolonged_are_not_made(evening: Evening) -> None:
    prolonged(evening)
    evening.advance(3900)  # past midnight
    over = [w.local for w in evening.wakeups() if "2026-12-01" < w.local < "2026-12-06T23"]
    assert over == []


def test_what_was_made_at_midnight_rings(evening: Evening) -> None:
    prolonged(evening)
    evening.advance(7 * 3600 + 45 * 60)  # Monday 7 December, 06:45
    monday = next(w for w in evening.wakeups() if w.local.startswith("2026-12-07"))
    assert monday.state == WakeupState.WOKEN
