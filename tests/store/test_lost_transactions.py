"""Disk full, connection lost, answer lost: no unit is lost, none is done twice, none is told a lie."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from twisted.internet.defer import gatherResults

from hotelbridge.errors import StoreUnavailable
from hotelbridge.store.database import Database, Tx

from .cutting_proxy import Cut, CuttingProxy
from .far_side import FarSide, Mind, adding, failing, in_one_batch, reports, result_of


def pages(limit: int) -> Callable[[Tx], None]:
    """A unit that lets a SQLite database grow to so many pages, on this connection."""

    def unit(tx: Tx) -> None:
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={limit}").close()

    return unit


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """A disk on which no file may grow beyond a size: writes fail at the commit, as on a broken disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def big(name: str) -> Callable[[Tx], str]:
    """A unit that needs many pages."""
    return adding(
        name,
        lambda tx: tx.connection.exec_driver_sql("UPDATE token SET role = role || hex(zeroblob(400000))"),
    )


def test_on_a_full_disk_a_unit_is_refused_and_works_again_when_there_is_space(
    sqlite_url: str, open_inline: Callable[[str], Database], beside: Callable[[str], FarSide]
) -> None:
    db, far = open_inline(sqlite_url), beside(sqlite_url)
    result_of(db.run(adding("anna")))
    result_of(db.run(pages(1)))  # no more than it has now
    with pytest.raises(StoreUnavailable, match="full"):
        result_of(db.run(big("bert")))
    assert far.names() == ["anna"]
    result_of(db.run(pages(1_000_000)))
    result_of(db.run(big("bert")))
    assert far.names() == ["anna", "bert"]


def test_on_a_full_disk_the_other_units_of_the_batch_are_run_again_alone(
    sqlite_url: str, open_inline: Callable[[str], Database], beside: Callable[[str], FarSide]
) -> None:
    db, far = open_inline(sqlite_url), beside(sqlite_url)
    result_of(db.run(adding("anna")))
    first, full, third = in_one_batch(
        db, adding("bert"), lambda tx: (pages(1)(tx), big("x")(tx)), adding("carl")
    )
    assert (result_of(first), result_of(third)) == ("bert", "carl")
    with pytest.raises(StoreUnavailable, match="full"):
        result_of(full)
    assert far.names() == ["anna", "bert", "carl"]
    assert far.numbers("main") == [1, 2, 3]


def test_when_the_disk_fails_at_the_commit_all_are_refused_and_none_is_saved(
    sqlite_url: str, open_inline: Callable[[str], Database], beside: Callable[[str], FarSide]
) -> None:
    db, far = open_inline(sqlite_url), beside(sqlite_url)
    result_of(db.start())
    result_of(db.run(adding("anna")))
    heard: list[object] = []
    db.on_commit(heard.append)
    wal = Path(sqlite_url.removeprefix("sqlite:///") + "-wal")
    with no_file_longer_than(wal.stat().st_size):
        refused = [*in_one_batch(db, adding("bert"), adding("carl")), db.append(reports("x"))]
        for one in refused:
            with pytest.raises(StoreUnavailable, match="disk"):
                result_of(one)
    assert heard == []
    assert (far.names(), far.bodies()) == (["anna"], [])
    assert result_of(db.run(adding("bert"))) == "bert"
    assert far.names() == ["anna", "bert"]
    assert far.numbers("main") == [1, 2]


