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
        self._wall = start

    def now(self) -> datetime:
        return self._wall + timedelta(seconds=self.reactor.seconds())

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
        self._wall += timedelta(seconds=seconds)
