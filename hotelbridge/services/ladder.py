"""The ladder inside a unit of work: load rows, ask the pure core, save rows, say what to do then.

Nothing here talks to a device. Each function runs inside one unit, may run again with the same
arguments, and returns effects that its caller starts after the commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core.attempt import ENDING, OFF_HOOK, is_open, is_proved, step, was_not_asked
from hotelbridge.core.records import (
    FINAL_STATES,
    AlarmKind,
    Attempt,
    Outcome,
    Wakeup,
    WakeupState,
)
from hotelbridge.core.retry import (
    TELL_AT_ONCE,
    Again,
    GiveUp,
    Verdict,
    Woken,
    after_round,
    may_ring_early,
    same_minute,
)
from hotelbridge.core.signals import Phase, Sign, Signal, Wish
from hotelbridge.core.wakeup import Happening, after, allows
from hotelbridge.services import escalation, heldback, lists, results
from hotelbridge.services.effects import Ask, Effect, End, Ended
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, attempts, history, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

LATE = timedelta(seconds=1)  # a first ring up to this is on the second

_WORDS = {
    Outcome.NO_ANSWER: phrase("nobody answered"),
    Outcome.BUSY: phrase("the phone was busy"),
    Outcome.UNREACHABLE: phrase("the phone could not be reached"),
    Outcome.REFUSED: phrase("the device refused the call"),
    Outcome.DIVERTED: phrase("the call was diverted"),
    Outcome.DEVICE_DOWN: phrase("the telephone exchange did not answer"),
    Outcome.UNKNOWN: phrase("it is not known whether the phone rang"),
}
_PROVED = {
    Outcome.ANSWERED: phrase("answered"),
    Outcome.HEARD: phrase("listened to the end"),
    Outcome.CONFIRMED: phrase("pressed a key"),
}
_GUEST_PROVED = {
    Outcome.ANSWERED: phrase("the guest answered"),
    Outcome.HEARD: phrase("the guest listened to the end"),
    Outcome.CONFIRMED: phrase("the guest pressed a key"),
}


def still_wanted(tx: Tx, attempt_id: int) -> bool:
    """Whether the Connect of an attempt may still be written."""
    attempt = attempts.get(tx, attempt_id)
    if attempt is None or attempt.phase != Phase.SAVED:
        return False
    if attempt.wakeup_id is None:
        return alarms.any_loud(tx, attempt.property, attempt.started)  # a desk phone
    return wakeups.by_id(tx, attempt.wakeup_id).state == WakeupState.CALLING


def reached(tx: Tx, attempt: Attempt, written: datetime) -> float | None:
    """Keep when the Connect of an attempt was written; seconds from due, if it is its wake-up's first."""
    if attempt.wakeup_id is None or not wakeups.reached(tx, attempt.wakeup_id, written):
        return None
    wakeup = wakeups.by_id(tx, attempt.wakeup_id)
    if written - wakeup.due > LATE:
        tx.changed(wakeup.property, "wakeup", wakeup.id, written)
    return max(0.0, (written - wakeup.due).total_seconds())


def still_ours_to_end(tx: Tx, attempt_id: int) -> bool:
    """Whether the call of an attempt is still to be ended: it rang for us and nobody ended it since."""
    attempt = attempts.get(tx, attempt_id)
    return attempt is not None and attempt.phase in {*ENDING, Phase.LOOSE} and attempt.rang is not None


