"""Wake-ups that are never a call: the desk is told some minutes before, and a person goes (rule B5).

For a guest who does not hear a bell, a room whose phone is broken, a knock that was asked for. Runs
inside a unit of work.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.personal import HIDDEN, mask, personal
from hotelbridge.core.readback import span
from hotelbridge.core.records import AlarmKind, Wakeup
from hotelbridge.core.wakeup import Happening, after
from hotelbridge.services import escalation
from hotelbridge.services.rules import Rules
from hotelbridge.store import history, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

# An alarm of an older program has the note of its wake-up in these brackets as it was typed.
_NOTE = re.compile(
    r"( in person at \d\d:\d\d) \(.*\)(?=\. Please go to the room\.|, and it is \d\d:\d\d now\.)", re.DOTALL
)


def masked(text: str) -> str:
    """The words of an alarm, or about one, for somebody who may not know guests."""
    return mask(_NOTE.sub(rf"\1 ({HIDDEN})", text))


def looks_at(rules: Rules, due: datetime, in_person: bool) -> datetime:
    """When a wake-up wants to be looked at first: at its due time, or when the desk is to be told."""
    return due - rules.settings.wakeup.in_person_before if in_person else due


def hand_over(tx: Tx, rules: Rules, now: datetime) -> None:
    """Alarm the desk about those whose time has come; at once about those that are overdue."""
    for wakeup in wakeups.in_person_due(tx, rules.property, now):
        late = now - wakeup.due
        length = span(late)
        words = phrase(f"to be woken in person, {length} late" if late.total_seconds() >= 1 else "time to go")
        saved = wakeups.save(
            tx, replace(wakeup, state=after(wakeup.state, Happening.GIVE_UP), next_at=None), now
        )
        history.write(tx, saved, now, "handed_over", f"{words}; {phrase('handed to the desk')}")
        escalation.raise_alarm(
            tx, rules, now, AlarmKind.IN_PERSON, f"wakeup:{wakeup.id}", _text(rules, saved, now), saved
        )


def _text(rules: Rules, wakeup: Wakeup, now: datetime) -> str:
    room, due = wakeup.room, f"{wakeup.due.astimezone(rules.zone):%H:%M}"
    when = f"{due} ({personal(wakeup.note)})" if wakeup.note else due
    if now > wakeup.due:
        clock = f"{now.astimezone(rules.zone):%H:%M}"
        return phrase(
            f"Room {room}: was to be woken in person at {when}, and it is {clock} now. "
            "Please go to the room at once."
        )
    return phrase(f"Room {room}: to be woken in person at {when}. Please go to the room.")
