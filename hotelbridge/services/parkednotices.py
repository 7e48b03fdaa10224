"""The notices about wake-ups that outlive a stay (rule B7): seen at the desk until they have rung or gone.

Inside a unit of work. When one is due, and about what, is decided in `parking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core.parked import armed, base_of
from hotelbridge.core.records import Alarm, AlarmKind, Wakeup
from hotelbridge.services import escalation
from hotelbridge.services.doings import Doing
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

LOOK_AGAIN = timedelta(seconds=30)  # whether a notice is still right


def show(doing: Doing, room: str, base: str, these: Sequence[Wakeup]) -> None:
    """It is seen at the desk, not heard: nobody has to do anything about it."""
    if not these:
        return
    rules = doing.rules
    text = armed(base, [one.due for one in these], rules.zone, doing.now)
    known = alarms.open_about(doing.tx, doing.property, _subject(room))
    if known is None:
        kind = AlarmKind.PARKED
        escalation.raise_alarm(doing.tx, rules, doing.now, kind, _subject(room), text, room=room)
    elif known.text != text:
        alarms.save(doing.tx, replace(known, text=text, since=doing.now), doing.now)


def over(doing: Doing, room: str, how: str) -> None:
    """Nothing has to be seen any more."""
    escalation.recovered(doing.tx, doing.property, _subject(room), doing.now, how)


def refresh(doing: Doing, room: str, how: str) -> None:
    """What the notice of a room says, after something of it was carried away."""
    known = alarms.open_about(doing.tx, doing.property, _subject(room))
    if known is not None:
        _look(doing.tx, doing.rules, known, doing.now, how)


def _subject(room: str) -> str:
    return f"parked:{room}"


def tidy(tx: Tx, rules: Rules, now: datetime) -> datetime | None:
    """Bring the notices up to date; when to look again, None where there is none."""
    known = [one for one in alarms.open_ones(tx, rules.property) if one.kind == AlarmKind.PARKED]
    still = [_look(tx, rules, one, now, phrase("nothing is armed any more")) for one in known]
    return now + LOOK_AGAIN if any(still) else None


def _look(tx: Tx, rules: Rules, notice: Alarm, now: datetime, how: str) -> bool:
    """Whether something of it is still armed."""
    room = notice.room or ""
    there = wakeups.of_rooms(tx, rules.property, [room], wakeups.PENDING)
    these = [one.due for one in there if one.created_at <= notice.since]
    if not these:
        escalation.recovered(tx, rules.property, notice.subject, now, how)
        return False
    text = armed(base_of(notice.text), these, rules.zone, now)
    if text != notice.text:
        alarms.save(tx, replace(notice, text=text), now)
    return True
