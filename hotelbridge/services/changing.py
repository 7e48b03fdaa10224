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
from hotelbridge.core.outcomes import PROOFS
from hotelbridge.core.records import Actor, Wakeup
from hotelbridge.core.wakeup import Happening
from hotelbridge.services import escalation, inperson, ladder, pmsnews, results
from hotelbridge.services.effects import Effect
from hotelbridge.services.orderviews import ChangeRequest, OrderChange
from hotelbridge.services.rules import Rules
from hotelbridge.store import history, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

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
    difference = _difference(before, saved)
    text = phrase(f"changed {words}: {difference}" if words else f"changed: {difference}")
    history.write(tx, saved, now, "changed", text, actor)
    if saved.due != before.due:
        pmsnews.tell(tx, rules, before, now, booked=False)
        pmsnews.tell(tx, rules, saved, now, booked=True)
    if saved.next_at != before.next_at:  # its phones are looked at anew, or not at all
        escalation.recovered(tx, rules.property, f"wakeup:{saved.id}", now, "the wake-up was changed")
    return saved


def _difference(before: Wakeup, after: Wakeup) -> str:
    said = []
    if after.local != before.local:
        old, new = before.local.replace("T", " "), after.local.replace("T", " ")
        said.append(phrase(f"time {old} to {new}"))
    elif after.due != before.due:
        old, new = f"{before.due:%H:%M}", f"{after.due:%H:%M}"
        said.append(phrase(f"rings at {new} UTC, not at {old} UTC"))
    for name in FIELDS:
        if getattr(before, name) != getattr(after, name):
            said.append(_changed(name, _word(getattr(before, name)), _word(getattr(after, name))))
    return ", ".join(said)


def _changed(name: str, old: str, new: str) -> str:
    return {
        "note": phrase("note"),
        "language": phrase(f"language {old} to {new}"),
        "proof": phrase(f"proof {old} to {new}"),
        "vip": phrase(f"vip {old} to {new}"),
        "in_person": phrase(f"in person {old} to {new}"),
    }[name]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return phrase("yes") if value else phrase("no")
    return PROOFS.get(value) or str(value) or phrase("none")


def cancel(
    tx: Tx,
    rules: Rules,
    wakeup: Wakeup,
    actor: Actor,
    now: datetime,
    *,
    because: str = "",
    along: str = "",
    pms_knows: bool = False,
) -> tuple[Wakeup, list[Effect]]:
    """No ring any more; a call in the air is ended, an alarm about it too. Its follow-ups go along.

    `because`, or what it goes along with, is told. `pms_knows`: a PMS that asked for it is not told, as it
    did this itself.
    """
    saved, effects = ladder.end(tx, rules, wakeup, Happening.CANCEL, now, phrase("cancelled"))
    who = actor.name
    by = phrase(f"cancelled by {who}")
    words = phrase(f"cancelled ({because}) by {who}") if because else by
    words = phrase(f"cancelled {along} by {who}") if along else words
    history.write(tx, saved, now, "cancelled", words, actor)
    escalation.recovered(tx, rules.property, f"wakeup:{wakeup.id}", now, by)
    tx.changed(rules.property, "room", saved.room, now)
    pmsnews.tell(tx, rules, saved, now, booked=False)
    if not pms_knows:
        results.deleted(tx, saved, now)
    return saved, effects + cancel_follow_ups(tx, rules, saved, actor, now)


def cancel_follow_ups(tx: Tx, rules: Rules, wakeup: Wakeup, actor: Actor, now: datetime) -> list[Effect]:
    """Whoever does not want to be woken does not want to be woken again."""
    effects: list[Effect] = []
    along = phrase(f"with wake-up {wakeup.id}")
    for one in wakeups.follow_ups(tx, wakeup, wakeups.PENDING):
        effects += cancel(tx, rules, one, actor, now, along=along)[1]
    return effects
