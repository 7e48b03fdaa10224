"""Tables as CSV for spreadsheets: what one would take for a formula is defused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so may be run by who opens it


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a head, as RFC 4180 has it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([[defused(cell) for cell in row] for row in rows])
    return out.getvalue()


def defused(cell: object) -> object:
    """A cell as it may be written; text that begins like a formula gets an apostrophe before it."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
