"""The flight recorder: every message of every link, in plain words, with what it changed."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from hotelbridge.core.guests import Direction
from hotelbridge.services.desk import Desk
from hotelbridge.services.roomviews import RecorderQuery
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.web.bodies import LARGEST_ID
from hotelbridge.web.console.callfilter import day_of
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

AT_ONCE = 50
FIELDS = ("room", "link", "direction", "day", "before")


class RecorderPages:
    """The list with its filters, and one message."""

    def __init__(self, shell: Shell, desk: Desk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._desk = desk
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """Messages, newest first."""
        asked = {name: visit.query.get(name, "").strip() for name in FIELDS}
        page = await self._rooms.recorder(visit.house.id, query_of(visit, asked), named=visit.named)
        kept = urlencode({name: value for name, value in asked.items() if value})
        return await self._shell.page(
            visit,
            "recorder.html",
            entries=page.items,
            next=page.next,
            asked=asked,
            kept=kept,
            filtered=bool(kept),
            first="cursor" not in visit.query,
            known=[link.link for link in await self._desk.links(visit.house.id)],
        )

    async def one(self, visit: Visit) -> Answer:
        """One message, whole, by the number that alarms and journal name."""
        text = visit.params["id"].removeprefix("r")
        if not re.fullmatch("[0-9]{1,19}", text) or int(text) > LARGEST_ID:
            raise Problem(404, "unknown_record", "There is no message with this number.")
        query = RecorderQuery(record=int(text), limit=1)
        found = (await self._rooms.recorder(visit.house.id, query, named=visit.named)).items
        return await self._shell.page(visit, "record.html", entry=found[0])

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [
            Page("GET", f"{P}/recorder", self.page),
            Page("GET", f"{P}/recorder/{{id}}", self.one),
        ]


def query_of(visit: Visit, asked: dict[str, str]) -> RecorderQuery:
    """What was asked for; a word that is none is refused."""
    try:
        direction = Direction(asked["direction"]) if asked["direction"] else None
        before = _before(visit, asked["day"], asked["before"])
    except ValueError:
        raise Problem(422, "bad_filter", "This filter cannot be read. Choose it once more.") from None
    return RecorderQuery(
        room=asked["room"] or None,
        link=asked["link"] or None,
        direction=direction,
        before=before,
        limit=AT_ONCE,
        cursor=visit.query.get("cursor") or None,
    )


def _before(visit: Visit, day: str, clock: str) -> datetime | None:
    """The wall time up to which messages are shown: of a day alone, its end."""
    if not day and not clock:
        return None
    on = day_of(day) if day else visit.house.now.date()
    if on is None:
        raise ValueError(day)
    at = time.fromisoformat(clock.zfill(5)) if clock else time()
    days = timedelta(days=0 if clock else 1)
    return datetime.combine(on + days, at, ZoneInfo(visit.house.timezone))
