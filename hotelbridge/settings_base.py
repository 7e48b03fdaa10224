"""What all tables of the configuration are made of: strict frozen models, durations, times of day.

Knows no key of the file.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")


def read_duration(value: object) -> timedelta:
    """`45s`, `2m`, `1h30m`, `1.5s`. Raises ValueError with the way to write it."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError(f"{value!r} is not a duration: write it like 45s, 2m or 1h30m")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    if hours > 1e6 or minutes > 1e6 or seconds > 1e6:
        raise ValueError(f"{value!r} is longer than any hotel waits")
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("must be longer than nothing")
    return value


def time_of_day(value: str) -> str:
    """`23:00`, or nothing at all. Raises ValueError with the way to write it."""
    if value and not re.fullmatch(r"\d{2}:\d{2}", value):
        raise ValueError(f"{value!r} is not a time of day: write it like 23:00")
    if value:
        try:
            time.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a time of day: write it like 23:00") from None
    return value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Span = Annotated[timedelta, BeforeValidator(read_duration), AfterValidator(_positive)]


class Table(BaseModel):
    """A table of the file: every key known, every value of its own type, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)
