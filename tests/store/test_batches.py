"""Group commit: what waits together shares a transaction, wake-ups go first."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest
from twisted.internet.defer import Deferred, gatherResults

from hotelbridge.core.records import Report
from hotelbridge.store.database import Database, Tx

from .far_side import FarSide, Mind, adding, failing, held_up, reports, result_of


def transaction(tx: Tx) -> int:
    """Which transaction this is: the number its mark had before it."""
    return int(tx.connection.exec_driver_sql("SELECT max(n) FROM mark").scalar_one())


async def test_units_that_wait_together_share_a_transaction(threaded: Database) -> None:
    gate = held_up(threaded)
    waiting = [threaded.run(transaction) for _ in range(20)]
    gate.set()
    assert len(set(await gatherResults(waiting))) <= 10  # one, unless the machine is slow


async def test_urgent_units_go_before_all_others(threaded: Database) -> None:
    order: list[str] = []
    gate = held_up(threaded)
    waiting = [threaded.run(lambda tx: order.append("sweep")) for _ in range(3)]
    waiting += [threaded.run(lambda tx: order.append("ring"), urgent=True) for _ in range(2)]
    gate.set()
    await gatherResults(waiting)
    assert order == ["ring", "ring", "sweep", "sweep", "sweep"]


async def test_an_urgent_unit_does_not_wait_for_the_batch_to_end(threaded: Database) -> None:
    order: list[str] = []

    def sweep(tx: Tx) -> None:
        if not order:
            ring.append(threaded.run(lambda tx: order.append("ring"), urgent=True))
        order.append("sweep")

    ring: list[Deferred[None]] = []
    gate = held_up(threaded)
    waiting = [threaded.run(sweep) for _ in range(3)]
    gate.set()
    await gatherResults([*waiting, *ring])
    assert order == ["sweep", "ring", "sweep", "sweep"]


async def test_a_batch_is_committed_after_some_milliseconds_of_work(threaded: Database) -> None:
    def slow(tx: Tx) -> int:
        until = time.monotonic() + 0.015
        while time.monotonic() < until:
            pass
        return transaction(tx)

    gate = held_up(threaded)
    waiting = [threaded.run(slow) for _ in range(6)]
    gate.set()
    found = await gatherResults(waiting)
    assert len(set(found)) >= 3
    assert found == sorted(found)


async def test_appends_that_wait_together_are_saved_in_the_order_they_came(
    threaded: Database, far_side: FarSide
) -> None:
    gate = held_up(threaded)
    waiting = [threaded.append(reports(f"{n}a", f"{n}b")) for n in range(100)]
    gate.set()
    await gatherResults(waiting)
    assert far_side.bodies() == [f"{n}{x}".encode() for n in range(100) for x in "ab"]


async def test_a_unit_that_fails_does_not_disturb_the_appends_of_its_batch(
    threaded: Database, far_side: FarSide
) -> None:
    gate = held_up(threaded)
    failed = threaded.run(failing("anna"))
    saved = threaded.append(reports("x"))
    gate.set()
    with pytest.raises(Mind):
        await failed
    await saved
    assert far_side.bodies() == [b"x"]
    assert far_side.names() == []


def test_a_report_without_a_time_zone_is_refused_before_it_joins_the_others(
    db: Database, far_side: FarSide
) -> None:
    with pytest.raises(ValueError, match="time zone"):
        result_of(db.append([Report("main", "om20", datetime(2026, 11, 24, 6, 30), b"x")]))
    assert far_side.bodies() == []


async def test_an_append_that_cannot_be_inserted_fails_alone(threaded: Database, far_side: FarSide) -> None:
    [good, other] = reports("good", "other")
    bad = Report("main", None, good.at, b"bad")  # type: ignore[arg-type]
    gate = held_up(threaded)
    waiting = [threaded.append([good]), threaded.append([bad]), threaded.append([other])]
    gate.set()
    await waiting[0]
    await waiting[2]
    with pytest.raises(Exception, match="(?i)null"):
        await waiting[1]
    assert far_side.bodies() == [b"good", b"other"]


async def test_many_units_and_appends_at_once_all_come_through(threaded: Database, far_side: FarSide) -> None:
    started: list[Deferred[Any]] = [threaded.run(adding(f"u{n}"), urgent=n % 7 == 0) for n in range(300)]
    started += [threaded.append(reports(f"r{n}")) for n in range(700)]
    await gatherResults(started)
    assert len(far_side.names()) == 300
    assert far_side.bodies() == [f"r{n}".encode() for n in range(700)]
    assert far_side.numbers("main") == list(range(1, 301))
