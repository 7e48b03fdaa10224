"""What a person at the desk decides about a charge, inside a unit of work: again, where to, or never.

A charge is handed over once (rule C2): whatever goes again by a person's word goes under a new number, and
one that may stand on the folio already asks for that first. Nothing goes to a guest who has left (rule C1):
somebody names an occupied room, the account of the house, or settles it by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from hotelbridge.core.charges import ASKING_STATES, STATE_WORDS, Charge, ChargeState, withheld
from hotelbridge.core.guests import Stay
from hotelbridge.core.personal import mask, personal
from hotelbridge.core.rating import contained_tax
from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services import chargealarms, credit, money, tariffs
from hotelbridge.services.chargeviews import Resolution, ResolveRequest, RetryRequest
from hotelbridge.services.doings import guest
from hotelbridge.services.rules import Rules
from hotelbridge.store import charges, stays
from hotelbridge.store import tariffs as versions
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

BY_HAND = "amount"  # the line of a charge whose price a person has said
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?")
_UNDER_WAY = frozenset({ChargeState.QUEUED, ChargeState.SENT})


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person's word came to."""

    charge: Charge
    said: str  # in words, for whoever decided
    barred: str = ""  # the room whose guest has passed his credit by it


@dataclass(frozen=True, slots=True)
class _Deciding:
    """A decision under way."""

    tx: Tx
    rules: Rules
    by: str
    note: str
    actor: Actor
    now: datetime


def retry(tx: Tx, rules: Rules, id: int, request: RetryRequest, actor: Actor, now: datetime) -> Decided:
    """Post a refused, held or uncertain charge again, under a new number.

    Refuses `unknown_charge` (404), `under_way`, `already_settled`, `on_folio_unknown`, `guest_gone`,
    `which_guest`, `not_in_house`, `no_house_account`, `not_offered`, `already_priced` (409), `unknown_room`,
    `amount_needed`, `bad_amount` (422).
    """
    deciding = _Deciding(tx, rules, request.by, request.note, actor, now)
    charge = found(tx, rules, id)
    _not_settled(rules, charge)
    if charge.state not in ASKING_STATES:
        raise _under_way(charge)
    if _is_in_doubt(charge) and request.on_folio is None:
        raise _on_folio_unknown(rules, charge, _posted_again(rules, request))
    if request.on_folio:
        return _on_the_folio(deciding, charge, request.amount)
    if not rules.posts_charges:
        sentence = phrase(
            f"There is no PMS that takes charges: put charge {id} on the bill by hand and settle it."
        )
        raise Refusal("not_offered", sentence, status=409)
    return _queued(deciding, charge, request)


def resolve(tx: Tx, rules: Rules, id: int, request: ResolveRequest, actor: Actor, now: datetime) -> Decided:
    """Settle a charge by hand: it is on the folio, or nobody pays it; or hold one that is queued.

    Refuses `unknown_charge` (404), `under_way`, `already_settled`, `on_folio_unknown`, `not_queued`,
    `already_priced` (409), `note_needed`, `amount_needed`, `bad_amount` (422).
    """
    deciding = _Deciding(tx, rules, request.by, request.note, actor, now)
    charge = found(tx, rules, id)
    _not_settled(rules, charge)
    if charge.state == ChargeState.SENT:
        raise _under_way(charge)
    match request.outcome:
        case Resolution.HELD:
            return _held(deciding, charge)
        case Resolution.WRITTEN_OFF:
            return _not_to_be_paid(deciding, charge, request)
        case Resolution.POSTED:
            if charge.state == ChargeState.QUEUED:
                raise _under_way(charge, f" {phrase('Hold it first, or it is on the folio twice.')}")
            return _on_the_folio(deciding, charge, request.amount)


# --- may it be decided at all ---


def found(tx: Tx, rules: Rules, id: int) -> Charge:
    """A charge by its number, or the refusal `unknown_charge`."""
    charge = charges.get(tx, rules.property, id)
    if charge is None:
        raise Refusal("unknown_charge", f"There is no charge {id}.", status=404)
    return charge


