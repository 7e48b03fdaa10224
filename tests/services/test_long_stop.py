"""Standing orders after a long stop: every day ahead is made, in as many pieces as it takes."""

from __future__ import annotations

from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import Evening


def test_after_a_long_stop_all_days_are_made(evening: Evening) -> None:
    evening.order("110:131", at="2026-11-24T06:30", days=("tue",), follow_up=30)
    evening.crash()  # Tuesday 24 November, 06:25
    evening.advance(27 * 86400 + 23.5 * 3600)
    evening.start()  # Tuesday 22 December, 05:55
    evening.advance(60)
    for room in range(110, 132):
        evening.phone(str(room), Answers())
    before = len(evening.om.rings)
    evening.until("07:00")
    rung = {r.phone for r in evening.om.rings[before:]}
    assert len(rung) == 22
