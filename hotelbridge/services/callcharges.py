"""From a call record to a charge: recognised, given to the stay in whose room it was made, priced.

Inside the unit of work of the inbox: record, charge and the mark that the report is worked off are one
commit. A record is taken once, whatever comes twice. Nothing is posted here (`outbox`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from twisted.logger import Logger

from hotelbridge.core import rating
from hotelbridge.core.calls import CLOCK_OFF, CallKind, CallRecord, Recognised, recognise, times
from hotelbridge.core.charges import EMERGENCY_CALL, Call, Charge, ChargeState, of_emergency
from hotelbridge.core.guests import Stay
from hotelbridge.core.rating import Free, Held, Priced
from hotelbridge.core.records import AlarmKind, StoredReport
from hotelbridge.om import messages as om
from hotelbridge.services import chargealarms, credit, escalation, restored
from hotelbridge.services.charging import Charging
from hotelbridge.services.rules import Rules
from hotelbridge.store import callgaps, callrecords, charges, resyncs, stays
from hotelbridge.store.database import Tx
from hotelbridge.store.units import apart, is_of_the_database
from hotelbridge.texts import phrase

_log = Logger()
_MOST_SAID = 300  # letters of why a record could not be charged

_WHY_FREE = {
    Free.NOT_ANSWERED: phrase("it was not answered"),
    Free.TOLL_FREE: phrase("a toll-free number"),
    Free.THRESHOLD: phrase("too short to have been answered"),
    Free.FREE_SECONDS: phrase("within the seconds that are free"),
    Free.NO_PRICE: phrase("it costs nothing"),
}
_WHY_HELD = {Held.NO_ROW: phrase("the tariff has no price for this number")}
_NO_LENGTH = phrase("its record does not tell how long it was")
_AT_ONCE = 100  # calls that are priced in one unit, so that nothing waits long behind it
_STAMPED = timedelta(seconds=1)  # a device tells whole seconds: who came in the same one was there already
_LONGEST = 64  # letters of what a device wrote that are kept in a column which is looked for


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a call is."""

    room: str = ""
    stay: Stay | None = None
    account: str = ""  # of the house; "" with no stay: nobody's, as no account is configured
    held: str = ""  # why a person must say whose it is
    why: str = ""  # in words, where it is not a guest's

    @property
    def classes(self) -> frozenset[str]:
        """What a tariff may ask of the caller."""
        if self.stay is None:
            return frozenset({"staff"})
        named = {"vip": self.stay.vip, "group": bool(self.stay.group)}
        return frozenset({"guest", *(name for name, holds in named.items() if holds)})


Pushed = Sequence[tuple[StoredReport, om.Cdr]]


@dataclass(slots=True)
class Taken:
    """What came of the records of one batch."""

    failed: dict[int, str] = field(default_factory=dict)  # by report, why it could not be charged
    barred: list[str] = field(default_factory=list)  # rooms whose guests' calls have passed their credit


def take_all(tx: Tx, rules: Rules, pushed: Pushed, now: datetime) -> Taken:
    """Take the records that were pushed.

    One that cannot be charged never keeps back those beside it: they are taken together, and where that
    fails one by one.
    """
    if not pushed:
        return Taken()
    try:
        return Taken(barred=apart(tx, lambda: _take_these(tx, rules, pushed, now)))
    except Exception as error:
        if is_of_the_database(error):
            raise
        return _one_by_one(tx, rules, pushed, now)


def _one_by_one(tx: Tx, rules: Rules, pushed: Pushed, now: datetime) -> Taken:
    taken = Taken()
    for row, cdr in pushed:
        try:
            taken.barred += apart(tx, partial(_take_these, tx, rules, [(row, cdr)], now))
        except Exception as error:  # whatever it is: those behind it must not wait for ever
            if is_of_the_database(error):
                raise
            _log.error("call record {id} could not be charged: {why!r}", id=row.id, why=error)
            taken.failed[row.id] = phrase(f"could not be charged: {error!r}")[:_MOST_SAID]
    return taken


