"""Cells of a sheet that was pasted: how a line is parted, and what a cell may be.

Takes what spreadsheets make of a time (06:30:00, 6:30 AM, 0.2708333 of a day) and what people write
around a room (`Zi. 214`). One cell at a time; what the cells of a sheet are together: `core.sheets`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from hotelbridge.core.desksentences import Saying
from hotelbridge.core.localtime import LocalTimeError, read_time
from hotelbridge.core.orders import nearest_room

_DAY = 24 * 60  # minutes
_COMPARED = (
    50  # strange rooms whose letters are compared with all rooms: in a large house that takes its time
)
_FRACTION = re.compile(r"0?[.,](\d{3,17})", re.ASCII)
_SHORT_FRACTION = re.compile(r"0?[.,](\d{1,2})", re.ASCII)
_AROUND_TIME = re.compile(r"(?:um |at )?(.*?) ?(?:uhr|hrs?|hours|h|lt)?\.?", re.IGNORECASE)
_H = re.compile(r"(\d{1,2}) ?h ?(\d{2})", re.ASCII | re.IGNORECASE)
_AROUND_ROOM = re.compile(r"(?:(?:room|rm|zimmer|zi|nr|no)\b\.?|#)?\s*(.*?)(?:\.0)?", re.IGNORECASE)
_BEHIND_TIME = re.compile(r"[ap]\.?m\.?|uhr|h|hrs", re.IGNORECASE)
_BEFORE_ROOM = re.compile(r"(?:room|rm|zimmer|zi|nr|no)\.?|#", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s;]+")
_WEAK = re.compile(r"\d{3}", re.ASCII)  # three figures are a room more often than a time

NAMES: Mapping[str, str] = {
    word: field
    for field, words in {
        "name": "name names guest guestname gast gästename nachname surname lastname vorname firstname"
        " crew pax passenger teilnehmer member",
        "room": "room rooms roomno roomnumber roomnr rm zimmer zimmernummer zimmernr zi zinr",
        "time": "time wakeup wakeuptime wakeupcall wake wakecall wuc call uhrzeit zeit weckzeit"
        " weckruf wecken",
        "pickup": "pickup pickuptime pu abholung abholzeit transfer abfahrt departure bus",
    }.items()
    for word in words.split()
}  # of columns, in small letters without what stands between them


def _by(delimiter: str) -> Callable[[str], list[str]]:
    def parted(line: str) -> list[str]:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            cells = line.split(delimiter)
        return [" ".join(cell.split()) for cell in cells]

    return parted


def _by_gaps(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def words_of(line: str) -> list[str]:
    """The words of a line, with `6:30 AM` and `Zi. 214` as one."""
    words: list[str] = []
    for word in filter(None, _BETWEEN.split(line)):
        bare = word.strip(",;")
        if (
            words
            and (_BEHIND_TIME.fullmatch(bare) or _BEFORE_ROOM.fullmatch(words[-1]))
            and _figures(words[-1], bare)
        ):
            words[-1] = f"{words[-1]} {word}"
        else:
            words.append(word)
    return words


def _figures(before: str, word: str) -> bool:
    """Whether what is joined is a figure with what belongs to it."""
    return before[:1].isdecimal() if _BEHIND_TIME.fullmatch(word) else word[:1].isdecimal()


PARTED: Mapping[str, Callable[[str], list[str]]] = {
    "tab": _by("\t"),
    "semicolon": _by(";"),
    "comma": _by(","),
    "gap": _by_gaps,
    "word": words_of,
}


def names_column(cell: str) -> str:
    """Which column a cell of the head names: name, room, time or pickup; empty: none."""
    return NAMES.get(re.sub(r"[^\w]|_", "", cell.casefold()), "")


@dataclass(frozen=True, slots=True)
class Clock:
    """A cell that may be a time."""

    at: time
    sure: bool  # nobody would write a room like this


def clock_of_cell(cell: str, fractions: bool) -> Clock | None:
    """The time in a cell; `fractions`: the sheet has parts of a day, so that 0.25 is one too."""
    if found := _FRACTION.fullmatch(cell):
        return _part_of_day(found[1])
    if found := _SHORT_FRACTION.fullmatch(cell):
        return _part_of_day(found[1]) if fractions else None
    inner = _AROUND_TIME.fullmatch(cell)
    text = _H.sub(r"\1:\2", inner[1] if inner else cell)
    if text != cell and text.isdecimal() and len(text) < 3:
        text += ":00"  # 6 Uhr
    try:
        return Clock(read_time(text), not _WEAK.fullmatch(cell))
    except LocalTimeError:
        return None


def is_fraction(cell: str) -> bool:
    """Whether a cell can only be a time as a part of a day."""
    return _FRACTION.fullmatch(cell) is not None


def doubtful(cell: str) -> Saying | None:
    """What is told of a cell such as 0.25, which is 00:25 or a quarter of a day; None of any other."""
    found = _SHORT_FRACTION.fullmatch(cell)
    part = _part_of_day(found[1]) if found else None
    if found is None or part is None:
        return None
    typed = f"00:{found[1]}" if len(found[1]) == 2 and found[1] < "60" else "?"
    return Saying("row_part_of_day", args=(("word", cell), ("first", typed), ("second", f"{part.at:%H:%M}")))


def _part_of_day(figures: str) -> Clock | None:
    """To the minute: a sheet has no seconds, and its figures were rounded."""
    minutes = round(Decimal(f"0.{figures}") * _DAY)
    return Clock(time(minutes // 60, minutes % 60), True) if minutes < _DAY else None


class RoomBook:
    """The rooms of the house, as sheets write them."""

    def __init__(self, rooms: Sequence[str]) -> None:
        self._rooms = rooms
        self._names = {room.casefold(): room for room in reversed(rooms)}
        self._near: dict[str, str] = {}

    def find(self, cell: str) -> str:
        """The room in a cell, as the house calls it; empty: it is none."""
        exact = self._names.get(cell.casefold())
        return exact or self._names.get(bare_room(cell).casefold(), "")

    def nearest(self, room: str) -> str:
        """The room that may be meant by one that is not there; empty: none is near.

        Nobody has so many slips of the finger: the rest is of another house, and each look takes its time.
        """
        if room not in self._near and len(self._near) < _COMPARED:
            self._near[room] = nearest_room(room, self._rooms) or ""
        return self._near.get(room, "")


def bare_room(cell: str) -> str:
    """What a cell calls the room, without the word before it and the `.0` of a spreadsheet."""
    found = _AROUND_ROOM.fullmatch(cell)
    return found[1] if found and found[1] else cell
