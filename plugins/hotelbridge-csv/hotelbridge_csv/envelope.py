"""A file as the flight recorder keeps it: what it is called and which it was, then its bytes as they came.

The next life reads a record that was left over with nothing but its body at hand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from hotelbridge_csv.folder import Content


@dataclass(frozen=True, slots=True)
class Envelope:
    """One file that was taken."""

    name: str
    content: Content


def closed(envelope: Envelope) -> bytes:
    """The body of its record."""
    head = [envelope.name, envelope.content.mark, envelope.content.wrong]
    return json.dumps(head).encode("ascii") + b"\n" + envelope.content.body


def opened(body: bytes) -> Envelope:
    """Raises ValueError for what was never closed here."""
    head, _, content = body.partition(b"\n")
    said = json.loads(head)
    if not isinstance(said, list) or len(said) != 3:
        raise ValueError("not a file of this plugin")
    name, mark, wrong = said
    return Envelope(str(name), Content(content, str(mark), str(wrong)))
