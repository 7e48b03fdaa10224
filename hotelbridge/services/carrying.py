"""What is done to orders and wake-ups when guests come, go and move: carried, parked, cancelled, made anew.

Inside a unit of work. Each of these says in the history of the wake-up and in the journal of the room what
was done: nothing of a guest is dropped without a line. Why it is done is decided in `parking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.parked import ONE_BREATH, times
from hotelbridge.core.records import Order, Wakeup, WakeupState
from hotelbridge.services import changing, escalation, inperson, lists, loans, making, results
from hotelbridge.services.doings import Doing, guest
from hotelbridge.store import history, orders, wakeups
from hotelbridge.texts import phrase

PARKED, CARRIED, KEPT, LEFT_BEHIND, AGAIN = "parked", "carried", "kept", "left_behind", "booked_again"
FOLDED, ASKED_LATE, ASKED_HERE = "folded", "asked_late", "asked_here"
_SETTLED = (CARRIED, KEPT)  # what ends a parking


def pending(doing: Doing, room: str) -> list[Wakeup]:
    """What is still to ring in a room, by due time."""
    return wakeups.of_rooms(doing.tx, doing.property, [room], wakeups.PENDING)


def alarmed(doing: Doing, room: str) -> list[Wakeup]:
    """For whom a person is sent to a room, and nobody has said yet what was found."""
    return wakeups.of_rooms(doing.tx, doing.property, [room], [WakeupState.ALARMED])


def said(doing: Doing, these: Sequence[Wakeup]) -> str:
    """Their times, for people."""
    return times([one.due for one in these], doing.rules.zone, doing.now)


def is_parked(doing: Doing, wakeup: Wakeup) -> bool:
    """Whether the guest for whom it was made has left the room, as far as its history tells."""
    return bool(parkings(doing, wakeup))


def parkings(doing: Doing, wakeup: Wakeup) -> list[datetime]:
    """When guests left whose it may be, since it was last known to be somebody's."""
    found: list[datetime] = []
    for line in history.of(doing.tx, wakeup):
        if line.what == PARKED or (line.what == ASKED_LATE and line.at <= doing.now - ONE_BREATH):
            found.append(line.at)
        elif line.what in _SETTLED:
            found.clear()
    return found


def settle(doing: Doing, these: Sequence[Wakeup], room: str) -> None:
    """What was asked for in one breath with a check-in is of whoever comes, not of who has just left."""
    for one in these:
        if any(line.what == ASKED_LATE for line in history.of(doing.tx, one)):
            history.write(
                doing.tx, one, doing.now, KEPT, f"taken for that of who came to {room}", doing.actor
            )


def came_from(doing: Doing, wakeup: Wakeup, room: str) -> bool:
    """Whether it has come along from a room, and was not asked for since in the one where it is."""
    came = False
    for line in history.of(doing.tx, wakeup):
        if line.what == CARRIED:
            came = came or line.text.startswith(f"from {room} to ")
        elif line.what == ASKED_HERE:
            came = False
    return came


def asked_for_here(doing: Doing, wakeup: Wakeup) -> None:
    """The PMS has moved it itself, after its guest: taken back in the old room, it stays in this one."""
    lines = [line.what for line in history.of(doing.tx, wakeup) if line.what in (CARRIED, ASKED_HERE)]
    if lines and lines[-1] == CARRIED:
        words = phrase(f"asked for in {wakeup.room} too")
        history.write(doing.tx, wakeup, doing.now, ASKED_HERE, words, doing.actor)


def park(doing: Doing, these: Sequence[Wakeup], room: str, reservation: str, why: str) -> None:
    """They stay armed although the guest has left (rule B7)."""
    for one in these:
        history.write(doing.tx, one, doing.now, PARKED, f"{why}: {phrase('still armed')}", doing.actor)
    if these:
        times = said(doing, these)
        doing.note(room, "wakeup_parked", f"{why}: {phrase(f'{times} still armed')}", reservation)


