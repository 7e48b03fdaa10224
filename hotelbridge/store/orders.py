"""Orders: what was asked for, from which the wake-ups of the days to come are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, not_, or_, select, update

from hotelbridge.core.records import FINAL_STATES, Order, Proof
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Statement

_O = tables.WakeupOrder.__table__  # type: ignore[attr-defined]
_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_TO_COME = (_W.c.order_id == _O.c.id, _W.c.state.not_in(tuple(sorted(FINAL_STATES))))

_NAMES = [column.name for column in _O.c]
_STANDING = Statement(
    select(*_O.c)
    .where(_O.c.property == bindparam("property"), _O.c.ended_at.is_(None), _O.c.days != "")
    .order_by(_O.c.id)
)


def _record(row: Any) -> Order:
    return _known(row)


def _known(row: Sequence[Any]) -> Order:
    values = dict(zip(_NAMES, row, strict=True))
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


def to_make(tx: Tx, property: str, last: str, limit: int) -> list[Order]:
    """Recurring orders whose wake-ups are not made up to a local day, "2026-12-04", or to their own end."""
    query = select(_O).where(
        _O.c.property == property,
        _O.c.ended_at.is_(None),
        _O.c.days != "",
        _O.c.made_until < last,
        or_(_O.c.until.is_(None), _O.c.made_until < _O.c.until),
    )
    return [_record(row) for row in tx.connection.execute(query.order_by(_O.c.id).limit(limit))]


def standing(tx: Tx, property: str) -> list[Order]:
    """The orders for several days that are not ended; their last day may be over."""
    return [_known(row) for row in _STANDING.all(tx.connection, property=property)]


def listed(tx: Tx, property: str, open: bool | None, today: str, after: int, limit: int) -> list[Order]:
    """Orders with an id above `after`. Open: something of it is to come, as of the local day `today`."""
    query = select(_O).where(_O.c.property == property, _O.c.id > after)
    if open is not None:
        goes_on = and_(
            _O.c.ended_at.is_(None), _O.c.days != "", or_(_O.c.until.is_(None), _O.c.until >= today)
        )
        is_open = or_(goes_on, exists().where(*_TO_COME))
        query = query.where(is_open if open else not_(is_open))
    return [_record(row) for row in tx.connection.execute(query.order_by(_O.c.id).limit(limit))]


def to_come(tx: Tx, order: Order) -> tuple[int, datetime | None]:
    """How many wake-ups of an order are not over, and when the next of them is due."""
    query = select(func.count(), func.min(_W.c.due)).where(
        _W.c.order_id == order.id, _W.c.state.not_in(tuple(sorted(FINAL_STATES)))
    )
    count, due = tx.connection.execute(query).one()
    return int(count), due
