"""Bytes of a file to facts. No I/O: the same bytes have the same meaning, whenever they are read.

A row that cannot be understood is said with its line; the rows around it count. A list of the house with
such a row is not complete: nothing may be concluded from who is not in it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from hotelbridge.pms.api import (
    Changed,
    CheckedIn,
    CheckedOut,
    Fact,
    LineClass,
    Moved,
    ResyncBegun,
    ResyncEnded,
    WakeupNotWanted,
    WakeupWanted,
)
from hotelbridge.texts import phrase
from hotelbridge_csv.settings import CsvSettings

YES, NO = {"1", "y", "yes", "true", "x"}, {"0", "n", "no", "false"}
LONGEST = 64  # letters of a room or of a reservation's number: what is longer is another column, or damage
MOST_SAID = 50  # rows that are named when they are wrong
Row = Mapping[str, str]  # by the plugin's own names of the columns


class Kind(StrEnum):
    """What a file is for, by its name."""

    HOUSE = "house"
    GUESTS = "guests"
    WAKEUPS = "wakeups"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file means."""

    facts: tuple[Fact, ...] = ()
    rooms: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()  # in words, line by line; empty where all was understood
    words: str = ""  # what it is, in one line


class Unreadable(Exception):
    """A row, or a file, that has no meaning; the message says why."""


def kind_of(name: str, settings: CsvSettings) -> Kind | None:
    """What a file of this name is for."""
    patterns = {Kind.HOUSE: settings.house, Kind.GUESTS: settings.guests, Kind.WAKEUPS: settings.wakeups}
    return next((kind for kind, one in patterns.items() if fnmatchcase(name.lower(), one.lower())), None)


def read(name: str, content: bytes, settings: CsvSettings) -> Reading:
    """The meaning of a file; raises nothing, whatever is in it."""
    kind = kind_of(name, settings)
    if kind is None:
        known = ", ".join((settings.guests, settings.house, settings.wakeups))
        return _refused(name, phrase(f"its name is none of {known}"))
    rows: list[tuple[int, Row]] = []
    wrong: list[str] = []
    try:
        for place in _rows(content.decode(settings.encoding), settings):
            rows.append(place)
    except UnicodeDecodeError as error:
        words = phrase(f"is not {settings.encoding} ({error.reason}): set `encoding` to what the PMS writes")
        return _refused(name, words)
    except Unreadable as error:
        return _refused(name, str(error))
    except csv.Error as error:  # those before it are good
        last = rows[-1][0] if rows else 1
        wrong.append(phrase(f"behind line {last}: {error}; is a quotation mark not closed?"))
    facts: list[Fact] = []
    for line, row in rows:
        try:
            facts.append(_fact(kind, row, settings))
        except Unreadable as error:
            word = str(line)
            wrong.append(f"{phrase(f'line {word}')}: {error}")
    if kind is Kind.HOUSE:
        facts = [ResyncBegun(), *facts, ResyncEnded(complete=not wrong)]
    rooms = tuple(dict.fromkeys(row["room"] for _, row in rows if row.get("room")))
    count, bad = len(rows), len(wrong)
    what = phrase(f"{name}: {count} rows")
    if bad:
        what = phrase(f"{name}: {count} rows, {bad} of them not understood")
    return Reading(tuple(facts), rooms, _few(wrong), what)


def _refused(name: str, why: str) -> Reading:
    return Reading(wrong=(why,), words=f"{name}: {why}")


def _few(wrong: list[str]) -> tuple[str, ...]:
    count = len(wrong) - MOST_SAID
    return (*wrong[:MOST_SAID], phrase(f"and {count} more")) if count > 0 else tuple(wrong)


