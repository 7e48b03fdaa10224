"""One attempt, the ring of one phone: what each report, reply or silence means for it.

`step` takes the attempt and one signal and gives the attempt as it is then, with what must be asked
of the device. Reports may come late, twice, in another order or never, so every phase answers every
signal; an attempt that is over answers none. An attempt ends once, with one outcome.

A lost reply proves nothing: the attempt waits for reports as if the command had been accepted, and
when none comes it stays *unsure* until the time is over in which the phone might be ringing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core import proof
from hotelbridge.core.records import PROOFS, Attempt, Outcome
from hotelbridge.core.signals import FAILURES, Phase, Sign, Signal, Step, Times, Wish
from hotelbridge.texts import phrase

_NOBODY = phrase("nobody answered")
_OFF_THE_HOOK = phrase("the phone is off the hook")
_ANSWERED = phrase("answered")
NOT_ASKED = phrase("the device was not asked")  # how a detail begins where the Connect was dropped here
IN_FLIGHT = timedelta(seconds=2)  # that a report takes, at most, where none is lost
FREE_AGAIN = timedelta(seconds=2)  # a phone just put down is not rung in the same second
LATE_PROOF = timedelta(seconds=60)  # a key told so long after the end of its call still counts
_NOT_SEEN_OFF_HOOK = phrase("answered, but the phone was on the hook when it was asked: no report said so")
_NOT_VERIFIED = phrase("answered, but neither a report nor the phone itself told for how long")
_PUT_DOWN_UNSEEN = phrase("answered, but nobody saw for how long: hotelbridge was restarted meanwhile")
OFF_HOOK = frozenset({Phase.TALKING, Phase.VERIFYING})
ENDING = frozenset({Phase.CLEARING, Phase.LETTING_GO})
_WAITING_FOR_REPORTS = frozenset({Phase.SAVED, Phase.PLACED, Phase.UNSURE})
_IN_DOUBT = frozenset({Outcome.NO_ANSWER, Outcome.UNKNOWN})
# What still means something to an attempt that is over, by its outcome.
_ABOUT_LOOSE_ENDS = frozenset({Sign.HUNG_UP, Sign.SEEN, Sign.REBOOTED, Sign.RESTARTED, Sign.SILENCE})
_STILL_HEAR = {Sign.HEARD: _IN_DOUBT, Sign.KEYED: _IN_DOUBT, Sign.SEEN: frozenset({Outcome.BUSY})}


def is_open(attempt: Attempt) -> bool:
    """Whether the attempt has no outcome yet, or its guest is still on the phone."""
    return attempt.phase not in (Phase.OVER, Phase.LOOSE)


def was_not_asked(attempt: Attempt) -> bool:
    """Whether its Connect was dropped by this program, so that the device refused nothing."""
    return attempt.outcome == Outcome.REFUSED and attempt.detail.startswith(NOT_ASKED)


def is_proved(attempt: Attempt) -> bool:
    """Whether this attempt shows that the guest is awake."""
    return attempt.outcome in PROOFS


def begin(attempt: Attempt, times: Times) -> Attempt:
    """A new attempt, to be saved before its Connect is written."""
    return replace(
        attempt,
        phase=Phase.SAVED,
        check_at=attempt.started + times.reply_within + times.report_within,
    )


def step(attempt: Attempt, signal: Signal, times: Times) -> Step:
    """The attempt after one signal. Signals that mean nothing in its phase leave it as it is.

    Reports overtake each other: a key or the end of the announcement told after the phone's IDLE still
    shows that the guest is awake. A busy phone is asked why: one that is off the hook will not ring.
    """
    if attempt.phase == Phase.LOOSE and signal.sign in _ABOUT_LOOSE_ENDS:
        return _loose(attempt, signal, times)
    if not is_open(attempt) and attempt.outcome not in _STILL_HEAR.get(signal.sign, ()):
        return Step(attempt)
    return _MEANINGS[signal.sign](attempt, signal, times)


def over(attempt: Attempt, at: datetime, outcome: Outcome, detail: str, *, counted: bool = True) -> Attempt:
    """The end of an attempt. A proof once given is not taken back."""
    if is_proved(attempt):
        return replace(attempt, phase=Phase.OVER, ended=at, check_at=None)
    return replace(
        attempt, phase=Phase.OVER, ended=at, outcome=outcome, detail=detail, check_at=None, counted=counted
    )


def _accepted(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase != Phase.SAVED:
        return Step(a)
    return Step(replace(a, phase=Phase.PLACED, check_at=s.at + t.report_within))


def _reply_lost(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase != Phase.SAVED:
        return Step(a)
    return Step(replace(a, detail=phrase("the device's reply was lost"), check_at=s.at + t.report_within))


def _failed(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase in (*OFF_HOOK, Phase.RECALLED, *ENDING):
        return Step(a)  # belongs to something else: this call was answered
    outcome, counted, words = FAILURES.get(
        s.code or 0, (Outcome.REFUSED, True, phrase("the device refused the call"))
    )
    if s.code or s.reason:
        reply = f"{s.code} {s.reason}".rstrip()
        words = phrase(f"{words} (device: {reply})")
    wish = Wish.QUERY if outcome == Outcome.BUSY else Wish.NOTHING
    return Step(over(a, s.at, outcome, words, counted=counted), wish)


def _not_written(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase != Phase.SAVED:
        return Step(a)
    return Step(over(a, s.at, Outcome.DEVICE_DOWN, s.reason or phrase("the device cannot be reached")))


def _stale(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase != Phase.SAVED:
        return Step(a)
    detail = f"{NOT_ASKED}: {s.reason or phrase('not sent in time')}"
    return Step(over(a, s.at, Outcome.REFUSED, detail, counted=False))


def _rang(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase not in _WAITING_FOR_REPORTS:
        return Step(a)
    return Step(replace(a, phase=Phase.RINGING, rang=s.at, detail="", check_at=s.at + t.ring))


def _answered(a: Attempt, s: Signal, t: Times) -> Step:
    lifted_at_the_last_moment = a.phase in ENDING and a.answered is None
    if a.phase not in _WAITING_FOR_REPORTS and a.phase != Phase.RINGING and not lifted_at_the_last_moment:
        return Step(a)
    return Step(
        replace(
            a,
            phase=Phase.TALKING,
            rang=a.rang or s.at,
            answered=s.at,
            detail="",
            check_at=s.at + t.min_answer,
        )
    )


def _heard(a: Attempt, s: Signal, t: Times) -> Step:
    return Step(_shown(_lifted(a, s, t), Outcome.HEARD, phrase("listened to the end")))


def _keyed(a: Attempt, s: Signal, t: Times) -> Step:
    lifted = _lifted(replace(a, keys=a.keys + s.keys), s, t)
    if not s.keys:
        return Step(lifted)
    if not proof.is_right(lifted.keys, t.digit):
        return Step(_shown(lifted, Outcome.HEARD, phrase("pressed a key, not the one asked for")))
    return Step(_shown(lifted, Outcome.CONFIRMED, phrase("pressed a key")))


def _lifted(a: Attempt, s: Signal, t: Times) -> Attempt:
    """Who listens or presses keys is off hook, whether or not the report of that has come."""
    if a.answered is not None or not is_open(a):
        return a
    return replace(_answered(a, s, t).attempt, rang=a.rang or s.at, answered=s.at)


def _shown(a: Attempt, outcome: Outcome, detail: str) -> Attempt:
    """What was seen is the outcome if it is proof enough. The call goes on until it is put down."""
    if not proof.satisfies(outcome, a.proof) or is_proved(a):
        return a
    return replace(a, outcome=outcome, detail=detail)


def _diverted(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase not in _WAITING_FOR_REPORTS and a.phase != Phase.RINGING:
        return Step(a)  # answered: somebody else's
    return Step(over(a, s.at, Outcome.DIVERTED, s.reason or phrase("the call went to another phone")))


def _hung_up(a: Attempt, s: Signal, t: Times) -> Step:
    if a.rang is None:
        return Step(a)  # the end of somebody else's call: this phone has not rung for us yet
    if a.phase in (Phase.UNSURE, Phase.LETTING_GO):
        return Step(over(a, s.at, Outcome.UNKNOWN, a.detail))
    if a.phase == Phase.RECALLED and not _before_restart(a, s, t):
        return Step(over(a, s.at, Outcome.UNKNOWN, _PUT_DOWN_UNSEEN))
    if a.answered is None:
        return Step(over(a, s.at, Outcome.NO_ANSWER, _NOBODY))
    lifted = s.at - a.answered
    if lifted >= t.min_answer and proof.satisfies(Outcome.ANSWERED, a.proof):
        return Step(over(a, s.at, Outcome.ANSWERED, _ANSWERED))
    return Step(over(a, s.at, Outcome.NO_ANSWER, proof.put_down(a.proof, lifted, t.min_answer)))


def _before_restart(a: Attempt, s: Signal, t: Times) -> bool:
    """Whether a report was already on record when the program stopped: only then its time is true."""
    return a.check_at is not None and s.at < a.check_at - t.report_within


def _seen(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase == Phase.OVER:
        off_hook = replace(a, outcome=Outcome.UNREACHABLE, detail=_OFF_THE_HOOK)
        return Step(off_hook if s.state == "offhook" else a)
    if s.state == "offline" and a.phase in _WAITING_FOR_REPORTS:
        return Step(over(a, s.at, Outcome.UNREACHABLE, phrase("the phone is not connected")))
    if s.state == "offhook" and a.phase in _WAITING_FOR_REPORTS:
        return Step(over(a, s.at, Outcome.UNREACHABLE, _OFF_THE_HOOK))
    if a.phase in ENDING and s.state == "ready":
        return _hung_up(a, s, t)
    if a.phase == Phase.VERIFYING and a.answered is not None and s.state:
        if s.state == "active" and not s.foreign:
            return Step(_off_hook(a, a.answered, s, t))
        # Its end may have been told just now: that report is on its way, and says how long it was.
        return Step(replace(a, detail=_NOT_SEEN_OFF_HOOK, check_at=s.at + IN_FLIGHT))
    if a.phase == Phase.RECALLED and a.answered is not None:
        if s.state == "active" and not s.foreign:
            return Step(_off_hook(a, a.answered, s, t))
        return Step(over(a, s.at, Outcome.UNKNOWN, _PUT_DOWN_UNSEEN))
    return Step(a)


def _off_hook(a: Attempt, answered: datetime, s: Signal, t: Times) -> Attempt:
    """The phone itself shows that it is in our call: proof, if that has lasted long enough."""
    if s.at < answered + t.min_answer:
        return replace(a, phase=Phase.TALKING, check_at=answered + t.min_answer)
    talking = replace(a, phase=Phase.TALKING, check_at=answered + t.talk)
    return _shown(talking, Outcome.ANSWERED, _ANSWERED)


def _rebooted(a: Attempt, s: Signal, t: Times) -> Step:
    return Step(
        over(a, s.at, Outcome.DEVICE_DOWN, phrase("the device restarted during the call"), counted=False)
    )


def _restarted(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase in ENDING:
        return Step(a, Wish.CLEAR)  # the first one may never have been sent
    if is_proved(a):
        return Step(a)
    if a.phase in OFF_HOOK:
        return Step(replace(a, phase=Phase.RECALLED, check_at=s.at + t.report_within), Wish.QUERY)
    unsure = replace(a, phase=Phase.UNSURE, detail=phrase("hotelbridge was restarted during the call"))
    return Step(replace(unsure, check_at=max(s.at, _window_end(a, t))), Wish.QUERY)


def _withdrawn(a: Attempt, s: Signal, t: Times) -> Step:
    if a.phase in (Phase.RINGING, *OFF_HOOK, Phase.RECALLED):
        return Step(
            replace(a, phase=Phase.CLEARING, detail=s.reason, check_at=s.at + t.clear_within), Wish.CLEAR
        )
    if a.phase in (Phase.PLACED, Phase.UNSURE):  # it may ring yet: then it is cleared
        return Step(replace(a, phase=Phase.UNSURE, detail=s.reason, check_at=max(s.at, _window_end(a, t))))
    if a.phase == Phase.SAVED:
        return Step(replace(a, detail=s.reason))
    return Step(a)


def _silence(a: Attempt, s: Signal, t: Times) -> Step:
    if a.check_at is None or s.at < a.check_at:
        return Step(a)
    if a.phase in (Phase.SAVED, Phase.PLACED):
        seconds = f"{t.report_within.total_seconds():.0f}"
        detail = a.detail or phrase(f"no report of the device within {seconds} s")
        unsure = replace(a, phase=Phase.UNSURE, detail=detail, check_at=max(s.at, _window_end(a, t)))
        return Step(unsure, Wish.QUERY)
    if a.phase == Phase.RINGING:
        cleared = replace(a, phase=Phase.CLEARING, check_at=s.at + t.clear_within)
        return Step(cleared, Wish.CLEAR)
    if a.phase == Phase.TALKING and a.answered is not None:
        return _still_talking(a, a.answered, s, t)
    if a.phase == Phase.VERIFYING:
        return _unverified(a, s, t)
    if a.phase == Phase.UNSURE and a.rang is not None:
        # It may be off hook unseen, and would be rung into; a Query before the Clear looks whose call it is.
        return Step(replace(a, phase=Phase.LETTING_GO, check_at=s.at + t.clear_within), Wish.CLEAR)
    if a.phase in ENDING and s.at < _end_by(a, t):
        # The Clear may have been lost: the phone would ring on, and the next try would find it busy.
        return Step(replace(a, check_at=s.at + t.clear_within), Wish.CLEAR)
    if a.phase == Phase.CLEARING:
        return _not_ended(over(a, s.at, Outcome.NO_ANSWER, a.detail or _unanswered(a, s, t)), s, t)
    if a.phase == Phase.LETTING_GO:
        return _not_ended(over(a, s.at, Outcome.UNKNOWN, a.detail), s, t)
    words = _PUT_DOWN_UNSEEN if a.phase == Phase.RECALLED else a.detail
    return Step(over(a, s.at, Outcome.UNKNOWN, words or phrase("nothing is known of this call")))


def _not_ended(a: Attempt, s: Signal, t: Times) -> Step:
    """The ladder goes on, but the device did not end the call: the phone would stay busy with ourselves."""
    if a.wakeup_id is None or a.rang is None:
        return Step(a)
    return Step(replace(a, phase=Phase.LOOSE, check_at=s.at + t.clear_within), Wish.CLEAR)


def _loose(a: Attempt, s: Signal, t: Times) -> Step:
    """A call whose end nobody saw: ended again and again for a while, unless it is over or not ours."""
    over_now = replace(a, phase=Phase.OVER, check_at=None)
    if s.sign == Sign.SEEN:
        return Step(a if s.state in ("", "active") and not s.foreign else over_now)
    if s.sign in (Sign.HUNG_UP, Sign.REBOOTED):
        return Step(over_now)
    if s.sign == Sign.SILENCE and (a.check_at is None or s.at < a.check_at):
        return Step(a)
    if s.at >= (a.ended or s.at) + t.loose:
        return Step(over_now)
    return Step(replace(a, check_at=s.at + t.clear_within), Wish.CLEAR)


def _still_talking(a: Attempt, answered: datetime, s: Signal, t: Times) -> Step:
    """Off hook for `min_answer`, or for as long as a call may last.

    That no report of its end came proves nothing: the device may have restarted, or the report was lost.
    """
    long_enough = s.at >= answered + t.min_answer and proof.satisfies(Outcome.ANSWERED, a.proof)
    if long_enough and not is_proved(a) and a.wakeup_id is not None:
        return Step(replace(a, phase=Phase.VERIFYING, check_at=s.at + t.report_within), Wish.QUERY)
    held = _shown(a, Outcome.ANSWERED, _ANSWERED) if long_enough else a
    if s.at < answered + t.talk:
        return Step(replace(held, check_at=answered + t.talk))
    return Step(replace(held, phase=Phase.CLEARING, check_at=s.at + t.clear_within), Wish.CLEAR)


def _unverified(a: Attempt, s: Signal, t: Times) -> Step:
    """It did not tell, or was on the hook: asked again while the call may last, then the call is ended."""
    if a.detail == _NOT_SEEN_OFF_HOOK:
        return Step(over(a, s.at, Outcome.NO_ANSWER, a.detail))
    if a.answered is not None and s.at < a.answered + t.talk:
        return Step(replace(a, check_at=s.at + t.report_within), Wish.QUERY)
    ended = replace(a, phase=Phase.LETTING_GO, detail=_NOT_VERIFIED, check_at=s.at + t.clear_within)
    return Step(ended, Wish.CLEAR)


def _unanswered(a: Attempt, s: Signal, t: Times) -> str:
    return _NOBODY if a.answered is None else proof.put_down(a.proof, s.at - a.answered, t.min_answer)


def _end_by(a: Attempt, t: Times) -> datetime:
    """Until when a call that does not end is cleared again."""
    longest = a.started + t.ring if a.rang is None else a.rang + t.ring
    if a.answered is not None:
        longest = a.answered + t.talk
    return longest + 3 * t.clear_within


def _window_end(a: Attempt, t: Times) -> datetime:
    """Until when the phone might be ringing because of this attempt."""
    return a.started + t.reply_within + t.ring


_MEANINGS = {
    Sign.ACCEPTED: _accepted,
    Sign.FAILED: _failed,
    Sign.NOT_WRITTEN: _not_written,
    Sign.STALE: _stale,
    Sign.REPLY_LOST: _reply_lost,
    Sign.RANG: _rang,
    Sign.ANSWERED: _answered,
    Sign.HEARD: _heard,
    Sign.KEYED: _keyed,
    Sign.DIVERTED: _diverted,
    Sign.HUNG_UP: _hung_up,
    Sign.SEEN: _seen,
    Sign.REBOOTED: _rebooted,
    Sign.RESTARTED: _restarted,
    Sign.WITHDRAWN: _withdrawn,
    Sign.SILENCE: _silence,
}
