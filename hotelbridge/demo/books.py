"""What the daemon has written down of calls and charges, read out of its database by somebody else.

Read only, without any of the daemon's own code, so that promises about money are checked from outside.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import Any
from urllib.parse import quote

Row = Mapping[str, Any]
_SQLITE = "sqlite:///"
_RECORDS = """
SELECT c.id, c.record, c.type, c.route, c.cpn, c.cdpn, c.why, h.id AS charge
FROM call_record AS c LEFT JOIN charge AS h ON h.id = c.id WHERE c.property = ? ORDER BY c.id"""
_CHARGES = """
SELECT id, room, reservation, account, number, name, seconds, amount, currency, state, reason,
       number_at_pms, posted_to FROM charge WHERE property = ? ORDER BY id"""


class Books:
    """The calls and charges of one property. Empty where they are not kept in a file."""

    def __init__(self, url: str, property: str) -> None:
        """`url`: of the store, as the configuration names it."""
        self._file = url.removeprefix(_SQLITE) if url.startswith(_SQLITE) else ""
        self._property = property

    def records(self) -> list[Row]:
        """Every call record taken; `charge` is None where none came of it."""
        return self._rows(_RECORDS)

    def charges(self) -> list[Row]:
        """Every charge, oldest first."""
        return self._rows(_CHARGES)

    def in_state(self, state: str) -> list[Row]:
        """The charges that stand so."""
        return [charge for charge in self.charges() if charge["state"] == state]

    def states(self, room: str) -> list[str]:
        """How the charges of a room stand."""
        return [str(charge["state"]) for charge in self.charges() if charge["room"] == room]

    def _rows(self, asked: str) -> list[Row]:
        if not self._file:
            return []
        with closing(sqlite3.connect(f"file:{quote(self._file)}?mode=ro", uri=True, timeout=2.0)) as opened:
            opened.row_factory = sqlite3.Row
            return [dict(row) for row in opened.execute(asked, [self._property])]
