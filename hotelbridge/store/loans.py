"""Loans: parameters of phones that are to be put back. At most one of a kind is under way per phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, insert, select, update

from hotelbridge.core.records import Loan, LoanKind, LoanState, WakeupState
from hotelbridge.store import tables
from hotelbridge.store.database import Tx

_L = tables.Loan.__table__  # type: ignore[attr-defined]
_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_ACTIVE = _L.c.state != LoanState.OVER


def _record(row: Any) -> Loan:
    values = dict(row._mapping)
    values["before"], values["during"] = json.loads(values["before"]), json.loads(values["during"])
    values["kind"], values["state"] = LoanKind(values["kind"]), LoanState(values["state"])
    return Loan(**values)


def _values(loan: Loan) -> dict[str, Any]:
    values = {name: getattr(loan, name) for name in Loan.__slots__ if name != "id"}
    return values | {"before": json.dumps(loan.before), "during": json.dumps(loan.during)}


def add(tx: Tx, loan: Loan) -> Loan:
    """Save a new loan (its `id` is given here)."""
    query = insert(_L).values(_values(loan)).returning(_L.c.id)
    return replace(loan, id=int(tx.connection.execute(query).scalar_one()))


def save(tx: Tx, loan: Loan) -> None:
    """Save what became of a loan."""
    tx.connection.execute(update(_L).where(_L.c.id == loan.id).values(_values(loan)))


def get(tx: Tx, id: int) -> Loan | None:
    """One loan."""
    row = tx.connection.execute(select(_L).where(_L.c.id == id)).first()
    return _record(row) if row else None


def active(tx: Tx, property: str, kind: LoanKind, states: Sequence[LoanState] | None = None) -> list[Loan]:
    """Loans under way, in some states or all."""
    query = select(_L).where(_L.c.property == property, _L.c.kind == kind, _ACTIVE)
    if states is not None:
        query = query.where(_L.c.state.in_(states))
    return [_record(row) for row in tx.connection.execute(query.order_by(_L.c.id))]


def due(tx: Tx, property: str, now: datetime, limit: int = 200) -> list[Loan]:
    """Loans that want to be looked at."""
    query = select(_L).where(_L.c.property == property, _ACTIVE, _L.c.next_at <= now)
    return [_record(row) for row in tx.connection.execute(query.order_by(_L.c.next_at, _L.c.id).limit(limit))]


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one wants to be looked at."""
    query = select(func.min(_L.c.next_at)).where(_L.c.property == property, _ACTIVE)
    found: datetime | None = tx.connection.execute(query).scalar()
    return found


def _unread(property: str, since: datetime) -> Any:
    """Wake-ups to come whose phones were not read since `since`, soonest first."""
    looked = exists().where(and_(_L.c.wakeup_id == _W.c.id, _L.c.kind == LoanKind.REACH, _L.c.at >= since))
    return (
        select(_W.c.id, _W.c.room, _W.c.next_at)
        .where(_W.c.property == property, _W.c.state == WakeupState.SCHEDULED, _W.c.in_person.is_(False))
        .where(~looked)
        .order_by(_W.c.next_at, _W.c.id)
    )


def to_reach(tx: Tx, property: str, until: datetime, since: datetime) -> list[tuple[int, str]]:
    """Wake-ups (id, room) that ring up to `until` and whose phones were not read since `since`."""
    query = _unread(property, since).where(_W.c.next_at <= until).limit(200)
    return [(int(row[0]), row[1]) for row in tx.connection.execute(query)]


def next_to_reach(tx: Tx, property: str, since: datetime) -> datetime | None:
    """When the next wake-up rings whose phones were not read since `since`."""
    row = tx.connection.execute(_unread(property, since).limit(1)).first()
    return row[2] if row else None
