"""The store's rooms of the console: users, their sessions, and the audit journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hotelbridge.core.records import Actor, Role
from hotelbridge.store import audit, sessions, users
from hotelbridge.store.database import Database

from .far_side import NOW, result_of

LATER = NOW + timedelta(days=1)
DESK = "192.0.2.7"


def do(db: Database, call: Any, *args: Any) -> Any:
    return result_of(db.run(lambda tx: call(tx, *args)))


@pytest.fixture
def anna(db: Database) -> int:
    return int(do(db, users.add, "Anna", Role.FRONTDESK, "main,annex", "hash-a", NOW))


def test_a_user_is_found_by_his_name_in_any_case(db: Database, anna: int) -> None:
    found = do(db, users.by_name, "ANNA")
    assert found == do(db, users.by_id, anna)
    assert (found.name, found.role, found.property, found.language) == ("Anna", "frontdesk", "main,annex", "")
    assert (found.password_hash, found.created_at, found.changed_at) == ("hash-a", NOW, NOW)
    assert do(db, users.by_name, "berta") is None


def test_a_name_is_given_once_in_any_case_until_its_user_is_removed(db: Database, anna: int) -> None:
    with pytest.raises(Exception, match="(?i)unique"):
        do(db, users.add, "aNNa", Role.VIEWER, "", "hash-b", NOW)
    do(db, users.remove, anna, LATER)
    assert do(db, users.by_name, "anna") is None and do(db, users.by_id, anna) is None
    second = do(db, users.add, "anna", Role.VIEWER, "", "hash-b", LATER)
    assert [(u.id, u.removed_at) for u in do(db, users.list)] == [(anna, LATER), (second, None)]


def test_a_password_set_anew_tells_when_and_one_hashed_anew_does_not(db: Database, anna: int) -> None:
    do(db, users.rehash, anna, "another", "lost")
    do(db, users.rehash, anna, "hash-a", "stronger")
    assert (do(db, users.by_id, anna).password_hash, do(db, users.by_id, anna).changed_at) == (
        "stronger",
        NOW,
    )
    do(db, users.set_password, anna, "hash-b", LATER)
    do(db, users.set_language, anna, "zh")
    found = do(db, users.by_id, anna)
    assert (found.password_hash, found.changed_at, found.language) == ("hash-b", LATER, "zh")


def test_a_session_is_known_by_its_hash_until_it_is_ended(db: Database, anna: int) -> None:
    id = do(db, sessions.add, "h1", anna, NOW, DESK)
    found = do(db, sessions.by_hash, "h1")
    assert (found.id, found.user_id, found.name, found.role) == (id, anna, "Anna", "frontdesk")
    assert (found.property, found.created_at, found.seen_at) == ("main,annex", NOW, NOW)
    do(db, sessions.end, id, LATER)
    assert do(db, sessions.by_hash, "h1") is None and do(db, sessions.by_hash, "h2") is None


def test_when_a_session_was_seen_only_grows(db: Database, anna: int) -> None:
    id = do(db, sessions.add, "h1", anna, NOW, DESK)
    do(db, sessions.seen, id, LATER)
    do(db, sessions.seen, id, NOW)
    assert do(db, sessions.by_hash, "h1").seen_at == LATER
    assert do(db, sessions.last_seen) == {anna: LATER}


def test_all_sessions_of_a_user_end_but_the_one_that_is_kept(db: Database, anna: int) -> None:
    berta = do(db, users.add, "berta", Role.VIEWER, "", "hash-b", NOW)
    kept = do(db, sessions.add, "h1", anna, NOW, DESK)
    do(db, sessions.add, "h2", anna, NOW, DESK)
    do(db, sessions.add, "h3", berta, NOW, DESK)
    do(db, sessions.end_all, anna, LATER, kept)
    assert [do(db, sessions.by_hash, h) is not None for h in ("h1", "h2", "h3")] == [True, False, True]
    do(db, sessions.end_all, anna, LATER)
    assert do(db, sessions.by_hash, "h1") is None


def test_a_removed_user_has_no_session(db: Database, anna: int) -> None:
    do(db, sessions.add, "h1", anna, NOW, DESK)
    do(db, users.remove, anna, LATER)
    assert do(db, sessions.by_hash, "h1") is None
    assert not do(db, sessions.was_there, "anna", DESK)


def test_where_a_user_has_been_is_known_though_the_session_ended(db: Database, anna: int) -> None:
    do(db, sessions.end, do(db, sessions.add, "h1", anna, NOW, DESK), NOW)
    assert do(db, sessions.was_there, "anna", DESK)
    assert not do(db, sessions.was_there, "anna", "192.0.2.8")
    assert not do(db, sessions.was_there, "berta", DESK)


def test_what_is_old_is_forgotten(db: Database, anna: int) -> None:
    do(db, sessions.add, "h1", anna, NOW, DESK)
    do(db, users.remove, anna, NOW)
    do(db, audit.write, NOW, Actor("anna", DESK), "login", "Anna logged in")
    for purge in (sessions.purge, users.purge, audit.purge):
        assert [do(db, purge, at) for at in (NOW, LATER, LATER)] == [0, 1, 0]


def test_the_audit_journal_is_read_from_its_end_page_by_page(db: Database) -> None:
    for n in range(3):
        do(db, audit.write, NOW, Actor("anna", DESK), "login", f"line {n}", "main")
    newest = do(db, audit.newest, 2)
    assert [line.text for line in newest] == ["line 2", "line 1"]
    assert (newest[0].by, newest[0].origin, newest[0].what) == ("anna", DESK, "login")
    assert [line.text for line in do(db, audit.newest, 2, newest[-1].id)] == ["line 0"]