def _rows(text: str, settings: CsvSettings) -> Iterator[tuple[int, Row]]:
    """Line and cells of each row that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=settings.delimiter, strict=True)
    places: list[tuple[str, int]] | None = None
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if places is None:
            places = _places(cells, settings)
            width = len(cells)
            continue
        if len(cells) > width:
            count = len(cells)
            yield reader.line_num, {"": phrase(f"has {count} cells, and {width} columns have a title")}
            continue
        row: dict[str, str] = {}
        for column, place in places:
            cell = cells[place].strip() if place < len(cells) else ""
            before = row.get(column, "")
            row[column] = f"{before}, {cell}" if before and cell else before or cell
        yield reader.line_num, row
    if places is None:
        raise Unreadable(phrase("it is empty: not even the titles of the columns are there"))


def _places(titles: list[str], settings: CsvSettings) -> list[tuple[str, int]]:
    """Where each column that we know stands, in the order of the settings."""
    found = {title.strip().casefold(): place for place, title in reversed(list(enumerate(titles)))}
    places = []
    for column, wanted in settings.columns.model_dump().items():
        for title in (wanted,) if isinstance(wanted, str) else wanted:
            if title.strip().casefold() in found:
                places.append((column, found[title.strip().casefold()]))
    if "room" not in dict(places):
        shown = ", ".join(title.strip() for title in titles)
        title = settings.columns.room
        raise Unreadable(phrase(f"no column is called {title!r}; there are: {shown}"))
    return places


# --- one row ---


def _fact(kind: Kind, row: Row, settings: CsvSettings) -> Fact:
    if "" in row:
        raise Unreadable(row[""])
    if not row["room"]:
        raise Unreadable(phrase("names no room"))
    most = LONGEST
    for column in ("room", "from_room", "reservation"):
        count = len(row.get(column, ""))
        if count > most:
            raise Unreadable(phrase(f"its {column} has {count} letters, and {most} are the most"))
    if kind is Kind.WAKEUPS:
        return _wakeup(row, settings)
    if kind is Kind.HOUSE:
        return CheckedIn(**_guest(row, settings), resync=True)
    return _change(row, settings)


def _change(row: Row, settings: CsvSettings) -> Fact:
    action, actions = row.get("action", ""), settings.actions
    if _is(action, actions.checked_in):
        return CheckedIn(**_guest(row, settings))
    if _is(action, actions.checked_out):
        return CheckedOut(room=row["room"], reservation=row.get("reservation") or None)
    if _is(action, actions.changed):
        return Changed(**_guest(row, settings))
    if _is(action, actions.moved):
        if not row.get("from_room"):
            raise Unreadable(phrase("is a move and does not say from which room"))
        return Moved(**_guest(row, settings), from_room=row["from_room"])
    known = (actions.checked_in, actions.checked_out, actions.moved, actions.changed)
    shown = ", ".join(one for words in known for one in words if one)
    raise Unreadable(phrase(f"the action {action!r} is none of {shown}"))


def _is(word: str, words: tuple[str, ...]) -> bool:
    return word.casefold() in {one.casefold() for one in words}


def _guest(row: Row, settings: CsvSettings) -> dict[str, Any]:
    """What is said of a guest; an empty cell says nothing."""
    language = row.get("language", "")
    return {
        "room": row["room"],
        "reservation": row.get("reservation") or None,
        "name": row.get("name") or None,
        "language": (settings.languages.get(language) or language.lower()) or None,
        "vip": _yes(row.get("vip", "")),
        "line_class": _line_class(row.get("line_class", "")),
        "group": row.get("group") or None,
        "arrival": _date(row.get("arrival", ""), settings),
        "departure": _date(row.get("departure", ""), settings),
    }


def _wakeup(row: Row, settings: CsvSettings) -> Fact:
    day, clock = _date(row.get("date", ""), settings), _time(row.get("time", ""))
    action = row.get("action", "")
    cancelled = _is(action, settings.actions.cancelled)
    if day is None or clock is None:
        if cancelled and day is None and clock is None:
            return WakeupNotWanted(room=row["room"])
        raise Unreadable(phrase("a wake-up needs a date and a time"))
    local = datetime.combine(day, clock).isoformat()
    if cancelled:
        return WakeupNotWanted(room=row["room"], local=local)
    if action and not _is(action, settings.actions.wanted):
        raise Unreadable(phrase(f"the action {action!r} is neither empty nor a cancellation"))
    return WakeupWanted(room=row["room"], local=local, reservation=row.get("reservation") or None)


def _date(cell: str, settings: CsvSettings) -> date | None:
    if not cell:
        return None
    try:
        return datetime.strptime(cell, settings.date_format).date()
    except ValueError:
        words = phrase(f"{cell!r} is no date of the form {settings.date_format}")
        raise Unreadable(words) from None


def _time(cell: str) -> time | None:
    if not cell:
        return None
    if re.fullmatch("[0-9]{4}", cell):  # as an exchange or a PMS's screen shows it
        cell = f"{cell[:2]}:{cell[2:]}"
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            return datetime.strptime(cell, form).time()
        except ValueError:
            continue
    raise Unreadable(phrase(f"{cell!r} is no time like 06:30"))


def _yes(cell: str) -> bool | None:
    if not cell:
        return None
    if cell.casefold() not in YES | NO:
        raise Unreadable(phrase(f"{cell!r} is neither yes nor no"))
    return cell.casefold() in YES


def _line_class(cell: str) -> LineClass | None:
    if not cell:
        return None
    try:
        return LineClass(cell.casefold())
    except ValueError:
        known = ", ".join(LineClass)
        raise Unreadable(phrase(f"{cell!r} is none of {known}")) from None
