"""What the PMS says, applied: facts to stays, rooms, wake-ups, inside one unit of work.

Idempotent: a fact that is known already changes nothing and writes nothing, so that records may be told
again after a crash. Nothing that cannot be done is dropped: it is an alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.guests import (
    LINE_CLASSES,
    AuditBegun,
    AuditEnded,
    Changed,
    CheckedIn,
    CheckedOut,
    Fact,
    Moved,
    NotUnderstood,
    ResyncBegun,
    ResyncEnded,
    RoomChanged,
    WakeupNotWanted,
    WakeupWanted,
)
from hotelbridge.core.occupancy import GuestFact
from hotelbridge.core.records import Actor
from hotelbridge.core.resync import as_listed
from hotelbridge.services import notunderstood, pmswakeups, resync, roomwants, staying
from hotelbridge.services.doings import Applied, Doing
from hotelbridge.services.rules import Rules
from hotelbridge.store import resyncs, stays
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

__all__ = ["Applied", "apply"]


def apply(
    tx: Tx,
    rules: Rules,
    facts: Sequence[Fact],
    actor: Actor,
    now: datetime,
    record_id: int | None = None,
    received_at: datetime | None = None,
) -> Applied:
    """Apply facts in order. What they change is saved with the unit; its effects start after the commit.

    `received_at`: when the record that says so was received; None: now.
    """
    doing = Doing(tx, rules, actor, now, record_id, received_at)
    for fact in facts:
        _apply(doing, fact)
    return doing.applied() if facts else Applied("", (), [])


def _apply(doing: Doing, fact: Fact) -> None:
    if isinstance(fact, CheckedIn | CheckedOut | Moved | Changed):
        _guest(doing, fact)
    elif isinstance(fact, RoomChanged):
        room_changed(doing, fact)
    elif isinstance(fact, WakeupWanted):
        pmswakeups.wanted(doing, fact)
    elif isinstance(fact, WakeupNotWanted):
        pmswakeups.not_wanted(doing, fact)
    elif isinstance(fact, NotUnderstood):
        notunderstood.told(doing, fact)
    elif isinstance(fact, ResyncBegun):
        resync.begin(doing)
    elif isinstance(fact, ResyncEnded):
        resync.end(doing, complete=fact.complete)
    elif isinstance(fact, AuditBegun | AuditEnded):
        doing.say("the PMS closes its day" if isinstance(fact, AuditBegun) else "the PMS's day is closed")


def _guest(doing: Doing, fact: GuestFact) -> None:
    """A resync is collected and looked at as a whole; what happens meanwhile is applied at once too."""
    if resync.collect(doing, fact):
        doing.say("noted for the resync")
    else:
        staying.happened(doing, as_listed(fact))


def room_changed(doing: Doing, fact: RoomChanged) -> None:
    """Something was said of a room itself."""
    state = stays.room_state(doing.tx, doing.property, fact.room)
    again = fact.do_not_disturb is not None and fact.do_not_disturb == state.do_not_disturb
    _do_not_disturb_said(doing, fact, again)
    after, said = state, []
    if fact.line_class is not None and fact.line_class != state.line_class:
        after = replace(after, line_class=fact.line_class, line_class_by=doing.actor.name)
        line_class = LINE_CLASSES[fact.line_class]
        said.append(phrase(f"class of service {line_class}"))
    if fact.do_not_disturb is not None and fact.do_not_disturb != state.do_not_disturb:
        after = replace(after, do_not_disturb=fact.do_not_disturb)
        said.append(_switched(fact.do_not_disturb))
    if not said:
        return
    staying.known_room(doing, fact.room)
    stays.save_room_state(doing.tx, replace(after, at=doing.now))
    doing.note(fact.room, "room_changed", ", ".join(said))
    doing.say(f"{fact.room}: {', '.join(said)}")


def _do_not_disturb_said(doing: Doing, fact: RoomChanged, again: bool) -> None:
    """It is set on the phone though the same was said before: the guest may have changed it there (R6).

    Not so while a resync tells how everything stands, nor where no record tells one word from its echo.
    """
    if fact.do_not_disturb is None or doing.record_id is None:
        return
    known = resyncs.undecided(doing.tx, doing.property)
    if known is not None and known.state == resyncs.OPEN:
        return
    roomwants.said_anew(doing.tx, doing.rules, fact.room, fact.do_not_disturb, doing.now)
    if again and doing.rules.phones(fact.room):
        doing.touch(fact.room)
        switched = _switched(fact.do_not_disturb)
        doing.say(f"{fact.room}: {switched}, said again")


def _switched(on: bool) -> str:
    return phrase("do not disturb on") if on else phrase("do not disturb off")
