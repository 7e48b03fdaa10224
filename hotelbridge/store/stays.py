"""Who is in the house, and what was said of its rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from hotelbridge.core.guests import LineClass, RoomState, Stay, StayEnd
from hotelbridge.store import tables_guests as tables
from hotelbridge.store.database import Tx

_S = tables.Stay.__table__  # type: ignore[attr-defined]
_R = tables.RoomState.__table__  # type: ignore[attr-defined]


def in_house(tx: Tx, property: str, rooms: Sequence[str] | None = None) -> list[Stay]:
    """Every guest who is in the house now, in these rooms or in all, by room and arrival."""
    query = select(*(_S.c[name] for name in Stay.__slots__)).where(
        _S.c.property == property, _S.c.ended_at.is_(None)
    )
    if rooms is not None:
        query = query.where(_S.c.room.in_(list(rooms)))
    return [_stay(row) for row in tx.connection.execute(query.order_by(_S.c.room, _S.c.since, _S.c.id))]


def room_states(tx: Tx, property: str, rooms: Sequence[str]) -> dict[str, RoomState]:
    """What was said of these rooms themselves; only those of which something was said."""
    query = select(*(_R.c[name] for name in RoomState.__slots__)).where(
        _R.c.property == property, _R.c.room.in_(list(rooms))
    )
    return {row.room: _state(row) for row in tx.connection.execute(query)}


def _stay(row: Any) -> Stay:
    values = dict(row._mapping)
    values["line_class"] = None if values["line_class"] is None else LineClass(values["line_class"])
    values["end"] = None if values["end"] is None else StayEnd(values["end"])
    return Stay(**values)


def _state(row: Any) -> RoomState:
    values = dict(row._mapping)
    values["line_class"] = None if values["line_class"] is None else LineClass(values["line_class"])
    return RoomState(**values)
