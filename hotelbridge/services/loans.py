"""Loans inside a unit of work: what phones need before they are rung, and what they get back.

In the two minutes before due the phones of a room are read, and what would keep the ring away is
opened. It is put back once, when no wake-up of the room is under way and none is in a person's hands.
Where the property wants it, the device's own alarm clock is set as a last resort. Nothing here talks
to a device, and nothing here can delay a ring.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core import loan as lending
from hotelbridge.core.loan import Move
from hotelbridge.core.records import FINAL_STATES, Loan, LoanKind, LoanState, Wakeup, WakeupState
from hotelbridge.services import heldback, roomwants
from hotelbridge.services.effects import Assign, Effect, Read
from hotelbridge.services.rules import Rules
from hotelbridge.store import history, loans, phones, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

CLOCK_AHEAD = timedelta(hours=23)  # of its time; a clock without a date is not set earlier
CLOCK_WAITS = timedelta(minutes=1)  # until one is looked at again that may not be set yet
CLOCK_OVER = timedelta(minutes=2)  # after its time it has rung; it is switched off, it may be a daily one
CLOCK_LOOK = timedelta(minutes=1)
SLACK = timedelta(seconds=5)


def tick(tx: Tx, rules: Rules, now: datetime) -> list[Effect]:
    """Begin what must be begun before due, return what is not needed any more, take up what was lost."""
    _begin_reach(tx, rules, now)
    _begin_clocks(tx, rules, now)
    for loan in loans.active(tx, rules.property, LoanKind.REACH, [LoanState.OPEN]):
        if not _wanted(tx, rules, loan, now):
            loans.save(tx, lending.not_wanted(loan, now))
    return [effect for loan in loans.due(tx, rules.property, now) for effect in _act(tx, rules, loan, now)]


def next_instant(tx: Tx, rules: Rules, now: datetime) -> datetime | None:
    """When a loan wants to be begun or looked at."""
    before = rules.settings.wakeup.open_before
    instants = [loans.next_instant(tx, rules.property)]
    if before:
        rings = loans.next_to_reach(tx, rules.property, now - before - SLACK)
        instants.append(rings - before if rings else None)
    if rules.settings.wakeup.native_backup:
        ahead = CLOCK_AHEAD - rules.settings.wakeup.native_backup
        due = loans.next_without_clock(tx, rules.property, now + ahead)
        instants.append(due - ahead if due else None)
        if loans.without_clock(tx, rules.property, now, now + ahead):
            instants.append(now + CLOCK_WAITS)
    return min((at for at in instants if at is not None), default=None)


def recover(tx: Tx, rules: Rules, now: datetime) -> None:
    """After a start: commands may have been lost with the program; every loan is looked at now."""
    for kind in LoanKind:
        for loan in loans.active(tx, rules.property, kind):
            if loan.state != LoanState.OPEN or kind == LoanKind.ALARM_CLOCK:
                loans.save(tx, replace(loan, next_at=now))


def learned(
    tx: Tx, rules: Rules, id: int, values: Mapping[str, str] | None, lineid: str, now: datetime, *, read: bool
) -> list[Effect]:
    """What a phone holds: by a Query (`read`), or by the answer to an Assign. None: it did not tell."""
    loan = loans.get(tx, id)
    if loan is None or loan.state == LoanState.OVER:
        return []
    loan = replace(loan, lineid=lineid or loan.lineid)
    if read and values is not None:
        roomwants.saw(tx, rules, loan.device, loan.phone, values, now)
    wanted = read and _wanted(tx, rules, loan, now)
    if wanted and loan.state == LoanState.RETURNING:  # the next wake-up of the room needs it open
        loan = replace(loan, state=LoanState.OPENING)
    if read and values is not None and loan.state == LoanState.ASKING and loans.was_read(tx, loan):
        move = lending.looked_again(loan, values, wanted, now)
    else:
        move = lending.seen(loan, values, wanted, now) if read else lending.answered(loan, values, now)
    return _save(tx, rules, move, now)


def _save(tx: Tx, rules: Rules, move: Move, now: datetime) -> list[Effect]:
    loan = move.loan
    if loan.state == LoanState.OPEN:
        loan = roomwants.hand_over(tx, rules, loan, now)
    if loan.kind == LoanKind.ALARM_CLOCK and loan.state == LoanState.OPEN:
        loan = replace(loan, next_at=now + CLOCK_LOOK)
    loans.save(tx, loan)
    if move.said:
        wakeup = wakeups.by_id(tx, loan.wakeup_id)
        history.write(tx, wakeup, now, f"phone_{loan.state}", move.said)
    if not move.assign:
        return []
    lineid = loan.lineid or _lineid(tx, rules, loan.device, loan.phone)
    return [Assign(replace(loan, lineid=lineid), move.assign)] if lineid else []


def _act(tx: Tx, rules: Rules, loan: Loan, now: datetime) -> list[Effect]:
    """A loan whose time has come. What is done is saved as tried before it is done."""
    if loan.device not in rules.devices:
        what = lending.words(loan)
        gone = phrase(
            f"{loan.phone}: {what} not put back: {loan.device} is not in the configuration any more"
        )
        return _save(tx, rules, Move(replace(loan, state=LoanState.OVER, next_at=None), said=gone), now)
    if loan.kind == LoanKind.ALARM_CLOCK:
        return _act_on_clock(tx, rules, loan, now)
    loans.save(tx, replace(loan, next_at=now + lending.TRY_AGAIN))
    return [Read(loan)]


# --- what keeps a ring away ---


def _begin_reach(tx: Tx, rules: Rules, now: datetime) -> None:
    before = rules.settings.wakeup.open_before
    if not before:
        return
    wanting = loans.to_reach(tx, rules.property, now + before, now - before - SLACK)
    if not wanting:
        return
    lent = {(one.device, one.phone): one for one in loans.active(tx, rules.property, LoanKind.REACH)}
    for wakeup_id, room in wanting:
        for device, phone in rules.phones(room):
            known = lent.get((device, phone))
            if known is not None and (device, phone) in rules.shared:
                known = _left_by_neighbour(tx, known, room, now)
            if known is None:
                lent[device, phone] = _ask(tx, rules, wakeup_id, device, phone, now)
            elif known.state != LoanState.RETURNING:  # one loan serves both
                heldback.begin(tx, rules, wakeup_id, device, phone, LoanState.OVER, now)


def reach_anew(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> None:
    """A wake-up that is about to ring is in another room since: its phones there have to be opened too."""
    before = rules.settings.wakeup.open_before
    if not before or wakeup.in_person or wakeup.next_at is None or wakeup.next_at > now + before:
        return
    for device, phone in rules.phones(wakeup.room):
        known = loans.reach_of(tx, rules.property, device, phone)
        if known is not None and (device, phone) in rules.shared:
            known = _left_by_neighbour(tx, known, wakeup.room, now)
        if known is None:
            _ask(tx, rules, wakeup.id, device, phone, now)


def _left_by_neighbour(tx: Tx, loan: Loan, room: str, now: datetime) -> Loan | None:
    """The loan of a shared phone as far as it serves a wake-up of this room, too; None: one has to be begun.

    What was set at the phone since a neighbour's first ring is left for his further ones, but not for the
    first one of this room (R6).
    """
    if wakeups.by_id(tx, loan.wakeup_id).room == room:
        return loan
    if loan.state == LoanState.OPEN or loan.state == LoanState.ASKING and loan.during:
        asking = replace(loan, state=LoanState.ASKING, next_at=now)
        loans.save(tx, asking)
        return asking
    at_once = loan.next_at is not None and loan.next_at <= now + lending.TRY_AGAIN
    if loan.state != LoanState.ASKING or at_once and not loans.was_read(tx, loan):
        return loan
    loans.save(tx, replace(loan, state=LoanState.OVER, next_at=None))
    return None


def _ask(tx: Tx, rules: Rules, wakeup_id: int, device: str, phone: str, now: datetime) -> Loan:
    """A phone is to be read before its wake-up; what waits to be set on it must not shut it meanwhile."""
    loan = heldback.begin(tx, rules, wakeup_id, device, phone, LoanState.ASKING, now)
    roomwants.hold_back(tx, rules, device, phone, now)
    return loan


def _wanted(tx: Tx, rules: Rules, loan: Loan, now: datetime) -> bool:
    """Whether the room of this phone is being woken, is about to be, or waits for a person."""
    return heldback.woken(tx, rules, loan.device, loan.phone, now) is not None


# --- the device's own alarm clock ---


def clock_time(rules: Rules, device: str, wakeup: Wakeup) -> tuple[datetime, str]:
    """When the device's own alarm clock is to ring, and how it is told: HH:MM of its clock, never 00:00."""
    at = wakeup.due + rules.settings.wakeup.native_backup
    zone = rules.zone_of(device)
    local = at.astimezone(zone)
    if local.second or local.microsecond:
        local += timedelta(minutes=1)
    if (local.hour, local.minute) == (0, 0):
        local += timedelta(minutes=1)
    return at, f"{local:%H:%M}"


