"""The desk types its line in its own language, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.deskdialect import WORDS, english
from hotelbridge.core.deskline import House, parse
from hotelbridge.core.deskoptions import KNOWN

HOUSE = House(("110", "111", "214", "mo"), datetime(2026, 11, 28, 17, tzinfo=UTC), ZoneInfo("Europe/Vienna"))
TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("tongue", "own", "same"),
    [
        ("de", "214 0630 täglich bis fr", "214 0630 daily until fri"),
        ("de", "w 110,111 6:30 mo-fr klopfen", "w 110,111 6:30 mon-fri knock"),
        ("de", "214 0630 Mo,Mi wieder 10", "214 0630 mon,wed again 10"),
        ("de", "214 0630 jeden tag", "214 0630 every day"),
        ("de", "214 0630 5.12. : taxi bis mo", "214 0630 2026-12-05 : taxi bis mo"),
        ("de", "214 0630 5.1.", "214 0630 2027-01-05"),
        ("de", "214 0630 1.2.2027", "214 0630 2027-02-01"),
        ("de", "214 6.30 morgen", "214 6.30 tomorrow"),
        ("de", "214 0630 fr", "214 0630 fri"),
        ("de", "214 0630 sprache fr", "214 0630 lang fr"),
        ("de", "mo 0630 mo", "mo 0630 mon"),  # a room of that name stays one
        ("zh", "214 0630 每天 到 周五", "214 0630 daily until fri"),
        ("zh", "214 0630 明天 敲门", "214 0630 tomorrow knock"),
        ("zh", "214 0630 12月5日", "214 0630 2026-12-05"),
        ("zh", "214 0630 星期一,星期三", "214 0630 mon,wed"),
    ],
)  # fmt: skip
def test_a_line_is_read_in_the_language_of_the_desk(tongue: str, own: str, same: str) -> None:
    read, wanted = parse(own, replace(HOUSE, tongue=tongue)).command, parse(same, HOUSE).command
    assert wanted is not None and read == wanted


def test_the_words_of_a_language_are_known_on_its_own_pages_alone() -> None:
    french = parse("214 0630 fr", HOUSE).command
    assert getattr(french, "language", "") == "fr"
    assert parse("214 0630 täglich", HOUSE).command is None


def test_what_is_wrong_is_shown_where_it_stands_in_the_line_as_typed() -> None:
    line = "214 0630 täglich bis nie"
    (wrong,) = parse(line, replace(HOUSE, tongue="de")).problems
    assert line[wrong.start : wrong.end] == "nie"


@pytest.mark.parametrize("tongue", WORDS)
def test_each_word_stands_for_one_that_the_line_knows(tongue: str) -> None:
    known = {*KNOWN, "day", *"mon tue wed thu fri sat sun".split()}
    assert set(WORDS[tongue].values()) <= known
    assert all(word == word.casefold() for word in WORDS[tongue])


@pytest.mark.parametrize(
    ("word", "same"), [("31.2.", "31.2."), ("29.2.", "2028-02-29"), ("5.12.27", "2027-12-05")]
)
def test_a_date_that_never_is_stays_as_it_was_typed(word: str, same: str) -> None:
    assert english(word, "de", TODAY) == same


@given(st.text(max_size=60), st.sampled_from(["", "de", "zh", "xx"]))
def test_whatever_is_typed_in_whatever_language_is_read(line: str, tongue: str) -> None:
    parse(line, replace(HOUSE, tongue=tongue))
    parse(f"214 0630 {line}", replace(HOUSE, tongue=tongue))
