"""A clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import Clock as TwistedClock

START = datetime(2026, 11, 24, 4, 0, 0, tzinfo=UTC)


class FakeClock:
    """`hotelbridge.clock.Clock` on Twisted's own fake; `reactor` serves whoever wants IReactorTime."""

    def __init__(self, start: datetime = START) -> None:
        self.reactor = TwistedClock()
        self._true = start
        self._stepped = 0.0  # seconds that the wall clock is off
        self._up = 50_000.0  # seconds that the machine had been up at the start
        self._boot = 1

    def now(self) -> datetime:
        return self.true() + timedelta(seconds=self._stepped)

    def true(self) -> datetime:
        """What a clock shows that nobody has set wrong."""
        return self._true + timedelta(seconds=self.reactor.seconds())

    def boottime(self) -> float:
        return self._up + float(self.reactor.seconds())

    def boot_id(self) -> str:
        return f"boot-{self._boot}"

    def monotonic(self) -> float:
        return float(self.reactor.seconds())

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        return self.reactor.callLater(max(0.0, seconds), call, *args)

    def advance(self, seconds: float) -> None:
        """Let time pass, calling each timer at its own moment."""
        target = self.reactor.seconds() + seconds
        while calls := [c.getTime() for c in self.reactor.getDelayedCalls() if c.getTime() <= target]:
            self.reactor.advance(max(0.0, min(calls) - self.reactor.seconds()))
        self.reactor.advance(max(0.0, target - self.reactor.seconds()))

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock without letting time pass, as an operator or NTP does."""
        self._stepped += seconds

    def suspend(self, seconds: float) -> None:
        """The machine sleeps: wall clock and boot-time clock go on, timers and `monotonic` do not."""
        self._true += timedelta(seconds=seconds)
        self._up += seconds

    def reboot(self) -> None:
        """The machine has started again: the boot-time clock counts from 0. The caller lets time pass."""
        self._boot += 1
        self._up = -float(self.reactor.seconds())

    def elsewhere(self) -> ElsewhereClock:
        """The clock of another machine, which keeps the true time whatever is done to this one."""
        return ElsewhereClock(self)


class ElsewhereClock:
    """`hotelbridge.clock.Clock` of a far end."""

    def __init__(self, here: FakeClock) -> None:
        self._here = here
        self.reactor = here.reactor

    def now(self) -> datetime:
        return self._here.true()

    def monotonic(self) -> float:
        return self._here.monotonic()

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        return self._here.call_later(seconds, call, *args)
