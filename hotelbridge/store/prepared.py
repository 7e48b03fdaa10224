"""Statements that are made once, for rows that mirror a record: building one costs more than running it.

SQLAlchemy keeps what a statement compiles to, but makes the statement itself, and the key to find it
by, anew each time it is written down. On the way of every ring that is most of the work.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, insert, update


class Rows:
    """How records of one class are written to their table, whose key is `id`."""

    def __init__(self, table: Table, record: type) -> None:
        names = [name for name in record.__slots__ if name != "id"]  # type: ignore[attr-defined]
        self._names = tuple(names)
        self._of: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        self.columns = [table.c[name] for name in record.__slots__]  # type: ignore[attr-defined]
        self.adding = insert(table).returning(table.c.id)
        self.saving = update(table).where(table.c.id == bindparam("its_id"))

    def new(self, record: Any) -> dict[str, Any]:
        """The parameters of `adding`."""
        return dict(zip(self._names, self._of(record), strict=True))

    def known(self, record: Any) -> dict[str, Any]:
        """The parameters of `saving`."""
        return self.new(record) | {"its_id": record.id}