def _take_these(tx: Tx, rules: Rules, pushed: Pushed, now: datetime) -> list[str]:
    """Take them together; the rooms whose phones are barred by what they cost."""
    calls: dict[str, Call] = {}
    charged: list[Charge] = []
    for row, cdr in pushed:
        call, charge = take(tx, rules, row, cdr)
        if charge is not None:
            charged.append(charge)
        if call is not None:
            calls[row.device] = call
    for device, last in calls.items():
        _mind_the_clock(tx, rules, device, last, now)
    return _after(tx, rules, charged, now)


def _after(tx: Tx, rules: Rules, charged: Sequence[Charge], now: datetime) -> list[str]:
    """What follows from new charges; the rooms whose phones are barred by them."""
    for state in (ChargeState.HELD, ChargeState.UNCERTAIN):
        if any(charge.state == state for charge in charged):
            chargealarms.look(tx, rules, state, now)
    guests = dict.fromkeys(charge.stay_id for charge in charged if charge.stay_id is not None)
    return [room for id in guests if (room := credit.spent(tx, rules, id, now))]


def price_waiting(tx: Tx, rules: Rules, now: datetime) -> int:
    """Price some of the calls that came when no tariff was in force; how many there were."""
    if rules.charging is None:
        return 0
    calls = callrecords.waiting(tx, rules.property, _AT_ONCE)
    charged = []
    for call in (replace(one, waits=False) for one in calls):
        callrecords.save(tx, call)
        try:
            charge = apart(tx, partial(_price, tx, rules, rules.charging, call, now))
        except Exception as error:
            if is_of_the_database(error):
                raise
            _log.error("call {id} could not be charged: {why!r}", id=call.id, why=error)
            _not_priced(tx, rules, call, error, now)
        else:
            charged += [charge] if charge is not None else []
    _after(tx, rules, charged, now)
    return len(calls)


def _price(tx: Tx, rules: Rules, charging: Charging, call: Call, now: datetime) -> Charge | None:
    """The charge of a call that is saved already; with its charge the call learns whose room it is."""
    seen = recognise(_again(call), rules.extensions(call.device))
    if call.kind == CallKind.UNCLEAR:
        seen = replace(seen, kind=CallKind.UNCLEAR, why=call.why)
    if seen.kind == CallKind.FREE:
        return None
    owner = _owner(tx, rules, call)
    callrecords.save(tx, replace(call, room=owner.room or call.room))
    return _charged(tx, rules, charging, call, seen, owner, now)


def _not_priced(tx: Tx, rules: Rules, call: Call, why: Exception, now: datetime) -> None:
    cause = repr(why)[:_MOST_SAID]
    text = phrase(
        f"Call {call.id} could not be charged: {cause}. No charge stands for it: `hotelbridge calls list`."
    )
    escalation.raise_alarm(tx, rules, now, AlarmKind.REPORTS_UNREADABLE, f"unpriced:{call.id}", text)


def _again(call: Call) -> CallRecord:
    """The record that a call was read from."""
    parts = (call.record, call.type, call.route, call.cpn, call.cdpn, call.trunk)
    return CallRecord(call.device, *parts, "", "", call.seconds)


def take(tx: Tx, rules: Rules, row: StoredReport, cdr: om.Cdr) -> tuple[Call | None, Charge | None]:
    """Take one record; the call it tells of, and the charge that became of it.

    No call where the record is known already, no charge where nothing went to outside.
    """
    record = _record(row.device, cdr)
    key = callrecords.key_of(record.device, record.identity)
    if callrecords.is_known(tx, rules.property, key):
        return None, None
    seen = recognise(record, rules.extensions(row.device))
    if cdr.duration is None and seen.kind != CallKind.FREE:  # which is not the same as no time at all
        seen = replace(seen, kind=CallKind.UNCLEAR, why=_NO_LENGTH)
    call = _call(rules, record, key, seen, row.at)
    if call.counter is not None:
        callgaps.heard(tx, rules.property, row.device, call.counter, row.at)
    if seen.kind == CallKind.FREE:
        return callrecords.add(tx, call), None
    if rules.charging is None:  # it is being read, at a start; or there is none that can be read
        return callrecords.add(tx, replace(call, waits=bool(rules.settings.tariff))), None
    owner = _owner(tx, rules, call)
    saved = callrecords.add(tx, replace(call, room=owner.room or call.room))
    return saved, _charged(tx, rules, rules.charging, saved, seen, owner, row.at)