def learn(tx: Tx, rules: Rules, attempt: Attempt, signal: Signal) -> list[Effect]:
    """One attempt learns one thing; its wake-up follows."""
    times = rules.desk_times if attempt.wakeup_id is None else rules.times
    outcome = step(attempt, signal, times(attempt.device))
    now_known = outcome.attempt
    if now_known == attempt:
        return _wished(outcome.wish, attempt)
    attempts.save(tx, now_known)
    effects = _wished(outcome.wish, now_known)
    if now_known.phase == Phase.OVER and attempt.phase != Phase.OVER:
        effects.append(Ended(now_known))
    if attempt.wakeup_id is None:  # a desk phone, rung for its alarms: no ladder of its own
        if attempt.phase == Phase.PLACED and now_known.phase == Phase.UNSURE and signal.sign == Sign.SILENCE:
            _reports_missing(tx, rules, now_known, signal.at)
        return effects
    wakeup = wakeups.by_id(tx, attempt.wakeup_id)
    _tell(tx, rules, wakeup, attempt, now_known, signal)
    if not is_open(attempt) and is_proved(now_known) and not is_proved(attempt):
        return effects + _proved_late(tx, rules, wakeup, now_known, signal.at)
    if not is_open(attempt):
        _off_hook(tx, rules, wakeup, attempt, now_known, signal.at)
        return effects
    if wakeup.state in FINAL_STATES or wakeup.state == WakeupState.ALARMED:
        if now_known.phase == Phase.RINGING:  # it rings although nobody wants it any more
            effects += learn(
                tx, rules, now_known, Signal(Sign.WITHDRAWN, signal.at, reason=phrase("not needed any more"))
            )
        return effects
    if now_known.phase == Phase.TALKING and attempt.phase not in OFF_HOOK:
        effects += withdraw(
            tx, rules, wakeup, signal.at, "another phone of the room was lifted", but=attempt.id
        )
    if is_open(now_known) and not is_proved(now_known):
        return effects  # the round goes on
    return effects + _settle(tx, rules, wakeup, signal.at)


def _proved_late(tx: Tx, rules: Rules, wakeup: Wakeup, attempt: Attempt, at: datetime) -> list[Effect]:
    """A proof was told after its call was over: the next try is not needed any more."""
    if allows(wakeup.state, Happening.PROVED):
        _woken(tx, wakeup, Woken(attempt), at)
        return withdraw(tx, rules, wakeup, at, "the guest is awake")
    detail = attempt.detail
    history.write(tx, wakeup, at, "told_late", f"{attempt.phone}: {detail}, told late")
    return []


def _off_hook(tx: Tx, rules: Rules, wakeup: Wakeup, before: Attempt, now: Attempt, at: datetime) -> None:
    """A phone that was busy lies off the hook: it will not be free by itself, so a person should know."""
    if now.outcome == before.outcome:
        return
    history.write(tx, wakeup, at, Outcome.UNREACHABLE, f"{now.phone}: {now.detail}")
    if wakeup.state == WakeupState.WAITING and now.n == wakeup.rounds:
        saved = wakeups.save(tx, replace(wakeup, result=Outcome.UNREACHABLE), at)
        escalation.trouble(tx, rules, saved, Outcome.UNREACHABLE, [now], at)


def called_out(tx: Tx, rules: Rules, room: str, phone: str, at: datetime) -> list[Effect]:
    """A guest whose ladder runs makes a call himself: it ends, and says why."""
    effects: list[Effect] = []
    for wakeup in wakeups.of_rooms(tx, rules.property, [room], [WakeupState.CALLING, WakeupState.WAITING]):
        saved = wakeups.save(
            tx,
            replace(
                wakeup, state=after(wakeup.state, Happening.PROVED), result=Outcome.CALLED_OUT, next_at=None
            ),
            at,
        )
        history.write(tx, saved, at, "called_out", f"awake: a call was made from {phone}")
        escalation.recovered(tx, rules.property, f"wakeup:{wakeup.id}", at, f"a call was made from {phone}")
        results.decide(tx, saved, at)
        effects += withdraw(tx, rules, saved, at, "the guest is on the phone")
    return effects


def _wished(wish: Wish, attempt: Attempt) -> list[Effect]:
    if wish == Wish.QUERY:
        return [Ask(attempt)]
    return [End(attempt)] if wish == Wish.CLEAR else []


