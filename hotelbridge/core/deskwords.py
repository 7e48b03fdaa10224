"""The desk's line in pieces: words, lists, notes and rooms, each with the columns at which it stands.

Knows how a line is written, not what its words are good for. Rooms are looked for in the line itself,
because a room may be called by several words (`Suite 1`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from hotelbridge.core.deskdialect import WORDS, clock_of, english, pieces
from hotelbridge.core.desksentences import Saying
from hotelbridge.core.localtime import LocalTimeError, read_time
from hotelbridge.core.orders import NoSuchRooms, nearest_room, read_rooms
from hotelbridge.core.typedtimes import is_weekday, read_days

LONGEST = 2000  # characters of a line
_HELPED = 5  # rooms that are not there, then no more are told: each is compared with all rooms
_SHOWN = 40  # characters of a word that are said again
LANGUAGES = tuple("ar cs da de el en es fi fr he hr hu it ja ko nl no pl pt ro ru sk sl sv tr uk zh".split())
_QUOTES = '"„“”«»'
_WORDS = re.compile(
    rf"[{_QUOTES}](?P<note>[^{_QUOTES}]*)(?P<close>[{_QUOTES}]?)"
    rf"|[^\s,{_QUOTES}]+(?:\s*,\s*[^\s,{_QUOTES}]+)*|,"
)
_HALF = re.compile(r"[ap]\.?(?:m\.?)?", re.IGNORECASE)
_PIECE = re.compile(r"\S+?(?=:?(?:\s|$)|,)")  # a colon at its end begins a note
_ODD = re.compile(r"[\s:]")
_PART = re.compile(r"[^\s,]+")
_COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class House:
    """What must be known to read a line: the rooms, the time, and the languages that may be named alone."""

    rooms: tuple[str, ...]
    now: datetime  # aware
    zone: ZoneInfo
    languages: tuple[str, ...] = LANGUAGES
    tongue: str = ""  # in which its people type, beside English: de, zh

    @property
    def today(self) -> date:
        """By the hotel's clocks."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the line, with blanks beside its commas left out; or a note with what is around it."""

    text: str
    start: int
    end: int
    note: bool = False
    open: bool = False  # a note whose second quotation mark is missing
    typed: str = ""  # a word of the desk's own language, where `text` is the English one

    @property
    def shown(self) -> str:
        """As it was typed."""
        return self.typed or self.text


@dataclass(frozen=True, slots=True)
class Rooms:
    """Rooms at one place of the line: as written, as the house calls them, and what is wrong with them."""

    written: str
    rooms: tuple[str, ...]
    start: int
    end: int
    problems: tuple[Saying, ...] = ()


def about(code: str, word: Word, near: str = "", **args: str) -> Saying:
    """What is told about a word."""
    shown = word.shown if len(word.shown) <= _SHOWN else f"{word.shown[:_SHOWN]}..."
    return Saying(code, word.start, word.end, (("word", shown), *args.items()), near)


def strange_sign(line: str) -> int | None:
    """Where the first sign stands that nobody can have typed or seen."""
    strange = (n for n, char in enumerate(line) if category(char) in ("Cc", "Cs") and char not in "\t\n")
    return next(strange, None)


# --- words ---


def split(line: str, start: int, house: House) -> list[Word]:
    """The words of the line from a column on, in English; the last a note, if one stands behind a colon."""
    words: list[Word] = []
    for word in _plain(line, start):
        if not word.note and (word.text[0] == ":" or word.text[-1] == ":"):
            last = (own for one in _behind_colon(line, word) for own in _apart(one, house))
            return _spans(_halves([*words, *last], house), house)
        words += (own for one in _listed(line, _own(word, house)) for own in _apart(one, house))
    return _spans(_halves(words, house), house)


def _own(word: Word, house: House) -> Word:
    """A word of the desk's own language as the English one."""
    text = word.text if word.note else english(word.text, house.tongue, house.today)
    return word if text == word.text else replace(word, text=text, typed=word.text)


def _apart(word: Word, house: House) -> list[Word]:
    """The words of the desk's own language in what is written without blanks between them."""
    whole = _own(word, house)
    if word.note or whole.typed or len(found := pieces(word.text, house.tongue)) == 1:
        return [whole]
    words, at = [], word.start
    for piece in found:
        words.append(_own(Word(piece, at, at + len(piece)), house))
        at += len(piece)
    return words


def _plain(line: str, start: int) -> Iterator[Word]:
    for found in _WORDS.finditer(line, start):
        if found["note"] is not None:
            yield Word(found["note"].strip(), *found.span(), note=True, open=not found["close"])
        else:
            yield Word(_COMMA.sub(",", found[0]), *found.span())


def _behind_colon(line: str, word: Word) -> list[Word]:
    """The word before the colon, if any, and the rest of the line as a note."""
    at = word.start if word.text[0] == ":" else word.end - 1
    note = Word(line[at + 1 :].strip(), at, len(line), note=True)
    before = line[word.start : at]
    return [*(_listed(line, Word(_COMMA.sub(",", before), word.start, at)) if before else ()), note]


def _listed(line: str, word: Word) -> list[Word]:
    """A list of weekdays as one word; any other with commas as what it lists (`vip, knock`)."""
    if word.note or "," not in word.text or like_time(word.text):
        return [word]
    try:
        read_days(word.text)
    except ValueError:
        return [Word(part[0], *part.span()) for part in _PART.finditer(line, word.start, word.end)] or [word]
    return [word]


