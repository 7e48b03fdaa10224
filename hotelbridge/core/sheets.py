"""A crew or tour sheet that was pasted: which room is to be woken when, and for whom.

Columns may stand in any order and be parted by tabs, semicolons, commas, gaps or blanks; a head may name
them. Every line comes back, as a row or with why it is none: a line that is lost is a guest who
oversleeps. What may be read in two ways is a problem of its row, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time
from itertools import accumulate
from unicodedata import category

from hotelbridge.core.desksentences import Saying
from hotelbridge.core.sheetcells import (
    Clock,
    RoomBook,
    bare_room,
    clock_of_cell,
    doubtful,
    is_fraction,
    words_of,
)
from hotelbridge.core.sheetcolumns import Columns, Line, find_columns

BEFORE_PICKUP = 50  # minutes
MOST_LINES = 1000
_LINE = re.compile(r"\r\n|\r|\n")
_DAY = 24 * 60  # minutes
_MOST_SIGNS = 100_000  # of all lines
_LONGEST = 1000  # characters of a line
_MOST_WORDS = 80  # of a line


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of a sheet with what was understood of it."""

    line: int  # of what was pasted, counted from 1
    text: str  # the line as it was pasted
    room: str = ""  # as the house calls it; where it is none of the house, as it was written
    time: str = ""  # when to wake, "06:30:00"
    name: str = ""
    pickup: str = ""  # the time of the pick-up that `time` was counted from
    day_before: bool = False  # `time` is on the day before the pick-up
    same_as: int | None = None  # the line that asks for the same room and time: this one adds nothing
    problem: Saying | None = None  # why it cannot be booked


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that asks for nothing, and why."""

    line: int
    text: str
    reason: Saying


@dataclass(frozen=True, slots=True)
class Sheet:
    """All lines but the blank ones, in their order."""

    rows: tuple[SheetRow, ...]
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Saying, ...] = ()  # about the sheet as a whole

    @property
    def wakeups(self) -> tuple[SheetRow, ...]:
        """The rows to book: those without a problem, each room once at the same time."""
        return tuple(row for row in self.rows if row.problem is None and row.same_as is None)


def read_sheet(
    text: str,
    rooms: Sequence[str],
    *,
    one_time: time | None = None,
    before: int = BEFORE_PICKUP,
    pickup: bool | None = None,
) -> Sheet:
    """Read what was pasted. Never raises for any text.

    `one_time`: when to wake all, where the sheet has no times. `before`: minutes from waking to the
    pick-up, less than a day. `pickup`: whether its times are those of a pick-up; None: as its head says.
    """
    lines = [Line(n, line) for n, line in enumerate(_LINE.split(text.removeprefix("\ufeff")), 1)]
    most = _most(lines)
    sheet = _Reading(lines[:most], RoomBook(rooms), before % _DAY, pickup).sheet(one_time)
    if any(one.text.strip() for one in lines[most:]):
        cut = Saying("sheet_too_long", args=(("lines", str(most)),))
        return replace(sheet, remarks=(cut, *sheet.remarks))
    return sheet


def _most(lines: Sequence[Line]) -> int:
    """How many lines are read: what is far larger than any sheet would keep the daemon from its work."""
    sums = accumulate(min(len(one.text), _LONGEST) + 1 for one in lines)
    return min(MOST_LINES, sum(1 for signs in sums if signs <= _MOST_SIGNS))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a line says, before it is known what its times are for."""

    room: str = ""
    time: Clock | None = None
    pickup: Clock | None = None
    name: str = ""
    problem: Saying | None = None


