"""A phone that rooms share: whose a late report is, and how long it rests between two of them.

One call follows the other there, and no report says of which it speaks. What may be the neighbour's
must wake nobody else. Asked of such phones only: a phone of one room costs no query here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.attempt import FREE_AGAIN, LATE_PROOF, is_open
from hotelbridge.core.proof import stronger
from hotelbridge.core.records import FINAL_STATES, Attempt, Outcome, Proof
from hotelbridge.core.signals import Phase, Sign
from hotelbridge.services.rules import Rules
from hotelbridge.store import attempts, wakeups
from hotelbridge.store.database import Tx

TELLS_LATE = frozenset({Sign.ANSWERED, Sign.HEARD, Sign.KEYED})  # may be told when the next call rings
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


def resting(tx: Tx, rules: Rules, taken: Collection[Key], now: datetime) -> set[Key]:
    """Shared phones whose last call was over a moment ago, so that little of it is told into the next."""
    if not rules.shared:
        return set()
    ended = attempts.ended_since(tx, rules.property, now - FREE_AGAIN)
    return {key for key in ended if key in rules.shared and key not in taken}
