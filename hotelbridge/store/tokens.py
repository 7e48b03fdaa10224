"""Bearer tokens, kept by their hash alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from hotelbridge.core.records import Role
from hotelbridge.store import tables
from hotelbridge.store.units import Tx

_T = tables.Token.__table__  # type: ignore[attr-defined]
_COLUMNS = (_T.c.id, _T.c.property, _T.c.name, _T.c.role, _T.c.created_at, _T.c.revoked_at)


@dataclass(frozen=True, slots=True)
class StoredToken:
    """One token without its secret."""

    id: int
    property: str  # '' for all of them, or a comma list
    name: str
    role: str
    created_at: datetime
    revoked_at: datetime | None


def add(tx: Tx, property: str, name: str, role: Role | str, hash: str, at: datetime) -> int:
    """Save a token; its id."""
    values = {"property": property, "name": name, "role": str(role), "hash": hash, "created_at": at}
    return int(tx.connection.execute(insert(_T).values(values).returning(_T.c.id)).scalar_one())


def by_hash(tx: Tx, hash: str) -> StoredToken | None:
    """The token with this hash; None where it is unknown or revoked."""
    query = select(*_COLUMNS).where(_T.c.hash == hash, _T.c.revoked_at.is_(None))
    row = tx.connection.execute(query).first()
    return StoredToken(*row) if row else None


def revoke(tx: Tx, name: str, at: datetime, keep: Sequence[str] = ()) -> int:
    """Refuse every token of this name from now on, but those with these hashes; how many it were."""
    mine = (_T.c.name == name, _T.c.revoked_at.is_(None), _T.c.hash.not_in(keep))
    return int(tx.connection.execute(update(_T).where(*mine).values(revoked_at=at)).rowcount)


def list(tx: Tx) -> tuple[StoredToken, ...]:
    """All of them, revoked ones too, in the order they were made."""
    return tuple(StoredToken(*row) for row in tx.connection.execute(select(*_COLUMNS).order_by(_T.c.id)))
