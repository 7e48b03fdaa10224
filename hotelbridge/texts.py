"""Texts that people read, marked where they are written so that `make texts` can collect them.

What the pages say is translated by its own catalogues, `web/locale/de.po`. What the rest of the house says
(alarms, refusals, histories, read-backs) is kept and told in English, in the store, the API and the mail;
a page in another language finds the sentence again in `web/locale/said.de.po` and says it there
(`web.console.phrasebook`).
"""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - the name by which catalogues find it
    """A text of a page, translated where it is shown."""
    return text


def phrase(text: str) -> str:
    """A sentence, or a part of one, that people read; it may be an f-string.

    The literal must stand here, in the source: translators see `phrase(f"Room {room}: no answer")` as
    "Room {room}: no answer". What is filled in is translated by itself if it is marked too, so a part
    that is put in by a variable is marked where that is made. What is put in for a variable called `word`
    is one word, or stands between “ and ”: `phrase(f"room {word}")` is found in "room 212" alone. Names of
    variables mean something elsewhere too: what is put in for a `room`, `phone`, `name`, `by` and the like
    is said as it is, and a bare number for an `amount`, a `fee`, a `rate` as an amount
    (`web.console.phrasebook`: CALLED, AMOUNTS).
    """
    return text
