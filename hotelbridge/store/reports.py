"""Reports as a record of what a device said, worked off or not: for whoever looks for a fault.

Read in order of arrival and never followed by an id cursor alone: on PostgreSQL a smaller id may be
committed after a greater one, so a follower looks back a little and forgets what it has seen.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, LargeBinary, func, literal, select

from hotelbridge.core.records import StoredReport
from hotelbridge.store import tables
from hotelbridge.store.units import Tx

_R = tables.Report.__table__  # type: ignore[attr-defined]
_COLUMNS = (_R.c.id, _R.c.property, _R.c.device, _R.c.at, _R.c.body)


def since(tx: Tx, property: str, device: str, at: datetime, limit: int = 10_000) -> list[StoredReport]:
    """What a device has said from then on, oldest first."""
    mine = (_R.c.property == property, _R.c.device == device, _R.c.at >= at)
    query = select(*_COLUMNS).where(*mine).order_by(_R.c.at, _R.c.id).limit(limit)
    return [StoredReport(*row) for row in tx.connection.execute(query)]


def containing(tx: Tx, property: str, device: str, word: bytes, limit: int = 1000) -> list[StoredReport]:
    """The last reports of a device in which a word stands, among those that are still kept."""
    mine = (_R.c.property == property, _R.c.device == device, _stands_in(tx, word))
    query = select(*_COLUMNS).where(*mine).order_by(_R.c.id.desc()).limit(limit)
    return [StoredReport(*row) for row in tx.connection.execute(query)]


def _stands_in(tx: Tx, word: bytes) -> ColumnElement[bool]:
    """SQLite compares no blobs with LIKE, PostgreSQL has no `instr`."""
    if tx.connection.dialect.name == "sqlite":
        return func.instr(_R.c.body, literal(word, LargeBinary())) > 0
    like: ColumnElement[bool] = _R.c.body.op("LIKE", is_comparison=True)(b"%" + word + b"%")
    return like
