"""The unit of work: decide inside, act after.

`run` hands a unit to the one writer of this node; its Deferred fires on the reactor once the commit
that holds it is on the disk, never before. A unit may be run more than once (a lost connection), so
it has no effect but on its `tx`: time and ids come in from outside, effects go out as its result.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Change, Report
from hotelbridge.errors import StoreUnavailable
from hotelbridge.store.appends import row_of, statement_for
from hotelbridge.store.engines import Purpose, checkpoint, in_plain_words, is_sqlite, open_engine
from hotelbridge.store.health import Health
from hotelbridge.store.marks import Marks
from hotelbridge.store.runners import InlineRunner, Runner, ThreadRunner
from hotelbridge.store.units import Append, Line, Settled, Tx, Unit, failure_of
from hotelbridge.store.writer import Writer

__all__ = ["Database", "InlineRunner", "Runner", "ThreadRunner", "Tx"]

CHECKPOINT_COMMITS = 100  # in a quiet hotel some minutes, when many are woken two seconds

T = TypeVar("T")
Listener = Callable[[list[Change]], None]


class Database:
    """The store of one node. Its schema must be there (`schema.prepare`); it connects when first used."""

    _log = Logger()

    def __init__(
        self,
        url: str | URL,
        *,
        runner: Runner,
        node: str,
        clock: Clock,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        """`make_room` is called on the writer's thread where the disk is full; whether that helped."""
        self.sqlite = is_sqlite(url)
        self.health = Health(clock)
        self.runner = runner
        self._line = Line(statement_for(sqlite=self.sqlite))
        self._writing = open_engine(url, Purpose.WRITE)
        self._reading = open_engine(url, Purpose.READ, runner.readers)
        self._commits = 0
        self._writer = Writer(self._writing, self._line, Marks(node), clock, make_room)
        self._listeners: list[Listener] = []
        self._closed: Deferred[None] | None = None
        self._waiting_for_close: list[Deferred[None]] = []
        runner.start(self)

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        return self._closed is not None

    @property
    def waiting(self) -> int:
        """Units and appends that wait for the writer now."""
        return len(self._line)

    def start(self) -> Deferred[None]:
        """Connect and warm up, writer and readers: the first use costs a third of a second otherwise."""
        warmed = self.run(lambda tx: None)
        for _ in range(self.runner.readers):
            warmed.addCallback(lambda _: self.read(_look))
        return warmed

    def run(self, unit: Callable[[Tx], T], *, urgent: bool = False) -> Deferred[T]:
        """Run a unit of work; fires with its result after the commit.

        Errors: the unit's own exception (it is undone alone), or `StoreUnavailable` where the database
        could not work: then nothing of it was saved. Urgent units (wake-ups) go before all others.
        """
        if self._closed is not None:
            return fail(StoreUnavailable("the store is closed"))
        done: Deferred[T] = Deferred()
        self._line.put(Unit(unit, done), urgent)
        self.runner.poke()
        return done

    def append(self, reports: Sequence[Report]) -> Deferred[None]:
        """Save reports as received; fires after the commit. All that wait together are one insert."""
        if self._closed is not None:
            return fail(StoreUnavailable("the store is closed"))
        try:
            rows = [row_of(report, sqlite=self.sqlite) for report in reports]
        except ValueError as error:
            return fail(error)
        if not rows:
            return succeed(None)
        done: Deferred[None] = Deferred()
        self._line.put_append(Append(rows, done))
        self.runner.poke()
        return done

    def read(self, query: Callable[[Tx], T]) -> Deferred[T]:
        """Run a query beside the writer, on a connection that cannot write; sees all that was committed."""
        return self.aside(functools.partial(self._query, query))

    def aside(self, job: Callable[[], T]) -> Deferred[T]:
        """Run something slow on a reader's thread (a backup, a file), its result on the reactor's."""
        if self._closed is not None:
            return fail(StoreUnavailable("the store is closed"))
        done: Deferred[T] = Deferred()

        def called() -> Callable[[], None]:
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
                return functools.partial(done.errback, failure_of(in_plain_words(error)))
            return functools.partial(done.callback, result)

        self.runner.aside(called)
        return done

    def on_commit(self, listener: Listener) -> Callable[[], None]:
        """Call with the changes of each committed batch, on the reactor; what it returns unsubscribes."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def close(self) -> Deferred[None]:
        """Do what waits, then let go of threads and connections. What comes later is refused."""
        if self._closed is None:
            self._closed = Deferred()
            self._writer.closing = True
            self.runner.stop(self._let_go)
        return _beside(self._closed)

    def step(self) -> Settled | None:
        """For the runner: one batch."""
        return self._writer.step()

    def finish(self) -> None:
        """For the runner: the writer's thread is about to end."""
        self._writer.finish()

    def deliver(self, settled: Settled) -> None:
        """For the runner: tell who waited, then who listens."""
        if settled.refused:
            self.health.refused(settled.refused)
        elif settled.committed:
            self.health.committed()
            self._work_in()
        for work, outcome in settled.outcomes:
            work.tell(outcome)
        if not settled.changes:
            return
        for listener in list(self._listeners):
            try:
                listener(settled.changes)
            except Exception:  # noqa: BLE001 - one listener must not cost the others their news
                self._log.failure("a listener to changes failed")

    def _work_in(self) -> None:
        """After so many commits: have SQLite's log worked in beside the writer.

        Left to the writer it is done inside a COMMIT, and all that wakes a guest waits for it: 0.2 s.
        """
        self._commits += 1
        if self._commits < CHECKPOINT_COMMITS or not self.sqlite or self._closed is not None:
            return
        self._commits = 0
        done = self.aside(functools.partial(checkpoint, self._reading))
        done.addErrback(lambda failure: self._log.info("the log waits: {error}", error=failure.value))

    def _query(self, query: Callable[[Tx], T]) -> T:
        try:
            return self._queried(query)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._queried(query)  # the connection had died while nobody used it

    def _queried(self, query: Callable[[Tx], T]) -> T:
        with self._reading.connect() as connection, connection.begin() as transaction:
            result = query(Tx(connection, None))
            transaction.rollback()
            return result

    def _let_go(self) -> None:
        self._reading.dispose()
        self._writing.dispose()
        assert self._closed is not None
        self._closed.callback(None)


def _look(tx: Tx) -> None:
    tx.connection.exec_driver_sql("SELECT 1").close()


def _beside(event: Deferred[None]) -> Deferred[None]:
    """A Deferred of its own for each one who waits for the same event."""
    if event.called:
        return succeed(None)
    mine: Deferred[None] = Deferred()

    event.addCallback(mine.callback)
    return mine
