"""What a database that is replaced by a backup knew of its users: whom it had let go stays out.

A backup brings back passwords that were changed since, perhaps because somebody else knew them, users
who were removed, roles they have no more, and sessions that were ended. Knows no password, only hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, update

from hotelbridge.core.records import Role
from hotelbridge.store import tables, users
from hotelbridge.store.units import Tx
from hotelbridge.store.users import StoredUser

_U = tables.ConsoleUser.__table__  # type: ignore[attr-defined]
_S = tables.ConsoleSession.__table__  # type: ignore[attr-defined]


def of(connection: Connection) -> Mapping[int, StoredUser]:
    """The users of this database by their id, removed ones too."""
    return {one.id: one for one in users.list(Tx(connection, None))}


def keep_out(tx: Tx, lost: Mapping[int, StoredUser], now: datetime) -> None:
    """In a restored database: end every session, and give each user what he had last.

    That is his role, and his end or his password.
    """
    tx.connection.execute(update(_S).where(_S.c.ended_at.is_(None)).values(ended_at=now))
    for mine in users.list(tx):
        last = lost.get(mine.id)
        if last is None or last.created_at != mine.created_at or mine.removed_at is not None:
            continue
        if (last.role, last.property) != (mine.role, mine.property):
            users.set_role(tx, mine.id, Role(last.role), last.property)
        if last.changed_at > mine.changed_at:
            users.set_password(tx, mine.id, last.password_hash, last.changed_at)
        if last.removed_at is not None:
            users.remove(tx, mine.id, last.removed_at)
