"""What a person says to an alarm: "I have heard it", or what they found. Inside a unit of work.

Acknowledging is not waking: without an outcome the alarm is silent for a while and returns. With one,
its wake-ups are closed too; where they are several, room by room, unless all are meant.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hotelbridge.core.outcomes import closed_by, ended
from hotelbridge.core.personal import personal
from hotelbridge.core.records import Actor, Alarm, AlarmItem, Wakeup
from hotelbridge.core.wakeup import Happening, allows
from hotelbridge.errors import Refusal
from hotelbridge.services import alarmviews, booking, escalation, resync
from hotelbridge.services.effects import Effect
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import AcknowledgeRequest, CloseRequest
from hotelbridge.store import alarms, audit, history, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase


def acknowledge(
    tx: Tx, rules: Rules, id: int, request: AcknowledgeRequest, actor: Actor, now: datetime
) -> tuple[Alarm, list[Effect]]:
    """Somebody has heard an alarm; with an outcome it is closed, and the wake-ups it is about too."""
    alarm = _open(tx, rules, id)
    if request.outcome is not None:
        _must_not_wait(tx, rules, alarm)
    left = [item for item in alarms.items_of(tx, [id]).get(id, []) if item.closed_at is None]
    about = _about(tx, rules, alarm, left)
    if request.outcome is None:
        heard = escalation.acknowledge(tx, rules, alarm, request.by, request.note, now)
        words = phrase(f"alarm acknowledged by {request.by}")
        words = f"{words}: {personal(request.note)}" if request.note else words
        for wakeup in about:
            history.write(tx, wakeup, now, "acknowledged", words, actor)
        _kept(tx, alarm, now, actor, "alarm_acknowledged", phrase(f"acknowledged by {request.by}"))
        return heard, []
    if len(left) > 1 and not request.all:
        raise _room_by_room(id, left)
    effects: list[Effect] = []
    closing = CloseRequest(request.by, request.outcome, request.note)
    for wakeup in about:
        if allows(wakeup.state, Happening.CLOSE):
            effects += booking.close(tx, rules, wakeup, closing, actor, now)[1]
    now_known = alarms.get(tx, rules.property, id)
    assert now_known is not None
    if left and now_known.open:  # its rooms are done, its cause is still there: a device is down
        now_known = escalation.acknowledge(tx, rules, now_known, request.by, request.note, now)
    elif now_known.open or left:  # a list closes by itself; what the person said stands above that
        said = _said_before(now_known, alarm)
        now_known = escalation.close(tx, rules, said, request.by, request.outcome, request.note, now)
    _kept(tx, alarm, now, actor, "alarm_closed", closed_by(request.outcome, request.by))
    return now_known, effects


def _kept(tx: Tx, alarm: Alarm, now: datetime, actor: Actor, what: str, text: str) -> None:
    """What was said to an alarm that is not about one wake-up: that one has a history.

    Without the note: the alarm has it, and is not kept as long.
    """
    if alarm.wakeup_id is None:
        audit.write(tx, now, actor, what, text, alarm.property, f"alarm {alarm.id}")


def _open(tx: Tx, rules: Rules, id: int) -> Alarm:
    alarm = alarmviews.find(tx, rules, id)
    if not alarm.open:
        who, outcome = alarm.acknowledged_by or escalation.ITSELF, ended(alarm.outcome)
        raise Refusal("already_closed", f"Alarm {id} was closed by {who} ({outcome}).", status=409)
    return alarm


def _must_not_wait(tx: Tx, rules: Rules, alarm: Alarm) -> None:
    """What waits for a decision is not over because its alarm is: nobody would be asked for it again."""
    waiting = resync.waiting(tx, rules)
    if waiting is not None and alarm.subject == resync.subject(waiting):
        number = waiting.id
        sentence = phrase(
            f"Alarm {alarm.id} asks for a decision, and ends with it: look at it (hotelbridge resync), then "
            f"hotelbridge resync --apply {number} --by NAME, or --dismiss {number}. Without an outcome "
            "the alarm is silenced for a while."
        )
        raise Refusal("decide_it", sentence, status=409, resync=number)


def _about(tx: Tx, rules: Rules, alarm: Alarm, left: list[AlarmItem]) -> list[Wakeup]:
    ids = [item.wakeup_id for item in left] or ([alarm.wakeup_id] if alarm.wakeup_id else [])
    found = (wakeups.get(tx, rules.property, id) for id in ids)
    return [wakeup for wakeup in found if wakeup is not None]


def _room_by_room(id: int, left: list[AlarmItem]) -> Refusal:
    count = len(left)
    sentence = phrase(
        f"Alarm {id} is about {count} rooms. Close each room's wake-up with what was found there, "
        'or say "all": true if it is the same for every room.'
    )
    open_ones = [item.wakeup_id for item in left]
    return Refusal("close_room_by_room", sentence, status=409, wakeups=open_ones)


def _said_before(now_known: Alarm, before: Alarm) -> Alarm:
    """It as it is now, with the note it had before it closed by itself."""
    return now_known if now_known.open else replace(now_known, note=before.note)
