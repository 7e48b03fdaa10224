"""What an open page hears: that something has changed, and that it is still heard.

A page is told only which kinds of things have changed; it asks for its own pieces then. So a burst of
news costs a browser one look, and fifty browsers read what they show, not what they do not.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from hotelbridge.services.desk import Desk
from hotelbridge.services.userwindow import UserDesk
from hotelbridge.services.views import ConsoleRequest
from hotelbridge.web.console.rendering import FILES, HTML
from hotelbridge.web.console.security import HEADERS, session_cookie
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.events import EventHub, Listening, Stream
from hotelbridge.web.frames import frame
from hotelbridge.web.routing import Answer

HEARTBEAT = frame("ping", "{}")  # a comment would not be seen by the page


class LivePages:
    """The stream of news, and what a page says of itself."""

    def __init__(self, shell: Shell, desk: Desk, users: UserDesk, hub: EventHub) -> None:
        self._shell = shell
        self._desk = desk
        self._users = users
        self._hub = hub

    async def listen(self, visit: Visit) -> Stream:
        """News of the hotel, and of his others, where one may call for help; first which program speaks."""
        hotels = (visit.house, *(one for one in visit.properties if one.id != visit.house.id))
        hello = frame("hello", json.dumps({"mark": FILES.mark}))
        return self._hub.stream(
            Listening(
                {house.id: ZoneInfo(house.timezone) for house in hotels},
                visit.user.caller,
                self._welcome(visit),
                visit.last_event_id or visit.query.get("since") or None,
                bare=True,
                hello=hello,
                ping=HEARTBEAT,
            )
        )

    def _welcome(self, visit: Visit) -> Callable[[], Awaitable[bool]]:
        async def welcome() -> bool:
            visitor = await self._users.visitor(visit.token)
            return visitor is not None and visitor.caller == visit.user.caller

        return welcome

    async def here(self, visit: Visit) -> Answer:
        """A screen of the desk says that it is there, seen or not, and whether it can sound (rule A1)."""
        screen = visit.form.get("screen", "")[:8]
        name = f"{visit.user.name} #{screen}" if screen else visit.user.name
        yes = ("1", "true")
        request = ConsoleRequest(name, visit.form.get("visible") in yes, visit.form.get("sound") in yes)
        await self._desk.console(visit.house.id, request)
        headers = dict(HEADERS)
        if request.visible and request.sound and await self._users.sounds_alarms(visit.token):
            headers["Set-Cookie"] = session_cookie(visit.token, secure=visit.secure)
        return Answer("", 204, HTML, headers)

    async def standing(self, visit: Visit) -> Answer:
        """The alarms that stand, as every page carries them."""
        return await self._shell.page(visit, "standing.html", renewed=True)

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [
            Page("GET", f"{P}/live", self.listen),
            Page("GET", f"{P}/standing", self.standing),
            Page("POST", f"{P}/here", self.here, DESK, of_now=False),
        ]
