"""What happened to rooms and guests, the newest first: of the whole house, or of one room."""

from __future__ import annotations

from hotelbridge.services.roomviews import JournalQuery
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.routing import Answer

PIECE = 50
LONGEST = 100  # characters of a room's number


class JournalPages:
    """The list, piece by piece."""

    def __init__(self, shell: Shell, rooms: RoomDesk) -> None:
        self._shell = shell
        self._rooms = rooms

    async def page(self, visit: Visit) -> Answer:
        """One piece of it. A room that nobody knows has no lines."""
        room = visit.query.get("room", "").strip()[:LONGEST]
        cursor = visit.query.get("cursor") or None
        query = JournalQuery(room or None, PIECE, cursor)
        found = await self._rooms.journal(visit.house.id, query, named=visit.named)
        known = frozenset(self._rooms.numbers(visit.house.id))
        return await self._shell.page(
            visit, "journal.html", lines=found.items, next=found.next, room=room, cursor=cursor, known=known
        )

    def pages(self) -> list[Page]:
        """Its address."""
        return [Page("GET", f"{P}/journal", self.page)]