def _record(device: str, cdr: om.Cdr) -> CallRecord:
    def text(value: str | None) -> str:
        return (value or "").strip()[:_LONGEST]

    return CallRecord(
        device,
        text(cdr.id),
        text(cdr.type),
        text(cdr.route),
        text(cdr.cpn),
        text(cdr.cdpn),
        text(cdr.trunk_number),
        text(cdr.time_start),
        text(cdr.time_end),
        max(cdr.duration or 0, 0),
    )


def _call(rules: Rules, record: CallRecord, key: str, seen: Recognised, arrived: datetime) -> Call:
    when = times(record, rules.zone_of(record.device), arrived)
    rooms = rules.rooms_of(record.device, seen.phone)
    return Call(
        id=0,
        property=rules.property,
        key=key,
        device=record.device,
        record=record.id,
        counter=record.counter,
        type=record.type,
        route=record.route,
        trunk=record.trunk,
        cpn=record.cpn,
        cdpn=record.cdpn,
        kind=seen.kind,
        phone=seen.phone,
        room=rooms[0] if len(rooms) == 1 else "",
        started=when.started,
        ended=when.ended,
        seconds=record.seconds,
        arrived=arrived,
        off=None if when.off is None else round(when.off.total_seconds()),
        why=seen.why,
        day=when.started.astimezone(rules.zone).date().isoformat(),
    )


def _mind_the_clock(tx: Tx, rules: Rules, device: str, call: Call, now: datetime) -> None:
    """A device whose clock is off is noticed by its records, and told once (rule C4)."""
    subject = f"callclock:{device}"
    if call.off is not None and abs(call.off) <= CLOCK_OFF.total_seconds():
        escalation.recovered(tx, rules.property, subject, now, "its call records show the right time again")
        return
    shown = phrase("no time that can be read") if call.off is None else _far_off(call.off)
    text = phrase(
        f"The call records of {device} show {shown}. Calls are charged by the time at which their records "
        "arrive meanwhile. Set the clock of the exchange, and its time zone."
    )
    escalation.raise_alarm(tx, rules, now, AlarmKind.CLOCK, subject, text)


def _far_off(seconds: int) -> str:
    minutes = abs(seconds) // 60
    far = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
    if minutes >= 2880:
        days = minutes // 1440
        if seconds > 0:
            return phrase(f"a time that is {days} days fast")
        return phrase(f"a time that is {days} days slow")
    return phrase(f"a time that is {far} fast") if seconds > 0 else phrase(f"a time that is {far} slow")


# --- whose it is ---


def _owner(tx: Tx, rules: Rules, call: Call) -> Owner:
    """Whose a call is: of the guest in whose room it began, whatever has become of him since."""
    house = rules.settings.house_account
    if not call.phone:
        return Owner(account=house, why=call.why)
    rooms = rules.rooms_of(call.device, call.phone)
    if not rooms:
        account = rules.settings.charges.staff_account or house
        return Owner(account=account, why=phrase(f"phone {call.phone} belongs to no room"))
    began = call.started + _STAMPED
    there = {room: stays.who_was_in(tx, rules.property, room, began) for room in rooms}
    occupied = [room for room, guests in there.items() if guests]
    if len(occupied) > 1:
        others, last = ", ".join(occupied[:-1]), occupied[-1]
        words = phrase(f"phone {call.phone} belongs to {others} and {last}, and both were occupied")
        return Owner(held=words)
    if not occupied:
        room = rooms[0] if len(rooms) == 1 else ""
        if rules.settings.pms.plugin and not rules.pms_trusted:
            why = _why_not_trusted(tx, rules)
            return Owner(room, held=phrase(f"{why}: nobody knows whose it is"))
        return Owner(room, account=house, why=_nobody_in(rooms))
    return Owner(occupied[0], there[occupied[0]][0])


