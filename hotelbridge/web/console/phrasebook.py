"""Finds again, in a sentence that the house said in English, the template it was made of, and what is in it.

The services write sentences (`hotelbridge.texts.phrase`) and nobody but the reader's own page knows the
reader's language. Keeping code and arguments of each beside it would put a second form into every row, view
and API answer; here the sentence itself is enough. What is not found stays as it is: English, never lost.

A text is often several sentences, and what is in a blank is a sentence again. Of all ways to read it the one
is taken that leaves the fewest letters unread; to take the first that fits would let one sentence swallow its
neighbours. The search is bounded: pieces are read once each, and a template is matched by looking for its
fixed parts one behind the other, never going back, so that no text that somebody typed can make it slow.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from string import Formatter
from typing import NamedTuple

_WORD = re.compile(r"[A-Za-z]{2,}")
_END = re.compile(r"(?<=[.;:,!?]) |\n| [=+-] | (?=\()")  # where one sentence, or one part of a sum, may end
_MOST_PARTS = 12  # that one sentence is looked for in
_DEEPEST = 6  # parts within parts
_AT_ONCE = 50  # sentences that are read together: each waits for those behind it
_LONGEST = 1_500  # what is longer was pasted, not said
_STOPS = ".;:,"
_BEFORE = " ,;，；"  # stands between a part and what is before it, whatever the part is put into
_SENTENCE = re.compile(r"[.;:!?] |\n")
_MOST_TRIED = 15_000  # templates on one text
# What stands in a blank is known by its name, which is that of the variable: see `hotelbridge.texts`.
CALLED = frozenset("room rooms phone device by who name place user number others id reservation".split())
ONE = CALLED - {"rooms", "others"}  # no list
NUMBERED = frozenset({"reservation", "id", "record"})  # without a blank inside
AMOUNTS = frozenset(
    "amount unit exact together whole part total tax price rate cost fee left"
    " plain decimal example credit limit".split()
)
_WORD_ALONE = re.compile(r"(?:[^\s“”]*[^\s“”.;:,])?|“[^”]*”")
_TYPED = re.compile(r"“[^”]*”")  # of a guest, see `core.personal`: said as it is
_STANDS_FOR_IT, _MOST_TYPED = 0xE000, 1_000  # private signs: a text that has some of its own is left alone


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence with blanks: `fixed[0] blank fixed[1] blank ... fixed[-1]`."""

    fixed: tuple[str, ...]
    blanks: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Read one that is written with its blanks in braces."""
        fixed, blanks = [""], []
        for literal, name, _, _ in Formatter().parse(text):
            fixed[-1] += literal
            if name is not None:
                blanks.append(name)
                fixed.append("")
        return cls(tuple(fixed), tuple(blanks))

    @property
    def weight(self) -> int:
        """How much of it is fixed."""
        return sum(map(len, self.fixed))

    def match(self, text: str) -> dict[str, str] | None:
        """What is in the blanks of this text; None where it is another sentence."""
        first, *middle, last = self.fixed
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        at, found = len(first), list[str]()
        for part in middle:
            place = text.find(part, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(part)
        filled = dict(zip(self.blanks, [*found, text[at:end]], strict=True))
        return filled if all(map(_can_be, filled, filled.values())) else None


def _can_be(name: str, word: str) -> bool:
    """Whether this can stand in a blank of this name: what something is called is no sentence."""
    blank = name.rstrip("0123456789")
    if blank == "word":
        return _WORD_ALONE.fullmatch(word) is not None
    if blank in NUMBERED:
        return " " not in word.strip()
    return blank not in ONE or _SENTENCE.search(word) is None


def can_be_said(english: str, other: str) -> bool:
    """Whether a translation takes what its English takes: else it would fail where it is shown."""
    try:
        other.format(**dict.fromkeys(Template.of(english).blanks, ""))
        return set(Template.of(other).blanks) == set(Template.of(english).blanks)
    except Exception:  # a brace alone, a form that text does not have
        return False


class _Read(NamedTuple):
    """One way to read a text."""

    unread: int  # letters that are in no sentence of the book
    fixed: int  # signs that are
    said: str


class Phrasebook:
    """The sentences of the house, and the same in one other language."""

    def __init__(
        self,
        known: Mapping[str, str],
        plain: Callable[[str], str | None],
        amount: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """`known`: by the English template. `plain`: says what is no sentence: moments, lengths, prices.

        `amount`: the same of a bare number where one is meant.
        """
        self._plain = plain
        self.amount = amount
        self._whole: dict[str, str] = {}
        self._by_word: dict[str, list[tuple[Template, str]]] = {}
        for english, other in ((_bare(one), _bare(same)) for one, same in known.items()):
            template = Template.of(english)
            if not template.blanks:
                self._whole[template.fixed[0]] = Template.of(other).fixed[0]
            elif words := _WORD.findall(" ".join(template.fixed)):
                self._by_word.setdefault(max(words, key=len), []).append((template, other))
        self.said = functools.lru_cache(maxsize=4096)(self._said)

    def _said(self, text: str) -> str:
        """A text in the other language, as far as it is known."""
        typed = _TYPED.findall(text)
        if typed and (len(typed) > _MOST_TYPED or any(_STANDS_FOR_IT <= ord(c) <= 0xF8FF for c in text)):
            return text
        signs = map(chr, range(_STANDS_FOR_IT, _STANDS_FOR_IT + len(typed)))
        told = self._read_all(_TYPED.sub(lambda _: next(signs), text))
        for place, words in enumerate(typed):
            told = told.replace(chr(_STANDS_FOR_IT + place), words)
        return told

    def _read_all(self, text: str) -> str:
        told = ""
        while text and len(told) < _LONGEST:
            ends = [found.end() for found in islice(_END.finditer(text), _AT_ONCE + 1)]
            cut = ends[-1] if len(ends) > _AT_ONCE else len(text)
            told, text = told + _Reading(self).read(text[:cut]).said, text[cut:]
        return told + text

    def known(self, text: str) -> str | None:
        """A text that is one sentence without blanks, or none but a moment, a length, an amount."""
        return self._whole.get(text) or self._plain(text)

    def near(self, text: str) -> list[tuple[Template, str]]:
        """The templates that this can be, those first that say most by themselves."""
        found = [one for word in set(_WORD.findall(text)) for one in self._by_word.get(word, ())]
        return sorted(found, key=lambda one: -one[0].weight)


class _Reading:
    """One text being read; each piece of it once."""

    def __init__(self, book: Phrasebook) -> None:
        self._book = book
        self._texts: dict[str, _Read] = {}
        self._ones: dict[str, _Read | None] = {}
        self._left = _MOST_TRIED

    def read(self, text: str, depth: int = 0) -> _Read:
        """The best way to read a text of any number of sentences; what is around it is kept."""
        inner = text.strip()
        if (known := self._texts.get(inner)) is None:
            known = self._texts[inner] = self._best(inner, depth)
        at = text.index(inner)
        return known._replace(said=text[:at] + known.said + text[at + len(inner) :])

    def _best(self, text: str, depth: int) -> _Read:
        if (known := self._book.known(text)) is not None:
            return _Read(0, len(text), known)
        best = _unread(text)
        if best.unread == 0 or depth > _DEEPEST:
            return best
        ends = [found.span() for found in islice(_END.finditer(text), _MOST_PARTS)]
        for stop, go_on in [
            (len(text), len(text)),
            *reversed(ends),
        ]:  # of two alike the one with more sentences
            begun = self._one(text[:stop], depth)
            if begun is not None:
                best = _better(self._with_rest(begun, text, stop, go_on, depth), best)
        if ends:  # what begins it is not known
            stop, go_on = ends[0]
            best = _better(best, self._with_rest(_unread(text[:stop]), text, stop, go_on, depth))
        return best

    def _with_rest(self, begun: _Read, text: str, stop: int, go_on: int, depth: int) -> _Read:
        rest = self.read(text[go_on:], depth)
        said = begun.said + text[stop:go_on] + rest.said
        return _Read(begun.unread + rest.unread, begun.fixed + rest.fixed, said)

    def _one(self, text: str, depth: int) -> _Read | None:
        """The best way to read a text as one sentence, with or without the stop at its end."""
        if text not in self._ones:
            bare, read = text.rstrip(_STOPS), []
            if bare and bare != text and (without := self._sentence(bare, depth)) is not None:
                read.append(without._replace(said=without.said + text[len(bare) :]))
            if (whole := self._sentence(text, depth)) is not None:
                read.append(whole)
            self._ones[text] = functools.reduce(_better, read) if read else None
        return self._ones[text]

    def _sentence(self, text: str, depth: int) -> _Read | None:
        if (known := self._book.known(text)) is not None:
            return _Read(0, len(text), known)
        best: _Read | None = None
        for template, other in self._book.near(text):
            self._left -= 1
            if self._left < 0:  # whoever made such a text does not wait for it
                break
            filled = template.match(text)
            if filled is None:
                continue
            parts = {name: self._filled(name, word, depth) for name, word in filled.items()}
            unread = sum(part.unread for part in parts.values())
            fixed = template.weight + sum(part.fixed for part in parts.values())
            said = other.format(**{name: part.said for name, part in parts.items()})
            best = _better(best, _Read(unread, fixed, said))
        return best

    def _filled(self, name: str, word: str, depth: int) -> _Read:
        """What is in a blank. A room or a person is called as it is called, even `1.05` or `no`."""
        blank = name.rstrip("0123456789")
        if blank in CALLED and " " not in word.strip():
            return _unread(word)
        amount = self._book.amount(word) if blank in AMOUNTS else None
        return self.read(word, depth + 1) if amount is None else _Read(0, len(word), amount)


def _unread(text: str) -> _Read:
    return _Read(sum(map(str.isalpha, text)), 0, text)


def _better(first: _Read | None, other: _Read) -> _Read:
    """The one that leaves less unread, in sentences that say more by themselves; of two alike the first."""
    if first is None or (other.unread, -other.fixed) < (first.unread, -first.fixed):
        return other
    return first


def _bare(text: str) -> str:
    """A template without what only joins it to others."""
    return text.strip().lstrip(_BEFORE)
