"""Book, change, cancel and close a wake-up, inside a unit of work.

What cannot be granted raises a `Refusal`, whose sentence a receptionist can read to the guest. The
whole request is decided on what the same unit read, so two people at two screens cannot collide.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from hotelbridge.core import localtime
from hotelbridge.core.records import FINAL_STATES, Actor, Order, Proof, Wakeup, WakeupState
from hotelbridge.core.wakeup import Happening, allows
from hotelbridge.errors import Refusal
from hotelbridge.services import escalation, ladder, lists, outlook, results
from hotelbridge.services.effects import Effect
from hotelbridge.services.outlook import Wish
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import (
    BookingRequest,
    ChangeRequest,
    CloseRequest,
    Once,
    Replay,
    render,
)
from hotelbridge.store import alarms, answers, history, orders, wakeups
from hotelbridge.store.database import Tx

T = TypeVar("T")


def once(tx: Tx, property: str, key: Once | None, now: datetime, act: Callable[[], T]) -> T | Replay:
    """Do it, unless the same request was answered before: then give that answer again."""
    if key is None:
        return act()
    kept = answers.kept(tx, property, key.key, key.caller)
    if kept is not None:
        if kept.fingerprint != key.fingerprint:
            raise Refusal("idempotency_key_reused", "This Idempotency-Key was used for another request.")
        first = json.loads(kept.answer)
        return Replay(first["status"], first["body"])
    answer = act()
    text = json.dumps({"status": key.status, "body": render(answer)})
    answers.keep(tx, property, key.key, key.caller, key.fingerprint, text, now)
    return answer


def moment(text: str, rules: Rules) -> localtime.Moment:
    """The instant of a local time of the property, or a refusal that says what to ask the guest."""
    try:
        return localtime.read_moment(text, rules.zone)
    except localtime.NoSuchLocalTime as error:
        raise Refusal("no_such_local_time", str(error), instead=error.instead.isoformat()) from None
    except localtime.AmbiguousLocalTime as error:
        choices = [choice.isoformat() for choice in error.choices]
        raise Refusal("ambiguous_local_time", str(error), choices=choices) from None
    except localtime.LocalTimeError as error:
        raise Refusal("invalid_time", str(error)) from None


def book(tx: Tx, rules: Rules, request: BookingRequest, actor: Actor, now: datetime) -> Wakeup:
    """Save an order and its wake-up.

    Refuses `unknown_room`, `past`, `too_soon`, `slot_full` and the two of DST.
    """
    if not rules.phones(request.room):
        raise Refusal("unknown_room", f"There is no room {request.room} in {rules.settings.name}.")
    when = moment(request.local, rules)
    _in_time(rules, when, now)
    (ring,) = outlook.promised(tx, rules, [Wish(request.room, when.instant)], now)
    order = Order(
        id=0,
        property=rules.property,
        rooms=(request.room,),
        local=when.local,
        note=request.note,
        language=request.language,
        proof=Proof(rules.settings.wakeup.proof),
        created_at=now,
        created_by=actor.name,
        origin=actor.origin,
    )
    fresh = Wakeup(
        id=0,
        property=rules.property,
        order_id=orders.add(tx, order).id,
        room=request.room,
        local=when.local,
        due=when.instant,
        state=WakeupState.SCHEDULED,
        version=1,
        tries=0,
        rounds=0,
        next_at=when.instant,
        first_ring=None,
        result=None,
        language=request.language,
        note=request.note,
        created_at=now,
        created_by=actor.name,
        origin=actor.origin,
        proof=order.proof,
        expected=ring,
    )
    saved = wakeups.add(tx, fresh, now)
    history.write(tx, saved, now, "booked", f"booked for {saved.local.replace('T', ' ')}", actor)
    tx.changed(rules.property, "room", saved.room, now)
    return saved


def _in_time(rules: Rules, when: localtime.Moment, now: datetime) -> None:
    local_now = now.astimezone(rules.zone)
    asked = f"{when.local[11:16]} on {when.local[:10]}"
    if when.instant <= now:
        raise Refusal("past", f"{asked} is over: it is {local_now:%H:%M} on {local_now:%Y-%m-%d}.")
    soon = rules.settings.wakeup.too_soon
    if when.instant < now + soon:
        seconds = soon.total_seconds()
        raise Refusal(
            "too_soon", f"{asked} is less than {seconds:.0f} seconds away: please ring the room by hand."
        )


def find(tx: Tx, rules: Rules, id: int) -> Wakeup:
    """A wake-up by its number, or the refusal `unknown_wakeup`."""
    wakeup = wakeups.get(tx, rules.property, id)
    if wakeup is None:
        raise Refusal("unknown_wakeup", f"There is no wake-up {id}.", status=404)
    return wakeup


def change(tx: Tx, rules: Rules, id: int, request: ChangeRequest, actor: Actor, now: datetime) -> Wakeup:
    """Another time, note or language, before the first ring."""
    wakeup = find(tx, rules, id)
    if not allows(wakeup.state, Happening.CHANGE):
        raise Refusal("not_changeable", f"Wake-up {id} is {wakeup.state}: it cannot be changed.", status=409)
    changed, said = wakeup, []
    local = request.local(wakeup.local)
    if local is not None:
        when = moment(local, rules)
        _in_time(rules, when, now)
        wish = Wish(wakeup.room, when.instant, wakeup.vip)
        (ring,) = outlook.promised(tx, rules, [wish], now, instead_of=[id])
        changed = replace(changed, local=when.local, due=when.instant, next_at=when.instant, expected=ring)
        said.append(f"time {wakeup.local.replace('T', ' ')} to {when.local.replace('T', ' ')}")
    if request.note is not None:
        changed = replace(changed, note=request.note)
        said.append("note")
    if request.language is not None:
        changed = replace(changed, language=request.language)
        said.append(f"language {wakeup.language or 'none'} to {request.language or 'none'}")
    if not said:
        return wakeup
    saved = wakeups.save(tx, changed, now)
    history.write(tx, saved, now, "changed", "changed: " + ", ".join(said), actor)
    return saved


def cancel(tx: Tx, rules: Rules, id: int, actor: Actor, now: datetime) -> tuple[Wakeup, list[Effect]]:
    """No ring any more; a call in the air is ended."""
    wakeup = find(tx, rules, id)
    if wakeup.state == WakeupState.CANCELLED:
        return wakeup, []
    if not allows(wakeup.state, Happening.CANCEL):
        advice = " Close it with what happened." if wakeup.state not in FINAL_STATES else ""
        raise Refusal("not_cancellable", f"Wake-up {id} is {wakeup.state} already.{advice}", status=409)
    saved, effects = ladder.end(tx, rules, wakeup, Happening.CANCEL, now, "cancelled")
    history.write(tx, saved, now, "cancelled", f"cancelled by {actor.name}", actor)
    escalation.recovered(tx, rules.property, f"wakeup:{id}", now, f"cancelled by {actor.name}")
    tx.changed(rules.property, "room", saved.room, now)
    return saved, effects


def close(
    tx: Tx, rules: Rules, wakeup: Wakeup, request: CloseRequest, actor: Actor, now: datetime
) -> tuple[Wakeup, list[Effect]]:
    """A person says how it ended; its alarm is over too. Refused where it is over already."""
    if not allows(wakeup.state, Happening.CLOSE):
        raise Refusal("not_closable", f"Wake-up {wakeup.id} is {wakeup.state} already.", status=409)
    saved, effects = ladder.end(
        tx, rules, replace(wakeup, result=request.outcome), Happening.CLOSE, now, "closed by hand"
    )
    note = f": {request.note}" if request.note else ""
    history.write(tx, saved, now, "closed", f"{request.outcome} ({request.by}){note}", actor)
    alarm = alarms.open_about(tx, rules.property, f"wakeup:{wakeup.id}")
    if alarm is not None:
        escalation.close(tx, rules, alarm, request.by, request.outcome, request.note, now)
    results.decide(tx, saved, now)  # it was decided before, unless the ladder had not come to its end
    lists.close_item(tx, rules, saved, request.by, request.outcome, request.note, now)
    return saved, effects
