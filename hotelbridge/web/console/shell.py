"""What every page of the console carries around its own: the alarms that stand, and the way to the others."""

from __future__ import annotations

from hotelbridge.services.desk import Desk
from hotelbridge.web.console.position import position
from hotelbridge.web.console.rendering import html
from hotelbridge.web.console.standing import standing
from hotelbridge.web.console.visit import Visit
from hotelbridge.web.routing import Answer


class Shell:
    """Makes whole pages, and pieces of them, with what stands in the hotel."""

    def __init__(self, desk: Desk, sections: tuple[str, ...]) -> None:
        """`sections`: the names of the pages that the head of each page leads to."""
        self._desk = desk
        self._sections = sections

    async def page(self, visit: Visit, template: str, status: int = 200, /, **shown: object) -> Answer:
        """A page of a hotel, or a piece of one."""
        stands = shown.pop("standing", None) or await standing(self._desk, visit)
        always = {"standing": stands, "sections": self._sections, "renewed": False, "since": visit.since}
        if not visit.since and not visit.partial:  # what it did itself is shown already
            always["since"] = await position(self._desk, visit.house.id)
        return html(visit, template, status, **{**always, **shown})
