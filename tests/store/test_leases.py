"""Leases: one owner per property; an owner of yesterday is turned away inside the transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from hotelbridge.errors import NotOwner, StoreUnavailable
from hotelbridge.store import leases
from hotelbridge.store.database import Database, Tx

from .far_side import FarSide, adding, result_of

TTL = timedelta(seconds=30)
A = "node-a"
B = "node-b"


def do(db: Database, call: Any, *args: Any) -> Any:
    return result_of(db.run(lambda tx: call(tx, *args)))


def expire(far_side: FarSide) -> None:
    """Time passes: nobody renewed."""
    far_side._connection.execute("UPDATE lease SET expires = '2020-01-01T00:00:00.000000Z'")


def test_a_free_property_is_claimed_by_one_node_only(db: Database) -> None:
    lease = do(db, leases.claim, "main", A, TTL)
    assert (lease.node, lease.epoch) == (A, 1)
    assert do(db, leases.claim, "main", B, TTL) is None
    assert do(db, leases.claim, "annex", B, TTL).epoch == 1


def test_the_epoch_grows_with_every_claim(db: Database, far_side: FarSide) -> None:
    assert do(db, leases.claim, "main", A, TTL).epoch == 1
    assert do(db, leases.claim, "main", A, TTL).epoch == 2  # the same node after a restart
    expire(far_side)
    assert do(db, leases.claim, "main", B, TTL).epoch == 3
    do(db, leases.release, "main", B, 3)
    assert do(db, leases.claim, "main", A, TTL).epoch == 4


def test_renewing_holds_a_lease_and_fails_once_it_is_somebody_elses(db: Database, far_side: FarSide) -> None:
    first = do(db, leases.claim, "main", A, TTL)
    assert do(db, leases.renew, "main", A, first.epoch, TTL * 2) is True
    assert do(db, leases.holder, "main").expires > first.expires + TTL / 2
    expire(far_side)
    second = do(db, leases.claim, "main", B, TTL)
    assert do(db, leases.renew, "main", A, first.epoch, TTL) is False
    assert do(db, leases.renew, "main", B, second.epoch, TTL) is True


def test_a_released_property_is_free_at_once(db: Database) -> None:
    do(db, leases.claim, "main", A, TTL)
    do(db, leases.release, "main", A, 1)
    assert do(db, leases.claim, "main", B, TTL) is not None
    do(db, leases.release, "main", A, 1)  # too late, and not its own
    assert do(db, leases.holder, "main").node == B
    assert do(db, leases.claim, "main", A, TTL) is None


def test_a_unit_with_yesterdays_epoch_is_turned_away_and_saves_nothing(
    db: Database, far_side: FarSide
) -> None:
    def fenced(epoch: int) -> Callable[[Tx], str]:
        return adding(f"by {epoch}", lambda tx: leases.fence(tx, "main", A, epoch))

    do(db, leases.claim, "main", A, TTL)
    do(db, leases.claim, "main", A, TTL)
    with pytest.raises(NotOwner):
        result_of(db.run(fenced(1)))
    assert result_of(db.run(fenced(2))) == "by 2"
    assert far_side.names() == ["by 2"]


def test_on_postgresql_a_lease_that_ran_out_fences_although_nobody_took_it(
    postgres_url: str, open_inline: Callable[[str], Database], beside: Callable[[str], FarSide]
) -> None:
    db = open_inline(postgres_url)
    do(db, leases.claim, "main", A, TTL)
    do(db, leases.fence, "main", A, 1)
    expire(beside(postgres_url))
    with pytest.raises(NotOwner):
        do(db, leases.fence, "main", A, 1)
    assert do(db, leases.renew, "main", A, 1, TTL) is False


def test_on_postgresql_a_property_does_not_move_while_its_owner_is_writing(
    postgres_url: str, open_inline: Callable[[str], Database], beside: Callable[[str], FarSide]
) -> None:
    db, far = open_inline(postgres_url), beside(postgres_url)
    do(db, leases.claim, "main", A, TTL)
    moved: list[bool] = []

    def take_over() -> None:
        with psycopg.connect(postgres_url) as other:
            other.execute("UPDATE lease SET node = 'node-b', epoch = epoch + 1")
            moved.append(True)

    taking = threading.Thread(target=take_over)

    def unit(tx: Tx) -> list[bool]:
        leases.fence(tx, "main", A, 1)
        taking.start()
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while far.ask(waits) != [(1,)]:
            pass
        return list(moved)

    assert result_of(db.run(unit)) == []
    taking.join(5)
    assert moved == [True]
    with pytest.raises(NotOwner):
        do(db, leases.fence, "main", A, 1)


def test_on_postgresql_a_hanging_transaction_does_not_hold_a_claim_for_ever(
    postgres_url: str,
    open_inline: Callable[[str], Database],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(
        __import__("hotelbridge.store.engines", fromlist=["_LIMITS_MS"])._LIMITS_MS, "lock_timeout", 100
    )
    db = open_inline(postgres_url)
    do(db, leases.claim, "main", A, TTL)
    with psycopg.connect(postgres_url) as hanging:
        hanging.execute("SELECT * FROM lease FOR SHARE")
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            do(db, leases.renew, "main", A, 1, TTL)
    assert do(db, leases.renew, "main", A, 1, TTL) is True


def test_a_holder_that_is_known_dead_is_not_waited_for(db: Database) -> None:
    do(db, leases.claim, "main", "node-a/1", TTL)
    assert do(db, leases.claim, "main", "node-a/2", TTL, lambda other: False) is None
    assert do(db, leases.claim, "main", "node-a/2", TTL, lambda other: other == "node-a/1").epoch == 2
    assert do(db, leases.renew, "main", "node-a/1", 1, TTL) is False
