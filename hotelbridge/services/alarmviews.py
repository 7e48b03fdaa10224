"""Alarms, their lists and the desk's consoles as the desk's window shows them, in the property's own time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core.alarming import NEVER, listening_until, loud_from, words
from hotelbridge.core.pages import page, table
from hotelbridge.core.records import Alarm, AlarmItem, Console
from hotelbridge.errors import Refusal
from hotelbridge.services import emergencies, inperson
from hotelbridge.services.reading import number_of
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import AlarmItemView, AlarmView, ConsoleView, Page, for_reader
from hotelbridge.store import alarms, wakeups
from hotelbridge.store.database import Tx


def find(tx: Tx, rules: Rules, id: int) -> Alarm:
    """An alarm by its number, or the refusal `unknown_alarm`."""
    found = alarms.get(tx, rules.property, id)
    if found is None:
        raise Refusal("unknown_alarm", f"There is no alarm {id}.", status=404)
    return found


def alarm_view(tx: Tx, rules: Rules, alarm: Alarm, *, named: bool) -> AlarmView:
    """An alarm with its list. `named`: with the guests it is about, for whoever may know them."""
    items = alarms.items_of(tx, [alarm.id]).get(alarm.id, [])
    (view,) = _views(tx, rules, [alarm], {alarm.id: items}, named=named)
    return view


def _views(
    tx: Tx, rules: Rules, some: Sequence[Alarm], lists: Mapping[int, Sequence[AlarmItem]], *, named: bool
) -> tuple[AlarmView, ...]:
    """Some alarms in the words for this caller."""
    about = {alarm.wakeup_id for alarm in some if alarm.wakeup_id is not None}
    listed = {item.wakeup_id for items in lists.values() for item in items}
    notes = wakeups.notes(tx, sorted(about | listed)) if named else {}
    return tuple(
        for_reader(_view(rules, _for(tx, alarm, named), lists.get(alarm.id, []), notes), named=named)
        for alarm in some
    )


def _for(tx: Tx, alarm: Alarm, named: bool) -> Alarm:
    """It, in the words for this caller."""
    text = emergencies.with_guests(tx, alarm, alarm.text, named=named)
    return replace(alarm, text=text if named else inperson.masked(text))


def rowless_view(rules: Rules, alarm: Alarm) -> AlarmView:
    """An alarm that is in no table, and so has no list."""
    return _view(rules, alarm, [], {})


def rowless_page(rules: Rules, alarm: Alarm, now: datetime) -> str:
    """The same as a page."""
    stamp = f"printed {now.astimezone(rules.zone):%a %d %b %Y %H:%M}"
    return page(rules.settings.name, stamp, f"ALARM {alarm.id}: {alarm.text}", [])


def alarm_page(
    tx: Tx, rules: Rules, open: bool | None, limit: int, cursor: str | None, *, named: bool
) -> Page[AlarmView]:
    """Alarms, oldest first."""
    found = alarms.listed(tx, rules.property, open, number_of(cursor), limit + 1)
    shown = found[:limit]
    more = str(shown[-1].id) if len(found) > len(shown) and shown else None
    lists = alarms.items_of(tx, [alarm.id for alarm in shown])
    return Page(_views(tx, rules, shown, lists, named=named), more)


def _view(rules: Rules, alarm: Alarm, items: Sequence[AlarmItem], notes: Mapping[int, str]) -> AlarmView:
    return AlarmView(
        id=alarm.id,
        kind=alarm.kind,
        room=alarm.room,
        wakeup=alarm.wakeup_id,
        since=alarm.since.astimezone(rules.zone),
        level=alarm.level,
        text=words(alarm, items),
        open=alarm.open,
        acknowledged_by=alarm.acknowledged_by,
        acknowledged_at=_local(rules, alarm.acknowledged_at),
        outcome=alarm.outcome,
        note=alarm.note,
        closed_at=_local(rules, alarm.closed_at),
        next=_local(rules, alarm.next_at),
        escalated_at=_local(rules, alarm.escalated_at),
        items=tuple(_item(rules, item, notes.get(item.wakeup_id, "")) for item in items),
        loud_from=_loud_from(rules, alarm),
        wakeup_note="" if alarm.wakeup_id is None else notes.get(alarm.wakeup_id, ""),
    )


def _loud_from(rules: Rules, alarm: Alarm) -> datetime | None:
    since = loud_from(alarm)
    return None if since >= NEVER or not alarm.open else since.astimezone(rules.zone)


def printed(tx: Tx, rules: Rules, alarm: Alarm, now: datetime, *, named: bool) -> str:
    """An alarm as a page to walk with: what is still to do first, then what is done.

    Notes are left out where guests may not be `named`.
    """
    items = alarms.items_of(tx, [alarm.id]).get(alarm.id, [])
    about = [alarm.wakeup_id] if alarm.wakeup_id is not None else []
    notes = wakeups.notes(tx, [*about, *(item.wakeup_id for item in items)]) if named else {}
    walked = sorted(items, key=lambda item: item.closed_at is not None)
    rows = [_line(rules, item, notes.get(item.wakeup_id, "")) for item in walked]
    if not items and alarm.wakeup_id is not None:
        wakeup = wakeups.by_id(tx, alarm.wakeup_id)
        due, room, note, _, done = _cells(
            rules, wakeup.due, wakeup.room, notes.get(wakeup.id, ""), "", _done(alarm)
        )
        lines = table(("due", "room", "note", "done, initials"), (11, 8, 51), [(due, room, note, done)])
    else:
        head = ("due", "room", "note", "what happened", "done, initials")
        lines = table(head, (11, 8, 20, 29), rows) if rows else []
    stamp = f"printed {now.astimezone(rules.zone):%a %d %b %Y %H:%M}"
    return page(
        rules.settings.name, stamp, f"ALARM {alarm.id}: {words(_for(tx, alarm, named), items)}", lines
    )


def _line(rules: Rules, item: AlarmItem, note: str) -> tuple[str, ...]:
    done = "" if item.closed_at is None else f"{item.outcome} ({item.closed_by})"
    return _cells(rules, item.due, item.room, note, item.text, done)


def _cells(rules: Rules, due: datetime, room: str, note: str, text: str, done: str) -> tuple[str, ...]:
    return (
        f"{due.astimezone(rules.zone):%a %H:%M}",
        room,
        note,
        text,
        f"[x] {done}" if done else "[ ] ________",
    )


def _done(alarm: Alarm) -> str:
    return "" if alarm.open else f"{alarm.outcome} ({alarm.acknowledged_by or 'hotelbridge'})"


def _item(rules: Rules, item: AlarmItem, wakeup_note: str) -> AlarmItemView:
    return AlarmItemView(
        wakeup=item.wakeup_id,
        room=item.room,
        due=item.due.astimezone(rules.zone),
        text=item.text,
        closed_at=_local(rules, item.closed_at),
        closed_by=item.closed_by,
        outcome=item.outcome,
        note=item.note,
        wakeup_note=wakeup_note,
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
