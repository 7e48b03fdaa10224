"""A phone that rooms share: whose a late report is, and which room it may be rung for now.

One call follows the other there, and no report says of which it speaks. What may be the neighbour's
must wake nobody else. Asked of such phones only: a phone of one room costs no query here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core.attempt import FREE_AGAIN, LATE_PROOF, is_open
from hotelbridge.core.proof import stronger
from hotelbridge.core.records import FINAL_STATES, Attempt, Outcome, Proof, Wakeup, WakeupState
from hotelbridge.core.signals import Phase, Sign
from hotelbridge.services.rules import Rules
from hotelbridge.store import attempts, wakeups
from hotelbridge.store.database import Tx

TELLS_LATE = frozenset({Sign.ANSWERED, Sign.HEARD, Sign.KEYED})  # may be told when the next call rings
_NOBODY_LIFTED = frozenset({Phase.SAVED, Phase.PLACED, Phase.RINGING, Phase.UNSURE})
_MAY_HAVE_BEEN_LIFTED = frozenset({Outcome.NO_ANSWER, Outcome.UNKNOWN})

Key = tuple[str, str]  # device, number


def meant(tx: Tx, rules: Rules, key: Key, sign: Sign, at: datetime) -> list[Attempt]:
    """The attempt on a shared phone that one of `TELLS_LATE` speaks of, told at this instant."""
    recent = attempts.lately_on(tx, rules.property, *key, at - LATE_PROOF)
    if sign == Sign.ANSWERED:
        under_way = [one for one in recent if one.phase != Phase.OVER]
        return [_doubted(tx, rules, one, recent) for one in under_way]
    lifted = next((one for one in recent if one.answered is not None), None)
    untold = next((one for one in recent if _untold(tx, rules, one)), None)
    return [one for one in (lifted or untold, *recent) if one is not None][:1]


def _doubted(tx: Tx, rules: Rules, attempt: Attempt, recent: Sequence[Attempt]) -> Attempt:
    """An ANSWER that may be the one missing of the call before: lifting alone proves nothing then."""
    before = (one for one in recent if one.wakeup_id != attempt.wakeup_id)
    if attempt.answered is None and any(_untold(tx, rules, one) for one in before):
        return replace(attempt, proof=stronger(attempt.proof, Proof.HEARD))
    return attempt


def _untold(tx: Tx, rules: Rules, attempt: Attempt) -> bool:
    """Whether a call was put down before its ring time was over, and no ANSWER was told: it may come yet."""
    if is_open(attempt) or attempt.wakeup_id is None or attempt.outcome not in _MAY_HAVE_BEEN_LIFTED:
        return False
    if attempt.answered is not None or attempt.rang is None or attempt.ended is None:
        return False
    if attempt.ended - attempt.rang >= rules.times(attempt.device).ring:
        return False
    if wakeups.by_id(tx, attempt.wakeup_id).state in FINAL_STATES:
        return False
    others = attempts.of_round(tx, attempt.wakeup_id, attempt.n)
    return all(one.answered is None for one in others)  # else this one was ended by us


# --- when it may be rung ---


def resting(tx: Tx, rules: Rules, now: datetime, rest: timedelta = FREE_AGAIN) -> dict[Key, datetime]:
    """Shared phones whose last call was over a moment ago, so that little of it is told into the next.

    With the instant at which each has rested.
    """
    if not rules.shared:
        return {}
    found: dict[Key, datetime] = {}
    for device, phone, ended in attempts.ended_since(tx, rules.property, now - rest):
        if (device, phone) in rules.shared:
            found[device, phone] = max(ended + rest, found.get((device, phone), now))
    return found


def next_instant(tx: Tx, rules: Rules, now: datetime) -> datetime | None:
    """When the first of these phones has rested: somebody may wait for it."""
    return min(resting(tx, rules, now).values(), default=None)


def engaged(tx: Tx, rules: Rules, held: Collection[Key]) -> set[str]:
    """The rooms that are not to be rung while these phones are in a call or rest.

    Those that are rung themselves, and those that have no other phone: the others ring on what they have.
    """
    rooms = {room for key in held if key not in rules.shared for room in rules.rooms_of(*key)}
    shared = [key for key in held if key in rules.shared]
    for device, phone in shared:
        for one in attempts.open_on(tx, rules.property, device, [phone]):
            rooms |= {wakeups.by_id(tx, one.wakeup_id).room} if one.wakeup_id is not None else set()
    return rooms | without_another(rules, shared, held)


def without_another(rules: Rules, shared: Iterable[Key], held: Collection[Key]) -> set[str]:
    """The rooms of these shared phones that have none left beside those held."""
    beside = {room for key in shared for room in rules.rooms_of(*key)}
    return {room for room in beside if all(phone in held for phone in rules.phones(room))}


def could_ring_along(tx: Tx, rules: Rules, held: Collection[Key]) -> list[tuple[Wakeup, list[Key]]]:
    """Rounds in which a shared phone has no part yet because it was the neighbour's, and is free now."""
    if not rules.shared:
        return []
    beside = {room for key in held for room in rules.rooms_of(*key)}
    rooms = [one for one in sorted(beside) if _free_and_shared(rules, one, held)]
    found = []
    for wakeup in wakeups.of_rooms(tx, rules.property, rooms, [WakeupState.CALLING]) if rooms else []:
        round_ = attempts.of_round(tx, wakeup.id, wakeup.rounds)
        rung = {(one.device, one.phone) for one in round_}
        if any(one.phase in _NOBODY_LIFTED for one in round_) and not any(one.answered for one in round_):
            free = _free_and_shared(rules, wakeup.room, held)
            found.append((wakeup, [key for key in free if key not in rung]))
    return found


def _free_and_shared(rules: Rules, room: str, held: Collection[Key]) -> list[Key]:
    return [key for key in rules.phones(room) if key in rules.shared and key not in held]
