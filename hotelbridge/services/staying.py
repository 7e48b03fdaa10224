"""The steps of `core.occupancy`, carried out: stays, their rooms, and what hangs on both.

Inside a unit of work. The rows of a step are written before what follows from it, so that whoever asks
who is in a room is told how it is now.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from hotelbridge.core.guests import LINE_CLASSES, CheckedOut, LineClass, Moved, RoomState, Stay, StayEnd
from hotelbridge.core.occupancy import Came, GuestFact, Learned, Left, Step, Went, decide, new_stay
from hotelbridge.core.records import AlarmKind
from hotelbridge.services import credit, escalation, latecharges, parking
from hotelbridge.services.doings import Doing, checked_out, guest, the_pms_first
from hotelbridge.store import alarms, pms_state, stays
from hotelbridge.texts import phrase

UNKNOWN_ROOMS = "pms:rooms"  # the subject of the one alarm about them
_NAMED = f"{pms_state.HOUSE}unknown_rooms"  # which it names, as a JSON list: a name may hold anything
_MOST_SAID, _MOST_KEPT = 20, 500
_LONGEST_SAID = 40  # characters of one name

_FIELDS = {
    "reservation": phrase("reservation number {old} to {new}"),
    "language": phrase("language {old} to {new}"),
    "vip": phrase("vip {old} to {new}"),
    "line_class": phrase("line class {old} to {new}"),
    "group": phrase("group {old} to {new}"),
    "arrival": phrase("arrival {old} to {new}"),
    "departure": phrase("departure {old} to {new}"),
}


def happened(doing: Doing, fact: GuestFact) -> None:
    """A guest came, left, moved, or is known better: do what follows from it, if anything does."""
    house = concerned(doing, fact)
    if isinstance(fact, CheckedOut) and _has_left(doing, fact, house):
        return
    steps = decide(fact, house, doing.actor.name)
    if steps:
        known_room(doing, fact.room)
        carry_out(doing, steps)


def _has_left(doing: Doing, fact: CheckedOut, house: Sequence[Stay]) -> bool:
    """Whether it is told late, or again: whoever is in the room now is somebody else."""
    number = fact.reservation or ""
    here = any(stay.reservation == number for stay in house)
    return not here and bool(stays.of_reservation(doing.tx, doing.property, number))


def concerned(doing: Doing, fact: GuestFact) -> list[Stay]:
    """The open stays that a fact may speak of: those of its rooms and of its reservation."""
    rooms = [fact.room, fact.from_room] if isinstance(fact, Moved) else [fact.room]
    house = stays.in_house(doing.tx, doing.property, rooms)
    him = stays.by_reservation(doing.tx, doing.property, fact.reservation or "")
    return house if him is None or him in house else [*house, him]


def known_room(doing: Doing, room: str) -> None:
    """Where the house has no such room, what was said is kept, and a person is told."""
    if room in doing.rules.rooms():
        return
    open_one = alarms.open_about(doing.tx, doing.property, UNKNOWN_ROOMS)
    named = _named(doing) if open_one is not None else []
    if room in named or len(named) >= _MOST_KEPT:
        return
    named.append(room)
    pms_state.keep(doing.tx, doing.property, {_NAMED: json.dumps(named, ensure_ascii=False)})
    words = _unknown_rooms(doing, named)
    kind = AlarmKind.PMS_REQUEST
    alarm = escalation.raise_alarm(doing.tx, doing.rules, doing.now, kind, UNKNOWN_ROOMS, words)
    if alarm.text != words:
        alarms.save(
            doing.tx, replace(escalation.louder(doing.rules, alarm, doing.now), text=words), doing.now
        )


def _named(doing: Doing) -> list[str]:
    """The rooms of the alarm that is open."""
    kept = pms_state.values(doing.tx, doing.property, house=True).get(_NAMED.removeprefix(pms_state.HOUSE))
    return list(json.loads(kept)) if kept else []


def _unknown_rooms(doing: Doing, named: Sequence[str]) -> str:
    said, more = ", ".join(room[:_LONGEST_SAID] for room in named[:_MOST_SAID]), len(named) - _MOST_SAID
    rooms = phrase(f"{said} and {more} more") if more > 0 else said
    pms, record = the_pms_first(doing.actor), doing.record_id
    text = phrase(
        f"{pms} speaks of rooms that are not in the configuration: {rooms}. Put them into "
        "the configuration, or tell the PMS not to send them. Nothing is lost meanwhile."
    )
    return text if record is None else f"{text} {phrase(f'(record {record})')}"


def carry_out(doing: Doing, steps: Sequence[Step]) -> None:
    """Do what was decided; guests who move together are one step."""
    for (kind, room, old), group in groupby(steps, key=_together):
        if kind is Left:
            _left(doing, [step for step in group if isinstance(step, Left)])
        elif kind is Went:
            _went(doing, [step.stay for step in group if isinstance(step, Went)], old, room)
        else:
            for step in group:
                _came(doing, step) if isinstance(step, Came) else _learned(doing, step)


def _together(step: Step) -> tuple[type, str, str]:
    if isinstance(step, Left):
        return Left, step.stay.room, ""
    if isinstance(step, Went):
        return Went, step.room, step.stay.room
    return type(step), "", ""


# --- leaving ---


def _left(doing: Doing, steps: Sequence[Left]) -> None:
    """Guests of one room leave together; the room is empty where they were all."""
    for step in steps:
        ended = stays.end(doing.tx, step.stay, step.end, doing.actor.name, _left_at(doing, step.stay))
        who, room = guest(ended.reservation), ended.room
        doing.note(room, step.end.value, _ended(step.end, who), ended.reservation)
        doing.say(_ended(step.end, phrase(f"{who} of room {room}")))
        latecharges.left(doing, ended)
    room = steps[0].stay.room
    empty = not stays.in_house(doing.tx, doing.property, [room])
    if empty:
        _forget_state(doing, room)
    for step in steps:
        if step.end == StayEnd.REPLACED:
            parking.replaced(doing, step.stay)
        elif not empty:
            parking.one_left(doing, step.stay)
    last = steps[-1]
    if empty and last.end != StayEnd.REPLACED:
        parking.all_left(doing, last.stay)


def _ended(end: StayEnd, who: str) -> str:
    if end is StayEnd.REPLACED:
        return phrase(f"{who} checked out: somebody else was checked in, its own check-out was missed")
    if end is StayEnd.NOT_IN_RESYNC:
        return phrase(f"{who} checked out: the PMS does not know it any more")
    return checked_out(who)


def _left_at(doing: Doing, stay: Stay) -> datetime:
    """When it was said, but not before he came into his room: somebody may have moved him since."""
    came = max((one.since for one in stays.stretches(doing.tx, stay.id)), default=stay.since)
    return min(max(doing.said, came), doing.now)


def _forget_state(doing: Doing, room: str) -> None:
    stays.save_room_state(doing.tx, RoomState(doing.property, room))


# --- coming ---


def _came(doing: Doing, step: Came) -> None:
    first = not stays.in_house(doing.tx, doing.property, [step.room])
    stay = stays.add(doing.tx, new_stay(step, doing.property, doing.actor, doing.said))
    who, room = guest(stay.reservation), stay.room
    if first:
        doing.note(room, "checked_in", phrase(f"{who} checked in"), stay.reservation)
        doing.say(f"{who} checked in to {room}")
    else:
        doing.note(room, "checked_in", phrase(f"{who} checked in, beside others"), stay.reservation)
        doing.say(f"{who} checked in to {room}, beside others")
    if first:
        if not getattr(step.said, "resync", False):
            _forget_state(doing, stay.room)  # what was said of an empty room is not said of this guest
        parking.new_guest(doing, stay.room, [stay])
    parking.reunite(doing, stay)
    latecharges.reunite(doing, stay)


# --- moving ---


def _went(doing: Doing, guests: Sequence[Stay], old: str, new: str) -> None:
    first = not stays.in_house(doing.tx, doing.property, [new])
    moved = [stays.move(doing.tx, stay, new, doing.now) for stay in guests]
    for stay in moved:
        doing.note(old, "moved", f"{guest(stay.reservation)} moved to {new}", stay.reservation)
        doing.note(new, "moved", f"{guest(stay.reservation)} moved here from {old}", stay.reservation)
        doing.say(f"{guest(stay.reservation)} moved from {old} to {new}")
        credit.moved(doing, stay)
    if first:
        parking.new_guest(doing, new, moved)
    if not stays.in_house(doing.tx, doing.property, [old]):
        if first:  # what was said of the room was said of these guests
            state = stays.room_state(doing.tx, doing.property, old)
            stays.save_room_state(doing.tx, replace(state, room=new))
        _forget_state(doing, old)
    parking.moved(doing, moved, old, new)


# --- learning ---


def _learned(doing: Doing, step: Step) -> None:
    assert isinstance(step, Learned)
    before, after = step.before, step.after
    stays.save(doing.tx, after)
    who, room, words = guest(after.reservation), after.room, _difference(before, after)
    doing.note(room, "changed", f"{who}: {words}", after.reservation)
    doing.say(f"{phrase(f'{who} of room {room}')}: {words}")
    if after.line_class != before.line_class:
        _class_of_the_guest(doing, after.room)
    if after.reservation != before.reservation:
        parking.reunite(doing, after)
        latecharges.reunite(doing, after)


def _class_of_the_guest(doing: Doing, room: str) -> None:
    """The last word counts: what was said of the room itself before is not said any more."""
    state = stays.room_state(doing.tx, doing.property, room)
    if state.line_class is not None:
        stays.save_room_state(doing.tx, replace(state, line_class=None, line_class_by="", at=doing.now))


def _difference(before: Stay, after: Stay) -> str:
    """What is different, but for the name, which not everybody needs to know."""
    said = [phrase("name")] if after.name != before.name else []
    for field, words in _FIELDS.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            said.append(words.format(old=_word(old), new=_word(new)))
    return ", ".join(said)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return phrase("yes") if value else phrase("no")
    if isinstance(value, LineClass):
        return LINE_CLASSES[value]
    return phrase("none") if value in (None, "") else str(value)
