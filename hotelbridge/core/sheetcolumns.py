"""The columns of a sheet that was pasted: what parts them, and which holds rooms, times and names.

A head names them; without one the columns are those that make most lines readable. Where two columns
would do as well, none is chosen: then every line is looked at by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

from hotelbridge.core.sheetcells import PARTED, Clock, RoomBook, names_column

_TOP = 20  # lines among which the head stands
_MOST = 12  # columns that are tried in every order
Reader = Callable[[str], Clock | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line and where it stands, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """How the lines of a sheet are read."""

    parted: str  # a key of PARTED
    width: int = 0  # cells of a line whose places are known; 0: they are not
    room: int | None = None
    time: int | None = None
    pickup: int | None = None
    names: tuple[int, ...] = ()  # none: all other cells
    head: str = ""  # the line that names them
    picked_up: bool = False  # the head names times of a pick-up, and no others
    room_first: bool = False  # two columns could be rooms and times either way

    def cells(self, text: str) -> list[str]:
        """The cells of a line."""
        return PARTED[self.parted](text)


def find_columns(lines: Sequence[Line], book: RoomBook, clock: Reader) -> Columns:
    """The columns of these lines."""
    parted = _delimiter(lines, book)
    head = next((found for one in lines[:_TOP] if (found := _head(one, parted))), None)
    others = [one for one in lines if head is None or one.text.strip() != head.head]
    width = _width(others, parted)
    if head is not None and head.room is not None and head.parted == parted and head.width == width:
        return head
    voted = _vote([PARTED[parted](one.text) for one in others], width, book, clock, parted)
    if head is None:
        return voted
    return Columns(
        parted, voted.width, voted.room, voted.time,
        head=head.head, picked_up=head.picked_up, room_first=voted.room_first,
    )  # fmt: skip


def _delimiter(lines: Sequence[Line], book: RoomBook) -> str:
    """What parts the columns: that by which most lines have a cell that is a room, beside others."""
    score = {
        name: sum(
            len(cells) > 1 and any(map(book.find, cells)) for cells in (parted(one.text) for one in lines)
        )
        for name, parted in PARTED.items()
    }
    best = max(score, key=lambda name: score[name])  # of equals the first
    return best if score[best] else "word"


def _width(lines: Sequence[Line], parted: str) -> int:
    """How many cells most lines have; 0 where a name may be any number of them."""
    if parted == "word" or not lines:
        return 0
    return Counter(len(PARTED[parted](one.text)) for one in lines).most_common(1)[0][0]


def _head(one: Line, parted: str) -> Columns | None:
    """The columns that a line names; None where it names fewer than two."""
    for name in (parted, *PARTED):
        fields = [names_column(cell) for cell in PARTED[name](one.text)]
        if len(set(filter(None, fields))) > 1:
            place = {field: fields.index(field) for field in reversed(fields)}
            names = tuple(n for n, field in enumerate(fields) if field == "name")
            alone = "pickup" in place and "time" not in place
            return Columns(
                name, len(fields), place.get("room"), place.get("time"), place.get("pickup"),
                names, one.text.strip(), alone,
            )  # fmt: skip
    return None


def _vote(rows: Sequence[list[str]], width: int, book: RoomBook, clock: Reader, parted: str) -> Columns:
    """The places of rooms and times that make most of the lines readable."""
    rooms, times = [0] * width, [0] * width
    for cells in rows:
        if len(cells) == width:
            for n, cell in enumerate(cells):
                rooms[n] += 2 * bool(book.find(cell))
                read = clock(cell)
                times[n] += (1 + read.sure) if read else 0
    if not 2 <= width <= _MOST:
        return Columns(parted)
    room, at = max(permutations(range(width), 2), key=lambda pair: rooms[pair[0]] + times[pair[1]])
    if not rooms[room] or _rivals(rooms, room, at) or _rivals(times, at, room):
        return Columns(parted)
    either = bool(rooms[at]) and rooms[room] + times[at] == rooms[at] + times[room]
    return Columns(parted, width, room, at if times[at] else None, room_first=either)


def _rivals(score: Sequence[int], chosen: int, taken: int) -> bool:
    """Whether another column would do as well as the chosen one."""
    return score[chosen] > 0 and any(
        points >= score[chosen] for n, points in enumerate(score) if n not in (chosen, taken)
    )
