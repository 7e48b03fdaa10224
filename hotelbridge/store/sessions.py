"""The sessions of users at the console, kept by the hash of their token alone. Knows no rule of how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId, Instant
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session that nobody ended, with the user as he is now."""

    id: int
    created_at: datetime
    seen_at: datetime  # written now and then only
    user_id: int
    name: str
    role: str
    property: str  # the user's: '' for all of them, or a comma list
    language: str


_S = tables.ConsoleSession.__table__  # type: ignore[attr-defined]
_U = tables.ConsoleUser.__table__  # type: ignore[attr-defined]
_OF_USER = _S.join(_U, _S.c.user_id == _U.c.id)
_OPEN = (_S.c.ended_at.is_(None), _U.c.removed_at.is_(None))
_ADD = Statement(
    insert(_S).returning(_S.c.id), ["property", "hash", "user_id", "created_at", "seen_at", "origin"]
)
_BY_HASH = Statement(
    select(
        *(_S.c.id, _S.c.created_at, _S.c.seen_at, _S.c.user_id),
        *(_U.c.name, _U.c.role, _U.c.property, _U.c.language),
    )
    .select_from(_OF_USER)
    .where(_S.c.hash == bindparam("hash"), *_OPEN)
)
_WAS_THERE = Statement(
    select(_S.c.id)
    .select_from(_OF_USER)
    .where(_U.c.folded == bindparam("folded"), _U.c.removed_at.is_(None))
    .where(_S.c.origin == bindparam("origin"))
    .limit(1)
)
_NOW = bindparam("now", type_=Instant)
_SEEN = Statement(
    update(_S).where(_S.c.id == bindparam("its_id"), _S.c.seen_at < _NOW).values(seen_at=_NOW),
)
_NOT_YET = _S.c.ended_at.is_(None)
_END = Statement(update(_S).where(_S.c.id == bindparam("its_id"), _NOT_YET).values(ended_at=_NOW))
_ANEW = Statement(
    update(_S)
    .where(_S.c.id == bindparam("its_id"), _S.c.created_at == bindparam("began", type_=Instant), _NOT_YET)
    .values(created_at=_NOW)
    .returning(_S.c.id)
)
_END_OTHERS = Statement(
    update(_S)
    .where(_S.c.user_id == bindparam("whose"), _S.c.id != bindparam("keep", type_=BigId), _NOT_YET)
    .values(ended_at=_NOW)
)


def add(tx: Tx, hash: str, user_id: int, at: datetime, origin: str) -> int:
    """Save a session; its id."""
    values = {"property": tables.NODE_WIDE, "hash": hash, "user_id": user_id, "origin": origin}
    return int(_ADD.value(tx.connection, **values, created_at=at, seen_at=at))


def by_hash(tx: Tx, hash: str) -> StoredSession | None:
    """The session with this hash; None where it is unknown or ended, or its user was removed."""
    row = _BY_HASH.first(tx.connection, hash=hash)
    return StoredSession(*row) if row else None


def was_there(tx: Tx, folded_name: str, origin: str) -> bool:
    """Whether the user of this name has logged in from there, as far back as sessions are kept."""
    return _WAS_THERE.first(tx.connection, folded=folded_name, origin=origin) is not None


def seen(tx: Tx, id: int, at: datetime) -> None:
    """He was there at `at`; never earlier than was written before."""
    _SEEN.run(tx.connection, its_id=id, now=at)


def begin_anew(tx: Tx, id: int, began: datetime, now: datetime) -> bool:
    """Let a session count from now; False where it ended, or another request has begun it anew."""
    return _ANEW.first(tx.connection, its_id=id, began=began, now=now) is not None


def end(tx: Tx, id: int, at: datetime) -> None:
    """End one session; one that has ended stays as it is."""
    _END.run(tx.connection, its_id=id, now=at)


def end_all(tx: Tx, user_id: int, at: datetime, keep: int = 0) -> None:
    """End every session of a user but the one with the id `keep`."""
    _END_OTHERS.run(tx.connection, whose=user_id, keep=keep, now=at)


def purge(tx: Tx, before: datetime) -> int:
    """Forget a piece of those that began before `before`; how many."""
    return pieces.purge(tx, _S, _S.c.created_at < before)


def last_seen(tx: Tx) -> dict[int, datetime]:
    """When each user was there the last time, by the user's id."""
    rows = tx.connection.execute(select(_S.c.user_id, func.max(_S.c.seen_at)).group_by(_S.c.user_id))
    return {user: at for user, at in rows}
