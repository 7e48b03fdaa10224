"""The flight recorder's rows: as received, worked off one by one, listed by time, forgotten in pieces."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hotelbridge.core.guests import Direction
from hotelbridge.core.records import Report
from hotelbridge.store import inbox, pms_state, records
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.keyset import Place
from hotelbridge.store.units import apart, is_of_the_database

from .far_side import NOW, result_of

LATER = NOW + timedelta(hours=1)


def do(db: Database, call: Any, *args: Any, **named: Any) -> Any:
    return result_of(db.run(lambda tx: call(tx, *args, **named)))


def kept(
    db: Database,
    *words: str,
    rooms: Sequence[str] = ("212",),
    at: datetime = NOW,
    link: str = "pms",
    direction: Direction = Direction.IN,
    worked: bool = False,
) -> list[int]:
    items = [(one.encode("utf-8", "replace"), one, tuple(rooms)) for one in words]
    ids: list[int] = do(db, records.add, "main", link, direction, at, items, worked=worked)
    return ids


def words(found: Sequence[Any]) -> list[str]:
    return [one.words for one in found]


def test_what_was_received_waits_in_its_order_until_it_is_worked_off(db: Database) -> None:
    first, second, third = kept(db, "a", "b", "c")
    do(db, records.worked, {first: "checked in", third: "nothing"}, LATER)
    (left,) = do(db, records.unworked, "main", "pms")
    assert (left.id, left.body, left.rooms, left.worked_at) == (second, b"b", ("212",), None)
    done = do(db, records.get, "main", first)
    assert (done.effect, done.worked_at, done.at) == ("checked in", LATER, NOW)


def test_each_link_has_an_inbox_of_its_own_and_each_property_too(db: Database) -> None:
    (mine,) = kept(db, "a")
    kept(db, "x", link="om20", worked=True)
    assert [one.id for one in do(db, records.unworked, "main", "pms")] == [mine]
    assert do(db, records.unworked, "main", "om20") == []
    assert do(db, records.unworked, "annex", "pms") == []
    assert do(db, records.get, "annex", mine) is None


def test_any_bytes_are_kept_as_they_came(db: Database) -> None:
    body = bytes(range(256))
    (id,) = do(db, records.add, "main", "pms", Direction.IN, NOW, [(body, "", ())], worked=False)
    assert do(db, records.get, "main", id).body == body


def test_words_that_a_database_would_refuse_cost_nobody_the_record(db: Database) -> None:
    (id,) = kept(db, "\0 and \ud800")
    assert do(db, records.get, "main", id).words == "\N{REPLACEMENT CHARACTER} and ?"


def test_a_room_that_fits_no_key_of_a_database_costs_nobody_the_record(db: Database) -> None:
    dice = random.Random(4)
    room = "\0" + "".join(chr(dice.randrange(0x100, 0x2000)) for _ in range(1950))
    (id,) = kept(db, "a", rooms=(room, "212"))
    assert do(db, records.get, "main", id).rooms == ("212", "\N{REPLACEMENT CHARACTER}" + room[1:64])
    assert [one.id for one in do(db, records.listed, "main", room=room)] == [id]


def test_a_piece_of_work_that_the_database_will_never_take_is_undone_alone(db: Database) -> None:
    """A key twice, a text too long for one: those behind it in the unit must not wait for ever."""

    def twice(tx: Tx) -> None:
        for _ in range(2):
            tx.connection.execute(text("INSERT INTO pms_state VALUES ('main', 'a', '1')"))

    def unit(tx: Tx) -> list[int]:
        with pytest.raises(IntegrityError) as refused:
            apart(tx, lambda: twice(tx))
        assert not is_of_the_database(refused.value)
        return records.add(tx, "main", "pms", Direction.IN, NOW, [(b"a", "a", ())], worked=False)

    (id,) = result_of(db.run(unit))
    assert [one.id for one in do(db, records.unworked, "main", "pms")] == [id]
    assert do(db, pms_state.values, "main") == {}


def test_the_list_is_by_time_and_newest_first_whatever_the_order_of_saving(db: Database) -> None:
    kept(db, "late", at=LATER)
    kept(db, "early")
    kept(db, "same", at=LATER)
    assert words(do(db, records.listed, "main")) == ["same", "late", "early"]


def test_the_list_is_read_on_piece_by_piece_without_a_gap_or_a_repetition(db: Database) -> None:
    for n in range(7):
        kept(db, str(n), at=NOW + timedelta(seconds=n // 3))
    seen: list[str] = []
    place: Place | None = None
    while piece := do(db, records.listed, "main", before=place, limit=2):
        seen += words(piece)
        place = (piece[-1].at, piece[-1].id)
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


def test_the_list_of_a_room_of_a_link_or_of_a_direction(db: Database) -> None:
    kept(db, "both", rooms=("212", "305", "212"))
    kept(db, "other", rooms=("305",))
    kept(db, "none", rooms=())
    kept(db, "asked", link="om20", direction=Direction.OUT, worked=True)
    assert words(do(db, records.listed, "main", room="212")) == ["asked", "both"]
    assert words(do(db, records.listed, "main", room="212", link="pms")) == ["both"]
    assert words(do(db, records.listed, "main", link="om20")) == ["asked"]
    assert words(do(db, records.listed, "main", direction=Direction.OUT)) == ["asked"]
    assert do(db, records.listed, "main", room="212")[1].rooms == ("212", "305")


def test_only_what_is_old_and_worked_off_is_forgotten_with_its_rooms(db: Database) -> None:
    old, waiting = kept(db, "old", "waiting")
    (new,) = kept(db, "new", at=LATER, worked=True)
    do(db, records.worked, {old: ""}, NOW)
    assert do(db, records.purge, "main", LATER) == 1
    assert do(db, records.purge, "main", LATER) == 0
    assert [one.id for one in do(db, records.listed, "main", room="212")] == [new, waiting]

    def rooms_left(tx: Tx) -> int:
        return int(tx.connection.exec_driver_sql("SELECT count(*) FROM record_room").scalar_one())

    assert do(db, rooms_left) == 2


def test_a_purge_goes_in_pieces(db: Database) -> None:
    kept(db, *(str(n) for n in range(1500)), worked=True)
    assert [do(db, records.purge, "main", LATER) for _ in range(3)] == [1000, 500, 0]


def test_reports_are_listed_by_time_too_with_what_became_of_them(db: Database) -> None:
    pushed = [("om20", NOW, b"a"), ("om21", LATER, b"b"), ("om20", LATER, b"c")]
    db.append([Report("main", device, at, body) for device, at, body in pushed])
    ids = [one.id for one in do(db, inbox.unworked, "main")]
    do(db, inbox.mark_bad, ids[0], LATER, "no XML")
    found = do(db, inbox.listed, "main")
    assert [one.body for one in found] == [b"c", b"b", b"a"]
    assert (found[2].bad, found[2].worked_at, found[1].bad) == ("no XML", LATER, None)
    assert [one.body for one in do(db, inbox.listed, "main", "om20", (LATER, ids[2]))] == [b"a"]
