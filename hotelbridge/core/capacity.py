"""What fits when: a device plays only so many announcements at once."""

from __future__ import annotations

from datetime import datetime, timedelta

# How long a wake-up call keeps an announcement busy, until a device has shown its own figure.
CALL_TIME = timedelta(seconds=25)


def expected_ring(due: datetime, before: int, max_calls: int, call_time: timedelta = CALL_TIME) -> datetime:
    """When a wake-up will ring that has `before` others ahead of it for the same device and minute."""
    return due + (before // max_calls) * call_time
