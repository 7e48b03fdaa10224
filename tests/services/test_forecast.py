"""What the desk is told of the hours to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hotelbridge.core.records import Outcome, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.forecast import forecast
from hotelbridge.services.reportviews import ForecastQuery, ForecastView, QuarterForecast

from .bookings import DUE, NOW, Bookings

FULL = 8 * 13  # rooms that eight calls can ring within five minutes


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Bookings]:
    house = Bookings(tmp_path, rooms=320, calls=8)
    yield house
    house.close()


def seen(hotel: Bookings, start: datetime | None = None, end: datetime | None = None) -> ForecastView:
    return hotel.do(lambda tx: forecast(tx, hotel.rules, ForecastQuery(start, end), hotel.now))


def quarter(hotel: Bookings, local: str) -> QuarterForecast:
    (found,) = (one for one in seen(hotel).items if f"{one.start:%H:%M}" == local)
    return found


def test_the_next_day_comes_in_quarters_of_an_hour_of_the_hotels_time(hotel: Bookings) -> None:
    hotel.now = NOW + timedelta(minutes=7, seconds=3)
    items = seen(hotel).items
    assert len(items) == 97  # from the quarter that has begun
    assert items[0].start.isoformat() == "2026-11-23T20:00:00+01:00"
    assert items[-1].start.isoformat() == "2026-11-24T20:00:00+01:00"
    assert {(one.due, one.calls, one.delay, one.full) for one in items} == {(0, 0, 0.0, False)}


def test_a_peak_shows_its_rooms_its_calls_its_capacity_and_its_latest_ring(hotel: Bookings) -> None:
    hotel.already(range(1, 41))
    hotel.already(["suite", "annex"], DUE + timedelta(minutes=1))
    peak = quarter(hotel, "06:30")
    assert peak.due == 42
    assert [one.device for one in peak.devices] == ["om20", "om30"]
    here, there = peak.devices
    assert (here.due, here.capacity, here.delay, here.full) == (41, 8 * 36, 100.0, False)
    assert here.calls >= 40 + 3 + 8  # a fifth rings again
    assert (there.due, there.calls, there.delay) == (1, 1, 0.0)
    assert (peak.delay, peak.full) == (100.0, False)
    assert quarter(hotel, "06:15").due == 0


def test_a_quarter_is_full_when_one_more_would_be_refused(hotel: Bookings) -> None:
    hotel.already(range(1, FULL))
    assert not quarter(hotel, "06:30").full
    hotel.book("200", "06:30")
    peak = quarter(hotel, "06:30")
    assert peak.full and peak.devices[0].full and not peak.devices[1].full
    with pytest.raises(Refusal, match="06:30 already has 104"):
        hotel.book("201", "06:30")


def test_what_waits_from_an_earlier_quarter_delays_the_next(hotel: Bookings) -> None:
    hotel.already(range(1, FULL + 1), DUE - timedelta(minutes=1))
    hotel.already(["200"])
    assert quarter(hotel, "06:30").delay == 13 * 25 - 60


def test_a_forecast_goes_on_from_now_whatever_was_asked(hotel: Bookings) -> None:
    hotel.now = DUE
    hotel.already(range(1, 5), DUE - timedelta(hours=2), state=WakeupState.WOKEN)
    items = seen(hotel, DUE - timedelta(hours=3), DUE + timedelta(minutes=20)).items
    assert [f"{one.start:%H:%M}" for one in items] == ["06:30", "06:45"]


def test_the_capacity_follows_what_calls_were_like(hotel: Bookings) -> None:
    for old in hotel.already(range(1, 31), NOW - timedelta(hours=3), state=WakeupState.WOKEN):
        hotel.rang(old, old.due, 50, Outcome.ANSWERED)
    assert quarter(hotel, "06:30").devices[0].capacity == 8 * 18


def test_a_range_must_be_one_and_not_too_long(hotel: Bookings) -> None:
    for start, end, code in (
        (DUE, DUE - timedelta(hours=1), "range_backwards"),
        (None, NOW - timedelta(hours=1), "range_backwards"),
        (None, NOW + timedelta(days=30), "range_too_long"),
    ):
        with pytest.raises(Refusal) as caught:
            seen(hotel, start, end)
        assert caught.value.code == code
    assert len(seen(hotel, None, NOW + timedelta(days=8)).items) == 8 * 96
