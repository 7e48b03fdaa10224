"""All rooms: as tiles by floor, or as a list; who is there, what hangs on it, and how its phones stand.

The house is asked twice, however many rooms there are. What is looked at stands in the address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.web.console.floors import by_floor, floor_of, natural
from hotelbridge.web.console.glances import STATES, Figure, Glance, figures, glance, is_so
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.routing import Answer

EVERY_ROOM = 10_000
PIECE = 100  # lines of the list on one page
MANY = 250  # rooms; a larger page is looked at again by the clock, not at every news
LONGEST_SEARCH = 60
LONGEST_NUMBER = 60  # of a room; every room is compared with it


ALL = "all"  # floors, asked for


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at, as the address says it."""

    view: str = "tiles"  # or "list"
    state: str = ""
    floor: str = ""
    q: str = ""
    after: str = ""  # of the list: the last room of the page before

    def to(self, **changes: str) -> str:
        """The end of the address of this with something else; another choice begins at its first page."""
        other = replace(self, **{"after": "", **changes})
        wanted = {name: getattr(other, name) for name in Look.__slots__}
        said = {name: value for name, value in wanted.items() if value and (name, value) != ("view", "tiles")}
        return f"?{urlencode(said)}" if said else ""


def look_of(query: Mapping[str, str]) -> Look:
    """What somebody wants to look at; what is not known is left out."""
    view = "list" if query.get("view") == "list" else "tiles"
    state = query.get("state", "")
    q = " ".join(query.get("q", "").split())[:LONGEST_SEARCH]
    floor, after = (query.get(name, "")[:LONGEST_NUMBER] for name in ("floor", "after"))
    return Look(view, state if state in STATES else "", floor, q, after)


class RoomBoard:
    """The page, and the piece of it that is renewed."""

    def __init__(self, shell: Shell, rooms: RoomDesk) -> None:
        self._shell = shell
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """All of it."""
        return await self._shell.page(visit, "rooms.html", **await self._shown(visit))

    async def piece(self, visit: Visit) -> Answer:
        """The rooms alone, renewed."""
        return await self._shell.page(visit, "room_board.html", **await self._shown(visit))

    async def _shown(self, visit: Visit) -> dict[str, object]:
        every = await self._glances(visit)
        floors = sorted({floor_of(one.number) for one in every} - {""}, key=natural)
        look = at_first(look_of(visit.query), floors, len(every))
        found = chosen(look, every)
        counted: Sequence[Figure] = figures(tongue(visit.language), every)
        shown = {"look": look, "found": len(found), "figures": counted, "piece": (), "next": "", "floors": {}}
        shown["all_floors"] = floors
        if look.view == "list":
            piece, more = listed(look, found)
            return {**shown, "piece": piece, "next": more, "live": True}
        return {**shown, "floors": by_floor(found), "live": len(found) <= MANY}

    async def _glances(self, visit: Visit) -> list[Glance]:
        spoken, house = tongue(visit.language), visit.house.id
        page = await self._rooms.rooms(house, EVERY_ROOM, None, named=visit.named)
        hanging = await self._rooms.hanging(house)
        return [glance(spoken, room, hanging) for room in page.items]

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [Page("GET", f"{P}/rooms", self.page), Page("GET", f"{P}/room-board", self.piece)]


def at_first(look: Look, floors: Sequence[str], rooms: int) -> Look:
    """Where nothing is looked for, a large house shows its first floor: a page of all is slow to come."""
    asked = look.floor or look.q or look.state or look.view == "list"
    return look if asked or rooms <= MANY or len(floors) < 2 else replace(look, floor=floors[0])


def chosen(look: Look, every: Sequence[Glance]) -> list[Glance]:
    """The rooms that are looked for."""
    text = look.q.casefold()
    found = (one for one in every if is_so(one, look.state))
    return [
        one
        for one in found
        if (look.floor in ("", ALL) or floor_of(one.number) == look.floor)
        and (not text or one.speaks_of(text))
    ]


def listed(look: Look, found: Sequence[Glance]) -> tuple[list[Glance], str]:
    """One page of the list, and behind which room the next one begins; "" at the end."""
    ordered = sorted(found, key=lambda one: natural(one.number))
    if look.after:
        last = natural(look.after)
        ordered = [one for one in ordered if natural(one.number) > last]
    piece = ordered[:PIECE]
    return piece, piece[-1].number if len(ordered) > len(piece) else ""
