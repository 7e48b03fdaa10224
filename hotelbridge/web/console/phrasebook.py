"""Finds again, in a sentence that the house said in English, the template it was made of, and what is in it.

The services write sentences (`hotelbridge.texts.phrase`) and nobody but the reader's own page knows the
reader's language. Keeping code and arguments of each beside it would put a second form into every row, view
and API answer; here the sentence itself is enough. What is not found stays as it is: English, never lost.

Matching looks for the fixed parts of a template one behind the other, each at its first place, and never
goes back, so that no text that somebody typed can make it slow.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from string import Formatter

_WORD = re.compile(r"[A-Za-z]{2,}")
_END = re.compile(r"(?<=[.;:,!?]) |\n| [=+-] ")  # also of "3 calls = 1 free + 2 posted"
_SENTENCE = re.compile(r"(?:[a-z]{2}|\w{3}|\d)[.!?;] |\n| [=+-] ")  # not "Dr. Huber"
_MOST_PARTS = 24  # of a text that is put together of several sentences
_DEEPEST = 8  # parts within parts
_LONGEST = 8_000  # what is longer was pasted, not said
_STOPS = ".;:,"


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence with blanks: `fixed[0] blank fixed[1] blank ... fixed[-1]`."""

    fixed: tuple[str, ...]
    blanks: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        fixed, blanks = [""], []
        for literal, name, _, _ in Formatter().parse(text):
            fixed[-1] += literal
            if name is not None:
                blanks.append(name)
                fixed.append("")
        return cls(tuple(fixed), tuple(blanks))

    @property
    def weight(self) -> int:
        """How much of it is fixed: of two that match, the one that says more is meant."""
        return sum(map(len, self.fixed))

    def swallows(self, filled: Mapping[str, str]) -> bool:
        """Whether a blank at its edge holds a sentence that stands before or behind this one."""
        first, last = self.blanks[0], self.blanks[-1]
        before = not self.fixed[0] and _SENTENCE.search(filled[first])
        return bool(before or (not self.fixed[-1] and _SENTENCE.search(filled[last])))

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
        return dict(zip(self.blanks, [*found, text[at:end]], strict=True))


class Phrasebook:
    """The sentences of the house, and the same in one other language."""

    def __init__(self, known: Mapping[str, str], plain: Callable[[str], str | None]) -> None:
        """`known`: by the English template. `plain`: says what is no sentence: moments, lengths, amounts."""
        self._plain = plain
        self._whole: dict[str, str] = {}
        self._by_word: dict[str, list[tuple[Template, str]]] = {}
        for english, other in ((one.strip(), same.strip()) for one, same in known.items()):
            template = Template.of(english)  # what is around it is kept as it was
            if not template.blanks:
                self._whole[template.fixed[0]] = Template.of(other).fixed[0]
            elif words := _WORD.findall(" ".join(template.fixed)):
                self._by_word.setdefault(max(words, key=len), []).append((template, other))
        self.said = functools.lru_cache(maxsize=4096)(self._said)

    def _said(self, text: str) -> str:
        return self._any(text, 0)

    def _any(self, text: str, depth: int) -> str:
        """A text in the other language, as far as it is known."""
        inner = text.strip()
        if not inner or depth > _DEEPEST or len(inner) > _LONGEST:
            return text
        at = text.index(inner)
        return text[:at] + self._several(inner, depth) + text[at + len(inner) :]

    def _one(self, text: str, depth: int, *, alone: bool) -> str | None:
        """A text that is one sentence of the book, or no sentence at all but a moment, a length, an amount.

        `alone`: what is in it is no sentence of its own before or behind it.
        """
        known = self._whole.get(text) or self._plain(text)
        if known is not None:
            return known
        for template, other in self._near(text):
            filled = template.match(text)
            if filled is not None and not (alone and template.swallows(filled)):
                return other.format(**{name: self._any(word, depth + 1) for name, word in filled.items()})
        return None

    def _near(self, text: str) -> Iterator[tuple[Template, str]]:
        """The templates that this can be, those first that say most by themselves."""
        found = [one for word in set(_WORD.findall(text)) for one in self._by_word.get(word, ())]
        return iter(sorted(found, key=lambda one: -one[0].weight))

    def _several(self, text: str, depth: int) -> str:
        """Sentences one behind the other: each time the longest beginning that is known, then the rest."""
        told = ""
        while text:
            begun, said = self._beginning(text, depth)
            told, text = told + said, text[begun:]
        return told

    def _beginning(self, text: str, depth: int) -> tuple[int, str]:
        """How much of a text is known as one sentence, with what parts it from the next; and that, said."""
        ends = [found.span() for found in islice(_END.finditer(text), _MOST_PARTS)]
        for alone in (True, False):
            for stop, go_on in reversed([*ends, (len(text), len(text))]):
                begun = text[:stop]
                found = self._one(begun, depth, alone=alone) or self._one_bare(begun, depth, alone=alone)
                if found is not None:
                    return go_on, found + text[stop:go_on]
        go_on = ends[0][1] if ends else len(text)
        return go_on, text[:go_on]

    def _one_bare(self, text: str, depth: int, *, alone: bool) -> str | None:
        """The same without the stop at its end: parts of a list are often marked without theirs."""
        bare = text.rstrip(_STOPS)
        found = self._one(bare, depth, alone=alone) if bare and bare != text else None
        return None if found is None else found + text[len(bare) :]
