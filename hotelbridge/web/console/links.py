"""Links: how each line to a far end is, layer by layer; which clocks there are; which desks listen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hotelbridge.core.records import Standing, Trust
from hotelbridge.errors import Refusal
from hotelbridge.services.desk import Desk
from hotelbridge.services.views import ClockRequest, ConsoleView
from hotelbridge.web.console import linkwords
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

OPEN = timedelta(minutes=3)  # a screen that was heard since
TOLERATED = 5.0  # seconds by which a clock may differ without a second look


class LinkPages:
    """The page, the piece of it that is renewed, and the word of a person about the time."""

    def __init__(self, shell: Shell, desk: Desk) -> None:
        self._shell = shell
        self._desk = desk

    async def page(self, visit: Visit) -> Answer:
        """All of it."""
        return await self._shown(visit)

    async def _shown(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        return await self._shell.page(
            visit, "links.html", status, notice=notice, refusal=refusal, **await self._state(visit)
        )

    async def state(self, visit: Visit) -> Answer:
        """How things stand, renewed."""
        return await self._shell.page(visit, "links_state.html", **await self._state(visit))

    async def _state(self, visit: Visit) -> dict[str, object]:
        house, spoken = visit.house.id, tongue(visit.language)
        clocks = await self._desk.clocks(house)
        return {
            "links": [linkwords.link_line(spoken, one) for one in await self._desk.links(house)],
            "clocks": clocks,
            "standing_word": linkwords.standing(spoken, clocks.standing),
            "in_question": clocks.standing is not Standing.AGREED,
            "step": linkwords.drift(spoken, -clocks.step_seconds),
            "peers": [
                (one, linkwords.drift(spoken, one.drift_seconds), abs(one.drift_seconds) > TOLERATED)
                for one in clocks.peers
            ],
            "consoles": _screens(await self._desk.consoles(house), visit.house.now),
        }

    async def trust(self, visit: Visit) -> Answer:
        """A person says which time is right (rule K1)."""
        spoken = tongue(visit.language)
        try:
            trusted = Trust(visit.form.get("trust", ""))
        except ValueError:
            raise Problem(422, "trust_missing", "Say which time is right: the new or the old one.") from None
        try:
            request = ClockRequest(visit.user.name, trusted)
            clocks = await self._desk.trust_clock(visit.house.id, request, visit.actor)
        except Refusal as refusal:
            return await self._shown(visit, refusal=refusal.sentence, status=409)
        said = spoken.gettext("Confirmed by {name}: it is {time}.")
        return await self._shown(visit, said.format(name=visit.user.name, time=f"{clocks.now:%H:%M}"))

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [
            Page("GET", f"{P}/links", self.page),
            Page("GET", f"{P}/links/state", self.state),
            Page("POST", f"{P}/links/clock", self.trust, DESK),
        ]


def _screens(consoles: Sequence[ConsoleView], now: datetime) -> list[ConsoleView]:
    """All but those tabs of the console that are closed: of these the last one of each person.

    Each tab ever opened speaks for itself, as "anna #3fa9c1"; programs name theirs as they like.
    """
    newest = sorted(consoles, key=lambda one: one.seen, reverse=True)
    last = {one.name.rpartition(" #")[0] or one.name: one for one in reversed(newest)}
    return [one for one in newest if one in last.values() or now - one.seen < OPEN]
