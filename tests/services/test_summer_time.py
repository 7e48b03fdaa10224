"""The two nights of the year on which the clocks are changed: the property's wall clock decides."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotelbridge.core.records import WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.orderviews import BookingRequest
from hotelbridge.services.views import WakeupView
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import DESK, Evening

VIENNA, LORD_HOWE, SANTIAGO = "Europe/Vienna", "Australia/Lord_Howe", "America/Santiago"
ELSEWHERE = "America/New_York"  # where the server believes to be

Open = Callable[[str, datetime], Evening]


@pytest.fixture
def zone_of_the_server() -> Iterator[str]:
    """The process's own zone, which must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = ELSEWHERE
    time.tzset()
    yield ELSEWHERE
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def hotel_in(zone_of_the_server: str, tmp_path: Path) -> Iterator[Open]:
    """A hotel in some zone, from some instant on."""
    opened: list[Evening] = []

    def open_one(zone: str, begins: datetime) -> Evening:
        opened.append(Evening(tmp_path, begins=begins, zone=zone))
        return opened[-1]

    yield open_one
    for hotel in opened:
        hotel.stop()


def booked(hotel: Evening, room: str, at: str) -> WakeupView:
    hotel.phone(room, Answers())
    request = BookingRequest(room=room, at=at)
    return hotel._result(hotel.daemon.desk.book("main", request, DESK))  # type: ignore[no-any-return]


