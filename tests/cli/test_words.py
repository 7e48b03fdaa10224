"""How times are read and answers are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hotelbridge.commands.words import clean, long, table, wall_time
from hotelbridge.core.readback import span

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 23, 21, 20, 30, 400_000, tzinfo=UTC)  # 22:20:30 in Vienna


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("06:30", "2026-11-24T06:30:00"),
        ("0630", "2026-11-24T06:30:00"),
        ("6:30", "2026-11-24T06:30:00"),
        ("630", "2026-11-24T06:30:00"),
        ("23:00", "2026-11-23T23:00:00"),
        ("22:20", "2026-11-24T22:20:00"),  # just over: the next one is tomorrow
        ("22:20:31", "2026-11-23T22:20:31"),
        ("00:00", "2026-11-24T00:00:00"),
        ("2026-11-24T06:30", "2026-11-24T06:30:00"),
        ("2026-12-01 6:30", "2026-12-01T06:30:00"),
        ("2027-10-31T02:30+01:00", "2027-10-31T02:30:00+01:00"),  # comes twice: the API told which to choose
        ("2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+02:00"),
        ("2026-12-01T06:30:15", "2026-12-01T06:30:15"),
        ("+3m", "2026-11-23T22:23:31"),  # never earlier than asked
        ("+90s", "2026-11-23T22:22:01"),
        ("+1h30m", "2026-11-23T23:50:31"),
    ],
)
def test_a_time_means_the_next_moment_it_is_so_in_the_hotel(text: str, meant: str) -> None:
    assert wall_time(text, NOW, VIENNA) == meant


@pytest.mark.parametrize(
    "text", ["", "25:00", "6", "06:60", "tomorrow", "+", "+0s", "+99999999999h", "2026-02-30T06:30", "-3m"]
)
def test_what_is_no_time_is_refused_with_the_ways_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write 06:30"):
        wall_time(text, NOW, VIENNA)


def test_a_delay_across_the_end_of_summer_time_counts_real_hours() -> None:
    evening = datetime(2026, 10, 25, 0, 30, tzinfo=VIENNA)
    assert wall_time("+4h", evening, VIENNA) == "2026-10-25T03:30:00"


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
