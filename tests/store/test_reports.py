"""Reports as a record: by time, and by a word in them."""

from __future__ import annotations

from datetime import timedelta

from hotelbridge.store import inbox, leases
from hotelbridge.store import reports as record
from hotelbridge.store.database import Database

from .far_side import NOW, reports, result_of


def test_reports_are_read_from_a_moment_on_worked_or_not(db: Database) -> None:
    db.append([*reports("a", "b", "c"), *reports("x", property="annex")])
    first = result_of(db.run(lambda tx: inbox.unworked(tx, "main")))[0]
    result_of(db.run(lambda tx: inbox.mark_worked(tx, [first.id], NOW)))
    found = result_of(db.run(lambda tx: record.since(tx, "main", "om20", NOW)))
    assert [row.body for row in found] == [b"a", b"b", b"c"]
    later = NOW + timedelta(hours=1)
    assert result_of(db.run(lambda tx: record.since(tx, "main", "om20", later))) == []
    assert result_of(db.run(lambda tx: record.since(tx, "main", "om50", NOW))) == []


def test_reports_are_found_by_a_word_the_last_ones_first(db: Database) -> None:
    db.append(reports("one DTMF", "two", "\xff DTMF three", "dtmf"))
    found = result_of(db.run(lambda tx: record.containing(tx, "main", "om20", b"DTMF")))
    assert [row.body[-5:] for row in found] == [b"three", b" DTMF"]


def test_whether_anybody_runs_a_property_is_told_by_the_databases_clock(db: Database) -> None:
    def is_held() -> bool:
        return bool(result_of(db.run(lambda tx: leases.is_held(tx, "main"))))

    assert not is_held()
    lease = result_of(db.run(lambda tx: leases.claim(tx, "main", "front-1", timedelta(seconds=60))))
    assert is_held()
    result_of(db.run(lambda tx: leases.release(tx, "main", "front-1", lease.epoch)))
    assert not is_held()
