"""The only place that reads a clock.

`now()` is the wall clock (aware, UTC) and may step; `monotonic()` and `call_later` never do.
Twisted's `reactor.seconds` is the wall clock by default: a backward step would freeze every timer
for as long as the step, so `install_monotonic` must run before the first timer is set.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from twisted.internet.interfaces import IDelayedCall

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Without it (not Linux) the clock that stands still in suspend: then a suspend looks like a step.
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


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


class MachineClock(Clock, Protocol):
    """A clock that also tells how long the machine has been up: what a step of `now()` is seen by."""

    def boottime(self) -> float:
        """Seconds since the machine was booted, suspend included; never set by anybody."""
        ...

    def boot_id(self) -> str:
        """Which boot `boottime` counts from; "" where the machine does not tell."""
        ...


class SystemClock:
    """The machine's own time, with the reactor's timers."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def boottime(self) -> float:
        return time.clock_gettime(_BOOTTIME)

    def boot_id(self) -> str:
        try:
            return _BOOT_ID.read_text("ascii").strip()
        except OSError:
            return ""

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        delayed: IDelayedCall = self._reactor.callLater(max(0.0, seconds), call, *args)
        return delayed


def install_monotonic(reactor: Any) -> None:
    """Make the reactor's timers immune to steps of the wall clock. Call before the first timer."""
    reactor.seconds = time.monotonic
