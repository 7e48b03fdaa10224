"""A unit of work: saved whole or not at all, told only after the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from twisted.internet.defer import Deferred, gatherResults

from hotelbridge.core.records import Change, WakeupState
from hotelbridge.errors import StoreUnavailable
from hotelbridge.store import changes
from hotelbridge.store.database import Database, Tx

from .far_side import NOW, FarSide, Mind, adding, failing, held_up, in_one_batch, reports, result_of


def test_a_unit_gives_back_its_result_once_it_is_saved(db: Database, far_side: FarSide) -> None:
    assert result_of(db.run(adding("anna"))) == "anna"
    assert far_side.names() == ["anna"]


def test_nothing_of_a_batch_is_visible_before_its_commit(db: Database, far_side: FarSide) -> None:
    seen: list[list[str]] = []

    def look(tx: Tx) -> None:
        seen.append(far_side.names())

    in_one_batch(db, adding("anna"), adding("bert", look), adding("carl", look), look)
    assert seen == [[], [], []]
    assert far_side.names() == ["anna", "bert", "carl"]


def test_a_result_is_told_after_the_commit(db: Database, far_side: FarSide) -> None:
    seen: list[list[str]] = []
    db.run(adding("anna")).addCallback(lambda _: seen.append(far_side.names()))
    assert seen == [["anna"]]


def test_a_unit_that_fails_is_undone_alone(db: Database, far_side: FarSide) -> None:
    first, second, third = in_one_batch(db, adding("anna"), failing("bert"), adding("carl"))
    assert result_of(first) == "anna"
    with pytest.raises(Mind):
        result_of(second)
    assert result_of(third) == "carl"
    assert far_side.names() == ["anna", "carl"]


def test_a_unit_that_breaks_a_rule_of_the_database_fails_alone(db: Database, far_side: FarSide) -> None:
    first, second, third = in_one_batch(db, adding("anna"), adding("anna"), adding("carl"))
    assert result_of(first) == "anna"
    with pytest.raises(Exception, match="(?i)unique"):
        result_of(second)
    assert result_of(third) == "carl"
    assert far_side.names() == ["anna", "carl"]


def test_a_unit_that_hides_an_error_of_the_database_spoils_no_other(db: Database, far_side: FarSide) -> None:
    def hiding(tx: Tx) -> None:
        adding("bert")(tx)
        with pytest.raises(Exception, match="(?i)no_such_table"):
            tx.connection.exec_driver_sql("SELECT * FROM no_such_table")

    first, hidden, third = in_one_batch(db, adding("anna"), hiding, adding("carl"))
    hidden.addErrback(lambda failure: None)  # PostgreSQL takes the unit back, SQLite has nothing to undo
    assert (result_of(first), result_of(third)) == ("anna", "carl")
    assert {"anna", "carl"} <= set(far_side.names())


def test_a_lost_transaction_leaves_nothing_of_its_units(db: Database, far_side: FarSide) -> None:
    def meddling(tx: Tx) -> None:
        tx.connection.exec_driver_sql("ROLLBACK")

    lost, other = in_one_batch(db, meddling, adding("carl"))
    with pytest.raises(StoreUnavailable):
        result_of(lost)
    assert result_of(other) == "carl"
    assert far_side.names() == ["carl"]


def test_a_rollback_removes_all_of_a_unit(db: Database, far_side: FarSide) -> None:
    def all_or_nothing(tx: Tx) -> None:
        for name in ("anna", "bert", "carl"):
            adding(name)(tx)
        raise Mind("all")

    with pytest.raises(Mind):
        result_of(db.run(all_or_nothing))
    assert far_side.names() == []
    assert far_side.numbers("main") == []


def test_a_unit_started_by_a_result_waits_its_turn(db: Database) -> None:
    order: list[str] = []

    def begin(_: object) -> None:
        db.run(lambda tx: order.append("inner"))
        order.append("told")

    db.on_commit(begin)
    db.run(adding("anna"))
    assert order == ["told", "inner"]


def test_a_unit_may_not_return_something_that_is_still_to_come(db: Database) -> None:
    with pytest.raises(TypeError):
        result_of(db.run(lambda tx: Deferred()))


def test_a_listener_hears_the_changes_of_each_commit_in_order(db: Database) -> None:
    heard: list[list[Change]] = []
    unsubscribe = db.on_commit(heard.append)
    in_one_batch(db, adding("anna"), failing("bert"), adding("carl"))[1].addErrback(lambda failure: None)
    assert [[(c.n, c.id, c.at) for c in batch] for batch in heard] == [[(1, "anna", NOW), (2, "carl", NOW)]]
    unsubscribe()
    db.run(adding("dora"))
    assert len(heard) == 1


def test_change_numbers_have_no_gaps_and_no_doubles(
    url: str, open_inline: Callable[..., Database], far_side: FarSide
) -> None:
    first = open_inline(url)
    for failed in in_one_batch(first, adding("a"), failing("b"), adding("c"), failing("d"), adding("e")):
        failed.addErrback(lambda failure: None)
    other = open_inline(url, node="node-b")  # another node has the property for a while
    result_of(other.run(adding("f")))
    result_of(first.run(adding("g")))
    result_of(first.run(lambda tx: tx.changed("annex", "room", 7, NOW)))
    assert far_side.numbers("main") == [1, 2, 3, 4, 5]
    assert far_side.numbers("annex") == [1]


def test_a_change_without_a_time_zone_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        result_of(db.run(lambda tx: tx.changed("main", "room", "7", datetime(2026, 11, 24))))


def test_a_query_cannot_write(db: Database, far_side: FarSide) -> None:
    with pytest.raises(Exception, match="(?i)read-?only"):
        result_of(db.read(lambda tx: tx.connection.exec_driver_sql("DELETE FROM token")))
    with pytest.raises(TypeError):
        result_of(db.read(lambda tx: tx.changed("main", "room", "7", NOW)))


def test_a_query_sees_what_was_committed(db: Database) -> None:
    db.run(adding("anna"))
    assert result_of(db.read(lambda tx: changes.latest(tx, "main"))) == 1


def test_reports_are_appended_as_received(db: Database, far_side: FarSide) -> None:
    body = bytes(range(256))
    [report] = reports("x")
    result_of(db.append([report, report.__class__("main", "om20", NOW, body)]))
    assert far_side.bodies() == [b"x", body]
    assert result_of(db.append([])) is None


def test_a_closed_store_refuses(db: Database) -> None:
    assert result_of(db.close()) is None
    assert result_of(db.close()) is None
    for refused in (db.run(adding("x")), db.append(reports("x")), db.read(lambda tx: 1)):
        with pytest.raises(StoreUnavailable):
            result_of(refused)


def test_an_orderly_end_leaves_no_mark_behind(db: Database, far_side: FarSide) -> None:
    db.run(adding("anna"))
    assert len(far_side.ask("SELECT * FROM mark")) == 1
    db.close()
    assert far_side.ask("SELECT * FROM mark") == []


def test_states_are_stored_as_plain_words(db: Database, far_side: FarSide) -> None:
    db.run(lambda tx: tx.changed("main", WakeupState.WOKEN, "1", NOW))
    assert far_side.ask("SELECT kind FROM change") == [("woken",)]


async def test_a_unit_that_wants_to_end_its_thread_fails_like_any_other(threaded: Database) -> None:
    def leaving(tx: Tx) -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        await threaded.run(leaving)
    assert await threaded.run(adding("anna")) == "anna"


async def test_threads_work_and_the_reactor_is_told(threaded: Database, far_side: FarSide) -> None:
    await threaded.start()
    here = threading.get_ident()
    told: list[int] = []
    working = threaded.run(lambda tx: threading.get_ident())
    working.addCallback(lambda there: told.extend([there, threading.get_ident()]))
    await working
    assert told[0] != here
    assert told[1] == here
    assert await threaded.read(lambda tx: threading.get_ident()) not in told


async def test_what_waits_when_the_store_is_closed_is_still_done(
    threaded: Database, far_side: FarSide
) -> None:
    gate = held_up(threaded)
    waiting: list[Deferred[Any]] = [threaded.run(adding(f"t{n}")) for n in range(50)]
    waiting.append(threaded.append(reports("a", "b")))
    closed = threaded.close()
    gate.set()
    await closed
    await gatherResults(waiting)
    assert len(far_side.names()) == 50
    assert far_side.bodies() == [b"a", b"b"]
