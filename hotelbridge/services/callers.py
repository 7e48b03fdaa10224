"""Who asks: bearer tokens by the store, and from memory while the store cannot be read.

In an outage the alarm about it must be seen by whoever sits at the desk, so those who came shortly
before it are known on; one that was revoked is not among them. Nobody new is let in meanwhile.
"""

from __future__ import annotations

import hashlib

from hotelbridge.clock import Clock
from hotelbridge.core.records import Role
from hotelbridge.errors import StoreUnavailable
from hotelbridge.services.lately import Lately
from hotelbridge.services.views import Caller
from hotelbridge.store import tokens
from hotelbridge.store.database import Database


def token_hash(token: str) -> str:
    """What is kept of a token: it is random and long, so a plain digest cannot be searched back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def caller_of(name: str, role: str, property: str) -> Caller:
    """Who it is, from a row: `property` is '' for all of them or a comma list."""
    bound = frozenset(p for p in property.split(",") if p)
    return Caller(name=name, role=Role(role), properties=bound or None)


class Callers:
    """The callers of one node."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._known: Lately[Caller] = Lately(db.health, clock)
        self._own: dict[str, Caller] = {}

    async def caller(self, token: str) -> Caller | None:
        """Whom a token stands for; None where it is unknown or revoked.

        `StoreUnavailable` where the store cannot be read and memory does not know it either.
        """
        digest = token_hash(token)
        try:
            found = await self._db.read(lambda tx: tokens.by_hash(tx, digest))
        except StoreUnavailable:
            known = self._own.get(digest) or self._known.before_the_outage(digest)
            if known is None:
                raise
            return known
        if found is None:
            self._known.forget(digest)
            return None
        caller = caller_of(found.name, found.role, found.property)
        self._known.keep(digest, caller)
        return caller

    def own(self, token: str, name: str) -> None:
        """The daemon's own token for the command line: known without the store while this process runs."""
        self._own = {token_hash(token): Caller(name, Role.ADMIN, None)}
