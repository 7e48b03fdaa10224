"""What is read back to a guest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hotelbridge.core.orders import WEEKDAYS
from hotelbridge.core.readback import every, said

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 24, 1, 20, tzinfo=VIENNA)


def test_a_moment_is_read_back_with_weekday_date_and_how_long_it_is() -> None:
    """B4."""
    assert (
        said(datetime(2026, 11, 24, 6, 30, tzinfo=VIENNA), NOW) == "Tuesday 24 November 06:30, in 5 h 10 min"
    )


def test_seconds_are_said_only_where_there_are_any() -> None:
    later = NOW + timedelta(hours=2, seconds=15)
    assert said(later, NOW) == "Tuesday 24 November 03:20:15, in 2 h"


def test_a_day_of_another_year_is_said_with_its_year() -> None:
    assert said(datetime(2027, 11, 24, 6, 30, tzinfo=VIENNA), NOW).startswith(
        "Wednesday 24 November 2027 06:30"
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (WEEKDAYS, "every day"),
        (WEEKDAYS[:5], "Monday to Friday"),
        (("sat", "sun"), "every Saturday and Sunday"),
        (("mon", "wed", "fri"), "every Monday, Wednesday and Friday"),
        (("tue",), "every Tuesday"),
    ],
)
def test_weekdays_are_said_as_people_say_them(days: tuple[str, ...], words: str) -> None:
    assert every(days) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (WEEKDAYS, "every day 06:30 until Friday 4 December"),
        (WEEKDAYS[:5], "Monday to Friday 06:30 until Friday 4 December"),
        (("sat", "sun"), "every Saturday and Sunday 06:30 until Friday 4 December"),
        (("tue",), "every Tuesday 06:30 until Friday 4 December"),
    ],
)
def test_the_time_and_the_last_day_are_said_too(days: tuple[str, ...], words: str) -> None:
    assert every(days, "06:30", "2026-12-04") == words
    assert every(days, "06:30") == words.removesuffix(" until Friday 4 December")
    assert every(days, until="2026-12-04") == words.replace(" 06:30", "")


def test_every_choice_of_weekdays_has_its_words() -> None:
    for chosen in range(1, 2 ** len(WEEKDAYS)):
        days = tuple(day for place, day in enumerate(WEEKDAYS) if chosen >> place & 1)
        assert every(days, "06:30") == f"{every(days)} 06:30"
        assert every(days, until="2026-12-04") == f"{every(days)} until Friday 4 December"


def test_a_last_day_that_is_far_away_is_said_with_its_year() -> None:
    today = date(2026, 11, 28)
    assert every(WEEKDAYS, until="2026-12-04", today=today) == "every day until Friday 4 December"
    assert every(WEEKDAYS, until="2027-11-27", today=today) == "every day until Saturday 27 November 2027"