def test_a_database_held_by_another_program_for_too_long_refuses(
    sqlite_url: str,
    open_inline: Callable[[str], Database],
    beside: Callable[[str], FarSide],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hotelbridge.store.engines.BUSY_TIMEOUT_MS", 50)
    db, far = open_inline(sqlite_url), beside(sqlite_url)
    far.ask("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        result_of(db.run(adding("anna")))
    far.ask("ROLLBACK")
    assert result_of(db.run(adding("anna"))) == "anna"


def test_a_missing_database_refuses_and_says_so(
    tmp_path: Path, open_inline: Callable[[str], Database]
) -> None:
    db = open_inline(f"sqlite:///{tmp_path}/nowhere/hb.db")
    with pytest.raises(StoreUnavailable, match="open"):
        result_of(db.run(adding("anna")))
    with pytest.raises(StoreUnavailable, match="open"):
        result_of(db.read(lambda tx: 1))


class Killing:
    """A unit that adds a token and has its own connection killed, the first so many times it runs."""

    def __init__(self, url: str, name: str, times: int = 1) -> None:
        self._url, self._name, self._times = url, name, times
        self.runs = 0

    def __call__(self, tx: Tx) -> str:
        self.runs += 1
        adding(self._name)(tx)
        if self.runs <= self._times:
            pid = tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            kill(self._url, f"pid = {pid}")
            tx.connection.exec_driver_sql("SELECT 1")
        return self._name


def kill(url: str, which: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {which}")


def test_a_connection_lost_before_the_commit_loses_no_unit_and_repeats_none(
    postgres_url: str, open_inline: Callable[[str], Database], beside: Callable[[str], FarSide]
) -> None:
    db, far = open_inline(postgres_url), beside(postgres_url)
    killing = Killing(postgres_url, "bert")
    first, second, failed, last = in_one_batch(db, adding("anna"), killing, failing("x"), adding("carl"))
    assert [result_of(one) for one in (first, second, last)] == ["anna", "bert", "carl"]
    with pytest.raises(Mind):
        result_of(failed)
    assert killing.runs == 2
    assert far.names() == ["anna", "bert", "carl"]
    assert far.numbers("main") == [1, 2, 3]


def test_a_unit_that_loses_the_connection_every_time_is_refused_alone(
    postgres_url: str, open_inline: Callable[[str], Database], beside: Callable[[str], FarSide]
) -> None:
    db, far = open_inline(postgres_url), beside(postgres_url)
    first, poison, last = in_one_batch(
        db, adding("anna"), Killing(postgres_url, "x", times=99), adding("carl")
    )
    assert (result_of(first), result_of(last)) == ("anna", "carl")
    with pytest.raises(StoreUnavailable):
        result_of(poison)
    assert far.names() == ["anna", "carl"]


def test_connections_that_died_while_nobody_used_them_are_not_noticed(
    postgres_url: str, open_inline: Callable[[str], Database]
) -> None:
    db = open_inline(postgres_url)
    result_of(db.start())
    kill(postgres_url, "application_name LIKE 'hotelbridge %' AND datname = current_database()")
    assert result_of(db.read(lambda tx: 1)) == 1
    assert result_of(db.run(adding("anna"))) == "anna"


@pytest.fixture
def proxy(postgres: Any) -> Iterator[CuttingProxy]:
    info = postgres.get_postmaster_info()
    wire = CuttingProxy(info.socket_path)
    yield wire
    wire.close()


def through(proxy: CuttingProxy, url: str) -> str:
    return f"postgresql://postgres@127.0.0.1:{proxy.port}/{make_url(url).database}"


@pytest.mark.parametrize("cut", [Cut.ANSWER, Cut.COMMAND, Cut.LATE])
async def test_a_connection_lost_during_the_commit_loses_no_unit_and_repeats_none(
    postgres_url: str,
    open_threaded: Callable[[str], Database],
    beside: Callable[[str], FarSide],
    proxy: CuttingProxy,
    cut: Cut,
) -> None:
    db, far = open_threaded(through(proxy, postgres_url)), beside(postgres_url)
    await db.start()
    told: list[str] = []
    heard: list[int] = []
    db.on_commit(lambda changes: heard.extend(c.n for c in changes))
    for name in ("anna", "bert", "carl"):
        proxy.next_commit = cut
        work = [db.run(adding(f"{name} {n}")).addCallback(told.append) for n in range(20)]
        await gatherResults([*work, db.append(reports(name))])
    await db.aside(lambda: None)  # listeners come after results
    assert sorted(told) == sorted(far.names())
    assert len(told) == 60
    assert sorted(heard) == far.numbers("main") == list(range(1, 61))
    assert far.bodies() == [b"anna", b"bert", b"carl"]


async def test_while_the_fate_of_a_batch_is_unknown_nothing_is_told_and_newcomers_are_refused(
    postgres_url: str,
    open_threaded: Callable[[str], Database],
    beside: Callable[[str], FarSide],
    proxy: CuttingProxy,
) -> None:
    db, far = open_threaded(through(proxy, postgres_url)), beside(postgres_url)
    await db.start()
    told: list[object] = []
    proxy.next_commit = Cut.ANSWER
    proxy.down = True
    doubtful = db.run(adding("anna")).addBoth(told.append)
    while proxy.next_commit is not Cut.NOT:
        await db.aside(lambda: None)
    with pytest.raises(StoreUnavailable):
        await db.run(adding("bert"))
    assert told == []
    proxy.down = False
    await doubtful
    assert told == ["anna"]
    assert far.names() == ["anna"]


async def test_a_store_closed_in_doubt_says_that_it_does_not_know(
    postgres_url: str, open_threaded: Callable[[str], Database], proxy: CuttingProxy
) -> None:
    db = open_threaded(through(proxy, postgres_url))
    await db.start()
    proxy.next_commit = Cut.ANSWER
    proxy.down = True
    doubtful = db.run(adding("anna"))
    while proxy.next_commit is not Cut.NOT:
        await db.aside(lambda: None)
    closed = db.close()
    with pytest.raises(StoreUnavailable, match="not known"):
        await doubtful
    await closed
