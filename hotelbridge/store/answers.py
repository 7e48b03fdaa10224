"""First answers to requests that may come again under the same Idempotency-Key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from hotelbridge.store import pieces, tables
from hotelbridge.store.units import Tx

_K = tables.KeptAnswer.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered, and to which request."""

    fingerprint: str  # of the request; another one under the same key is a mistake of the caller
    answer: str
    at: datetime


def kept(tx: Tx, property: str, key: str, caller: str) -> Kept | None:
    """The answer a caller got under this key."""
    query = select(_K.c.fingerprint, _K.c.answer, _K.c.at)
    query = query.where(_K.c.property == property, _K.c.key == key, _K.c.caller == caller)
    row = tx.connection.execute(query).first()
    return Kept(*row) if row else None


def keep(tx: Tx, property: str, key: str, caller: str, fingerprint: str, answer: str, at: datetime) -> None:
    """Keep an answer, in the same commit as what it tells of."""
    values = {"property": property, "key": key, "caller": caller, "fingerprint": fingerprint}
    tx.connection.execute(insert(_K).values(**values, answer=answer, at=at))


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of what is older than `before`; how many."""
    return pieces.purge(tx, _K, _K.c.property == property, _K.c.at < before)
