"""R6: what could not be put back yet stays open for the next wake-up of the room."""

from __future__ import annotations

from pathlib import Path

from hotelbridge.core.records import WakeupState
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.test_loans import holds


def test_a_phone_is_not_closed_while_the_next_ladder_runs(tmp_path: Path) -> None:
    hotel = Evening(tmp_path)
    hotel.om.phone("212").parameters.update(No_Disturb="on")
    hotel.phone("212", Answers(after=5, talk=20), NoAnswer(rings=20), Answers(after=5, talk=20))
    made = hotel.order("212", at=f"{hotel.day}T06:30", follow_up=4)
    hotel.until("06:30:10")
    hotel.om.faults.always(CommandFault.DROP_UNEXECUTED, "Assign")  # the return does not get through
    hotel.until("06:34:25")
    assert holds(hotel, "No_Disturb") == "off"
    hotel.om.faults.clear()
    hotel.until("06:45")
    follow = hotel.wakeup(made.wakeups[1].id)
    hotel.stop()
    assert follow.state == WakeupState.WOKEN
