"""Alarms inside a unit of work: raise, repeat, acknowledge by name, close with what happened.

One alarm is open per subject; raising it again adds no other, and `worded` puts its words right. It
makes itself heard by a line in the change feed, again and again, until somebody acknowledged it;
acknowledged without an outcome it is only silent for a while. What heals by itself (a device that
answers again) closes its alarm in the name of this program.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.alarming import NEVER, NOTICE, QUIET, heard, noted
from hotelbridge.core.records import Alarm, AlarmKind, Attempt, ClosingOutcome, Outcome, Wakeup
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

ITSELF = "hotelbridge"


def raise_alarm(
    tx: Tx,
    rules: Rules,
    now: datetime,
    kind: AlarmKind,
    subject: str,
    text: str,
    wakeup: Wakeup | None = None,
    room: str | None = None,
) -> Alarm:
    """Open an alarm, or turn the open one of the same subject into this one if it is another kind.

    `room`: where it is about a room and no wake-up. One of a quiet kind is seen and never heard.
    """
    known = alarms.open_about(tx, rules.property, subject)
    next_at = now + rules.settings.alarm.repeat
    if known is not None:
        if known.kind == kind and known.healed_at is None:
            return known
        worse = replace(louder(rules, known, now), kind=kind, text=text, escalated_at=None, healed_at=None)
        return alarms.save(tx, worse, now)
    quiet = kind in QUIET
    fresh = Alarm(
        id=0,
        property=rules.property,
        kind=kind,
        subject=subject,
        room=wakeup.room if wakeup else room,
        wakeup_id=wakeup.id if wakeup else None,
        since=now,
        level=NOTICE if quiet else 1,
        text=text,
        next_at=None if quiet else next_at,
        loud_from=NEVER if quiet else now,
    )
    return alarms.add(tx, fresh, now)


def worded(tx: Tx, rules: Rules, now: datetime, kind: AlarmKind, subject: str, text: str) -> Alarm:
    """Open an alarm, or give the open one these words: how things stand by now, heard by nobody anew."""
    alarm = raise_alarm(tx, rules, now, kind, subject, text)
    return alarm if alarm.text == text else alarms.save(tx, replace(alarm, text=text), now)


def louder(rules: Rules, alarm: Alarm, now: datetime) -> Alarm:
    """It, with something in it that nobody has acknowledged yet."""
    if alarm.acknowledged_by is None:
        return replace(alarm, next_at=now + rules.settings.alarm.repeat)
    return replace(
        alarm,
        note=noted(alarm, "", "", _at(rules, alarm.acknowledged_at)),
        acknowledged_by=None,
        acknowledged_at=None,
        loud_from=now,
        next_at=now + rules.settings.alarm.repeat,
    )


def wakeup_failed(tx: Tx, rules: Rules, wakeup: Wakeup, why: str, now: datetime) -> None:
    """The ladder is at its end: a person must go."""
    room, clock, tries = wakeup.room, _clock(wakeup), tries_of(wakeup)
    text = phrase(f"Room {room}: wake-up {clock} failed after {tries}: {why}. Please wake the guest.")
    raise_alarm(tx, rules, now, AlarmKind.WAKEUP_FAILED, f"wakeup:{wakeup.id}", text, wakeup)


def tries_of(wakeup: Wakeup) -> str:
    """How often it was rung."""
    count = wakeup.tries
    return phrase("1 try" if count == 1 else f"{count} tries")


def wakeup_late(tx: Tx, rules: Rules, wakeup: Wakeup, why: str, now: datetime) -> None:
    """Found too late to ring: a person must go."""
    room, clock = wakeup.room, _clock(wakeup)
    text = phrase(f"Room {room}: wake-up {clock} was {why}. Please wake the guest now.")
    raise_alarm(tx, rules, now, AlarmKind.WAKEUP_LATE, f"wakeup:{wakeup.id}", text, wakeup)


_MOVED = re.compile(r"^ \(moved from [^)]*\)")
_WHOLE = re.compile(r"Room .*?: wake-up \S+ (?:failed after|was) (.*)\. Please wake the guest(?: now)?\.")


def in_short(text: str) -> str:
    """The words of an alarm about one wake-up for a list, where room and time stand beside them."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def trouble(
    tx: Tx, rules: Rules, wakeup: Wakeup, result: Outcome, round_: Sequence[Attempt], now: datetime
) -> None:
    """The ladder goes on, but a person should know at once what is in its way."""
    worst = next(a for a in round_ if a.outcome == result)
    if result == Outcome.DEVICE_DOWN:
        device_down(tx, rules, worst.device, worst.detail, now)
        return
    room, clock, why = wakeup.room, _clock(wakeup), worst.detail
    text = phrase(f"Room {room}: wake-up {clock} cannot ring phone {worst.phone}: {why}.")
    raise_alarm(tx, rules, now, AlarmKind.PHONE_OFFLINE, f"wakeup:{wakeup.id}", text, wakeup)


