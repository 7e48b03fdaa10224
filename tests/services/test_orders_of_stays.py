"""Orders without an end are over with the stay: when a new day begins, not at the check-out (rule B1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from hotelbridge.core.records import Order
from hotelbridge.services import parking
from hotelbridge.store import journal, orders, wakeups
from tests.services.guestlife import gc, gi, go
from tests.services.guestrows import BEGINS, Play, Store, examples

DAILY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = datetime.fromisoformat("2026-11-25T00:00:05+01:00")
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    with examples(tmp_path_factory.mktemp("stays")) as play:
        yield play


def pending(store: Store, order: Order) -> int:
    return len(wakeups.of_order(store.tx, "main", order.id, wakeups.PENDING))


def ended(store: Store, order: Order) -> bool:
    now_known = orders.get(store.tx, "main", order.id)
    return now_known is not None and now_known.ended_at is not None


def test_a_guest_who_left_in_the_morning_is_not_woken_any_more(played: Play) -> None:
    """B1: six hours before midnight and more is not a crew that is up at four."""

    def example(store: Store) -> None:
        store.tell(gi("1", "1001"))
        order = store.book("1", days=DAILY)
        store.tell(go("1", "1001"))
        parking.new_day(store.tx, store.rules, BEGINS + timedelta(hours=12))
        assert ended(store, order) and pending(store, order) == 0
        assert "order_ended" in [line.what for line in journal.of_room(store.tx, "main", "1")]

    played(example)


def test_a_crew_that_leaves_late_is_woken_once_more(played: Play) -> None:
    """B1, B7: checked out at nine in the evening, woken in the morning, and not the day after."""

    def example(store: Store) -> None:
        store.tell(gi("1", "1001"))
        order = store.book("1", days=DAILY)
        store.tell(go("1", "1001"))
        parking.new_day(store.tx, store.rules, MIDNIGHT)
        assert not ended(store, order) and pending(store, order) > 7
        parking.new_day(store.tx, store.rules, MIDNIGHT + DAY)
        assert ended(store, order) and pending(store, order) == 0

    played(example)


def test_an_order_goes_on_while_its_guest_is_there_or_has_not_come(played: Play) -> None:
    def example(store: Store) -> None:
        store.tell(gi("1", "1001"))
        staying, moved = store.book("1", days=DAILY), store.book("1", "1001", days=DAILY)
        awaited, nobody = store.book("2", "1002", days=DAILY), store.book("3", days=DAILY)
        store.tell(gc("1", "4", "1001"))
        parking.new_day(store.tx, store.rules, MIDNIGHT + DAY)
        assert not any(ended(store, one) for one in (staying, moved, awaited, nobody))
        rooms = [orders.get(store.tx, "main", one.id) for one in (staying, moved)]
        assert [one.rooms for one in rooms if one is not None] == [("4",), ("4",)]

    played(example)


def test_one_with_an_end_goes_on_until_a_new_guest_comes(played: Play) -> None:
    """B7: what an earlier stay left behind is not the new guest's."""

    def example(store: Store) -> None:
        store.tell(gi("1", "1001"))
        order = store.book("1", days=DAILY, until="2026-12-24")
        store.tell(go("1", "1001"))
        parking.new_day(store.tx, store.rules, MIDNIGHT + DAY)
        assert not ended(store, order)
        store.tell(gi("1", "1002"))
        assert ended(store, order) and pending(store, order) == 0

    played(example)


def test_of_an_order_for_several_rooms_only_the_one_that_is_left_ends(played: Play) -> None:
    def example(store: Store) -> None:
        store.tell(gi("1", "1001"), gi("2", "1002"))
        order = store.book("1,2", days=DAILY)
        store.tell(go("1", "1001"))
        parking.new_day(store.tx, store.rules, MIDNIGHT + DAY)
        now_known = orders.get(store.tx, "main", order.id)
        assert now_known is not None and now_known.rooms == ("2",) and now_known.ended_at is None
        assert {one.room for one in wakeups.of_order(store.tx, "main", order.id, wakeups.PENDING)} == {"2"}

    played(example)


def test_where_nobody_tells_who_is_there_orders_are_the_rooms(played: Play) -> None:
    """A house without a PMS has no stays, and loses no order."""

    def example(store: Store) -> None:
        order = store.book("1", days=DAILY)
        parking.new_day(store.tx, store.rules, MIDNIGHT + 5 * DAY)
        assert not ended(store, order) and pending(store, order) > 7

    played(example)


def test_days_that_were_made_after_the_check_out_go_along_too(played: Play) -> None:
    """B7: out before midnight, in elsewhere after it: the day that was made in between is his as well."""

    def example(store: Store) -> None:
        store.tell(gi("1", "1001"))
        order = store.book("1", days=DAILY)
        store.tell(go("1", "1001"))
        before = pending(store, order)
        parking.new_day(store.tx, store.rules, MIDNIGHT)
        assert pending(store, order) == before + 1
        store.now = MIDNIGHT + timedelta(minutes=30)
        store.tell(gi("2", "1001"))
        assert {one.room for one in wakeups.of_order(store.tx, "main", order.id, wakeups.PENDING)} == {"2"}

    played(example)