def _halves(words: Sequence[Word], house: House) -> list[Word]:
    """The same with `6.30 pm` as one word, and `6 uhr` on a German page."""
    joined: list[Word] = []
    for word in words:
        whole = _as_time(joined[-1], word, house) if joined else None
        if whole is None:
            joined.append(word)
        else:
            joined[-1] = whole
    return joined


def _as_time(last: Word, word: Word, house: House) -> Word | None:
    """Two words as one time of day, where they are one."""
    if last.note or word.note:
        return None
    if _HALF.fullmatch(word.text) and is_time(f"{last.text} {word.text}"):
        return replace(last, text=f"{last.text} {word.text}", end=word.end)
    if word.text in house.rooms or not (clock := clock_of(last.shown, word.shown, house.tongue)):
        return None
    return replace(last, text=clock, typed=f"{last.shown} {word.shown}", end=word.end)


def _spans(words: list[Word], house: House) -> list[Word]:
    """The same with `mo bis fr` as mon-fri, where no other days are said; in English it is written so."""
    if house.tongue not in WORDS or any(_says_days(word) for word in words):
        return words
    for at in range(len(words) - 2):
        first, until, last = words[at : at + 3]
        if until.text == "until" and is_weekday(first.text) and is_weekday(last.text):
            typed = f"{first.shown} {until.shown} {last.shown}"
            whole = Word(f"{first.text}-{last.text}", first.start, last.end, typed=typed)
            return [*words[:at], whole, *words[at + 3 :]]
    return words


def _says_days(word: Word) -> bool:
    if word.note or is_weekday(word.text):
        return False
    try:
        return word.text.lower() == "every" or bool(read_days(word.text))
    except ValueError:
        return False


def is_time(text: str) -> bool:
    """Whether a text is a time of day."""
    try:
        read_time(text)
    except LocalTimeError:
        return False
    return True


def like_time(text: str) -> str:
    """The time that may be meant by a text that is none: 06:30 for `6,30`, `6h30` or `6;30`; else nothing."""
    if plus := re.fullmatch(r"\+\s?(\d{1,4})(?:min|mins|minutes)?", text, re.ASCII):
        return f"+{plus[1]}m"
    found = re.fullmatch(r"(\d{1,2})(?:[,;h_-](\d{2})|h|)", text, re.ASCII)
    meant = f"{int(found[1]):02}:{found[2] or '00'}" if found else ""
    return meant if meant and is_time(meant) else ""


# --- rooms ---


def rooms_at(line: str, start: int, house: House) -> Rooms | None:
    """The rooms that are written from a column on: `110:120, 131`; None where the line ends."""
    if start >= len(line):
        return None
    names = {room.casefold(): room for room in reversed(house.rooms)}
    pieces, end = _pieces(line, start, [room for room in house.rooms if _ODD.search(room)])
    if not pieces:
        return None
    named = [replace(piece, text=_named(piece.text, names)) for piece in pieces]
    found: dict[str, None] = {}
    problems: list[Saying] = []
    for piece in named:
        try:
            found.update(dict.fromkeys(read_rooms([piece.text], house.rooms)))
        except NoSuchRooms:
            problems.append(_wrong(piece, house.rooms))
            if len(problems) == _HELPED:
                break
    written = ",".join(piece.text for piece in named)
    return Rooms(written, tuple(found), start, end, tuple(problems))


def _pieces(line: str, start: int, odd: Sequence[str]) -> tuple[list[Word], int]:
    """What stands between the commas, and where the last of it ends; `odd`: rooms of several words."""
    pieces: list[Word] = []
    at = start
    while True:
        end = _edge(line, at, odd)
        while line[end : end + 1] == ":" and line[end + 1 : end + 2].strip():
            end = _edge(line, end + 1, odd)
        pieces.append(Word(line[at:end], at, end))
        comma = _COMMA.match(line, end)
        if comma is None:
            return pieces, end
        at = comma.end()


def _edge(line: str, at: int, odd: Sequence[str]) -> int:
    """Where a room, or one end of a range, ends: the longest one of several words, else one word."""
    if long := [len(room) for room in odd if _stands(line, at, room)]:
        return at + max(long)
    piece = _PIECE.match(line, at)
    return piece.end() if piece and line[at] != "," else at


def _stands(line: str, at: int, room: str) -> bool:
    """Whether a room is written at a column, up to a blank, comma or colon."""
    end = at + len(room)
    return line[at:end].casefold() == room.casefold() and (end == len(line) or line[end] in ",: \t\n")


def _named(text: str, names: dict[str, str]) -> str:
    """A room or a range of them, spelt as the house does."""
    if (whole := names.get(text.casefold())) is not None:
        return whole
    return ":".join(names.get(edge.casefold(), edge) for edge in text.split(":"))


def _wrong(piece: Word, known: Sequence[str]) -> Saying:
    """Why a piece names no rooms."""
    first, colon, last = piece.text.partition(":")
    if not piece.text:
        return about("room_missing_in_list", piece)
    if not colon:
        return _unknown(piece, known)
    if not first or not last or ":" in last:
        return about("not_a_range", piece)
    for edge, start in ((first, piece.start), (last, piece.start + len(first) + 1)):
        if edge not in known:
            return _unknown(Word(edge, start, start + len(edge)), known)
    return about("range_turned", piece, f"{last}:{first}")


def _unknown(word: Word, known: Sequence[str]) -> Saying:
    first, dash, last = word.text.partition("-")
    if dash and first in known and last in known:
        return about("range_colon", word, f"{first}:{last}")
    return about("no_such_room", word, nearest_room(word.text, known) or "")