def _nobody_in(rooms: Sequence[str]) -> str:
    if len(rooms) == 1:
        return phrase(f"nobody was in {rooms[0]}")
    others, last = ", ".join(rooms[:-1]), rooms[-1]
    return phrase(f"nobody was in {others} or {last}")


def _why_not_trusted(tx: Tx, rules: Rules) -> str:
    """Why silence of the PMS about a room does not mean that nobody was there, when a call is priced."""
    if not rules.pms_heard:
        return phrase("the PMS was not heard when this call was priced")
    if (one := resyncs.undecided(tx, rules.property)) is not None and one.state == resyncs.ASKING:
        return phrase(f"the PMS's list of guests waits for a decision: resync {one.id}")
    return phrase("no resync with the PMS was completed yet when this call was priced")


# --- what it costs ---


def _charged(
    tx: Tx, rules: Rules, charging: Charging, call: Call, seen: Recognised, owner: Owner, now: datetime
) -> Charge:
    number = charging.numbering.read(seen.number)
    asked = rating.Call(number, call.started, call.seconds, call.trunk, call.route, owner.classes)
    priced = rating.rate(asked, charging.tariff, charging.terms)
    state, reason = _state(rules, call, seen, owner, priced)
    if reason.startswith(EMERGENCY_CALL):
        priced = replace(priced, minor=0, tax_minor=0)  # whatever a row for any number would ask
    if state != ChargeState.FREE and restored.may_be_posted(tx, rules.property, call.arrived):
        state, reason = ChargeState.UNCERTAIN, f"{restored.MAY_BE_POSTED}{f': {reason}' if reason else ''}"
    charge = Charge(
        id=call.id,
        property=rules.property,
        room=owner.room,
        stay_id=None if owner.stay is None else owner.stay.id,
        reservation="" if owner.stay is None else owner.stay.reservation,
        account="" if owner.stay is not None else owner.account,
        started=call.started,
        seconds=call.seconds,
        trunk=call.trunk,
        dialled=seen.number,
        number=number.e164 or number.outside[:_LONGEST],
        classes=" ".join(sorted(owner.classes)),
        name=priced.name,
        amount=priced.minor,
        tax=priced.tax_minor,
        currency=charging.terms.currency,
        version=charging.version,
        line=priced.line,
        state=state,
        reason=reason,
        next_at=now if state == ChargeState.QUEUED else None,
        done_at=now if state == ChargeState.FREE else None,
        day=call.day,
    )
    charges.add(tx, charge, now)
    return charge


def _state(
    rules: Rules, call: Call, seen: Recognised, owner: Owner, priced: Priced
) -> tuple[ChargeState, str]:
    """Where a charge begins, and why where it is not simply posted."""
    if emergency := rules.emergency.matches(seen.number):
        return ChargeState.FREE, of_emergency(emergency)
    if seen.kind == CallKind.UNCLEAR:
        return ChargeState.HELD, seen.why
    if priced.free:
        return ChargeState.FREE, _WHY_FREE[Free(priced.free)]
    if owner.held or priced.held:
        return ChargeState.HELD, owner.held or _WHY_HELD[Held(priced.held)]
    if owner.stay is None and not owner.account:
        return ChargeState.FREE, phrase(f"{owner.why}, and no account of the house is configured")
    if not rules.posts_charges:
        return ChargeState.HELD, phrase("there is no PMS that takes charges: put it on the bill by hand")
    return ChargeState.QUEUED, owner.why
