"""The only place that reads a clock.

`now()` is the wall clock (aware, UTC) and may step; `monotonic()` and `call_later` never do.
Twisted's `reactor.seconds` is the wall clock by default: a backward step would freeze every timer
for as long as the step, so `install_monotonic` must run before the first timer is set.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from twisted.internet.interfaces import IDelayedCall


class Clock(Protocol):
    """What services need of time."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        """Call on the reactor after so many monotonic seconds."""
        ...


class SystemClock:
    """The machine's own time, with the reactor's timers."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        delayed: IDelayedCall = self._reactor.callLater(max(0.0, seconds), call, *args)
        return delayed


def install_monotonic(reactor: Any) -> None:
    """Make the reactor's timers immune to steps of the wall clock. Call before the first timer."""
    reactor.seconds = time.monotonic
