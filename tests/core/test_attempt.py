"""What reports, replies and silence mean for one ring of one phone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.attempt import begin, is_open, is_proved, step
from hotelbridge.core.proof import pressed
from hotelbridge.core.records import Attempt, Outcome, Proof
from hotelbridge.core.signals import Phase, Sign, Signal, Step, Times, Wish

T0 = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
TIMES = Times(
    ring=timedelta(seconds=45),
    min_answer=timedelta(seconds=5),
    talk=timedelta(seconds=60),
    report_within=timedelta(seconds=10),
    reply_within=timedelta(seconds=10),
)


def fresh() -> Attempt:
    blank = Attempt(1, "main", 1, 1, "om20", "212", Phase.SAVED, T0, None, None, None, None, "", None, True)
    return begin(blank, TIMES)


def play(*signs: tuple[float, Sign] | Signal, attempt: Attempt | None = None) -> Step:
    """Let an attempt learn signs at seconds after its start; the last step."""
    last = Step(attempt or fresh())
    for sign in signs:
        signal = sign if isinstance(sign, Signal) else Signal(sign[1], T0 + timedelta(seconds=sign[0]))
        last = step(last.attempt, signal, TIMES)
    return last


def failed(seconds: float, code: int) -> Signal:
    return Signal(Sign.FAILED, T0 + timedelta(seconds=seconds), code=code)


def seen(seconds: float, state: str, foreign: bool = False) -> Signal:
    return Signal(Sign.SEEN, T0 + timedelta(seconds=seconds), state=state, foreign=foreign)


def keyed(seconds: float, keys: str) -> Signal:
    return Signal(Sign.KEYED, T0 + timedelta(seconds=seconds), keys=keys)


def held(seconds: float) -> tuple[tuple[float, Sign] | Signal, ...]:
    """No report of the end has come by then, and the phone itself says that it is in our call."""
    return (seconds, Sign.SILENCE), seen(seconds + 0.1, "active")


ANSWERED = ((0, Sign.ACCEPTED), (1, Sign.RANG), (9, Sign.ANSWERED))


def test_off_hook_long_enough_is_proof_while_the_call_goes_on() -> None:
    after = play(*ANSWERED, *held(14)).attempt
    assert after.outcome == Outcome.ANSWERED
    assert after.phase == Phase.TALKING


def test_that_nobody_told_of_its_end_proves_nothing_the_phone_itself_is_asked() -> None:
    """R4: off hook for `min_answer`; the report of a drop may be lost, or the device have restarted."""
    asked = play(*ANSWERED, (14, Sign.SILENCE))
    assert (asked.attempt.outcome, asked.wish) == (None, Wish.QUERY)
    dropped = play(seen(14.1, "ready"), (16.1, Sign.SILENCE), attempt=asked.attempt).attempt
    assert (dropped.phase, dropped.outcome) == (Phase.OVER, Outcome.NO_ANSWER)
    assert play((15, Sign.REBOOTED), attempt=asked.attempt).attempt.outcome == Outcome.DEVICE_DOWN


def test_a_phone_that_does_not_tell_is_asked_again_and_its_call_is_ended_in_the_end() -> None:
    """R4, R5: the call is ended by us also where nobody could see whether it was proof."""
    asked = play(*ANSWERED, (14, Sign.SILENCE))
    again = play((24, Sign.SILENCE), attempt=asked.attempt)
    assert (again.attempt.outcome, again.wish) == (None, Wish.QUERY)
    assert play(seen(24.1, "active"), attempt=again.attempt).attempt.outcome == Outcome.ANSWERED
    ended = play((69, Sign.SILENCE), attempt=again.attempt)
    assert (ended.attempt.phase, ended.wish) == (Phase.LETTING_GO, Wish.CLEAR)
    assert play((70, Sign.HUNG_UP), attempt=ended.attempt).attempt.outcome == Outcome.UNKNOWN


def test_who_puts_down_while_the_phone_is_asked_is_woken_by_what_the_report_says() -> None:
    """R4: the report of the end was on its way."""
    asked = play(*ANSWERED, (14, Sign.SILENCE), seen(14.2, "ready"))
    assert play((14.4, Sign.HUNG_UP), attempt=asked.attempt).attempt.outcome == Outcome.ANSWERED


def test_lift_and_drop_is_not_woken() -> None:
    after = play(*ANSWERED, (11, Sign.HUNG_UP)).attempt
    assert after.outcome == Outcome.NO_ANSWER
    assert "after 2 s" in after.detail


def test_put_down_after_the_shortest_time_is_proof() -> None:
    assert play(*ANSWERED, (14, Sign.HUNG_UP)).attempt.outcome == Outcome.ANSWERED


def test_silence_before_its_time_is_no_news() -> None:
    before = play(*ANSWERED).attempt
    assert play((13.9, Sign.SILENCE), attempt=before).attempt == before


def test_idle_after_the_ring_without_answer_is_no_answer() -> None:
    assert play((0, Sign.ACCEPTED), (1, Sign.RANG), (31, Sign.HUNG_UP)).attempt.outcome == Outcome.NO_ANSWER


def test_idle_before_the_ring_belongs_to_somebody_elses_call() -> None:
    after = play((0, Sign.ACCEPTED), (0.5, Sign.HUNG_UP), *ANSWERED[1:], *held(14)).attempt
    assert after.outcome == Outcome.ANSWERED


def test_a_ring_that_lasts_too_long_is_ended_by_us_and_was_not_answered() -> None:
    cleared = play((0, Sign.ACCEPTED), (1, Sign.RANG), (46, Sign.SILENCE))
    assert (cleared.attempt.phase, cleared.wish) == (Phase.CLEARING, Wish.CLEAR)
    assert play((47, Sign.HUNG_UP), attempt=cleared.attempt).attempt.outcome == Outcome.NO_ANSWER


def test_lifted_while_the_ring_is_being_ended_counts_as_lifted() -> None:
    after = play((1, Sign.RANG), (46, Sign.SILENCE), (46.2, Sign.ANSWERED), *held(52)).attempt
    assert after.outcome == Outcome.ANSWERED


def test_a_call_that_lasts_too_long_is_ended_by_us_and_stays_proved() -> None:
    cleared = play(*ANSWERED, *held(14), (69, Sign.SILENCE))
    assert cleared.wish == Wish.CLEAR
    over = play((90, Sign.HUNG_UP), attempt=cleared.attempt).attempt
    assert (over.phase, over.outcome) == (Phase.OVER, Outcome.ANSWERED)


def test_a_call_that_does_not_end_is_cleared_again_while_the_ladder_waits_for_it() -> None:
    """R5: each Clear is sent behind a Query that shows whose call it is; one may be lost on the way."""
    step = play((0, Sign.ACCEPTED), (1, Sign.RANG), (46, Sign.SILENCE))
    for at in (61, 76):
        step = play((at, Sign.SILENCE), attempt=step.attempt)
        assert (step.attempt.phase, step.wish) == (Phase.CLEARING, Wish.CLEAR)
    loose = play((91, Sign.SILENCE), attempt=step.attempt)
    assert (loose.attempt.phase, loose.attempt.outcome) == (Phase.LOOSE, Outcome.NO_ANSWER)
    assert (is_open(loose.attempt), loose.wish) == (False, Wish.CLEAR)


def loose() -> Attempt:
    """The ladder has gone on, and the phone was not seen idle since it rang for us."""
    return play((1, Sign.RANG), (46, Sign.SILENCE), (61, Sign.SILENCE), (91, Sign.SILENCE)).attempt


def test_a_loose_call_is_ended_for_some_minutes_more_and_then_left() -> None:
    """R4, R5: the call is ended by us; a device that was away for a while finds it still there."""
    again = play((106, Sign.SILENCE), attempt=loose())
    assert (again.attempt.phase, again.wish) == (Phase.LOOSE, Wish.CLEAR)
    left = play((300, Sign.SILENCE), attempt=again.attempt)
    assert (left.attempt.phase, left.wish) == (Phase.OVER, Wish.NOTHING)


@pytest.mark.parametrize(
    "sign", [(100, Sign.HUNG_UP), (100, Sign.REBOOTED), seen(100, "ready"), seen(100, "active", foreign=True)]
)
def test_a_loose_call_is_over_as_soon_as_the_phone_shows_it(sign: tuple[float, Sign] | Signal) -> None:
    """R5: nor is somebody else's call ended."""
    after = play(sign, attempt=loose())
    assert (after.attempt.phase, after.attempt.outcome) == (Phase.OVER, Outcome.NO_ANSWER)
    assert after.wish == Wish.NOTHING


