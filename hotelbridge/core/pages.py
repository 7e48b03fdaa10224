"""Pages for a printer, as plain text: an alarm's list, the list of the night, its slips.

Made for a person who walks from door to door with it: times first, a box to tick, room to sign.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 92  # characters; fits a page in portrait


def table(head: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of fixed width, each cell wrapped inside its own; the last one takes what is left."""
    given = [*widths, WIDTH - sum(widths) - 2 * len(widths)]
    lines = [_row(head, given)[0], "-" * WIDTH]
    for row in rows:
        lines += _row(row, given)
    return lines


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [textwrap.wrap(clean(cell), width) or [""] for cell, width in zip(cells, widths, strict=True)]
    height = max(len(cell) for cell in wrapped)
    padded = [cell + [""] * (height - len(cell)) for cell in wrapped]
    return [
        "  ".join(f"{part:<{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip(*padded, strict=True)
    ]


def clean(text: str) -> str:
    """Somebody's words in one line, without what a printer would obey."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def page(head: str, right: str, words: str, lines: Sequence[str]) -> str:
    """A whole page: who and when, what it is, and its lines."""
    first = f"{clean(head)}{clean(right):>{max(1, WIDTH - len(clean(head)))}}"
    return "\n".join([first, "", *textwrap.wrap(clean(words), WIDTH), "", *lines, ""])
