"""From rows to views of calls and charges, inside a read, as each caller may see them.

Who may know the guests sees their names and whole numbers. To others names are empty and the last digits of
every outside number are cut; nor can a number be guessed by looking for its digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from hotelbridge.core.charges import UNPOSTED, Call, Charge, ChargeState
from hotelbridge.core.guests import Stay
from hotelbridge.core.personal import HIDDEN, mask
from hotelbridge.services import callretention, chargesums, money
from hotelbridge.services.chargeviews import (
    CallChargeView,
    CallQuery,
    CallView,
    ChargeDetail,
    ChargeView,
)
from hotelbridge.services.postings import masked, why_paused
from hotelbridge.services.reading import cursor_to, place_of
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import HistoryView, Page
from hotelbridge.store import calllists, callrecords, charges, stays
from hotelbridge.store.database import Tx

NOT_SOUGHT = ""  # the name of a guest who is not to be looked for
LEAST_CUT = 3  # last digits of a number that nobody sees who has no need to know the guests


@dataclass(frozen=True, slots=True)
class Eyes:
    """What of people whoever looks may see."""

    named: bool  # guests by name
    cut: int  # last digits of outside numbers that are hidden

    def number(self, number: str) -> str:
        """An outside number for these eyes."""
        return masked(number, self.cut)

    def words(self, text: str) -> str:
        """Words that may name a guest, or somebody's number."""
        return text if self.named else mask(text)


@dataclass(frozen=True, slots=True)
class Guest:
    """Whose a charge is, for who may know that."""

    name: str = ""
    erased: date | None = None  # the hotel's day on which the name will be; None: it is not known yet


NOBODY = Guest()


def eyes(rules: Rules, *, named: bool) -> Eyes:
    """Of somebody who may know the guests, or may not."""
    return Eyes(named, 0 if named else max(rules.settings.charges.cut_digits, LEAST_CUT))


def charge_page(tx: Tx, rules: Rules, query: CallQuery, *, named: bool) -> Page[ChargeView]:
    """Charges, newest first. Refuses `bad_cursor`."""
    seen = eyes(rules, named=named)
    found = calllists.list_charges(tx, rules.property, _filter(query, seen), query.limit + 1)
    shown = found[: query.limit]
    more = cursor_to(shown[-1].started, shown[-1].id) if len(found) > len(shown) and shown else None
    guests = _guests(tx, rules, shown) if named else {}
    waits = _waits(tx, rules, shown)
    return Page(tuple(charge_view(rules, one, seen, guests, waits) for one in shown), more)


def call_page(tx: Tx, rules: Rules, query: CallQuery, *, named: bool) -> Page[CallView]:
    """Call records, newest first. Refuses `bad_cursor`."""
    seen = eyes(rules, named=named)
    found = calllists.list_calls(tx, rules.property, _filter(query, seen), query.limit + 1)
    shown = found[: query.limit]
    last = shown[-1][0] if len(found) > len(shown) and shown else None
    more = None if last is None else cursor_to(last.started, last.id)
    return Page(tuple(_call_view(rules, call, charge, seen) for call, charge in shown), more)


def _filter(query: CallQuery, seen: Eyes) -> calllists.Filter:
    return calllists.Filter(
        room=query.room,
        reservation=query.reservation,
        guest=query.guest if seen.named or query.guest is None else NOT_SOUGHT,
        states=_states(query),
        digits=query.number,
        cut=seen.cut,
        trunk=query.trunk,
        account=query.account,
        from_=query.from_,
        to=query.to,
        behind=place_of(query.cursor),
    )


def _states(query: CallQuery) -> frozenset[ChargeState] | None:
    """The states that are asked for by name, and by whether they are settled."""
    if query.open is None:
        return frozenset(query.state) or None
    these = UNPOSTED if query.open else frozenset(ChargeState) - UNPOSTED
    return these & frozenset(query.state) if query.state else these


def _waits(tx: Tx, rules: Rules, these: Iterable[Charge]) -> str:
    """Why those of them that are queued are not posted now, where that is known."""
    return why_paused(tx, rules) if any(one.state == ChargeState.QUEUED for one in these) else ""


def _guests(tx: Tx, rules: Rules, these: Iterable[Charge]) -> dict[int, Guest]:
    """Those whose charges these are, by stay; none for who is forgotten already."""
    ids = dict.fromkeys(one.stay_id for one in these if one.stay_id is not None)
    known = [stay for id in ids if (stay := stays.by_id(tx, id)) is not None]
    kept = stays.held_back(tx, rules.property, [stay.id for stay in known if stay.ended_at is not None])

    def erased(stay: Stay) -> date | None:
        return None if stay.id in kept else callretention.name_erased_on(stay, rules.settings)

    return {stay.id: Guest(stay.name, erased(stay)) for stay in known}


