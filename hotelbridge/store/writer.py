"""The one writer of a node: takes what waits together through one transaction.

Each unit has a savepoint, so that one which fails is undone alone. Where the whole transaction is
gone, each of its units is run again alone, or refused. Where the answer to a COMMIT was lost, the
batch is in doubt: nothing is told and nothing else is done until its mark was looked up. Runs on one
thread; what it tells, others deliver.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Change
from hotelbridge.errors import StoreUnavailable
from hotelbridge.store import tables
from hotelbridge.store.engines import (
    in_plain_words,
    is_full,
    is_storage_trouble,
    place_of,
    unavailable,
)
from hotelbridge.store.marks import Marks
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Appends, Line, Settled, Touched, Tx, Work, failure_of
from hotelbridge.texts import phrase

BATCH_SECONDS = 0.020  # of work; then it is committed
BATCH_UNITS = 500  # for clocks that stand still
BATCH_ROWS = 2000  # of reports
AGAIN_SECONDS = 0.5  # between two attempts to learn what became of a batch
RERUNS = 2  # attempts alone, before a unit is refused

_CHANGE = tables.Change.__table__  # type: ignore[attr-defined]
_LAST = Statement(select(func.max(_CHANGE.c.n)).where(_CHANGE.c.property == bindparam("property")))
_NUMBERED = insert(_CHANGE)


class _Gone(Exception):
    """The whole transaction is lost, for the reason in `__cause__`; nothing of it was saved."""


class _Unreachable(Exception):
    """No transaction could be begun, for the reason in `__cause__`."""


class _InDoubt(Exception):
    """The COMMIT was sent and its answer is lost."""


@dataclass(slots=True)
class _Batch:
    """What one transaction has done so far."""

    n: int
    works: list[Work]
    touched: list[Touched]
    settled: Settled
    doubt: BaseException | None = None  # why the answer to its COMMIT is missing


class Writer:
    """Runs the units of a `Line`, batch by batch."""

    _log = Logger()

    def __init__(
        self,
        engine: Engine,
        line: Line,
        marks: Marks,
        clock: Clock,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        """`make_room`: called where the disk is full; whether there is more of it now."""
        self._engine = engine
        self._line = line
        self._marks = marks
        self._clock = clock
        self._make_room = make_room
        self._connection: Connection | None = None
        self._alone: deque[Work] = deque()  # to be run again, each in a transaction of its own
        self._doubtful: _Batch | None = None
        self._n = 0
        self.closing = False  # nobody will come back later: what is in doubt is told so

    def step(self) -> Settled | None:
        """One transaction, or one look at a doubtful one; None when nothing waits."""
        if self._doubtful is not None:
            return self._look_up(self._doubtful)
        if self._alone:
            return self._transaction(iter([self._alone.popleft()]), rows=0)
        if not len(self._line):
            return None
        return self._transaction(self._turns(), rows=BATCH_ROWS)

    def finish(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            try:
                self._marks.remove(self._connection)
            except SQLAlchemyError as error:
                self._log.info("the mark of this node stays behind: {error}", error=error)
        self._disconnect()

    def _turns(self) -> Iterator[Work]:
        """The units of one batch: what waits, for about 20 ms of work."""
        until = self._clock.monotonic() + BATCH_SECONDS
        for _ in range(BATCH_UNITS):
            unit = self._line.next()
            if unit is None:
                return
            yield unit
            if self._clock.monotonic() >= until:
                return

    def _transaction(self, turns: Iterator[Work], rows: int) -> Settled:
        self._n += 1
        batch = _Batch(self._n, [], [], Settled())
        try:
            connection = self._begun()
            for work in turns:
                self._run(connection, work, batch)
            appends = self._line.appends(rows) if rows else None
            if appends is not None:
                self._run(connection, appends, batch)
            self._commit(connection, batch)
        except _Unreachable as error:
            return self._refuse(error.__cause__ or error, [*turns])
        except _InDoubt as error:
            self._log.warn("the answer to a COMMIT was lost: {error}", error=error.__cause__)
            batch.doubt = error.__cause__
            self._doubtful = batch
            return Settled()
        except _Gone as error:
            self._log.warn("a transaction was lost: {error}", error=error.__cause__)
            return self._again_alone(batch.works, error.__cause__ or error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the writer's thread
            self._log.failure("a transaction failed in a way that nobody foresaw")
            self._disconnect()
            return self._again_alone(batch.works, error)
        return batch.settled

    def _begun(self) -> Connection:
        """A connection in a fresh transaction."""
        try:
            try:
                return self._begin()
            except SQLAlchemyError as error:
                if not self._has_room_now(error):
                    raise
                self._disconnect()
                return self._begin()
        except Exception as error:
            self._disconnect()
            raise _Unreachable from error

    def _begin(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._marks.prepare(self._connection)
        self._connection.begin()
        return self._connection

    def _has_room_now(self, error: BaseException) -> bool:
        """Whether the disk was full, and is not any more."""
        if not is_full(error) or not self._make_room():
            return False
        self._log.error("the disk of the database is full: the reserve that was kept there is given up")
        return True

    def _run(self, connection: Connection, work: Work, batch: _Batch) -> None:
        batch.works.append(work)
        touched: list[Touched] = []
        try:
            connection.exec_driver_sql("SAVEPOINT unit")
        except Exception as error:
            raise self._gone(error) from error
        try:
            result = work.run(Tx(connection, touched))
            if not connection.in_transaction():
                raise RuntimeError("a unit of work must leave the transaction alone")
            connection.exec_driver_sql("RELEASE SAVEPOINT unit")
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
            if self._has_room_now(error):
                raise self._gone(error) from error  # all of it once more, each alone
            failure = failure_of(in_plain_words(error))
            if isinstance(failure.value, StoreUnavailable):
                batch.settled.refused = str(failure.value)
            self._undo(connection, error)
            if isinstance(work, Appends) and len(work.members) > 1 and not is_storage_trouble(error):
                # One of them spoilt it, and which one is not said.
                batch.works.pop()
                for one in work.apart():
                    self._run(connection, one, batch)
                return
            batch.settled.outcomes.append((work, failure))
        else:
            batch.settled.outcomes.append((work, result))
            batch.touched += touched

    def _undo(self, connection: Connection, error: BaseException) -> None:
        """Take one unit back. Where that cannot be done, the transaction it stood in is gone."""
        try:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT unit")
            connection.exec_driver_sql("RELEASE SAVEPOINT unit")
        except Exception:  # noqa: BLE001 - whatever it was, the transaction is gone
            raise self._gone(error) from error

    def _gone(self, error: BaseException) -> _Gone:
        self._disconnect()
        return _Gone(str(error))

    def _commit(self, connection: Connection, batch: _Batch) -> None:
        try:
            batch.settled.changes = _number(connection, batch.touched)
            self._marks.write(connection, batch.n)
        except Exception as error:
            self._has_room_now(error)
            raise self._gone(error) from error
        try:
            connection.commit()
        except Exception as error:
            self._has_room_now(error)
            self._disconnect()
            raise _InDoubt from error
        batch.settled.committed = True

    def _look_up(self, batch: _Batch) -> Settled:
        """Learn whether a doubtful batch was committed: then tell its results, else run it again."""
        try:
            connection = self._begun()
        except _Unreachable as error:
            return self._still_in_doubt(error.__cause__ or error)
        try:
            saved = self._marks.read(connection)
            connection.rollback()
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing is known yet
            self._disconnect()
            return self._still_in_doubt(error)
        self._doubtful = None
        if saved == batch.n:
            self._log.info("the batch in doubt had been committed")
            batch.settled.committed = True
            return batch.settled
        return self._again_alone(batch.works, batch.doubt or StoreUnavailable("the database did not commit"))

    def _still_in_doubt(self, error: BaseException) -> Settled:
        """Whoever came later is refused; the batch itself waits until the truth is known."""
        settled = self._refuse(error, [])
        settled.again_in = AGAIN_SECONDS
        if self.closing and self._doubtful is not None:
            refusal = unavailable(error, "it is not known whether this was saved")
            settled.outcomes += [(work, failure_of(refusal)) for work in self._doubtful.works]
            settled.again_in = None
            self._doubtful = None
        return settled

    def _again_alone(self, works: list[Work], error: BaseException) -> Settled:
        """Units of a lost transaction: each once more alone, or refused where it had that already."""
        settled = Settled()
        for work in reversed(works):
            work.reruns += 1
            if work.reruns > RERUNS:
                refusal = self._unavailable(error)
                settled.refused = str(refusal)
                settled.outcomes.append((work, failure_of(refusal)))
            else:
                self._alone.appendleft(work)
        return settled

    def _refuse(self, error: BaseException, taken: list[Work]) -> Settled:
        """The database cannot be reached: nobody is kept waiting for it."""
        works = [*taken, *self._alone, *self._line.everything()]
        self._alone.clear()
        refusal = self._unavailable(error)
        self._log.warn("{count} units of work refused: {error}", count=len(works), error=refusal)
        return Settled([(work, failure_of(refusal)) for work in works], refused=str(refusal))

    def _unavailable(self, error: BaseException) -> StoreUnavailable:
        database = place_of(self._engine.url)
        return unavailable(error, phrase(f"{database} cannot be used now"))

    def _disconnect(self) -> None:
        """Throw the connection away, whatever state it is in."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        for let_go in (connection.invalidate, connection.close):
            _ignoring_errors(let_go)


def _ignoring_errors(let_go: Callable[[], None]) -> None:
    try:
        let_go()
    except Exception as error:  # noqa: BLE001 - it is lost already
        Writer._log.debug("while letting go of a lost connection: {error}", error=error)


def _number(connection: Connection, touched: list[Touched]) -> list[Change]:
    """Save the changes of a batch under the next numbers of their properties.

    The last number is read with every batch: another node may have owned the property meanwhile.
    """
    if not touched:
        return []
    properties = {t.property for t in touched}
    last = {p: _LAST.value(connection, property=p) or 0 for p in properties}
    changes: list[Change] = []
    for t in touched:
        last[t.property] += 1
        changes.append(Change(t.property, last[t.property], t.kind, t.id, t.at))
    rows = [{"property": c.property, "n": c.n, "kind": c.kind, "id": c.id, "at": c.at} for c in changes]
    connection.execute(_NUMBERED, rows)
    return changes
