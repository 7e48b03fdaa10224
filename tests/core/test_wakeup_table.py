"""The state table of a wake-up."""

import pytest

from hotelbridge.core.records import FINAL_STATES, WakeupState
from hotelbridge.core.wakeup import TABLE, Happening, IllegalHappening, after, allows


def test_every_state_is_in_the_table() -> None:
    assert set(TABLE) == set(WakeupState)


def test_final_states_have_no_way_out() -> None:
    for state in FINAL_STATES:
        assert TABLE[state] == {}


def test_every_state_that_is_not_final_leads_to_a_final_one() -> None:
    for state in set(WakeupState) - FINAL_STATES:
        seen, todo = set(), [state]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += TABLE[here].values()
        assert seen & FINAL_STATES


@pytest.mark.parametrize("state", sorted(WakeupState))
@pytest.mark.parametrize("happening", sorted(Happening))
def test_what_the_table_does_not_name_raises(state: WakeupState, happening: Happening) -> None:
    if allows(state, happening):
        assert after(state, happening) == TABLE[state][happening]
    else:
        with pytest.raises(IllegalHappening):
            after(state, happening)


def test_a_wake_up_handed_to_a_person_is_ended_only_by_a_person() -> None:
    assert set(TABLE[WakeupState.ALARMED]) == {Happening.CLOSE}
