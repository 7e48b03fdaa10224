"""Bytes of a stream cut into records, and records wrapped for the stream. No I/O, no meaning.

A record stands between STX and ETX, with a checksum (LRC) behind it where a peer wants one, or on a line
of its own. What a peer sends is never an error here: noise between records is skipped and counted, a
record that is cut off by the next one is dropped, and an endless one costs no more memory than the
longest that is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

STX, ETX = 0x02, 0x03
_BAR = b"|"
_SHORTEST = 4  # bytes of a record; less is a line end or a sum that a peer sends unasked
_NO_LETTERS = bytes(range(0x21))  # blanks and control characters: of them alone no record is begun
LONGEST = 2000  # bytes of a record, without its frame


class Framing(StrEnum):
    """How records are told apart on the line."""

    STX_ETX = "stx_etx"
    STX_ETX_LRC = "stx_etx_lrc"
    CRLF = "crlf"


@dataclass(frozen=True, slots=True)
class Noise:
    """What was not a record, counted since the beginning."""

    skipped: int = 0  # bytes that belong to no whole record
    cut_off: int = 0  # records that were begun and not ended before the next began
    too_long: int = 0
    bare: int = 0  # stretches between records that look like one whose frame was damaged
    wrong_check: int = 0  # records whose LRC was another; they are taken all the same

    @property
    def lost(self) -> int:
        """Records that were lost on the line, as far as it can be seen."""
        return self.cut_off + self.too_long + self.bare

    def __bool__(self) -> bool:
        return self != Noise()


def lrc(body: bytes) -> int:
    """The checksum of a record: its bytes and the ETX behind it, by exclusive or. Any byte may come out."""
    check = ETX
    for byte in body:
        check ^= byte
    return check


def frame(body: bytes, framing: Framing = Framing.STX_ETX) -> bytes:
    """A record as it goes onto the line; what would end its frame too early is taken out of it."""
    if framing is Framing.CRLF:
        return body.translate(None, b"\r\n") + b"\r\n"
    clean = body.translate(None, bytes((STX, ETX)))
    check = bytes((lrc(clean),)) if framing is Framing.STX_ETX_LRC else b""
    return bytes((STX,)) + clean + bytes((ETX,)) + check


class Deframer:
    """Fed with what arrived, in pieces of any size; gives the records that became whole.

    Behind an LRC that is wrong the record is taken nevertheless: the bytes came by TCP, so it is the
    peer's sum that is off and nobody could be asked again. (On a serial line `serial` decides.)
    """

    def __init__(self, framing: Framing = Framing.STX_ETX, longest: int = LONGEST) -> None:
        self._framing = framing
        self._longest = longest
        self._kept = bytearray()
        self._noise = Noise()
        self._step: Callable[[bytes, int, list[bytes]], int]
        self._step = self._line if framing is Framing.CRLF else self._outside
        self._check = 0
        self._between, self._bar = 0, False  # bytes since the last record, and whether a bar is among them

    @property
    def noise(self) -> Noise:
        return self._noise

    @property
    def waiting(self) -> int:
        """Bytes kept of a record that is not whole."""
        return len(self._kept)

    def feed(self, chunk: bytes) -> list[bytes]:
        """The records that are whole now, without their frames, in order. Raises nothing."""
        found: list[bytes] = []
        at = 0
        while at < len(chunk):
            at = self._step(chunk, at, found)
        return found

    def end(self) -> bytes:
        """The stream has ended: what came of a record that was begun, without its frame; empty where none
        was. What looks like a record behind the last whole one, and has no beginning, counts as lost now.
        """
        rest, between = bytes(self._kept), self._between
        self._kept.clear()
        self._between = 0
        if self._bar and between >= _SHORTEST:
            self._noise = replace(self._noise, bare=self._noise.bare + 1)
        self._bar = False
        self._step = self._line if self._framing is Framing.CRLF else self._outside
        return rest if rest.strip(_NO_LETTERS) else b""

    def _outside(self, chunk: bytes, at: int, found: list[bytes]) -> int:
        start = chunk.find(STX, at)
        stop = len(chunk) if start < 0 else start
        self._skip(stop - at)
        self._between += stop - at
        self._bar = self._bar or _BAR in chunk[at:stop]
        if start < 0:
            return stop
        if self._bar and self._between >= _SHORTEST:
            self._noise = replace(self._noise, bare=self._noise.bare + 1)
        self._between, self._bar = 0, False
        self._step = self._inside
        return start + 1

    def _inside(self, chunk: bytes, at: int, found: list[bytes]) -> int:
        end = chunk.find(ETX, at)
        stop = len(chunk) if end < 0 else end
        again = chunk.rfind(STX, at, stop)
        if again >= 0:
            self._cut_off(chunk.count(STX, at, stop), again - at)
            at = again + 1
        if len(self._kept) + stop - at > self._longest:
            self._too_long(stop - at + 1)
            self._step = self._outside
            return stop
        self._kept += chunk[at:stop]
        if end < 0:
            return stop
        self._whole(found)
        return end + 1

    def _whole(self, found: list[bytes]) -> None:
        body = bytes(self._kept)
        self._kept.clear()
        self._step = self._outside
        if self._framing is Framing.STX_ETX_LRC:
            self._check = lrc(body)
            self._step = self._behind
        if body:
            found.append(body)
        else:
            self._skip(2)

    def _behind(self, chunk: bytes, at: int, found: list[bytes]) -> int:
        """The LRC. A peer that sends none begins its next record here: that one must not be lost."""
        self._step = self._outside
        if chunk[at] == self._check:
            return at + 1
        self._noise = replace(self._noise, wrong_check=self._noise.wrong_check + 1)
        return at if chunk[at] == STX else at + 1

    def _line(self, chunk: bytes, at: int, found: list[bytes]) -> int:
        match = _LINE_END.search(chunk, at)
        stop = match.start() if match else len(chunk)
        if len(self._kept) + stop - at > self._longest:
            self._too_long(stop - at)
            self._step = self._rest_of_line
            return stop
        self._kept += chunk[at:stop]
        if match is None:
            return stop
        if self._kept:
            found.append(bytes(self._kept))
            self._kept.clear()
        return stop + 1

    def _rest_of_line(self, chunk: bytes, at: int, found: list[bytes]) -> int:
        match = _LINE_END.search(chunk, at)
        stop = match.start() if match else len(chunk)
        self._skip(stop - at)
        if match:
            self._step = self._line
        return stop

    def _skip(self, count: int) -> None:
        if count:
            self._noise = replace(self._noise, skipped=self._noise.skipped + count)

    def _cut_off(self, begun: int, count: int) -> None:
        self._skip(len(self._kept) + count + 1)
        self._noise = replace(self._noise, cut_off=self._noise.cut_off + begun)
        self._kept.clear()

    def _too_long(self, count: int) -> None:
        self._skip(len(self._kept) + count)
        self._noise = replace(self._noise, too_long=self._noise.too_long + 1)
        self._kept.clear()


_LINE_END = re.compile(rb"[\r\n]")
