"""Purges go in pieces, so that no batch waits long behind one. Knows no table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from hotelbridge.store.units import Tx

PIECE = 1000  # rows


def purge(tx: Tx, table: Table, *where: ColumnElement[Any], limit: int = PIECE) -> int:
    """Delete up to `limit` rows that match; how many it were. Call again until it gives 0."""
    key = tuple(table.primary_key.columns)
    target = key[0] if len(key) == 1 else tuple_(*key)
    piece = select(*key).where(*where).limit(limit)
    return int(tx.connection.execute(delete(table).where(target.in_(piece))).rowcount)
