"""R3: short calls bring tries forward, never the end of the ladder."""

from __future__ import annotations

from hotelbridge.core.records import WakeupState
from hotelbridge.testing.fake_om_scripts import Answers, Busy
from tests.services.evening import Evening


def test_busy_never_moves_the_end_of_the_ladder(evening: Evening) -> None:
    evening.phone("212", Busy(6, 5), Busy(6, 5), Busy(6, 5), Answers(after=5, talk=20))
    id = evening.book("212", "06:30")
    evening.until("06:34")
    assert evening.wakeup(id).state != WakeupState.ALARMED  # R3: the ladder's end is 06:35, + one ring
