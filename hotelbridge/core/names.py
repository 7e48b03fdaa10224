"""The name of a person or a program, as it stands in a history, an alarm or on paper.

Whoever reads it there must see who it was: it has something to see, and nothing that hides, breaks the
line or turns the direction in which the rest is read.
"""

from __future__ import annotations

from unicodedata import category

from hotelbridge.texts import phrase

LONGEST = 80
# Letters and symbols by their category that show nothing all the same: fillers, the empty Braille pattern.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_JOINERS = "\u200c\u200d"  # parts of the spelling of Persian and Indic names; nothing without letters
_SEEN = ("L", "N", "P", "S")
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def name_of(text: str) -> str:
    """A name without the blanks around it. Raises ValueError: what it must be, as read behind "the name"."""
    name = text.strip()
    if any(category(char) in _HIDDEN and char not in _JOINERS for char in name):
        raise ValueError(
            phrase("must have no control signs, and none that are not seen or turn the line around")
        )
    if not any(category(char).startswith(_SEEN) and char not in _BLANK for char in name):
        raise ValueError(phrase("must have a letter or digit that can be seen"))
    if len(name) > LONGEST:
        raise ValueError(phrase(f"must have at most {LONGEST} characters"))
    return name
