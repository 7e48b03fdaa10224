"""Orders and their wake-ups in the store, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hotelbridge.core.records import Order, Proof, Wakeup, WakeupState
from hotelbridge.store import orders, wakeups
from hotelbridge.store.database import Database, Tx

from .far_side import NOW, result_of

ORDER = Order(
    id=0, property="main", rooms=("110", "suite"), local="2026-11-24T06:30:00", note="", language="",
    proof=Proof.HEARD, created_at=NOW, created_by="anna", origin="test", days=("mon", "fri"),
    until="2026-12-04", made_until="2026-11-30", follow_up=10, vip=True,
)  # fmt: skip


def do(db: Database, call: Any, *args: Any, **more: Any) -> Any:
    return result_of(db.run(lambda tx: call(tx, *args, **more)))


def add(tx: Tx, order: Order, **more: Any) -> Wakeup:
    fresh = Wakeup(
        id=0, property=order.property, order_id=order.id, room="110", local=order.local, due=NOW,
        state=WakeupState.SCHEDULED, version=1, tries=0, rounds=0, next_at=NOW, first_ring=None, result=None,
        language="", note="", created_at=NOW, created_by="anna", origin="test",
    )  # fmt: skip
    return wakeups.add(tx, replace(fresh, **more), NOW)


def test_an_order_comes_back_as_it_was_saved(db: Database) -> None:
    saved = do(db, orders.add, ORDER)
    assert do(db, orders.get, "main", saved.id) == saved
    assert do(db, orders.get, "annex", saved.id) is None
    ended = replace(saved, ended_at=NOW, ended_by="bob", rooms=("111",))
    do(db, orders.save, ended)
    assert do(db, orders.get, "main", saved.id) == ended


def test_standing_orders_that_lack_days_are_found_up_to_their_end(db: Database) -> None:
    """B1: wake-ups are made ahead, up to the last day."""
    lacking = do(db, orders.add, ORDER)
    endless = do(db, orders.add, replace(ORDER, until=None, made_until="2026-12-04"))
    do(db, orders.add, replace(ORDER, until="2026-11-30"))  # made to its end
    do(db, orders.add, replace(ORDER, days=()))
    do(db, orders.add, replace(ORDER, ended_at=NOW))
    do(db, orders.add, replace(ORDER, property="annex"))
    assert do(db, orders.to_make, "main", "2026-12-04", 9) == [lacking]
    assert do(db, orders.to_make, "main", "2026-12-05", 9) == [lacking, endless]
    assert do(db, orders.to_make, "main", "2026-12-05", 1) == [lacking]


def test_an_order_is_open_while_something_of_it_is_to_come(db: Database) -> None:
    goes_on = do(db, orders.add, ORDER)
    over = do(db, orders.add, replace(ORDER, days=()))
    rings = do(db, orders.add, replace(ORDER, ended_at=NOW))
    do(db, add, over, state=WakeupState.WOKEN)
    do(db, add, rings, state=WakeupState.ALARMED)
    do(db, add, rings, due=NOW + timedelta(days=1))

    def ids(open: bool | None, today: str = "2026-11-24", after: int = 0) -> list[int]:
        return [one.id for one in do(db, orders.listed, "main", open, today, after, 9)]

    assert (ids(None), ids(True), ids(False)) == ([1, 2, 3], [goes_on.id, rings.id], [over.id])
    assert ids(True, "2026-12-05") == [rings.id]
    assert ids(None, after=2) == [3]
    assert do(db, orders.to_come, rings) == (2, NOW)
    assert do(db, orders.to_come, over) == (0, None)


def test_the_wake_ups_of_an_order_are_found_by_state_and_by_their_main_one(db: Database) -> None:
    order = do(db, orders.add, ORDER)
    main = do(db, add, order, state=WakeupState.WOKEN)
    later = do(db, add, order, follows=main.id, due=NOW + timedelta(minutes=10))
    do(db, add, do(db, orders.add, ORDER))
    both = (WakeupState.SCHEDULED, WakeupState.WOKEN)
    assert do(db, wakeups.of_order, "main", order.id, both) == [main, later]
    assert do(db, wakeups.of_order, "main", order.id, [WakeupState.SCHEDULED]) == [later]
    assert do(db, wakeups.follow_ups, main, wakeups.PENDING) == [later]
    listed = do(db, wakeups.listed, "main", wakeups.Filter(order=order.id, open=True), 9)
    assert listed == [later]
    assert len(do(db, wakeups.listed, "main", wakeups.Filter(open=False), 9)) == 1


def test_in_person_ones_are_found_when_the_desk_is_to_be_told(db: Database) -> None:
    """B5."""
    order = do(db, orders.add, ORDER)
    first = do(db, add, order, in_person=True, next_at=NOW - timedelta(minutes=5))
    do(db, add, order, in_person=True, next_at=NOW + timedelta(minutes=5))
    do(db, add, order)
    do(db, add, order, in_person=True, state=WakeupState.ALARMED)
    assert do(db, wakeups.in_person_due, "main", NOW) == [first]


def test_when_first_rings_are_expected_is_noted_without_a_new_version(db: Database) -> None:
    order = do(db, orders.add, ORDER)
    one, two = do(db, add, order), do(db, add, order)
    at = NOW + timedelta(minutes=1)
    do(db, wakeups.expect, {one.id: at})
    do(db, wakeups.expect, {})
    assert do(db, wakeups.by_id, one.id) == replace(one, expected=at)
    assert do(db, wakeups.by_id, two.id) == two