def _tell(tx: Tx, rules: Rules, wakeup: Wakeup, before: Attempt, now: Attempt, signal: Signal) -> None:
    """The history line of a change that a person wants to read."""
    if now.phase == before.phase or before.phase == Phase.LOOSE:
        return
    if now.phase == Phase.RINGING:
        history.write(tx, wakeup, signal.at, "rings", f"{now.phone} rings")
    elif now.phase == Phase.TALKING and before.phase not in OFF_HOOK:
        history.write(tx, wakeup, signal.at, "off_hook", f"{now.phone} was lifted")
    elif now.phase == Phase.UNSURE:
        history.write(tx, wakeup, signal.at, "unsure", f"{now.phone}: {now.detail}")
        if before.phase == Phase.PLACED and signal.sign == Sign.SILENCE:
            _reports_missing(tx, rules, now, signal.at)
    elif not is_open(now) and now.outcome is not None:
        words = now.detail
        if now.detail == before.detail:  # told already: the proof, or what made it unsure
            words = (
                phrase("nothing more was heard of it")
                if now.outcome == Outcome.UNKNOWN
                else phrase("the call is over")
            )
        what = "not_asked" if was_not_asked(now) else str(now.outcome)
        history.write(tx, wakeup, signal.at, what, f"{now.phone}: {words}")


def _reports_missing(tx: Tx, rules: Rules, attempt: Attempt, at: datetime) -> None:
    text = phrase(
        f"Reports of {attempt.device} do not arrive: a call to {attempt.phone} was accepted and nothing "
        "followed. Check the server address, the URL and the status subscription on the device's API page, "
        "and the firewall."
    )
    subject = f"reports:{attempt.device}"
    escalation.raise_alarm(tx, rules, at, AlarmKind.REPORTS_MISSING, subject, text)


