"""Wall time and instants, with the two nights of the year on which that is a question."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.localtime import (
    AmbiguousLocalTime,
    NoSuchLocalTime,
    Turn,
    Unreadable,
    next_occurrence,
    occurrence,
    read_moment,
    read_time,
    resolve,
)

VIENNA = ZoneInfo("Europe/Vienna")


def test_an_ordinary_morning_is_one_instant() -> None:
    moment = read_moment("2026-11-24T06:30", VIENNA)
    assert moment.instant == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    assert moment.local == "2026-11-24T06:30:00"


def test_seconds_are_allowed() -> None:
    assert read_moment("2026-11-24T06:30:15", VIENNA).local == "2026-11-24T06:30:15"


def test_the_hour_that_summer_time_skips_is_refused_with_the_first_time_after_it() -> None:
    with pytest.raises(NoSuchLocalTime) as refusal:
        read_moment("2027-03-28T02:30", VIENNA)
    assert refusal.value.instead == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert "03:00" in str(refusal.value)


def test_the_hour_that_comes_twice_is_refused_with_both_choices() -> None:
    with pytest.raises(AmbiguousLocalTime) as refusal:
        read_moment("2026-10-25T02:30", VIENNA)
    assert [c.astimezone(UTC).hour for c in refusal.value.choices] == [0, 1]


def test_an_offset_picks_one_of_the_doubled_hours() -> None:
    first = read_moment("2026-10-25T02:30+02:00", VIENNA)
    second = read_moment("2026-10-25T02:30+01:00", VIENNA)
    assert (second.instant - first.instant).total_seconds() == 3600
    assert first.local == second.local


def test_an_offset_that_the_zone_does_not_have_is_refused() -> None:
    with pytest.raises(Unreadable):
        read_moment("2026-11-24T06:30+05:00", VIENNA)


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"])
def test_zones_with_odd_offsets_resolve_both_ways(zone: str) -> None:
    moment = resolve(date(2026, 7, 1), time(6, 45), ZoneInfo(zone))
    assert moment.instant.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "06:45"


def test_a_jump_of_half_an_hour_is_found_too() -> None:
    with pytest.raises(NoSuchLocalTime) as refusal:
        read_moment("2026-10-04T02:15", ZoneInfo("Australia/Lord_Howe"))
    assert refusal.value.instead.strftime("%H:%M") == "02:30"


@pytest.mark.parametrize("text", ["6:30", "06:30", "0630", "630", "6.30", "6:30a", "630am", "6.30 a.m."])
def test_times_are_read_as_people_type_them(text: str) -> None:
    assert read_time(text) == time(6, 30)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("6.30p", time(18, 30)), ("12:15a", time(0, 15)), ("12 pm", time(12)), ("6p", time(18))],
)
def test_a_time_may_name_its_half_of_the_day(text: str, meant: time) -> None:
    assert read_time(text) == meant


@pytest.mark.parametrize(
    "text", ["24:00", "6", "", "half six", "06:60", "12345", "13:30p", "0:30a", "6:3", "٦:٣٠"]
)
def test_what_is_no_time_of_day_says_so(text: str) -> None:
    with pytest.raises(Unreadable, match="like 06:30"):
        read_time(text)


def test_a_time_alone_is_its_next_occurrence() -> None:
    now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)  # 23:00 in Vienna
    assert next_occurrence(time(23, 30), VIENNA, now).local == "2026-11-24T23:30:00"
    assert next_occurrence(time(6, 30), VIENNA, now).local == "2026-11-25T06:30:00"
    assert next_occurrence(time(23, 0), VIENNA, now).local == "2026-11-25T23:00:00"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["Europe/Vienna", "UTC"]))
def test_every_wall_time_has_one_instant_or_says_why_not(wall: datetime, zone: str) -> None:
    tz = ZoneInfo(zone)
    try:
        moment = resolve(wall.date(), wall.time().replace(microsecond=0), tz)
    except (NoSuchLocalTime, AmbiguousLocalTime):
        return
    assert moment.instant.astimezone(tz).strftime("%Y-%m-%dT%H:%M:%S") == moment.local


def test_an_occurrence_on_an_ordinary_day_is_the_time_itself() -> None:
    found = occurrence(date(2026, 11, 24), time(6, 30), VIENNA)
    assert found == resolve(date(2026, 11, 24), time(6, 30), VIENNA)
    assert found.turn is None


@pytest.mark.parametrize(
    ("zone", "day", "asked", "rings", "instant"),
    [
        ("Europe/Vienna", date(2027, 3, 28), time(2, 0), "03:00", "01:00"),
        ("Europe/Vienna", date(2027, 3, 28), time(2, 59, 59), "03:00", "01:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "02:30", "15:30"),
        ("America/Santiago", date(2026, 9, 6), time(0, 30), "01:00", "04:00"),
    ],
)
def test_a_standing_order_in_the_missing_hour_rings_at_the_jump(
    zone: str, day: date, asked: time, rings: str, instant: str
) -> None:
    """B2: the missing hour of DST rings at the jump."""
    found = occurrence(day, asked, ZoneInfo(zone))
    assert found.turn is Turn.AT_THE_JUMP
    assert found.local == f"{day}T{rings}:00"
    assert found.instant.strftime("%H:%M") == instant


@pytest.mark.parametrize(
    ("zone", "day", "asked", "instant"),
    [
        ("Europe/Vienna", date(2026, 10, 25), time(2, 0), "00:00"),
        ("Europe/Vienna", date(2026, 10, 25), time(2, 59), "00:59"),
        ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 40), "14:40"),
        ("America/Santiago", date(2027, 4, 3), time(23, 30), "02:30"),
    ],
)
def test_a_standing_order_in_the_doubled_hour_rings_at_its_first_pass(
    zone: str, day: date, asked: time, instant: str
) -> None:
    """B2: the doubled hour of DST rings at its first pass."""
    found = occurrence(day, asked, ZoneInfo(zone))
    assert found.turn is Turn.FIRST_PASS
    assert found.local == f"{day}T{asked:%H:%M:%S}"
    assert found.instant.strftime("%H:%M") == instant
    assert found.instant.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (date(2027, 3, 28), time(1, 59, 59)),
        (date(2027, 3, 28), time(3, 0)),
        (date(2026, 10, 25), time(1, 59, 59)),
        (date(2026, 10, 25), time(3, 0)),
    ],
)
def test_the_minutes_beside_the_change_are_ordinary_ones(day: date, asked: time) -> None:
    """B2: only the missing and the doubled hour need a choice."""
    assert occurrence(day, asked, VIENNA).turn is None


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Europe/Vienna", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"]),
)
def test_every_occurrence_is_an_instant_at_which_the_clocks_show_what_it_says(
    wall: datetime, zone: str
) -> None:
    """B2: a standing order is never refused and never off the hotel's clocks."""
    found = occurrence(wall.date(), wall.time().replace(microsecond=0), ZoneInfo(zone))
    assert found.instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S") == found.local
