"""The desk types its line in its own language, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.deskdialect import VERBS, WORDS, english
from hotelbridge.core.deskline import VERBS as KEYS
from hotelbridge.core.deskline import House, parse
from hotelbridge.core.deskoptions import KNOWN
from hotelbridge.core.desktyping import may_be_mended

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
        ("de", "wach 214", "up 214"),
        ("de", "auf 214", "up 214"),
        ("de", "Storno 110", "x 110"),
        ("de", "stornieren 110 6 uhr", "x 110 06:00"),
        ("de", "weck 214 06.30 Uhr", "w 214 0630"),
        ("de", "zimmer 214", "? 214"),
        ("de", "6 uhr 214", "214 06:00"),
        ("de", "214 6 uhr 30 sonntags", "214 0630 every sun"),
        ("de", "214 18uhr montags,freitags", "214 1800 mon,fri"),
        ("de", "214 0630 übermorgen", "214 0630 2026-11-30"),
        ("de", "214 0630 täglich bis übermorgen", "214 0630 daily until 2026-11-30"),
        ("de", "214 0630 montag bis freitag", "214 0630 mon-fri"),
        ("de", "214 0630 täglich mo bis fr", "214 0630 daily mon until fri"),
        ("de", "214 0630 täglich bis 27.11.2027", "214 0630 daily until 2027-11-27"),
        ("zh", "起床 214", "up 214"),
        ("zh", "取消 110", "x 110"),
        ("zh", "取消110", "x 110"),
        ("zh", "叫醒 214 6点半", "w 214 0630"),
        ("zh", "110、111 6点30分", "110,111 0630"),
        ("zh", "110，111 18点", "110,111 1800"),
        ("zh", "214 0630 后天", "214 0630 2026-11-30"),
        ("zh", "214 0630 每周日", "214 0630 every sun"),
        ("zh", "214 0630 每天到周五", "214 0630 daily until fri"),
        ("zh", "214 0630 每天到12月5日", "214 0630 daily until 2026-12-05"),
        ("zh", "214 0630 周一至周五", "214 0630 mon-fri"),
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


def test_a_verb_of_a_language_is_known_on_its_own_pages_alone() -> None:
    assert parse("storno 110", HOUSE).command is None
    assert {meant for words in VERBS.values() for meant in words.values()} <= set(KEYS)


@pytest.mark.parametrize(
    ("tongue", "line", "code", "near"),
    [
        ("de", "214 0630 31.11.", "no_such_day", ""),
        ("de", "214 0630 täglich bis 30.2.", "no_such_day", ""),
        ("de", "214 0630 täglich bis 27.11.", "day_over", ""),
        ("zh", "214 0630 每天到11月27日", "day_over", ""),
        ("", "214 0630 2026-02-30", "no_such_day", ""),
        ("de", "214 0630 und", "not_understood", ""),
        ("de", "214 0630 kein", "not_understood", ""),
        ("de", "214 0630 0700 uhr", "said_twice", ""),
        ("de", "214 0630 morgn", "not_understood", "morgen"),
        ("de", "214 0630 täglich bis freitg", "not_a_day", "freitag"),
        ("de", "stornirn 214", "not_a_command", "stornieren"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_a_word_of_the_same_language(
    tongue: str, line: str, code: str, near: str
) -> None:
    wrong = parse(line, replace(HOUSE, tongue=tongue)).problems[0]
    assert (wrong.code, wrong.near) == (code, near)


def test_a_date_that_was_a_year_ago_is_over_only_for_some_weeks() -> None:
    january = replace(HOUSE, tongue="de", now=datetime(2027, 1, 5, 9, tzinfo=UTC))
    for line, code in (("bis 28.12.", "day_over"), ("bis 5.1.", ""), ("bis 1.8.", "")):
        problems = parse(f"214 0630 täglich {line}", january).problems
        assert [one.code for one in problems] == ([code] if code else []), line


@pytest.mark.parametrize(
    ("tongue", "line", "open"),
    [
        ("", "214 0630 tomo", True), ("", "214 0630 tomx", False), ("", "214 063", True),
        ("", "214 0675", False), ("", "214 +2", True), ("", "214 0630 until", True), ("", "214 ", True),
        ("", "21", True), ("", "110:1", True), ("", "29", False), ("", "canc", True), ("", "canx", False),
        ("", "214 0630 daily until 2026-1", True), ("", "214 0630 mon-", True), ("", "214 0630 tomo ", False),
        ("", "214 0630 again 0", True), ("", "219 0630", False),
        ("de", "214 0630 gestern", False), ("de", "214 0630 heu", True), ("de", "storn", True),
        ("de", "214 0630 jeden ta", True), ("de", "214 6 ", True), ("de", "214 0630 31.1", True),
        ("de", "214 0630 täglich bis 27.11.", False), ("zh", "214 0630 每天到周", True),
        ("zh", "214 0630 昨", False),
    ],
)  # fmt: skip
def test_the_last_word_is_wrong_as_soon_as_it_cannot_become_a_known_one(
    tongue: str, line: str, open: bool
) -> None:
    house = replace(HOUSE, tongue=tongue)
    assert may_be_mended(line, parse(line, house), house) == open


@pytest.mark.parametrize(
    ("word", "same"), [("31.2.", "31.2."), ("29.2.", "2028-02-29"), ("5.12.27", "2027-12-05")]
)
def test_a_date_that_never_is_stays_as_it_was_typed(word: str, same: str) -> None:
    assert english(word, "de", TODAY) == same


@given(st.text(max_size=60), st.sampled_from(["", "de", "zh", "xx"]))
def test_whatever_is_typed_in_whatever_language_is_read(line: str, tongue: str) -> None:
    house = replace(HOUSE, tongue=tongue)
    for whole in (line, f"214 0630 {line}", f"214 {line}"):
        may_be_mended(whole, parse(whole, house), house)


@given(st.sampled_from(["de", "zh"]), st.data())
def test_words_of_a_language_in_any_order_are_read_in_their_places(tongue: str, data: st.DataObject) -> None:
    words = [*WORDS[tongue], *VERBS[tongue], "6", "uhr", "点", "5.12.", "12月5日", "30", "214", "-", ","]
    typed = data.draw(st.lists(st.sampled_from(words), max_size=8))
    line = data.draw(st.sampled_from(["", " "])).join(typed)
    parsed = parse(line, replace(HOUSE, tongue=tongue))
    assert all(0 <= one.start <= one.end <= len(line) for one in parsed.problems)
    assert all(0 <= part.start < part.end <= len(line) for part in parsed.parts)
