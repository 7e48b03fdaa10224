"""The list of a night on paper, so that everybody can be woken by hand if nothing else works any more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from hotelbridge.core.nights import Line
from hotelbridge.services.desk import Desk
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer


class NightPages:
    """One page to print."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """The coming night, or the one that follows a chosen evening."""
        house = visit.house.id
        night = await self._desk.night(house, evening_of(visit))
        lines = (*night.lines, *(one.line for slip in night.slips for one in slip.changes))
        rooms = sorted({line.room for line in lines})
        guests = await self._rooms.guests(house, rooms, named=visit.named)
        return await self._shell.page(
            visit,
            "night.html",
            night=night,
            guests=guests,
            when=partial(_when, ZoneInfo(visit.house.timezone)),
            before=night.evening - timedelta(days=1),
            after=night.evening + timedelta(days=1),
        )

    def pages(self) -> list[Page]:
        """Its address."""
        return [Page("GET", f"{P}/night", self.page)]


def _when(zone: ZoneInfo, line: Line) -> datetime:
    """When it rings, by the hotel's clocks."""
    return datetime.fromisoformat(line.local).replace(tzinfo=zone)


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
