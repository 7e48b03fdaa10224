"""Reports are saved whatever happens: in the database, else in a file that is read in later, once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults

from hotelbridge.clock import SystemClock
from hotelbridge.core.records import Report
from hotelbridge.errors import StoreUnavailable
from hotelbridge.store import spill
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.sink import ReportSink
from hotelbridge.testing.fake_clock import FakeClock

from .far_side import FarSide, adding, held_up, reports, result_of


class Refusing:
    """A database that some program holds locked (SQLite) or whose table is gone for a while (PostgreSQL)."""

    def __init__(self, url: str) -> None:
        self._far = FarSide(url)

    def begin(self) -> None:
        self._far._connection.execute("BEGIN")
        self._far._connection.execute("UPDATE mark SET n = n")
        self._far._connection.execute("LOCK TABLE report" if not self._sqlite else "SELECT 1")

    @property
    def _sqlite(self) -> bool:
        return type(self._far._connection).__module__ == "sqlite3"

    def end(self) -> None:
        self._far._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._far.close()


@pytest.fixture
def outage(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusing]:
    from hotelbridge.store import engines

    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setitem(engines._LIMITS_MS, "lock_timeout", 50)
    refusing = Refusing(url)
    yield refusing
    refusing.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def told() -> list[bool]:
    return []


@pytest.fixture
def sink(
    outage: Refusing, db: Database, tmp_path: Path, clock: FakeClock, told: list[bool]
) -> Iterator[ReportSink]:
    one = ReportSink(db, tmp_path / "reports.spill", clock, told=told.append)
    yield one
    result_of(Deferred.fromCoroutine(one.close()))


def spilled(tmp_path: Path) -> list[bytes]:
    return [r.body for path in sorted(tmp_path.glob("reports.spill.*")) for r in spill.reports_in(path)]


def test_reports_go_to_the_database(sink: ReportSink, far_side: FarSide, tmp_path: Path) -> None:
    assert result_of(sink.save(reports("a", "b"))) is None
    assert far_side.bodies() == [b"a", b"b"]
    assert (sink.waiting, sink.spilled, spilled(tmp_path)) == (0, 0, [])


def test_what_the_database_refuses_goes_to_a_file_and_is_read_in_by_itself(
    sink: ReportSink, outage: Refusing, far_side: FarSide, clock: FakeClock, told: list[bool], tmp_path: Path
) -> None:
    result_of(sink.save(reports("a")))
    outage.begin()
    assert result_of(sink.save(reports("b", "c"))) is None
    assert (sink.spilled, told, spilled(tmp_path)) == (2, [True], [b"b", b"c"])
    clock.advance(3)  # it is tried again and again
    assert result_of(sink.save(reports("d"))) is None
    outage.end()
    assert result_of(sink.save(reports("e"))) is None  # still behind the others
    assert far_side.bodies() == [b"a"]
    clock.advance(1)
    assert far_side.bodies() == [b"a", b"b", b"c", b"d", b"e"]
    assert (sink.spilled, told) == (0, [True, False])
    result_of(sink.save(reports("f")))
    assert far_side.bodies()[-1] == b"f"
    assert list(tmp_path.glob("reports.spill.*")) == []
    assert far_side.ask("SELECT count(*) FROM mark WHERE node LIKE 'reports.spill%'") == [(0,)]
    clock.advance(5)
    assert clock.reactor.getDelayedCalls() == []


def test_what_an_earlier_run_left_in_files_is_read_in_at_the_start(
    sink: ReportSink, outage: Refusing, db: Database, clock: FakeClock, far_side: FarSide, tmp_path: Path
) -> None:
    outage.begin()
    result_of(sink.save(reports("a", "b")))
    result_of(Deferred.fromCoroutine(sink.close()))
    outage.end()
    told: list[bool] = []
    second = ReportSink(db, tmp_path / "reports.spill", clock, told=told.append)
    result_of(Deferred.fromCoroutine(second.start()))
    result_of(second.save(reports("c")))
    assert far_side.bodies() == [b"a", b"b", b"c"]
    assert told == [True, False]
    result_of(Deferred.fromCoroutine(second.close()))


def test_a_file_is_read_in_once_although_a_crash_left_it_behind(
    sink: ReportSink, outage: Refusing, db: Database, clock: FakeClock, far_side: FarSide, tmp_path: Path
) -> None:
    outage.begin()
    result_of(sink.save(reports(*(f"r{n}" for n in range(1200)))))
    outage.end()
    [path] = tmp_path.glob("reports.spill.*")
    content = path.read_bytes()
    # The crash comes when two pieces of three are committed.
    rows = spill.reports_in(path)
    for start in (0, 500):
        result_of(db.append(rows[start : start + 500]))
    result_of(db.run(lambda tx: _reached(tx, path.name, 1000)))
    assert result_of(sink.read_in()) == 200
    assert far_side.bodies() == [f"r{n}".encode() for n in range(1200)]
    # The crash comes when all is committed and the file not yet deleted.
    path.write_bytes(content)
    result_of(db.run(lambda tx: _reached(tx, path.name, 1200)))
    second = ReportSink(db, tmp_path / "reports.spill", clock)
    result_of(Deferred.fromCoroutine(second.start()))
    assert len(far_side.bodies()) == 1200
    assert not path.exists()
    result_of(Deferred.fromCoroutine(second.close()))


def _reached(tx: Tx, name: str, n: int) -> None:
    tx.connection.exec_driver_sql(f"INSERT INTO mark (property, node, n) VALUES ('', '{name}', {n})")


def test_a_last_line_cut_off_by_a_crash_is_left_out(
    sink: ReportSink, outage: Refusing, far_side: FarSide, tmp_path: Path
) -> None:
    outage.begin()
    result_of(sink.save(reports("a", "b")))
    outage.end()
    [path] = tmp_path.glob("reports.spill.*")
    path.write_bytes(path.read_bytes() + b'{"order":2,"property":"ma')
    assert result_of(sink.read_in()) == 2
    assert far_side.bodies() == [b"a", b"b"]


def test_a_body_of_any_bytes_survives_the_file(sink: ReportSink, outage: Refusing, far_side: FarSide) -> None:
    body = bytes(range(256)) * 3
    [one] = reports("x")
    outage.begin()
    result_of(sink.save([Report(one.property, one.device, one.at, body)]))
    outage.end()
    result_of(sink.read_in())
    assert far_side.bodies() == [body]


def test_where_neither_can_be_written_the_report_is_refused(
    outage: Refusing, db: Database, tmp_path: Path, clock: FakeClock
) -> None:
    sink = ReportSink(db, tmp_path / "no such folder" / "reports.spill", clock)
    result_of(sink.save(reports("a")))
    outage.begin()
    with pytest.raises(StoreUnavailable, match="neither"):
        result_of(sink.save(reports("b")))
    outage.end()
    clock.advance(2)
    assert result_of(sink.save(reports("b"))) is None
    result_of(Deferred.fromCoroutine(sink.close()))


def test_a_report_without_a_time_zone_is_refused(sink: ReportSink) -> None:
    with pytest.raises(ValueError, match="time zone"):
        result_of(sink.save([Report("main", "om20", datetime(2026, 11, 24), b"x")]))


async def test_more_reports_than_may_wait_go_to_the_file_and_keep_their_order(
    threaded: Database, far_side: FarSide, tmp_path: Path
) -> None:
    told: list[bool] = []
    sink = ReportSink(threaded, tmp_path / "reports.spill", SystemClock(reactor), limit=50, told=told.append)
    gate = held_up(threaded)
    first = [sink.save(reports(f"r{n}")) for n in range(80)]
    assert sink.waiting == 50
    await gatherResults(first[50:])  # they are saved although the database is busy
    assert sink.spilled == 30
    gate.set()
    rest: list[Deferred[None]] = []
    for n in range(80, 400):
        rest.append(sink.save(reports(f"r{n}")))
        if n % 10 == 0:
            await threaded.run(lambda tx: None)
    await gatherResults([*first, *rest])
    await sink.read_in()
    assert far_side.bodies() == [f"r{n}".encode() for n in range(400)]
    assert told == [True, False]
    await sink.close()


async def test_an_outage_in_the_middle_of_a_stream_loses_and_doubles_nothing(
    outage: Refusing, threaded: Database, far_side: FarSide, tmp_path: Path
) -> None:
    sink = ReportSink(threaded, tmp_path / "reports.spill", SystemClock(reactor))
    saved: list[Deferred[None]] = []
    for n in range(600):
        if n == 200:
            await threaded.run(lambda tx: None)
            outage.begin()
        if n == 400:
            await gatherResults(saved)
            outage.end()
        saved.append(sink.save(reports(f"r{n}")))
        if n % 20 == 0:
            await threaded.aside(threading.get_ident)
    await gatherResults(saved)
    while sink.spilled:
        await sink.read_in()
    assert far_side.bodies() == [f"r{n}".encode() for n in range(600)]
    await threaded.run(adding("afterwards"))
    await sink.close()