def _not_settled(rules: Rules, charge: Charge) -> None:
    if charge.state in ASKING_STATES or charge.state in _UNDER_WAY:
        return
    how = _settled_how(charge)
    if charge.done_at is not None:
        how += f", {charge.done_at.astimezone(rules.zone):%a %Y-%m-%d %H:%M}"
    words = phrase(f"Charge {charge.id} is settled: {how}.")
    raise Refusal("already_settled", words, status=409, state=charge.state.value, by=charge.by)


def _settled_how(charge: Charge) -> str:
    if charge.by and charge.state == ChargeState.POSTED:
        return phrase(f"posted by {charge.by}")
    if charge.by and charge.state == ChargeState.WRITTEN_OFF:
        return phrase(f"written off by {charge.by}")
    return STATE_WORDS[charge.state]


def _under_way(charge: Charge, more: str = "") -> Refusal:
    words = phrase(f"Charge {charge.id} was handed to the PMS, whose answer is not here yet.")
    if charge.state == ChargeState.QUEUED:
        words = phrase(f"Charge {charge.id} is queued: it is posted by itself.")
    return Refusal("under_way", f"{words}{more}", status=409, state=charge.state.value)


def _is_in_doubt(charge: Charge) -> bool:
    """Whether it may stand on a folio already, also where it waits to go again under its number."""
    return charge.state == ChargeState.UNCERTAIN or charge.unsure


def _posted_again(rules: Rules, request: RetryRequest) -> str:
    place = rules.settings.house_account if request.account else request.room
    if place:
        return phrase(f"it is posted to {place} under a new number")
    return phrase("it is posted under a new number")


def _on_folio_unknown(rules: Rules, charge: Charge, otherwise: str) -> Refusal:
    """Somebody must look there first (rule C2); `otherwise`: what is done where it is not there."""
    place, how, which = charge.posted_to, mask(charge.reason), _named(charge)
    folio = phrase(f"the folio of {place}") if place else phrase("a folio")
    if charge.sent_at is not None:
        at, number = f"{charge.sent_at.astimezone(rules.zone):%a %Y-%m-%d %H:%M}", charge.number_at_pms
        how = phrase(f"it was sent {at} as number {number}")
    words = phrase(
        f"{which} may be on {folio} already: {how}. Look there: is it on the folio? Yes: it counts as "
        f"posted. No: {otherwise}."
    )
    facts = {"posted_to": charge.posted_to, "posting": charge.number_at_pms, "amount": _amount(charge)}
    return Refusal("on_folio_unknown", words, status=409, **facts)


# --- what becomes of it ---


def _queued(deciding: _Deciding, charge: Charge, request: RetryRequest) -> Decided:
    """To be posted under a new number: one that the PMS has seen is never used again."""
    priced = _priced(deciding, charge, request.amount)
    ours, place = _addressed(deciding, priced, request)
    again = replace(
        ours,
        state=ChargeState.QUEUED,
        reason="",
        number_at_pms=None,
        unsure=False,
        posted_to="",
        tries=0,
        next_at=deciding.now,
        sent_at=None,
    )
    saved = _settled(deciding, charge, again, phrase(f"to be posted to {place}, under a new number"))
    more = (saved.stay_id, saved.amount) != (charge.stay_id, charge.amount)
    barred = ""
    if saved.stay_id is not None and more:
        barred = credit.spent(deciding.tx, deciding.rules, saved.stay_id, deciding.now)
    which = _named(saved)
    said = phrase(f"{which} is to be posted to {place}, under a new number.")
    return Decided(saved, said, barred)


def _on_the_folio(deciding: _Deciding, charge: Charge, amount: str | None) -> Decided:
    priced = _priced(deciding, charge, amount)
    words = phrase(f"it is on the folio, says {deciding.by}")
    after = replace(
        priced,
        state=ChargeState.POSTED,
        reason=words,
        unsure=False,
        next_at=None,
        done_at=deciding.now,
    )
    saved = _settled(deciding, charge, after, words)
    which = _named(saved)
    return Decided(saved, phrase(f"{which} counts as posted."))


