"""Whose wake-ups they are when guests come, go and move (rules B6, B7), inside a unit of work.

A wake-up whose order names a reservation is that guest's. Every other one is the room's: it stays while
anybody of the room does, and when the last one leaves it is *parked*: still armed, shown by a notice,
until the guest is seen again and it goes along, a new guest comes and it is cancelled, or it has rung.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.guests import Stay
from hotelbridge.core.occupancy import same_name
from hotelbridge.core.parked import JUST_LEFT, ONE_BREATH, OVER_AFTER, SAME_NIGHT
from hotelbridge.core.records import Order, Wakeup, WakeupState
from hotelbridge.services import carrying, making, parkednotices
from hotelbridge.services.carrying import alarmed, pending
from hotelbridge.services.doings import Doing, checked_out, guest
from hotelbridge.services.rules import Rules
from hotelbridge.store import history, orders, stays, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

TAKEN_ALONG, STAY_OVER = phrase("taken along"), phrase("its stay is over")

# --- somebody leaves ---


def all_left(doing: Doing, last: Stay) -> None:
    """The last guest of a room is checked out: what is to ring stays armed."""
    these = _not_awaited(doing, last.room)
    room, name = last.room, doing.actor.name
    by = phrase(f"{room} checked out by {name}")
    carrying.park(doing, these, room, last.reservation, by)
    parkednotices.show(doing, room, checked_out(room), these)


def one_left(doing: Doing, stay: Stay) -> None:
    """One of several is checked out: his own are parked, those of the room stay with the others."""
    these = pending(doing, stay.room)
    his = [one for one in these if stay.reservation and one.reservation == stay.reservation]
    left = checked_out(guest(stay.reservation))
    carrying.park(doing, his, stay.room, stay.reservation, left)
    _stays_behind(doing, stay, these, his, left)


def asked_late(doing: Doing, wakeup: Wakeup) -> None:
    """The PMS asks for one of an empty room, whose guest was checked out a moment before, as crews are."""
    room = wakeup.room
    last = stays.last_stay(doing.tx, doing.property, room)
    if wakeup.reservation or last is None or last.ended_at is None:
        return
    if last.ended_at >= doing.said - JUST_LEFT and _was_last(doing, last):
        words = phrase(f"{guest(last.reservation)} had just left: still armed")
        history.write(doing.tx, wakeup, doing.now, carrying.ASKED_LATE, words, doing.actor)
        parkednotices.show(doing, room, checked_out(room), _not_awaited(doing, room))


def _not_awaited(doing: Doing, room: str) -> list[Wakeup]:
    return [one for one in pending(doing, room) if not _is_awaited(doing, one)]


def replaced(doing: Doing, stay: Stay) -> None:
    """Somebody else is in the room: this guest's check-out was missed, and what he left is not theirs."""
    for one in pending(doing, stay.room):
        if not carrying.is_parked(doing, one):
            words = phrase(f"the check-out of {guest(stay.reservation)} was missed")
            history.write(doing.tx, one, doing.now, carrying.PARKED, words, doing.actor)


def _stays_behind(
    doing: Doing, stay: Stay, these: Sequence[Wakeup], his: Sequence[Wakeup], left: str
) -> None:
    """The desk reads what stays in a room that one of its guests has left (rule B6)."""
    rest = [one for one in these if one not in his]
    if rest:
        when = carrying.said(doing, rest)
        text = phrase(f"{left}: {when} stays with the room")
        doing.note(stay.room, "wakeup_stays", text, stay.reservation)
    if these:
        parkednotices.show(doing, stay.room, f"{stay.room}: {left}", these)


# --- somebody comes ---


