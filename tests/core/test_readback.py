"""What is read back to a guest."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hotelbridge.core.orders import WEEKDAYS
from hotelbridge.core.readback import every, said, until_of

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


def test_the_last_day_is_said_too() -> None:
    assert until_of("2026-12-04") == " until Friday 4 December"
    assert until_of(None) == ""
