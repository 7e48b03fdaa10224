"""The people who may log in at the console. Knows no password, only what it was hashed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from hotelbridge.core.records import Role
from hotelbridge.store import pieces, tables
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx


@dataclass(frozen=True, slots=True)
class StoredUser:
    """One person; `name` as it was given, found by it in any case."""

    id: int
    property: str  # '' for all of them, or a comma list
    name: str
    role: str
    password_hash: str
    language: str  # '' where none was chosen
    created_at: datetime
    changed_at: datetime  # when the password was set, the last time
    removed_at: datetime | None


_U = tables.ConsoleUser.__table__  # type: ignore[attr-defined]
_COLUMNS = tuple(_U.c[name] for name in StoredUser.__slots__)
_THERE = _U.c.removed_at.is_(None)
_WRITTEN = ("property", "name", "folded", "role", "password_hash", "language", "created_at", "changed_at")
_ADD = Statement(insert(_U).returning(_U.c.id), _WRITTEN)
_BY_NAME = Statement(select(*_COLUMNS).where(_U.c.folded == bindparam("folded"), _THERE))
_BY_ID = Statement(select(*_COLUMNS).where(_U.c.id == bindparam("id"), _THERE))
_ITS = update(_U).where(_U.c.id == bindparam("its_id"), _THERE)
_SET_PASSWORD = Statement(_ITS, ["password_hash", "changed_at", "its_id"])
_REHASH = Statement(_ITS.where(_U.c.password_hash == bindparam("old")), ["password_hash", "its_id", "old"])
_SET_LANGUAGE = Statement(_ITS, ["language", "its_id"])
_SET_ROLE = Statement(_ITS, ["role", "property", "its_id"])
_REMOVE = Statement(_ITS, ["removed_at", "its_id"])


def folded(name: str) -> str:
    """A name as it is compared: whoever types Anna or ANNA is anna."""
    return name.casefold()


def add(tx: Tx, name: str, role: Role, property: str, password_hash: str, at: datetime) -> int:
    """Save a user whose name is free; the id."""
    values = {"property": property, "name": name, "folded": folded(name), "role": str(role)}
    when = {"created_at": at, "changed_at": at}
    return int(_ADD.value(tx.connection, **values, **when, password_hash=password_hash, language=""))


def by_name(tx: Tx, name: str) -> StoredUser | None:
    """The user of this name, in any case; None where there is none or he was removed."""
    row = _BY_NAME.first(tx.connection, folded=folded(name))
    return StoredUser(*row) if row else None


def by_id(tx: Tx, id: int) -> StoredUser | None:
    """A user who is still there."""
    row = _BY_ID.first(tx.connection, id=id)
    return StoredUser(*row) if row else None


def set_password(tx: Tx, id: int, password_hash: str, at: datetime) -> None:
    """Another password from now on."""
    _SET_PASSWORD.run(tx.connection, its_id=id, password_hash=password_hash, changed_at=at)


def rehash(tx: Tx, id: int, old: str, new: str) -> None:
    """The same password hashed anew; nothing where it was changed meanwhile."""
    _REHASH.run(tx.connection, its_id=id, old=old, password_hash=new)


def set_language(tx: Tx, id: int, language: str) -> None:
    """The language he reads the console in."""
    _SET_LANGUAGE.run(tx.connection, its_id=id, language=language)


def set_role(tx: Tx, id: int, role: Role, property: str) -> None:
    """What he may do from now on, and where: '' for all properties, or a comma list."""
    _SET_ROLE.run(tx.connection, its_id=id, role=str(role), property=property)


def remove(tx: Tx, id: int, at: datetime) -> None:
    """Nobody of this name from now on."""
    _REMOVE.run(tx.connection, its_id=id, removed_at=at)


def purge(tx: Tx, before: datetime) -> int:
    """Forget a piece of those who were removed before `before`; how many. Their sessions must be gone."""
    return pieces.purge(tx, _U, _U.c.removed_at < before)


def list(tx: Tx) -> tuple[StoredUser, ...]:
    """All of them, removed ones too, in the order they were made."""
    return tuple(StoredUser(*row) for row in tx.connection.execute(select(*_COLUMNS).order_by(_U.c.id)))