def new_guest(doing: Doing, room: str, newcomers: Sequence[Stay]) -> None:
    """Somebody comes into an empty room: what earlier guests left behind does not ring for him (B7)."""
    numbers = {stay.reservation for stay in newcomers if stay.reservation}
    armed = pending(doing, room)
    left = [one for one in armed if carrying.is_parked(doing, one)]
    carrying.settle(doing, [one for one in armed if _is_fresh(doing, one) and one not in left], room)
    theirs: list[Order] = []
    for stay in newcomers:
        before = _was_here(doing, room, stay)
        if before is not None:
            his = [one for one in left if _parked_by(doing, one, before)]
            theirs += _standing_of(doing, before)
            carrying.keep(doing, his, room, stay.reservation)
            left = [one for one in left if one not in his]
    gone = [one for one in left if one.reservation not in numbers]
    _drop(doing, room, gone, numbers, {order.id for order in theirs})
    parkednotices.over(doing, room, phrase("a guest is in the room"))


def _is_fresh(doing: Doing, one: Wakeup) -> bool:
    return one.created_at >= doing.now - ONE_BREATH


def _was_here(doing: Doing, room: str, newcomer: Stay) -> Stay | None:
    """His stay in this room that ended a while ago: checked out and in again."""
    if newcomer.reservation:
        before = stays.of_reservation(doing.tx, doing.property, newcomer.reservation)
        last = next((one for one in before if one.ended_at is not None), None)
    else:
        last = stays.last_stay(doing.tx, doing.property, room)
        if last is not None and (last.reservation or not same_name(last.name, newcomer.name)):
            return None
    return last if last is not None and last.room == room and _is_recent(doing, last) else None


def _is_recent(doing: Doing, last: Stay) -> bool:
    return last.ended_at is not None and last.ended_at > doing.said - SAME_NIGHT


def _parked_by(doing: Doing, one: Wakeup, last: Stay) -> bool:
    """Whether it was this stay's end that parked it: another guest may have been in the room since."""
    if one.reservation not in ("", last.reservation) or last.ended_at is None:
        return False
    for at in carrying.parkings(doing, one):
        before = stays.last_stay(doing.tx, doing.property, last.room, at)
        if before is not None and before.ended_at == last.ended_at:
            return True
    return False


def _drop(
    doing: Doing, room: str, left: Sequence[Wakeup], numbers: Collection[str], but: Collection[int]
) -> None:
    """Cancel it, with the standing orders behind it and the days that these have made since he left.

    `numbers`: the reservations of those who come; `but`: the standing orders of who is back.
    """
    why = phrase("left behind by an earlier guest")
    gone = stays.last_left(doing.tx, doing.property, room)
    over = {one.order_id for one in left}
    for order in carrying.standing(doing, room):
        if order.id in but:
            continue
        earlier = gone is not None and order.created_at < gone and order.reservation not in numbers
        if order.id in over or (earlier and not _is_awaited(doing, order)):
            over.add(order.id)
            carrying.stop(doing, order, room, why)
    dropped = [one for one in pending(doing, room) if one in left or one.order_id in over]
    carrying.cancel(doing, dropped, room, why)
    for one in dropped:
        history.write(
            doing.tx, one, doing.now, carrying.LEFT_BEHIND, f"a new guest is in {room}", doing.actor
        )


def _is_awaited(doing: Doing, one: Order | Wakeup) -> bool:
    """Whether it names a guest who has not been here yet."""
    return bool(one.reservation) and not stays.of_reservation(doing.tx, doing.property, one.reservation)


def reunite(doing: Doing, stay: Stay) -> None:
    """A guest has come: what is his elsewhere comes along, and what he left where he was in this night."""
    if not stay.reservation:
        return
    _gather(doing, stay)
    known = stays.of_reservation(doing.tx, doing.property, stay.reservation)
    last = next((one for one in known if one.ended_at is not None), None)
    if last is None or not _is_recent(doing, last):
        return
    alone = len(stays.in_house(doing.tx, doing.property, [stay.room])) == 1
    lost = _lost_to_others(doing, last)
    carrying.book_again(doing, lost, stay.room, stay.reservation, alone=alone)
    parked = [one for one in pending(doing, last.room) if _parked_by(doing, one, last)]
    if last.room == stay.room:
        carrying.keep(doing, parked, stay.room, stay.reservation)
    elif not stays.in_house(doing.tx, doing.property, [last.room]):
        theirs = _standing_of(doing, last)
        made = {order.id for order in theirs}
        these = [one for one in pending(doing, last.room) if one.order_id in made or one in parked]
        sent = _sent_to(doing, last.room, {last.reservation}, last.since if _was_last(doing, last) else None)
        carrying.carry(doing, [*these, *sent], stay.room, stay.reservation, alone=alone)
        _follow(doing, theirs, last.room, stay.room)
        parkednotices.refresh(doing, last.room, TAKEN_ALONG)


