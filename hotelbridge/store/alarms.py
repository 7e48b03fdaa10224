"""Alarms: at most one open per subject; each knows when it makes itself heard again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from hotelbridge.core.records import Alarm, AlarmItem, AlarmKind
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Statement

_A = tables.Alarm.__table__  # type: ignore[attr-defined]
_COLUMNS = [_A.c[name] for name in Alarm.__slots__]
_KIND = Alarm.__slots__.index("kind")
_OURS = _A.c.property == bindparam("property")
_ABOUT = Statement(select(*_COLUMNS).where(_OURS, _A.c.open_subject == bindparam("subject")))
_DUE = Statement(select(_A.c.id).where(_OURS, _A.c.open, _A.c.next_at <= bindparam("now")).order_by(_A.c.id))
_OPEN_ONES = Statement(select(*_COLUMNS).where(_OURS, _A.c.open).order_by(_A.c.id))
_OF_KIND = Statement(
    select(*_COLUMNS).where(_OURS, _A.c.open, _A.c.kind == bindparam("kind")).order_by(_A.c.id)
)
_NEXT = Statement(select(func.min(_A.c.next_at)).where(_OURS, _A.c.open))
_I = tables.AlarmItem.__table__  # type: ignore[attr-defined]


def _record(row: Any) -> Alarm:
    values = dict(row._mapping)
    values["kind"] = AlarmKind(values["kind"])
    return Alarm(**values)


def _known(values: list[Any]) -> Alarm:
    return replace(Alarm(*values), kind=AlarmKind(values[_KIND]))


def _values(alarm: Alarm) -> dict[str, Any]:
    values = {name: getattr(alarm, name) for name in Alarm.__slots__ if name != "id"}
    return values | {"open_subject": alarm.subject if alarm.open else None}


def add(tx: Tx, alarm: Alarm, at: datetime) -> Alarm:
    """Save a new alarm (its `id` is given here)."""
    query = insert(_A).values(_values(alarm)).returning(_A.c.id)
    saved = replace(alarm, id=int(tx.connection.execute(query).scalar_one()))
    tx.changed(saved.property, "alarm", saved.id, at)
    return saved


def save(tx: Tx, alarm: Alarm, at: datetime) -> Alarm:
    """Save a changed alarm."""
    tx.connection.execute(update(_A).where(_A.c.id == alarm.id).values(_values(alarm)))
    tx.changed(alarm.property, "alarm", alarm.id, at)
    return alarm


def get(tx: Tx, property: str, id: int) -> Alarm | None:
    """One alarm of a property."""
    row = tx.connection.execute(select(*_COLUMNS).where(_A.c.property == property, _A.c.id == id)).first()
    return _record(row) if row else None


def open_about(tx: Tx, property: str, subject: str) -> Alarm | None:
    """The open alarm of a subject."""
    row = _ABOUT.first(tx.connection, property=property, subject=subject)
    return _known(row) if row else None


def repeat(tx: Tx, property: str, now: datetime, then: datetime) -> None:
    """Tell of every open alarm that wants to be heard now; it wants to again at `then`."""
    due = _DUE.all(tx.connection, property=property, now=now)
    if due:
        these = (_A.c.property == property, _A.c.open, _A.c.next_at <= now)
        tx.connection.execute(update(_A).where(*these).values(nagged=_A.c.nagged + 1, next_at=then))
    for (id,) in due:
        tx.changed(property, "alarm", id, now)


def open_ones(tx: Tx, property: str) -> list[Alarm]:
    """Every open alarm, oldest first."""
    return [_known(row) for row in _OPEN_ONES.all(tx.connection, property=property)]


def open_of(tx: Tx, property: str, kind: AlarmKind) -> list[Alarm]:
    """Every open alarm of one kind, oldest first."""
    return [_known(row) for row in _OF_KIND.all(tx.connection, property=property, kind=kind)]


def any_loud(tx: Tx, property: str, at: datetime) -> bool:
    """Whether an open alarm wanted to be heard at `at`."""
    loud_from = func.coalesce(_A.c.loud_from, _A.c.since)
    query = select(_A.c.id).where(_A.c.property == property, _A.c.open, loud_from <= at).limit(1)
    return tx.connection.execute(query).first() is not None


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one wants to be heard."""
    found: datetime | None = _NEXT.value(tx.connection, property=property)
    return found


def listed(tx: Tx, property: str, open: bool | None, after: int, limit: int) -> list[Alarm]:
    """Alarms with an id above `after`, oldest first; `open` None gives all."""
    query = select(*_COLUMNS).where(_A.c.property == property, _A.c.id > after)
    if open is not None:
        query = query.where(_A.c.open == open)
    return [_record(row) for row in tx.connection.execute(query.order_by(_A.c.id).limit(limit))]


def count_open(tx: Tx) -> dict[str, int]:
    """How many alarms are open, by property."""
    query = select(_A.c.property, func.count()).where(_A.c.open).group_by(_A.c.property)
    return {row[0]: int(row[1]) for row in tx.connection.execute(query)}


# --- the list of an alarm ---


def _item(row: Any) -> AlarmItem:
    return AlarmItem(**row._mapping)


def _item_values(item: AlarmItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in AlarmItem.__slots__ if name != "id"}


def add_item(tx: Tx, item: AlarmItem) -> AlarmItem:
    """Put a wake-up on the list of an alarm (its `id` is given here)."""
    query = insert(_I).values(_item_values(item)).returning(_I.c.id)
    return replace(item, id=int(tx.connection.execute(query).scalar_one()))


def save_item(tx: Tx, item: AlarmItem) -> None:
    """Save what became of one."""
    tx.connection.execute(update(_I).where(_I.c.id == item.id).values(_item_values(item)))


def items_of(tx: Tx, alarm_ids: Sequence[int]) -> dict[int, list[AlarmItem]]:
    """The lists of some alarms, by due time."""
    columns = [_I.c[name] for name in AlarmItem.__slots__]
    query = select(*columns).where(_I.c.alarm_id.in_(alarm_ids)).order_by(_I.c.due, _I.c.room, _I.c.id)
    found: dict[int, list[AlarmItem]] = {}
    for row in tx.connection.execute(query):
        found.setdefault(row.alarm_id, []).append(_item(row))
    return found


def open_item(tx: Tx, wakeup_id: int) -> AlarmItem | None:
    """Where a wake-up stands on a list and nobody has closed it."""
    columns = [_I.c[name] for name in AlarmItem.__slots__]
    query = select(*columns).where(_I.c.wakeup_id == wakeup_id, _I.c.closed_at.is_(None))
    row = tx.connection.execute(query).first()
    return _item(row) if row else None
