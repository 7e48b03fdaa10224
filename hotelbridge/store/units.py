"""A unit of work as it waits, and the transaction it is given.

Units wait in one line per node: wake-ups first, then the others in order of arrival. Appends of
reports wait apart and go together. Knows no database.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from hotelbridge.core.records import Change
from hotelbridge.store.engines import is_storage_trouble

T = TypeVar("T")
AppendRow = tuple[str, str, Any, bytes]  # property, device, at (as the driver wants it), body


@dataclass(frozen=True, slots=True)
class Touched:
    """A change that has no number yet: it gets one when its unit has come through."""

    property: str
    kind: str
    id: str
    at: datetime


class Tx:
    """What a unit of work or a query is given. Valid only while it runs, on the thread it runs on."""

    __slots__ = ("_touched", "connection")

    def __init__(self, connection: Connection, touched: list[Touched] | None) -> None:
        self.connection = connection
        self._touched = touched

    def changed(self, property: str, kind: str, id: str | int, at: datetime) -> None:
        """Tell the change feed that the desk would see something new. The number comes with the commit."""
        if self._touched is None:
            raise TypeError("a query changes nothing")
        if at.utcoffset() is None:
            raise ValueError(f"an instant needs a time zone: {at.isoformat()}")
        self._touched.append(Touched(property, kind, str(id), at))


def apart(tx: Tx, work: Callable[[], T]) -> T:
    """Do a piece of a unit in a savepoint of its own: where it raises, it alone is undone.

    What the database cannot do now still ends the whole unit: after that nothing can be said of it. What it
    will never do (a text too long for a key) is a piece of work that was wrong.
    """
    savepoint = tx.connection.begin_nested()
    try:
        result = work()
    except Exception as error:
        if is_of_the_database(error):
            raise
        savepoint.rollback()
        raise
    savepoint.commit()
    return result


def is_of_the_database(error: Exception) -> bool:
    """Whether an error means that the database could not work, not that a piece of work was wrong."""
    return is_storage_trouble(error)


class Work(Protocol):
    """Something the writer does in one savepoint; all its Deferreds share one fate."""

    reruns: int

    def run(self, tx: Tx) -> object:
        """Do it; may be called more than once."""
        ...

    def tell(self, outcome: object) -> None:
        """Fire the Deferreds with a result or a `Failure`; on the reactor, after the commit."""
        ...


@dataclass(slots=True, eq=False)
class Unit:
    """One `Database.run`."""

    work: Callable[[Tx], object]
    done: Deferred[Any]
    reruns: int = 0

    def run(self, tx: Tx) -> object:
        result = self.work(tx)
        if isinstance(result, Deferred):
            raise TypeError("a unit of work returns plain data, not a Deferred")
        return result

    def tell(self, outcome: object) -> None:
        self.done.callback(outcome)


@dataclass(slots=True, eq=False)
class Append:
    """One `Database.append`."""

    rows: Sequence[AppendRow]
    done: Deferred[None]


def failure_of(error: BaseException) -> Failure:
    """An error as Twisted carries it."""
    return Failure(error)  # type: ignore[no-untyped-call]


Insert = Callable[[Connection, Sequence[AppendRow]], None]


@dataclass(slots=True, eq=False)
class Appends:
    """All appends that waited together, as one insert."""

    members: list[Append]
    insert: Insert
    reruns: int = 0

    def run(self, tx: Tx) -> None:
        self.insert(tx.connection, [row for append in self.members for row in append.rows])

    def tell(self, outcome: Any) -> None:
        for append in self.members:
            append.done.callback(outcome)

    def apart(self) -> list[Work]:
        """Each append for itself, so that one which cannot be inserted fails alone."""
        return [Appends([append], self.insert) for append in self.members]


@dataclass(slots=True)
class Settled:
    """What became of some work: to be told on the reactor."""

    outcomes: list[tuple[Work, object]] = field(default_factory=list)  # results and `Failure`s
    changes: list[Change] = field(default_factory=list)
    again_in: float | None = None  # seconds after which the writer wants to be called again unasked
    committed: bool = False  # a transaction came through
    refused: str = ""  # why something could not be saved, where something could not


class Line:
    """Where work waits. Filled by the reactor, emptied by the writer."""

    def __init__(self, insert: Insert) -> None:
        self._lock = threading.Lock()
        self._insert = insert
        self._urgent: deque[Unit] = deque()
        self._ordinary: deque[Unit] = deque()
        self._appends: deque[Append] = deque()

    def put(self, unit: Unit, urgent: bool) -> None:
        """A unit joins the line."""
        with self._lock:
            (self._urgent if urgent else self._ordinary).append(unit)

    def put_append(self, append: Append) -> None:
        """Reports join the line."""
        with self._lock:
            self._appends.append(append)

    def next(self) -> Unit | None:
        """The unit whose turn it is; wake-ups before all others."""
        with self._lock:
            if self._urgent:
                return self._urgent.popleft()
            return self._ordinary.popleft() if self._ordinary else None

    def appends(self, rows: int) -> Appends | None:
        """The appends that wait, up to about so many rows."""
        taken: list[Append] = []
        with self._lock:
            while self._appends and rows > 0:
                taken.append(self._appends.popleft())
                rows -= len(taken[-1].rows)
        return Appends(taken, self._insert) if taken else None

    def everything(self) -> list[Work]:
        """All that waits, taken out of the line."""
        with self._lock:
            found: list[Work] = [*self._urgent, *self._ordinary]
            if self._appends:
                found.append(Appends(list(self._appends), self._insert))
            self._urgent.clear()
            self._ordinary.clear()
            self._appends.clear()
        return found

    def __len__(self) -> int:
        with self._lock:
            return len(self._urgent) + len(self._ordinary) + len(self._appends)
