"""What callers may ask of the reports: query strings as pydantic models, form only."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from pydantic import Field

from hotelbridge.services.reportviews import ForecastQuery, Period, PunctualityQuery
from hotelbridge.web.bodies import Date, Form, Moment, instant


class ForecastForm(Form):
    """Which stretch of time: `from` inclusive, `to` exclusive; a plain date in `to` is all that day."""

    from_: Moment | None = Field(None, alias="from")
    to: Moment | None = None

    def query(self, zone: ZoneInfo) -> ForecastQuery:
        """The desk's query, wall times read in the hotel's zone."""
        start = None if self.from_ is None else instant(self.from_, zone)
        end = None if self.to is None else instant(self.to, zone, whole_day=True)
        return ForecastQuery(start, end)


class PunctualityForm(Form):
    """Which of the hotel's days, both inclusive, and what they are cut into."""

    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    by: Period = Period.DAY

    def query(self) -> PunctualityQuery:
        """The desk's query."""
        start = None if self.from_ is None else date.fromisoformat(self.from_)
        end = None if self.to is None else date.fromisoformat(self.to)
        return PunctualityQuery(start, end, self.by)
