"""Work on the disk beside the reactor: a network drive that hangs must not hold up the hotel's wake-ups.

One piece of work at a time. One that does not come back in time is given up, and nothing is begun after
it until it has come back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.texts import phrase

T = TypeVar("T")
PATIENCE = 30.0  # seconds
_to_thread: Any = deferToThreadPool  # twisted has no annotations for it


class DiskHangs(OSError):
    """Work on the disk does not come back; what became of it nobody knows yet."""

    def __init__(self) -> None:
        super().__init__(110, phrase("the drive does not answer"))


class Disk:
    """The one thread that this plugin takes, while it needs it."""

    def __init__(self, reactor: Any, clock: Clock) -> None:
        self._reactor = reactor
        self._clock = clock
        self._busy = False

    async def do(self, work: Callable[..., T], *args: Any) -> T:
        """The result of `work`, which may block. Raises what it raises, or `DiskHangs`."""
        if self._busy:
            raise DiskHangs
        self._busy = True
        outcome: Deferred[T] = Deferred()
        late = self._clock.call_later(PATIENCE, self._give_up, outcome)
        _to_thread(self._reactor, self._reactor.getThreadPool(), work, *args).addBoth(self._back, outcome)
        try:
            return await outcome
        finally:
            if late.active():
                late.cancel()

    def _back(self, result: T | Failure, outcome: Deferred[T]) -> None:
        self._busy = False
        if not outcome.called:
            outcome.callback(result)

    def _give_up(self, outcome: Deferred[T]) -> None:
        if not outcome.called:
            outcome.errback(DiskHangs())

    async def rest(self) -> None:
        """Wait until nothing is under way, but for no drive that hangs."""
        for _ in range(10):
            if not self._busy:
                return
            turn: Deferred[None] = Deferred()
            self._clock.call_later(0.1, turn.callback, None)
            await turn
