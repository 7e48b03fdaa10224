"""How the commands show answers: plain text, hotel words, nothing of HTTP or options.

Everything shown may come from a guest's note or from a device, so nothing but printable characters
reaches the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from hotelbridge.core.readback import clock_of


def moment(text: str | None) -> datetime | None:
    """An instant of the API, in the hotel's zone as it came."""
    return None if text is None else datetime.fromisoformat(text)


def short(text: str | None) -> str:
    """An instant of the API in a table: Tue 2026-11-24 06:30."""
    at = moment(text)
    return "" if at is None else f"{at:%a %Y-%m-%d} {clock_of(at)}"


def exact(text: str | None) -> str:
    """The same with its seconds, whatever they are: for lists in which all have some."""
    at = moment(text)
    return "" if at is None else f"{at:%a %Y-%m-%d %H:%M:%S}"


def long(at: datetime) -> str:
    """A moment as it is read back to a guest: Tuesday 24 November 2026, 06:30."""
    return f"{at:%A} {at.day} {at:%B %Y}, {clock_of(at)}"


def clean(value: object) -> str:
    """One line of printable text."""
    text = " ".join(str("" if value is None else value).split())
    return "".join(c if c.isprintable() else "?" for c in text)


def printed(page: str) -> str:
    """A page of the API as it stands, without what a terminal would obey."""
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in page.splitlines())


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns under their heads; a column in which nothing stands is left out."""
    cells = [[clean(cell) for cell in row] for row in rows]
    used = [n for n in range(len(head)) if any(row[n] for row in cells)]
    lines = [[head[n] for n in used], *([row[n] for n in used] for row in cells)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(used))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def plural(count: int, one: str, many: str | None = None) -> str:
    """1 room, 2 rooms."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def raw(answer: object) -> str:
    """An answer of the API as it came, for programs."""
    return json.dumps(answer, ensure_ascii=False, indent=2)
