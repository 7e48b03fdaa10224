"""What stands in a line that is typed to the simulated PMS: words, details of a guest, times, answers."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta

from hotelbridge_fias.records import parse_date, parse_time
from hotelbridge_fias.simulator_habits import Answer

NAMES = {
    **{"name": "GN", "first": "GF", "title": "GT", "language": "GL", "vip": "GV", "group": "GG"},
    **{"class": "CS", "arrival": "GA", "departure": "GD", "nopost": "NP", "dnd": "DN", "lamp": "ML"},
}
LONG = "Posting successful. Interface transaction number/s - " + ",".join(str(7507448 + n) for n in range(40))
ANSWERS: dict[str, Answer] = {
    "none": Answer(times=0),
    "lost": Answer(times=0, booked=False),
    "twice": Answer(times=2),
    "nonumber": Answer(numbered=False),
    "long": Answer(text=LONG),
    "drop": Answer(drop="before"),
    "drop-after": Answer(drop="after"),
}
CODES = "OK NG NP NA RY UR BY NR DE FX DN IA CO DM NF NM BM CD AA AN".split()


def words_of(line: str) -> list[str]:
    """Its words, those in quotation marks as one; none of a line that begins with `#`. Raises ValueError."""
    if line.lstrip().startswith("#"):  # only there: G# is a field
        return []
    try:
        return shlex.split(line)
    except ValueError as error:
        raise ValueError("a quotation mark is opened and not closed") from error


def details_of(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The plain words, and `name=value` by field. Raises ValueError."""
    plain, details = [], {}
    for word in words:
        match = re.fullmatch(r"([A-Za-z0-9#+$]+)=(.*)", word, re.DOTALL)
        if match is None:
            plain.append(word)
            continue
        id = NAMES.get(match[1].lower(), match[1].upper())
        if len(id) != 2:
            known = ", ".join(NAMES)
            raise ValueError(f"{match[1]} is not known: write {known}, or a field's two letters")
        if id in ("RN", "RO", "GS", "G#", "SF"):
            raise ValueError(f"{id} comes by itself")
        details[id] = match[2].upper() if id in ("DN", "ML", "NP") else match[2]
    return plain, details


def answer_of(words: Sequence[str]) -> Answer:
    """What a posting is to meet. Raises ValueError, and IndexError where a number of seconds is missing."""
    word, text = words[0].lower(), " ".join(words[1:])
    if word == "late":
        return Answer(after=seconds_of(words[1]))
    if word in ANSWERS:
        return ANSWERS[word]
    if word.upper() in CODES:
        return Answer(word.upper(), text)
    raise ValueError(f"{words[0]} is no answer: write {' | '.join(['late 5', *ANSWERS])}, or one of {CODES}")


def one_of(word: str, known: Sequence[str]) -> str:
    """The word, if it is one of those. Raises ValueError."""
    if word not in known:
        raise ValueError(f"{word} is not known: write {' or '.join(known)}")
    return word


def seconds_of(word: str) -> float:
    """`5`, `+30` or `0.5s`. Raises ValueError."""
    match = re.fullmatch(r"\+?([0-9]{1,6}(?:\.[0-9]+)?)s?", word)
    if match is None:
        raise ValueError(f"{word} is no number of seconds: write 5, or +30 after at")
    return float(match[1])


def word_at(words: Sequence[str], place: int) -> str:
    """The word there, or ""."""
    return words[place] if len(words) > place else ""


def moment_of(words: Sequence[str], now: datetime) -> datetime:
    """`0630`, `063015` or `now`: the next such time on the hotel's clocks, or that of a day `261124`.

    Raises ValueError, and IndexError without any word."""
    now = now.replace(microsecond=0)
    if words[0] == "now":
        return now
    at = parse_time(words[0].replace(":", ""))
    if at is None:
        raise ValueError(f"{words[0]} is no time: write it like 0630, 063015 or now")
    if len(words) > 1:
        day = parse_date(words[1])
        if day is None:
            raise ValueError(f"{words[1]} is no date: write it like 261124")
        return datetime.combine(day, at)
    next_one = datetime.combine(now.date(), at)
    return next_one if next_one >= now else next_one + timedelta(days=1)
