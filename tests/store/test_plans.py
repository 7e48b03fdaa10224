"""What runs on the way of every ring finds its rows by an index: the past costs it nothing."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from hotelbridge import store
from hotelbridge.store import schema
from hotelbridge.store.prepared import Statement

# These never grow with the years.
SMALL = (
    "lease",
    "mark",
    "phone",
    "device",
    "console",
    "desk_calls",
    "tariff_version",
    "pms_state",
    "console_user",
)
FROM_THE_END = ("writer._LAST",)  # the last number of the feed: one step
# Over all that one hotel ever had: an index that begins with the property, and nothing else asked of it.
EVERYTHING = re.compile(
    r"SCAN (?P<scanned>\w+)|SEARCH (?P<searched>\w+) USING .*INDEX (?P<index>\w+) \(property=\?\)"
)


def prepared() -> Iterator[tuple[str, str]]:
    """Every statement of the store, as SQLite takes it."""
    for found in pkgutil.iter_modules(store.__path__):
        if found.ispkg:
            continue
        module = importlib.import_module(f"{store.__name__}.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, Statement):
                yield f"{found.name}.{name}", str(value._statement.compile(dialect=sqlite.dialect()))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    file: Path = tmp_path_factory.mktemp("plans") / "hotel.db"
    schema.prepare(f"sqlite:///{file}")
    connection = sqlite3.connect(file)
    yield connection
    connection.close()


def partial_indexes(connection: sqlite3.Connection) -> set[str]:
    named = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    return {name for name, sql in named if sql and " WHERE " in sql}


@pytest.mark.parametrize(("name", "sql"), list(prepared()), ids=[name for name, _ in prepared()])
def test_no_prepared_statement_goes_through_the_past(empty: sqlite3.Connection, name: str, sql: str) -> None:
    if "clock_timestamp" in sql or name in FROM_THE_END:
        return  # PostgreSQL's own; one step
    small = partial_indexes(empty)
    plan = empty.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?")).fetchall()
    steps = [EVERYTHING.match(step[3]) for step in plan]
    wrong = [
        step[0]
        for step in steps
        if step and (step["scanned"] or step["searched"]) not in SMALL and step["index"] not in small
    ]
    assert not wrong, f"{name}: {wrong}"