def refused(hotel: Evening, at: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        booked(hotel, "110", at)
    return refusal.value


def rang_at(hotel: Evening, room: str) -> list[str]:
    """When a phone was called, in UTC."""
    return [f"{ring.connect_at:%d %H:%M:%S}" for ring in hotel.om.rings if ring.phone == room]


def wakes(hotel: Evening, times: dict[str, str], hours: float) -> None:
    """Each of these local times rings once, at that instant (day and time in UTC)."""
    rooms = dict(zip(times, ("212", "213", "111", "112", "113", "114"), strict=False))
    made = {at: booked(hotel, room, at) for at, room in rooms.items()}
    hotel.advance(hours * 3600)
    for at, instant in times.items():
        assert rang_at(hotel, rooms[at]) == [instant], at
        shown = hotel.wakeup(made[at].id)
        assert shown.state == WakeupState.WOKEN and shown.late is None
        assert shown.local == at[:16] + ":00"


def test_around_the_missing_hour_in_vienna(hotel_in: Open) -> None:
    """Promise 1: 02:00 to 03:00 of 2027-03-28 do not exist; the minutes beside them ring in their order."""
    hotel = hotel_in(VIENNA, datetime(2027, 3, 28, 0, 50, tzinfo=UTC))
    refusal = refused(hotel, "2027-03-28T02:00")
    assert refusal.code == "no_such_local_time" and "03:00" in refusal.sentence
    assert refusal.facts["instead"] == "2027-03-28T03:00:00+02:00"
    assert refused(hotel, "2027-03-28T02:59").code == "no_such_local_time"
    wakes(
        hotel,
        {
            "2027-03-28T01:59": "28 00:59:00",
            "2027-03-28T03:00": "28 01:00:00",
            "2027-03-28T03:20": "28 01:20:00",
        },
        0.6,
    )


def test_around_the_doubled_hour_in_vienna(hotel_in: Open) -> None:
    """Promise 1: 02:00 to 03:00 of 2026-10-25 come twice; whoever can read is asked which one is meant."""
    hotel = hotel_in(VIENNA, datetime(2026, 10, 24, 23, 50, tzinfo=UTC))
    refusal = refused(hotel, "2026-10-25T02:30")
    assert refusal.code == "ambiguous_local_time"
    assert refusal.facts["choices"] == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
    assert refused(hotel, "2026-10-25T02:00").code == "ambiguous_local_time"
    assert refused(hotel, "2026-10-25T02:59").code == "ambiguous_local_time"
    wakes(
        hotel,
        {
            "2026-10-25T01:59": "24 23:59:00",
            "2026-10-25T02:30+02:00": "25 00:30:00",
            "2026-10-25T02:30:00+01:00": "25 01:30:00",
            "2026-10-25T03:00": "25 02:00:00",
        },
        2.3,
    )


def test_around_a_jump_of_half_an_hour(hotel_in: Open) -> None:
    """Promise 1: on Lord Howe Island 02:00 becomes 02:30 on 2026-10-04."""
    hotel = hotel_in(LORD_HOWE, datetime(2026, 10, 3, 15, 20, tzinfo=UTC))
    assert refused(hotel, "2026-10-04T02:00").facts["instead"] == "2026-10-04T02:30:00+11:00"
    assert refused(hotel, "2026-10-04T02:29").code == "no_such_local_time"
    wakes(
        hotel,
        {
            "2026-10-04T01:59": "03 15:29:00",
            "2026-10-04T02:30": "03 15:30:00",
        },
        0.3,
    )


def test_around_a_doubled_half_hour(hotel_in: Open) -> None:
    """Promise 1: on Lord Howe Island 02:00 becomes 01:30 again on 2027-04-04."""
    hotel = hotel_in(LORD_HOWE, datetime(2027, 4, 3, 14, 20, tzinfo=UTC))
    assert refused(hotel, "2027-04-04T01:30").code == "ambiguous_local_time"
    wakes(
        hotel,
        {
            "2027-04-04T01:29": "03 14:29:00",
            "2027-04-04T01:45+11:00": "03 14:45:00",
            "2027-04-04T01:45+10:30": "03 15:15:00",
            "2027-04-04T02:00": "03 15:30:00",
        },
        1.3,
    )


def test_around_midnight_where_the_day_begins_at_one(hotel_in: Open) -> None:
    """Promise 1: in Santiago, south of the equator, 2026-09-06 has no 00:30 and begins at 01:00."""
    hotel = hotel_in(SANTIAGO, datetime(2026, 9, 6, 3, 50, tzinfo=UTC))
    assert refused(hotel, "2026-09-06T00:00").facts["instead"] == "2026-09-06T01:00:00-03:00"
    wakes(
        hotel,
        {
            "2026-09-05T23:59": "06 03:59:00",
            "2026-09-06T01:00": "06 04:00:00",
        },
        0.3,
    )


def test_around_the_hour_before_midnight_that_comes_twice(hotel_in: Open) -> None:
    """Promise 1: in Santiago 2027-04-03 has 25 hours; its 23:30 comes twice, midnight once."""
    hotel = hotel_in(SANTIAGO, datetime(2027, 4, 4, 1, 50, tzinfo=UTC))
    assert refused(hotel, "2027-04-03T23:30").code == "ambiguous_local_time"
    wakes(
        hotel,
        {
            "2027-04-03T22:59": "04 01:59:00",
            "2027-04-03T23:30-03:00": "04 02:30:00",
            "2027-04-03T23:30-04:00": "04 03:30:00",
            "2027-04-04T00:00": "04 04:00:00",
        },
        2.3,
    )


def test_a_ladder_across_the_change_keeps_its_gaps(hotel_in: Open) -> None:
    """R2: gaps run from start to start, in time that goes by and not on the wall."""
    hotel = hotel_in(VIENNA, datetime(2027, 3, 28, 0, 50, tzinfo=UTC))
    booked(hotel, "212", "2027-03-28T01:59")
    hotel.phone("212", NoAnswer())
    hotel.advance(1500)
    assert rang_at(hotel, "212") == ["28 00:59:00", "28 01:01:00", "28 01:04:00"]


def test_a_change_of_the_clocks_is_no_step_of_the_clock(hotel_in: Open) -> None:
    """K1: what the hotel's clocks do is not what the server's clock does."""
    hotel = hotel_in(VIENNA, datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    hotel.advance(3600)
    assert hotel.open_alarms() == ()
