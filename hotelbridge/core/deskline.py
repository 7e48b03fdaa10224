"""The one line of the desk: `w 110:120,131 0630 daily`, `x 214`, `up 214`, `? 214`, read into a record.

First what is wanted (a room alone begins a booking), then the rooms, the time, and options in any order.
Every mistake is told, with its place in the line; what can be read in two ways is read by its order, room
first, and that is told too. Nothing is done here. Places are columns of Python's text, counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from hotelbridge.core.deskbooking import Booking, Cancel, booked, cancelled
from hotelbridge.core.deskdialect import VERBS as OWN_VERBS
from hotelbridge.core.deskdialect import verb_of
from hotelbridge.core.deskoptions import Options, days_of, looks_like_time
from hotelbridge.core.desksentences import HINTS, Saying
from hotelbridge.core.deskwords import LONGEST, House, Rooms, Word, about, rooms_at, split, strange_sign

__all__ = [
    "HINTS", "Awake", "Booking", "Cancel", "Command", "House", "Parsed", "Part", "Saying", "Show",
    "hint", "parse", "written",
]  # fmt: skip

VERBS = {
    "w": "book", "wake": "book", "x": "cancel", "cancel": "cancel",
    "up": "awake", "awake": "awake", "?": "show", "room": "show",
}  # fmt: skip
_OPTIONS = {
    "book": "time day days until count proof vip knock anyway again language note",
    "cancel": "time day",
    "awake": "note",
    "show": "",
}
_VERB = re.compile(r"\s*(\?|[^\W\d_]+(?=\s|$|\d))")
_BLANKS = re.compile(r"\s*")
_NARROW = {ord(wide): ord(wide) - 0xFEE0 for wide in "０１２３４５６７８９：，．？＋－"}
_NARROW |= {ord("　"): ord(" "), ord("、"): ord(",")}


@dataclass(frozen=True, slots=True)
class Awake:
    """The guest of a room is up: whatever rings there ends."""

    room: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Show:
    """Show a room."""

    room: str


Command = Booking | Cancel | Awake | Show


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the line that was understood, to be marked: verb, room, time, day, days, until, note, ..."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a line says; `command` is None as long as there is a problem, or nothing."""

    command: Command | None
    problems: tuple[Saying, ...] = ()  # by their place; nothing may be done
    remarks: tuple[Saying, ...] = ()  # how it was read where it could be read otherwise
    parts: tuple[Part, ...] = ()  # in the order of the line
    awaits: str = ""  # a key of HINTS: what comes next


def parse(line: str, house: House) -> Parsed:
    """Read a line. Never raises, whatever was typed; wide signs of an East Asian keyboard are as good."""
    line = line.translate(_NARROW)
    if len(line) > LONGEST:
        return Parsed(None, (Saying("too_long", LONGEST, len(line)),), awaits="enter")
    if (at := strange_sign(line)) is not None:
        return Parsed(None, (Saying("control_sign", at, at + 1),), awaits="enter")
    return _Line(line, house).parsed()


def hint(line: str, house: House) -> str:
    """What comes next in a line that is being typed: a key of HINTS."""
    return parse(line, house).awaits


def written(command: Command) -> str:
    """A command as a line, in one form only; reading it gives the same command, in the same house."""
    match command:
        case Booking():
            return " ".join(["w", command.room, *_booking_words(command)])
        case Cancel():
            when = (_clock(command.at or command.time), command.date)
            return " ".join(word for word in ("x", command.room, *when) if word)
        case Awake():
            return f"up {command.room}" + (f" : {command.note}" if command.note else "")
        case Show():
            return f"? {command.room}"


def _booking_words(one: Booking) -> Iterator[str]:
    yield _clock(one.at or one.time)
    yield from (word for word in (one.date, one.days and days_of(one.days)) if word)
    yield from (f"until {one.until}",) if one.until else ()
    yield from (one.proof.value,) if one.proof else ()
    flags = {"vip": one.vip, "knock": one.in_person, "anyway": one.anyway}
    yield from (word for word, said in flags.items() if said)
    yield from (f"again {one.follow_up}",) if one.follow_up else ()
    yield from (f"lang {one.language}",) if one.language else ()
    yield from (f": {one.note}",) if one.note else ()


def _clock(time: str | None) -> str:
    """A time without the seconds that it does not need."""
    return re.sub(r"(?<=:[0-9]{2}):00$", "", time or "") if time and "+" not in time else time or ""


