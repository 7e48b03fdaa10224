"""The words about wake-ups that outlive a stay, and for how long they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hotelbridge.core.readback import clock_of
from hotelbridge.texts import phrase

SAME_NIGHT = timedelta(hours=18)  # a reservation that is seen again so soon has moved, it has not come anew
OVER_AFTER = timedelta(hours=6)  # a stay that ended so long before midnight was not a crew's, up at four
JUST_LEFT = timedelta(
    minutes=10
)  # nobody new is woken in a room that was left so lately: it is not even made
ONE_BREATH = timedelta(minutes=1)  # but records that belong together come in any order
_SOON = timedelta(hours=24)
_MOST = 8  # times in one sentence


def times(dues: Sequence[datetime], zone: ZoneInfo, now: datetime) -> str:
    """When wake-ups are due: "04:00 and 06:30", "06:30 and 9 on later days"."""
    soon = [clock_of(due.astimezone(zone)) for due in sorted(dues) if due < now + _SOON]
    later = len(dues) - len(soon)
    parts = list(dict.fromkeys(soon))[:_MOST]
    if left := len(dict.fromkeys(soon)) - len(parts):
        parts.append(phrase(f"{left} more"))
    if later:
        days = phrase(f"{later} on later days") if parts else phrase(f"{later} on coming days")
        parts.append(days)
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def armed(base: str, dues: Sequence[datetime], zone: ZoneInfo, now: datetime) -> str:
    """The notice about a room: "212 checked out, 04:00 still armed"."""
    when = times(dues, zone, now)
    return phrase(f"{base}, {when} still armed")


def base_of(text: str) -> str:
    """What such a notice began with: what has happened in the room."""
    return text.partition(", ")[0]
