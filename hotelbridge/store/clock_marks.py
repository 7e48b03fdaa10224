"""The last time that each node trusted: what a start compares the wall clock with.

One row per node, on the whole node's account: a machine has one clock, however many properties.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from hotelbridge.core.records import Standing
from hotelbridge.core.timeline import Mark
from hotelbridge.store import tables
from hotelbridge.store.units import Tx

_M = tables.ClockMark.__table__  # type: ignore[attr-defined]


def get(tx: Tx, node: str) -> Mark | None:
    """What this node has saved; None before its first time."""
    mine = (_M.c.property == tables.NODE_WIDE, _M.c.node == node)
    row = tx.connection.execute(select(_M).where(*mine)).first()
    if row is None:
        return None
    standing = Standing(row.standing)
    return Mark(row.wall, row.boot_id, row.boot_seconds, standing, row.ahead, row.since, row.floor, row.drift)


def save(tx: Tx, node: str, mark: Mark) -> None:
    """Keep this node's present time instead of the one before."""
    insert: Any = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
    values = {
        "wall": mark.wall,
        "boot_id": mark.boot_id,
        "boot_seconds": mark.boot,
        "standing": str(mark.standing),
        "ahead": mark.ahead,
        "since": mark.since,
        "floor": mark.floor,
        "drift": mark.drift,
    }
    new = insert(_M).values(property=tables.NODE_WIDE, node=node, **values)
    tx.connection.execute(new.on_conflict_do_update(index_elements=[_M.c.property, _M.c.node], set_=values))
