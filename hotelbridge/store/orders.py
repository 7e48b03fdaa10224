"""Orders: what was asked for, from which the wake-ups of the days to come are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from hotelbridge.core.records import Order, Proof
from hotelbridge.store import tables
from hotelbridge.store.database import Tx

_O = tables.WakeupOrder.__table__  # type: ignore[attr-defined]


def _record(row: Any) -> Order:
    values = dict(row._mapping)
    values["rooms"] = tuple(values.pop("room").split(","))
    values["days"] = tuple(day for day in values["days"].split(",") if day)
    values["proof"] = Proof(values["proof"])
    return Order(**values)


def _values(order: Order) -> dict[str, Any]:
    values = {name: getattr(order, name) for name in Order.__slots__ if name not in ("id", "rooms")}
    return values | {"room": ",".join(order.rooms), "days": ",".join(order.days)}


def add(tx: Tx, order: Order) -> Order:
    """Save a new order (its `id` is given here)."""
    query = insert(_O).values(_values(order)).returning(_O.c.id)
    return replace(order, id=int(tx.connection.execute(query).scalar_one()))


def save(tx: Tx, order: Order) -> None:
    """Save a changed order."""
    tx.connection.execute(update(_O).where(_O.c.id == order.id).values(_values(order)))


def repeating(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Those of these orders that hold on several days."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        query = select(_O.c.id).where(_O.c.id.in_(ids[start : start + 500]), _O.c.days != "")
        found |= {int(row[0]) for row in tx.connection.execute(query)}
    return found


def get(tx: Tx, property: str, id: int) -> Order | None:
    """One order of a property."""
    row = tx.connection.execute(select(_O).where(_O.c.property == property, _O.c.id == id)).first()
    return _record(row) if row else None
