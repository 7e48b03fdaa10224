"""Wake-ups as the PMS asks for them (rule B2), inside a unit of work.

Nobody there would read a refusal, and the request may come at its very minute. So each is saved: it rings
when it can, its history says what stood in its way, and where nothing can ring, a person is told at once
and the PMS gets its result. Where it has two meanings, nobody is asked: in the missing hour it rings at
the jump, in the doubled one at the first pass.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hotelbridge.core.guests import Stay, WakeupNotWanted, WakeupWanted
from hotelbridge.core.localtime import Moment, occurrence
from hotelbridge.core.orders import of_moment
from hotelbridge.core.readback import span
from hotelbridge.core.records import AlarmKind, Order, Outcome, Proof, Wakeup, WakeupState
from hotelbridge.core.wakeup import Happening, after
from hotelbridge.services import carrying, changing, escalation, making, parking, results
from hotelbridge.services.doings import Doing, the_pms
from hotelbridge.store import history, orders, stays, wakeups
from hotelbridge.texts import phrase

ORIGIN = results.FROM_PMS
_GONE = WakeupState.CANCELLED


def wanted(doing: Doing, fact: WakeupWanted) -> None:
    """Save what the PMS asks for, unless it has asked for the same before."""
    moment = _moment(doing, fact.local)
    if moment is None:
        _unreadable(doing, fact)
        return
    his = stays.by_reservation(doing.tx, doing.property, fact.reservation or "")
    room = fact.room if his is None else his.room  # it names its guest, who may have moved (rule B6)
    known = wakeups.at(doing.tx, doing.property, room, moment.instant)
    same = next((one for one in known if _is_the_same(one)), None)
    if same is None:
        made = _made(doing, fact, moment, his)
        _judge(doing, made, his or _whoever_is_in(doing, made.room))
    elif room == fact.room:
        carrying.asked_for_here(doing, same)


def _made(doing: Doing, fact: WakeupWanted, moment: Moment, his: Stay | None) -> Wakeup:
    """It is booked as it was asked for, then goes to where its guest is."""
    tx, by = doing.tx, doing.actor.name
    has_left = his is None and bool(stays.of_reservation(tx, doing.property, fact.reservation or ""))
    reservation = "" if has_left else fact.reservation or ""
    guest = his or _whoever_is_in(doing, fact.room)
    order = orders.add(tx, _order(doing, fact, moment, guest, reservation))
    planned = of_moment(order, moment, doing.rules.zone)
    (made,) = making.make(
        tx,
        doing.rules,
        order,
        planned,
        doing.now,
        doing.actor,
        lambda when: phrase(f"asked for by {by} for {when}"),
    )
    made = wakeups.save(tx, replace(made, echo=fact.echo), doing.now)
    when = _at(made)
    doing.note(fact.room, "wakeup_wanted", f"wake-up {when} asked for by {by}", fact.reservation or "")
    doing.say(f"wake-up {when} asked for by {by} in {fact.room}")
    if has_left:
        words = phrase(f"reservation {fact.reservation} has left: booked for whoever is in {fact.room}")
        history.write(tx, made, doing.now, "no_stay", words)
    if his is not None and his.room != fact.room:
        carrying.carry(doing, [made], his.room, reservation)
    return wakeups.by_id(tx, made.id)


def _is_the_same(one: Wakeup) -> bool:
    return one.origin == ORIGIN and one.state != _GONE


def _moment(doing: Doing, local: str) -> Moment | None:
    try:
        asked = datetime.fromisoformat(local)
        return occurrence(asked.date(), asked.time().replace(tzinfo=None), doing.rules.zone)
    except (ValueError, OverflowError):
        return None


def _whoever_is_in(doing: Doing, room: str) -> Stay | None:
    """Whose language it is in where nobody was named."""
    return next(iter(stays.in_house(doing.tx, doing.property, [room])), None)


def _order(doing: Doing, fact: WakeupWanted, moment: Moment, guest: Stay | None, reservation: str) -> Order:
    return Order(
        id=0,
        property=doing.property,
        rooms=(fact.room,),
        local=moment.local,
        note="",
        language=guest.language if guest is not None else "",
        proof=Proof(doing.rules.settings.wakeup.proof),
        created_at=doing.now,
        created_by=doing.actor.name,
        origin=ORIGIN,
        vip=guest is not None and guest.vip,
        reservation=reservation,
    )


def _judge(doing: Doing, made: Wakeup, guest: Stay | None) -> None:
    """Say what stands in its way; hand it to a person where it cannot ring at all."""
    if not doing.rules.phones(made.room):
        _unable(doing, made, phrase("there is no such room in the configuration"))
        return
    if guest is None:
        history.write(doing.tx, made, doing.now, "no_stay", f"nobody is known to be in {made.room}")
    late = doing.now - made.due
    if late > doing.rules.ladder.grace:
        lateness = span(late)
        _unable(doing, made, phrase(f"it was asked for {lateness} after its time"))
        return
    if guest is None:
        parking.asked_late(doing, made)
    if made.due > doing.now:
        making.foresee(doing.tx, doing.rules, [made], doing.now)


def _unable(doing: Doing, made: Wakeup, why: str) -> None:
    """No ring: a person goes, and the PMS is told."""
    state = after(made.state, Happening.GIVE_UP)
    handed = replace(made, state=state, next_at=None, result=Outcome.REFUSED)
    saved = wakeups.save(doing.tx, handed, doing.now)
    history.write(doing.tx, saved, doing.now, "handed_over", f"{why}; handed to the desk")
    results.decide(doing.tx, saved, doing.now)
    who, when = the_pms(doing.actor), _at(saved)
    text = phrase(f"Room {saved.room}: a wake-up for {when}, asked for by {who}, cannot ring: {why}.")
    about = f"wakeup:{saved.id}"
    escalation.raise_alarm(doing.tx, doing.rules, doing.now, AlarmKind.PMS_REQUEST, about, text, saved)
    doing.say(why)


def _unreadable(doing: Doing, fact: WakeupWanted) -> None:
    who = the_pms(doing.actor)
    text = phrase(
        f"Room {fact.room}: {who} asked for a wake-up at {fact.local[:40]!r}, which is no time. "
        "Please ask what was meant."
    )
    about = f"pms:{fact.room}:{fact.local[:40]}"
    escalation.raise_alarm(doing.tx, doing.rules, doing.now, AlarmKind.PMS_REQUEST, about, text)
    doing.note(fact.room, "wakeup_unreadable", text)
    doing.say("a wake-up at no readable time: an alarm")


def _at(wakeup: Wakeup) -> str:
    """Its day and its time, as the hotel's clocks show it."""
    return wakeup.local.removesuffix(":00").replace("T", " ")


def not_wanted(doing: Doing, fact: WakeupNotWanted) -> None:
    """Cancel what the PMS has asked for; what the desk has booked stays."""
    moment = None if fact.local is None else _moment(doing, fact.local)
    if fact.local is not None and moment is None:
        return
    for one in _meant(doing, fact.room, moment):
        _, effects = changing.cancel(doing.tx, doing.rules, one, doing.actor, doing.now, pms_knows=True)
        doing.effects += effects
        when = _at(one)
        doing.note(one.room, "wakeup_cancelled", f"wake-up {when} not wanted any more", one.reservation)
        doing.say(f"wake-up {when} not wanted any more in {one.room}")


def _meant(doing: Doing, room: str, moment: Moment | None) -> list[Wakeup]:
    """What the PMS takes back: what is to ring in the room, else what has left it with its guest."""
    there = wakeups.of_rooms(doing.tx, doing.property, [room], wakeups.PENDING)
    asked = [one for one in there if one.origin == ORIGIN and (moment is None or one.due == moment.instant)]
    if asked or moment is None:
        return asked
    gone = wakeups.pending_at(doing.tx, doing.property, moment.instant)
    return [one for one in gone if one.origin == ORIGIN and carrying.came_from(doing, one, room)]
