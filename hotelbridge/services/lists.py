"""Alarms of one cause are one alarm with a list: its wake-ups by due time, closed room by room.

A wake-up that fails alone has an alarm of its own. When a second one fails for the same reason (its
device is down or reports nothing, or this program found both too late), both stand on one list: that
of the device's alarm, or of one alarm about all that were late. Each wake-up is in exactly one alarm.
What somebody has already acknowledged is theirs and stays an alarm of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.records import Alarm, AlarmItem, AlarmKind, Outcome, Wakeup
from hotelbridge.services import escalation, results
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, attempts, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

LATE = "late"  # the subject of the alarm about all that were found too late
JOINED = "joined"  # the outcome of an alarm whose wake-up went to a list

_LATE_WORDS = phrase(
    "Wake-ups were not rung in time, or nobody knows whether they were: hotelbridge was not running, its "
    "database came out of a backup, or the telephone exchange had no call free. Please wake the guests now."
)


def failed(tx: Tx, rules: Rules, wakeup: Wakeup, why: str, now: datetime) -> None:
    """The ladder of a wake-up is at its end: a person must go, and the PMS is told how it ended."""
    results.decide(tx, wakeup, now)
    subject = _cause(tx, rules, wakeup)
    shared = alarms.open_about(tx, rules.property, subject) if subject else None
    if shared is not None:
        partners = [
            (own, other)
            for own, other in _alone(tx, rules, AlarmKind.WAKEUP_FAILED, wakeup)
            if _cause(tx, rules, other) == subject
        ]
        if partners or _open_items(tx, shared):
            _join(tx, rules, shared, partners, wakeup, why, now)
            return
    escalation.wakeup_failed(tx, rules, wakeup, why, now)


def late(tx: Tx, rules: Rules, wakeup: Wakeup, why: str, now: datetime) -> None:
    """A wake-up was found too late to ring: a person must go, and the PMS is told."""
    results.decide(tx, wakeup, now)
    partners = _alone(tx, rules, AlarmKind.WAKEUP_LATE, wakeup)
    shared = alarms.open_about(tx, rules.property, LATE)
    if shared is None and partners:
        shared = escalation.raise_alarm(tx, rules, now, AlarmKind.WAKEUP_LATE, LATE, _LATE_WORDS)
        shared = alarms.save(tx, replace(shared, healed_at=now), now)  # the cause itself is over
    if shared is not None:
        _join(tx, rules, shared, partners, wakeup, why, now)
    else:
        escalation.wakeup_late(tx, rules, wakeup, why, now)


def _cause(tx: Tx, rules: Rules, wakeup: Wakeup) -> str | None:
    """The subject of the alarm about what hindered its last round; None where that is the room's own."""
    if wakeup.result not in (Outcome.DEVICE_DOWN, Outcome.UNKNOWN):
        return None
    kind = "device" if wakeup.result == Outcome.DEVICE_DOWN else "reports"
    round_ = attempts.of_round(tx, wakeup.id, wakeup.rounds)
    hindered = next((a.device for a in round_ if a.outcome == wakeup.result), None)
    return f"{kind}:{hindered}" if hindered else None


def _alone(tx: Tx, rules: Rules, kind: AlarmKind, but: Wakeup) -> list[tuple[Alarm, Wakeup]]:
    """The alarms about one wake-up each that nobody has taken yet."""
    found = []
    for alarm in alarms.open_ones(tx, rules.property):
        of_one = alarm.kind == kind and alarm.wakeup_id not in (None, but.id)
        if of_one and alarm.acknowledged_by is None and alarm.wakeup_id is not None:
            found.append((alarm, wakeups.by_id(tx, alarm.wakeup_id)))
    return found


def _open_items(tx: Tx, alarm: Alarm) -> list[AlarmItem]:
    return [item for item in alarms.items_of(tx, [alarm.id]).get(alarm.id, []) if item.closed_at is None]


def _join(
    tx: Tx,
    rules: Rules,
    shared: Alarm,
    partners: Sequence[tuple[Alarm, Wakeup]],
    wakeup: Wakeup,
    why: str,
    now: datetime,
) -> None:
    """Put a wake-up on the list, with those that had alarms of their own until now."""
    for own, other in partners:
        _leave(tx, shared, own, now)
        _add(tx, shared, other, escalation.in_short(own.text))
    early = alarms.open_about(tx, rules.property, f"wakeup:{wakeup.id}")  # its phone could not be reached
    if early is not None:
        _leave(tx, shared, early, now)
    words = f"{escalation.tries_of(wakeup)}: {why}" if wakeup.tries else why
    _add(tx, shared, wakeup, words)
    alarms.save(tx, escalation.louder(rules, shared, now), now)


def _leave(tx: Tx, shared: Alarm, own: Alarm, now: datetime) -> None:
    here = phrase(f"on the list of alarm {shared.id}")
    note = "; ".join(part for part in (own.note, here) if part)
    alarms.save(tx, escalation.closed(own, now, JOINED, note), now)


def _add(tx: Tx, shared: Alarm, wakeup: Wakeup, text: str) -> None:
    alarms.add_item(
        tx,
        AlarmItem(
            id=0,
            property=shared.property,
            alarm_id=shared.id,
            wakeup_id=wakeup.id,
            room=wakeup.room,
            due=wakeup.due,
            text=text,
        ),
    )


def sent_elsewhere(tx: Tx, rules: Rules, wakeup: Wakeup, old: str, now: datetime) -> None:
    """The guest to whom a person is sent is in another room since: whoever has heard it hears it anew."""
    own = alarms.open_about(tx, rules.property, f"wakeup:{wakeup.id}")
    if own is not None:
        escalation.sent_elsewhere(tx, rules, own, wakeup.room, old, now)
    item = alarms.open_item(tx, wakeup.id)
    if item is None:
        return
    moved = phrase(f"moved from {old}")
    alarms.save_item(tx, replace(item, room=wakeup.room, text=f"{item.text}; {moved}"))
    shared = alarms.get(tx, rules.property, item.alarm_id)
    if shared is not None and shared.open:
        alarms.save(tx, escalation.louder(rules, shared, now), now)


def close_item(tx: Tx, rules: Rules, wakeup: Wakeup, by: str, outcome: str, note: str, now: datetime) -> None:
    """A person has said what happened to a wake-up: its line on a list is closed, the list with its last."""
    item = alarms.open_item(tx, wakeup.id)
    if item is None:
        return
    alarms.save_item(tx, replace(item, closed_at=now, closed_by=by, outcome=str(outcome), note=note))
    alarm = alarms.get(tx, rules.property, item.alarm_id)
    if alarm is None or not alarm.open:
        return
    if alarm.healed_at is not None and not _open_items(tx, alarm):
        words = "; ".join(part for part in (alarm.note, phrase("every room of its list is closed")) if part)
        alarms.save(tx, escalation.closed(alarm, now, "recovered", words), now)
    else:
        alarms.save(tx, alarm, now)  # told to whoever looks at the list
