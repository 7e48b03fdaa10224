"""Charges and the ends of stays, inside a unit of work: nothing is posted once a guest has gone (rule C1).

The PMS takes room numbers, and who is in the room by then may be somebody else. What a guest leaves unposted
is held for a person, until he is seen again under his reservation: then it goes along with him.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hotelbridge.core.charges import Charge, ChargeState, withheld
from hotelbridge.core.guests import Stay
from hotelbridge.services import chargealarms, credit, money
from hotelbridge.services.doings import Doing, guest
from hotelbridge.store import charges, stays
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

LATE = phrase("late charge: the guest has checked out, and the PMS takes room numbers")


def unposted(tx: Tx, guests: Sequence[Stay]) -> list[Charge]:
    """What of these guests' calls is not on the folio."""
    return charges.unposted_of(tx, [stay.id for stay in guests])


def said(these: Sequence[Charge]) -> str:
    """How many, and what they come to: "2 calls of 3.40 EUR"."""
    sums: dict[str, int] = {}
    for one in these:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount
    amount, count = ", ".join(money.shown(minor, currency) for currency, minor in sums.items()), len(these)
    return phrase(f"1 call of {amount}") if count == 1 else phrase(f"{count} calls of {amount}")


def left(doing: Doing, stay: Stay) -> None:
    """A guest has gone: what was still to be posted is held, and the desk is told what is open."""
    credit.left(doing.tx, doing.rules, stay, doing.now)
    these = unposted(doing.tx, [stay])
    if not these:
        return
    for one in these:
        if one.state == ChargeState.QUEUED:
            _turn(doing, replace(one, state=withheld(one), reason=LATE, next_at=None), LATE)
    for state in (ChargeState.HELD, ChargeState.UNCERTAIN):
        chargealarms.look(doing.tx, doing.rules, state, doing.now)
    whose, calls = guest(stay.reservation), said(these)
    words = phrase(f"{whose} left, and {calls} are not on the folio")
    doing.note(stay.room, "charges_open", words, stay.reservation)
    doing.say(words)


def reunite(doing: Doing, stay: Stay) -> None:
    """A guest has come who left a moment ago (a move told as out and in): what is held goes along."""
    before = stays.of_reservation(doing.tx, doing.property, stay.reservation)
    recent = [one for one in before if one.ended_at and one.ended_at > doing.said - credit.SAME_GUEST]
    credit.carried(doing, stay, recent)
    late = [one for one in unposted(doing.tx, recent) if one.state == ChargeState.HELD and one.reason == LATE]
    for one in late:
        words = phrase(f"the guest is in {stay.room}")
        _turn(
            doing,
            replace(one, stay_id=stay.id, state=ChargeState.QUEUED, reason="", next_at=doing.now),
            words,
        )
    if late:
        chargealarms.look(doing.tx, doing.rules, ChargeState.HELD, doing.now)
        calls = said(late)
        doing.say(f"{calls} go along to {stay.room}")


def _turn(doing: Doing, charge: Charge, words: str) -> None:
    charges.save(doing.tx, charge, doing.now)
    charges.write(doing.tx, charge, doing.now, charge.state.value, words, doing.actor)
