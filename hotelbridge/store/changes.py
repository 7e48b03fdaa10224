"""The change feed: what the desk could see change, numbered without gaps within a property.

Lines are written by `Tx.changed`. The last line of a property is never purged: its number is where
the next one goes on.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from hotelbridge.core.records import Change
from hotelbridge.store import pieces, tables
from hotelbridge.store.units import Tx

_C = tables.Change.__table__  # type: ignore[attr-defined]


def since(tx: Tx, property: str, n: int, limit: int) -> list[Change]:
    """The lines after the `n`th, in order."""
    query = select(_C.c.property, _C.c.n, _C.c.kind, _C.c.id, _C.c.at)
    query = query.where(_C.c.property == property, _C.c.n > n).order_by(_C.c.n).limit(limit)
    return [Change(*row) for row in tx.connection.execute(query)]


def latest(tx: Tx, property: str) -> int:
    """The number of the last line; 0 where there is none yet."""
    return int(tx.connection.execute(select(func.max(_C.c.n)).where(_C.c.property == property)).scalar() or 0)


def oldest(tx: Tx, property: str) -> int:
    """The number of the first line that is still kept; 0 where there is none yet."""
    return int(tx.connection.execute(select(func.min(_C.c.n)).where(_C.c.property == property)).scalar() or 0)


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of what is older than `before`; how many lines."""
    mine = (_C.c.property == property, _C.c.at < before, _C.c.n < latest(tx, property))
    return pieces.purge(tx, _C, *mine)
