"""Who the store has vouched for lately, by the hash of what they showed: for while it cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from hotelbridge.clock import Clock
from hotelbridge.store.health import Health

T = TypeVar("T")

STILL_KNOWN = 600.0  # seconds before an outage
MOST = 1000


class Lately(Generic[T]):
    """Those whom one node has seen."""

    def __init__(self, health: Health, clock: Clock) -> None:
        self._health = health
        self._clock = clock
        self._known: dict[str, tuple[T, float]] = {}  # digest: who, and when the store said so

    def keep(self, digest: str, who: T) -> None:
        """The store said so just now."""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[digest] = who, self._clock.monotonic()

    def get(self, digest: str) -> T | None:
        """What was kept, however long ago."""
        known = self._known.get(digest)
        return None if known is None else known[0]

    def forget(self, digest: str) -> None:
        """Not good any more."""
        self._known.pop(digest, None)

    def forget_those(self, which: Callable[[T], bool]) -> None:
        """None of these are good any more."""
        self._known = {digest: kept for digest, kept in self._known.items() if not which(kept[0])}

    def before_the_outage(self, digest: str) -> T | None:
        """Who it is, where the store said so shortly before it went away."""
        known = self._known.get(digest)
        if known is None:
            return None
        since = self._health.since
        begun = self._clock.monotonic() if since is None else since
        who, seen = known
        return who if seen >= begun - STILL_KNOWN else None
