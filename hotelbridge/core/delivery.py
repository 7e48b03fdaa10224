"""When a notice that could not leave the house is tried again, and when that is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

ON_ITS_WAY = timedelta(seconds=45)  # longer than any channel may take: until then it is not sent again
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=4)


def again_at(made_at: datetime, tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` tries; None: never, it has become worthless."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 10))
    at = now + pause
    return at if at <= made_at + GIVE_UP_AFTER else None
