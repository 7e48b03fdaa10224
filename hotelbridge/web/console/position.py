"""Where a page stands in the feed of changes: what comes later is told to it, however slowly it is shown."""

from __future__ import annotations

from hotelbridge.errors import StoreUnavailable
from hotelbridge.services.desk import Desk
from hotelbridge.web import frames


async def position(desk: Desk, house: str) -> str:
    """The last change of a hotel, as a listener names it; empty where the store cannot be read."""
    try:
        return frames.written({house: await desk.latest_change(house)})
    except StoreUnavailable:
        return ""
