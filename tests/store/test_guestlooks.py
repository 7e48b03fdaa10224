"""Looks at guests, rooms, the journal and resyncs, for those who show them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from hotelbridge.core.guests import LineClass
from hotelbridge.store import guestlooks, tables
from hotelbridge.store.database import Database, Tx

from .far_side import NOW, result_of

STAY = {
    "property": "main", "room": "212", "reservation": "1001", "name": "Müller", "language": "de",
    "vip": False, "line_class": "local", "group": "", "since": NOW, "by": "fias", "origin": "pms",
}  # fmt: skip
LINE = {
    "property": "main", "at": NOW, "by": "fias", "origin": "pms", "room": "212", "reservation": "1001",
    "what": "checked_in", "text": "came",
}  # fmt: skip


def do(db: Database, call: Any, *args: Any, **named: Any) -> Any:
    return result_of(db.run(lambda tx: call(tx, *args, **named)))


@pytest.fixture
def house(db: Database) -> Database:
    def fill(tx: Tx) -> None:
        gone = {"ended_at": NOW, "ended_by": "fias", "end": "checked_out"}
        for more in ({"room": "305", "line_class": None}, {}, {"name": "Li"}, gone, {"property": "annex"}):
            tx.connection.execute(insert(tables.Stay), STAY | more)
        for n, room in enumerate(["212", "305", "212", "212"]):
            tx.connection.execute(
                insert(tables.Journal), LINE | {"room": room, "text": str(n), "record_id": n}
            )
        state = {
            "property": "main",
            "room": "212",
            "line_class": "internal",
            "line_class_by": "Anna",
            "at": NOW,
        }
        tx.connection.execute(insert(tables.RoomState), state)
        for n in range(3):
            begun = NOW + timedelta(hours=n)
            row = {"property": "main", "state": "applied", "begun_at": begun, "difference": "{}"}
            tx.connection.execute(insert(tables.Resync), row)

    do(db, fill)
    return db


def test_who_is_in_the_house_is_told_by_room_without_those_who_left(house: Database) -> None:
    found = do(house, guestlooks.in_house, "main")
    assert [(one.room, one.name) for one in found] == [("212", "Müller"), ("212", "Li"), ("305", "Müller")]
    assert (found[0].line_class, found[2].line_class, found[0].since) == (LineClass.LOCAL, None, NOW)
    assert [one.room for one in do(house, guestlooks.in_house, "main", ["305", "999"])] == ["305"]
    assert do(house, guestlooks.in_house, "main", []) == []


def test_what_was_said_of_a_room_itself_is_there_only_where_something_was(house: Database) -> None:
    found = do(house, guestlooks.room_states, "main", ["212", "305"])
    assert list(found) == ["212"]
    assert (found["212"].line_class, found["212"].line_class_by) == (LineClass.INTERNAL, "Anna")


def test_the_journal_is_read_newest_first_of_a_room_or_of_the_house(house: Database) -> None:
    lines = do(house, guestlooks.journal, "main", "212", limit=2)
    assert [one.text for one in lines] == ["3", "2"]
    assert [one.text for one in do(house, guestlooks.journal, "main", "212", lines[-1].id)] == ["0"]
    assert [one.text for one in do(house, guestlooks.journal, "main")] == ["3", "2", "1", "0"]
    assert lines[0].record_id == 3


def test_resyncs_are_read_newest_first_and_one_by_its_number(house: Database) -> None:
    found = do(house, guestlooks.resyncs, "main", limit=2)
    assert [one.begun_at for one in found] == [NOW + timedelta(hours=2), NOW + timedelta(hours=1)]
    assert do(house, guestlooks.resync, "main", found[0].id) == found[0]
    assert do(house, guestlooks.resync, "annex", found[0].id) is None
    assert do(house, guestlooks.resync, "main", 999) is None
