"""A resync, inside units of work: collected as rows, compared, then applied or laid before a person.

While it is being told nothing happens: the list may end in the middle. What happens in the hotel meanwhile
(at the desk, or told by the PMS between the lines of its list) is applied at once and noted in its place,
so that the last word about a guest wins. Where the difference is small it is applied at its end; where it
is large, or would end a stay with wake-ups pending, the desk decides (rule B7).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hotelbridge.core import resync as listing
from hotelbridge.core.guests import CheckedIn, CheckedOut, Stay
from hotelbridge.core.occupancy import Came, GuestFact, Learned, Left, Step, Went
from hotelbridge.core.records import Actor, AlarmKind
from hotelbridge.core.resync import Difference
from hotelbridge.errors import Refusal
from hotelbridge.services import escalation, latecharges, parking, staying
from hotelbridge.services.doings import Applied, Doing
from hotelbridge.services.rules import Rules
from hotelbridge.store import audit, history, resyncs, stays
from hotelbridge.store.database import Tx
from hotelbridge.store.resyncs import APPLIED, ASKING, DISMISSED, DROPPED, OPEN, Resync
from hotelbridge.texts import phrase

_MOST_NAMED = 6  # rooms in one sentence
_KINDS: Sequence[tuple[type[Step], str]] = (
    (Came, phrase("{count} come")),
    (Left, phrase("{count} go")),
    (Went, phrase("{count} move")),
    (Learned, phrase("{count} change")),
)
_STATES = {
    OPEN: phrase("under way"),
    APPLIED: phrase("applied"),
    DISMISSED: phrase("dismissed"),
    DROPPED: phrase("dropped"),
}


# --- while it is told ---


def begin(doing: Doing) -> None:
    """The PMS begins to tell how everything stands; what it told before is out of date."""
    known = resyncs.undecided(doing.tx, doing.property)
    if known is not None:
        _decided(doing, known, DROPPED, phrase("another resync was begun"))
    resyncs.begin(doing.tx, doing.property, doing.now)
    doing.say("a resync was begun")


def collect(doing: Doing, fact: GuestFact) -> bool:
    """Note a fact for the resync under way; whether it waits there for the end."""
    known = resyncs.undecided(doing.tx, doing.property)
    listed = isinstance(fact, CheckedIn | CheckedOut) and fact.resync
    if known is None or (listed and known.state != OPEN):
        return False
    if known.state == ASKING:  # that may last for days
        _make_room_for(doing, known, fact)
    resyncs.add_fact(doing.tx, known, listing.written(fact))
    return listed


def _make_room_for(doing: Doing, known: Resync, fact: GuestFact) -> None:
    """What it says over again is not kept twice: some PMSs tell every few minutes how everything stands."""
    for id, text in resyncs.newest_facts(doing.tx, known):
        earlier = listing.read(text)
        if listing.says_again(fact, earlier):
            resyncs.forget_fact(doing.tx, id)
            return
        if not listing.is_apart(fact, earlier):
            return


def end(doing: Doing, *, complete: bool) -> None:
    """All is told, or the link was lost: compare, and do what is small."""
    known = resyncs.undecided(doing.tx, doing.property)
    if known is None or known.state != OPEN:
        doing.say("no resync was under way")
        return
    compared = _compare(doing, known, complete)
    ended = replace(known, ended_at=doing.now, difference=_written(doing, compared, complete))
    why = _why_ask(doing, compared)
    if why:
        _ask(doing, ended, compared, why)
    else:
        _do(doing, ended, compared, history.ITSELF)


def _compare(doing: Doing, known: Resync, complete: bool) -> Difference:
    facts = [listing.read(text) for text in resyncs.facts(doing.tx, known)]
    by = doing.actor.name
    listed = listing.told(facts, by, known.begun_at)
    house = stays.in_house(doing.tx, doing.property)
    return listing.difference(house, listed, by, known.begun_at, silence=complete)


def _why_ask(doing: Doing, compared: Difference) -> str:
    """Why a person must look at it first; empty where it may be done."""
    pending = [leaving[0].room for leaving in _by_room(compared) if parking.pending_of(doing, leaving)]
    if pending:
        rooms = _some(pending)
        return phrase(f"it would end stays with wake-ups pending in {rooms}")
    owing = latecharges.unposted(doing.tx, compared.ends)
    if owing:
        whose = {charge.stay_id for charge in owing}
        rooms = _some([one.room for one in compared.ends if one.id in whose])
        return phrase(f"it would end stays with charges that are not on the folio, in {rooms}")
    house = stays.in_house(doing.tx, doing.property)
    if len(compared.ends) == len(house) > 1:
        guests = len(house)
        return phrase(f"it would check out every one of {guests} guests")
    if not house:
        return ""  # nothing is known here that could be lost: the first one of a new installation
    touched, all_rooms = len(compared.rooms), len(doing.rules.rooms())
    if touched * 100 > doing.rules.resync_ask_above * all_rooms:
        return phrase(f"it would touch {touched} of {all_rooms} rooms")
    return ""


def _by_room(compared: Difference) -> list[list[Stay]]:
    """Who leaves, room by room: what is to ring in a room hangs on all of its guests together."""
    found: dict[str, list[Stay]] = {}
    for stay in compared.ends:
        found.setdefault(stay.room, []).append(stay)
    return list(found.values())


def _some(rooms: Sequence[str]) -> str:
    named = sorted(dict.fromkeys(rooms))
    said, more = ", ".join(named[:_MOST_NAMED]), len(named) - _MOST_NAMED
    return phrase(f"{said} and {more} more") if more > 0 else said


def _ask(doing: Doing, ended: Resync, compared: Difference, why: str) -> None:
    resyncs.save(doing.tx, replace(ended, state=ASKING), doing.now)
    counts, number = _counted(compared), ended.id
    text = phrase(
        f"The PMS's list of guests differs from ours: {counts}; {why}. Look at resync {number}, then decide: "
        f"`hotelbridge resync --apply {number} --by NAME`, or `hotelbridge resync --dismiss {number} "
        "--by NAME`."
    )
    about = subject(ended)
    escalation.raise_alarm(doing.tx, doing.rules, doing.now, AlarmKind.RESYNC, about, text)
    doing.say(f"a resync waits for a person: {why}")


def _counted(compared: Difference) -> str:
    counts = [(sum(isinstance(step, kind) for step in compared.steps), words) for kind, words in _KINDS]
    told = ", ".join(words.format(count=count) for count, words in counts if count)
    return told or phrase("no difference")


def _do(doing: Doing, ended: Resync, compared: Difference, who: Actor) -> None:
    for room in sorted(compared.rooms):
        staying.known_room(doing, room)
    before = len(doing.words)
    staying.carry_out(doing, compared.steps)
    del doing.words[before:]  # counted below; the journal has each
    _decided(doing, replace(ended, decided_by=who.name), APPLIED, phrase(f"applied by {who.name}"))
    doing.say(f"the resync is applied: {_counted(compared)}")


def _decided(doing: Doing, one: Resync, state: str, how: str) -> None:
    by = one.decided_by or history.ITSELF.name
    resyncs.save(doing.tx, replace(one, state=state, decided_by=by, decided_at=doing.now), doing.now)
    resyncs.forget_facts(doing.tx, one)
    escalation.recovered(doing.tx, doing.property, subject(one), doing.now, how)


def subject(one: Resync) -> str:
    """What the alarm about it is about."""
    return f"resync:{one.id}"


def forget(tx: Tx, rules: Rules, now: datetime) -> None:
    """What was told belongs to a time that is over: the database came out of a backup (rule K2)."""
    known = resyncs.undecided(tx, rules.property)
    if known is not None:
        _decided(Doing(tx, rules, history.ITSELF, now), known, DROPPED, phrase("the database was restored"))


# --- a person decides ---


def decide(tx: Tx, rules: Rules, id: int, apply: bool, actor: Actor, now: datetime) -> Applied:
    """Apply a resync that waits, as things stand by now, or dismiss it.

    Refuses `unknown_resync` (404), `not_asking` (409).
    """
    known = resyncs.get(tx, rules.property, id)
    if known is None:
        raise Refusal("unknown_resync", f"There is no resync {id}.", status=404)
    if known.state != ASKING:
        state = _STATES.get(known.state, known.state)
        raise Refusal("not_asking", f"Resync {id} is {state}: there is nothing to decide.", status=409)
    doing = Doing(tx, rules, actor, now)
    complete = bool(json.loads(known.difference or "{}").get("complete"))
    compared = _compare(doing, known, complete)
    decided = replace(known, decided_by=actor.name, difference=_written(doing, compared, complete))
    if apply:
        _do(doing, decided, compared, actor)
    else:
        _decided(doing, decided, DISMISSED, phrase(f"dismissed by {actor.name}"))
        doing.say(f"resync {id} is dismissed")
    applied = doing.applied()
    what = "resync_applied" if apply else "resync_dismissed"
    audit.write(tx, now, actor, what, applied.words, rules.property, f"resync {id}")
    return applied


def waiting(tx: Tx, rules: Rules) -> Resync | None:
    """The one that waits for a person."""
    known = resyncs.undecided(tx, rules.property)
    return known if known is not None and known.state == ASKING else None


def is_undecided(tx: Tx, rules: Rules) -> bool:
    """Whether a resync is under way, or waits for a person."""
    return resyncs.undecided(tx, rules.property) is not None


def was_complete(tx: Tx, rules: Rules, id: int) -> bool:
    """Whether a resync told of everything to its end."""
    known = resyncs.get(tx, rules.property, id)
    return known is not None and bool(json.loads(known.difference or "{}").get("complete"))


# --- to be read ---


def _written(doing: Doing, compared: Difference, complete: bool) -> str:
    found: dict[str, Any] = {"complete": complete, "comes": [], "goes": [], "moves": [], "changes": []}
    hanging = {stay.id: due for who in _by_room(compared) for stay, due in _hanging(doing, who)}
    for step in compared.steps:
        if isinstance(step, Came):
            found["comes"].append({"room": step.room, "reservation": step.reservation})
        elif isinstance(step, Left):
            whose = {"room": step.stay.room, "reservation": step.stay.reservation}
            found["goes"].append(whose | {"pending": hanging[step.stay.id]})
        elif isinstance(step, Went):
            whose = {"room": step.stay.room, "reservation": step.stay.reservation}
            found["moves"].append(whose | {"to": step.room})
        else:
            found["changes"].append({"room": step.after.room, "reservation": step.after.reservation})
    return json.dumps(found, ensure_ascii=False)


def _hanging(doing: Doing, leaving: Sequence[Stay]) -> list[tuple[Stay, list[str]]]:
    """What is to ring for each of those who leave a room: the room's, and not what names another of them."""
    these = parking.pending_of(doing, leaving)
    numbers = {stay.reservation for stay in leaving} - {""}
    found = []
    for stay in leaving:
        others = numbers - {stay.reservation}
        found.append((stay, [one.local for one in these if one.reservation not in others]))
    return found
