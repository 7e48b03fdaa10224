"""What a PMS said and nobody could understand: kept as it came, and told to a person, once for all of it."""

from __future__ import annotations

from dataclasses import replace

from hotelbridge.core.guests import NotUnderstood
from hotelbridge.core.records import AlarmKind
from hotelbridge.services import escalation
from hotelbridge.services.doings import Doing
from hotelbridge.store import alarms

SUBJECT = "pms:not_understood"
LONGEST = 200  # characters of the words that are repeated


def told(doing: Doing, fact: NotUnderstood) -> None:
    """One open alarm names the last one: a peer that sends nothing else must not ring for each."""
    where = f"room {fact.room}: " if fact.room else ""
    record = f" (record {doing.record_id} of the flight recorder)" if doing.record_id is not None else ""
    text = (
        f"{doing.actor.name} sent what could not be understood: {where}{fact.words[:LONGEST]}{record}. "
        "Nothing was done by it. Look what was meant, and put it right by hand."
    )
    kind = AlarmKind.PMS_REQUEST
    alarm = escalation.raise_alarm(doing.tx, doing.rules, doing.now, kind, SUBJECT, text)
    if alarm.text != text:
        alarms.save(doing.tx, replace(alarm, text=text), doing.now)
    if fact.room:
        doing.note(fact.room, "not_understood", fact.words[:LONGEST])
    doing.say("not understood: an alarm")
