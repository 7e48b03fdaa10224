"""An alarm about a phone goes with the time it speaks of."""

from __future__ import annotations

import pytest

from hotelbridge.services.orderviews import ChangeRequest
from tests.services.evening import DESK, Evening


@pytest.mark.parametrize("what", [ChangeRequest(date="2026-11-25"), ChangeRequest(in_person=True)])
def test_the_alarm_about_a_phone_goes_with_a_wake_up_that_is_changed(
    evening: Evening, what: ChangeRequest
) -> None:
    evening.om.unplug("212")
    id = evening.book("212", "06:50")
    evening.advance(60)
    (alarm,) = evening.open_alarms()
    evening.ask("change", id, what, DESK)
    evening.advance(120)
    left = [a.text for a in evening.open_alarms() if "06:50" in a.text]
    if left:
        evening.acknowledge(alarm.id, "anna", "woken_by_staff")
    assert left == []
