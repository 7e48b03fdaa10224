"""What stands behind the rooms of the desk's line: a time and options, in any order, each said once.

Sorts the words into slots and tells what it did not understand; what the slots mean together is for
whoever builds the command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from hotelbridge.core.deskdialect import WORDS, is_day, is_over, own_words, words_of
from hotelbridge.core.desksentences import Saying
from hotelbridge.core.deskwords import House, Word, about, is_time, like_time
from hotelbridge.core.records import Proof
from hotelbridge.core.typedtimes import EACH_WEEK, ONE_DAY, SEVERAL_DAYS, read_day, read_days, read_when

MOST_MINUTES = 180  # of a second wake-up behind the first
LONGEST_NOTE = 500  # characters
FLAGS = {"vip": "vip", "knock": "knock", "person": "knock", "anyway": "anyway"}
PROOFS = tuple(proof.value for proof in Proof)
KNOWN = (*FLAGS, *PROOFS, "again", "until", "every", "lang", *SEVERAL_DAYS, *ONE_DAY, *EACH_WEEK)
_AGAIN = re.compile(r"a([0-9]{1,3})m?")
_MINUTES = re.compile(r"([0-9]{1,3})(?:m|min)?")
_COUNT = re.compile(r"d([0-9]{1,9})")
_LANGUAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
_MOST_DAYS = 99
_LIKE = 0.65  # below that `tea` would be like tuesday
_LIKE_OWN = 0.7  # in another language more words are strange ones


@dataclass(frozen=True, slots=True)
class Slot:
    """One option that was said: its words, and what it says."""

    word: Word  # all its words as one, for underlining
    value: str = ""
    days: tuple[str, ...] = ()  # of `days`
    number: int = 0  # of `again` (minutes) and `count` (days)


@dataclass(slots=True)
class Options:
    """The slots that were filled, in the order of the line, and what is wrong.

    Slots: time, day, days, until, count, proof, vip, knock, anyway, again, language, note.
    """

    house: House
    allowed: frozenset[str]
    slots: dict[str, Slot] = field(default_factory=dict)
    problems: list[Saying] = field(default_factory=list)
    awaits: str = ""  # what must follow the last word: minutes, day, days, language

    def take(self, words: Sequence[Word]) -> None:
        """Sort all words in."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word.note:
                self._note(word)
            elif behind := _BEHIND.get(word.text.lower()):
                behind(self, word, rest)
            else:
                self._alone(word)

    def put(self, kind: str, slot: Slot) -> None:
        """Fill a slot, or say why it cannot be."""
        word, before = slot.word, self.slots.get(kind)
        if kind not in self.allowed:
            self.problems.append(about("too_much", word))
        elif before is not None and word.text in self.house.rooms:
            self.problems.append(about("rooms_apart", word))
        elif before is not None:
            again = _second_call(word.text) if kind == "time" else ""
            self.problems.append(about("said_twice", word, again, other=before.word.shown))
        else:
            self.slots[kind] = slot

    # --- words that stand alone ---

    def _alone(self, word: Word) -> None:
        text = word.text.lower()
        if text in FLAGS:
            self.put(FLAGS[text], Slot(word))
        elif text in PROOFS:
            self.put("proof", Slot(word, text))
        elif minutes := _AGAIN.fullmatch(text):
            self._minutes(word, int(minutes[1]))
        elif count := _COUNT.fullmatch(text):
            self._count(word, int(count[1]))
        else:
            self._day_or_time(word, text)

    def _day_or_time(self, word: Word, text: str) -> None:
        if _is(lambda: read_day(text, self.house.today)):
            self.put("day", Slot(word, text))
        elif _is(lambda: read_days(text)):
            self.put("days", Slot(word, days=read_days(text)))
        elif _is(lambda: read_when(word.text, self.house.now, self.house.zone)):
            self.put("time", Slot(word, word.text))
        elif spelt := next((one for one in self.house.languages if one.lower() == text), ""):
            self.put("language", Slot(word, spelt))
        else:
            self.problems.append(self._not_understood(word))

    def _not_understood(self, word: Word) -> Saying:
        """As a time where one is still to come, or where it looks like one; else as a word."""
        if word.text in self.house.rooms:
            return about("rooms_apart", word)
        if is_day(word.text, self.house.tongue):
            return about("no_such_day", word)
        near = self._near(word.text.lower())
        timely = word.text[0] in "+0123456789"
        if timely and "time" in self.allowed:
            return about("not_a_time", word, like_time(word.text))
        return about("not_understood" if "note" in self.allowed else "too_much", word, near)

    def _near(self, text: str) -> str:
        """The known word that may be meant; codes of languages are too short to be like anything."""
        tongue = self.house.tongue
        codes = (one for one in self.house.languages if len(one) > 2)
        known = (*words_of(tongue), *own_words(KNOWN, tongue), *codes)
        begun = [one for one in known if len(text) > 1 and one.startswith(text)]
        return begun[0] if begun else self._nearest(text, known)

    def _nearest(self, text: str, known: Sequence[str]) -> str:
        like = _LIKE_OWN if self.house.tongue in WORDS else _LIKE
        return next(iter(get_close_matches(text.lower(), known, 1, like)), "")

    def _minutes(self, word: Word, minutes: int) -> None:
        if 1 <= minutes <= MOST_MINUTES:
            self.put("again", Slot(word, number=minutes))
        else:
            self.problems.append(about("not_minutes", word))

    def _count(self, word: Word, count: int) -> None:
        if 1 <= count <= _MOST_DAYS:
            self.put("count", Slot(word, number=count))
        else:
            self.problems.append(about("too_many_days", word))

    def _note(self, word: Word) -> None:
        if len(word.text) > LONGEST_NOTE:
            self.problems.append(Saying("note_too_long", word.start, word.end))
        elif word.text:
            self.put("note", Slot(word, word.text))

    # --- words with another one behind them ---

    def _again(self, word: Word, rest: list[Word]) -> None:
        if (after := self._after("minutes", word, rest)) is not None:
            if minutes := _MINUTES.fullmatch(after.text.lower()):
                self._minutes(_both(word, after), int(minutes[1]))
            else:
                self.problems.append(about("not_minutes", after))

    def _until(self, word: Word, rest: list[Word]) -> None:
        if (after := self._after("day", word, rest)) is not None:
            if is_over(after.shown, self.house.tongue, self.house.today):
                self.problems.append(about("day_over", after))
                return
            try:
                day = read_day(after.text, self.house.today, after=True)
                self.put("until", Slot(_both(word, after), day))
            except ValueError:
                self.problems.append(self._no_day(after))

    def _no_day(self, word: Word) -> Saying:
        if is_day(word.text, self.house.tongue):
            return about("no_such_day", word)
        return about("not_a_day", word, self._nearest(word.text, own_words(ONE_DAY, self.house.tongue)))

    def _every(self, word: Word, rest: list[Word]) -> None:
        if (after := self._after("days", word, rest)) is not None:
            text = "daily" if after.text.lower() == "day" else after.text
            try:
                self.put("days", Slot(_both(word, after), days=read_days(text)))
            except ValueError:
                known = own_words((*SEVERAL_DAYS, *ONE_DAY[2:]), self.house.tongue)
                near = self._nearest(after.text, known)
                self.problems.append(about("not_days", after, near))

    def _language(self, word: Word, rest: list[Word]) -> None:
        if (after := self._after("language", word, rest)) is not None:
            code = after.shown  # `sprache fr` is no Friday
            if _LANGUAGE.fullmatch(code):
                spelt = next((one for one in self.house.languages if one.lower() == code.lower()), code)
                self.put("language", Slot(_both(word, after), spelt))
            else:
                self.problems.append(about("not_a_language", after))

    def _after(self, what: str, word: Word, rest: list[Word]) -> Word | None:
        """The word behind, which is taken; None where it is missing, which is told."""
        if rest and not rest[0].note:
            return rest.pop(0)
        self.awaits = what
        self.problems.append(about(f"{what}_missing", word))
        return None


_BEHIND: dict[str, Callable[[Options, Word, list[Word]], None]] = {
    "again": Options._again,
    "until": Options._until,
    "every": Options._every,
    "lang": Options._language,
}


def looks_like_time(word: Word, house: House) -> bool:
    """Whether a word may be the time of a booking."""
    return not word.note and (is_time(word.text) or _is(lambda: read_when(word.text, house.now, house.zone)))


def days_of(days: tuple[str, ...]) -> str:
    """Weekdays as they are written in a line: daily, weekdays, every fri, mon,wed."""
    several = next((word for word in SEVERAL_DAYS if read_days(word) == days), "")
    return several or ("every " if len(days) == 1 else "") + ",".join(days)


def _is(read: Callable[[], object]) -> bool:
    try:
        read()
    except ValueError:
        return False
    return True


def _both(first: Word, last: Word) -> Word:
    typed = f"{first.shown} {last.shown}"
    return Word(f"{first.text} {last.text}", first.start, last.end, typed=typed)


def _second_call(text: str) -> str:
    """What may be meant by a second time, +10m: a second call so many minutes later."""
    minutes = re.fullmatch(r"\+([0-9]{1,3})m", text)
    return f"again {minutes[1]}" if minutes else ""
