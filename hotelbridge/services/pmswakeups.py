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
from hotelbridge.services import changing, escalation, making, results
from hotelbridge.services.doings import Doing
from hotelbridge.store import history, orders, stays, wakeups

ORIGIN = results.FROM_PMS
_GONE = WakeupState.CANCELLED


def wanted(doing: Doing, fact: WakeupWanted) -> None:
    """Save what the PMS asks for, unless it has asked for the same before."""
    moment = _moment(doing, fact.local)
    if moment is None:
        _unreadable(doing, fact)
        return
    if any(_is_the_same(one) for one in wakeups.at(doing.tx, doing.property, fact.room, moment.instant)):
        return
    guest = _guest(doing, fact)
    order = orders.add(doing.tx, _order(doing, fact, moment, guest))
    planned = of_moment(order, moment, doing.rules.zone)
    (made,) = making.make(
        doing.tx, doing.rules, order, planned, doing.now, doing.actor, f"asked for by {doing.actor.name}"
    )
    made = wakeups.save(doing.tx, replace(made, echo=fact.echo), doing.now)
    text = f"wake-up {_at(made)} asked for by {doing.actor.name}"
    doing.note(fact.room, "wakeup_wanted", text, fact.reservation or "")
    doing.say(f"{text} in {fact.room}")
    _judge(doing, made, guest)


def _is_the_same(one: Wakeup) -> bool:
    return one.origin == ORIGIN and one.state != _GONE


def _moment(doing: Doing, local: str) -> Moment | None:
    try:
        asked = datetime.fromisoformat(local)
        return occurrence(asked.date(), asked.time().replace(tzinfo=None), doing.rules.zone)
    except (ValueError, OverflowError):
        return None


def _guest(doing: Doing, fact: WakeupWanted) -> Stay | None:
    """Whose language it is in: his who was named, else that of whoever is in the room."""
    there = stays.in_house(doing.tx, doing.property, [fact.room])
    named = [stay for stay in there if stay.reservation and stay.reservation == fact.reservation]
    return next(iter(named or there), None)


def _order(doing: Doing, fact: WakeupWanted, moment: Moment, guest: Stay | None) -> Order:
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
        reservation=fact.reservation or "",
    )


def _judge(doing: Doing, made: Wakeup, guest: Stay | None) -> None:
    """Say what stands in its way; hand it to a person where it cannot ring at all."""
    if not doing.rules.phones(made.room):
        _unable(doing, made, "there is no such room in the configuration")
        return
    if guest is None:
        history.write(doing.tx, made, doing.now, "no_stay", f"nobody is known to be in {made.room}")
    late = doing.now - made.due
    if late > doing.rules.ladder.grace:
        _unable(doing, made, f"it was asked for {span(late)} after its time")
    elif made.due > doing.now:
        making.foresee(doing.tx, doing.rules, [made], doing.now)


def _unable(doing: Doing, made: Wakeup, why: str) -> None:
    """No ring: a person goes, and the PMS is told."""
    state = after(made.state, Happening.GIVE_UP)
    handed = replace(made, state=state, next_at=None, result=Outcome.REFUSED)
    saved = wakeups.save(doing.tx, handed, doing.now)
    history.write(doing.tx, saved, doing.now, "handed_over", f"{why}; handed to the desk")
    results.decide(doing.tx, saved, doing.now)
    text = (
        f"Room {saved.room}: a wake-up for {_at(saved)}, asked for by {doing.actor.name}, cannot ring: {why}."
    )
    about = f"wakeup:{saved.id}"
    escalation.raise_alarm(doing.tx, doing.rules, doing.now, AlarmKind.PMS_REQUEST, about, text, saved)
    doing.say(why)


def _unreadable(doing: Doing, fact: WakeupWanted) -> None:
    text = (
        f"Room {fact.room}: {doing.actor.name} asked for a wake-up at {fact.local[:40]!r}, which is no time. "
        "Please ask what was meant."
    )
    about = f"pms:{fact.room}:{fact.local[:40]}"
    escalation.raise_alarm(doing.tx, doing.rules, doing.now, AlarmKind.PMS_REQUEST, about, text)
    doing.note(fact.room, "wakeup_unreadable", text)
    doing.say("a wake-up at no readable time: an alarm")


def _at(wakeup: Wakeup) -> str:
    """Its time with its day, as the hotel's clocks show it."""
    clock = wakeup.local[11:16] if wakeup.local.endswith(":00") else wakeup.local[11:]
    return f"{clock} on {wakeup.local[:10]}"


def not_wanted(doing: Doing, fact: WakeupNotWanted) -> None:
    """Cancel what the PMS has asked for; what the desk has booked stays."""
    moment = None if fact.local is None else _moment(doing, fact.local)
    if fact.local is not None and moment is None:
        return
    there = wakeups.of_rooms(doing.tx, doing.property, [fact.room], wakeups.PENDING)
    for one in there:
        if one.origin == ORIGIN and (moment is None or one.due == moment.instant):
            _, effects = changing.cancel(doing.tx, doing.rules, one, doing.actor, doing.now)
            doing.effects += effects
            text = f"wake-up {_at(one)} not wanted any more"
            doing.note(fact.room, "wakeup_cancelled", text, one.reservation)
            doing.say(f"{text} in {fact.room}")