def test_a_key_pressed_in_a_loose_call_is_a_proof_told_late() -> None:
    assert play((95, Sign.KEYED), attempt=loose()).attempt.phase == Phase.LOOSE
    assert play(keyed(95, "1"), attempt=loose()).attempt.outcome == Outcome.CONFIRMED


def test_accepted_and_then_nothing_asks_for_the_phone_and_ends_unknown_after_the_ring_window() -> None:
    unsure = play((0, Sign.ACCEPTED), (10, Sign.SILENCE))
    assert (unsure.attempt.phase, unsure.wish) == (Phase.UNSURE, Wish.QUERY)
    assert play((54, Sign.SILENCE), attempt=unsure.attempt).attempt.phase == Phase.UNSURE
    assert play((55, Sign.SILENCE), attempt=unsure.attempt).attempt.outcome == Outcome.UNKNOWN


def test_a_lost_reply_proves_nothing_and_a_late_ring_is_taken() -> None:
    after = play((10, Sign.REPLY_LOST), (12, Sign.RANG), (15, Sign.ANSWERED), *held(20)).attempt
    assert after.outcome == Outcome.ANSWERED


def test_reports_that_come_before_the_reply_count() -> None:
    after = play((0.1, Sign.RANG), (0.2, Sign.ANSWERED), (0.3, Sign.ACCEPTED), *held(5.2)).attempt
    assert after.outcome == Outcome.ANSWERED