class _Line:
    """One line on its way to a command."""

    def __init__(self, line: str, house: House) -> None:
        self._line = line
        self._house = house
        self._problems: list[Saying] = []
        self._remarks: list[Saying] = []
        self._parts: list[Part] = []
        self._verb, self._at = "", 0

    def parsed(self) -> Parsed:
        self._begin()
        rooms, words = self._rooms()
        if rooms is None:
            return self._without_room()
        self._problems += rooms.problems
        if not rooms.problems:
            self._parts.append(Part("room", rooms.start, rooms.end))
        verb = self._verb or ("book" if words or len(rooms.rooms) != 1 else "show")
        options = Options(self._house, frozenset(_OPTIONS[verb].split()))
        options.take(words)
        command = self._command(verb, rooms, options)
        return self._told(None if self._problems else command, self._next(verb, rooms, options))

    def _told(self, command: Command | None, awaits: str) -> Parsed:
        problems = tuple(sorted(self._problems, key=lambda one: (one.start, one.end)))
        parts = tuple(sorted(self._parts, key=lambda one: one.start))
        return Parsed(command, problems, tuple(self._remarks), parts, awaits)

    # --- what is wanted, and where ---

    def _begin(self) -> None:
        """The verb, if there is one. A room of the same name is meant where no room stands behind it."""
        found = _VERB.match(self._line)
        verb = VERBS.get(verb_of(found[1], self._house.tongue)) if found else None
        if found and found[1].isalpha() and found[1].isascii() and self._line[found.end() :][:1].isdigit():
            verb = None  # w214 is a room; only what is written without blanks needs none, 取消219
        if found is None or verb is None:
            self._at = self._blanks(0)
            return
        word, behind = Word(found[1], *found.span(1)), self._blanks(found.end())
        if word.text.casefold() in {room.casefold() for room in self._house.rooms}:
            after = rooms_at(self._line, behind, self._house)
            words = split(self._line, behind, self._house)
            bare = not words or words[0].note or looks_like_time(words[0], self._house)
            if after is None or (after.problems and bare):
                self._at = word.start
                self._remarks.append(about("room_not_key", word))
                return
            self._remarks.append(about("verb_first", word))
        self._verb, self._at = verb, behind
        self._parts.append(Part("verb", word.start, word.end))

    def _blanks(self, at: int) -> int:
        found = _BLANKS.match(self._line, at)
        return found.end() if found else at

    def _rooms(self) -> tuple[Rooms | None, list[Word]]:
        """The rooms, and the words of the rest; where the time stands before the room, it is one of those."""
        first = rooms_at(self._line, self._at, self._house)
        if first is None or (first.problems and self._only_time()):
            return None, []
        words = split(self._line, first.end, self._house)
        turned = self._turned() if self._verb in ("", "book") else None
        if turned is not None and (first.problems or not self._has_time(words)):
            time, rooms = turned
            self._remarks.append(
                about("time_first", Word(rooms.written, rooms.start, rooms.end), time=time.text)
            )
            return rooms, [time, *split(self._line, rooms.end, self._house)]
        if self._verb in ("", "book"):
            self._say_room_first(first, words, both=turned is not None)
        return first, words

    def _turned(self) -> tuple[Word, Rooms] | None:
        """The time and the rooms, where the line can be read in that order."""
        words = split(self._line, self._at, self._house)
        if not words or not looks_like_time(words[0], self._house):
            return None
        rooms = rooms_at(self._line, self._blanks(words[0].end), self._house)
        return (words[0], rooms) if rooms is not None and not rooms.problems else None

    def _only_time(self) -> bool:
        """Whether a time is all there is: the room may come behind it."""
        words = split(self._line, self._at, self._house)
        return self._verb in ("", "book") and len(words) == 1 and looks_like_time(words[0], self._house)

    def _has_time(self, words: list[Word]) -> bool:
        return any(looks_like_time(word, self._house) for word in words)

    def _say_room_first(self, rooms: Rooms, words: list[Word], *, both: bool) -> None:
        word = Word(rooms.written, rooms.start, rooms.end)
        times = [one for one in words if looks_like_time(one, self._house)]
        if not rooms.problems and times and looks_like_time(word, self._house):
            code = "room_first_both" if both else "room_first"
            self._remarks.append(about(code, word, time=times[0].text))

    def _without_room(self) -> Parsed:
        if self._line.strip():
            self._problems.append(Saying("room_missing", len(self._line), len(self._line)))
            return self._told(None, "room")
        return self._told(None, "start")

    # --- what it says together ---

    def _command(self, verb: str, rooms: Rooms, options: Options) -> Command | None:
        """The command; what keeps it from being one is told."""
        if rooms.problems:
            self._problems[:] = [self._or_verb(one) for one in self._problems]
        self._parts += [Part(kind, one.word.start, one.word.end) for kind, one in options.slots.items()]
        note = options.slots.get("note")
        if note is not None and note.word.open:
            self._remarks.append(Saying("note_open", note.word.start, note.word.end))
        if verb in ("awake", "show") and not rooms.problems and len(rooms.rooms) > 1:
            self._problems.append(Saying("one_room", rooms.start, rooms.end))
        command = self._made(verb, rooms, options)
        self._problems += options.problems
        return command

    def _made(self, verb: str, rooms: Rooms, options: Options) -> Command | None:
        room = next(iter(rooms.rooms), "")
        if verb == "book":
            return booked(rooms, options, len(self._line.rstrip()))
        if verb == "cancel":
            return cancelled(rooms, options)
        note = options.slots.get("note")
        return Awake(room, note.value if note else "") if verb == "awake" else Show(room)

    def _or_verb(self, one: Saying) -> Saying:
        """A word without a digit that begins the line may have been meant for what is wanted, too."""
        word = dict(one.args).get("word", "")
        if self._verb or one.code != "no_such_room" or re.search(r"\d", word) or one.start != self._at:
            return one
        verbs = OWN_VERBS.get(self._house.tongue) or [verb for verb in VERBS if len(verb) > 2]
        close = get_close_matches(word.lower(), verbs, 1, 0.6)
        return replace(one, code="not_a_command", near=close[0] if close else one.near)

    def _next(self, verb: str, rooms: Rooms, options: Options) -> str:
        if rooms.problems or self._line.endswith(","):
            return "room"
        if options.awaits:
            return options.awaits
        if "note" in options.slots and options.slots["note"].word.end == len(self._line):
            return "note"
        if verb == "book":
            return "options" if "time" in options.slots else "time_only"
        return {"show": "enter" if self._verb else "time"}.get(verb, verb)
