"""Waiting, for programs that watch the house from outside: a pause, a pause until something is so, an
answer that stays cancelled when it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred

from hotelbridge.clock import Clock

T = TypeVar("T")
EVERY = 0.05  # seconds between two looks


def pause(clock: Clock, seconds: float) -> Deferred[None]:
    """Fires after so many seconds; can be cancelled."""
    timer = None

    def cancelled(_: Deferred[None]) -> None:
        if timer is not None and timer.active():
            timer.cancel()

    done: Deferred[None] = Deferred(cancelled)
    timer = clock.call_later(seconds, done.callback, None)
    return done


async def until(clock: Clock, is_so: Callable[[], object], within: float, every: float = EVERY) -> bool:
    """Look again and again until it is so, for at most `within` seconds; whether it was."""
    end = clock.monotonic() + within
    while not is_so():
        if clock.monotonic() >= end:
            return False
        await pause(clock, every)
    return True


def cancellable(inner: Deferred[T]) -> Deferred[T]:
    """The same result, but cancelling it is a CancelledError: an HTTP client makes other errors of it."""

    def cancelled(outer: Deferred[T]) -> None:
        outer.errback(CancelledError())
        inner.cancel()

    def pass_on(result: Any) -> None:
        if not outer.called:
            outer.callback(result)

    outer: Deferred[T] = Deferred(cancelled)
    inner.addBoth(pass_on)
    return outer
