"""Timers that can be stopped together: those of one call, or of the whole device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hotelbridge.clock import Clock


class Timers:
    """Sets timers on the injected clock and forgets those that are over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._set: list[Any] = []  # IDelayedCall, whose methods mypy cannot read

    def later(self, seconds: float, call: Callable[..., object], *args: object) -> None:
        self._set = [timer for timer in self._set if timer.active()]
        self._set.append(self._clock.call_later(seconds, call, *args))

    def stop(self) -> None:
        """Cancel whatever has not come."""
        for timer in self._set:
            if timer.active():
                timer.cancel()
        self._set.clear()
