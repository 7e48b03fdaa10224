"""What a device pushes, as a stream of bytes cut into messages. No I/O, no XML.

One or several requests in a connection, split or joined anyhow; GET or POST; CRLF or bare LF. With a
length the body is that long. Without one it ends with its document, where the next request begins, or
with the stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hotelbridge.om.http import LARGEST_HEAD, fields, length_of, split_head

LARGEST_BODY = 64 * 1024
_NEXT_REQUEST = re.compile(rb"\n(?:GET|POST) [^\s]+ HTTP/1\.[01]\r?\n")
_END_OF_DOCUMENT = re.compile(rb"</(?:Event|Cdr|Auth)\s*>\s*\Z")


@dataclass(frozen=True, slots=True)
class Pushed:
    """One request: where it was sent to, and what it carried."""

    path: str
    body: bytes


class Unreadable(Exception):
    """The stream is no HTTP that a device could mean; `data` is what was there, cut to the limit."""

    def __init__(self, why: str, data: bytes) -> None:
        super().__init__(why)
        self.data = data[:LARGEST_BODY]


class PushParser:
    """Cuts the bytes of one connection into requests."""

    def __init__(self) -> None:
        self._data = bytearray()

    @property
    def empty(self) -> bool:
        """Whether nothing is begun."""
        return not self._data.strip()

    def feed(self, data: bytes) -> list[Pushed]:
        """The requests that are whole now. Raises Unreadable; what came before it was given already."""
        self._data += data
        return self._take_all(ended=False)

    def end(self) -> list[Pushed]:
        """The peer sends no more: what its end completes. Raises Unreadable for half a request."""
        pushed = self._take_all(ended=True)
        if not self.empty:
            raise Unreadable("the connection ended in the middle of a request", bytes(self._data))
        return pushed

    def _take_all(self, ended: bool) -> list[Pushed]:
        pushed: list[Pushed] = []
        while self._data:
            one = self._take(ended)
            if one is None:
                break
            pushed.append(one)
        return pushed

    def _take(self, ended: bool) -> Pushed | None:
        if self._data[:1].isspace():
            del self._data[: len(self._data) - len(self._data.lstrip())]
        found = split_head(self._data)
        if found is None:
            if len(self._data) > LARGEST_HEAD:
                raise Unreadable("the head of the request is too long", bytes(self._data))
            return None
        head, start = found
        path = self._path(head)
        try:
            values = fields(head)
            length = length_of(values)
        except ValueError as error:
            raise Unreadable(str(error), bytes(self._data)) from None
        if b"transfer-encoding" in values:
            raise Unreadable("a chunked body is not something a device sends", bytes(self._data))
        end = start + length if length is not None else self._open_end(start, ended)
        if (end or len(self._data)) - start > LARGEST_BODY:
            raise Unreadable("the body is too long", bytes(self._data))
        if end is None or end > len(self._data):
            return None
        body = bytes(self._data[start:end])
        del self._data[:end]
        return Pushed(path, body)

    def _path(self, head: bytes) -> str:
        words = head.split(None, 2)
        if len(words) < 2 or words[0] not in (b"GET", b"POST"):
            raise Unreadable("neither GET nor POST", bytes(self._data))
        return words[1].decode("latin-1").partition("?")[0]

    def _open_end(self, start: int, ended: bool) -> int | None:
        """Where a body without a length ends, if that can be known yet."""
        following = _NEXT_REQUEST.search(self._data, max(0, start - 1))
        if following is not None:
            return following.start() + 1
        whole = _END_OF_DOCUMENT.search(self._data, start) is not None
        return len(self._data) if ended or whole else None