def _begin_clocks(tx: Tx, rules: Rules, now: datetime) -> None:
    if not rules.settings.wakeup.native_backup:
        return
    ahead = CLOCK_AHEAD - rules.settings.wakeup.native_backup
    wanting = loans.without_clock(tx, rules.property, now, now + ahead)
    if not wanting:
        return
    lent = _with_clock(tx, rules)
    for id in wanting:
        lent |= _set_clocks(tx, rules, wakeups.by_id(tx, id), lent, now)


def _with_clock(tx: Tx, rules: Rules) -> set[tuple[str, str]]:
    return {(one.device, one.phone) for one in loans.active(tx, rules.property, LoanKind.ALARM_CLOCK)}


def _set_clocks(
    tx: Tx, rules: Rules, wakeup: Wakeup, lent: Collection[tuple[str, str]], now: datetime
) -> set[tuple[str, str]]:
    """Set the clocks of a wake-up's phones, but for those that are `lent`: a phone holds one time only."""
    begun = set()
    for device, phone in rules.phones(wakeup.room):
        if (device, phone) in lent or not _is_first_beside(tx, rules, device, phone, wakeup, now):
            continue
        if _lineid(tx, rules, device, phone):
            at, told = clock_time(rules, device, wakeup)
            if lending.rings_sooner(now, at, told, rules.zone_of(device)):
                continue
            begun.add((device, phone))
            loan = heldback.begin(tx, rules, wakeup.id, device, phone, LoanState.OPENING, now)
            clock = replace(loan, kind=LoanKind.ALARM_CLOCK, before={"WAKEUP": "00:00"})
            loans.save(tx, replace(clock, during={"WAKEUP": told}))
    return begun


