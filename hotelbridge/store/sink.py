"""Where reports are saved as they come in: to the database, or to a plain file while that cannot.

A report is saved when its Deferred fires, and only then may its connection be let go. Whatever waits
in the file is read in as soon as the database works again; until the last of it is in, new reports
go to the file too, so that the order of arrival is kept. Knows nothing of what reports say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.core.records import Report
from hotelbridge.errors import HotelbridgeError, StoreUnavailable
from hotelbridge.store import tables
from hotelbridge.store.appends import row_of, statement_for
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.engines import unavailable
from hotelbridge.store.spill import SpillFile, SpillFolder, line_of, remove, reports_in
from hotelbridge.texts import phrase

LIMIT = 20_000  # reports that may wait in memory for the database
PIECE = 500  # reports read in by one unit
FILE_REPORTS = 50_000  # in one file: it is read in whole
AGAIN_SECONDS = 1.0  # between two attempts to read in

_MARK = tables.Mark.__table__  # type: ignore[attr-defined]


@dataclass(slots=True, eq=False)
class _Spilling:
    """Reports on their way to the file."""

    lines: list[bytes]
    done: Deferred[None]


class ReportSink:
    """Saves reports. `told` is called with True when the file comes into use, with False when all is in."""

    _log = Logger()

    def __init__(
        self,
        db: Database,
        spill_path: Path,
        clock: Clock,
        limit: int = LIMIT,
        told: Callable[[bool], None] = lambda diverted: None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._limit = limit
        self._told = told
        self._folder = SpillFolder(spill_path)
        self._file: SpillFile | None = None  # what is written now; a file once left is never taken up again
        self._queue: list[_Spilling] = []
        self._order = 0
        self._writing: Deferred[None] | None = None
        self._reading: Deferred[int] | None = None
        self._timer: Any = None  # an IDelayedCall
        self._closed = False
        self._diverted = False
        self.waiting = 0  # handed to the database, not committed yet
        self.spilled = 0  # saved in files, not read in yet

    async def start(self) -> None:
        """Find what an earlier run left behind, and begin to read it in."""
        left = await self._db.aside(lambda: sum(len(reports_in(path)) for path in self._folder.files()))
        self.spilled += left
        if self._folder.files():
            self._divert()
            await self.read_in()

    async def close(self) -> None:
        """Wait for what is under way; what stays in files is read in next time. Then close the database."""
        self._closed = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        while self._writing is not None or self._reading is not None:
            await _after(self._writing or self._reading)

    def save(self, reports: Sequence[Report]) -> Deferred[None]:
        """Save; fires when they are on the disk, in database or file; `StoreUnavailable` if in neither."""
        order, self._order = self._order, self._order + len(reports)
        if self._diverted or self.waiting + len(reports) > self._limit:
            return self._spill(order, reports)
        self.waiting += len(reports)

        def settled(result: Any) -> Any:
            self.waiting -= len(reports)
            refused = isinstance(result, Failure) and isinstance(result.value, StoreUnavailable)
            outcome = self._spill(order, reports) if refused else result
            if self._diverted and not self.waiting:
                self._read_in_unasked()
            return outcome

        return self._db.append(reports).addBoth(settled)

    def read_in(self) -> Deferred[int]:
        """Bring what is in the files into the database; how many. It is also done unasked, every second."""
        if self._reading is not None:
            return _after(self._reading)
        reading: Deferred[int] = Deferred()
        self._reading = reading
        mine: Deferred[int] = _after(reading)

        def over(result: Any) -> None:
            self._reading = None
            self._try_later()
            if isinstance(result, Failure):
                self._log.failure("reports were not read in", result)
            reading.callback(0 if isinstance(result, Failure) else result)

        Deferred.fromCoroutine(self._read_all()).addBoth(over)
        return mine

    def _divert(self) -> None:
        if not self._diverted:
            self._diverted = True
            self._log.error("reports go to a file: the database does not keep up or cannot be written")
            self._told(True)
            self._try_later()

    def _try_later(self) -> None:
        waits = self._timer is not None and self._timer.active()
        if self._diverted and not self._closed and not waits:
            self._timer = self._clock.call_later(AGAIN_SECONDS, self._read_in_unasked)

    def _read_in_unasked(self) -> None:
        if not self._closed:
            self.read_in()

    def _spill(self, order: int, reports: Sequence[Report]) -> Deferred[None]:
        try:
            lines = [line_of(order + n, report) for n, report in enumerate(reports)]
        except ValueError as error:
            return fail(error)
        one = _Spilling(lines, Deferred())
        self._queue.append(one)
        self._divert()
        self._write_on()
        return one.done

    def _write_on(self) -> None:
        """Write all that waits, together; one write at a time, so that the order stays."""
        if self._writing is not None or not self._queue:
            return
        taken, self._queue = self._queue, []
        if self._file is None or self._file.count >= FILE_REPORTS:
            self._file = self._folder.new()
        file, lines = self._file, [line for one in taken for line in one.lines]
        self._writing = self._db.aside(lambda: file.write(lines))
        self._writing.addBoth(self._written, taken, file)

    def _written(self, result: Any, taken: list[_Spilling], file: SpillFile) -> None:
        self._writing = None
        if isinstance(result, Failure) and file is self._file:
            self._file = None  # it may end in half a line
        self._write_on()
        for one in taken:
            if isinstance(result, Failure):
                why = result.value or StoreUnavailable("")
                one.done.errback(unavailable(why, phrase("neither the database nor the file can be written")))
            else:
                self.spilled += len(one.lines)
                one.done.callback(None)

    async def _read_all(self) -> int:
        count = 0
        try:
            while self._diverted and not self.waiting and not self._closed:
                count += await self._read_what_is_there()
        except HotelbridgeError as error:
            self._log.warn("reports stay in the file for now: {error}", error=error)
        return count

    async def _read_what_is_there(self) -> int:
        for _ in range(2):  # what is being written, and what waits behind it, belong before the cut
            await _after(self._writing)
        self._file, cut = None, self._writing
        await _after(cut)
        active = self._file and self._file.path
        files = [path for path in self._folder.files() if path != active]
        if not files and active is None and self._writing is None:
            self._diverted = False
            self._log.info("all reports are in the database again")
            self._told(False)
        return sum([await self._read_file(path) for path in files])

    async def _read_file(self, path: Path) -> int:
        reports = await self._db.aside(lambda: reports_in(path))
        took, last = 0, -1
        while last:
            last = await self._db.run(lambda tx: _take_in(tx, path.name, reports))
            took += last
        await self._db.aside(lambda: remove(path))
        await self._db.run(lambda tx: _forget(tx, path.name))
        self.spilled -= len(reports)
        return took


def _take_in(tx: Tx, name: str, reports: Sequence[Report]) -> int:
    """The next piece of a file, with the place reached in the same commit; 0 at its end."""
    mine = (_MARK.c.property == tables.NODE_WIDE, _MARK.c.node == name)
    reached = tx.connection.execute(select(_MARK.c.n).where(*mine)).scalar()
    piece = reports[reached or 0 : (reached or 0) + PIECE]
    if not piece:
        return 0
    sqlite = tx.connection.dialect.name == "sqlite"
    statement_for(sqlite=sqlite)(tx.connection, [row_of(report, sqlite=sqlite) for report in piece])
    if reached is None:
        tx.connection.execute(insert(_MARK).values(property=tables.NODE_WIDE, node=name, n=len(piece)))
    else:
        tx.connection.execute(update(_MARK).where(*mine).values(n=reached + len(piece)))
    return len(piece)


def _forget(tx: Tx, name: str) -> None:
    """The file is gone: its mark can go too. Never before, or a crash would read it in twice."""
    tx.connection.execute(delete(_MARK).where(_MARK.c.property == tables.NODE_WIDE, _MARK.c.node == name))


def _after(event: Deferred[Any] | None) -> Deferred[Any]:
    """A Deferred of one's own for an event that others wait for too and that never fails."""
    if event is None:
        return succeed(None)
    mine: Deferred[Any] = Deferred()

    def pass_on(result: Any) -> Any:
        mine.callback(result)
        return result

    event.addBoth(pass_on)
    return mine
