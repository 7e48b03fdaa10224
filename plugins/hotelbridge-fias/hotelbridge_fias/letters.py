"""Text for a line that knows only the letters of one code page, and names of any script.

Where a page lacks a letter, the nearest one is taken that it has: without its accent, or as the script is
usually written in Latin letters. What has none (Chinese, Arabic, ...) becomes a question mark.
"""

from __future__ import annotations

import unicodedata

_CYRILLIC = (
    ("абвгдежзийклмнопрстуфхцчшщ", "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch"),
    ("ъыьэюяёєіїґђјљњћџ", "- y - e yu ya e e i i g dj j lj nj c dz"),
)
_GREEK = (("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o"),)
_OTHERS = {
    **{"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"},
    **{"ə": "e", "ŋ": "n", "ħ": "h", "ĸ": "k", "ʼ": "'", "‘": "'", "’": "'", "‚": "'", "′": "'"},
    **{"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‹": "'", "›": "'", "€": "EUR", "£": "GBP"},
    **{"–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "•": "*", "×": "x"},
}
_NEAR = {
    **{
        letter: latin.strip("-")
        for letters, latins in (*_CYRILLIC, *_GREEK)
        for letter, latin in zip(letters, latins.split(), strict=True)
    },
    **_OTHERS,
}
_LINE_ENDS = "\r\n\f"


def printable(text: str, *, line_ends: bool = False) -> str:
    """Text without control characters; line and page ends stay where they are allowed."""
    allowed = _LINE_ENDS if line_ends else ""
    return "".join(c for c in text if c in allowed or unicodedata.category(c) != "Cc")


def encoded(value: str, encoding: str, limit: int | None = None) -> bytes:
    """A field's value as bytes: no bar, no control character, at most `limit` letters."""
    text = printable(value).replace("|", "")[:limit]
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        near = "".join(_near(c, encoding) for c in unicodedata.normalize("NFC", text))
        return printable(near).replace("|", "")[:limit].encode(encoding, "replace")


def usable(encoding: str) -> bool:
    """Whether records can be written in it: it exists, leaves ASCII as it is and makes no control bytes."""
    ascii_text = "".join(map(chr, range(0x20, 0x7F)))
    try:
        trial = "".join(map(chr, range(0xA0, 0x500))) + "あ中"
        bytes_of = trial.encode(encoding, "ignore")
        return ascii_text.encode(encoding) == ascii_text.encode("ascii") and min(bytes_of, default=32) >= 0x20
    except (LookupError, UnicodeError, ValueError, TypeError):
        return False


def _near(letter: str, encoding: str) -> str:
    for candidate in (letter, _latin(letter), _bare(letter), _latin(_bare(letter))):
        if candidate is not None and _has(encoding, candidate):
            return candidate
    return "" if unicodedata.combining(letter) else "?"


def _latin(letter: str) -> str | None:
    near = _NEAR.get(letter) or _NEAR.get(letter.lower(), None)
    if near is None:
        return None
    return near.capitalize() if letter not in _NEAR else near


def _bare(letter: str) -> str:
    """Without accents, and in its usual form where it is a wide or ornate one."""
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
