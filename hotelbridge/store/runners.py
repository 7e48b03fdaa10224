"""Where the store's work runs: on threads of its own in production, in the calling thread in tests.

A runner calls `step` while there is something to do and hands what it gives to `deliver`, always on
the reactor's thread, once per batch. It knows neither SQL nor units.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, Protocol

from twisted.logger import Logger

from hotelbridge.store.units import Settled

READERS = 2


class Desk(Protocol):
    """What a runner runs."""

    def step(self) -> Settled | None:
        """One batch on the writer's thread; None when nothing waits."""
        ...

    def deliver(self, settled: Settled) -> None:
        """Tell who waited; on the reactor's thread."""
        ...

    def finish(self) -> None:
        """The writer's thread is about to end."""
        ...


class Runner(Protocol):
    """Where work runs."""

    readers: int

    def start(self, desk: Desk) -> None:
        """Be ready to work."""
        ...

    def poke(self) -> None:
        """There is something to do."""
        ...

    def aside(self, job: Callable[[], Callable[[], None]]) -> None:
        """Run a job beside the writer, and what it returns on the reactor's thread."""
        ...

    def stop(self, done: Callable[[], None]) -> None:
        """Do what waits, end, then call `done` on the reactor's thread."""
        ...


class InlineRunner:
    """Does everything at once, in the calling thread. Work begun while telling results waits its turn."""

    readers = 1

    def __init__(self) -> None:
        self._desk: Desk | None = None
        self._busy = False

    def start(self, desk: Desk) -> None:
        self._desk = desk

    def poke(self) -> None:
        if self._busy or self._desk is None:
            return
        self._busy = True
        try:
            while settled := self._desk.step():
                self._desk.deliver(settled)
                if settled.again_in is not None:
                    break  # waiting would not help here: the next call tries again
        finally:
            self._busy = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let what is started inside wait together, to be done at the end."""
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before
        self.poke()

    def aside(self, job: Callable[[], Callable[[], None]]) -> None:
        job()()

    def stop(self, done: Callable[[], None]) -> None:
        self.poke()
        if self._desk is not None:
            self._desk.finish()
        done()


class ThreadRunner:
    """One writer thread and a few readers; results come back through the reactor."""

    _log = Logger()

    def __init__(self, reactor: Any, readers: int = READERS) -> None:
        self.readers = readers
        self._reactor = reactor
        self._waiting = threading.Event()
        self._stopping = False
        self._jobs: SimpleQueue[Callable[[], Callable[[], None]] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def start(self, desk: Desk) -> None:
        readers = [(f"store-reader-{n}", self._read) for n in range(self.readers)]
        for name, loop in [("store-writer", self._write), *readers]:
            thread = threading.Thread(target=loop, args=(desk,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def poke(self) -> None:
        self._waiting.set()

    def aside(self, job: Callable[[], Callable[[], None]]) -> None:
        self._jobs.put(job)

    def stop(self, done: Callable[[], None]) -> None:
        self._stopping = True
        self._waiting.set()
        threading.Thread(target=self._gather, args=(done,), name="store-stop", daemon=True).start()

    def _gather(self, done: Callable[[], None]) -> None:
        self._threads[0].join()
        for _ in range(self.readers):
            self._jobs.put(None)
        for thread in self._threads[1:]:
            thread.join()
        self._reactor.callFromThread(done)

    def _write(self, desk: Desk) -> None:
        again_in: float | None = None
        while True:
            self._waiting.wait(again_in)
            # Before looking at anything: whoever comes after this sets it anew.
            self._waiting.clear()
            stopping = self._stopping
            again_in = None
            while settled := desk.step():
                self._reactor.callFromThread(desk.deliver, settled)
                again_in = settled.again_in
                if again_in is not None:
                    break
            if stopping and again_in is None:
                desk.finish()
                return

    def _read(self, desk: Desk) -> None:
        while (job := self._jobs.get()) is not None:
            self._reactor.callFromThread(job())
