"""Which time counts when wall clock and boot-time clock part: the pure decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.records import Standing, Trust
from hotelbridge.core.timeline import (
    LIMIT,
    PATIENCE,
    Mark,
    Reading,
    Timeline,
    Verdict,
    Witness,
    carried,
    fresh,
    left,
    look,
    mark_of,
    resumed,
    settled,
    verdict,
)

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def reading(boot: float, off: timedelta = timedelta()) -> Reading:
    """Both clocks `boot` seconds after a boot at NIGHT, the wall clock off by so much."""
    return Reading(NIGHT + timedelta(seconds=boot) + off, boot)


def doubted(off: timedelta = HOUR, at: float = 100.0) -> Timeline:
    return look(fresh(reading(0)), reading(at, off))


def test_a_wall_clock_that_runs_beside_the_boot_clock_counts() -> None:
    """K1: no question, the wall clock is the time."""
    line = look(fresh(reading(0)), reading(60))
    assert line.standing is Standing.AGREED
    assert line.at(60) == reading(60).wall


@pytest.mark.parametrize("off", [timedelta(seconds=119), -timedelta(seconds=119)])
def test_a_small_correction_is_followed_without_a_word(off: timedelta) -> None:
    """K1: only more than 2 min is a step."""
    line = look(fresh(reading(0)), reading(60, off))
    assert line.standing is Standing.AGREED
    assert line.at(60) == reading(60, off).wall


@pytest.mark.parametrize("off", [HOUR, -HOUR, timedelta(seconds=121)])
def test_a_step_is_doubted_and_the_old_time_goes_on(off: timedelta) -> None:
    """K1: ring on the old timeline."""
    line = doubted(off)
    assert line.standing is Standing.DOUBTED
    assert line.at(700) == reading(700).wall
    assert line.step(reading(100, off)) == off


def test_two_steps_below_the_limit_that_are_above_it_together_are_doubted() -> None:
    """K1: the clocks have parted, in however many pieces; the first piece had been accepted."""
    piece = timedelta(seconds=90)
    line = look(fresh(reading(0)), reading(5, piece))
    line = look(line, reading(10, 2 * piece))
    assert line.standing is Standing.DOUBTED
    assert line.at(10) == reading(10, piece).wall


def test_small_corrections_all_day_long_are_no_step() -> None:
    """K1: 0.2 s every minute, as a time service does on a bad oscillator."""
    line = fresh(reading(0))
    for minute in range(24 * 60):
        line = look(line, reading(60.0 * minute, timedelta(seconds=0.2 * minute)))
    assert line.standing is Standing.AGREED


def test_a_wall_clock_that_comes_back_ends_the_question() -> None:
    """K1: the alarm stays until the wall clock agrees again."""
    line = look(doubted(), reading(200, timedelta(seconds=3)))
    assert line.standing is Standing.AGREED
    assert line.at(200) == reading(200, timedelta(seconds=3)).wall


def test_another_step_begins_the_time_to_answer_anew() -> None:
    """K1: each step is a question of its own."""
    line = look(doubted(at=100), reading(400, 2 * HOUR))
    assert line.since == 400
    assert left(line, 400) == PATIENCE
    assert line.at(400) == reading(400).wall


@pytest.mark.parametrize(("shows", "trust"), [(HOUR, Trust.NEW), (timedelta(), Trust.OLD)])
def test_a_witness_near_one_line_confirms_that_one(shows: timedelta, trust: Trust) -> None:
    """K1: until a witness confirms."""
    now = reading(120, HOUR)
    witness = Witness("om20", reading(110, shows + timedelta(seconds=50)).wall, 110)
    assert verdict(doubted(), now, [witness]) == Verdict(trust, "om20")


def test_a_witness_near_both_lines_confirms_the_nearer() -> None:
    """K1: after a step of three minutes both lines lie within 2 min of some times."""
    step = timedelta(minutes=3)
    now, line = reading(120, step), doubted(step)
    assert verdict(line, now, [Witness("om20", reading(110, timedelta(seconds=80)).wall, 110)]) == Verdict(
        Trust.OLD, "om20"
    )
    assert verdict(line, now, [Witness("om20", reading(110, timedelta(seconds=100)).wall, 110)]) == Verdict(
        Trust.NEW, "om20"
    )


@pytest.mark.parametrize(
    "witness",
    [
        Witness("om20", reading(110, 7 * HOUR).wall, 110),
        Witness("om20", reading(90).wall, 90),
        Witness("om20", reading(110, HOUR).wall, 110, sound=False),
    ],
    ids=["near_neither", "heard_before_the_step", "wrong_before_already"],
)
def test_a_witness_that_cannot_know_does_not_count(witness: Witness) -> None:
    """K1: within 2 min of one of the two, heard since, and right until then."""
    assert verdict(doubted(), reading(120, HOUR), [witness]) is None


def test_witnesses_that_contradict_each_other_decide_nothing() -> None:
    """K1: then a person says it."""
    two = [Witness("a", reading(110, HOUR).wall, 110), Witness("b", reading(110).wall, 110)]
    assert verdict(doubted(), reading(120, HOUR), two) is None


def test_after_ten_minutes_without_an_answer_the_new_time_counts() -> None:
    """K1: or 10 min have passed."""
    line = doubted(at=100)
    assert verdict(line, reading(699, HOUR), []) is None
    assert verdict(line, reading(700, HOUR), []) == Verdict(Trust.NEW, "")


def test_the_new_line_said_right_is_the_wall_clock() -> None:
    """K1: the new one is confirmed."""
    line = settled(doubted(), reading(150, HOUR), Verdict(Trust.NEW, "anna"))
    assert line == fresh(reading(150, HOUR))


def test_the_old_line_said_right_is_kept_for_as_long_as_the_wall_clock_is_wrong() -> None:
    """K1: we go on with the old timeline, without an end."""
    line = settled(doubted(), reading(150, HOUR), Verdict(Trust.OLD, "anna"))
    line = look(line, reading(90_000, HOUR))
    assert line.standing is Standing.HELD
    assert line.at(90_000) == reading(90_000).wall
    assert verdict(line, reading(90_000, HOUR), []) is None
    assert look(line, reading(90_001)).standing is Standing.AGREED


def test_a_start_without_a_saved_time_trusts_the_wall_clock() -> None:
    """K1: there is nothing to compare with."""
    assert resumed(None, "b1", reading(0)).standing is Standing.AGREED


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_a_step_while_the_daemon_was_down_is_noticed_within_the_same_boot(off: timedelta) -> None:
    """K1: the saved pair of clocks tells."""
    saved = mark_of(fresh(reading(50)), "b1", 50)
    line = resumed(saved, "b1", reading(900, off))
    assert line.standing is Standing.DOUBTED
    assert line.at(900) == reading(900).wall


def test_a_wall_clock_before_the_last_saved_time_is_doubted_after_another_boot() -> None:
    """K1: a start finds the wall clock before the last saved time."""
    saved = Mark(NIGHT, "b1", 50_000)
    line = resumed(saved, "b2", Reading(NIGHT - 3 * HOUR, 20))
    assert line.standing is Standing.DOUBTED
    assert line.at(20) == NIGHT


def test_a_wall_clock_after_the_last_saved_time_is_trusted_after_another_boot() -> None:
    """K1: nobody can say how long the machine was off."""
    line = resumed(Mark(NIGHT, "b1", 50_000), "b2", Reading(NIGHT + 8 * HOUR, 20))
    assert line == fresh(Reading(NIGHT + 8 * HOUR, 20))


def test_a_clock_set_forward_past_the_last_saved_time_explains_itself() -> None:
    """K1: a machine without a battery starts in the past, until its time service has answered."""
    line = resumed(Mark(NIGHT, "b1", 50_000), "b2", Reading(NIGHT - 3 * HOUR, 20))
    right = Reading(NIGHT + HOUR, 50)
    line = look(line, right)
    found = verdict(line, right, [])
    assert found is not None and found.trust is Trust.NEW


def test_a_witness_knows_how_long_the_machine_was_off() -> None:
    """K1: started 3 h back, after 40 min without current; the old line would be 40 min behind."""
    now = Reading(NIGHT - 3 * HOUR, 20)
    line = resumed(Mark(NIGHT, "b1", 50_000), "b2", now)
    true = NIGHT + timedelta(minutes=40)
    later = Reading(now.wall + timedelta(seconds=10), 30)
    found = verdict(line, later, [Witness("om20", true, 30)])
    assert found is not None and found.trust is Trust.OLD
    line = settled(line, later, found)
    assert line.at(30) == true
    assert look(line, later).standing is Standing.HELD
    assert look(line, Reading(true + timedelta(seconds=70), 100)).standing is Standing.AGREED


def test_a_witness_that_claims_another_year_is_not_believed() -> None:
    """K1: a device without a time service must not make every wake-up late."""
    now = Reading(NIGHT - 3 * HOUR, 20)
    line = resumed(Mark(NIGHT, "b1", 50_000), "b2", now)
    assert verdict(line, now, [Witness("om20", NIGHT + timedelta(days=400), 30)]) is None


def test_time_that_has_really_gone_by_moves_no_wait() -> None:
    """K1: waits are carried over a step, not over the time for which the machine was off."""
    right = Reading(NIGHT + HOUR, 50)
    back = resumed(Mark(NIGHT, "b1", 50_000), "b2", Reading(NIGHT - 3 * HOUR, 20))
    assert carried(look(back, right), right, Verdict(Trust.NEW, "the clock")) == timedelta()
    assert carried(doubted(-HOUR), reading(150, -HOUR), Verdict(Trust.NEW, "anna")) == -HOUR
    assert carried(doubted(HOUR), reading(150, HOUR), Verdict(Trust.OLD, "anna")) == timedelta()


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_an_open_question_outlives_a_restart_with_its_time_to_answer(step: timedelta) -> None:
    """K1: ten minutes from the step on, not from the restart on."""
    line = doubted(step, at=100)
    again = resumed(mark_of(line, "b1", 300), "b1", reading(400, step))
    assert again.standing is Standing.DOUBTED
    assert left(again, 400) == timedelta(minutes=5)
    assert again.at(400) == reading(400).wall


def test_a_question_open_when_the_machine_went_down_is_asked_again() -> None:
    """K1: a restart of the machine is no answer."""
    line = resumed(mark_of(doubted(), "b1", 300), "b2", Reading(NIGHT + 2 * HOUR, 10))
    assert line.standing is Standing.DOUBTED


def test_many_small_corrections_in_a_row_are_a_step_that_the_last_of_them_does_not_acquit() -> None:
    """K1: a wall clock that wanders off in small pieces comes into doubt, and stays in it."""
    line = fresh(reading(0))
    for boot, off in ((10, 70), (20, 140), (30, 140)):
        line = look(line, reading(boot, timedelta(seconds=off)))
    assert line.standing is Standing.DOUBTED
    again = resumed(mark_of(line, "b1", 30), "b1", reading(31, timedelta(seconds=140)))
    assert again.standing is Standing.DOUBTED


def test_a_clock_that_was_said_to_be_wrong_is_still_wrong_after_a_restart() -> None:
    """K1: we go on with the old timeline."""
    held = settled(doubted(), reading(150, HOUR), Verdict(Trust.OLD, "anna"))
    again = resumed(mark_of(held, "b1", 300), "b1", reading(5000, HOUR))
    assert again.standing is Standing.HELD
    assert again.at(5000) == reading(5000).wall


steps = st.lists(
    st.tuples(st.floats(0.1, 3600), st.integers(-7200, 7200)), min_size=1, max_size=30
)  # seconds gone by, then the wall clock set by so many


@given(steps)
def test_the_time_of_the_house_never_moves_by_more_than_the_limit_unasked(
    moves: list[tuple[float, int]],
) -> None:
    """K1: whatever is done to the wall clock, without a verdict the house's time goes on."""
    line, boot, off = fresh(reading(0)), 0.0, timedelta()
    before = line.at(0)
    for gone, set_by in moves:
        boot, off = boot + gone, off + timedelta(seconds=set_by)
        line = look(line, reading(boot, off))
        after = line.at(boot)
        assert abs(after - before - timedelta(seconds=gone)) <= 2 * LIMIT + timedelta(milliseconds=1)
        before = after


@given(steps)
def test_a_restart_at_any_moment_changes_nothing(moves: list[tuple[float, int]]) -> None:
    """K1: what is saved says all that the next start must know."""
    line, boot, off = fresh(reading(0)), 0.0, timedelta()
    for gone, set_by in moves:
        boot, off = boot + gone, off + timedelta(seconds=set_by)
        now = reading(boot, off)
        line = look(line, now)
        again = resumed(mark_of(line, "b1", boot), "b1", now)
        assert (again.standing, again.floor) == (line.standing, line.floor)
        assert abs(again.origin - line.origin) < timedelta(milliseconds=1)
        if line.standing is Standing.DOUBTED:
            assert left(again, boot) == left(line, boot)
            assert abs((again.other or NIGHT) - (line.other or NIGHT)) < timedelta(milliseconds=1)
        line = replace(line, looked=boot)
