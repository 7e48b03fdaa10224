"""Looks at guests, rooms, the journal and resyncs for those who only show them. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hotelbridge.core.guests import JournalLine, LineClass, RoomState, Stay, StayEnd
from hotelbridge.store import tables
from hotelbridge.store.units import Tx

_S = tables.Stay.__table__  # type: ignore[attr-defined]
_T = tables.RoomState.__table__  # type: ignore[attr-defined]
_J = tables.Journal.__table__  # type: ignore[attr-defined]
_X = tables.Resync.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class KeptResync:
    """One time that a PMS told how everything stands."""

    id: int
    state: str
    begun_at: datetime
    ended_at: datetime | None
    difference: str | None  # a JSON object, once it is known
    decided_by: str | None
    decided_at: datetime | None


def in_house(tx: Tx, property: str, rooms: Sequence[str] | None = None) -> list[Stay]:
    """Who is in these rooms, or in the house: by room, then by how long."""
    query = select(*(_S.c[name] for name in Stay.__slots__)).where(
        _S.c.property == property, _S.c.ended_at.is_(None)
    )
    if rooms is not None:
        query = query.where(_S.c.room.in_(rooms))
    return [_stay(row._mapping) for row in tx.connection.execute(query.order_by(_S.c.room, _S.c.id))]


def _stay(row: Any) -> Stay:
    values = dict(row)
    values["line_class"] = _class(values["line_class"])
    values["end"] = None if values["end"] is None else StayEnd(values["end"])
    return Stay(**values)


def _class(word: str | None) -> LineClass | None:
    return None if word is None else LineClass(word)


def room_states(tx: Tx, property: str, rooms: Sequence[str]) -> dict[str, RoomState]:
    """What was said of these rooms themselves, by room; not there: nothing."""
    query = select(*(_T.c[name] for name in RoomState.__slots__)).where(
        _T.c.property == property, _T.c.room.in_(rooms)
    )
    found = [dict(row._mapping) for row in tx.connection.execute(query)]
    return {one["room"]: RoomState(**(one | {"line_class": _class(one["line_class"])})) for one in found}


def journal(
    tx: Tx, property: str, room: str | None = None, before: int | None = None, limit: int = 100
) -> list[JournalLine]:
    """Lines of the journal, newest first: of a room, or of the whole house."""
    query = select(*(_J.c[name] for name in JournalLine.__slots__)).where(_J.c.property == property)
    if room is not None:
        query = query.where(_J.c.room == room)
    if before is not None:
        query = query.where(_J.c.id < before)
    rows = tx.connection.execute(query.order_by(_J.c.id.desc()).limit(limit))
    return [JournalLine(**row._mapping) for row in rows]


def resyncs(tx: Tx, property: str, before: int | None = None, limit: int = 100) -> list[KeptResync]:
    """Resyncs, newest first."""
    query = select(*(_X.c[name] for name in KeptResync.__slots__)).where(_X.c.property == property)
    if before is not None:
        query = query.where(_X.c.id < before)
    rows = tx.connection.execute(query.order_by(_X.c.id.desc()).limit(limit))
    return [KeptResync(**row._mapping) for row in rows]


def resync(tx: Tx, property: str, id: int) -> KeptResync | None:
    """One resync of a property."""
    return next((one for one in resyncs(tx, property, id + 1, 1) if one.id == id), None)