def _settle(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> list[Effect]:
    """What the present round means for its wake-up."""
    if wakeup.state != WakeupState.CALLING:
        return []
    round_ = attempts.of_round(tx, wakeup.id, wakeup.rounds)
    verdict: Verdict = after_round(wakeup, round_, rules.ladder, now)
    if isinstance(verdict, Woken):
        _woken(tx, wakeup, verdict, now)
        return withdraw(tx, rules, wakeup, now, "another phone of the room was answered", but=verdict.by.id)
    if isinstance(verdict, Again):
        _again(tx, rules, wakeup, verdict, round_, now)
    elif isinstance(verdict, GiveUp):
        why = _came_to(verdict.result, round_)
        earlier = [a for a in attempts.of_wakeup(tx, wakeup.id) if a.n < wakeup.rounds]
        if why == _WORDS[Outcome.NO_ANSWER] and any(_lifted(a) for a in earlier):
            before = _came_to(verdict.result, earlier)
            why = phrase(f"nobody answered the last ring; an earlier one was {before}")
        give_up(tx, rules, wakeup, verdict.result, why, now)
    return []


def _lifted(attempt: Attempt) -> bool:
    return attempt.answered is not None and attempt.outcome == Outcome.NO_ANSWER


def _came_to(result: Outcome, round_: Sequence[Attempt]) -> str:
    """What a round came to, in words: a guest who lifted the handset was there, whatever he did not prove;
    what was never asked has refused nothing."""
    refused = [attempt for attempt in round_ if attempt.outcome == Outcome.REFUSED]
    if result == Outcome.REFUSED and refused and all(map(was_not_asked, refused)):
        return refused[0].detail
    lifted = [attempt for attempt in round_ if _lifted(attempt)]
    if result == Outcome.NO_ANSWER and lifted:
        detail = lifted[-1].detail
        return phrase(f"answered, but that the guest is awake is not proved ({detail})")
    return _WORDS[result]


def _woken(tx: Tx, wakeup: Wakeup, verdict: Woken, now: datetime) -> None:
    served_too = [
        w
        for w in wakeups.of_rooms(tx, wakeup.property, [wakeup.room], [WakeupState.SCHEDULED])
        if same_minute(w, wakeup) and not w.in_person
    ]
    for one in [wakeup, *served_too]:
        state = after(one.state, Happening.PROVED)
        tries = one.tries + (one.id == wakeup.id)
        first_ring = one.first_ring or wakeup.first_ring
        saved = wakeups.save(
            tx,
            replace(
                one, state=state, tries=tries, result=verdict.by.outcome, next_at=None, first_ring=first_ring
            ),
            now,
        )
        outcome, phone = verdict.by.outcome or Outcome.ANSWERED, verdict.by.phone
        how = _PROVED[outcome]
        words = phrase(f"woken: {phone} {how}")
        if one.id != wakeup.id:
            words = phrase(f"woken: {phone} {how} (by the ring of wake-up {wakeup.id})")
        history.write(tx, saved, now, "woken", words)
        escalation.recovered(tx, one.property, f"wakeup:{one.id}", now, _GUEST_PROVED[outcome])
        results.decide(tx, saved, now)


def _again(
    tx: Tx, rules: Rules, wakeup: Wakeup, verdict: Again, round_: Sequence[Attempt], now: datetime
) -> None:
    saved = wakeups.save(
        tx,
        replace(
            wakeup,
            state=after(wakeup.state, Happening.AGAIN),
            tries=wakeup.tries + verdict.counted,
            next_at=verdict.at,
            result=verdict.result,
        ),
        now,
    )
    why, clock = _came_to(verdict.result, round_), f"{verdict.at.astimezone(rules.zone):%H:%M:%S}"
    history.write(tx, saved, now, "again", f"{why}; {phrase(f'rings again at {clock}')}")
    heldback.look_again(tx, rules, saved, now)
    hindered = next((a.outcome for a in round_ if a.outcome in TELL_AT_ONCE), None)
    if hindered is not None:
        escalation.trouble(tx, rules, saved, hindered, round_, now)


def give_up(tx: Tx, rules: Rules, wakeup: Wakeup, result: Outcome, why: str, now: datetime) -> None:
    """The ladder of this wake-up is over without proof: a person goes."""
    counted = wakeup.state == WakeupState.CALLING
    saved = wakeups.save(
        tx,
        replace(
            wakeup,
            state=after(wakeup.state, Happening.GIVE_UP),
            tries=wakeup.tries + counted,
            next_at=None,
            result=result,
        ),
        now,
    )
    history.write(tx, saved, now, "handed_over", f"{why}; {phrase('handed to the desk')}")
    lists.failed(tx, rules, saved, why, now)


def withdraw(
    tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime, reason: str, but: int | None = None
) -> list[Effect]:
    """Nobody wants the open calls of this wake-up any more."""
    effects: list[Effect] = []
    for attempt in attempts.of_wakeup(tx, wakeup.id):
        if is_open(attempt) and attempt.id != but:
            effects += learn(tx, rules, attempt, Signal(Sign.WITHDRAWN, now, reason=reason))
    return effects


def hear_silence(tx: Tx, rules: Rules, now: datetime) -> list[Effect]:
    """Attempts for which nothing came in time learn that."""
    effects: list[Effect] = []
    for attempt in attempts.silent(tx, rules.property, now):
        effects += learn(tx, rules, attempt, Signal(Sign.SILENCE, now))
    return effects


def recover(tx: Tx, rules: Rules, now: datetime) -> list[Effect]:
    """After a start: what was in the air when the program stopped."""
    effects: list[Effect] = []
    for attempt in attempts.open_ones(tx, rules.property):
        effects += learn(tx, rules, attempt, Signal(Sign.RESTARTED, now))
    for wakeup in wakeups.of_rooms(tx, rules.property, rules.rooms(), [WakeupState.CALLING]):
        effects += _settle(tx, rules, wakeup, now)
    return effects


def ring_early(tx: Tx, rules: Rules, rooms: Mapping[str, tuple[datetime, str]]) -> bool:
    """What hindered the last try of these rooms is over: bring the next one forward, to when and why."""
    brought = False
    waiting = wakeups.of_rooms(tx, rules.property, list(rooms), [WakeupState.WAITING]) if rooms else []
    for wakeup in waiting:
        at, why = rooms[wakeup.room]
        if may_ring_early(wakeup, rules.ladder.tries) and wakeup.next_at is not None and wakeup.next_at > at:
            saved = wakeups.save(tx, replace(wakeup, next_at=at), at)
            history.write(tx, saved, at, "armed", f"{why}: {phrase('the next try comes early')}")
            brought = True
    return brought


def end(
    tx: Tx, rules: Rules, wakeup: Wakeup, happening: Happening, now: datetime, reason: str
) -> tuple[Wakeup, list[Effect]]:
    """Cancel or close a wake-up; its open calls are withdrawn. The caller has asked `allows`."""
    assert allows(wakeup.state, happening)
    saved = wakeups.save(tx, replace(wakeup, state=after(wakeup.state, happening), next_at=None), now)
    return saved, withdraw(tx, rules, saved, now, reason)
