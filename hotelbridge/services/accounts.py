"""Users made, removed and given passwords: the units, for the command line and for the console.

Each leaves its line in the audit journal in the same commit. Knows no password, only its hash.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from hotelbridge.core.names import name_of
from hotelbridge.core.records import Actor, Role
from hotelbridge.errors import Refusal
from hotelbridge.store import audit, sessions, users
from hotelbridge.store.database import Tx
from hotelbridge.store.users import StoredUser


def spelled(name: str) -> str:
    """The one form of a user's name. Raises ValueError as `name_of` does."""
    return name_of(unicodedata.normalize("NFKC", name))


def find(tx: Tx, name: str) -> StoredUser:
    """The user of this name, in any case, or the refusal `unknown_user` (404)."""
    found = users.by_name(tx, name)
    if found is None:
        raise Refusal("unknown_user", f"There is no user {name}.", status=404)
    return found


def add(tx: Tx, name: str, role: Role, property: str, password_hash: str, actor: Actor, now: datetime) -> int:
    """A new user; his id. `property`: '' for all of them or a comma list. Refuses `user_exists` (409)."""
    before = users.by_name(tx, name)
    if before is not None:
        raise Refusal("user_exists", f"There is a user {before.name} already.", status=409)
    id = users.add(tx, name, role, property, password_hash, now)
    where = property.replace(",", ", ") or "all properties"
    audit.write(tx, now, actor, "user_added", f"{name} was added as {role}, for {where}.")
    return id


def set_password(
    tx: Tx, user: StoredUser, password_hash: str, actor: Actor, now: datetime, keep: int = 0
) -> None:
    """Another password; all his sessions end but the one with the id `keep`."""
    users.set_password(tx, user.id, password_hash, now)
    sessions.end_all(tx, user.id, now, keep)
    audit.write(tx, now, actor, "password", f"The password of {user.name} was changed.")


def remove(tx: Tx, user: StoredUser, actor: Actor, now: datetime) -> None:
    """Nobody comes in by this name from now on; his sessions end."""
    users.remove(tx, user.id, now)
    sessions.end_all(tx, user.id, now)
    audit.write(tx, now, actor, "user_removed", f"{user.name} was removed.")
