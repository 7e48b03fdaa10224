"""When the ladder rings again, when it gives up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hotelbridge.core.records import Attempt, Outcome, Wakeup, WakeupState
from hotelbridge.core.retry import (
    Again,
    GiveUp,
    Ladder,
    Wait,
    Woken,
    after_round,
    may_ring_early,
    planned,
)
from hotelbridge.core.signals import Phase

DUE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


LADDER = Ladder(
    3, (minutes(2), minutes(3)), grace=minutes(5), promise=minutes(5), again_after=timedelta(seconds=5)
)
CALLING = Wakeup(
    1, "main", 1, "212", "2026-11-24T06:30:00", DUE, WakeupState.CALLING, 1, 0, 1, None, DUE, None,
    "", "", DUE, "anna", "api",
)  # fmt: skip


def ring(outcome: Outcome | None, *, counted: bool = True, phone: str = "212") -> Attempt:
    phase = Phase.OVER if outcome not in (None, Outcome.ANSWERED) else Phase.TALKING
    return Attempt(1, "main", 1, 1, "om20", phone, phase, DUE, None, None, None, outcome, "", None, counted)


def test_a_proof_wakes_the_guest_while_another_phone_still_rings() -> None:
    verdict = after_round(CALLING, [ring(None), ring(Outcome.ANSWERED)], LADDER, DUE)
    assert isinstance(verdict, Woken)


def test_a_round_with_an_open_ring_is_not_over() -> None:
    assert after_round(CALLING, [ring(None), ring(Outcome.BUSY)], LADDER, DUE) == Wait()


def test_gaps_run_from_start_to_start() -> None:
    now = DUE + timedelta(seconds=46)
    assert after_round(CALLING, [ring(Outcome.NO_ANSWER)], LADDER, now) == Again(
        DUE + minutes(2), Outcome.NO_ANSWER, counted=True
    )
    second = replace(CALLING, tries=1)
    assert after_round(second, [ring(Outcome.NO_ANSWER)], LADDER, now) == Again(
        DUE + minutes(5), Outcome.NO_ANSWER, counted=True
    )


def test_a_round_longer_than_its_gap_is_followed_at_once() -> None:
    now = DUE + minutes(4)
    verdict = after_round(CALLING, [ring(Outcome.NO_ANSWER)], LADDER, now)
    assert isinstance(verdict, Again) and verdict.at == now


def test_the_last_try_hands_over_to_a_person() -> None:
    third = replace(CALLING, tries=2)
    assert after_round(third, [ring(Outcome.BUSY)], LADDER, DUE) == GiveUp(Outcome.BUSY)


def test_a_temporary_fault_is_not_a_try_within_the_promise() -> None:
    fault = [ring(Outcome.REFUSED, counted=False)]
    assert after_round(CALLING, fault, LADDER, DUE) == Again(
        DUE + timedelta(seconds=5), Outcome.REFUSED, counted=False
    )


def test_a_temporary_fault_beyond_the_promise_is_a_try() -> None:
    fault = [ring(Outcome.REFUSED, counted=False)]
    late = DUE + minutes(5)
    verdict = after_round(CALLING, fault, LADDER, late)
    assert isinstance(verdict, Again) and verdict.counted


def test_a_room_with_several_phones_met_the_most_telling_outcome() -> None:
    verdict = after_round(CALLING, [ring(Outcome.UNREACHABLE), ring(Outcome.NO_ANSWER)], LADDER, DUE)
    assert isinstance(verdict, Again) and verdict.result == Outcome.NO_ANSWER


def test_busy_and_device_faults_are_armed_but_no_answer_is_not() -> None:
    waiting = replace(CALLING, state=WakeupState.WAITING)
    assert may_ring_early(replace(waiting, result=Outcome.BUSY), 3)
    assert may_ring_early(replace(waiting, result=Outcome.DEVICE_DOWN), 3)
    assert not may_ring_early(replace(waiting, result=Outcome.NO_ANSWER), 3)
    assert not may_ring_early(replace(waiting, result=Outcome.BUSY, tries=2), 3)
    assert not may_ring_early(replace(waiting, state=WakeupState.CALLING, result=Outcome.BUSY), 3)


def test_the_last_gap_repeats_and_no_gap_means_at_once() -> None:
    assert planned(CALLING, 3, LADDER) == DUE + minutes(8)
    assert planned(CALLING, 2, replace(LADDER, gaps=())) == DUE
