"""In which manners a simulated PMS speaks FIAS: what differs between makers, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any

from twisted.internet.interfaces import IDelayedCall

from hotelbridge.clock import Clock
from hotelbridge_fias.framing import Framing, frame
from hotelbridge_fias.records import Record


class Mode(StrEnum):
    """Whose interface it behaves like."""

    ORACLE = "oracle"  # LC before LA; a newcomer replaces the old connection; closes it after LE
    PROTEL = "protel"  # LA when idle; a newcomer is refused; keeps the connection after LE; keeps LR lists


class Resync(StrEnum):
    """What a DR meets."""

    ANSWER = "answer"
    SILENT = "silent"
    NO_END = "no-end"  # DS and the rooms, no DE
    BARE = "bare"  # the rooms without DS and DE


class Door(StrEnum):
    """What a new connection meets."""

    OPEN = "open"
    REFUSE = "refuse"
    HANG = "hang"  # it is taken, and nobody speaks


class Segments(StrEnum):
    """How records are cut on their way."""

    WHOLE = "whole"
    BYTES = "bytes"  # one by one
    HALVES = "halves"  # the second half a moment later
    MERGED = "merged"  # all of one moment in one piece
    NOISY = "noisy"  # with bytes between records that belong to none


@dataclass(slots=True)
class Habits:
    """May be changed while it runs."""

    mode: Mode = Mode.ORACLE
    framing: Framing = Framing.STX_ETX
    serial: bool = (
        False  # records are acknowledged one by one, see `serial`; framing and segments do not count
    )
    encoding: str = "utf-8"
    segments: Segments = Segments.WHOLE
    shuffled: bool = False  # fields in any order, but a GS behind its room and SF last
    second: Door | None = None  # OPEN: a newcomer replaces the old one, REFUSE: not; None: as the mode does
    resync: Resync = Resync.ANSWER
    resync_gap: float = 0.0  # seconds between the records of a resync
    alive_after: float = 0.0  # seconds until a complete description is answered
    hotel_id: str = "HOTEL"

    @property
    def replaces(self) -> bool:
        if self.second is not None:
            return self.second is Door.OPEN
        return self.mode is Mode.ORACLE


@dataclass(frozen=True, slots=True)
class Answer:
    """What a posting meets."""

    code: str = "OK"  # AS; OK puts it onto the folio where the room has a guest
    text: str = ""  # CT; "": the usual one for the code
    after: float = 0.1  # seconds
    times: int = 1  # 0: it is missing, 2: it comes twice
    numbered: bool = True  # with its P#
    booked: bool = True  # OK and missing: whether it is on the folio
    drop: str = ""  # "before" or "after" the answer the connection is lost


@dataclass(slots=True)
class Answers:
    """The next ones, then the usual one."""

    usual: Answer = field(default_factory=Answer)
    coming: list[Answer] = field(default_factory=list)

    def next(self) -> Answer:
        return self.coming.pop(0) if self.coming else self.usual


class Timers:
    """A clock whose calls can all be called off at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: set[IDelayedCall] = set()

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        self._calls = {one for one in self._calls if one.active()}
        delayed = self._clock.call_later(seconds, call, *args)
        self._calls.add(delayed)
        return delayed

    def close(self) -> None:
        for one in self._calls:
            if one.active():
                one.cancel()
        self._calls.clear()


class Wire:
    """Puts records onto a transport in the pieces that the habits want."""

    def __init__(self, habits: Habits, clock: Clock, write: Callable[[bytes], None]) -> None:
        self._habits = habits
        self._clock = clock
        self._write = write
        self._waiting: list[bytes] = []
        self._closed = False

    def put(self, body: bytes) -> None:
        segments, framed = self._habits.segments, frame(body, self._habits.framing)
        if segments is Segments.BYTES:
            for byte in framed:
                self._write(bytes((byte,)))
        elif segments is Segments.NOISY:
            lines = self._habits.framing is Framing.CRLF  # where anything else would be a line of its own
            self._write((b"\r\n\n" if lines else b"\r\n\x00~\x1b") + framed)
        elif segments is Segments.WHOLE:
            self._write(framed)
        else:
            self._later(framed)

    def close(self) -> None:
        """Nothing comes any more."""
        self._closed = True
        self._waiting.clear()

    def _later(self, framed: bytes) -> None:
        """Halves: the end of one record travels with the beginning of the next."""
        if not self._waiting:
            merged = self._habits.segments is Segments.MERGED
            self._clock.call_later(0.0 if merged else 0.05, self._flush)
        half = len(framed) // 2 if self._habits.segments is Segments.HALVES and not self._waiting else 0
        if half:
            self._write(framed[:half])
        self._waiting.append(framed[half:])

    def _flush(self) -> None:
        data = b"".join(self._waiting)
        self._waiting.clear()
        if data and not self._closed:
            self._write(data)


def chosen(record: Record, wanted: tuple[str, ...], shuffle: Random | None = None) -> Record:
    """The record with the fields that were asked for, in the order in which they were, SF last.

    In `record` a `GS` stands right behind its RN or RO. That of RO stays there; that of RN goes to the
    place that was asked for, unless it would come to stand behind RO and so mean the other room.
    """
    misleading = {"RO", "GS"} <= {*wanted} and wanted.index("RO") < wanted.index("GS")
    groups = _groups(record, wanted, apart=shuffle is None and not misleading)
    if shuffle is None:
        groups.sort(key=lambda group: wanted.index(group[0][0]))
    else:
        shuffle.shuffle(groups)
    fields = [one for group in groups for one in group]
    return Record(record.id, tuple(sorted(fields, key=lambda one: one[0] == "SF")))


def _groups(record: Record, wanted: tuple[str, ...], *, apart: bool) -> list[list[tuple[str, str]]]:
    """Fields that stay together; `apart`: the GS of RN is one by itself."""
    groups: list[list[tuple[str, str]]] = []
    for name, value in record.fields:
        if name not in wanted:
            continue
        room = groups[-1][0][0] if groups else ""
        if name == "GS" and (room == "RO" or (room == "RN" and not apart)):
            groups[-1].append((name, value))
        else:
            groups.append([(name, value)])
    return groups
