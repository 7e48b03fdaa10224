"""The desk checks in, checks out and moves, inside a unit of work; also while the PMS is away.

What is done here is done to the same stays as what the PMS says, so that its own records, when they come,
find it done. Somebody can read a refusal here: what hangs on a stay is shown before it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hotelbridge.core.charges import Charge
from hotelbridge.core.guests import CheckedIn, CheckedOut, GuestFacts, Moved, Stay, StayEnd
from hotelbridge.core.occupancy import Came, GuestFact, Learned, Left, Went, decide
from hotelbridge.core.records import Actor, Wakeup
from hotelbridge.errors import Refusal
from hotelbridge.services import carrying, latecharges, money, parking, resync, staying
from hotelbridge.services.doings import Applied, Doing
from hotelbridge.services.roomviews import CheckInRequest, CheckOutRequest, MoveRequest
from hotelbridge.services.rules import Rules
from hotelbridge.store import stays
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase


def check_in(
    tx: Tx, rules: Rules, room: str, request: CheckInRequest, actor: Actor, now: datetime
) -> Applied:
    """A guest comes. Refuses `unknown_room` (404), `occupied`, `in_another_room` (409)."""
    doing = Doing(tx, rules, actor, now)
    _known(rules, room)
    fact = _fact(room, request)
    here = stays.by_reservation(tx, rules.property, request.reservation)
    if here is not None and here.room == room:  # told again, or better
        steps = [step for step in decide(fact, [here], actor.name) if isinstance(step, Learned)]
        staying.carry_out(doing, steps)
    elif here is not None:
        raise Refusal(
            "in_another_room",
            f"Reservation {request.reservation} is in room {here.room} already: move it from there.",
            status=409,
            room=here.room,
        )
    else:
        there = stays.in_house(tx, rules.property, [room])
        if there and not request.shared:
            raise _occupied(room, there)
        staying.carry_out(doing, [Came(room, request.reservation, fact, first=not there)])
    _told(doing, fact)
    return doing.applied()


def _fact(room: str, request: CheckInRequest) -> CheckedIn:
    """What the desk said: what it left empty is not said."""
    said = GuestFacts(
        name=request.guest or None,
        language=request.language or None,
        vip=request.vip or None,
        line_class=request.line_class,
        group=request.group or None,
        departure=request.departure,
    )
    whole: dict[str, Any] = {name: getattr(said, name) for name in GuestFacts.__slots__}
    return CheckedIn(
        room=room, reservation=request.reservation or None, shared=request.shared or None, **whole
    )


def check_out(
    tx: Tx, rules: Rules, room: str, request: CheckOutRequest, actor: Actor, now: datetime
) -> Applied:
    """A guest goes. Refuses `unknown_room` (404), `not_in_house`, `which_guest`, `pending_work` (409).

    `pending_work` lists the wake-ups that hang on the stay, and the charges that are not on its folio, until
    `anyway` says that they were seen.
    """
    doing = Doing(tx, rules, actor, now)
    leaving = _meant(doing, room, request.reservation, request.all)
    pending = parking.pending_of(doing, leaving)
    owing = latecharges.unposted(tx, leaving)
    if (pending or owing) and not request.anyway:
        raise _pending(doing, room, pending, owing)
    if not request.keep_wakeups:
        parking.not_wanted(doing, leaving, pending)
    staying.carry_out(doing, [Left(stay, StayEnd.CHECKED_OUT) for stay in leaving])
    for stay in _nameable(doing, room, leaving):
        _told(doing, CheckedOut(room=room, reservation=stay.reservation or None))
    return doing.applied()


def move(tx: Tx, rules: Rules, room: str, request: MoveRequest, actor: Actor, now: datetime) -> Applied:
    """A guest goes to another room, with his wake-ups.

    Refuses `unknown_room` (404), `not_in_house`, `which_guest`, `occupied` (409), `same_room` (422).
    """
    doing = Doing(tx, rules, actor, now)
    _known(rules, request.to)
    if request.to == room:
        raise Refusal("same_room", f"Room {room} is the room in which the guest is.")
    going = _meant(doing, room, request.reservation, request.all)
    there = stays.in_house(tx, rules.property, [request.to])
    if there and not request.shared:
        raise _occupied(request.to, there)
    staying.carry_out(doing, [Went(stay, request.to) for stay in going])
    for stay in _nameable(doing, room, going):
        _told(doing, Moved(room=request.to, from_room=room, reservation=stay.reservation or None))
    return doing.applied()


def _nameable(doing: Doing, room: str, these: Sequence[Stay]) -> list[Stay]:
    """Those who can be spoken of without speaking of whoever is still in the room."""
    empty = not stays.in_house(doing.tx, doing.property, [room])
    return [stay for stay in these if stay.reservation or empty]


def _told(doing: Doing, fact: GuestFact) -> None:
    """A resync that is under way must not undo it: it counts as the last word."""
    resync.collect(doing, fact)


# --- who is meant ---


def _known(rules: Rules, room: str) -> None:
    if room not in rules.rooms():
        raise Refusal("unknown_room", f"There is no room {room}.", status=404)


def _meant(doing: Doing, room: str, reservation: str | None, all: bool) -> Sequence[Stay]:
    """The guests meant; where several are there, somebody must say which."""
    there = stays.in_house(doing.tx, doing.property, [room])
    if not there:
        _known(doing.rules, room)
        raise Refusal("not_in_house", f"Nobody is known to be in room {room}.", status=409)
    if all:
        return there
    if reservation is not None:
        there = [stay for stay in there if stay.reservation == reservation]
        if not there:
            raise Refusal("not_in_house", _not_there(room, reservation), status=409)
    if len(there) > 1:
        many = len(there)
        sentence = phrase(f"{many} guests are in room {room}: say which one, or all of them.")
        raise Refusal("which_guest", sentence, status=409, guests=_guests(there))
    return there


def _not_there(room: str, reservation: str) -> str:
    if not reservation:
        return phrase(f"A guest without a reservation is not in room {room}.")
    return phrase(f"Reservation {reservation} is not in room {room}.")


def _guests(there: Sequence[Stay]) -> list[dict[str, str]]:
    return [{"reservation": stay.reservation, "guest": stay.name} for stay in there]


def _occupied(room: str, there: Sequence[Stay]) -> Refusal:
    sentence = phrase(f"Somebody is in room {room} already: say that it is shared, or take another room.")
    return Refusal("occupied", sentence, status=409, guests=_guests(there))


def _pending(doing: Doing, room: str, pending: Sequence[Wakeup], owing: Sequence[Charge]) -> Refusal:
    """What hangs on a stay, by time."""
    said = [_to_ring(doing, pending)] if pending else []
    if owing:
        amounts = latecharges.said(owing)
        said.append(phrase(f"not on the folio: {amounts}"))
    owed = [
        {"charge": one.id, "state": one.state.value, "amount": str(money.amount(one.amount, one.currency)),
         "currency": one.currency, "reason": one.reason}
        for one in owing
    ]  # fmt: skip
    facts = [
        {"wakeup": one.id, "room": one.room, "due": one.due.astimezone(doing.rules.zone).isoformat()}
        for one in pending
    ]
    left = "; ".join(said)
    if pending:
        sentence = phrase(f"Room {room}: {left}. Check out anyway, or keep them?")
    else:
        sentence = phrase(f"Room {room}: {left}. Check out anyway?")
    return Refusal("pending_work", sentence, status=409, wakeups=facts, charges=owed)


def _to_ring(doing: Doing, pending: Sequence[Wakeup]) -> str:
    many, when = len(pending), carrying.said(doing, pending)
    return phrase(f"{many} wake-ups pending: {when}") if many > 1 else phrase(f"1 wake-up pending: {when}")
