"""The credit of a stay: when its calls have passed it, its phones are barred until a person lifts that.

The bar outranks the class of service of the PMS (rule M1), and goes as low as rule A5 allows.
"""

from __future__ import annotations

from datetime import datetime

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.guests import Stay
from hotelbridge.core.records import Actor, AlarmKind
from hotelbridge.errors import Refusal
from hotelbridge.services import escalation, money, roomwants
from hotelbridge.services.doings import Applied, Doing, guest
from hotelbridge.services.rules import Rules
from hotelbridge.store import bars, charges, journal, stays
from hotelbridge.store.database import Tx
from hotelbridge.store.history import ITSELF

_NOT_HIS = frozenset({ChargeState.FREE, ChargeState.WRITTEN_OFF})


def total(tx: Tx, stay: Stay) -> int:
    """What a guest's calls have cost so far, in minor units."""
    return sum(one.amount for one in charges.of_stay(tx, stay.id) if one.state not in _NOT_HIS)


def spent(tx: Tx, rules: Rules, stay_id: int, now: datetime) -> str:
    """A guest has more charges: bar his phones where they pass his credit; the room where that is so now."""
    limit = rules.settings.charges.credit_limit
    stay = None if limit is None else stays.by_id(tx, stay_id)
    if limit is None or stay is None or stay.ended_at is not None or bars.was_barred(tx, stay_id):
        return ""
    currency, passed = rules.settings.currency, total(tx, stay)
    if money.amount(passed, currency) < limit:
        return ""
    bars.add(tx, rules.property, stay.id, passed, now)
    words = f"calls of {money.shown(passed, currency)} pass the credit of {limit}"
    said = f"{guest(stay.reservation)}: {words}; barred"
    journal.write(tx, rules.property, now, ITSELF, stay.room, "barred", said, reservation=stay.reservation)
    tx.changed(rules.property, "room", stay.room, now)
    roomwants.want(tx, rules, [stay.room], now, "credit limit")
    text = (
        f"Room {stay.room}: {words}. Its phones call nobody outside until somebody lifts that: "
        f"`hotelbridge rooms unbar {stay.room}`."
    )
    subject = _subject(stay)
    escalation.raise_alarm(tx, rules, now, AlarmKind.CREDIT_LIMIT, subject, text, room=stay.room)
    return stay.room


def lift(tx: Tx, rules: Rules, room: str, actor: Actor, now: datetime) -> Applied:
    """Somebody lets the guests of a room call again. Refuses `not_barred` (409)."""
    here = {stay.id: stay for stay in stays.in_house(tx, rules.property, [room])}
    barred = [here[id] for id in bars.barred(tx, here)]
    if not barred:
        raise Refusal("not_barred", f"Nobody in {room} is barred for his credit.", status=409)
    doing = Doing(tx, rules, actor, now)
    for stay in barred:
        bars.lift(tx, stay.id, actor.name, now)
        doing.note(room, "unbarred", f"{guest(stay.reservation)} may call again", stay.reservation)
        doing.say(f"{guest(stay.reservation)} of {room} may call again")
        escalation.recovered(tx, rules.property, _subject(stay), now, f"lifted by {actor.name}")
    roomwants.want(tx, rules, [room], now, actor.name)
    return doing.applied()


def left(tx: Tx, rules: Rules, stay: Stay, now: datetime) -> None:
    """The guest has left, and his bar with him."""
    escalation.recovered(tx, rules.property, _subject(stay), now, "the guest has left")


def _subject(stay: Stay) -> str:
    return f"credit:{stay.id}"
