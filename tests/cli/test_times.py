"""How times, days and weekdays are read as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hotelbridge.commands.times import WhichDay, asked_day, asked_days, asked_time

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 23, 21, 20, 30, 400_000, tzinfo=UTC)  # Monday, 22:20:30 in Vienna
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("06:30", {"time": "06:30:00"}),
        ("0630", {"time": "06:30:00"}),
        ("630", {"time": "06:30:00"}),
        ("6.30p", {"time": "18:30:00"}),
        ("22:20:31", {"time": "22:20:31"}),
        ("2026-11-24T06:30", {"at": "2026-11-24T06:30:00"}),
        ("2026-12-01 6:30", {"at": "2026-12-01T06:30:00"}),
        ("2026-12-01T06:30:15", {"at": "2026-12-01T06:30:15"}),
        ("2026-10-25T02:30+01:00", {"at": "2026-10-25T02:30:00+01:00"}),
        ("+3m", {"at": "2026-11-23T22:23:31"}),  # never earlier than asked
        ("+90s", {"at": "2026-11-23T22:22:01"}),
        ("+1h30m", {"at": "2026-11-23T23:50:31"}),
    ],
)
def test_a_time_alone_stays_alone_and_leaves_the_day_to_the_hotel(text: str, meant: dict[str, str]) -> None:
    """B4: the hotel says which day is meant, and asks where there are two."""
    assert asked_time(text, NOW, VIENNA) == meant


def test_a_day_typed_beside_a_time_is_sent_with_it() -> None:
    assert asked_time("630", NOW, VIENNA, "tomorrow") == {"time": "06:30:00", "date": "2026-11-24"}
    with pytest.raises(ValueError, match="write 06:30"):
        asked_time("+3m", NOW, VIENNA, "tomorrow")


@pytest.mark.parametrize(
    "text",
    ["", "25:00", "6", "06:60", "tomorrow", "+", "+0s", "+99999999999h", "2026-02-30T06:30", "-3m", "13:00p"],
)
def test_what_is_no_time_is_refused_with_the_ways_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write 06:30"):
        asked_time(text, NOW, VIENNA)


def test_a_delay_across_the_end_of_summer_time_counts_real_hours() -> None:
    evening = datetime(2026, 10, 25, 0, 30, tzinfo=VIENNA)
    assert asked_time("+4h", evening, VIENNA) == {"at": "2026-10-25T03:30:00"}


def test_a_delay_into_the_doubled_hour_names_which_of_the_two_it_is() -> None:
    evening = datetime(2026, 10, 25, 0, 30, tzinfo=VIENNA)
    assert asked_time("+2h", evening, VIENNA) == {"at": "2026-10-25T02:30:00+02:00"}
    assert asked_time("+3h", evening, VIENNA) == {"at": "2026-10-25T02:30:00+01:00"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("today", "2026-11-23"),
        ("Tomorrow", "2026-11-24"),
        ("fri", "2026-11-27"),
        ("monday", "2026-11-23"),  # a day that is looked at: today's
        ("2026-12-01", "2026-12-01"),
    ],
)
def test_a_day_is_read_as_people_type_it(text: str, meant: str) -> None:
    assert asked_day(text, MONDAY) == meant


def test_a_last_day_is_never_today_by_its_weekday() -> None:
    assert asked_day("mon", MONDAY, after=True) == "2026-11-30"
    assert asked_day("fri", MONDAY, after=True) == "2026-11-27"


@pytest.mark.parametrize(
    ("time", "day", "meant"),
    [
        ("23:30", "mon", "2026-11-23"),  # still to come
        ("22:20", "mon", "2026-11-30"),  # over
        ("6:30", "Tuesday", "2026-11-24"),
        ("6:30", "sun", "2026-11-29"),
    ],
)
def test_a_weekday_is_the_next_on_which_the_time_is_to_come(time: str, day: str, meant: str) -> None:
    assert asked_time(time, NOW, VIENNA, day)["date"] == meant


def test_in_the_small_hours_this_weekday_is_asked_about_with_both_days_offered() -> None:
    """B4: between 00:00 and 04:00 both days are offered."""
    night = datetime(2026, 11, 28, 1, 10, tzinfo=VIENNA)  # a Saturday
    with pytest.raises(WhichDay) as asked:
        asked_time("0630", night, VIENNA, "sat")
    assert str(asked.value) == (
        "It is 01:10: which Saturday is meant? Saturday 28 November 06:30, in 5 h 20 min; "
        "or Saturday 5 December 06:30, in 7 d 5 h. Say it with --date: today, or 2026-12-05."
    )
    assert asked_time("0030", night, VIENNA, "sat")["date"] == "2026-12-05"  # today's is over
    assert asked_time("0630", night, VIENNA, "sun")["date"] == "2026-11-29"
    assert asked_time("0630", night.replace(hour=4), VIENNA, "sat")["date"] == "2026-11-28"


@pytest.mark.parametrize("text", ["", "24.11.", "mo", "someday", "2026-02-30"])
def test_what_is_no_day_is_refused_with_the_ways_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-11-24"):
        asked_day(text, MONDAY)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("daily", "mon tue wed thu fri sat sun"),
        ("weekdays", "mon tue wed thu fri"),
        ("wed,mon", "mon wed"),
        ("Mon-Wednesday, sun", "mon tue wed sun"),
        ("fri-mon", "mon fri sat sun"),
    ],
)
def test_weekdays_are_read_as_people_type_them(text: str, meant: str) -> None:
    assert asked_days(text) == meant.split()


@pytest.mark.parametrize("text", ["", "month", "mon-", "mon,,tue", "often"])
def test_what_are_no_weekdays_is_refused_with_the_ways_to_write_them(text: str) -> None:
    with pytest.raises(ValueError, match="write daily"):
        asked_days(text)
