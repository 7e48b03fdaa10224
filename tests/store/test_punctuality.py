"""How punctual the past was, as both databases sum it up."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from hotelbridge.core.punctuality import Kind, Punctuality, by_period, percentile, together
from hotelbridge.core.records import Wakeup, WakeupState
from hotelbridge.store import history, punctuality, tables, wakeups
from hotelbridge.store.database import Database, Tx

from .far_side import NOW
from .test_turns import add, do, seconds

DUE = NOW.replace(second=0, microsecond=0)
PROMISE = timedelta(minutes=5)


def rung(tx: Tx, room: str, delay: float, **more: Any) -> Wakeup:
    due = more.get("due", DUE)
    done = {"state": WakeupState.WOKEN, "next_at": None, "first_ring": due, "connected": due + seconds(delay)}
    return add(tx, room, **(done | more))


def report(db: Database, letters: int = 10, start: datetime = DUE) -> dict[str, Punctuality]:
    found = do(
        db,
        lambda tx: punctuality.tallies(tx, "main", start, DUE + timedelta(days=99), letters, PROMISE),
    )
    return by_period(found)


def test_on_time_late_missed_and_open_are_told_apart(db: Database) -> None:
    def unit(tx: Tx) -> None:
        rung(tx, "1", 0.02)
        rung(tx, "2", 60)
        rung(tx, "3", 60.2)
        rung(tx, "4", 310, state=WakeupState.ALARMED)
        rung(tx, "5", 1, state=WakeupState.CALLING)
        add(tx, "6", state=WakeupState.ALARMED, first_ring=DUE)
        add(tx, "7")
        add(tx, "8", state=WakeupState.CANCELLED)
        add(tx, "9", in_person=True, state=WakeupState.CLOSED)

    do(db, unit)
    (day,) = report(db).values()
    assert (day.on_time, day.late, day.missed, day.open, day.by_hand, day.in_person) == (3, 2, 1, 1, 0, 1)
    assert (day.kept, day.share) == (4, 4 / 6)
    assert (day.worst, day.p50, day.p99) == (310, 60, 310)


def test_what_a_person_closed_was_missed_only_if_it_had_been_handed_over(db: Database) -> None:
    def unit(tx: Tx) -> None:
        handed = add(tx, "1", state=WakeupState.CLOSED)
        history.write(tx, handed, DUE, "handed_over", "not rung in time")
        early = add(tx, "2", state=WakeupState.CLOSED)
        history.write(tx, early, DUE, "closed", "awake")

    do(db, unit)
    (day,) = report(db).values()
    assert (day.missed, day.by_hand, day.judged, day.share) == (1, 1, 1, 0)
    assert (day.worst, day.p50, day.p99) == (None, None, None)


def test_where_the_connect_was_not_noted_the_report_of_the_phone_tells(db: Database) -> None:
    def unit(tx: Tx) -> None:
        one = add(tx, "1", state=WakeupState.ALARMED, first_ring=DUE)
        for n, rang in ((1, None), (2, DUE + seconds(121)), (3, DUE + seconds(301))):
            tx.connection.execute(insert(tables.Attempt.__table__).values(  # type: ignore[attr-defined]
                property="main", wakeup_id=one.id, n=n, device="om20", phone="1", phase="over", rang=rang,
                started=(rang or DUE) - seconds(1), outcome="no_answer", detail="", counted=True,
            ))  # fmt: skip
        add(tx, "2", state=WakeupState.WOKEN, first_ring=DUE + seconds(3))  # by the ring of another

    do(db, unit)
    (day,) = report(db).values()
    assert (day.on_time, day.late, day.missed) == (1, 1, 0)
    assert (day.worst, day.p50) == (120, 3)


def attempt(tx: Tx, of: Wakeup, n: int, after: float, outcome: str | None, rang: bool = False) -> None:
    started = DUE + seconds(after)
    tx.connection.execute(insert(tables.Attempt.__table__).values(  # type: ignore[attr-defined]
        property="main", wakeup_id=of.id, n=n, device="om20", phone="1", phase="over", started=started,
        rang=started if rang else None, outcome=outcome, detail="", counted=True,
    ))  # fmt: skip


def test_a_connect_that_rang_nobody_is_not_on_time(db: Database) -> None:
    def unit(tx: Tx) -> None:
        never = rung(tx, "1", 0.1, state=WakeupState.ALARMED)
        later = rung(tx, "2", 0.1)
        beside = rung(tx, "3", 0.1)  # of two phones of the room one was not there
        coming = rung(tx, "4", 0.1, state=WakeupState.WAITING)
        for one in (never, later, beside, coming):
            attempt(tx, one, 1, 0.1, "unreachable")
        attempt(tx, never, 2, 120, "refused")
        attempt(tx, later, 2, 120, "confirmed", rang=True)
        attempt(tx, beside, 1, 0.2, "no_answer", rang=True)

    do(db, unit)
    (day,) = report(db).values()
    assert (day.on_time, day.late, day.missed, day.open) == (1, 1, 1, 1)
    assert day.worst == 120


def test_days_and_months_are_the_hotels_own(db: Database) -> None:
    def unit(tx: Tx) -> None:
        rung(tx, "1", 1, local="2026-11-30T23:59:00")
        rung(tx, "2", 2, local="2026-12-01T00:01:00", due=DUE + seconds(120))

    do(db, unit)
    assert {day: one.worst for day, one in report(db).items()} == {"2026-11-30": 1, "2026-12-01": 2}
    assert list(report(db, 7)) == ["2026-11", "2026-12"]
    assert list(report(db, start=DUE + seconds(60))) == ["2026-12-01"]


def test_all_together_is_not_the_mean_of_the_days(db: Database) -> None:
    def unit(tx: Tx) -> list[Any]:
        for n in range(9):
            rung(tx, str(n), 0.1, local="2026-11-24T06:30:00")
        rung(tx, "x", 400, local="2026-11-25T06:30:00")
        return punctuality.tallies(tx, "main", DUE, DUE + PROMISE, 10, PROMISE)

    total = together(do(db, unit))
    assert (total.p50, total.p99, total.worst, total.share) == (0.1, 400, 400, 0.9)
    assert together([]).share is None


def test_percentiles_are_delays_that_occurred() -> None:
    assert percentile(Counter({1: 50, 2: 50}), 50) == 0.1
    assert percentile(Counter({1: 50, 2: 49, 900: 1}), 99) == 0.2
    assert percentile(Counter({1: 1, 900: 1}), 99) == 90
    assert percentile(Counter(), 50) is None


def test_a_hundred_thousand_are_summed_up_quickly(db: Database) -> None:
    def unit(tx: Tx) -> None:
        one = rung(tx, "0", 0)
        row = {name: getattr(one, name) for name in Wakeup.__slots__ if name != "id"}
        days = [DUE - timedelta(days=n) for n in range(1, 101)]
        rows = [
            row
            | {"room": str(n), "due": due, "local": due.isoformat()[:19], "connected": due + seconds(n / 10)}
            for due in days
            for n in range(1000)
        ]
        tx.connection.execute(insert(tables.Wakeup.__table__), rows)  # type: ignore[attr-defined]

    do(db, unit)
    started = time.perf_counter()
    found = report(db, start=DUE - timedelta(days=31))
    assert time.perf_counter() - started < 3
    assert len(found) == 32
    worst = found[min(found)]
    assert (worst.on_time, worst.late, worst.p50, worst.p99) == (601, 399, 49.9, 98.9)


def test_kinds_are_words_of_the_report() -> None:
    assert {kind.value for kind in Kind} == {"rung", "missed", "open", "by_hand", "in_person"}


def test_a_saved_record_keeps_when_it_was_reached(db: Database) -> None:
    one = do(db, lambda tx: rung(tx, "1", 2))
    do(db, lambda tx: wakeups.save(tx, replace(one, note="x"), NOW))
    assert do(db, lambda tx: wakeups.by_id(tx, one.id)).connected == DUE + seconds(2)
