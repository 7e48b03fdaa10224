"""A place in a list by time, newest first, from which it is read on: the instant, then the id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, tuple_

from hotelbridge.store.columns import BigId, Instant

Place = tuple[datetime, int]
NEWEST: Place = (datetime(9000, 1, 1, tzinfo=UTC), 0)  # where the list begins


def behind(table: Table) -> ColumnElement[Any]:
    """The rows that stand behind the place `before_at`, `before_id` in the list, not including it."""
    place = bindparam("before_at", type_=Instant), bindparam("before_id", type_=BigId)
    return tuple_(table.c.at, table.c.id) < tuple_(*place)


def newest_first(table: Table) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The order of the list."""
    return table.c.at.desc(), table.c.id.desc()
