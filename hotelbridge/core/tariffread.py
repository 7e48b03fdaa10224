"""A tariff from the text of a `tariff.csv`: rows, or every mistake in it with line and column.

Also takes what a spreadsheet makes of such a file (byte order mark, `;` or tabs, decimal commas) wherever
that can mean one thing only. A price that may be read in two ways is a mistake, never a guess.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hotelbridge.core.numbers import Numbering
from hotelbridge.core.tariff import CLASSES, DAY_MINUTES, DAYS, Row, Span, Tariff
from hotelbridge.core.tariffcheck import overlaps
from hotelbridge.texts import phrase

COLUMNS = (
    "prefix name connect_fee rate per_seconds first next threshold free_seconds min max guest_class trunk "
    "from until days hours"
).split()
REQUIRED = ("prefix", "rate")
_AMOUNTS = ("connect_fee", "rate", "min", "max")
_FIELDS = {"from": "since"}  # a column whose name is a word of the language
_LONGEST_FILE = 20_000_000  # characters
_MOST_SECONDS = 1_000_000

_AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,8})?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


@dataclass(frozen=True, slots=True)
class TariffMistake:
    """One thing wrong in a tariff."""

    line: int  # of the file, counted from 1
    column: str  # as its head names it; empty where it is about the whole line
    words: str  # what is wrong and what to write

    def __str__(self) -> str:
        return f"line {self.line}{f', column {self.column}' if self.column else ''}: {self.words}"


class BadTariff(ValueError):
    """A text that is no tariff; lists every mistake."""

    def __init__(self, mistakes: Sequence[TariffMistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def read(text: str, country: str) -> Tariff:
    """The tariff in a text; prefixes without a country are of `country`. Raises BadTariff."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > _LONGEST_FILE:
        words = phrase("is far larger than any tariff: is it the right file?")
        raise BadTariff([TariffMistake(1, "", words)])
    reading = _Reading(Numbering(country))
    rows = reading.rows(text)
    mistakes = [*reading.mistakes, *(TariffMistake(one.line, "", one.words) for one in overlaps(rows))]
    if mistakes:
        raise BadTariff(sorted(mistakes, key=lambda one: one.line))
    return Tariff(version_of(text), tuple(rows))


def version_of(text: str) -> str:
    """A short name for a text; blanks at the ends of lines do not count."""
    lines = "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:10]


class _Reading:
    """One text on its way to rows."""

    def __init__(self, numbering: Numbering) -> None:
        self.mistakes: list[TariffMistake] = []
        self._numbering = numbering
        self._commas = False  # the file writes decimals with a comma

    def rows(self, text: str) -> list[Row]:
        """The rows that can be read; what is wrong is in `mistakes`."""
        lines = list(self._lines(text))
        if not lines:
            names = ", ".join(COLUMNS)
            self._say(1, "", phrase(f"is empty: its first line names the columns, {names}"))
            return []
        (at, head), *rest = lines
        columns = self._columns(at, [cell.strip().lower() for cell in head])
        if columns is None:
            return []
        amounts = [place for place, name in enumerate(columns) if name in _AMOUNTS]
        self._commas = any(
            "," in cells[place] for _, cells in rest for place in amounts if place < len(cells)
        )
        found = [self._row(line, columns, cells) for line, cells in rest]
        return [row for row in found if row is not None]

    def _say(self, line: int, column: str, words: str) -> None:
        self.mistakes.append(TariffMistake(line, column, words))

    def _lines(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Each line that holds anything, with its number; one that begins with # holds a remark."""
        source, skipped = _after_separator_line(text)
        delimiter = _delimiter(source)
        reader = csv.reader(io.StringIO(source, newline="\n"), delimiter=delimiter, strict=True)
        line = skipped
        try:
            for cells in reader:
                begun, line = line + 1, skipped + reader.line_num
                if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
                    yield begun, cells
        except csv.Error as error:
            words = phrase(f"cannot be read ({error}): look for a quotation mark without its other")
            self._say(line + 1, "", words)

    def _columns(self, line: int, names: list[str]) -> list[str] | None:
        """The names of the head; None where the rest cannot be read with them."""
        before = len(self.mistakes)
        while names and not names[-1]:
            names.pop()
        for place, name in enumerate(names):
            if name not in COLUMNS:
                self._say(line, name, _not_known(name))
            elif name in names[:place]:
                self._say(line, name, phrase("is there twice"))
        for name in REQUIRED:
            if name not in names:
                words = phrase("is missing: the first line names the columns, parted by , or ;")
                self._say(line, name, words)
        return names if len(self.mistakes) == before else None

    def _row(self, line: int, columns: list[str], cells: list[str]) -> Row | None:
        before = len(self.mistakes)
        if any(cell.strip() for cell in cells[len(columns) :]):
            self._say(line, "", _too_many(cells, len(columns)))
            return None
        values: dict[str, Any] = {}
        given = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        for column, text in given.items():
            if not text:
                continue
            try:
                values[_FIELDS.get(column, column)] = self._value(column, text)
            except ValueError as error:
                self._say(line, column, str(error))
        for column in REQUIRED:
            if not given.get(column):
                self._say(line, column, phrase("is missing"))
        if values.get("since") and values.get("until") and values["until"] < values["since"]:
            since = values["since"]
            self._say(line, "until", phrase(f"ends before it begins on {since}"))
        return Row(line=line, **values) if len(self.mistakes) == before else None

    def _value(self, column: str, text: str) -> Any:
        if column in _AMOUNTS:
            return self._amount(text)
        if column == "prefix":
            return self._numbering.prefix(text)
        return _READERS[column](text)

    def _amount(self, text: str) -> Decimal:
        """An amount of money. Raises ValueError where it is none, or may be two."""
        if not _AMOUNT.fullmatch(text):
            raise ValueError(phrase(f"{text!r} is not an amount: write it like 0.20"))
        if _THOUSANDS.fullmatch(text) and (("," in text) or self._commas):
            plain = re.sub("[.,]", "", text)
            decimal = f"{text.replace(',', '.')}0"
            words = phrase(f"{text!r} may be a thousand or a decimal: write {plain} or {decimal}")
            raise ValueError(words)
        return Decimal(text.replace(",", "."))


def _after_separator_line(text: str) -> tuple[str, int]:
    """Spreadsheets may begin with `sep=;`; how many lines that are."""
    first, newline, rest = text.partition("\n")
    return (rest, 1) if newline and re.fullmatch(r"sep=[,;\t]?", first.strip().lower()) else (text, 0)


def _delimiter(text: str) -> str:
    """What parts the columns of the head, which is made of names alone."""
    head = next((line for line in text.split("\n") if line.strip(" ,;\t") and line.lstrip()[:1] != "#"), "")
    return max(",;\t", key=head.count)


def _not_known(name: str) -> str:
    near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.5)
    if near:
        return phrase(f"is not known; did you mean {near[0]}?")
    names = ", ".join(COLUMNS)
    return phrase(f"is not known; there are: {names}")


