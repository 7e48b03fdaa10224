"""Server-sent events as bytes, and the position in the change feeds that their `id` carries.

Pure: knows neither connections nor the desk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

PING = b": ping\n\n"


def frame(event: str, data: str, id: str | None = None) -> bytes:
    """One event; `data` is JSON text on one line. Without an id the listener's position stays."""
    head = "" if id is None else f"id: {id}\n"
    return f"{head}event: {event}\ndata: {data}\n\n".encode("utf-8", "replace")


def bookmark(id: str) -> bytes:
    """Sets the listener's position without an event: the standard dispatches nothing without data."""
    return f"id: {id}\n\n".encode()


def written(positions: Mapping[str, int]) -> str:
    """`p1:n1,p2:n2`: how far the listener is in each property's feed."""
    return ",".join(f"{quote(property, safe='')}:{n}" for property, n in positions.items())


def read(text: str) -> dict[str, int] | None:
    """The positions of a Last-Event-ID; None where nobody wrote it so."""
    positions: dict[str, int] = {}
    for part in text.split(","):
        property, colon, n = part.strip().rpartition(":")
        if not colon or not re.fullmatch("[0-9]{1,18}", n):
            return None
        positions[unquote(property)] = int(n)
    return positions
