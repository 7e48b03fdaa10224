"""The people of a whole daemon: what its housekeeping and a restore do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from twisted.internet import reactor

from hotelbridge.core.records import Actor, Role
from hotelbridge.errors import Refusal
from hotelbridge.services import accounts
from hotelbridge.services.passwords import Hasher
from hotelbridge.services.schedule import Housekeeping
from hotelbridge.store import audit, users
from hotelbridge.store.database import Database, Tx
from tests.services.evening import Evening
from tests.services.test_recorder import Shifted
from tests.services.test_restore import Restored

T = TypeVar("T")

DESK, RIGHT = "192.0.2.7", "correct horse"
MANAGER = Actor("root", "command line")
QUICK = Hasher(time_cost=1, memory_kib=8)


def do(evening: Evening, unit: Callable[[Tx], T]) -> T:
    async def run(db: Database) -> T:
        return await db.run(unit)

    return evening._result(run(evening.daemon.db))  # type: ignore[no-any-return]


def add(evening: Evening, name: str, password: str = RIGHT) -> None:
    hashed, now = QUICK.hash(password), evening.clock.now()
    do(evening, lambda tx: accounts.add(tx, name, Role.FRONTDESK, "", hashed, MANAGER, now))


def log_in(evening: Evening, name: str, password: str = RIGHT) -> str:
    return evening._result(evening.daemon.users.log_in(name, password, DESK))  # type: ignore[no-any-return]


def there(evening: Evening, token: str) -> bool:
    return evening._result(evening.daemon.users.visitor(token)) is not None


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Restored]:
    made = Restored(tmp_path)
    yield made
    made.stop()


def test_a_daemon_that_was_killed_knows_who_was_logged_in(evening: Evening) -> None:
    add(evening, "anna")
    token = log_in(evening, "anna")
    evening.crash()
    evening.start()
    assert there(evening, token)


def test_housekeeping_forgets_sessions_audit_lines_and_removed_users_in_their_time(evening: Evening) -> None:
    for name in ("anna", "ben"):
        add(evening, name)
    token = log_in(evening, "anna")
    now = evening.clock.now()
    do(evening, lambda tx: accounts.remove(tx, accounts.find(tx, "ben"), MANAGER, now))
    daemon: Any = evening.daemon

    def kept() -> tuple[int, int, int]:
        tables = ("console_session", "console_user", "audit")
        counted = [f"SELECT count(*) FROM {table}" for table in tables]
        one, two, three = do(
            evening, lambda tx: [tx.connection.exec_driver_sql(sql).scalar_one() for sql in counted]
        )
        return one, two, three

    for days, left in ((59, (1, 2, 4)), (61, (0, 2, 4)), (401, (0, 1, 0))):
        clock: Any = Shifted(now + timedelta(days=days))
        evening._result(Housekeeping(daemon.db, clock, daemon.metrics, {}, reactor).purge())
        assert kept() == left
    assert not there(evening, token)


def test_a_backup_lets_nobody_in_whom_the_lost_database_had_let_go(hotel: Restored) -> None:
    """Promise 9: neither by a session, nor by an old password, nor as somebody who was removed."""
    for name in ("anna", "ben", "carl"):
        add(hotel, name)
    token = log_in(hotel, "anna")
    hotel.backup()
    hotel.clock.advance(60)
    now, hashed = hotel.clock.now(), QUICK.hash("another horse")

    def since(tx: Tx) -> None:
        accounts.set_password(tx, accounts.find(tx, "ben"), hashed, MANAGER, now)
        accounts.remove(tx, accounts.find(tx, "carl"), MANAGER, now)

    do(hotel, since)
    hotel.restore()
    assert not there(hotel, token)
    for name in ("ben", "carl"):
        with pytest.raises(Refusal, match="wrong"):
            log_in(hotel, name)
    assert log_in(hotel, "anna") and log_in(hotel, "ben", "another horse")
    found = do(hotel, users.list)
    assert [one.removed_at is None for one in found] == [True, True, False]


def test_a_backup_gives_nobody_a_role_back_that_he_has_lost(hotel: Restored) -> None:
    add(hotel, "anna")
    hotel.backup()
    now = hotel.clock.now()
    do(
        hotel,
        lambda tx: accounts.set_role(tx, accounts.find(tx, "anna"), Role.VIEWER, "main", MANAGER, now),
    )
    hotel.restore()
    (anna,) = do(hotel, users.list)
    assert (anna.role, anna.property) == ("viewer", "main")
    assert log_in(hotel, "anna")


def test_a_user_made_anew_since_the_backup_does_not_stand_for_another_one(hotel: Restored) -> None:
    add(hotel, "anna")
    hotel.backup()
    now = hotel.clock.now()
    do(hotel, lambda tx: accounts.remove(tx, accounts.find(tx, "anna"), MANAGER, now))
    add(hotel, "anna", "another horse")
    hotel.restore()
    for password in (RIGHT, "another horse"):
        with pytest.raises(Refusal, match="wrong"):
            log_in(hotel, "anna", password)
    assert do(hotel, audit.newest)[0].what == "login_refused"