def _too_many(cells: Sequence[str], columns: int) -> str:
    count = len(cells)
    if any(cell.strip().isdigit() for cell in cells):
        return phrase(
            f"has {count} values for {columns} columns (a decimal comma needs quotation marks, or ; between "
            "the values)"
        )
    return phrase(f"has {count} values for {columns} columns")


def _text(text: str) -> str:
    if not text.isprintable():
        raise ValueError(phrase("holds characters that cannot be printed"))
    return text


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 7 or int(text) > _MOST_SECONDS:
        raise ValueError(phrase(f"{text!r} is not a number of seconds: write it like 60"))
    return int(text)


def _at_least_one(text: str) -> int:
    if not (seconds := _seconds(text)):
        raise ValueError(phrase("cannot be 0: a rate is for some seconds, mostly 60"))
    return seconds


def _class(text: str) -> str:
    if text.lower() not in CLASSES:
        classes = ", ".join(CLASSES)
        raise ValueError(phrase(f"{text!r} is no class of guests: write one of {classes}"))
    return text.lower()


def _trunk(text: str) -> str:
    return text.upper() if text.upper() in ("XO", "IP") else _text(text)


def _date(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(phrase(f"{text!r} is not a date: write it like 2026-11-24"))


def _days(text: str) -> int:
    """mon-fri; sat,sun; hol. A range may run over the end of the week."""
    days = 0
    for part in re.split(r"[, ]+", text.lower()):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in DAYS or last not in DAYS or (dash and "hol" in (first, last)):
            raise ValueError(phrase(f"{text!r} are no days: write them like mon-fri or sat,sun,hol"))
        start, end = DAYS.index(first), DAYS.index(last)
        count = (end - start) % 7 if dash else 0
        for step in range(count + 1):
            days |= 1 << (start if not dash else (start + step) % 7)
    return days


def _hours(text: str) -> tuple[Span, ...]:
    """08:00-18:00, several parted by a blank; over midnight as well."""
    spans: list[Span] = []
    for part in text.replace(",", " ").split():
        match = _HOURS.fullmatch(part)
        start, end = (_minute(match[1], match[2]), _minute(match[3], match[4])) if match else (-1, -1)
        if min(start, end) < 0:
            raise ValueError(phrase(f"{part!r} are no hours: write them like 08:00-18:00 or 22:00-06:00"))
        if start == end:
            raise ValueError(phrase(f"{part!r} is no time at all: leave it empty for the whole day"))
        spans += [(start, end)] if start < end else [(start, DAY_MINUTES), (0, end)]
    return _joined(span for span in spans if span[0] < span[1])


def _minute(hour: str, minute: str) -> int:
    """The minute of the day; -1 where there is none."""
    total = int(hour) * 60 + int(minute)
    return total if int(minute) < 60 and total <= DAY_MINUTES else -1


def _joined(spans: Iterator[Span]) -> tuple[Span, ...]:
    """In order, and those that touch in one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


_READERS: dict[str, Callable[[str], Any]] = {
    "name": _text,
    "per_seconds": _at_least_one,
    "first": _seconds,
    "next": _seconds,
    "threshold": _seconds,
    "free_seconds": _seconds,
    "guest_class": _class,
    "trunk": _trunk,
    "from": _date,
    "until": _date,
    "days": _days,
    "hours": _hours,
}
