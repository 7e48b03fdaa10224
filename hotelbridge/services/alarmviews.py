"""Alarms, their lists and the desk's consoles as the desk's window shows them, in the property's own time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hotelbridge.core.alarming import listed, listening_until
from hotelbridge.core.records import Alarm, AlarmItem, Console
from hotelbridge.services.reading import number_of
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import AlarmItemView, AlarmView, ConsoleView, Page
from hotelbridge.store import alarms
from hotelbridge.store.database import Tx


def alarm_view(tx: Tx, rules: Rules, alarm: Alarm) -> AlarmView:
    """An alarm with its list."""
    return _view(rules, alarm, alarms.items_of(tx, [alarm.id]).get(alarm.id, []))


def alarm_page(tx: Tx, rules: Rules, open: bool | None, limit: int, cursor: str | None) -> Page[AlarmView]:
    """Alarms, oldest first."""
    found = alarms.listed(tx, rules.property, open, number_of(cursor), limit + 1)
    shown = found[:limit]
    more = str(shown[-1].id) if len(found) > len(shown) and shown else None
    lists = alarms.items_of(tx, [alarm.id for alarm in shown])
    return Page(tuple(_view(rules, alarm, lists.get(alarm.id, [])) for alarm in shown), more)


def _view(rules: Rules, alarm: Alarm, items: Sequence[AlarmItem]) -> AlarmView:
    return AlarmView(
        id=alarm.id,
        kind=alarm.kind,
        room=alarm.room,
        wakeup=alarm.wakeup_id,
        since=alarm.since.astimezone(rules.zone),
        level=alarm.level,
        text=listed(alarm.text, items),
        open=alarm.open,
        acknowledged_by=alarm.acknowledged_by,
        acknowledged_at=_local(rules, alarm.acknowledged_at),
        outcome=alarm.outcome,
        note=alarm.note,
        closed_at=_local(rules, alarm.closed_at),
        next=_local(rules, alarm.next_at),
        escalated_at=_local(rules, alarm.escalated_at),
        items=tuple(_item(rules, item) for item in items),
    )


def _item(rules: Rules, item: AlarmItem) -> AlarmItemView:
    return AlarmItemView(
        wakeup=item.wakeup_id,
        room=item.room,
        due=item.due.astimezone(rules.zone),
        text=item.text,
        closed_at=_local(rules, item.closed_at),
        closed_by=item.closed_by,
        outcome=item.outcome,
        note=item.note,
    )


def _local(rules: Rules, at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(rules.zone)


def console_view(rules: Rules, console: Console, now: datetime) -> ConsoleView:
    """A desk's screen, and whether an alarm would be seen and heard there now."""
    until = listening_until([console], rules.manners)
    return ConsoleView(
        name=console.name,
        visible=console.visible,
        sound=console.sound,
        seen=console.seen_at.astimezone(rules.zone),
        listening=until is not None and now < until,
    )
