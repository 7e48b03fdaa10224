"""Statements that are made once: on the way of every ring, building one costs twenty times the running.

SQLAlchemy writes the SQL and knows how values go in and come out, for each kind of database; that is
asked of it once for each statement. What is run again and again then goes to the driver as it stands,
on the same connection and in the same transaction, and its errors are the same as elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, insert, update
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement as one kind of database takes it."""

    sql: str
    order: tuple[str, ...] | None  # names of positional parameters; None where they go by name
    fixed: dict[str, Any]  # parameters that the statement brings along
    going_in: tuple[tuple[str, Convert], ...]
    coming_out: tuple[tuple[int, Convert], ...]

    def parameters(self, asked: dict[str, Any]) -> Any:
        values = self.fixed | asked
        for name, convert in self.going_in:
            values[name] = convert(values[name])
        return values if self.order is None else tuple(values[name] for name in self.order)

    def row(self, found: Sequence[Any]) -> list[Any]:
        values = list(found)
        for index, convert in self.coming_out:
            values[index] = convert(values[index])
        return values


class Statement:
    """One statement with named parameters, none of which is a list. `keys`: the columns that it writes."""

    def __init__(self, statement: Executable, keys: Sequence[str] | None = None) -> None:
        self._statement: Any = statement
        self._keys = keys
        self._ready: dict[str, _Ready] = {}

    def all(self, connection: Connection, **asked: Any) -> list[list[Any]]:
        """Every row, its values as the columns' types give them."""
        ready = self._for(connection.dialect)
        cursor = self._run(connection, ready, asked)
        try:
            return [ready.row(found) for found in cursor.fetchall()]
        finally:
            cursor.close()

    def first(self, connection: Connection, **asked: Any) -> list[Any] | None:
        """The first row."""
        found = self.all(connection, **asked)
        return found[0] if found else None

    def value(self, connection: Connection, **asked: Any) -> Any:
        """The first value of the first row; None where there is none."""
        found = self.all(connection, **asked)
        return found[0][0] if found else None

    def run(self, connection: Connection, **asked: Any) -> None:
        """Run what gives no rows."""
        self._run(connection, self._for(connection.dialect), asked).close()

    def _run(self, connection: Connection, ready: _Ready, asked: dict[str, Any]) -> Any:
        parameters = ready.parameters(asked)
        driver: Any = connection.dialect.loaded_dbapi
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, parameters)
        except driver.Error as error:
            raise _as_elsewhere(connection, ready.sql, error, cursor) from error
        return cursor

    def _for(self, dialect: Dialect) -> _Ready:
        known = self._ready.get(dialect.name)
        if known is None:
            known = self._ready[dialect.name] = self._compiled(dialect)
        return known

    def _compiled(self, dialect: Dialect) -> _Ready:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._keys)
        going_in = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        types = [entry.type for entry in compiled._result_columns]
        coming_out = [one.dialect_impl(dialect).result_processor(dialect, None) for one in types]
        return _Ready(
            str(compiled),
            tuple(compiled.positiontup) if compiled.positional else None,
            {name: value for name, value in compiled.params.items() if value is not None},
            tuple((name, convert) for name, convert in going_in.items() if convert is not None),
            tuple((index, convert) for index, convert in enumerate(coming_out) if convert is not None),
        )


def _as_elsewhere(connection: Connection, sql: str, error: Exception, cursor: Any) -> BaseException:
    """The error that SQLAlchemy would have raised; a connection that is gone is not used again."""
    dialect: Any = connection.dialect
    gone = bool(dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor))
    if gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect
    )


class Rows:
    """How records of one class are written to their table, whose key is `id`."""

    def __init__(self, table: Table, record: type) -> None:
        slots: Sequence[str] = record.__slots__  # type: ignore[attr-defined]
        self._names = tuple(name for name in slots if name != "id")
        self._of: Callable[[Any], tuple[Any, ...]] = attrgetter(*self._names)
        self.columns = [table.c[name] for name in slots]
        self._adding = Statement(insert(table).returning(table.c.id), self._names)
        changed = update(table).where(table.c.id == bindparam("its_id"))
        self._saving = Statement(changed, [*self._names, "its_id"])

    def add(self, connection: Connection, record: Any) -> int:
        """Insert a record; the id it was given."""
        return int(self._adding.value(connection, **dict(zip(self._names, self._of(record), strict=True))))

    def save(self, connection: Connection, record: Any) -> None:
        """Write every column of a record whose id is known."""
        values = dict(zip(self._names, self._of(record), strict=True))
        self._saving.run(connection, its_id=record.id, **values)
