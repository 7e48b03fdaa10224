"""A call of ours that the device did not end when it was told to: the phone stays busy with ourselves."""

from __future__ import annotations

from hotelbridge.core.records import Outcome, WakeupState
from hotelbridge.testing.fake_om_faults import CommandFault
from hotelbridge.testing.fake_om_scripts import RINGS_FOR_EVER, Answers
from tests.services.evening import Evening


def test_a_call_that_could_not_be_ended_while_the_device_was_away_is_ended_when_it_is_back(
    evening: Evening,
) -> None:
    """R4: the call is ended by us; the next wake-up of the room finds a phone that is free."""
    evening.phone("212", Answers(after=5, talk=None), Answers(after=5, talk=20))
    evening.book("212", "06:30")
    later = evening.book("212", "06:35")
    evening.until("06:30:20")
    evening.om.cut()
    evening.until("06:34")
    evening.om.mend()
    evening.until("06:36")
    view = evening.wakeup(later)
    assert (view.state, view.tries) == (WakeupState.WOKEN, 1)
    assert evening.om.overlapping == []


def test_a_phone_that_rings_on_is_silenced_although_many_commands_are_lost(evening: Evening) -> None:
    """R5: a Query before each Clear; the try after it does not ring into the one before."""
    evening.phone("212", RINGS_FOR_EVER, Answers(after=5, talk=20))
    wakeup = evening.book("212", "06:30")
    evening.until("06:30:40")
    evening.om.faults.always(CommandFault.DROP_UNEXECUTED, "Query")
    evening.until("06:33:20")
    evening.om.faults.clear()
    evening.until("06:40")
    view = evening.wakeup(wakeup)
    assert (view.state, [one.outcome for one in view.attempts]) == (
        WakeupState.WOKEN,
        [Outcome.NO_ANSWER, Outcome.ANSWERED],
    )
    assert evening.om.overlapping == []


def test_a_guest_whose_next_call_is_his_own_is_not_cut_off(evening: Evening) -> None:
    """R5: never clear somebody else's call."""
    evening.phone("212", Answers(after=5, talk=70))
    evening.book("212", "06:30")
    evening.until("06:30:20")
    evening.om.cut()
    evening.until("06:31:30")
    evening.om.guest_dials("212", "0043123456")
    evening.om.mend()
    evening.until("06:36")
    assert not [one for one in evening.om.seen("Clear") if one.executed]
