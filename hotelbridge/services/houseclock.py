"""The clock that the whole house reads: the wall clock, or the old line while a step is in question.

It stands between the machine's clock and everybody else. `now` looks at both of the machine's clocks
each time, so nobody ever acts on a stepped wall clock before `clockwatch` has noticed; the timers are
the machine's own. Says nothing to anybody and saves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from twisted.internet.interfaces import IDelayedCall

from hotelbridge.clock import MachineClock
from hotelbridge.core import timeline
from hotelbridge.core.timeline import Mark, Reading, Timeline


class HouseClock:
    """`hotelbridge.clock.Clock` on a timeline that a step of the wall clock does not move."""

    def __init__(self, machine: MachineClock) -> None:
        self._machine = machine
        self._boot_id = machine.boot_id()
        self._turned: Callable[[], None] = lambda: None
        self.line = timeline.fresh(self.reading())

    def on_turn(self, call: Callable[[], None]) -> None:
        """Call when a step has been seen, or is gone again; `call` must return at once."""
        self._turned = call

    def resume(self, mark: Mark | None) -> None:
        """Go on from what was saved before the start."""
        self.line = timeline.resumed(mark, self._boot_id, self.reading())

    def mark(self, line: Timeline | None = None) -> Mark:
        """What to save now, of the present line or of another."""
        return timeline.mark_of(line or self.line, self._boot_id, self._machine.boottime())

    def reading(self) -> Reading:
        """Both clocks of the machine."""
        return Reading(self._machine.now(), self._machine.boottime())

    def now(self) -> datetime:
        """The house's time (aware, UTC)."""
        return self.look().at(self._machine.boottime())

    def look(self) -> Timeline:
        """The present line, after a look at both clocks."""
        before = self.line
        self.line = timeline.look(before, self.reading())
        if (before.standing, before.since) != (self.line.standing, self.line.since):
            self._turned()
        return self.line

    def monotonic(self) -> float:
        return self._machine.monotonic()

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        return self._machine.call_later(seconds, call, *args)