def keep(doing: Doing, these: Sequence[Wakeup], room: str, reservation: str) -> None:
    """The guest is back in the same room: nothing was lost."""
    who = guest(reservation)
    for one in these:
        history.write(doing.tx, one, doing.now, KEPT, f"{who} is back in {room}", doing.actor)
    if these:
        times = said(doing, these)
        doing.note(room, "wakeup_kept", f"{who} is back: {times} kept", reservation)


def carry(doing: Doing, these: Sequence[Wakeup], room: str, reservation: str, *, alone: bool = False) -> None:
    """Wake-ups of one room go along with their guest; so do the days of their orders that are to come.

    `alone`: nobody else is in the new room, so that what is to ring there is his too.
    """
    if not these:
        return
    old = these[0].room
    carried = [
        _carried(doing, one, room) for one in these if not (alone and _folded(doing, one, room, reservation))
    ]
    for order_id in dict.fromkeys(one.order_id for one in these):
        order = orders.get(doing.tx, doing.property, order_id)
        if order is not None:
            rehouse(doing, order, old, room)
    to_ring = [one for one in carried if one.state == WakeupState.SCHEDULED and one.due > doing.now]
    making.foresee(doing.tx, doing.rules, to_ring, doing.now)
    times = said(doing, these)
    doing.note(old, "wakeup_moved", f"wake-up {times} goes along to {room}", reservation)
    doing.note(room, "wakeup_moved", f"wake-up {times} comes along from {old}", reservation)


def _carried(doing: Doing, wakeup: Wakeup, room: str) -> Wakeup:
    """It rings in the other room from now on; its phones are looked at anew. A person is sent there too."""
    tx, now = doing.tx, doing.now
    one = wakeups.by_id(tx, wakeup.id)
    saved = wakeups.save(tx, replace(one, room=room, looked_at=None), now)
    history.write(tx, saved, now, CARRIED, f"from {one.room} to {room}, with the guest", doing.actor)
    if one.state == WakeupState.ALARMED:
        lists.sent_elsewhere(tx, doing.rules, saved, one.room, now)
        return saved
    escalation.recovered(tx, doing.property, f"wakeup:{one.id}", now, f"the guest is in {room} now")
    loans.reach_anew(tx, doing.rules, saved, now)
    return saved


def _twin(doing: Doing, one: Wakeup, room: str, his: str) -> Wakeup | None:
    """What the PMS has asked for itself in the room to which a guest takes one of the same instant along."""
    there = wakeups.at(doing.tx, doing.property, room, one.due) if one.origin == results.FROM_PMS else []
    known = [two for two in there if two.origin == one.origin and two.state in wakeups.PENDING]
    return next((two for two in known if two.reservation in ("", his, one.reservation)), None)


def _folded(doing: Doing, one: Wakeup, room: str, his: str) -> bool:
    """Whether it became one with its twin: the PMS has moved it itself, and is to hear of one result."""
    twin = _twin(doing, one, room, his)
    if twin is None:
        return False
    if one.state == WakeupState.SCHEDULED:
        _fold(doing, one, twin, room)
        return True
    if twin.state == WakeupState.SCHEDULED:  # the ladder that runs goes on
        _fold(doing, twin, one, room)
    return False


def _fold(doing: Doing, one: Wakeup, into: Wakeup, room: str) -> None:
    words = _same(into, room)
    history.write(doing.tx, one, doing.now, FOLDED, words, doing.actor)
    _, effects = changing.cancel(
        doing.tx, doing.rules, one, doing.actor, doing.now, because=words, pms_knows=True
    )
    doing.effects += effects
    clock = said(doing, [one])
    doing.note(one.room, "wakeup_cancelled", f"{clock} cancelled: {words}", one.reservation)
    if one.reservation and not into.reservation:
        wakeups.save(doing.tx, replace(into, reservation=one.reservation), doing.now)


