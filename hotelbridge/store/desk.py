"""The desk's own things: its consoles, and the rounds in which its phones are rung."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from hotelbridge.core.records import Console, DeskCalls
from hotelbridge.store import tables
from hotelbridge.store.database import Tx

_C = tables.Console.__table__  # type: ignore[attr-defined]
_D = tables.DeskCalls.__table__  # type: ignore[attr-defined]


def _values(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def consoles(tx: Tx, property: str) -> list[Console]:
    """Every console on record, by name."""
    columns = [_C.c[name] for name in Console.__slots__]
    query = select(*columns).where(_C.c.property == property).order_by(_C.c.name)
    return [Console(*row) for row in tx.connection.execute(query)]


def save_console(tx: Tx, console: Console) -> None:
    """Save a console, new or known."""
    key = (_C.c.property == console.property, _C.c.name == console.name)
    if tx.connection.execute(update(_C).where(*key).values(_values(console))).rowcount == 0:
        tx.connection.execute(insert(_C).values(_values(console)))


def forget_consoles(tx: Tx, property: str, before: datetime) -> None:
    """Delete those that were not seen since `before`."""
    tx.connection.execute(delete(_C).where(_C.c.property == property, _C.c.seen_at < before))


def calls(tx: Tx, property: str) -> DeskCalls:
    """The rounds of a property; a blank record where there was none yet."""
    row = tx.connection.execute(
        select(_D.c.property, _D.c.round, _D.c.next_at).where(_D.c.property == property)
    ).first()
    return DeskCalls(*row) if row else DeskCalls(property, 0)


def save_calls(tx: Tx, record: DeskCalls) -> None:
    """Save the rounds of a property."""
    changed = update(_D).where(_D.c.property == record.property).values(_values(record))
    if tx.connection.execute(changed).rowcount == 0:
        tx.connection.execute(insert(_D).values(_values(record)))