@pytest.mark.parametrize(
    ("code", "outcome", "counted"),
    [
        (1, Outcome.REFUSED, False),
        (2, Outcome.REFUSED, True),
        (3, Outcome.UNREACHABLE, True),
        (4, Outcome.BUSY, True),
        (5, Outcome.REFUSED, False),
        (6, Outcome.BUSY, True),
        (7, Outcome.UNREACHABLE, True),
        (8, Outcome.UNREACHABLE, True),
        (99, Outcome.REFUSED, True),
    ],
)
def test_each_failure_code_has_its_outcome(code: int, outcome: Outcome, counted: bool) -> None:
    after = play(failed(0.1, code)).attempt
    assert (after.outcome, after.counted) == (outcome, counted)


def test_a_failure_told_twice_is_one_failure() -> None:
    once = play(failed(0.1, 6)).attempt
    assert play(failed(0.2, 3), attempt=once).attempt == once


def test_a_failure_during_the_talk_is_about_another_call() -> None:
    assert play(*ANSWERED, failed(10, 6)).attempt.phase == Phase.TALKING


def test_a_phone_seen_off_the_hook_cannot_be_reached() -> None:
    after = play((0, Sign.ACCEPTED), (10, Sign.SILENCE), seen(11, "offhook")).attempt
    assert after.outcome == Outcome.UNREACHABLE


def test_what_was_ringing_at_a_restart_stays_unsure_until_its_window_is_over() -> None:
    after = play((1, Sign.RANG), (20, Sign.RESTARTED))
    assert (after.attempt.phase, after.wish) == (Phase.UNSURE, Wish.QUERY)
    assert after.attempt.check_at == T0 + timedelta(seconds=55)


def test_a_late_answer_after_a_restart_is_taken() -> None:
    after = play((1, Sign.RANG), (20, Sign.RESTARTED), (21, Sign.ANSWERED), *held(26)).attempt
    assert after.outcome == Outcome.ANSWERED


def test_off_hook_before_and_after_a_restart_is_proof() -> None:
    after = play(*ANSWERED, (11, Sign.RESTARTED), seen(12, "active"), *held(14)).attempt
    assert after.outcome == Outcome.ANSWERED


def test_put_down_unseen_during_a_restart_is_not_proof() -> None:
    assert play(*ANSWERED, (40, Sign.RESTARTED), seen(41, "ready")).attempt.outcome == Outcome.UNKNOWN
    assert play(*ANSWERED, (40, Sign.RESTARTED), (40, Sign.HUNG_UP)).attempt.outcome == Outcome.UNKNOWN


def test_a_report_on_record_before_the_restart_has_its_true_time() -> None:
    assert play(*ANSWERED, (40, Sign.RESTARTED), (20, Sign.HUNG_UP)).attempt.outcome == Outcome.ANSWERED
    assert play(*ANSWERED, (40, Sign.RESTARTED), (10, Sign.HUNG_UP)).attempt.outcome == Outcome.NO_ANSWER