def _gather(doing: Doing, stay: Stay) -> None:
    """What names his reservation is his, wherever it is to ring."""
    alone = len(stays.in_house(doing.tx, doing.property, [stay.room])) == 1
    for room, these in _his_elsewhere(doing, stay).items():
        carrying.carry(doing, these, stay.room, stay.reservation, alone=alone)
        parkednotices.refresh(doing, room, TAKEN_ALONG)


def _his_elsewhere(doing: Doing, stay: Stay) -> dict[str, list[Wakeup]]:
    """What names his reservation and is to ring in other rooms, by room; not that of orders for several."""
    found: dict[str, list[Wakeup]] = {}
    for one in wakeups.of_reservation(doing.tx, doing.property, stay.reservation):
        order = orders.get(doing.tx, doing.property, one.order_id)
        if one.room != stay.room and order is not None and order.rooms == (one.room,):
            found.setdefault(one.room, []).append(one)
    return found


def _lost_to_others(doing: Doing, last: Stay) -> list[Wakeup]:
    """What was his when he left, a new guest's arrival has cancelled since, and is not over.

    The days that his orders have made since he left are his too.
    """
    cancelled = wakeups.of_rooms(doing.tx, doing.property, [last.room], [WakeupState.CANCELLED])
    gone = [one for one in cancelled if one.due > doing.now and _was_left_since(doing, one, last)]
    his = {one.order_id for one in gone if _parked_by(doing, one, last)}
    return [one for one in gone if one.order_id in his]


def _was_left_since(doing: Doing, one: Wakeup, last: Stay) -> bool:
    lines = history.of(doing.tx, one)
    left = any(
        line.what == carrying.LEFT_BEHIND and last.ended_at is not None and line.at >= last.ended_at
        for line in lines
    )
    return left and not any(line.what == carrying.AGAIN for line in lines)


# --- somebody moves ---


def moved(doing: Doing, guests: Sequence[Stay], old: str, new: str) -> None:
    """Guests have gone from one room to another: what is theirs goes along. They are in the new one now."""
    others = stays.in_house(doing.tx, doing.property, [old])
    numbers = {stay.reservation for stay in guests if stay.reservation}
    these = pending(doing, old)
    going = [one for one in these if one.reservation in numbers or _is_his(doing, one, others)]
    staying = [one for one in these if one not in going and not _came_with(doing, one, others)]
    sent = _sent_to(doing, old, numbers, None if others else _arrived(doing, guests, 2))
    before = replace(guests[0], room=old, ended_at=doing.now)
    alone = len(stays.in_house(doing.tx, doing.property, [new])) == len(guests)
    carrying.carry(doing, [*going, *sent], new, before.reservation, alone=alone)
    if others:
        _stays_behind(doing, before, staying, [], phrase(f"{guest(before.reservation)} went to {new}"))
    else:
        _follow(doing, _standing_of(doing, before), old, new)
    if len(going) == len(these):
        parkednotices.over(doing, old, TAKEN_ALONG)
    for stay in guests:
        if stay.reservation:
            _gather(doing, stay)


def _sent_to(doing: Doing, room: str, numbers: Collection[str], since: datetime | None) -> list[Wakeup]:
    """For which of these guests a person is sent to the room; `since`: the room's own too, from then on."""
    return [
        one
        for one in alarmed(doing, room)
        if one.reservation in numbers or (not one.reservation and since is not None and one.due >= since)
    ]


def _is_his(doing: Doing, one: Wakeup, others: Sequence[Stay]) -> bool:
    """Whether what names nobody is of those who go: nobody stays, or who stays came with his own since.

    Of guests who change their rooms among them one stands in the room of another for a while.
    """
    if one.reservation or not others:
        return not one.reservation
    came = all(len(stays.stretches(doing.tx, stay.id)) > 1 for stay in others)
    return came and one.created_at <= _arrived(doing, others) and not _came_with(doing, one, others)


