"""The list of a night on paper, so that everybody can be woken by hand if nothing else works any more."""

from __future__ import annotations

from datetime import date, timedelta

from hotelbridge.services.desk import Desk
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer


class NightPages:
    """One page to print."""

    def __init__(self, shell: Shell, desk: Desk) -> None:
        self._shell = shell
        self._desk = desk

    async def page(self, visit: Visit) -> Answer:
        """The coming night, or the one that follows a chosen evening."""
        night = await self._desk.night(visit.house.id, evening_of(visit))
        return await self._shell.page(
            visit,
            "night.html",
            night=night,
            before=night.evening - timedelta(days=1),
            after=night.evening + timedelta(days=1),
        )

    def pages(self) -> list[Page]:
        """Its address."""
        return [Page("GET", f"{P}/night", self.page)]


def evening_of(visit: Visit) -> date | None:
    """The evening that was chosen; None: the coming one."""
    chosen = visit.query.get("evening", "").strip()
    try:
        evening = date.fromisoformat(chosen) if chosen else None
    except ValueError:
        raise Problem(422, "bad_day", "This is no day. Choose it once more.") from None
    if evening is not None and not 2000 <= evening.year <= 2999:
        raise Problem(422, "bad_day", "This is no day. Choose it once more.")
    return evening
