"""What people did is one list out of four, read piece by piece, and each piece costs what it shows."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import Actor
from hotelbridge.services.doings import FROM_PMS
from hotelbridge.store import actions, audit, callrecords, charges, history, journal, schema
from hotelbridge.store.actions import Action, Wanted
from hotelbridge.store.database import Database, Tx

from .far_side import NOW, result_of
from .test_call_lists import call, charge
from .test_turns import add

ANNA, ROOT = Actor("anna", "console 192.0.2.7"), Actor("root", "command line")
FIAS = Actor("fias", FROM_PMS)


def at(n: int) -> Any:
    return NOW + timedelta(minutes=n)


def a_day(tx: Tx) -> None:
    """Nine things that people did in one hotel, two on the node, and more that nobody did."""
    audit.write(tx, at(0), ROOT, "user_added", "anna was added", about="user anna")
    audit.write(tx, at(1), ANNA, "login", "anna logged in")
    wakeup = add(tx, "214")
    history.write(tx, wakeup, at(2), "booked", "for 06:30", ANNA)
    history.write(tx, wakeup, at(3), "ringing", "214 is called")
    history.write(tx, wakeup, at(4), "changed", "to 06:45", ANNA)
    history.write(tx, wakeup, at(4), "cancelled", "by fias", FIAS)
    journal.write(tx, "main", at(4), ANNA, "215", "checked_in", "1001 checked in")
    journal.write(tx, "main", at(4), FIAS, "215", "checked_in", "1002 checked in")
    saved = callrecords.add(tx, call(1, "212", "06641234567"))
    held = charge(saved, ChargeState.HELD, "1001")
    charges.add(tx, held, at(4))
    charges.write(tx, held, at(4), "posted", "on the folio, says carl", Actor("carl", "console 192.0.2.8"))
    charges.write(tx, held, at(4), "held", "the guest is gone")
    audit.write(tx, at(5), ANNA, "alarm_closed", "closed", "main", "alarm 3")
    journal.write(tx, "annex", at(6), ANNA, "901", "checked_in", "9 checked in")
    audit.write(tx, at(6), ANNA, "alarm_closed", "closed", "annex", "alarm 4")


ALL = ["alarm_closed", "posted", "checked_in", "changed", "booked", "login", "user_added"]


def found(db: Database, limit: int = 100, **wanted: Any) -> list[Action]:
    return result_of(db.read(lambda tx: actions.newest(tx, Wanted("main", **wanted), limit)))


@pytest.fixture
def filled(db: Database) -> Database:
    result_of(db.run(a_day))
    return db


@pytest.mark.parametrize(
    ("wanted", "whats"),
    [
        ({"node_wide": True}, ALL),
        ({}, ALL[:-2]),
        ({"node_wide": True, "by": "anna"}, ["alarm_closed", "checked_in", "changed", "booked", *ALL[-2:]]),
        ({"by": "carl"}, ["posted"]),
        ({"by": "fias"}, []),
        ({"node_wide": True, "room": "214"}, ["changed", "booked"]),
        ({"room": "212"}, ["posted"]),
        ({"room": "215"}, ["checked_in"]),
        ({"node_wide": True, "begins": at(1), "ends": at(4)}, ["booked", "login"]),
    ],
    ids=str,
)
def test_what_people_did_and_nobody_else(filled: Database, wanted: Any, whats: list[str]) -> None:
    assert [one.what for one in found(filled, **wanted)] == whats


def test_each_says_by_whom_from_where_and_about_what(filled: Database) -> None:
    closed, posted, came, changed, *_ = found(filled)
    assert (closed.source, closed.about, closed.room, closed.origin) == (
        "audit",
        "alarm 3",
        "",
        "console 192.0.2.7",
    )
    assert (posted.source, posted.room, posted.by) == ("charge", "212", "carl") and posted.about.isdigit()
    assert (came.source, came.about, came.room) == ("room", "", "215")
    assert (changed.source, changed.room, changed.at) == ("wakeup", "214", at(4)) and changed.about.isdigit()


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pieces_leave_out_nothing_and_tell_nothing_twice(filled: Database, limit: int) -> None:
    """Three of different sources were written in one instant."""
    read: list[Action] = []
    while piece := found(filled, limit, node_wide=True, behind=read[-1].place if read else None):
        read += piece
    assert [one.what for one in read] == ALL


@pytest.mark.parametrize(
    "more", [{}, {"behind": (NOW, 1, 5)}, {"begins": NOW, "ends": NOW}, {"by": "anna"}], ids=str
)
def test_a_piece_is_found_by_an_index_in_its_order(tmp_path: Path, more: Any) -> None:
    schema.prepare(f"sqlite:///{tmp_path}/hotel.db")
    connection = sqlite3.connect(tmp_path / "hotel.db")
    for source, query in actions.queries(Wanted("main", node_wide=True, **more), 10):
        compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
        sql = str(compiled)
        steps = [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]
        assert ("ix_audit_at" if source == "audit" else "_people (property=?") in steps[0], steps
        assert not any("TEMP B-TREE" in step for step in steps)
    connection.close()
