"""Change or cancel a wake-up, inside a unit of work; its history says what, by whom and from where.

The same for one wake-up, for a follow-up that goes along with its main one, and for all of an order.
Nothing here asks whether it is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from hotelbridge.core.localtime import Moment
from hotelbridge.core.records import Actor, Wakeup
from hotelbridge.core.wakeup import Happening
from hotelbridge.services import escalation, inperson, ladder, pmsnews, results
from hotelbridge.services.effects import Effect
from hotelbridge.services.orderviews import ChangeRequest, OrderChange
from hotelbridge.services.rules import Rules
from hotelbridge.store import history, wakeups
from hotelbridge.store.database import Tx

FIELDS = ("note", "language", "proof", "vip", "in_person")


def wanted(request: ChangeRequest | OrderChange) -> dict[str, Any]:
    """The fields that are to be different, with their new values."""
    return {name: value for name in FIELDS if (value := getattr(request, name)) is not None}


def apply(rules: Rules, wakeup: Wakeup, fields: Mapping[str, Any], when: Moment | None) -> Wakeup:
    """A wake-up that has not rung yet, with other fields and at another moment; not saved."""
    changed = replace(wakeup, **fields)
    if when is not None and when.instant != wakeup.due:
        changed = replace(changed, local=when.local, due=when.instant, looked_at=None)
    if changed == wakeup:
        return wakeup
    return replace(changed, next_at=inperson.looks_at(rules, changed.due, changed.in_person))


def save(
    tx: Tx, rules: Rules, before: Wakeup, changed: Wakeup, actor: Actor, now: datetime, words: str = ""
) -> Wakeup:
    """Save it, and say what is different."""
    saved = wakeups.save(tx, changed, now)
    history.write(tx, saved, now, "changed", f"changed{words}: {_difference(before, saved)}", actor)
    if saved.due != before.due:
        pmsnews.tell(tx, rules, before, now, booked=False)
        pmsnews.tell(tx, rules, saved, now, booked=True)
    if saved.next_at != before.next_at:  # its phones are looked at anew, or not at all
        escalation.recovered(tx, rules.property, f"wakeup:{saved.id}", now, "the wake-up was changed")
    return saved


def _difference(before: Wakeup, after: Wakeup) -> str:
    said = []
    if after.local != before.local:
        said.append(f"time {before.local.replace('T', ' ')} to {after.local.replace('T', ' ')}")
    elif after.due != before.due:
        said.append(f"rings at {after.due:%H:%M} UTC, not at {before.due:%H:%M} UTC")
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            said.append(name if name == "note" else f"{name.replace('_', ' ')} {_word(old)} to {_word(new)}")
    return ", ".join(said)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "none"


def cancel(
    tx: Tx,
    rules: Rules,
    wakeup: Wakeup,
    actor: Actor,
    now: datetime,
    why: str = "",
    *,
    pms_knows: bool = False,
) -> tuple[Wakeup, list[Effect]]:
    """No ring any more; a call in the air is ended, an alarm about it too. Its follow-ups go along.

    `pms_knows`: a PMS that asked for it is not told, as it did this itself.
    """
    saved, effects = ladder.end(tx, rules, wakeup, Happening.CANCEL, now, "cancelled")
    words = f"cancelled {why}by {actor.name}"
    history.write(tx, saved, now, "cancelled", words, actor)
    escalation.recovered(tx, rules.property, f"wakeup:{wakeup.id}", now, f"cancelled by {actor.name}")
    tx.changed(rules.property, "room", saved.room, now)
    pmsnews.tell(tx, rules, saved, now, booked=False)
    if not pms_knows:
        results.deleted(tx, saved, now)
    return saved, effects + cancel_follow_ups(tx, rules, saved, actor, now)


def cancel_follow_ups(tx: Tx, rules: Rules, wakeup: Wakeup, actor: Actor, now: datetime) -> list[Effect]:
    """Whoever does not want to be woken does not want to be woken again."""
    effects: list[Effect] = []
    for one in wakeups.follow_ups(tx, wakeup, wakeups.PENDING):
        effects += cancel(tx, rules, one, actor, now, f"with wake-up {wakeup.id} ")[1]
    return effects
