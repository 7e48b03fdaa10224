"""Resyncs: each time that a PMS told how everything stands, what it told, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select

from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.prepared import Rows, Statement
from hotelbridge.store.units import Tx

OPEN, ASKING = "open", "asking"  # it is being told; a person is to decide
APPLIED, DISMISSED, DROPPED = "applied", "dismissed", "dropped"  # the last: another one was begun


@dataclass(frozen=True, slots=True)
class Resync:
    """One of them; `difference` is a JSON object once it is known."""

    id: int
    property: str
    state: str
    begun_at: datetime
    ended_at: datetime | None = None
    difference: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


_R = tables.Resync.__table__  # type: ignore[attr-defined]
_F = tables.ResyncFact.__table__  # type: ignore[attr-defined]
_ROWS = Rows(_R, Resync)
_OURS = _R.c.property == bindparam("property")
_SELECT = select(*_ROWS.columns)
_UNDECIDED = Statement(_SELECT.where(_OURS, or_(_R.c.state == OPEN, _R.c.state == ASKING)))
_ADD_FACT = Statement(insert(_F), ("property", "resync_id", "fact"))
_FACTS = Statement(select(_F.c.fact).where(_F.c.resync_id == bindparam("of", type_=BigId)).order_by(_F.c.id))


def begin(tx: Tx, property: str, at: datetime) -> Resync:
    """One is begun."""
    fresh = Resync(0, property, OPEN, at)
    return replace(fresh, id=_ROWS.add(tx.connection, fresh))


def save(tx: Tx, one: Resync, at: datetime) -> Resync:
    """Save what became of one."""
    _ROWS.save(tx.connection, one)
    tx.changed(one.property, "resync", one.id, at)
    return one


def undecided(tx: Tx, property: str) -> Resync | None:
    """The one that is being told, or waits for a person; there is never more than one."""
    found = _UNDECIDED.all(tx.connection, property=property)
    return Resync(*found[-1]) if found else None


def get(tx: Tx, property: str, id: int) -> Resync | None:
    """One of a property."""
    row: Any = tx.connection.execute(_SELECT.where(_R.c.property == property, _R.c.id == id)).first()
    return Resync(*row) if row else None


def listed(tx: Tx, property: str, limit: int, before: int | None = None) -> list[Resync]:
    """The newest first; `before`: those with a smaller id only."""
    query = _SELECT.where(_R.c.property == property).order_by(_R.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_R.c.id < before)
    return [Resync(*row) for row in tx.connection.execute(query)]


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of those that were decided and were begun before `before`, and what they were told."""
    decided = _R.c.state.in_((APPLIED, DISMISSED, DROPPED))
    old = select(_R.c.id).where(_R.c.property == property, decided, _R.c.begun_at < before)
    ids = list(tx.connection.execute(old.order_by(_R.c.id).limit(1)).scalars())
    if told := pieces.purge(tx, _F, _F.c.resync_id.in_(ids)) if ids else 0:
        return told  # of a whole house; the next piece takes the rest, and the resync itself at last
    return pieces.purge(tx, _R, _R.c.id.in_(ids)) if ids else 0


def add_fact(tx: Tx, one: Resync, fact: str) -> None:
    """Something was told."""
    _ADD_FACT.run(tx.connection, property=one.property, resync_id=one.id, fact=fact)


def facts(tx: Tx, one: Resync) -> list[str]:
    """What was told, in order."""
    return [row[0] for row in _FACTS.all(tx.connection, of=one.id)]


def newest_facts(tx: Tx, one: Resync) -> list[tuple[int, str]]:
    """The same with their ids, the newest first."""
    query = select(_F.c.id, _F.c.fact).where(_F.c.resync_id == one.id).order_by(_F.c.id.desc())
    return [(row.id, row.fact) for row in tx.connection.execute(query)]


def forget_fact(tx: Tx, id: int) -> None:
    """What was told has been told again since."""
    tx.connection.execute(delete(_F).where(_F.c.id == id))


def forget_facts(tx: Tx, one: Resync) -> None:
    """It is decided: what was told is not needed any more."""
    tx.connection.execute(delete(_F).where(_F.c.resync_id == one.id))
