"""Stays, what was said of rooms, the journal and resyncs, on each kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from hotelbridge.core.guests import LineClass, RoomState, Stay, StayEnd
from hotelbridge.core.records import Actor, WakeupState
from hotelbridge.store import journal, resyncs, stays
from hotelbridge.store import tables_guests as tables
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.resyncs import ASKING

from .test_turns import add

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
ANNA = Actor("anna", "test")
GUEST = Stay(
    id=0, property="main", room="212", reservation="1001", name="Zoë O'Brien", language="de", vip=True,
    line_class=LineClass.LOCAL, group="crew", arrival=date(2026, 11, 24), departure=None, since=AT,
    by="fias", origin="pms",
)  # fmt: skip


def run(db: Database, unit: Any) -> Any:
    results: list[Any] = []
    db.run(unit).addBoth(results.append)
    if hasattr(results[0], "raiseException"):
        results[0].raiseException()
    return results[0]


def test_a_stay_is_read_as_it_was_saved(db: Database) -> None:
    saved: Stay = run(db, lambda tx: stays.add(tx, GUEST))
    assert run(db, lambda tx: stays.in_house(tx, "main")) == [saved]
    assert run(db, lambda tx: stays.by_reservation(tx, "main", "1001")) == replace(GUEST, id=saved.id)
    assert run(db, lambda tx: stays.in_house(tx, "other")) == []


def test_a_guest_who_moved_and_left_is_known_room_by_room(db: Database) -> None:
    """C1: a charge finds who was in a room, and where he is now."""

    def unit(tx: Tx) -> Stay:
        moved = stays.move(tx, stays.add(tx, GUEST), "305", LATER)
        return stays.end(tx, moved, StayEnd.CHECKED_OUT, "anna", LATER + timedelta(hours=1))

    ended: Stay = run(db, unit)
    half = timedelta(minutes=30)
    assert run(db, lambda tx: stays.who_was_in(tx, "main", "212", AT + half)) == [ended]
    assert run(db, lambda tx: stays.who_was_in(tx, "main", "212", LATER)) == []
    assert run(db, lambda tx: stays.who_was_in(tx, "main", "305", LATER)) == [ended]
    assert run(db, lambda tx: stays.who_was_in(tx, "main", "305", LATER + 3 * half)) == []
    assert run(db, lambda tx: stays.in_house(tx, "main")) == []
    assert run(db, lambda tx: stays.last_stay(tx, "main", "305")) == ended
    assert run(db, lambda tx: stays.last_left(tx, "main", "212")) == LATER
    rooms: list[str] = run(db, lambda tx: [one.room for one in stays.stretches(tx, ended.id)])
    assert rooms == ["212", "305"]


@pytest.mark.parametrize("count", [3, 30])
def test_some_rooms_or_many(db: Database, count: int) -> None:
    rooms = [str(number) for number in range(count)]

    def unit(tx: Tx) -> None:
        for room in [*rooms, "elsewhere"]:
            stays.add(tx, replace(GUEST, room=room, reservation=f"r{room}"))

    run(db, unit)
    found: list[Stay] = run(db, lambda tx: stays.in_house(tx, "main", [*rooms, rooms[0]]))
    assert [stay.room for stay in found] == rooms


def test_what_is_said_of_a_room_and_that_nothing_is(db: Database) -> None:
    said = RoomState("main", "212", LineClass.INTERNAL, "fias", True, AT)
    run(db, lambda tx: stays.save_room_state(tx, said))
    assert run(db, lambda tx: stays.room_state(tx, "main", "212")) == said
    states = run(db, lambda tx: stays.room_states(tx, "main", [str(n) for n in range(200, 240)]))
    assert states["212"] == said and states["213"] == RoomState("main", "213")
    run(db, lambda tx: stays.save_room_state(tx, RoomState("main", "212")))
    assert run(db, lambda tx: stays.room_state(tx, "main", "212")) == RoomState("main", "212")


def test_the_journal_of_a_room_newest_first_and_in_pieces(db: Database) -> None:
    def unit(tx: Tx) -> None:
        for number in range(5):
            journal.write(tx, "main", AT, ANNA, "212", "changed", f"{number}", reservation="1", record_id=7)
        journal.write(tx, "main", AT, ANNA, "213", "changed", "elsewhere")

    run(db, unit)
    lines = run(db, lambda tx: journal.of_room(tx, "main", "212", limit=3))
    assert [line.text for line in lines] == ["4", "3", "2"]
    older = run(db, lambda tx: journal.of_room(tx, "main", "212", before=lines[-1].id))
    assert [(one.text, one.by, one.record_id) for one in older] == [("1", "anna", 7), ("0", "anna", 7)]


def test_a_resync_keeps_what_was_told_in_its_order_until_it_is_decided(db: Database) -> None:
    def unit(tx: Tx) -> resyncs.Resync:
        begun = resyncs.begin(tx, "main", AT)
        for fact in ("first", "second"):
            resyncs.add_fact(tx, begun, fact)
        return begun

    begun: resyncs.Resync = run(db, unit)
    assert run(db, lambda tx: resyncs.undecided(tx, "main")) == begun
    assert run(db, lambda tx: resyncs.facts(tx, begun)) == ["first", "second"]
    asking = replace(begun, state=ASKING, ended_at=LATER, difference="{}")
    run(db, lambda tx: resyncs.save(tx, asking, LATER))
    assert run(db, lambda tx: resyncs.get(tx, "main", begun.id)) == asking
    assert run(db, lambda tx: resyncs.get(tx, "other", begun.id)) is None
    run(db, lambda tx: resyncs.forget_facts(tx, asking))
    assert run(db, lambda tx: resyncs.facts(tx, begun)) == []
    assert run(db, lambda tx: resyncs.listed(tx, "main", 5)) == [asking]


# --- erased on the day announced ---


def _ended(tx: Tx, reservation: str, at: datetime, **more: Any) -> Stay:
    stay = stays.add(tx, replace(GUEST, reservation=reservation, **more))
    return stays.end(tx, stays.move(tx, stay, "305", AT), StayEnd.CHECKED_OUT, "fias", at)


def _rows(db: Database, table: Any) -> int:
    count: int = run(
        db, lambda tx: tx.connection.execute(select(func.count()).select_from(table.__table__)).scalar_one()
    )
    return count


def test_stays_are_forgotten_with_where_they_were_but_nobody_who_is_still_in_the_house(db: Database) -> None:
    """Promise 9: guest data is erased on the day announced."""

    def unit(tx: Tx) -> None:
        stays.add(tx, GUEST)
        _ended(tx, "1002", AT)
        _ended(tx, "1003", LATER)
        _ended(tx, "1004", AT, property="annex")

    run(db, unit)
    assert run(db, lambda tx: stays.purge(tx, "main", LATER)) == 1
    assert run(db, lambda tx: stays.purge(tx, "main", LATER)) == 0
    left = run(db, lambda tx: [stays.of_reservation(tx, "main", str(n)) for n in (1001, 1002, 1003)])
    assert [len(found) for found in left] == [1, 0, 1]
    assert len(run(db, lambda tx: stays.of_reservation(tx, "annex", "1004"))) == 1
    assert (_rows(db, tables.Stay), _rows(db, tables.Occupancy)) == (3, 5)


@pytest.mark.parametrize(
    ("state", "forgotten"),
    [
        (WakeupState.SCHEDULED, 0),
        (WakeupState.WAITING, 0),
        (WakeupState.WOKEN, 1),
        (WakeupState.CANCELLED, 1),
    ],
)
def test_a_stay_is_known_while_a_wake_up_of_its_reservation_is_still_to_ring(
    db: Database, state: WakeupState, forgotten: int
) -> None:
    """B7: whose it is must be known when the guest comes back."""

    def unit(tx: Tx) -> None:
        _ended(tx, "1001", AT)
        _ended(tx, "", AT)
        add(tx, "305", state=state, reservation="1001")

    run(db, unit)
    assert run(db, lambda tx: stays.purge(tx, "main", LATER)) == 1 + forgotten
    assert len(run(db, lambda tx: stays.of_reservation(tx, "main", "1001"))) == 1 - forgotten


def test_a_great_many_are_forgotten_piece_by_piece(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stays, "PIECE", 2)
    run(db, lambda tx: [_ended(tx, str(n), AT) for n in range(5)])
    pieces = [run(db, lambda tx: stays.purge(tx, "main", LATER)) for _ in range(4)]
    assert pieces == [2, 2, 1, 0] and _rows(db, tables.Occupancy) == 0


def test_old_lines_of_the_journal_are_forgotten(db: Database) -> None:
    def unit(tx: Tx) -> None:
        for property, at in (("main", AT), ("main", LATER), ("annex", AT)):
            journal.write(tx, property, at, ANNA, "212", "checked_in", "guest 1001 checked in")

    run(db, unit)
    assert [run(db, lambda tx: journal.purge(tx, "main", LATER)) for _ in range(2)] == [1, 0]
    assert [line.at for line in run(db, lambda tx: journal.of_room(tx, "main", "212"))] == [LATER]
    assert len(run(db, lambda tx: journal.of_room(tx, "annex", "212"))) == 1


@pytest.mark.parametrize(
    ("state", "left"), [("open", 1), ("asking", 1), ("applied", 0), ("dismissed", 0), ("dropped", 0)]
)
def test_a_resync_is_forgotten_with_what_it_was_told_but_not_while_it_is_open(
    db: Database, state: str, left: int
) -> None:
    def unit(tx: Tx) -> None:
        one = resyncs.begin(tx, "main", AT)
        resyncs.add_fact(tx, one, "{}")
        resyncs.save(tx, replace(one, state=state), AT)

    run(db, unit)
    assert run(db, lambda tx: resyncs.purge(tx, "main", AT)) == 0
    while run(db, lambda tx: resyncs.purge(tx, "main", LATER)):
        pass
    assert (_rows(db, tables.Resync), _rows(db, tables.ResyncFact)) == (left, left)
