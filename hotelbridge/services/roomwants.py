"""What each phone should hold, kept in its row: made in the unit of work that changed its rooms.

What is to be set once, at a check-in or a check-out, waits in the same row until a phone has taken it,
so that no crash loses it and none repeats it. Where a wake-up has opened a phone, it is the loan that
gives it back, as it should be then. Talks to no device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core import loan as lending
from hotelbridge.core import phonepolicy as policy
from hotelbridge.core.phonepolicy import Basis, Occasion, Plan, RoomNow
from hotelbridge.core.records import Loan, LoanKind, LoanState, Phone
from hotelbridge.services import heldback
from hotelbridge.services.rules import Rules
from hotelbridge.store import bars, lived, loans, phones, stays
from hotelbridge.store.database import Tx

Key = tuple[str, str]  # device, number


def want(
    tx: Tx,
    rules: Rules,
    rooms: Sequence[str] | None,
    now: datetime,
    cause: str = "",
    *,
    resync: bool = False,
) -> list[Key]:
    """Save what the phones of these rooms (None: all) should hold now; gives those that do not hold it.

    To be called in the unit that has changed stays or room states, after they are saved. `cause`: what
    happened, in words. `resync`: it was told how things stand, nobody came or went; with all rooms, a
    complete resync is over, and a room that it did not name is vacant.
    """
    occasion = Occasion.RESYNC if resync else Occasion.LOOK if rooms is None else Occasion.HAPPENED
    keys = _keys(rules, rooms)
    known = _known(tx, rules, keys, rooms)
    standing = _standing(tx, rules, keys, None if rooms is None else rooms)
    unsettled = []
    for key in keys:
        its = [standing[room] for room in rules.rooms_of(*key)]
        row = known.get(key) or _blank(rules, key)
        made = policy.plan(rules.policy, its, Basis.read(row.basis), occasion)
        planned = _planned(tx, rules, row, made, cause, now)
        if planned != known.get(key):
            phones.save(tx, planned, now)
        if planned.once or not planned.in_sync:
            unsettled.append(key)
    return unsettled


def said_anew(tx: Tx, rules: Rules, room: str, do_not_disturb: bool, now: datetime) -> None:
    """The PMS has spoken of Do Not Disturb: the next `want` sets it, also where the same was said before."""
    for device, number in rules.phones(room):
        row = phones.get(tx, rules.property, device, number)
        basis = Basis.read(row.basis if row is not None else "")
        if row is not None and basis.do_not_disturb == do_not_disturb:
            unheard = replace(basis, do_not_disturb=None).text()
            phones.save(tx, replace(row, basis=unheard), now)


def _keys(rules: Rules, rooms: Sequence[str] | None) -> list[Key]:
    """The phones of these rooms, each once; all phones of the property, the desk's own too."""
    named = rules.rooms() if rooms is None else rooms
    keys = [key for room in named for key in rules.phones(room)]
    return list(dict.fromkeys([*keys, *(rules.desk_phones if rooms is None else ())]))


def _known(tx: Tx, rules: Rules, keys: Iterable[Key], rooms: Sequence[str] | None) -> dict[Key, Phone]:
    numbers = None if rooms is None else {number for _, number in keys}
    return {(one.device, one.number): one for one in phones.all_of(tx, rules.property, numbers)}


def _standing(tx: Tx, rules: Rules, keys: Iterable[Key], rooms: Sequence[str] | None) -> dict[str, RoomNow]:
    """The rooms of these phones as they stand."""
    names = sorted({room for key in keys for room in rules.rooms_of(*key)})
    guests = stays.in_house(tx, rules.property, None if rooms is None else names)
    said = stays.room_states(tx, rules.property, names)
    ever = lived.lived_in(tx, rules.property, rules.rooms() if rooms is None else names)
    meant = set(names if rooms is None else rooms)
    barred = bars.barred(tx, rules.property, [one.id for one in guests])

    def now_in(name: str) -> RoomNow:
        its = tuple(one for one in guests if one.room == name)
        over = any(one.id in barred for one in its)
        return RoomNow(name, its, said.get(name), known=name in ever, meant=name in meant, barred=over)

    return {name: now_in(name) for name in names}


def _blank(rules: Rules, key: Key) -> Phone:
    device, number = key
    return Phone(
        property=rules.property,
        device=device,
        number=number,
        rooms=rules.rooms_of(device, number),
        lineid=None,
        wanted={},
        held=None,
        in_sync=False,
        state="",
        checked_at=None,
    )


def _planned(tx: Tx, rules: Rules, row: Phone, made: Plan, cause: str, now: datetime) -> Phone:
    basis = made.basis.text()
    fresh = replace(
        row,
        rooms=rules.rooms_of(row.device, row.number),
        wanted=made.wanted,
        basis=basis,
        in_sync=policy.in_sync(made.wanted, row.held),
        once=row.once | made.once,
    )
    if made.once:
        fresh = replace(fresh, once=_without_lent(tx, fresh))
    if made.wanted != row.wanted or basis != row.basis or made.once:
        fresh = replace(fresh, cause=f"{cause}: {made.cause}" if cause else made.cause)
    return heldback.hold_back(tx, rules, fresh, now)


# --- beside wake-ups ---


def _without_lent(tx: Tx, row: Phone) -> dict[str, str]:
    """What is left to be set by ourselves: what a wake-up holds open is given back by it as it should be."""
    once = dict(row.once)
    for loan in loans.of_phone(tx, row.property, row.device, row.number):
        if loan.kind == LoanKind.ALARM_CLOCK:
            once.pop("WAKEUP", None)  # a wake-up is armed on it, and it is switched off with that
        elif loan.state == LoanState.OPEN:
            loans.save(tx, lending.handed_over(loan, once))
            once = {name: value for name, value in once.items() if name not in lending.lent(loan)}
    return once


def hold_back(tx: Tx, rules: Rules, device: str, number: str, now: datetime) -> None:
    """A phone that is about to ring is not shut any more by what waits to be set on it."""
    row = phones.get(tx, rules.property, device, number)
    left = None if row is None else heldback.hold_back(tx, rules, row, now)
    if left is not None and left != row:
        phones.save(tx, left, now)


def hand_over(tx: Tx, rules: Rules, loan: Loan, now: datetime) -> Loan:
    """A loan that is open from now on takes along what waited to be set on its phone."""
    row = phones.get(tx, rules.property, loan.device, loan.phone)
    taken = lending.lent(loan) & set(row.once) if row is not None else frozenset()
    if row is None or not taken:
        return loan
    left = {name: value for name, value in row.once.items() if name not in taken}
    phones.save(tx, replace(row, once=left), now)
    return lending.handed_over(loan, row.once)


# --- what phones were seen to hold ---


def saw(tx: Tx, rules: Rules, device: str, number: str, values: Mapping[str, str], now: datetime) -> None:
    """What a Query showed; known phones only."""
    row = phones.get(tx, rules.property, device, number)
    if row is None:
        return
    held = policy.queried(row.held, values, row.wanted)
    if held != row.held:
        in_sync = policy.in_sync(row.wanted, held)
        phones.save(tx, replace(row, held=held, in_sync=in_sync, checked_at=now), now)
