"""The timers of one process on a clock that outlives it: counted, and still when the process is killed.

What was set is kept after the kill. A timer that was dropped would end the coroutine that waits for it,
and that one's `finally` would run: a dead process does nothing of that sort.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

from hotelbridge.clock import Clock

_failure: Any = Failure  # twisted has no annotations for it


class LifeClock:
    """`hotelbridge.clock.Clock` of one process."""

    def __init__(self, world: Clock, turn: Callable[[], None] = lambda: None) -> None:
        self._world = world
        self._turn = turn  # called before each timer: it may be the one at which the process dies
        self._alive = True
        self._set: list[tuple[IDelayedCall, Callable[..., Any], tuple[Any, ...]]] = []

    def now(self) -> datetime:
        return self._world.now()

    def monotonic(self) -> float:
        return self._world.monotonic()

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        delayed = self._world.call_later(seconds, self._if_alive, call, args)
        self._set = [one for one in self._set if one[0].active() or not self._alive]
        self._set.append((delayed, call, args))
        return delayed

    def _if_alive(self, call: Callable[..., Any], args: tuple[Any, ...]) -> None:
        if self._alive:
            self._turn()
        if self._alive:
            call(*args)

    def pending(self) -> list[str]:
        """Timers that are set, in words."""
        return [str(delayed) for delayed, _, _ in self._set if delayed.active()]

    def kill(self) -> None:
        """No timer calls anybody any more."""
        self._alive = False


@implementer(IReactorTime)
class LifeReactor:
    """What a plugin is given as the reactor: its timers are those of the process.

    The rest is the real reactor's, where there is one; else whoever asks for it fails.
    """

    def __init__(self, clock: LifeClock, real: Any = None) -> None:
        self._clock = clock
        self._real = real

    def seconds(self) -> float:
        return self._clock.monotonic()

    def callLater(self, delay: float, callable: Callable[..., Any], *args: Any, **kw: Any) -> IDelayedCall:
        return self._clock.call_later(delay, lambda: callable(*args, **kw))

    def getDelayedCalls(self) -> list[IDelayedCall]:
        return [delayed for delayed, _, _ in self._clock._set if delayed.active()]

    def callFromThread(self, callable: Callable[..., Any], *args: Any, **kw: Any) -> None:
        if self._real is None:
            self.callLater(0.0, callable, *args, **kw)
        else:
            self._real.callFromThread(callable, *args, **kw)

    def getThreadPool(self) -> Any:
        return _Inline(self._clock) if self._real is None else self._real.getThreadPool()

    def __getattr__(self, name: str) -> Any:
        if self._real is None:
            raise AttributeError(f"in a test without ports the reactor has no {name}; ask the context")
        return getattr(self._real, name)


class _Inline:
    """A pool without threads: each piece of work is done in the next turn of the clock."""

    def __init__(self, clock: LifeClock) -> None:
        self._clock = clock

    def callInThreadWithCallback(
        self, onResult: Any, func: Callable[..., Any], *args: Any, **kw: Any
    ) -> None:
        def work() -> None:
            try:
                result = func(*args, **kw)
            except Exception:
                onResult(False, _failure())
            else:
                onResult(True, result)

        self._clock.call_later(0.0, work)
