"""What leaves the house: the second level of alarms, saved as notices and sent until they went.

A notice is saved in the unit that decides it, claimed in another one (then it is on its way, and
nobody else sends it), and its fate is saved in a third: a crash in between sends it again. A channel
that fails is an alarm, which is told through the other channels only. Runs inside units of work;
sending is the caller's business.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hotelbridge.core.alarming import escalated, is_loud, second_at, words
from hotelbridge.core.delivery import ON_ITS_WAY, again_at
from hotelbridge.core.records import Alarm, AlarmItem, AlarmKind, Notice, NoticeState
from hotelbridge.services import escalation
from hotelbridge.services.channels import Letter
from hotelbridge.services.effects import Deliver
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, desk, notices
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

ALARM = "alarm"  # the kind of notice


def second_level(tx: Tx, rules: Rules, now: datetime) -> None:
    """Tell whoever is outside of the alarms that nobody at the desk takes."""
    if not rules.settings.alarm.configured:
        return
    open_ones = alarms.open_ones(tx, rules.property)
    consoles = desk.consoles(tx, rules.property) if open_ones else []
    for alarm in open_ones:
        if is_loud(alarm, now) and second_at(alarm, consoles, rules.manners) <= now:
            _escalate(tx, rules, alarm, len(open_ones), now)


def next_instant(tx: Tx, rules: Rules, now: datetime) -> datetime | None:
    """When the second level is to be told next, or a notice is to be sent."""
    found = [at for at in (notices.next_instant(tx, rules.property),) if at is not None]
    if rules.settings.alarm.configured and (open_ones := alarms.open_ones(tx, rules.property)):
        consoles = desk.consoles(tx, rules.property)
        found += [second_at(alarm, consoles, rules.manners) for alarm in open_ones]
    return min(found, default=None)


def _escalate(tx: Tx, rules: Rules, alarm: Alarm, among: int, now: datetime) -> None:
    told = alarms.save(tx, escalated(alarm, now), now)
    items = alarms.items_of(tx, [alarm.id]).get(alarm.id, [])
    facts = json.dumps(alarm_facts(rules, told, items, among), ensure_ascii=False)
    on_their_way = {
        (n.kind, n.subject.partition("/")[0], n.channel) for n in notices.waiting(tx, rules.property)
    }
    for way in rules.settings.alarm.configured:
        channel, thing = f"alarm.{way}", f"alarm:{alarm.id}"
        if alarm.subject == f"delivery:{channel}" or (ALARM, thing, channel) in on_their_way:
            continue  # its own failure is told by the others; what waits already is not doubled
        subject = f"{thing}/{now:%Y%m%dT%H%M%SZ} {channel}"
        notices.add(tx, fresh(rules, subject, ALARM, channel, facts, now))


def fresh(rules: Rules, subject: str, kind: str, channel: str, facts: str, now: datetime) -> Notice:
    """A notice to be sent as soon as it is saved."""
    return Notice(
        id=0,
        property=rules.property,
        subject=subject,
        kind=kind,
        channel=channel,
        facts=facts,
        state=NoticeState.WAITING,
        tries=0,
        made_at=now,
        next_at=now,
    )


def alarm_facts(rules: Rules, alarm: Alarm, items: Sequence[AlarmItem], among: int) -> dict[str, Any]:
    """What a program, or a person far away, is told of an alarm."""
    where = f" room {alarm.room}" if alarm.room else ""
    left = [item for item in items if item.closed_at is None]
    return {
        "property": rules.property,
        "hotel": rules.settings.name,
        "alarm": alarm.id,
        "kind": str(alarm.kind),
        "room": alarm.room,
        "wakeup": alarm.wakeup_id,
        "since": alarm.since.astimezone(rules.zone).isoformat(),
        "level": alarm.level,
        "text": words(alarm, items),
        "open_alarms": among,
        "items": [
            {"room": i.room, "due": i.due.astimezone(rules.zone).isoformat(), "text": i.text} for i in left
        ],
        "title": f"{rules.settings.name}: {alarm.kind}{where}",
    }


def claim(tx: Tx, rules: Rules, now: datetime) -> list[Deliver]:
    """Take the notices that want to be sent; from here on they are on their way."""
    effects = []
    for notice in notices.due(tx, rules.property, now):
        if not _is_wanted(tx, rules, notice, now):
            gone = replace(notice, state=NoticeState.DROPPED, next_at=None, done_at=now)
            notices.save(tx, replace(gone, detail=phrase("not needed any more")))
            continue
        taken = replace(notice, tries=notice.tries + 1, next_at=now + ON_ITS_WAY)
        notices.save(tx, taken)
        effects.append(Deliver(taken))
    return effects


def _is_wanted(tx: Tx, rules: Rules, notice: Notice, now: datetime) -> bool:
    """Whether it still makes sense: its channel is there, and its alarm is still loud."""
    group, _, way = notice.channel.partition(".")
    channels = rules.channels(group)
    if channels is None or way not in channels.configured:
        return False
    facts = json.loads(notice.facts)
    if notice.kind != ALARM:
        return "until" not in facts or now < datetime.fromisoformat(facts["until"])
    alarm = alarms.get(tx, rules.property, int(facts["alarm"]))
    return alarm is not None and is_loud(alarm, now)


def letter(rules: Rules, notice: Notice) -> Letter:
    """A notice as it is sent."""
    facts = json.loads(notice.facts)
    group, _, way = notice.channel.partition(".")
    channels = rules.channels(group)
    assert channels is not None
    lines = [facts["text"].rstrip("\n")]
    lines += [f"{i['due'][11:16]}  {i['room']}  {i['text']}" for i in facts.get("items", ())]
    return Letter(
        name=f"{notice.property}/{notice.subject}",
        way=way,
        channels=channels,
        title=facts["title"],
        text="\n".join(lines) + "\n",
        facts=notice.facts,
        page=group == "lists",
        at=notice.made_at.astimezone(rules.zone),
    )


def delivered(tx: Tx, rules: Rules, id: int, said: str, now: datetime) -> None:
    """It went."""
    notice = notices.get(tx, id)
    if notice is None or notice.state != NoticeState.WAITING:
        return
    notices.save(tx, replace(notice, state=NoticeState.SENT, next_at=None, done_at=now, detail=said))
    escalation.recovered(tx, rules.property, f"delivery:{notice.channel}", now, "it takes messages again")


def failed(tx: Tx, rules: Rules, id: int, why: str, now: datetime) -> None:
    """It did not go, or nobody knows: later again, and an alarm."""
    notice = notices.get(tx, id)
    if notice is None or notice.state != NoticeState.WAITING:
        return
    at = again_at(notice.made_at, notice.tries, now)
    state = NoticeState.WAITING if at is not None else NoticeState.GIVEN_UP
    done_at = now if at is None else None
    notices.save(tx, replace(notice, state=state, next_at=at, done_at=done_at, detail=why))
    channel, cause = notice.channel, why.rstrip(".")
    text = _not_sent(notice.kind, channel, cause)
    escalation.raise_alarm(tx, rules, now, AlarmKind.DELIVERY, f"delivery:{notice.channel}", text)


def _not_sent(kind: str, channel: str, cause: str) -> str:
    if kind == "night_list":
        return phrase(
            f"The list of the night could not be sent by {channel} ({cause}). "
            "Print it with: hotelbridge wakeup night-list."
        )
    if kind == "slip":
        return phrase(
            f"A change of the list of the night could not be sent by {channel} ({cause}). "
            "Print the list anew: hotelbridge wakeup night-list."
        )
    return phrase(
        f"An alarm could not be sent by {channel} ({cause}). "
        "Whoever is outside may not know of it: please ring them."
    )