def test_an_unfinished_ending_is_wished_again_after_a_restart() -> None:
    assert play((1, Sign.RANG), (46, Sign.SILENCE), (47, Sign.RESTARTED)).wish == Wish.CLEAR


def test_a_reboot_ends_the_call_and_is_not_a_try() -> None:
    after = play((1, Sign.RANG), (5, Sign.REBOOTED)).attempt
    assert (after.outcome, after.counted) == (Outcome.DEVICE_DOWN, False)


def test_a_reboot_does_not_take_back_a_proof() -> None:
    assert play(*ANSWERED, *held(14), (15, Sign.REBOOTED)).attempt.outcome == Outcome.ANSWERED


SIGNS = st.lists(
    st.tuples(
        st.sampled_from(sorted(Sign)),
        st.floats(0, 200),
        st.sampled_from([None, 1, 3, 6, 42]),
        st.sampled_from(["ready", "active", "offline", "offhook", ""]),
        st.booleans(),
    ),
    max_size=25,
)


@given(SIGNS)
def test_any_sequence_of_signs_ends_once_and_keeps_its_proof(
    signs: list[tuple[Sign, float, int, str, bool]],
) -> None:
    attempt = fresh()
    for sign, seconds, code, state, foreign in sorted(signs, key=lambda s: s[1]):
        before = attempt
        signal = Signal(
            sign, T0 + timedelta(seconds=seconds), code=code, state=state, foreign=foreign, keys="1"
        )
        attempt = step(attempt, signal, TIMES).attempt
        if before.phase == Phase.LOOSE and attempt.phase == Phase.OVER:
            assert attempt == replace(before, phase=Phase.OVER, check_at=None)
        elif before.phase == Phase.OVER and attempt != before:
            late_proof = sign in (Sign.HEARD, Sign.KEYED) and is_proved(attempt)
            off_hook = (sign, state, before.outcome) == (Sign.SEEN, "offhook", Outcome.BUSY)
            assert late_proof or off_hook
            assert replace(attempt, outcome=before.outcome, detail=before.detail, keys=before.keys) == before
        if is_proved(before):
            assert attempt.outcome == before.outcome
        assert is_open(attempt) == (attempt.ended is None)
        assert (attempt.check_at is None) == (attempt.phase == Phase.OVER)
        if not is_open(attempt):
            assert attempt.outcome is not None


@given(SIGNS)
def test_an_attempt_left_alone_always_ends(signs: list[tuple[Sign, float, int, str, bool]]) -> None:
    attempt = fresh()
    for sign, seconds, code, state, foreign in sorted(signs, key=lambda s: s[1]):
        signal = Signal(
            sign, T0 + timedelta(seconds=seconds), code=code, state=state, foreign=foreign, keys="1"
        )
        attempt = step(attempt, signal, TIMES).attempt
    for _ in range(30):
        if attempt.check_at is not None:
            attempt = step(attempt, Signal(Sign.SILENCE, attempt.check_at), TIMES).attempt
    assert attempt.phase == Phase.OVER
    assert replace(attempt, check_at=None) == attempt


def test_what_was_out_of_sight_for_a_whole_ring_is_ended_before_the_next_try() -> None:
    last = play((1, Sign.RANG), (20, Sign.RESTARTED), (55, Sign.SILENCE))
    assert (last.attempt.phase, last.wish) == (Phase.LETTING_GO, Wish.CLEAR)
    assert play((56, Sign.HUNG_UP), attempt=last.attempt).attempt.outcome == Outcome.UNKNOWN
    assert play(seen(56, "ready"), attempt=last.attempt).attempt.outcome == Outcome.UNKNOWN
    assert play((56, Sign.ANSWERED), *held(61), attempt=last.attempt).attempt.outcome == Outcome.ANSWERED


def test_what_never_rang_for_us_is_not_ended_by_us() -> None:
    last = play((0, Sign.ACCEPTED), (10, Sign.SILENCE), (55, Sign.SILENCE))
    assert (last.attempt.phase, last.wish) == (Phase.OVER, Wish.NOTHING)


