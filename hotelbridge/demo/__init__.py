"""A hotel on one machine to try the program in: the demo, and the story that proves the promises.

`run_demo` and `run_story` take the process over, run it under Twisted's reactor and give the exit code.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import react
from twisted.python.failure import Failure

from hotelbridge.clock import install_monotonic
from hotelbridge.demo.live import live
from hotelbridge.demo.story import Play, story

INTERRUPTED = 130

__all__ = ["Play", "run_demo", "run_story"]


def run_demo() -> int:
    """Play until Ctrl-C; 0, 1 (the daemon failed) or 2 (ports taken, bad configuration)."""
    return _run(lambda reactor: live(reactor, _say))


def run_story(play: Play | None = None) -> int:
    """Play one night; 0 only if every promise was kept."""
    return _run(lambda reactor: story(reactor, play or Play(say=_say)))


def _say(text: str) -> None:
    with suppress(BlockingIOError):  # a terminal that is held (Ctrl-S) loses lines: the house goes on
        print(text, flush=True)


def _run(main: Callable[[Any], Coroutine[Deferred[Any], Any, int]]) -> int:
    """Run under the reactor, and let it end in order when interrupted."""
    codes: list[int] = []

    def started(reactor: Any) -> Deferred[None]:
        install_monotonic(reactor)
        playing = Deferred.fromCoroutine(main(reactor))
        over: Deferred[None] = Deferred()

        def interrupted() -> Deferred[None]:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would only add a traceback
            playing.cancel()
            return over

        def ended(result: int | Failure) -> None:
            over.callback(None)
            if isinstance(result, int):
                codes.append(result)
            elif not isinstance(result.value, CancelledError):
                result.raiseException()

        reactor.addSystemEventTrigger("before", "shutdown", interrupted)
        return playing.addBoth(ended)

    try:
        react(started)
    except SystemExit as ended:
        return codes[0] if codes else int(ended.code or INTERRUPTED)
    return INTERRUPTED
