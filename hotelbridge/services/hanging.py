"""What hangs on the guests in the house beside their wake-ups, for a page that shows every room at once.

Asked once for the house, never once for each room.
"""

from __future__ import annotations

from hotelbridge.services.roomviews import HangingView
from hotelbridge.services.rules import Rules
from hotelbridge.store import bars, charges, stays
from hotelbridge.store.database import Tx


def in_house(tx: Tx, rules: Rules) -> dict[int, HangingView]:
    """By stay; who has nothing is left out."""
    here = [stay.id for stay in stays.in_house(tx, rules.property)]
    unposted = charges.unposted_by_stay(tx, rules.property)
    barred = bars.barred(tx, rules.property, here)
    return {id: HangingView(unposted[id], id in barred) for id in here if id in unposted or id in barred}
