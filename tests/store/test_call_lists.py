"""Lists of calls and charges find their rows by an index; what is to do is found among what is unposted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from hotelbridge.core.charges import ASKING_STATES, UNPOSTED, ChargeState
from hotelbridge.store import schema
from hotelbridge.store.calllists import Filter, calls_query, charges_query

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
