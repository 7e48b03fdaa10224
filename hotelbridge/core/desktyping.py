"""Whether what is wrong at the end of a line may be mended by typing on: `tomo` is no mistake yet, `tomx` is.

A line that is being typed is wrong at its end most of the time, and nobody wants to be told so at every
letter. What no known word begins with is told at once. Found by trying: the line is read with what could
still be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from hotelbridge.core.deskdialect import VERBS as OWN_VERBS
from hotelbridge.core.deskdialect import words_of
from hotelbridge.core.deskline import VERBS, House, Parsed, parse
from hotelbridge.core.deskoptions import KNOWN
from hotelbridge.core.desksentences import Saying

_OPEN = {"until_alone"}  # more words mend it, as where one is missing
_ROOMS = {"no_such_room", "not_a_command", "range_turned", "not_a_range"}
_BEHIND_TIME = ("pm", "uhr", "点")
_TIMES = ("0", "5", "00", "30", "000", "m", "0m", ":00", *_BEHIND_TIME)
_DATES = (".", "1.", "12.", "日", "5日", "月5日", "1", "11", "1-11", "11-11")
_LONGEST = 40  # no word is longer


def may_be_mended(line: str, parsed: Parsed, house: House) -> bool:
    """Whether the first thing that is wrong is so because the line is not at its end yet."""
    if not parsed.problems:
        return True
    wrong, end = parsed.problems[0], len(line.rstrip())
    if _is_open(wrong):
        return wrong.end >= end
    last = re.search(r"\S*$", line[:end])
    word = last[0].casefold() if last else ""
    if wrong.end < end or wrong.code == "day_over" or not word or len(word) > _LONGEST:
        return False
    if wrong.code in _ROOMS and _begins_room(word, wrong, parsed, house):
        return True
    done, small = len(line) > end, _with_rooms_of(line, house)
    return any(_mends(line + more, wrong, small) for more in (_BEHIND_TIME if done else _more(word, house)))


def _with_rooms_of(line: str, house: House) -> House:
    """The house with the rooms alone that the line can name: it is read many times over."""
    typed = line.casefold()
    return replace(house, rooms=tuple(room for room in house.rooms if room.casefold() in typed))


def _is_open(one: Saying) -> bool:
    return one.code.endswith("_missing") or one.code in _OPEN


def _mends(line: str, wrong: Saying, house: House) -> bool:
    """Whether nothing is wrong any more from that place on, but what is still missing."""
    return all(_is_open(one) or one.end <= wrong.start for one in parse(line, house).problems)


def _begins_room(word: str, wrong: Saying, parsed: Parsed, house: House) -> bool:
    """Whether a room begins so, or what can be done where that was not said."""
    edge = re.split(r"[,:]", word)[-1]
    if any(room.casefold().startswith(edge) for room in house.rooms):
        return True
    verbs = (*VERBS, *OWN_VERBS.get(house.tongue, ()))
    said = any(part.kind == "verb" for part in parsed.parts)
    return not said and word == edge and any(verb.startswith(word) for verb in verbs)


def _more(word: str, house: House) -> Iterator[str]:
    """What may stand behind the last word to make it a known one."""
    if re.search(r"\d", word) or word == "+":
        yield from (_TIMES if word[0] == "+" else (*_TIMES, *_DATES))
        yield from ("-11-11",) if word.startswith("20") else ()
    edge = re.split(r"[,-]", word)[-1]
    for known in (*words_of(house.tongue), *KNOWN, *house.languages):
        if known.startswith(edge) and known != edge:
            yield known[len(edge) :]
        elif not known.isascii():  # written without blanks
            yield from (known[n:] for n in range(1, len(known)) if edge.endswith(known[:n]))
