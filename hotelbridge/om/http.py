"""The little HTTP that a device speaks, without I/O: heads and bodies, both ways.

Heads may end their lines with CRLF or a bare LF. An answer or a push may leave out its length; then
it ends with the connection, and only its XML says whether it is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LARGEST_HEAD = 8 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The device's answer; `complete` is False where only the end of the connection ended it."""

    body: bytes
    complete: bool
    date: str | None


def split_head(data: bytes | bytearray) -> tuple[bytes, int] | None:
    """The head and where the body starts; None while the head is not whole."""
    crlf, lf = data.find(b"\r\n\r\n"), data.find(b"\n\n")
    if crlf < 0 and lf < 0:
        return None
    if lf < 0 or 0 <= crlf < lf:
        return bytes(data[:crlf]), crlf + 4
    return bytes(data[:lf]), lf + 2


def fields(head: bytes) -> dict[bytes, bytes]:
    """The header fields, names in lower case; the last of a name counts."""
    pairs = (line.partition(b":") for line in head.splitlines()[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def length_of(values: dict[bytes, bytes]) -> int | None:
    """The announced length of the body; None where there is none. Raises ValueError for a strange one."""
    text = values.get(b"content-length")
    if text is None:
        return None
    if not text.isdigit() or len(text) > 9:
        raise ValueError(f"Content-Length {text[:40]!r} is not a number")
    return int(text)


def read_answer(data: bytes, *, closed: bool) -> Answer | None:
    """A whole answer, or None: not yet (or, when the connection is closed, never)."""
    found = split_head(data)
    if found is None:
        return None
    head, start = found
    values = fields(head)
    try:
        length = length_of(values)
    except ValueError:
        length = None
    date = values.get(b"date", b"").decode("latin-1") or None
    if length is not None:
        whole = len(data) - start >= length
        return Answer(data[start : start + length], True, date) if whole else None
    return Answer(data[start:], False, date) if closed else None


def instant_of(date: str) -> datetime | None:
    """What a Date field says (always GMT), in UTC; None where it cannot be read."""
    try:
        read = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