def _came_with(doing: Doing, one: Wakeup, others: Sequence[Stay]) -> bool:
    """Whether a wake-up came into the room with those who are there."""
    lines = history.of(doing.tx, one) if others else []
    return any(line.what == carrying.CARRIED and line.at >= _arrived(doing, others) for line in lines)


def _arrived(doing: Doing, guests: Sequence[Stay], back: int = 1) -> datetime:
    """When the first of them came into the room where they are, or (2) were before."""
    return min(stays.stretches(doing.tx, stay.id)[-back].since for stay in guests)


def _standing_of(doing: Doing, last: Stay) -> list[Order]:
    """The standing orders that a guest leaves in a room: his own, and those of its last occupancy."""
    his = ("", last.reservation) if _was_last(doing, last) else (last.reservation or None,)
    return [
        order
        for order in carrying.standing(doing, last.room)
        if order.reservation in his and last.ended_at is not None and order.created_at <= last.ended_at
    ]


def _was_last(doing: Doing, last: Stay) -> bool:
    """Whether nobody has been in his room since."""
    return stays.last_left(doing.tx, doing.property, last.room) == last.ended_at


def _follow(doing: Doing, theirs: Sequence[Order], old: str, new: str) -> None:
    """The days of standing orders that are not made yet, of which nothing was there to be carried."""
    for order in theirs:
        now_known = orders.get(doing.tx, doing.property, order.id) or order
        carrying.rehouse(doing, now_known, old, new)


# --- the desk checks out ---


def pending_of(doing: Doing, leaving: Sequence[Stay]) -> list[Wakeup]:
    """What is to ring for guests who leave a room: all of the room, where nobody stays."""
    room = leaving[0].room
    there = stays.in_house(doing.tx, doing.property, [room])
    these = pending(doing, room)
    if len(there) == len(leaving):
        return these
    numbers = {stay.reservation for stay in leaving if stay.reservation}
    return [one for one in these if one.reservation in numbers]


def not_wanted(doing: Doing, leaving: Sequence[Stay], these: Sequence[Wakeup]) -> None:
    """The desk was shown them and lets them go."""
    room = leaving[0].room
    why = phrase("checked out")
    carrying.cancel(doing, these, room, why)
    nobody = len(stays.in_house(doing.tx, doing.property, [room])) == len(leaving)
    numbers = {stay.reservation for stay in leaving if stay.reservation}
    for order in carrying.standing(doing, room):
        if order.reservation in numbers or (nobody and not _is_awaited(doing, order)):
            carrying.stop(doing, order, room, why)


# --- a new day ---


def new_day(tx: Tx, rules: Rules, now: datetime) -> tuple[bool, bool]:
    """End the standing orders of stays that are over (rule B1), then make the days ahead of the others.

    Not at the check-out itself: it may be half of a move, and a crew's next morning is still to ring.
    """
    doing = Doing(tx, rules, history.ITSELF, now)
    for order in orders.standing(tx, rules.property):
        for room in order.rooms if order.until is None else ():
            if _is_over(doing, order, room):
                known = orders.get(tx, rules.property, order.id) or order
                of_it = wakeups.of_order(tx, rules.property, order.id, wakeups.PENDING)
                these = [one for one in of_it if one.room == room]
                carrying.cancel(doing, these, room, STAY_OVER)
                carrying.stop(doing, known, room, STAY_OVER)
    made, more = making.top_up(tx, rules, now)
    return made or bool(doing.rooms), more


def _is_over(doing: Doing, order: Order, room: str) -> bool:
    if stays.in_house(doing.tx, doing.property, [room]):
        return False
    if order.reservation:
        known = stays.of_reservation(doing.tx, doing.property, order.reservation)
        left = known[0].ended_at if known else None
    else:
        left = stays.last_left(doing.tx, doing.property, room)
    return left is not None and order.created_at < left <= doing.now - OVER_AFTER