def _same(twin: Wakeup, room: str) -> str:
    return phrase(f"the same as wake-up {twin.id} in {room}, where the guest is now")


def rehouse(doing: Doing, order: Order, old: str, new: str) -> None:
    """An order is for another room from now on: the days that are not made yet follow."""
    rooms = tuple(dict.fromkeys(new if room == old else room for room in order.rooms))
    if rooms != order.rooms:
        orders.save(doing.tx, replace(order, rooms=rooms))


def cancel(doing: Doing, these: Sequence[Wakeup], room: str, why: str) -> None:
    """They do not ring any more. Follow-ups go along with their main ones."""
    for one in these:
        now_known = wakeups.by_id(doing.tx, one.id)
        if now_known.state in wakeups.PENDING:
            _, effects = changing.cancel(
                doing.tx, doing.rules, now_known, doing.actor, doing.now, because=why
            )
            doing.effects += effects
    if these:
        times = said(doing, these)
        doing.note(room, "wakeup_cancelled", f"{times} cancelled: {why}")


def stop(doing: Doing, order: Order, room: str, why: str) -> None:
    """A standing order makes nothing more for a room; without a room it is over."""
    rooms = tuple(one for one in order.rooms if one != room)
    if rooms:
        orders.save(doing.tx, replace(order, rooms=rooms))
    else:
        orders.save(doing.tx, replace(order, ended_at=doing.now, ended_by=doing.actor.name))
    doing.note(room, "order_ended", f"order {order.id} ended for {room}: {why}", order.reservation)


def standing(doing: Doing, room: str) -> list[Order]:
    """The orders that make further days for a room."""
    return [one for one in orders.standing(doing.tx, doing.property) if room in one.rooms]


def book_again(
    doing: Doing, these: Sequence[Wakeup], room: str, reservation: str, *, alone: bool = False
) -> None:
    """What a new guest's arrival had cancelled, for the guest who has turned up in another room."""
    numbers: dict[int, int] = {}
    made = []
    for one in sorted(these, key=lambda one: one.follows is not None):
        twin = _twin(doing, one, room, reservation) if alone else None
        if twin is not None:
            history.write(doing.tx, one, doing.now, AGAIN, _same(twin, room))
            continue
        made.append(_again(doing, one, room, numbers))
        numbers[one.id] = made[-1].id
        number = made[-1].id
        history.write(doing.tx, one, doing.now, AGAIN, f"booked again in {room}: wake-up {number}")
    making.foresee(doing.tx, doing.rules, [one for one in made if one.due > doing.now], doing.now)
    if made:
        times = said(doing, made)
        text = phrase(f"wake-up {times} booked again: the guest has turned up here")
        doing.note(room, "wakeup_moved", text, reservation)


def _again(doing: Doing, one: Wakeup, room: str, numbers: dict[int, int]) -> Wakeup:
    tx, now = doing.tx, doing.now
    order = orders.get(tx, doing.property, one.order_id)
    if order is not None and (room not in order.rooms or order.ended_at is not None):
        rooms = (room,) if order.ended_at is not None or order.rooms == (one.room,) else (*order.rooms, room)
        orders.save(tx, replace(order, rooms=rooms, ended_at=None, ended_by=None))
    fresh = replace(
        one,
        id=0,
        room=room,
        state=WakeupState.SCHEDULED,
        version=1,
        tries=0,
        rounds=0,
        next_at=inperson.looks_at(doing.rules, one.due, one.in_person),
        first_ring=None,
        result=None,
        follows=None if one.follows is None else numbers.get(one.follows, one.follows),
        expected=None,
        connected=None,
        looked_at=None,
    )
    saved = wakeups.add(tx, fresh, now)
    moment = one.local.replace("T", " ")
    words = phrase(f"booked again for {moment}: wake-up {one.id} was cancelled in {one.room}")
    history.write(tx, saved, now, "booked", words, doing.actor)
    return saved