class _Reading:
    """One sheet on its way to rows."""

    def __init__(self, lines: Sequence[Line], book: RoomBook, before: int, pickup: bool | None) -> None:
        self._book, self._before = book, before
        self._lines = [one for one in lines if one.text.strip()]
        read = [one for one in self._lines if not _is_comment(one)]
        self._fractions = any(is_fraction(word.strip('";')) for one in read for word in one.text.split())
        self._weak = True
        self._columns = find_columns([one for one in read if not _is_too_long(one.text)], book, self._clock)
        both = self._columns.time is not None and self._columns.pickup is not None
        self._picked_up = self._columns.picked_up if pickup is None or both else pickup
        self._begun = False

    def sheet(self, one_time: time | None) -> Sheet:
        found = self._all()
        doubt = self._doubt(found) if one_time is not None else {}
        if doubt:
            self._weak = False
            found = self._all()
        timed = any(one.time or one.pickup for _, one in found)
        rows = [self._row(line, one, None if timed else one_time) for line, one in found]
        rows = [
            replace(row, problem=_which("row_times", (doubt[row.line], row.time[:5])))
            if row.line in doubt and row.problem is None
            else row
            for row in rows
        ]
        remarks = (Saying("sheet_room_first"),) if self._columns.room_first else ()
        return Sheet(tuple(_once(rows)), tuple(self._skipped), remarks)

    def _doubt(self, found: Sequence[tuple[Line, _Found]]) -> dict[int, str]:
        """Lines whose figures may be a time (456 of a flight), where not every line has such."""
        clocks = {line.number: one.time or one.pickup for line, one in found}
        if all(clocks.values()) or any(clock and clock.sure for clock in clocks.values()):
            return {}
        return {line: f"{clock.at:%H:%M}" for line, clock in clocks.items() if clock}

    def _all(self) -> list[tuple[Line, _Found]]:
        """Every line that may ask for something; the others are skipped, with why."""
        self._skipped: list[Skipped] = []
        self._begun = False
        found: list[tuple[Line, _Found]] = []
        for line in self._lines:
            one = self._found(line.text)
            if reason := self._reason(line, one):
                self._skipped.append(Skipped(line.number, line.text, Saying(reason)))
            else:
                found.append((line, one))
            self._begun = self._begun or reason in ("", "row_header")
        return found

    def _reason(self, line: Line, found: _Found) -> str:
        """Why a line asks for nothing; empty: it may ask for something."""
        if _is_comment(line):
            return "row_comment"
        if line.text.strip() == self._columns.head:
            return "row_header"
        if self._book.find(found.room) or found.time or found.problem:
            return ""
        figures = any(char.isdecimal() for char in line.text)
        cells = [cell for cell in self._columns.cells(line.text) if cell]
        alone = self._columns.parted != "word" and len(cells) == 1
        # Behind the first row a name without figures may be a guest whose room was forgotten.
        title = line.text.rstrip().endswith(":") or (not self._begun and (alone or not figures))
        return "row_title" if title else ""

    # --- one line ---

    def _found(self, text: str) -> _Found:
        if _is_too_long(text):
            return _Found(problem=Saying("row_too_long"))
        columns = self._columns
        cells = columns.cells(text)
        if columns.room is not None and len(cells) == columns.width:
            return self._placed(cells, columns, columns.room)
        if columns.parted != "word":
            by_cells = self._searched(cells, _joint(columns))
            if self._book.find(by_cells.room) or by_cells.problem:
                return by_cells
        return self._searched(self._words(text), " ")

    def _words(self, text: str) -> list[str]:
        """Words, where a room of several is one."""
        words = words_of(text)
        for size in (3, 2):
            for n in range(len(words) - size + 1):
                if self._book.find(joined := " ".join(words[n : n + size])):
                    words[n : n + size] = [joined]
        return words

    def _placed(self, cells: Sequence[str], columns: Columns, room: int) -> _Found:
        """By the places of the columns."""
        taken = {room, columns.time, columns.pickup}
        names = columns.names or [n for n in range(len(cells)) if n not in taken]
        name = _joint(columns).join(cells[n] for n in names if cells[n])
        clocks = [None if at is None else self._clock(cells[at]) for at in (columns.time, columns.pickup)]
        unread = next((
            cells[at] for at, clock in zip((columns.time, columns.pickup), clocks, strict=True)
            if at is not None and cells[at] and clock is None
        ), "")  # fmt: skip
        problem = None if not unread else doubtful(unread) or _of("row_not_a_time", unread)
        written = self._book.find(cells[room]) or bare_room(cells[room])
        return _Found(written, clocks[0], clocks[1], name, problem)

    def _searched(self, cells: Sequence[str], joint: str) -> _Found:
        """By what the cells may be."""
        bare = [cell.strip(" ,;") for cell in cells]
        rooms = [n for n, cell in enumerate(bare) if self._book.find(cell)]
        times = {n: clock for n, cell in enumerate(bare) if (clock := self._clock(cell))}
        room, at, problem = _pair(bare, rooms, times)
        if room is None and problem is None:
            room, at = _strange(bare, times)
        rest = joint.join(
            cell for n, cell in enumerate(bare if joint != " " else cells) if n not in (room, at)
        )
        written = "" if room is None else self._book.find(bare[room]) or bare_room(bare[room])
        if problem is None and at is None:
            problem = next((said for cell in bare if (said := doubtful(cell))), None)
        return _Found(written, None if at is None else times[at], None, rest.strip(" ,;"), problem)

    def _clock(self, cell: str) -> Clock | None:
        clock = clock_of_cell(cell, self._fractions)
        return clock if clock and (self._weak or clock.sure) else None

    # --- as a row ---

    def _row(self, line: Line, found: _Found, one_time: time | None) -> SheetRow:
        clock = found.time or found.pickup
        picked_up = self._picked_up or (found.time is None and self._columns.time is not None)
        row = SheetRow(line.number, line.text, found.room, name=_clean(found.name))
        if one_time is not None:
            row = replace(row, time=one_time.isoformat("seconds"))
        elif clock is not None:
            row = self._before_pickup(row, clock.at) if picked_up else replace(row, time=f"{clock.at}")
        return replace(row, problem=self._problem(row, found))

    def _before_pickup(self, row: SheetRow, at: time) -> SheetRow:
        """Counted in minutes of the wall; the day it is on is for whoever books it."""
        minutes = at.hour * 60 + at.minute - self._before
        wake = time(minutes % _DAY // 60, minutes % 60, at.second)
        return replace(row, time=f"{wake}", pickup=f"{at}", day_before=minutes < 0)

    def _problem(self, row: SheetRow, found: _Found) -> Saying | None:
        if found.problem is not None:
            return found.problem
        if not row.room:
            return Saying("row_no_room")
        if not self._book.find(row.room):
            return replace(_of("no_such_room", row.room), near=self._book.nearest(row.room))
        return None if row.time else Saying("row_no_time")


def _is_too_long(text: str) -> bool:
    return len(text) > _LONGEST or len(re.split(r"[\s,;]+", text)) > _MOST_WORDS


def _joint(columns: Columns) -> str:
    """What stood between the parts of a name."""
    return ", " if columns.parted == "comma" else " "


def _is_comment(line: Line) -> bool:
    return line.text.lstrip().startswith("#")


def _pair(
    cells: Sequence[str], rooms: Sequence[int], times: dict[int, Clock]
) -> tuple[int | None, int | None, Saying | None]:
    """The places of the room and the time, as far as they are clear, and what is not."""
    pairs = [(room, at) for room in rooms for at in times if room != at]
    for likely in (lambda pair: times[pair[1]].sure, lambda pair: pair[1] not in rooms):
        pairs = list(filter(likely, pairs)) or pairs
    found = sorted({room for room, _ in pairs} or set(rooms))
    if len(found) > 1:
        return None, None, _which("row_rooms", (cells[n] for n in found))
    if len(pairs) > 1:
        return found[0], None, _which("row_times", (cells[at] for _, at in pairs))
    if pairs:
        return *pairs[0], None
    return (found[0] if found else None), None, None


def _strange(cells: Sequence[str], times: dict[int, Clock]) -> tuple[int | None, int | None]:
    """The places of a room that the house does not have, and of the time."""
    figures = [n for n, cell in enumerate(cells) if any(char.isdecimal() for char in cell)]
    sure = [n for n in times if times[n].sure]
    at = sure[0] if len(sure) == 1 else max(times, default=None) if not sure and len(figures) > 1 else None
    others = [n for n in figures if n != at]
    return (others[0] if len(others) == 1 else None), at


def _which(code: str, words: Iterable[str]) -> Saying:
    return Saying(code, args=(("words", ", ".join(words)),))


def _of(code: str, word: str) -> Saying:
    return Saying(code, args=(("word", word[:40]),))


def _clean(name: str) -> str:
    """Without what cannot be seen."""
    shown = "".join(" " if category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in name)
    return " ".join(shown.split())


def _once(rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
    """The same rows, where one that asks for what a line before it asks for says so."""
    first: dict[tuple[str, str, bool], int] = {}
    for row in rows:
        line = row.line if row.problem else first.setdefault((row.room, row.time, row.day_before), row.line)
        yield row if line == row.line else replace(row, same_as=line)
