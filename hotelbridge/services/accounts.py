"""Users made, removed, given roles and passwords: the units, for the command line and for the console.

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
from hotelbridge.texts import phrase


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
    where = _where(property)
    audit.write(tx, now, actor, "user_added", f"{name} was added as {role}, for {where}.", about=about(name))
    return id


def about(name: str) -> str:
    """A user as the audit journal's lines about him name him."""
    return f"user {name}"


def _where(property: str) -> str:
    return property.replace(",", ", ") or phrase("all properties")


def set_password(
    tx: Tx, user: StoredUser, password_hash: str, actor: Actor, now: datetime, keep: int = 0
) -> None:
    """Another password; all his sessions end but the one with the id `keep`."""
    users.set_password(tx, user.id, password_hash, now)
    sessions.end_all(tx, user.id, now, keep)
    audit.write(
        tx, now, actor, "password", f"The password of {user.name} was changed.", about=about(user.name)
    )


def set_role(tx: Tx, user: StoredUser, role: Role, property: str, actor: Actor, now: datetime) -> bool:
    """Another role, or other properties, from his next page on; False where he has them already."""
    if (user.role, user.property) == (role, property):
        return False
    users.set_role(tx, user.id, role, property)
    there, before = _where(property), phrase(f"before: {user.role}, for {_where(user.property)}")
    words = phrase(f"{user.name} is {role} now, for {there}; {before}.")
    audit.write(tx, now, actor, "user_role", words, about=about(user.name))
    return True


def is_last_admin(tx: Tx, user: StoredUser) -> bool:
    """Whether nobody else is an admin wherever he is one."""
    if user.role != Role.ADMIN:
        return False
    mine = set(user.property.split(","))
    admins = (one for one in users.list(tx) if one.removed_at is None and one.role == Role.ADMIN)
    others = [one.property for one in admins if one.id != user.id]
    return not any(not other or (user.property and mine <= set(other.split(","))) for other in others)


def remove(tx: Tx, user: StoredUser, actor: Actor, now: datetime) -> None:
    """Nobody comes in by this name from now on; his sessions end."""
    users.remove(tx, user.id, now)
    sessions.end_all(tx, user.id, now)
    audit.write(tx, now, actor, "user_removed", f"{user.name} was removed.", about=about(user.name))
