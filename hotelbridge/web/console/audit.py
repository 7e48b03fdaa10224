"""Who did what: every login, and every change that a person made, the newest first. For admins only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.userwindow import ActionQuery, ActionView, UserDesk
from hotelbridge.web.console import auditwords
from hotelbridge.web.console.languages import Tongue, tongue
from hotelbridge.web.console.search import span_of
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import ADMIN, P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

PIECE = 50
LONGEST = 100  # characters of a name or a room
FIELDS = ("by", "room", "day")
_PAGES = {
    "wakeup": "wakeups/{}",
    "charge": "charges/{}",
    "alarm": "alarms/{}",
    "resync": "resyncs/{}",
    "handover": "handover",
    "count": "calls/reconciliation",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One of them as it is shown."""

    id: str
    at: datetime  # the hotel's own time
    by: str  # without the mark of a token
    his: str  # the address of all that he did; '' where nobody is known
    way: str
    address: str
    done: str
    bad: bool
    room: str
    room_page: str  # '' where there is none
    kind: str
    about: str
    page: str  # of what it is about; '' where there is none
    text: str


class AuditPages:
    """The list, piece by piece."""

    def __init__(self, shell: Shell, users: UserDesk, rooms: RoomDesk) -> None:
        self._shell = shell
        self._users = users
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """One piece of it. What belongs to no single hotel is for who is an admin of all of them."""
        asked = {name: visit.query.get(name, "").strip()[:LONGEST] for name in FIELDS}
        cursor = visit.query.get("cursor") or None
        everywhere = visit.user.caller.properties is None
        query = _query(visit, asked, cursor, node_wide=everywhere)
        found = await self._users.actions(visit.house.id, query)
        kept = {name: value for name, value in asked.items() if value}
        return await self._shell.page(
            visit,
            "audit.html",
            lines=self._lines(visit, found.items),
            asked=asked,
            filtered=bool(kept),
            everywhere=everywhere,
            first=cursor is None,
            newest=_address(visit, kept),
            older="" if found.next is None else _address(visit, {**kept, "cursor": found.next}),
        )

    def _lines(self, visit: Visit, found: Sequence[ActionView]) -> list[Line]:
        known = frozenset(self._rooms.numbers(visit.house.id))
        spoken, zone = tongue(visit.language), ZoneInfo(visit.house.timezone)
        return [_line(visit, spoken, zone, known, one) for one in found]

    def pages(self) -> list[Page]:
        """Its address."""
        return [Page("GET", f"{P}/audit", self.page, ADMIN)]


def _query(visit: Visit, asked: dict[str, str], cursor: str | None, *, node_wide: bool) -> ActionQuery:
    try:
        begins, ends = span_of(asked["day"], ZoneInfo(visit.house.timezone))
    except ValueError:
        raise Problem(422, "bad_filter", "This filter cannot be read. Choose it once more.") from None
    by, room = asked["by"] or None, asked["room"] or None
    return ActionQuery(PIECE, cursor, by, room, begins, ends, node_wide=node_wide)


def _line(visit: Visit, spoken: Tongue, zone: ZoneInfo, known: frozenset[str], one: ActionView) -> Line:
    way, address = auditwords.where(spoken, one.origin)
    return Line(
        id=one.id,
        at=one.at.astimezone(zone),
        by=one.by.partition(" (token)")[0],
        his=_address(visit, {"by": one.by}) if one.by else "",
        way=way,
        address=address,
        done=auditwords.done(spoken, one.kind, one.what),
        bad=one.what in auditwords.BAD,
        room=one.room,
        room_page=f"{visit.base}/rooms/{quote(one.room, safe='')}" if one.room in known else "",
        kind=one.kind,
        about=one.about,
        page=_page(visit, one),
        text="" if one.what in auditwords.PLAIN else one.text,
    )


def _page(visit: Visit, one: ActionView) -> str:
    if one.kind == "user":
        return _address(visit, {"by": one.about})
    pattern = _PAGES.get(one.kind)
    return "" if pattern is None else f"{visit.base}/{pattern.format(one.about)}"


def _address(visit: Visit, asked: dict[str, str]) -> str:
    return f"{visit.base}/audit{'?' if asked else ''}{urlencode(asked)}"
