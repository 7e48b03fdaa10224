"""Lists of calls and charges find their rows by an index; what is to do is found among what is unposted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from hotelbridge.core.calls import CallKind
from hotelbridge.core.charges import ASKING_STATES, UNPOSTED, Call, Charge, ChargeState
from hotelbridge.store import callrecords, charges, schema
from hotelbridge.store.calllists import Filter, calls_query, charges_query, list_calls, list_charges
from hotelbridge.store.database import Database, Tx

from .far_side import result_of

AT = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    file: Path = tmp_path_factory.mktemp("lists") / "hotel.db"
    schema.prepare(f"sqlite:///{file}")
    connection = sqlite3.connect(file)
    yield connection
    connection.close()


def plan(connection: sqlite3.Connection, wanted: Filter, *, calls: bool = False) -> list[str]:
    query = (calls_query if calls else charges_query)("main", wanted, 10)
    compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    sql = str(compiled)
    return [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]


@pytest.mark.parametrize("calls", [False, True])
@pytest.mark.parametrize("states", [{ChargeState.HELD}, ASKING_STATES, UNPOSTED], ids=len)
@pytest.mark.parametrize(
    "more", [{}, {"room": "212", "from_": AT}, {"behind": (AT, 5)}, {"reservation": "1001"}], ids=str
)
def test_what_is_unposted_is_found_however_long_the_past_is(
    empty: sqlite3.Connection, states: set[ChargeState], more: dict[str, object], calls: bool
) -> None:
    wanted = Filter(states=frozenset(states), **more)  # type: ignore[arg-type]
    steps = plan(empty, wanted, calls=calls)
    assert "SEARCH charge USING INDEX ix_charge_unposted (property=? AND state=?)" in steps
    assert not any("SCAN charge" in step or "call_record_property" in step for step in steps)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(), "ix_charge_property_started (property=?)"),
        (Filter(behind=(AT, 5)), "ix_charge_property_started (property=? AND started<?)"),
        (Filter(from_=AT, to=AT), "ix_charge_property_started (property=? AND started>? AND started<?)"),
        (Filter(room="212"), "ix_charge_property_room_started (property=? AND room=?)"),
        (Filter(reservation="1001"), "ix_charge_property_reservation_started (property=? AND reservation=?)"),
        (Filter(states=frozenset({ChargeState.POSTED})), "ix_charge_property_started (property=?)"),
    ],
)
def test_a_list_is_read_in_its_order_from_its_first_row_on(
    empty: sqlite3.Connection, wanted: Filter, index: str
) -> None:
    """Nothing is sorted: a page costs what it shows."""
    assert plan(empty, wanted) == [f"SEARCH charge USING INDEX {index}"]


def test_calls_are_read_in_their_order_too(empty: sqlite3.Connection) -> None:
    first, *rest = plan(empty, Filter(behind=(AT, 5)), calls=True)
    index = "ix_call_record_property_started (property=? AND started<?)"
    assert first == f"SEARCH call_record USING INDEX {index}"
    assert rest == ["SEARCH charge USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"]


# --- on both databases ---

HELD, POSTED, QUEUED = ChargeState.HELD, ChargeState.POSTED, ChargeState.QUEUED


def call(n: int, room: str, number: str, property: str = "main") -> Call:
    at = AT + timedelta(minutes=n)
    return Call(
        id=0, property=property, key=f"{property} {n}", device="om20", record=f"{n}-0", counter=n, type="OU",
        route="IP", trunk=f"t{n % 2}", cpn=room, cdpn=number, kind=CallKind.OUT, phone=room, room=room,
        started=at, ended=at, seconds=60, arrived=at, off=0, why="",
    )  # fmt: skip


def charge(of: Call, state: ChargeState, reservation: str, account: str = "") -> Charge:
    return Charge(
        id=of.id, property=of.property, room=of.room, stay_id=None, reservation=reservation, account=account,
        started=of.started, seconds=60, trunk=of.trunk, dialled=of.cdpn, number=f"+43{of.cdpn[1:]}",
        classes="guest", name="", amount=50, tax=0, currency="EUR", version="v", line=2, state=state,
        reason="",
    )  # fmt: skip


def four_calls_and_a_free_one(tx: Tx) -> None:
    """Calls 1 to 5; the last but one began in the same instant as the one before, and 5 is no charge."""
    rows = [
        (call(1, "212", "06641234567"), HELD, "1001", ""),
        (call(2, "213", "06607654321"), POSTED, "1002", ""),
        (call(3, "213", "0199"), QUEUED, "1002", ""),
        (call(4, "110", "06641234999"), POSTED, "", "9000"),
    ]
    for one, state, reservation, account in rows:
        at = AT + timedelta(minutes=3) if one.counter == 4 else one.started
        saved = callrecords.add(tx, replace(one, started=at))
        charges.add(tx, charge(saved, state, reservation, account), AT)
    callrecords.add(tx, call(5, "212", "110"))
    saved = callrecords.add(tx, call(6, "212", "06641234567", "annex"))
    charges.add(tx, charge(saved, HELD, "1001"), AT)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"room": "213"}, [3, 2]),
        ({"reservation": "1002"}, [3, 2]),
        ({"states": frozenset({HELD})}, [1]),
        ({"states": UNPOSTED}, [3, 1]),
        ({"states": UNPOSTED, "room": "213", "trunk": "t1"}, [3]),
        ({"states": UNPOSTED, "behind": (AT + timedelta(minutes=3), 3)}, [1]),
        ({"states": frozenset({POSTED, HELD})}, [4, 2, 1]),
        ({"states": frozenset()}, []),
        ({"digits": "6641234"}, [4, 1]),
        ({"digits": "1234567"}, [1]),
        ({"digits": "1234567", "cut": 3}, []),
        ({"digits": "0199", "cut": 9}, []),
        ({"digits": "%"}, []),
        ({"account": "9000"}, [4]),
        ({"from_": AT + timedelta(minutes=2), "to": AT + timedelta(minutes=3)}, [2]),
        ({"behind": (AT + timedelta(minutes=3), 4)}, [3, 2, 1]),
        ({"behind": (AT + timedelta(minutes=3), 3)}, [2, 1]),
    ],
)
def test_a_list_holds_what_was_asked_for_newest_first(
    db: Database, wanted: dict[str, Any], found: list[int]
) -> None:
    result_of(db.run(four_calls_and_a_free_one))
    asked = Filter(**wanted)
    listed = result_of(db.read(lambda tx: list_charges(tx, "main", asked, 10)))
    assert [one.id for one in listed] == found
    assert result_of(db.read(lambda tx: list_charges(tx, "main", asked, 1))) == listed[:1]
    calls = result_of(db.read(lambda tx: list_calls(tx, "main", asked, 10)))
    of_charges = [one for one, priced in calls if priced is not None]
    assert [one.id for one in of_charges] == found
    assert all(priced is None or priced.id == one.id for one, priced in calls)
    free = [one.id for one, priced in calls if priced is None]
    assert free == ([5] if set(wanted) <= {"room"} and wanted.get("room", "212") == "212" else [])
