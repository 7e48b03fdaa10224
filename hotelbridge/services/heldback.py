"""What would shut a phone while its room is being woken: kept until the wake-up is over (rule R6).

Do Not Disturb said by the PMS a minute before the ring counts, but it must not keep the ring away. It
becomes part of the loan of the phone, as if the phone had held it already: the loan gives it to the phone,
once. All inside the unit of work that has made it wanted. Talks to no device.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core import loan as lending
from hotelbridge.core.records import Loan, LoanKind, LoanState, Phone, Wakeup, WakeupState
from hotelbridge.services.rules import Rules
from hotelbridge.store import history, loans, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

LOOK_AHEAD = timedelta(seconds=20)  # before a further ring its phones are read again
UNDER_WAY = (WakeupState.CALLING, WakeupState.WAITING, WakeupState.ALARMED)


def woken(
    tx: Tx, rules: Rules, device: str, phone: str, now: datetime, *, by_ring: bool = False
) -> Wakeup | None:
    """The wake-up of a phone's rooms that is under way, about to be, or waits for a person.

    `by_ring`: not one at which somebody knocks.
    """
    rooms = rules.rooms_of(device, phone)
    if not rooms:
        return None
    soon = now + rules.settings.wakeup.open_before
    for wakeup in wakeups.of_rooms(tx, rules.property, rooms, [*UNDER_WAY, WakeupState.SCHEDULED]):
        if by_ring and wakeup.in_person:
            continue
        if wakeup.state != WakeupState.SCHEDULED or (wakeup.next_at is not None and wakeup.next_at <= soon):
            return wakeup
    return None


def begin(
    tx: Tx, rules: Rules, wakeup_id: int, device: str, phone: str, state: LoanState, now: datetime
) -> Loan:
    """A new loan of a phone, so that it rings."""
    active = state != LoanState.OVER
    fresh = Loan(
        id=0,
        property=rules.property,
        wakeup_id=wakeup_id,
        device=device,
        phone=phone,
        lineid="",
        kind=LoanKind.REACH,
        before={},
        during={},
        state=state,
        at=now,
        next_at=now if active else None,
    )
    return loans.add(tx, fresh)


def look_again(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> None:
    """Its phones are read again before the next ring: what the guest has done since is told, and left."""
    if not rules.settings.wakeup.open_before or wakeup.next_at is None:
        return
    at = wakeup.next_at - LOOK_AHEAD
    if at < now:
        return  # rung again in a moment
    for device, phone in rules.phones(wakeup.room):
        known = loans.reach_of(tx, rules.property, device, phone)
        if known is None:
            known = begin(tx, rules, wakeup.id, device, phone, LoanState.ASKING, now)
        elif known.state != LoanState.OPEN:
            continue  # it is looked at anyway
        loans.save(tx, replace(known, next_at=at))


def hold_back(tx: Tx, rules: Rules, row: Phone, now: datetime) -> Phone:
    """The phone without what would shut it, where it must ring now: its loan has that."""
    if not rules.settings.wakeup.open_before or not lending.closing(row.once):
        return row
    wakeup = woken(tx, rules, row.device, row.number, now, by_ring=True)
    if wakeup is None:
        return row
    loan = loans.reach_of(tx, rules.property, row.device, row.number)
    wish = {name: value for name, value in row.once.items() if loan is None or name not in lending.kept(loan)}
    closing = lending.closing(wish)
    if not closing:
        return row  # the loan gives them back as they should be then, whatever is said meanwhile
    if loan is None:
        loan = begin(tx, rules, wakeup.id, row.device, row.number, LoanState.OPENING, now)
    kept = lending.held_back(loan, closing, now)
    loans.save(tx, kept)
    history.write(tx, wakeup, now, "phone_held_back", _waits(row, closing))
    return replace(row, once={name: value for name, value in row.once.items() if name not in closing})


def _waits(row: Phone, closing: dict[str, str]) -> str:
    what = lending.named(closing)
    return phrase(f"{row.number}: {what} wanted ({row.cause}): set when the wake-up is over")
