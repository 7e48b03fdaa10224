"""Reports at the desk's window: what a peak will be like, and how punctual the past was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Period(StrEnum):
    """What a report is cut into."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class ForecastQuery:
    """Which stretch of time; aware. None: from now on, and for a day."""

    from_: datetime | None = None
    to: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeviceForecast:
    """A quarter of an hour on one device."""

    device: str
    due: int  # wake-ups that take calls there
    calls: int  # wanted, with those that will probably ring again
    capacity: int  # calls it can make in a quarter of an hour, at the pace measured here
    delay: float  # seconds; the latest that a first ring is expected after it is due
    full: bool  # one more wake-up would be refused


@dataclass(frozen=True, slots=True)
class QuarterForecast:
    """A quarter of an hour: of all devices together, and of each."""

    start: datetime  # the hotel's time
    due: int
    calls: int
    capacity: int
    delay: float
    full: bool  # on one of the devices at least
    devices: tuple[DeviceForecast, ...]


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What is booked, as it is expected to ring; every quarter of an hour, empty ones too."""

    items: tuple[QuarterForecast, ...]
    promise: float  # seconds; a booking that would ring later is refused
    next: str | None = None


@dataclass(frozen=True, slots=True)
class PunctualityQuery:
    """Which local days, both inclusive, and how they are cut. None: thirty days, or twelve months."""

    from_: date | None = None
    to: date | None = None
    by: Period = Period.DAY


@dataclass(frozen=True, slots=True)
class PunctualityOf:
    """How punctual the wake-ups of a period were; delays in seconds from due to the first Connect
    that was not in vain."""

    period: str  # "2026-11-24", "2026-11", or "" for all
    on_time: int  # rung within 60 s
    late: int  # rung later
    missed: int  # never rung, and handed to a person
    open: int  # not rung yet
    by_hand: int  # closed by a person before they rang
    in_person: int  # never meant to ring
    kept: int  # rung within the promise
    share: float | None  # of those that rang or should have, within the promise
    worst: float | None
    p50: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class PunctualityView:
    """Periods in which something was due, the earliest first."""

    items: tuple[PunctualityOf, ...]
    total: PunctualityOf
    by: Period
    promise: float  # seconds
    next: str | None = None
