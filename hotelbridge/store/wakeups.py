"""Wake-ups: the rows whose `next_at` drives the ladder.

Every save raises the row's version and tells the change feed, so that nobody has to remember it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

from hotelbridge.core.records import ClosingOutcome, Outcome, Proof, Wakeup, WakeupState
from hotelbridge.store import tables
from hotelbridge.store.database import Tx

_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_ARMED = (WakeupState.SCHEDULED, WakeupState.WAITING)
PENDING = (WakeupState.SCHEDULED, WakeupState.CALLING, WakeupState.WAITING)


def _record(row: Any) -> Wakeup:
    values = dict(row._mapping)
    values["state"] = WakeupState(values["state"])
    values["proof"] = Proof(values["proof"])
    if values["result"] is not None:
        kind = ClosingOutcome if values["state"] == WakeupState.CLOSED else Outcome
        values["result"] = kind(values["result"])
    return Wakeup(**values)


def _values(wakeup: Wakeup) -> dict[str, Any]:
    return {name: getattr(wakeup, name) for name in Wakeup.__slots__ if name != "id"}


def add(tx: Tx, wakeup: Wakeup, at: datetime) -> Wakeup:
    """Save a new wake-up (its `id` is given here)."""
    query = insert(_W).values(_values(wakeup)).returning(_W.c.id)
    saved = replace(wakeup, id=int(tx.connection.execute(query).scalar_one()))
    tx.changed(saved.property, "wakeup", saved.id, at)
    return saved


def save(tx: Tx, wakeup: Wakeup, at: datetime) -> Wakeup:
    """Save a changed wake-up under its next version."""
    saved = replace(wakeup, version=wakeup.version + 1)
    tx.connection.execute(update(_W).where(_W.c.id == wakeup.id).values(_values(saved)))
    tx.changed(saved.property, "wakeup", saved.id, at)
    return saved


def get(tx: Tx, property: str, id: int) -> Wakeup | None:
    """One wake-up of a property."""
    row = tx.connection.execute(select(_W).where(_W.c.property == property, _W.c.id == id)).first()
    return _record(row) if row else None


def by_id(tx: Tx, id: int) -> Wakeup:
    """One that an attempt points to; it is never deleted before its attempts."""
    return _record(tx.connection.execute(select(_W).where(_W.c.id == id)).one())


def due(
    tx: Tx, property: str, now: datetime, rooms: Sequence[str] | None = None, limit: int = 200
) -> list[Wakeup]:
    """Those that want to ring, earliest first; of some rooms only, where others could not ring now."""
    query = select(_W).where(_W.c.property == property, _W.c.state.in_(_ARMED), _W.c.next_at <= now)
    if rooms is not None:
        query = query.where(_W.c.room.in_(rooms))
    return [_record(row) for row in tx.connection.execute(query.order_by(_W.c.next_at, _W.c.id).limit(limit))]


def overdue(tx: Tx, property: str, before: datetime, limit: int = 200) -> list[Wakeup]:
    """Those whose ring should have started before `before` and did not."""
    query = select(_W).where(_W.c.property == property, _W.c.state.in_(_ARMED), _W.c.next_at < before)
    return [_record(row) for row in tx.connection.execute(query.order_by(_W.c.next_at, _W.c.id).limit(limit))]


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one wants to ring."""
    query = select(func.min(_W.c.next_at)).where(_W.c.property == property, _W.c.state.in_(_ARMED))
    found: datetime | None = tx.connection.execute(query).scalar()
    return found


def of_rooms(tx: Tx, property: str, rooms: Sequence[str], states: Sequence[WakeupState]) -> list[Wakeup]:
    """The wake-ups of some rooms in some states, by due time."""
    query = (
        select(_W)
        .where(_W.c.property == property, _W.c.room.in_(rooms), _W.c.state.in_(states))
        .order_by(_W.c.due, _W.c.id)
    )
    return [_record(row) for row in tx.connection.execute(query)]


def coming(tx: Tx, property: str, until: datetime, limit: int = 1000) -> list[Wakeup]:
    """Those that are to ring for the first time up to `until`, earliest first."""
    query = select(_W).where(
        _W.c.property == property, _W.c.state == WakeupState.SCHEDULED, _W.c.due <= until
    )
    return [_record(row) for row in tx.connection.execute(query.order_by(_W.c.due, _W.c.id).limit(limit))]


def first_pending(tx: Tx, property: str, room: str) -> Wakeup | None:
    """The next wake-up of a room that has not rung yet."""
    query = select(_W).where(
        _W.c.property == property, _W.c.room == room, _W.c.state == WakeupState.SCHEDULED
    )
    row = tx.connection.execute(query.order_by(_W.c.due, _W.c.id).limit(1)).first()
    return _record(row) if row else None


def pending_by_room(tx: Tx, property: str) -> dict[str, int]:
    """How many wake-ups each room has before it."""
    query = (
        select(_W.c.room, func.count())
        .where(_W.c.property == property, _W.c.state.in_(PENDING))
        .group_by(_W.c.room)
    )
    return {row[0]: int(row[1]) for row in tx.connection.execute(query)}


def ahead(tx: Tx, wakeup: Wakeup, rooms: Sequence[str], since: datetime) -> int:
    """How many pending ones among `rooms`, due from `since` on, ring before this one."""
    before = or_(_W.c.due < wakeup.due, and_(_W.c.due == wakeup.due, _W.c.id < wakeup.id))
    query = select(func.count()).where(
        _W.c.property == wakeup.property,
        _W.c.room.in_(rooms),
        _W.c.state.in_(PENDING),
        _W.c.due >= since,
        before,
    )
    return int(tx.connection.execute(query).scalar_one())


def counts(tx: Tx) -> dict[tuple[str, str], int]:
    """How many wake-ups are in each state, by property and state."""
    query = select(_W.c.property, _W.c.state, func.count()).group_by(_W.c.property, _W.c.state)
    return {(row[0], row[1]): int(row[2]) for row in tx.connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which wake-ups to list; `after` is the (due, id) of the last one seen."""

    state: WakeupState | None = None
    from_: datetime | None = None
    to: datetime | None = None
    room: str | None = None
    after: tuple[datetime, int] | None = None


def listed(tx: Tx, property: str, wanted: Filter, limit: int) -> list[Wakeup]:
    """Wake-ups by due time, then id."""
    query = select(_W).where(_W.c.property == property)
    if wanted.state is not None:
        query = query.where(_W.c.state == wanted.state)
    if wanted.from_ is not None:
        query = query.where(_W.c.due >= wanted.from_)
    if wanted.to is not None:
        query = query.where(_W.c.due < wanted.to)
    if wanted.room is not None:
        query = query.where(_W.c.room == wanted.room)
    if wanted.after is not None:
        due_at, id = wanted.after
        query = query.where(or_(_W.c.due > due_at, and_(_W.c.due == due_at, _W.c.id > id)))
    return [_record(row) for row in tx.connection.execute(query.order_by(_W.c.due, _W.c.id).limit(limit))]
