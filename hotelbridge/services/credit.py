"""The credit of a stay: when its calls have passed it, its phones are barred until a person lifts that.

The bar outranks the class of service of the PMS (rule M1), and goes as low as rule A5 allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.guests import Stay
from hotelbridge.core.records import Actor, AlarmKind
from hotelbridge.errors import Refusal
from hotelbridge.services import escalation, money, roomwants
from hotelbridge.services.doings import Applied, Doing, guest
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, bars, charges, journal, stays
from hotelbridge.store.database import Tx
from hotelbridge.store.history import ITSELF
from hotelbridge.texts import phrase

SAME_GUEST = timedelta(hours=24)  # who comes again later begins anew
_NOT_HIS = frozenset({ChargeState.FREE, ChargeState.WRITTEN_OFF})


def total(tx: Tx, stay: Stay) -> int:
    """What a guest's calls have cost so far, in minor units."""
    return sum(one.amount for one in charges.of_stay(tx, stay.id) if one.state not in _NOT_HIS)


def _with_before(tx: Tx, stay: Stay) -> int:
    """The same with what it was before he moved, where that was told as a check-out and a check-in."""
    known = stays.of_reservation(tx, stay.property, stay.reservation)
    before = [one for one in known if one.ended_at and one.ended_at > stay.since - SAME_GUEST]
    return sum(total(tx, one) for one in (stay, *before))


def spent(tx: Tx, rules: Rules, stay_id: int, now: datetime) -> str:
    """A guest has more charges: bar his phones where they pass his credit; the room where that is so now."""
    limit = rules.settings.charges.credit_limit
    stay = None if limit is None else stays.by_id(tx, stay_id)
    if limit is None or stay is None or stay.ended_at is not None or bars.was_barred(tx, stay_id):
        return ""
    passed = _with_before(tx, stay)
    if money.amount(passed, rules.settings.currency) <= limit:
        return ""
    _bar(tx, rules, stay, passed, now)
    return stay.room


def _bar(tx: Tx, rules: Rules, stay: Stay, passed: int, now: datetime) -> None:
    bars.add(tx, rules.property, stay.id, passed, now)
    said = _barred_words(rules, guest(stay.reservation), passed)
    journal.write(tx, rules.property, now, ITSELF, stay.room, "barred", said, reservation=stay.reservation)
    tx.changed(rules.property, "room", stay.room, now)
    roomwants.want(tx, rules, [stay.room], now, phrase("credit limit"))
    text = _told(rules, stay, passed)
    escalation.raise_alarm(tx, rules, now, AlarmKind.CREDIT_LIMIT, _subject(stay), text, room=stay.room)


def _words(rules: Rules, passed: int) -> str:
    amount, limit = money.shown(passed, rules.settings.currency), rules.settings.charges.credit_limit
    if limit is None:
        return phrase(f"calls of {amount} pass the credit")
    return phrase(f"calls of {amount} pass the credit of {limit}")


def _barred_words(rules: Rules, whose: str, passed: int) -> str:
    amount, limit = money.shown(passed, rules.settings.currency), rules.settings.charges.credit_limit
    if limit is None:
        return phrase(f"{whose}: calls of {amount} pass the credit; barred")
    return phrase(f"{whose}: calls of {amount} pass the credit of {limit}; barred")


def _told(rules: Rules, stay: Stay, passed: int) -> str:
    why = _words(rules, passed)
    return phrase(
        f"Room {stay.room}: {why}. Its phones call nobody outside until somebody lifts that: "
        f"`hotelbridge rooms unbar {stay.room}`."
    )


def carried(doing: Doing, stay: Stay, before: Sequence[Stay]) -> None:
    """A guest is back who was barred when he left a moment ago: he moved, and nobody has lifted it."""
    barred = bars.barred(doing.tx, doing.property, [one.id for one in before])
    if barred and not bars.was_barred(doing.tx, stay.id):
        passed = max(bars.amount(doing.tx, id) for id in barred)
        _bar(doing.tx, doing.rules, stay, passed, doing.now)
        doing.touch(stay.room)


def moved(doing: Doing, stay: Stay) -> None:
    """What is told of a bar names the room in which it is lifted now."""
    known = alarms.open_about(doing.tx, doing.property, _subject(stay))
    if known is not None:
        text = _told(doing.rules, stay, bars.amount(doing.tx, stay.id))
        alarms.save(doing.tx, replace(known, room=stay.room, text=text), doing.now)


def lift(tx: Tx, rules: Rules, room: str, actor: Actor, now: datetime) -> Applied:
    """Somebody lets the guests of a room call again. Refuses `not_barred` (409)."""
    here = {stay.id: stay for stay in stays.in_house(tx, rules.property, [room])}
    barred = [here[id] for id in bars.barred(tx, rules.property, here)]
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
