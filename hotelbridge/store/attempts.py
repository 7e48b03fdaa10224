"""Attempts: each ring of a phone, saved before its Connect is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from hotelbridge.core.attempt import Phase
from hotelbridge.core.records import Attempt, Outcome, Proof
from hotelbridge.store import tables
from hotelbridge.store.database import Tx

_A = tables.Attempt.__table__  # type: ignore[attr-defined]
_OPEN = _A.c.phase != Phase.OVER


def _record(row: Any) -> Attempt:
    values = dict(row._mapping)
    if values["outcome"] is not None:
        values["outcome"] = Outcome(values["outcome"])
    values["proof"] = Proof(values["proof"])
    return Attempt(**values)


def _values(attempt: Attempt) -> dict[str, Any]:
    return {name: getattr(attempt, name) for name in Attempt.__slots__ if name != "id"}


def _select(tx: Tx, *where: Any) -> list[Attempt]:
    return [_record(row) for row in tx.connection.execute(select(_A).where(*where).order_by(_A.c.id))]


def add(tx: Tx, attempt: Attempt) -> Attempt:
    """Save a new attempt (its `id` is given here)."""
    query = insert(_A).values(_values(attempt)).returning(_A.c.id)
    return replace(attempt, id=int(tx.connection.execute(query).scalar_one()))


def save(tx: Tx, attempt: Attempt) -> None:
    """Save what became of an attempt."""
    tx.connection.execute(update(_A).where(_A.c.id == attempt.id).values(_values(attempt)))


def get(tx: Tx, id: int) -> Attempt | None:
    """One attempt."""
    found = _select(tx, _A.c.id == id)
    return found[0] if found else None


def of_wakeup(tx: Tx, wakeup_id: int) -> list[Attempt]:
    """All rings of a wake-up, oldest first."""
    return _select(tx, _A.c.wakeup_id == wakeup_id)


def of_round(tx: Tx, wakeup_id: int, n: int) -> list[Attempt]:
    """The rings of one round."""
    return _select(tx, _A.c.wakeup_id == wakeup_id, _A.c.n == n)


def open_ones(tx: Tx, property: str) -> list[Attempt]:
    """Every attempt that still occupies a call."""
    return _select(tx, _A.c.property == property, _OPEN)


def open_on(tx: Tx, property: str, device: str, phones: Iterable[str]) -> list[Attempt]:
    """The open attempts on some phones of a device."""
    return _select(tx, _A.c.property == property, _A.c.device == device, _A.c.phone.in_(list(phones)), _OPEN)


def last_on(tx: Tx, property: str, device: str, phone: str, since: datetime) -> Attempt | None:
    """The newest ring of a phone, if it ended after `since` or is not over."""
    where = (_A.c.property == property, _A.c.device == device, _A.c.phone == phone)
    recent = (_A.c.started > since - timedelta(hours=1), or_(_A.c.ended.is_(None), _A.c.ended > since))
    query = select(_A).where(*where, *recent).order_by(_A.c.id.desc()).limit(1)
    row = tx.connection.execute(query).first()
    return _record(row) if row else None


def silent(tx: Tx, property: str, now: datetime) -> list[Attempt]:
    """Those whose `check_at` has come."""
    return _select(tx, _A.c.property == property, _A.c.check_at <= now, _OPEN)


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one's silence becomes news."""
    found: datetime | None = tx.connection.execute(
        select(func.min(_A.c.check_at)).where(_A.c.property == property, _OPEN)
    ).scalar()
    return found


def counts(tx: Tx, wakeup_ids: Sequence[int]) -> dict[int, int]:
    """How many rings each of these wake-ups had."""
    query = (
        select(_A.c.wakeup_id, func.count()).where(_A.c.wakeup_id.in_(wakeup_ids)).group_by(_A.c.wakeup_id)
    )
    return {int(row[0]): int(row[1]) for row in tx.connection.execute(query)}
