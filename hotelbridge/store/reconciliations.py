"""The accounts that were made of calls and charges; one by itself for each day of the hotel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, select

from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.history import ITSELF
from hotelbridge.store.keyset import NEWEST, behind, newest_first
from hotelbridge.store.prepared import Rows, Statement
from hotelbridge.store.units import Tx


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One account of a stretch of days."""

    id: int
    property: str
    at: datetime  # UTC: when it was made
    begins: datetime  # UTC: where the first day begins
    ends: datetime  # UTC: where the last day ends
    by: str  # who asked for it; this program itself at night
    adds_up: bool
    result: str  # a JSON object


_R = tables.Reconciliation.__table__  # type: ignore[attr-defined]
_ROWS = Rows(_R, Reconciliation)
_OURS = _R.c.property == bindparam("property")
_BY_ID = Statement(select(*_ROWS.columns).where(_OURS, _R.c.id == bindparam("id", type_=BigId)))
_LISTED = Statement(
    select(*_ROWS.columns)
    .where(_OURS, behind(_R))
    .order_by(*newest_first(_R))
    .limit(bindparam("limit", type_=Integer))
)
_NIGHTLY = Statement(
    select(_R.c.begins)
    .where(_OURS, _R.c.begins >= bindparam("since"), _R.c.by == ITSELF.name)
    .order_by(_R.c.begins)
)


def _records(rows: Sequence[Sequence[Any]]) -> list[Reconciliation]:
    return [Reconciliation(*row) for row in rows]


def add(tx: Tx, one: Reconciliation) -> Reconciliation:
    """Save an account (its `id` is given here)."""
    saved = replace(one, id=_ROWS.add(tx.connection, one))
    tx.changed(saved.property, "reconciliation", str(saved.id), saved.at)
    return saved


def get(tx: Tx, property: str, id: int) -> Reconciliation | None:
    """One account of a property."""
    return next(iter(_records(_BY_ID.all(tx.connection, property=property, id=id))), None)


def listed(tx: Tx, property: str, before: int | None = None, limit: int = 100) -> list[Reconciliation]:
    """Accounts, newest first; `before`: those behind the one with this id, none where there is no such."""
    at, id = NEWEST
    if before is not None:
        known = get(tx, property, before)
        if known is None:
            return []
        at, id = known.at, known.id
    return _records(_LISTED.all(tx.connection, property=property, before_at=at, before_id=id, limit=limit))


def nights(tx: Tx, property: str, since: datetime) -> list[datetime]:
    """The begins of the days, from `since` on, whose account was made by itself."""
    return [row[0] for row in _NIGHTLY.all(tx.connection, property=property, since=since)]


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of the accounts that were made before `before`; how many."""
    return pieces.purge(tx, _R, _R.c.property == property, _R.c.at < before)