def test_a_phone_seen_idle_when_its_call_should_be_ended_ends_it() -> None:
    cleared = play((1, Sign.RANG), (46, Sign.SILENCE)).attempt
    assert play(seen(47, "ready"), attempt=cleared).attempt.outcome == Outcome.NO_ANSWER


def wanting(proof: Proof) -> Attempt:
    return replace(fresh(), proof=proof)


def test_a_handset_lifted_long_enough_is_not_yet_heard() -> None:
    """R4: `heard` wants the end of the announcement, or a key."""
    after = play(*ANSWERED, (14, Sign.SILENCE), (20, Sign.HUNG_UP), attempt=wanting(Proof.HEARD)).attempt
    assert (after.outcome, after.detail) == (
        Outcome.NO_ANSWER,
        "lifted for 11 s, but did not listen to the end",
    )


def test_the_end_of_the_announcement_is_heard() -> None:
    """R4: EndOfAnn proves `heard`, and `answer` all the more."""
    for wanted in (Proof.HEARD, Proof.ANSWER):
        after = play(*ANSWERED, (12, Sign.HEARD), attempt=wanting(wanted)).attempt
        assert (after.outcome, after.phase) == (Outcome.HEARD, Phase.TALKING)


@pytest.mark.parametrize("wanted", list(Proof))
def test_any_key_proves_every_level(wanted: Proof) -> None:
    """R4: a key stops the announcement, and no EndOfAnn comes; it is the strongest proof."""
    after = play(*ANSWERED, keyed(11, "7"), (12, Sign.HUNG_UP), attempt=wanting(wanted)).attempt
    assert after.outcome == Outcome.CONFIRMED


def test_the_end_of_the_announcement_is_not_a_key() -> None:
    """R4: `digit` is not proved by listening."""
    after = play(*ANSWERED, (33, Sign.HEARD), (69, Sign.SILENCE), attempt=wanting(Proof.DIGIT))
    assert (after.attempt.phase, after.attempt.outcome) == (Phase.CLEARING, None)
    assert after.wish == Wish.CLEAR


def test_only_the_configured_key_proves_where_one_is_configured() -> None:
    """R4: another key shows that somebody listens, and proves no more than `heard`."""
    times = replace(TIMES, digit="42")
    lifted = play(*ANSWERED, attempt=wanting(Proof.DIGIT)).attempt
    first = step(lifted, keyed(11, "4"), times).attempt
    assert first.outcome is None
    assert step(first, keyed(12, "2"), times).attempt.outcome == Outcome.CONFIRMED
    listening = play(*ANSWERED, attempt=wanting(Proof.HEARD)).attempt
    assert step(listening, keyed(11, "9"), times).attempt.outcome == Outcome.HEARD


def test_a_time_out_alone_is_no_key() -> None:
    """R4: the device sends `T` when no key came in time."""
    assert pressed("T") == ""
    assert pressed("5T") == "5"
    assert play(*ANSWERED, keyed(11, pressed("T")), attempt=wanting(Proof.DIGIT)).attempt.outcome is None


def test_a_key_proves_although_the_report_of_the_answer_was_lost() -> None:
    """R4: reports may be lost; who presses a key is off hook."""
    after = play((1, Sign.RANG), keyed(12, "1")).attempt
    assert (after.phase, after.outcome) == (Phase.TALKING, Outcome.CONFIRMED)
    assert after.answered == T0 + timedelta(seconds=12)


def test_a_key_told_after_the_phone_was_put_down_still_proves() -> None:
    """R4: reports overtake each other on their way."""
    dropped = play(*ANSWERED, (11, Sign.HUNG_UP)).attempt
    assert dropped.outcome == Outcome.NO_ANSWER
    assert play(keyed(12, "1"), attempt=dropped).attempt.outcome == Outcome.CONFIRMED


def test_a_diverted_call_is_over_for_us_and_told_apart() -> None:
    """R6: the device sent it elsewhere; whoever answers there is not the guest."""
    for before in ((0, Sign.ACCEPTED),), ((0, Sign.ACCEPTED), (1, Sign.RANG)):
        after = play(*before, (2, Sign.DIVERTED)).attempt
        assert (after.phase, after.outcome) == (Phase.OVER, Outcome.DIVERTED)
    assert play(*ANSWERED, (10, Sign.DIVERTED)).attempt.phase == Phase.TALKING
