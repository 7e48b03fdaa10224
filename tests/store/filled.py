"""Rows in every table, for the dumps beside the tests: one per released revision and kind of database.

From the folder `tests`, `python -m store.filled URL` makes and fills a database; then
`sqlite3 FILE .dump`, or `pg_dump --inserts --no-owner --no-privileges` without its SET lines.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Float, Integer, LargeBinary, Table, insert

from hotelbridge.store import schema, tables
from hotelbridge.store.columns import Instant
from hotelbridge.store.engines import Purpose, open_engine

AT = datetime(2026, 11, 24, 5, 30, 0, 250_000, tzinfo=UTC)


def fill(connection: Connection) -> None:
    """Two rows for every table, the second with all that may be null left null."""
    for table in tables.Row.metadata.sorted_tables:
        for n in (1, 2):
            connection.execute(insert(table).values(_row(table, n)))


def _row(table: Table, n: int) -> dict[str, Any]:
    keys = {c.name for c in table.primary_key.columns}
    given = table.autoincrement_column  # by the database
    wanted = [c for c in table.columns if c is not given and (n == 1 or not c.nullable or c.name in keys)]
    return {c.name: _value(c.type, c.name, n) for c in wanted}


def _value(type_: Any, name: str, n: int) -> Any:
    if isinstance(type_, Instant):
        return AT + timedelta(days=n)
    if isinstance(type_, Date):
        return date(2026, 11, 24)
    if isinstance(type_, Boolean):
        return n == 1
    if isinstance(type_, Integer | Float):
        return n
    if isinstance(type_, LargeBinary):
        return b"\x00\xff" * n
    return f"{name} {n}: O'Brien, Zürich"


if __name__ == "__main__":
    schema.upgrade(sys.argv[1])
    with open_engine(sys.argv[1], Purpose.SCHEMA).begin() as filling:
        fill(filling)
