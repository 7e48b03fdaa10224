"""The mark each batch leaves behind, by which its fate is known when the answer to a COMMIT was lost.

Each writer has a row of its own, named after the node and a random word, so that no other process
can be taken for it. The row is there before the first batch: to read it is then to wait for whoever
is still writing it. Knows nothing of units.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from hotelbridge.store import tables
from hotelbridge.store.prepared import Statement

_MARK = tables.Mark.__table__  # type: ignore[attr-defined]


class Marks:
    """The row of one writer."""

    def __init__(self, node: str) -> None:
        self.name = f"{node} {secrets.token_hex(6)}"
        self._mine = (_MARK.c.property == tables.NODE_WIDE) & (_MARK.c.node == self.name)
        self._writing = Statement(update(_MARK).where(self._mine).values(n=bindparam("batch")))

    def prepare(self, connection: Connection) -> None:
        """See that the row is there, in a transaction of its own."""
        with connection.begin():
            if connection.execute(select(_MARK.c.n).where(self._mine)).first() is None:
                connection.execute(insert(_MARK).values(property=tables.NODE_WIDE, node=self.name, n=0))

    def write(self, connection: Connection, n: int) -> None:
        """Say that batch `n` is about to be committed, in its own transaction."""
        self._writing.run(connection, batch=n)

    def read(self, connection: Connection) -> int:
        """The last batch that was committed; waits for one whose commit is still under way."""
        return int(connection.execute(select(_MARK.c.n).where(self._mine).with_for_update()).scalar_one())

    def remove(self, connection: Connection) -> None:
        """Leave nothing behind when the writer ends in order."""
        with connection.begin():
            connection.execute(delete(_MARK).where(self._mine))
