"""The small rooms of the store: inbox, change feed, tokens, kept answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hotelbridge.core.records import Change, Role
from hotelbridge.store import answers, changes, inbox, tokens
from hotelbridge.store.database import Database, Tx

from .far_side import NOW, reports, result_of

LATER = NOW + timedelta(days=1)


def do(db: Database, call: Any, *args: Any) -> Any:
    return result_of(db.run(lambda tx: call(tx, *args)))


def test_the_inbox_gives_reports_in_order_until_they_are_worked(db: Database) -> None:
    db.append([*reports("a", "b", "c"), *reports("x", property="annex")])
    rows = do(db, inbox.unworked, "main")
    assert [(row.device, row.body) for row in rows] == [("om20", b"a"), ("om20", b"b"), ("om20", b"c")]
    assert rows[0].at == NOW
    do(db, inbox.mark_worked, [rows[0].id, rows[2].id], LATER)
    assert [row.body for row in do(db, inbox.unworked, "main")] == [b"b"]
    assert [row.body for row in do(db, inbox.unworked, "annex", 1)] == [b"x"]
    do(db, inbox.mark_worked, [], LATER)


def test_a_report_that_cannot_be_read_is_done_and_kept_with_the_reason(db: Database) -> None:
    db.append(reports("a", "b"))
    do(db, inbox.mark_bad, do(db, inbox.unworked, "main")[0].id, LATER, "no XML")
    assert do(db, inbox.counts, "main") == inbox.Counts(waiting=1, bad=1)


def test_the_inbox_forgets_only_what_is_old_and_worked(db: Database) -> None:
    db.append(reports("a", "b", "c"))
    ids = [row.id for row in do(db, inbox.unworked, "main")]
    do(db, inbox.mark_worked, [ids[0], ids[2]], LATER)
    assert do(db, inbox.purge, "main", NOW + timedelta(seconds=2)) == 1
    assert do(db, inbox.purge, "main", NOW + timedelta(seconds=2)) == 0
    assert [row.body for row in do(db, inbox.unworked, "main")] == [b"b"]


def touch(tx: Tx, count: int) -> None:
    for n in range(count):
        tx.changed("main", "wakeup", n, NOW + timedelta(seconds=n))


def test_the_feed_is_read_on_from_a_number(db: Database) -> None:
    assert (do(db, changes.latest, "main"), do(db, changes.oldest, "main")) == (0, 0)
    do(db, touch, 5)
    expected = Change("main", 4, "wakeup", "3", NOW + timedelta(seconds=3))
    assert do(db, changes.since, "main", 3, 1) == [expected]
    assert [c.n for c in do(db, changes.since, "main", 0, 100)] == [1, 2, 3, 4, 5]


def test_the_feed_goes_on_counting_after_all_of_it_was_forgotten(db: Database) -> None:
    do(db, touch, 2500)
    counts = [do(db, changes.purge, "main", LATER) for _ in range(4)]
    assert counts == [1000, 1000, 499, 0]
    assert (do(db, changes.oldest, "main"), do(db, changes.latest, "main")) == (2500, 2500)
    do(db, touch, 1)
    assert do(db, changes.latest, "main") == 2501


def test_a_revoked_token_is_unknown_at_once(db: Database) -> None:
    do(db, tokens.add, "main,annex", "board", Role.FRONTDESK, "hash-1", NOW)
    found = do(db, tokens.by_hash, "hash-1")
    assert (found.name, found.role, found.property) == ("board", "frontdesk", "main,annex")
    assert do(db, tokens.revoke, "board", LATER) == 1
    assert do(db, tokens.revoke, "board", LATER) == 0
    assert do(db, tokens.by_hash, "hash-1") is None
    assert [(t.name, t.revoked_at) for t in do(db, tokens.list)] == [("board", LATER)]


def test_an_answer_is_kept_for_its_caller_and_key(db: Database) -> None:
    do(db, answers.keep, "main", "k1", "board", "print", "{}", NOW)
    assert do(db, answers.kept, "main", "k1", "board") == answers.Kept("print", "{}", NOW)
    assert do(db, answers.kept, "main", "k1", "other") is None
    with pytest.raises(Exception, match="(?i)unique"):
        do(db, answers.keep, "main", "k1", "board", "print", "{}", NOW)
    assert do(db, answers.purge, "main", NOW) == 0
    assert do(db, answers.purge, "main", LATER) == 1
    assert do(db, answers.kept, "main", "k1", "board") is None
