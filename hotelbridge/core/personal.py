"""What in a sentence only those may read who need to know the guest: all that stands between “ and ”.

Whoever writes a name, a text or a telephone number of a guest into the words of a record or of the
journal puts it between these two marks by `personal`; whoever shows words to somebody without that
need shows `mask` of them. Knows no role.
"""

from __future__ import annotations

OPEN, CLOSE = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"
HIDDEN = f"{OPEN}\N{HORIZONTAL ELLIPSIS}{CLOSE}"


def personal(text: str) -> str:
    """The text as part of a sentence, marked; such marks of its own cannot end it too soon."""
    return f"{OPEN}{text.replace(OPEN, chr(34)).replace(CLOSE, chr(34))}{CLOSE}"


def mask(words: str) -> str:
    """The words without what is personal. What is begun and not ended hides all that follows it."""
    shown: list[str] = []
    depth = 0
    for char in words:
        if char == OPEN:
            depth += 1
            if depth == 1:
                shown.append(HIDDEN)
        elif char == CLOSE and depth:
            depth -= 1
        elif not depth:
            shown.append(char)
    return "".join(shown)
