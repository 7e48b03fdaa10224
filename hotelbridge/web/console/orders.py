"""What is done to an order from the page of one of its wake-ups."""

from __future__ import annotations

from dataclasses import replace

from hotelbridge.errors import Refusal
from hotelbridge.services.desk import Desk
from hotelbridge.services.orderviews import OrderChanged
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.rendering import see
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.console.wakeups import WakeupPages
from hotelbridge.web.routing import Answer


class OrderPages:
    """Ends orders; the answer is the page of the wake-up that one came from."""

    def __init__(self, wakeups: WakeupPages, desk: Desk) -> None:
        self._wakeups = wakeups
        self._desk = desk

    async def end(self, visit: Visit) -> Answer:
        """Nothing of it rings any more, today nor on the days to come."""
        wakeup = visit.form.get("wakeup", "")
        back = replace(visit, params={**visit.params, "id": wakeup})
        try:
            ended = await self._desk.end_order(visit.house.id, visit.id("unknown_order"), visit.actor)
        except Refusal as refusal:
            if refusal.status == 404 or not wakeup:
                raise
            return await self._wakeups.shown(back, refusal=refusal.sentence, status=409)
        if not wakeup:
            return see(visit.base)
        return await self._wakeups.shown(back, notice=_told(visit, ended))

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [Page("POST", f"{P}/orders/{{id}}/end", self.end, DESK)]


def _told(visit: Visit, ended: OrderChanged) -> str:
    """What has ended, and what has not."""
    spoken, count = tongue(visit.language), len(ended.cancelled)
    said = spoken.ngettext(
        "Ended for all days to come: {count} wake-up that was set is not rung.",
        "Ended for all days to come: {count} wake-ups that were set are not rung.",
        count,
    )
    return " ".join([said.format(count=count), *ended.why_left])