def device_down(tx: Tx, rules: Rules, device: str, why: str, now: datetime) -> None:
    """A telephone exchange does not answer."""
    om = rules.devices.get(device)
    where = om.url if om else phrase("not configured")
    cause = why.rstrip(".")
    text = phrase(
        f"The telephone exchange {device} ({where}) does not answer: {cause}. Look whether it is "
        "switched on and connected, or call whoever looks after it. Guests whom it cannot ring are told here."
    )
    raise_alarm(tx, rules, now, AlarmKind.DEVICE_DOWN, f"device:{device}", text)


def sent_elsewhere(tx: Tx, rules: Rules, alarm: Alarm, room: str, old: str, now: datetime) -> None:
    """The guest of an alarm is in another room since: a person must go there."""
    rest = _MOVED.sub("", alarm.text.removeprefix(f"Room {old}"), count=1)
    moved = phrase(f"{room} (moved from {old})")
    text = f"Room {moved}{rest}"
    alarms.save(tx, replace(louder(rules, alarm, now), room=room, text=text, escalated_at=None), now)


def recovered(tx: Tx, property: str, subject: str, now: datetime, how: str) -> None:
    """The cause is gone: close the alarm about it, unless rooms of its list are still open."""
    known = alarms.open_about(tx, property, subject)
    if known is None or known.healed_at is not None:
        return
    if any(item.closed_at is None for item in alarms.items_of(tx, [known.id]).get(known.id, ())):
        alarms.save(tx, replace(known, healed_at=now), now)
    else:
        note = f"{known.note}; {how}" if known.note else how
        alarms.save(tx, closed(known, now, "recovered", note), now)


def repeat(tx: Tx, rules: Rules, now: datetime) -> None:
    """Make the alarms heard whose time has come."""
    alarms.repeat(tx, rules.property, now, now + rules.settings.alarm.repeat)


def acknowledge(tx: Tx, rules: Rules, alarm: Alarm, by: str, note: str, now: datetime) -> Alarm:
    """Somebody has heard it: silent for a while, still open."""
    known = heard(alarm, by, note, now, _at(rules, alarm.acknowledged_at), rules.manners)
    return alarms.save(tx, known, now)


def close(
    tx: Tx, rules: Rules, alarm: Alarm, by: str, outcome: ClosingOutcome, note: str, now: datetime
) -> Alarm:
    """Somebody says what happened: over."""
    words = noted(alarm, by, note, _at(rules, alarm.acknowledged_at))
    named = replace(alarm, acknowledged_by=by, acknowledged_at=now)
    return alarms.save(tx, closed(named, now, outcome, words), now)


def closed(alarm: Alarm, now: datetime, outcome: str, note: str) -> Alarm:
    """It, over."""
    return replace(alarm, open=False, outcome=str(outcome), note=note, closed_at=now, next_at=None)


def _at(rules: Rules, at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(rules.zone):%H:%M}"


def _clock(wakeup: Wakeup) -> str:
    """The time asked for, as the desk reads it."""
    return wakeup.local[11:16] if wakeup.local.endswith(":00") else wakeup.local[11:]
