"""The reports as they are asked for: hours and days in the hotel's own time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hotelbridge.services.reportviews import ForecastQuery, Period, PunctualityQuery

from .far_end import House

MAIN = "/properties/main"


def test_a_forecast_reads_wall_times_in_the_hotels_zone(house: House) -> None:
    reply = house.call("GET", f"{MAIN}/forecast?from=2026-11-24T06:00&to=2026-11-24", token="t-view")
    assert reply.json["items"][0]["start"] == "2026-11-24T06:30:00+01:00"
    assert house.desk.asked[-1][2] == ForecastQuery(
        datetime(2026, 11, 24, 5, tzinfo=UTC), datetime(2026, 11, 24, 23, tzinfo=UTC)
    )
    house.call("GET", f"{MAIN}/forecast")
    assert house.desk.asked[-1][2] == ForecastQuery()


def test_punctuality_is_asked_by_days_of_the_hotel(house: House) -> None:
    reply = house.call("GET", f"{MAIN}/punctuality?from=2026-11-01&to=2026-11-30&by=month", token="t-view")
    assert reply.json["items"][0]["on_time"] == 9
    assert reply.json["total"]["period"] == ""
    assert house.desk.asked[-1][2] == PunctualityQuery(date(2026, 11, 1), date(2026, 11, 30), Period.MONTH)


@pytest.mark.parametrize("query", ["by=week", "from=2026-11-24T06:00", "to=31.12.2026", "limit=5"])
def test_a_report_that_cannot_be_made_is_refused_in_words(house: House, query: str) -> None:
    reply = house.call("GET", f"{MAIN}/punctuality?{query}")
    assert (reply.status, reply.code) == (422, "invalid_query")
