"""What a PMS said and nobody could understand: kept as it came, and told to a person, once for all of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hotelbridge.core.guests import NotUnderstood
from hotelbridge.core.records import Alarm, AlarmKind
from hotelbridge.services import escalation
from hotelbridge.services.doings import Doing, the_pms_first
from hotelbridge.store import alarms, pms_state
from hotelbridge.texts import phrase

SUBJECT = "pms:not_understood"
LONGEST = 200  # characters of the words that are repeated
NAMED = 3  # of them in one alarm, the last ones
KEPT = f"{pms_state.HOUSE}not_understood"


def told(doing: Doing, fact: NotUnderstood) -> None:
    """One open alarm counts them and names the last ones; each new one makes it heard again, where somebody
    had acknowledged those before it."""
    known = alarms.open_about(doing.tx, doing.property, SUBJECT)
    count, last = _before(doing, known)
    count, last = count + 1, [*last, _named(doing, fact)][-NAMED:]
    text = _text(doing, count, last)
    if known is None:
        kind = AlarmKind.PMS_REQUEST
        known = escalation.raise_alarm(doing.tx, doing.rules, doing.now, kind, SUBJECT, text)
    else:
        again = known if known.acknowledged_by is None else escalation.louder(doing.rules, known, doing.now)
        alarms.save(doing.tx, replace(again, text=text), doing.now)
    kept = json.dumps({"alarm": known.id, "count": count, "last": last}, ensure_ascii=False)
    pms_state.keep(doing.tx, doing.property, {KEPT: kept})
    if fact.room:
        doing.note(fact.room, "not_understood", fact.words[:LONGEST])
    doing.say("not understood: an alarm")


def _before(doing: Doing, known: Alarm | None) -> tuple[int, list[str]]:
    """How many the open alarm speaks of, and the last ones; none where it is another one by now."""
    marks = pms_state.values(doing.tx, doing.property, house=True)
    kept: dict[str, Any] = json.loads(marks.get("not_understood", "{}"))
    if known is None or kept.get("alarm") != known.id:
        return 0, []
    return int(kept["count"]), list(kept["last"])


def _named(doing: Doing, fact: NotUnderstood) -> str:
    words, record = fact.words[:LONGEST].rstrip("."), doing.record_id
    if fact.room:
        words = phrase(f"room {fact.room}: {words}")
    return words if record is None else phrase(f"{words} (record {record} of the flight recorder)")


def _text(doing: Doing, count: int, last: list[str]) -> str:
    """What is named was not done; what stood beside it, such as the other rows of a file, was."""
    pms, named, things = the_pms_first(doing.actor), len(last), "; ".join(last)
    if count == 1:
        return phrase(
            f"{pms} sent what could not be understood: {things}. Nothing was done by it; what could be read "
            "beside it was done. Look what was meant, and put it right by hand."
        )
    which = phrase("these") if count == named else phrase(f"the last {named}")
    return phrase(
        f"{pms} sent {count} things that could not be understood, {which}: {things}. Nothing was done by "
        "them; what could be read beside them was done. Look what was meant, and put it right by hand."
    )
