"""The raw append of reports: one statement of the driver for all that wait, without the ORM's cost.

Values are made ready where the report comes in, so that a bad one is refused there and spoils no
other's insert. Knows nothing of transactions.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from hotelbridge.core.records import Report
from hotelbridge.store.columns import instant_text
from hotelbridge.store.units import AppendRow, Insert

_SQLITE = "INSERT INTO report (property, device, at, body) VALUES (?, ?, ?, ?)"
_POSTGRES = (
    "INSERT INTO report (property, device, at, body) "
    "SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bytea[])"
)


def row_of(report: Report, *, sqlite: bool) -> AppendRow:
    """A report as the driver wants it; `ValueError` for a naive instant."""
    at = instant_text(report.at)  # also where it is not stored as text: it refuses what is naive
    return (report.property, report.device, at if sqlite else report.at, report.body)


def statement_for(*, sqlite: bool) -> Insert:
    """The way to insert rows on this kind of database, in the order given."""
    return _insert_sqlite if sqlite else _insert_postgres


def _insert_sqlite(connection: Connection, rows: Sequence[AppendRow]) -> None:
    connection.exec_driver_sql(_SQLITE, list(rows))


def _insert_postgres(connection: Connection, rows: Sequence[AppendRow]) -> None:
    # One round trip whatever the number of rows.
    properties, devices, ats, bodies = (list(column) for column in zip(*rows, strict=True))
    connection.exec_driver_sql(_POSTGRES, (properties, devices, ats, bodies))