def in_short(tx: Tx, rules: Rules, charge: Charge, *, named: bool) -> ChargeView:
    """A charge as it stands in a list."""
    guests = _guests(tx, rules, [charge]) if named else {}
    return charge_view(rules, charge, eyes(rules, named=named), guests, _waits(tx, rules, [charge]))


def charge_detail(tx: Tx, rules: Rules, charge: Charge, *, named: bool) -> ChargeDetail:
    """A charge with its call, its sum and its lines."""
    seen = eyes(rules, named=named)
    view = in_short(tx, rules, charge, named=named)
    call = callrecords.get(tx, rules.property, charge.id)
    assert call is not None, f"charge {charge.id} has no call"  # the store sees to it
    lines = charges.lines(tx, charge)
    told = (
        HistoryView(line.at.astimezone(rules.zone), line.by, line.origin, line.what, seen.words(line.text))
        for line in lines
    )
    known = {field.name: getattr(view, field.name) for field in fields(view)}
    return ChargeDetail(
        **known,
        call=_call_view(rules, call, charge, seen),
        explanation=chargesums.explained(tx, charge, call, lines),
        lines=tuple(told),
    )


def charge_view(
    rules: Rules, charge: Charge, seen: Eyes, guests: dict[int, Guest], waits: str = ""
) -> ChargeView:
    """A charge for these eyes; `guests`: those who may be named, by stay; `waits`: why the queued do."""
    guest, days = guests.get(charge.stay_id or 0, NOBODY), callretention.erased_on(charge, rules.settings)
    return ChargeView(
        id=charge.id,
        room=charge.room,
        reservation=charge.reservation,
        guest=guest.name,
        account=charge.account,
        started=charge.started.astimezone(rules.zone),
        seconds=charge.seconds,
        trunk=charge.trunk,
        dialled=seen.number(charge.dialled),
        number=seen.number(charge.number),
        destination=charge.name,
        amount=_text(charge.amount, charge.currency),
        minor=charge.amount,
        tax=_text(charge.tax, charge.currency),
        tax_minor=charge.tax,
        currency=charge.currency,
        tariff=charge.version,
        line=charge.line,
        state=charge.state,
        reason=_reason(charge, seen, waits),
        posting=charge.number_at_pms,
        posted_to=charge.posted_to,
        tries=charge.tries,
        next=_local(rules, charge.next_at),
        sent=_local(rules, charge.sent_at),
        settled=_local(rules, charge.done_at),
        by=charge.by,
        note=charge.note if seen.named or not charge.note else HIDDEN,
        number_erased=days.number,
        guest_erased=guest.erased,
        erased=days.everything,
    )


def _reason(charge: Charge, seen: Eyes, waits: str) -> str:
    """Why it stands as it does: what was kept, and of one that is queued what it waits for."""
    known = seen.words(charge.reason)
    if not waits or charge.state != ChargeState.QUEUED:
        return known
    return f"{known}; {waits}" if known else waits


def _call_view(rules: Rules, call: Call, charge: Charge | None, seen: Eyes) -> CallView:
    inside = rules.extensions(call.device) if call.device in rules.devices else ()
    caller, called = (one if one in inside else seen.number(one) for one in (call.cpn, call.cdpn))
    days = callretention.call_erased_on(call, charge, rules.settings)
    return CallView(
        id=call.id,
        device=call.device,
        record=call.record,
        kind=call.kind,
        type=call.type,
        route=call.route,
        trunk=call.trunk,
        caller=caller,
        called=called,
        phone=call.phone,
        room=call.room,
        started=call.started.astimezone(rules.zone),
        ended=call.ended.astimezone(rules.zone),
        seconds=call.seconds,
        arrived=call.arrived.astimezone(rules.zone),
        clock_off=call.off,
        why=seen.words(call.why),
        charge=None if charge is None else _call_charge(charge),
        number_erased=days.number,
        erased=days.everything,
    )


def _call_charge(charge: Charge) -> CallChargeView:
    return CallChargeView(
        state=charge.state,
        amount=_text(charge.amount, charge.currency),
        minor=charge.amount,
        currency=charge.currency,
        reservation=charge.reservation,
        account=charge.account,
    )


def _text(minor: int, currency: str) -> str:
    return f"{money.amount(minor, currency):f}"


def _local(rules: Rules, at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(rules.zone)
