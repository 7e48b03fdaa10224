"""The journal and the resyncs, read by those who show them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from hotelbridge.store import journal, resyncs, tables
from hotelbridge.store.database import Database, Tx

from .far_side import NOW, result_of

LINE = {
    "property": "main", "at": NOW, "by": "fias", "origin": "pms", "room": "212", "reservation": "1001",
    "what": "checked_in", "text": "came",
}  # fmt: skip


def do(db: Database, call: Any, *args: Any, **named: Any) -> Any:
    return result_of(db.run(lambda tx: call(tx, *args, **named)))


@pytest.fixture
def house(db: Database) -> Database:
    def fill(tx: Tx) -> None:
        for n, room in enumerate(["212", "305", "212", "212"]):
            tx.connection.execute(
                insert(tables.Journal), LINE | {"room": room, "text": str(n), "record_id": n}
            )
        for n in range(3):
            begun = NOW + timedelta(hours=n)
            row = {"property": "main", "state": "applied", "begun_at": begun, "difference": "{}"}
            tx.connection.execute(insert(tables.Resync), row)

    do(db, fill)
    return db


def test_the_journal_is_read_newest_first_of_a_room_or_of_the_house(house: Database) -> None:
    lines = do(house, journal.of_room, "main", "212", 2)
    assert [one.text for one in lines] == ["3", "2"]
    assert [one.text for one in do(house, journal.of_room, "main", "212", 9, lines[-1].id)] == ["0"]
    assert [one.text for one in do(house, journal.of_house, "main")] == ["3", "2", "1", "0"]
    assert lines[0].record_id == 3


def test_resyncs_are_read_newest_first_and_one_by_its_number(house: Database) -> None:
    found = do(house, resyncs.listed, "main", 2)
    assert [one.begun_at for one in found] == [NOW + timedelta(hours=2), NOW + timedelta(hours=1)]
    assert do(house, resyncs.get, "main", found[0].id) == found[0]
    assert do(house, resyncs.get, "annex", found[0].id) is None
    assert do(house, resyncs.get, "main", 999) is None
