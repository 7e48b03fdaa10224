"""How answers are shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hotelbridge.commands.words import clean, long, table
from hotelbridge.core.readback import span

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (42, "42 s"), (90, "1 min 30 s"), (18_600, "5 h 10 min"), (18_601, "5 h 10 min"),
     (3_599.6, "1 h"), (180_000, "2 d 2 h")],
)  # fmt: skip
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


def test_a_moment_is_read_back_with_its_weekday_and_without_idle_seconds() -> None:
    assert long(datetime(2026, 11, 4, 6, 30, tzinfo=VIENNA)) == "Wednesday 4 November 2026, 06:30"


def test_a_table_leaves_empty_columns_out_and_keeps_each_row_on_one_line() -> None:
    shown = table(("id", "late", "note"), [(1, None, "two\nlines"), (22, "", "x")])
    assert shown == "id  note\n1   two lines\n22  x"


def test_nothing_from_outside_can_steer_the_terminal() -> None:
    assert clean("a\x1b[2Jb\u202ec") == "a?[2Jb?c"