def _not_to_be_paid(deciding: _Deciding, charge: Charge, request: ResolveRequest) -> Decided:
    """Written off, unless it stands on a folio: the guest would pay for it there."""
    if _is_in_doubt(charge) and request.on_folio is None:
        raise _on_folio_unknown(deciding.rules, charge, phrase("it is written off"))
    if request.on_folio:
        return _on_the_folio(deciding, charge, request.amount)
    return _written_off(deciding, charge)


def _written_off(deciding: _Deciding, charge: Charge) -> Decided:
    if not deciding.note:
        raise Refusal("note_needed", "Say in a note why the charge is written off.")
    words = phrase(f"written off by {deciding.by}")
    after = replace(
        charge,
        state=ChargeState.WRITTEN_OFF,
        reason=words,
        unsure=False,
        next_at=None,
        done_at=deciding.now,
    )
    which = _named(charge)
    return Decided(_settled(deciding, charge, after, words), phrase(f"{which} is written off."))


def _held(deciding: _Deciding, charge: Charge) -> Decided:
    if charge.state != ChargeState.QUEUED:
        state = STATE_WORDS[charge.state]
        words = phrase(f"Charge {charge.id} is {state}: it is not posted by itself as it is.")
        raise Refusal("not_queued", words, status=409, state=charge.state.value)
    words = phrase(f"held by {deciding.by}")
    after = replace(charge, state=withheld(charge), reason=words, next_at=None)
    saved = _settled(deciding, charge, after, words)
    which = _named(charge)
    return Decided(saved, phrase(f"{which} is held until somebody decides."))


def _settled(deciding: _Deciding, before: Charge, after: Charge, words: str) -> Charge:
    """Saved by name, with its line; what waits for a person is counted anew."""
    tx, now = deciding.tx, deciding.now
    saved = charges.save(tx, replace(after, by=deciding.by, note=deciding.note), now)
    text = f"{words}: {personal(deciding.note)}" if deciding.note else words
    charges.write(tx, saved, now, saved.state.value, text, deciding.actor)
    for state in {before.state, saved.state} & ASKING_STATES:
        chargealarms.look(tx, deciding.rules, state, now)
    return saved


# --- what it costs ---


def _priced(deciding: _Deciding, charge: Charge, amount: str | None) -> Charge:
    """With the price that a person says, where the tariff had none."""
    if charge.amount:
        if amount is not None:
            price = _sum(charge)
            words = phrase(f"Charge {charge.id} has a price already: {price}.")
            raise Refusal("already_priced", words, status=409)
        return charge
    if amount is None:
        words = phrase(
            f"The tariff has no price for charge {charge.id}: say the amount in {charge.currency}."
        )
        raise Refusal("amount_needed", words, currency=charge.currency)
    minor = _minor(amount, charge.currency)
    kept = versions.get(deciding.tx, charge.property, charge.version)
    percent = Decimal(0) if kept is None else tariffs.terms_read(kept[1])[0].tax_percent
    priced = replace(charge, amount=minor, tax=contained_tax(minor, percent))
    price = _sum(priced)
    words = phrase(f"{price}, says {deciding.by}")
    charges.write(deciding.tx, priced, deciding.now, BY_HAND, words, deciding.actor)
    return priced


def _minor(text: str, currency: str) -> int:
    """An amount that a person wrote, in whole minor units. Refuses `bad_amount`."""
    digits = money.digits_of(currency)
    example = f"{Decimal(1234).scaleb(-digits):f}"
    scaled = Decimal(text).scaleb(digits) if _AMOUNT.fullmatch(text) else Decimal(0)
    if scaled <= 0 or scaled != int(scaled):
        words = phrase(
            f"This is no amount in {currency}: write it like {example}; one of nothing is written off."
        )
        raise Refusal("bad_amount", words, currency=currency)
    return int(scaled)


