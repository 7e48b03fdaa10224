"""What an order asks for: rooms as people write them, days, and the wake-ups of one day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.localtime import Turn
from hotelbridge.core.orders import (
    WEEKDAYS,
    NoSuchRooms,
    days_between,
    first_day,
    holds,
    of_day,
    offered,
    read_rooms,
    weekdays,
)
from hotelbridge.core.records import Order, Proof

VIENNA = ZoneInfo("Europe/Vienna")
TUESDAY = date(2026, 11, 24)
HOUSE = ("110", "111", "112A", "115", "120", "120A", "9", "0121", "A110", "A111", "garden", "suite", "tower")
ORDER = Order(
    id=1,
    property="main",
    rooms=("110", "111"),
    local="2026-11-24T06:30:00",
    note="",
    language="",
    proof=Proof.ANSWER,
    created_at=datetime(2026, 11, 24, tzinfo=UTC),
    created_by="anna",
    origin="test",
)
DAILY = replace(ORDER, days=WEEKDAYS)


# --- days ---


def test_chosen_weekdays_hold_on_their_days_from_the_first_to_the_last_inclusive() -> None:
    """B1: an order holds on its days until its last one."""
    order = replace(ORDER, days=("tue", "thu"), until="2026-12-03")
    days = list(days_between(order, TUESDAY - timedelta(days=9), date(2027, 1, 1)))
    assert [day.isoformat() for day in days] == ["2026-11-24", "2026-11-26", "2026-12-01", "2026-12-03"]


def test_all_seven_weekdays_are_every_day() -> None:
    """B1: days."""
    assert len(list(days_between(DAILY, TUESDAY, TUESDAY + timedelta(days=10)))) == 10


def test_weekdays_are_put_in_order_and_a_strange_one_is_named() -> None:
    assert weekdays(["fri", "mon", "fri"]) == ("mon", "fri")
    with pytest.raises(ValueError, match="montag: write weekdays as mon, tue"):
        weekdays(["montag", "tue"])


@given(st.sets(st.sampled_from(WEEKDAYS)), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_the_first_day_is_the_nearest_one_that_holds(days: set[str], asked: date) -> None:
    found = first_day(weekdays(days), asked)
    assert holds(weekdays(days), found)
    assert not any(holds(weekdays(days), asked + timedelta(days=n)) for n in range((found - asked).days))


# --- the wake-ups of one day ---


def test_a_day_has_one_wake_up_for_each_room() -> None:
    """B1: one per room and day."""
    planned = of_day(ORDER, TUESDAY, VIENNA)
    assert [one.room for one in planned] == ["110", "111"]
    assert {(one.local, one.due, one.follow_up) for one in planned} == {
        ("2026-11-24T06:30:00", datetime(2026, 11, 24, 5, 30, tzinfo=UTC), False)
    }


def test_a_follow_up_is_a_further_wake_up_so_many_minutes_later() -> None:
    """B1: a follow-up is a further wake-up."""
    planned = of_day(replace(ORDER, follow_up=10), TUESDAY, VIENNA)
    assert [(one.room, one.local[11:16], one.follow_up) for one in planned] == [
        ("110", "06:30", False),
        ("111", "06:30", False),
        ("110", "06:40", True),
        ("111", "06:40", True),
    ]


def test_a_standing_order_rings_at_the_jump_in_the_night_that_skips_its_hour() -> None:
    """B1, B2: nobody can be asked about the missing hour."""
    order = replace(DAILY, local="2027-03-27T02:30:00", rooms=("110",), follow_up=15)
    main, later = of_day(order, date(2027, 3, 28), VIENNA)
    assert (main.local, main.turn) == ("2027-03-28T03:00:00", Turn.AT_THE_JUMP)
    assert main.due == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert later.local == "2027-03-28T03:15:00"


def test_a_standing_order_rings_at_the_first_pass_of_the_doubled_hour() -> None:
    """B1, B2: nobody can be asked about the doubled hour."""
    order = replace(DAILY, local="2026-10-20T02:50:00", rooms=("110",), follow_up=20)
    main, later = of_day(order, date(2026, 10, 25), VIENNA)
    assert (main.due, main.turn) == (datetime(2026, 10, 25, 0, 50, tzinfo=UTC), Turn.FIRST_PASS)
    assert (later.due, later.local) == (datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "2026-10-25T02:10:00")


@given(st.dates(date(2025, 1, 1), date(2030, 1, 1)), st.times(), st.integers(1, 120))
def test_every_day_of_a_standing_order_has_its_wake_ups(day: date, at: time, later: int) -> None:
    """B1: no day is left out, whatever the clocks do."""
    local = f"2025-01-01T{at.replace(microsecond=0).isoformat()}"
    main, again = of_day(replace(DAILY, local=local, rooms=("110",), follow_up=later), day, VIENNA)
    assert main.due.astimezone(VIENNA).date() == day
    assert again.due - main.due == timedelta(minutes=later)


# --- which day ---


def at(local: str, zone: ZoneInfo = VIENNA) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)


def test_a_time_without_a_date_is_its_next_occurrence() -> None:
    """B4."""
    assert offered((), time(6, 30), VIENNA, at("2026-11-23T22:20")) == (TUESDAY,)
    assert offered((), time(23, 0), VIENNA, at("2026-11-24T22:20")) == (TUESDAY,)
    assert offered((), time(6, 30), VIENNA, at("2026-11-24T06:30")) == (TUESDAY + timedelta(days=1),)


def test_in_the_small_hours_both_days_are_offered_the_nearer_first() -> None:
    """B4."""
    both = (TUESDAY, TUESDAY + timedelta(days=1))
    assert offered((), time(6, 30), VIENNA, at("2026-11-24T00:00")) == both
    assert offered((), time(6, 30), VIENNA, at("2026-11-24T03:59:59")) == both
    assert offered((), time(6, 30), VIENNA, at("2026-11-24T04:00")) == both[:1]


def test_in_the_small_hours_a_time_that_is_over_today_has_only_one_meaning() -> None:
    """B4: offered only where it is ambiguous."""
    assert offered((), time(0, 30), VIENNA, at("2026-11-24T01:10")) == (TUESDAY + timedelta(days=1),)


def test_of_chosen_weekdays_only_those_are_offered() -> None:
    """B4: an order for Tuesdays cannot begin on a Wednesday."""
    now = at("2026-11-24T01:10")
    assert offered(("tue",), time(6, 30), VIENNA, now) == (TUESDAY,)
    assert offered(("mon", "fri"), time(6, 30), VIENNA, now) == (date(2026, 11, 27),)
    assert offered(("tue", "wed"), time(6, 30), VIENNA, now) == (TUESDAY, TUESDAY + timedelta(days=1))


def test_the_second_pass_of_the_doubled_hour_is_still_to_come_while_the_first_is_over() -> None:
    now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45 for the first time
    assert offered((), time(2, 30), VIENNA, now)[0] == date(2026, 10, 25)


# --- rooms ---


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("110", "110"),
        (" 110 , 111,110", "110 111"),
        ("110:120", "110 111 112A 115 120"),  # 120A comes behind 120
        ("111:115,suite", "111 112A 115 suite"),
        ("9:111", "110 111 9"),
        ("110:0121", "110 111 112A 115 120 120A 0121"),
        ("A110:A111", "A110 A111"),
        ("garden:tower", "garden suite tower"),
        ("120A:A110", "120A 9 0121 A110"),  # not of one kind: as the house lists them
    ],
)
def test_rooms_are_read_as_people_write_them(text: str, rooms: str) -> None:
    """B1: room or rooms."""
    assert read_rooms([text], HOUSE) == tuple(rooms.split())


def test_every_room_that_is_not_there_is_named() -> None:
    """B1: a room that does not exist is named in the refusal."""
    with pytest.raises(NoSuchRooms, match=r"x\.\.\. is too long"):
        read_rooms(["x" * 80], HOUSE)
    with pytest.raises(NoSuchRooms) as refusal:
        read_rooms(["110,119", "garden:attic", "", "500:600", "120:110", "119"], HOUSE)
    assert refusal.value.reasons == (
        ("119", "There is no room 119."),
        ("garden:attic", "There is no room attic."),
        ("", "A room is missing between two commas."),
        ("500:600", "There is no room 500. The nearest is 0121. There is no room 600. The nearest is 0121."),
        ("120:110", "There are no rooms from 120 to 110. Write it 110:120."),
    )


@pytest.mark.parametrize("text", ["110:111:115", "110:", ":115", ":", "110::115", "110:115:"])
def test_a_range_needs_two_ends_and_no_more(text: str) -> None:
    """B1: a range that was mistyped is never booked as another one."""
    with pytest.raises(NoSuchRooms, match=f"{text} is not a range of rooms: write its first and its last"):
        read_rooms([text], HOUSE)


@pytest.mark.parametrize("text", ["110:115-120", "110:115.", "110:115;120"])
def test_an_end_of_a_range_is_a_number_with_letters_at_most(text: str) -> None:
    with pytest.raises(NoSuchRooms, match="There is no room 115"):
        read_rooms([text], HOUSE)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("110-120", "There is no room 110-120. Write a range as 110:120."),
        ("garden-tower", "There is no room garden-tower. Write a range as garden:tower."),
        ("500-600", "There is no room 500-600."),
        ("Suite", "There is no room Suite. Did you mean suite?"),
        ("a111", "There is no room a111. Did you mean A111?"),
        ("0110", "There is no room 0110. Did you mean 110?"),
        ("119", "There is no room 119."),  # as like 110 as 115
        ("110:1115", "There is no room 1115. Did you mean 115?"),
        ("115:119", "There is no room 119. The nearest is 120."),
        ("110:A999", "There is no room A999. The nearest is A111."),
        ("gardn:suite", "There is no room gardn. Did you mean garden?"),
    ],
)
def test_a_room_that_was_mistyped_comes_with_the_one_that_may_be_meant(text: str, advice: str) -> None:
    with pytest.raises(NoSuchRooms) as refusal:
        read_rooms([text], HOUSE)
    assert refusal.value.reasons == ((text, advice),)
