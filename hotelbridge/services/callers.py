"""Who asks: bearer tokens by the store, and from memory while the store cannot be read.

In an outage the alarm about it must be seen by whoever sits at the desk, so those who came shortly
before it are known on; one that was revoked is not among them. Nobody new is let in meanwhile.
"""

from __future__ import annotations

import hashlib

from hotelbridge.clock import Clock
from hotelbridge.core.records import Role
from hotelbridge.errors import StoreUnavailable
from hotelbridge.services.views import Caller
from hotelbridge.store import tokens
from hotelbridge.store.database import Database

STILL_KNOWN = 600.0  # seconds before an outage
MOST = 1000
FOR_EVER = float("inf")


def token_hash(token: str) -> str:
    """What is kept of a token: it is random and long, so a plain digest cannot be searched back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Callers:
    """The callers of one node."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._known: dict[str, tuple[Caller, float]] = {}  # digest: who, and when the store said so
        self._own: dict[str, Caller] = {}

    async def caller(self, token: str) -> Caller | None:
        """Whom a token stands for; None where it is unknown or revoked.

        `StoreUnavailable` where the store cannot be read and memory does not know it either.
        """
        digest = token_hash(token)
        try:
            found = await self._db.read(lambda tx: tokens.by_hash(tx, digest))
        except StoreUnavailable:
            known = self._own.get(digest) or self._still_known(digest)
            if known is None:
                raise
            return known
        if found is None:
            self._known.pop(digest, None)
            return None
        bound = frozenset(p for p in found.property.split(",") if p)
        caller = Caller(name=found.name, role=Role(found.role), properties=bound or None)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[digest] = caller, self._clock.monotonic()
        return caller

    def own(self, token: str, name: str) -> None:
        """The daemon's own token for the command line: known without the store while this process runs."""
        self._own = {token_hash(token): Caller(name, Role.ADMIN, None)}

    def _still_known(self, digest: str) -> Caller | None:
        since = self._db.health.since
        begun = self._clock.monotonic() if since is None else since
        caller, seen = self._known.get(digest, (None, 0.0))
        return caller if seen >= begun - STILL_KNOWN else None
