"""In which order wake-ups get their calls, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from hotelbridge.core.records import Order, Proof, Wakeup, WakeupState
from hotelbridge.store import orders, queue, wakeups
from hotelbridge.store.database import Database, Tx

from .far_side import NOW, result_of

DUE = NOW.replace(second=0, microsecond=0)
LATER = DUE + timedelta(minutes=10)
MADE = {"created_at": NOW, "created_by": "anna", "origin": "test"}


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def add(tx: Tx, room: str, **more: Any) -> Wakeup:
    order = Order(0, "main", (room,), "2026-11-24T06:30:00", "", "", Proof.ANSWER, **MADE)  # type: ignore[arg-type]
    due = more.get("due", DUE)
    fresh = Wakeup(
        id=0, property="main", order_id=orders.add(tx, order).id, room=room, local=order.local, due=due,
        state=WakeupState.SCHEDULED, version=1, tries=0, rounds=0, next_at=due, first_ring=None, result=None,
        language="", note="", **MADE,  # type: ignore[arg-type]
    )  # fmt: skip
    return wakeups.add(tx, replace(fresh, **more), NOW)


def do(db: Database, unit: Callable[[Tx], Any]) -> Any:
    return result_of(db.run(unit))


def turns(db: Database, **more: Any) -> list[str]:
    return [w.room for w in do(db, lambda tx: wakeups.due(tx, "main", LATER, **more))]


def test_the_earlier_minute_goes_first_and_vips_go_first_within_theirs(db: Database) -> None:
    def unit(tx: Tx) -> None:
        add(tx, "7", due=DUE + seconds(60), vip=True)
        add(tx, "3", due=DUE + seconds(20))
        add(tx, "2", due=DUE + seconds(10))
        add(tx, "4", due=DUE + seconds(20))
        add(tx, "1", due=DUE + seconds(59), vip=True)
        add(tx, "8", due=DUE + seconds(60))

    do(db, unit)
    assert turns(db) == ["1", "2", "3", "4", "7", "8"]


def test_rings_to_come_again_queue_by_when_they_want_to_and_first_rings_of_that_minute_go_before(
    db: Database,
) -> None:
    waiting = {"state": WakeupState.WAITING, "due": DUE - seconds(120)}

    def unit(tx: Tx) -> None:
        add(tx, "4", next_at=DUE, **waiting)
        add(tx, "3", next_at=DUE, vip=True, **waiting)
        add(tx, "5", due=DUE + seconds(60))
        add(tx, "2", due=DUE + seconds(5), vip=True)
        add(tx, "1", next_at=DUE - seconds(1), **waiting)
        add(tx, "3a", due=DUE + seconds(1))

    do(db, unit)
    assert turns(db) == ["1", "2", "3", "3a", "4", "5"]


def test_a_vip_is_first_of_more_than_two_hundred_of_his_minute(db: Database) -> None:
    def unit(tx: Tx) -> None:
        for n in range(230):
            add(tx, str(n))
        add(tx, "vip", vip=True)

    do(db, unit)
    found = turns(db)
    assert (found[0], len(found)) == ("vip", 200)


def test_two_hundred_hindered_rooms_do_not_stand_before_the_next(db: Database) -> None:
    def unit(tx: Tx) -> None:
        for n in range(110):
            add(tx, f"ringing {n}", state=WakeupState.CALLING, next_at=None)
            add(tx, f"ringing {n}")
        for n in range(110):
            add(tx, f"between {n}", state=WakeupState.WAITING, next_at=LATER + seconds(60))
            add(tx, f"between {n}")
        add(tx, "free", due=DUE + seconds(30))
        add(tx, "talking", due=DUE + seconds(20))

    do(db, unit)
    assert turns(db, but=["talking"]) == ["free"]


def test_what_is_done_in_person_never_rings(db: Database) -> None:
    """B5: a wake-up in person is never a call."""
    do(db, lambda tx: add(tx, "212", in_person=True))
    assert turns(db) == []


def test_the_second_try_of_a_room_is_not_hindered_by_itself(db: Database) -> None:
    do(db, lambda tx: add(tx, "212", state=WakeupState.WAITING, next_at=DUE))
    assert turns(db) == ["212"]


def test_what_a_person_must_do_by_now_is_not_rung(db: Database) -> None:
    def unit(tx: Tx) -> None:
        for n in range(210):
            add(tx, f"too late {n}", due=DUE - timedelta(hours=1))
        add(tx, "in time")

    do(db, unit)
    assert turns(db, since=DUE) == ["in time"]


def test_the_queue_is_read_without_those_that_take_no_call(db: Database) -> None:
    def unit(tx: Tx) -> list[int]:
        add(tx, "1", in_person=True)
        add(tx, "2", state=WakeupState.WOKEN)
        add(tx, "3", due=LATER)
        return [add(tx, "4", vip=True).id, add(tx, "5").id]

    four, five = do(db, unit)
    found = do(db, lambda tx: queue.pending(tx, "main", DUE, LATER, [five]))
    assert [(one.id, one.room, one.vip, one.due, one.state) for one in found] == [
        (four, "4", True, DUE, WakeupState.SCHEDULED)
    ]


def test_the_instant_of_the_first_connect_is_kept_and_stays(db: Database) -> None:
    id = do(db, lambda tx: add(tx, "212").id)
    assert do(db, lambda tx: wakeups.reached(tx, id, DUE + seconds(2))) is True
    assert do(db, lambda tx: wakeups.reached(tx, id, DUE + seconds(3))) is False
    assert do(db, lambda tx: wakeups.by_id(tx, id)).connected == DUE + seconds(2)


def test_who_is_due_is_found_without_a_look_at_all_that_ever_was(sqlite_url: str, open_inline: Any) -> None:
    db = open_inline(sqlite_url)
    seen: list[tuple[str, Any]] = []

    def unit(tx: Tx) -> list[str]:
        @event.listens_for(tx.connection, "before_cursor_execute")
        def keep(_c: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
            seen.append((sql, values))

        wakeups.due(tx, "main", LATER, ["212"], but=["213"], since=DUE)
        event.remove(tx.connection, "before_cursor_execute", keep)
        sql, values = seen[-1]
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        return [row[3] for row in plan if "wakeup" in row[3]]

    steps = do(db, unit)
    assert len(steps) == 3
    assert all("ix_wakeup_property_state_next_at (property=? AND state=?" in step for step in steps), steps
