"""Book, change, cancel and close a wake-up, inside a unit of work.

What cannot be granted raises a `Refusal`, whose sentence a receptionist can read to the guest. The
whole request is decided on what the same unit read, so two people at two screens cannot collide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hotelbridge.core.localtime import Moment, Turn
from hotelbridge.core.orders import of_moment, wall
from hotelbridge.core.outcomes import STATES, closed_by
from hotelbridge.core.personal import personal
from hotelbridge.core.readback import clock_of, said
from hotelbridge.core.records import (
    FINAL_STATES,
    Actor,
    ClosingOutcome,
    Order,
    Proof,
    Wakeup,
    WakeupState,
)
from hotelbridge.core.retry import minute_of
from hotelbridge.core.wakeup import Happening, allows
from hotelbridge.errors import Refusal
from hotelbridge.services import asking, changing, escalation, ladder, lists, making, results
from hotelbridge.services.effects import Effect
from hotelbridge.services.orderviews import BookingRequest, ChangeRequest
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import CloseRequest
from hotelbridge.store import alarms, history, orders, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase


@dataclass(frozen=True, slots=True)
class Made:
    """What a booking came to."""

    order: Order
    first_day: tuple[Wakeup, ...]  # main ones first, in the order of the rooms
    turn: Turn | None  # set where the clocks change over its first day
    also: tuple[int, ...]  # others of the same room and minute: one ring serves both


def book(tx: Tx, rules: Rules, request: BookingRequest, actor: Actor, now: datetime) -> Made:
    """Save an order and its wake-ups, all or none; those of a standing order for the days ahead too.

    Refuses what `asking.read` refuses, and `slot_full`.
    """
    asked = asking.read(tx, rules, request, now)
    order = orders.add(tx, _order(rules, request, asked, actor, now))
    planned = of_moment(order, asked.first, rules.zone)
    words = _booked_anyway if request.anyway and asked.empty else _booked
    first_day = making.make(tx, rules, order, planned, now, actor, words)
    made = list(first_day)
    if order.days:
        order, later = making.days_ahead(tx, rules, order, now, actor, words)
        made += later
    made = making.promise(tx, rules, made, now)
    return Made(order, tuple(made[: len(first_day)]), asked.first.turn, _same_minutes(tx, rules, made))


def _order(rules: Rules, request: BookingRequest, asked: asking.Asked, actor: Actor, now: datetime) -> Order:
    first_day, _, _ = asked.first.local.partition("T")
    return Order(
        id=0,
        property=rules.property,
        rooms=asked.rooms,
        local=f"{first_day}T{asked.clock}",
        note=request.note,
        language=request.language,
        proof=request.proof or Proof(rules.settings.wakeup.proof),
        created_at=now,
        created_by=actor.name,
        origin=actor.origin,
        days=asked.days,
        until=request.until,
        made_until=first_day,
        follow_up=request.follow_up,
        in_person=request.in_person,
        vip=request.vip,
        reservation=request.reservation,
        anyway=request.anyway,
    )


def _same_minutes(tx: Tx, rules: Rules, made: Sequence[Wakeup]) -> tuple[int, ...]:
    """Pending wake-ups of the same rooms and minutes as these, which are served by the same rings.

    One in person is neither rung nor served by a ring.
    """
    minutes = {(one.room, minute_of(one)) for one in made if not one.in_person}
    own = {one.id for one in made}
    rooms = sorted({one.room for one in made})
    pending = wakeups.of_rooms(tx, rules.property, rooms, wakeups.PENDING)
    rung = [w for w in pending if w.id not in own and not w.in_person]
    return tuple(w.id for w in rung if (w.room, minute_of(w)) in minutes)


def _booked(when: str) -> str:
    return phrase(f"booked for {when}")


def _booked_anyway(when: str) -> str:
    return phrase(f"booked, anyway: nobody is known to be there for {when}")


def find(tx: Tx, rules: Rules, id: int) -> Wakeup:
    """A wake-up by its number, or the refusal `unknown_wakeup`."""
    wakeup = wakeups.get(tx, rules.property, id)
    if wakeup is None:
        raise Refusal("unknown_wakeup", f"There is no wake-up {id}.", status=404)
    return wakeup


def change(tx: Tx, rules: Rules, id: int, request: ChangeRequest, actor: Actor, now: datetime) -> Wakeup:
    """Another time, note, proof, ... of this one, before the first ring; its follow-up goes along."""
    wakeup = find(tx, rules, id)
    if not allows(wakeup.state, Happening.CHANGE):
        raise _not_changeable(wakeup)
    local = request.local(wakeup.local)
    when = None
    if local is not None and wakeup.local not in (local, f"{local}:00"):
        when = asking.single(rules, local, now)
        asking.in_time(rules, when, now)
    changed = changing.apply(rules, wakeup, changing.wanted(request), when)
    if changed == wakeup:
        return wakeup
    saved = changing.save(tx, rules, wakeup, changed, actor, now)
    moved, with_wakeup = [saved], phrase(f"with wake-up {saved.id}")
    for one in wakeups.follow_ups(tx, saved, [WakeupState.SCHEDULED]):
        due = one.due + (saved.due - wakeup.due)
        along = changing.apply(rules, one, changing.wanted(request), Moment(wall(due, rules.zone), due))
        if along != one:
            moved.append(changing.save(tx, rules, one, along, actor, now, with_wakeup))
    if when is None and saved.in_person == wakeup.in_person:
        return saved
    return making.promise(tx, rules, moved, now)[0]


def _not_changeable(wakeup: Wakeup) -> Refusal:
    if wakeup.state in FINAL_STATES:
        advice = phrase("Book a new one.")
    elif wakeup.state == WakeupState.ALARMED:
        advice = phrase("Close it with what was found, and book a new one for another time.")
    else:
        advice = phrase(
            "It is under way: cancel it, or say that the guest is awake, and book a new one for another time."
        )
    state = STATES[wakeup.state]
    sentence = phrase(f"Wake-up {wakeup.id} is {state}: it cannot be changed.")
    return Refusal("not_changeable", f"{sentence} {advice}", status=409)


def cancel(tx: Tx, rules: Rules, id: int, actor: Actor, now: datetime) -> tuple[Wakeup, list[Effect]]:
    """No ring any more; a call in the air is ended. Its follow-ups go along."""
    wakeup = find(tx, rules, id)
    if wakeup.state == WakeupState.CANCELLED:
        return wakeup, []
    if not allows(wakeup.state, Happening.CANCEL):
        sentence = _is_already(wakeup)
        if wakeup.state not in FINAL_STATES:
            sentence = f"{sentence} {phrase('Close it with what happened.')}"
        raise Refusal("not_cancellable", sentence, status=409)
    return changing.cancel(tx, rules, wakeup, actor, now)


def close(
    tx: Tx, rules: Rules, wakeup: Wakeup, request: CloseRequest, actor: Actor, now: datetime
) -> tuple[Wakeup, list[Effect]]:
    """A person says how it ended; its alarm is over too.

    Refuses `not_closable` where it is over already, `not_due_yet` where nobody can know yet how it ends;
    as `cancelled` such a one is cancelled.
    """
    if not allows(wakeup.state, Happening.CLOSE):
        raise Refusal("not_closable", _is_already(wakeup), status=409)
    if wakeup.state == WakeupState.SCHEDULED and now < _closable_from(rules, wakeup):
        if request.outcome == ClosingOutcome.CANCELLED:
            return _cancelled_by(tx, rules, wakeup, request, actor, now)
        raise _not_due_yet(rules, wakeup, now)
    saved, effects = ladder.end(
        tx, rules, replace(wakeup, result=request.outcome), Happening.CLOSE, now, phrase("closed by hand")
    )
    found = closed_by(request.outcome, request.by)
    words = f"{found}: {personal(request.note)}" if request.note else found
    history.write(tx, saved, now, "closed", words, actor)
    alarm = alarms.open_about(tx, rules.property, f"wakeup:{wakeup.id}")
    if alarm is not None:
        escalation.close(tx, rules, alarm, request.by, request.outcome, request.note, now)
    results.decide(tx, saved, now)  # it was decided before, unless the ladder had not come to its end
    lists.close_item(tx, rules, saved, request.by, request.outcome, request.note, now)
    if request.outcome == ClosingOutcome.CANCELLED:
        effects = effects + changing.cancel_follow_ups(tx, rules, saved, actor, now)
    tx.changed(rules.property, "room", saved.room, now)
    return saved, effects


def _is_already(wakeup: Wakeup) -> str:
    state = STATES[wakeup.state]
    return phrase(f"Wake-up {wakeup.id} is {state} already.")


def _cancelled_by(
    tx: Tx, rules: Rules, wakeup: Wakeup, request: CloseRequest, actor: Actor, now: datetime
) -> tuple[Wakeup, list[Effect]]:
    """Closed as cancelled before anything was due: a cancellation, by the name that was given."""
    named = replace(actor, name=f"{request.by}, {actor.name}")
    saved, effects = changing.cancel(tx, rules, wakeup, named, now)
    if request.note:
        history.write(tx, saved, now, "cancelled", personal(request.note), named)
    return saved, effects


def _closable_from(rules: Rules, wakeup: Wakeup) -> datetime:
    """From when on somebody may have been at the door before its time: as soon as it is looked after."""
    settings = rules.settings.wakeup
    return wakeup.due - max(settings.preflight, settings.in_person_before)


def _not_due_yet(rules: Rules, wakeup: Wakeup, now: datetime) -> Refusal:
    """A number mistyped must not silence a guest who sleeps: its day and time are named."""
    due, start = (at.astimezone(rules.zone) for at in (wakeup.due, _closable_from(rules, wakeup)))
    when, clock = said(due, now), clock_of(start)
    sentence = phrase(
        f"Wake-up {wakeup.id} of room {wakeup.room} is not due yet: it is for {when}. "
        f"Cancel it if it is not wanted any more; it can be closed from {clock} on."
    )
    return Refusal("not_due_yet", sentence, status=409, due=due.isoformat(), said=when)