def _set_clocks_beside(tx: Tx, rules: Rules, loan: Loan, now: datetime) -> None:
    """The clocks of a room's other phones, where one of them was set for the neighbour and is free again."""
    wakeup = wakeups.by_id(tx, loan.wakeup_id)
    own = rules.phones(wakeup.room)
    if len(own) == 1 or rules.shared.isdisjoint(own):
        return
    if wakeup.state == WakeupState.SCHEDULED and wakeup.due > now:
        _set_clocks(tx, rules, wakeup, _with_clock(tx, rules), now)


def _lineid(tx: Tx, rules: Rules, device: str, phone: str) -> str:
    known = phones.get(tx, rules.property, device, phone)
    return (known.lineid if known else None) or ""


def _act_on_clock(tx: Tx, rules: Rules, loan: Loan, now: datetime) -> list[Effect]:
    wanted = _clock_wanted(tx, rules, loan, now)
    if loan.state in (LoanState.OPENING, LoanState.OPEN) and not wanted:
        loan = lending.not_wanted(loan, now)
    if loan.state == LoanState.OPEN:
        loans.save(tx, replace(loan, next_at=now + CLOCK_LOOK))
        _set_clocks_beside(tx, rules, loan, now)
        return []
    later = replace(loan, next_at=now + lending.TRY_AGAIN)
    values = loan.before if loan.state == LoanState.RETURNING else loan.during
    return _save(tx, rules, Move(later, dict(values)), now)


def _clock_wanted(tx: Tx, rules: Rules, loan: Loan, now: datetime) -> bool:
    wakeup = wakeups.by_id(tx, loan.wakeup_id)
    if wakeup.state in FINAL_STATES or wakeup.room not in rules.rooms_of(loan.device, loan.phone):
        return False
    at, told = clock_time(rules, loan.device, wakeup)
    if told != loan.during.get("WAKEUP") or now >= at + CLOCK_OVER:
        return False
    return wakeup.state != WakeupState.SCHEDULED or _is_first(tx, rules, loan.device, loan.phone, wakeup, now)


def _is_first(tx: Tx, rules: Rules, device: str, phone: str, wakeup: Wakeup, now: datetime) -> bool:
    """Whether the clock of a phone is this wake-up's: the next of its room, and none beside comes before."""
    own = wakeups.first_pending(tx, rules.property, wakeup.room)
    if own is not None and own.due < wakeup.due:
        return False
    return _is_first_beside(tx, rules, device, phone, wakeup, now)


def _is_first_beside(tx: Tx, rules: Rules, device: str, phone: str, wakeup: Wakeup, now: datetime) -> bool:
    """Whether no other room of a phone has a ring to come before: those are whom its clock would be set for.

    What is set for a wake-up is kept by the same rule, or it would be set and switched off for ever.
    """
    others = [room for room in rules.rooms_of(device, phone) if room != wakeup.room]
    firsts = [wakeups.first_pending(tx, rules.property, room) for room in others]
    return not any(one is not None and not one.in_person and now < one.due < wakeup.due for one in firsts)
