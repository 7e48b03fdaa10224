"""The change of shift: what is open now, words to the next shift, and what the ones before left."""

from __future__ import annotations

from hotelbridge.errors import Refusal
from hotelbridge.services.handoverwindow import LONGEST_WORDS, HandoverDesk
from hotelbridge.services.views import Replay
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import DESK, P, Page, Visit
from hotelbridge.web.routing import Answer

AT_ONCE = 20


class HandoverPages:
    """The page, the piece of it that is renewed, and the signature."""

    def __init__(self, shell: Shell, handovers: HandoverDesk) -> None:
        self._shell = shell
        self._handovers = handovers

    async def page(self, visit: Visit) -> Answer:
        """All of it."""
        return await self._shown(visit)

    async def state(self, visit: Visit) -> Answer:
        """What is open now, renewed."""
        open = await self._handovers.open_now(visit.house.id)
        return await self._shell.page(visit, "handover_open.html", open=open)

    async def _shown(
        self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200, words: str = ""
    ) -> Answer:
        house, cursor = visit.house.id, visit.query.get("cursor") or None
        page = await self._handovers.handovers(house, AT_ONCE, cursor, named=visit.named)
        return await self._shell.page(
            visit,
            "handover.html",
            status,
            open=await self._handovers.open_now(house),
            past=page.items,
            next=page.next,
            first=cursor is None,
            words=words,
            longest=LONGEST_WORDS,
            notice=notice,
            refusal=refusal,
        )

    async def sign(self, visit: Visit) -> Answer:
        """Leave it to the next shift, by name."""
        words, spoken = visit.form.get("words", "").strip(), tongue(visit.language)
        try:
            signed = await self._handovers.hand_over(visit.house.id, words, visit.actor, visit.once)
        except Refusal as refusal:
            return await self._shown(visit, refusal=refusal.sentence, status=409, words=words)
        if isinstance(signed, Replay):
            return await self._shown(visit, notice=spoken.gettext("This was signed already."))
        said = spoken.gettext("Signed by {name}.").format(name=visit.user.name)
        return await self._shown(visit, notice=said)

    def pages(self) -> list[Page]:
        """Their addresses."""
        return [
            Page("GET", f"{P}/handover", self.page),
            Page("GET", f"{P}/handover/open", self.state),
            Page("POST", f"{P}/handover", self.sign, DESK),
        ]