# --- whose it is ---


def _addressed(deciding: _Deciding, charge: Charge, request: RetryRequest) -> tuple[Charge, str]:
    """The charge with whose it is from now on, and the place that it goes to, in words."""
    if request.account:
        account = deciding.rules.settings.house_account
        if not account:
            words = phrase(
                "No account of the house is configured (`house_account`): name a room, or write it off."
            )
            raise Refusal("no_house_account", words, status=409)
        ours = replace(charge, stay_id=None, reservation="", account=account)
        return ours, phrase(f"{account}, the account of the house")
    if request.room is not None:
        stay = _guest_of(deciding, charge, request.room, request.reservation)
        ours = replace(charge, stay_id=stay.id, reservation=stay.reservation, account="")
        return ours, f"{stay.room}, {guest(stay.reservation)}"
    if charge.stay_id is None:
        if not charge.account:
            reason = mask(charge.reason)
            words = phrase(
                f"Nobody knows whose charge {charge.id} is ({reason}): name an occupied room, send it to the "
                "account of the house, or settle it: posted by hand, written off."
            )
            raise Refusal("which_guest", words, status=409, guests=[])
        return charge, charge.account
    own = stays.by_id(deciding.tx, charge.stay_id)
    if own is None or own.ended_at is not None:
        raise _guest_gone(deciding, charge)
    return charge, own.room


def _guest_gone(deciding: _Deciding, charge: Charge) -> Refusal:
    """Nothing is posted once a stay has ended (rule C1); where the guest is again, that is said."""
    again = stays.by_reservation(deciding.tx, deciding.rules.property, charge.reservation)
    room, reservation = charge.room, charge.reservation
    told = [phrase(f"A guest has left {room}, and the PMS takes room numbers.")]
    if reservation:
        told = [phrase(f"Reservation {reservation} has left {room}, and the PMS takes room numbers.")]
    if again is not None:
        told.append(phrase(f"Somebody of this reservation is in {again.room} now."))
    told.append(
        phrase(
            "Name an occupied room, send it to the account of the house, or settle it: posted by hand, "
            "written off."
        )
    )
    return Refusal("guest_gone", " ".join(told), status=409, room=None if again is None else again.room)


def _guest_of(deciding: _Deciding, charge: Charge, room: str, reservation: str | None) -> Stay:
    """The guest in a room who is to have the charge; his own charge stays his."""
    if room not in deciding.rules.rooms():
        raise Refusal("unknown_room", f"There is no room {room}.")
    there = stays.in_house(deciding.tx, deciding.rules.property, [room])
    if reservation is not None:
        there = [stay for stay in there if stay.reservation == reservation]
    if not there:
        words = phrase(f"Nobody is known to be in room {room}.")
        if reservation is not None:
            words = phrase(f"Nobody of reservation {reservation} is known to be in room {room}.")
        raise Refusal("not_in_house", words, status=409)
    mine = [stay for stay in there if stay.id == charge.stay_id]
    if len({stay.reservation for stay in there}) > 1 and not mine:
        count = len(there)
        words = phrase(f"{count} guests are in room {room}: say by the reservation whose it is.")
        raise Refusal("which_guest", words, status=409, guests=_reservations(there))
    return (mine or there)[0]


def _reservations(there: Sequence[Stay]) -> list[dict[str, str]]:
    """Without names: whoever counts money has no need to know them."""
    return [{"reservation": stay.reservation} for stay in there]


# --- words ---


def _named(charge: Charge) -> str:
    if not charge.amount:
        return phrase(f"Charge {charge.id}, which has no price,")
    amount = _sum(charge)
    return phrase(f"Charge {charge.id} of {amount}")


def _amount(charge: Charge) -> str:
    return f"{money.amount(charge.amount, charge.currency):f}"


def _sum(charge: Charge) -> str:
    return money.shown(charge.amount, charge.currency)
