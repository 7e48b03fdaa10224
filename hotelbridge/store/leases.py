"""Leases: the right of one node to run one property, on the database's own clock.

The epoch grows with every claim and is never given twice: a unit that carries yesterday's is turned
away by `fence`, in the same transaction as its writes. On SQLite there is one node, so the row only
guards against two daemons on one file; the time runs by the machine's clock and does not fence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Interval, bindparam, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hotelbridge.errors import NotOwner
from hotelbridge.store import tables
from hotelbridge.store.columns import Instant
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx
from hotelbridge.texts import phrase

_L = tables.Lease.__table__  # type: ignore[attr-defined]
# A plain SELECT would not fence: the lease could move between it and the commit.
_HELD = (
    select(literal(1))
    .select_from(_L)
    .where(_L.c.property == bindparam("property"), _L.c.node == bindparam("node"))
    .where(_L.c.epoch == bindparam("epoch"))
    .with_for_update(read=True)
)
_FENCE_SQLITE = Statement(_HELD)
_FENCE = Statement(_HELD.where(_L.c.expires > func.clock_timestamp()))
_SQLITE_FORMAT = "%Y-%m-%dT%H:%M:%f000Z"  # as `columns.instant_text` writes it, by the millisecond


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may run a property, and until when unless renewed."""

    property: str
    node: str
    epoch: int
    expires: datetime


def claim(
    tx: Tx,
    property: str,
    node: str,
    ttl: timedelta,
    is_dead: Callable[[str], bool] = lambda holder: False,
) -> Lease | None:
    """Take a property that is free, expired, or held by this very node before a restart; else None.

    `is_dead` says whether another holder certainly lives no more: its time is not waited for.
    """
    mine = [node]
    known = holder(tx, property)
    if known is not None and known.node != node and is_dead(known.node):
        mine.append(known.node)
    insert: Any = sqlite.insert if _is_sqlite(tx) else postgresql.insert
    new = insert(_L).values(property=property, node=node, epoch=1, expires=_now(tx, ttl))
    taken = new.on_conflict_do_update(
        index_elements=[_L.c.property],
        set_={"node": node, "epoch": _L.c.epoch + 1, "expires": _now(tx, ttl)},
        where=or_(_L.c.node.in_(mine), _L.c.expires <= _now(tx)),
    ).returning(_L.c.property, _L.c.node, _L.c.epoch, _L.c.expires)
    row = tx.connection.execute(taken).first()
    return Lease(*row) if row else None


def renew(tx: Tx, property: str, node: str, epoch: int, ttl: timedelta) -> bool:
    """Hold it for `ttl` from now; False where it is no longer ours, or has run out already."""
    query = update(_L).where(*_held(tx, property, node, epoch)).values(expires=_now(tx, ttl))
    return bool(tx.connection.execute(query).rowcount)


def release(tx: Tx, property: str, node: str, epoch: int) -> None:
    """Let another node take it at once. The row stays, and with it the epoch."""
    query = update(_L).where(*_held(tx, property, node, epoch)).values(expires=_now(tx))
    tx.connection.execute(query)


def fence(tx: Tx, property: str, node: str, epoch: int) -> None:
    """Raise `NotOwner` unless the lease is ours now; it cannot move before this transaction has ended."""
    if not is_ours(tx, property, node, epoch):
        raise NotOwner(phrase(f"{node} does not run {property} now"))


def is_ours(tx: Tx, property: str, node: str, epoch: int) -> bool:
    """Whether the lease is ours now; if so, it cannot move before this transaction has ended."""
    query = _FENCE_SQLITE if _is_sqlite(tx) else _FENCE
    return query.first(tx.connection, property=property, node=node, epoch=epoch) is not None


def holder(tx: Tx, property: str) -> Lease | None:
    """Who has, or last had, a property."""
    row = tx.connection.execute(select(_L).where(_L.c.property == property)).first()
    return Lease(*row) if row else None


def is_held(tx: Tx, property: str) -> bool:
    """Whether any node runs a property now, by the database's clock."""
    query = select(literal(1)).select_from(_L).where(_L.c.property == property, _L.c.expires > _now(tx))
    return tx.connection.execute(query).first() is not None


def _held(tx: Tx, property: str, node: str, epoch: int) -> list[ColumnElement[bool]]:
    mine = [_L.c.property == property, _L.c.node == node, _L.c.epoch == epoch]
    if not _is_sqlite(tx):
        mine.append(_L.c.expires > func.clock_timestamp())
    return mine


def _is_sqlite(tx: Tx) -> bool:
    return tx.connection.dialect.name == "sqlite"


def _now(tx: Tx, plus: timedelta = timedelta(0)) -> ColumnElement[Any]:
    """The database's clock, some time ahead."""
    if _is_sqlite(tx):
        seconds = f"{plus.total_seconds():+.3f} seconds"
        return func.strftime(_SQLITE_FORMAT, "now", seconds, type_=Instant())
    return func.clock_timestamp() + literal(plus, Interval())
