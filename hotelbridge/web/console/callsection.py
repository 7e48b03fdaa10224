"""What the pages about calls have in common: the tabs, and how many charges wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.core.charges import ASKING_STATES
from hotelbridge.services.chargeviews import CallQuery
from hotelbridge.services.chargewindow import ChargeDesk
from hotelbridge.web.console.shell import Shell
from hotelbridge.web.console.visit import Visit
from hotelbridge.web.routing import Answer

MOST = 100  # charges that are counted
ASKING = tuple(sorted(ASKING_STATES))


@dataclass(frozen=True, slots=True)
class Count:
    """How many charges wait for a person."""

    many: int
    more: bool  # than these

    def __str__(self) -> str:
        return f"{self.many}+" if self.more else str(self.many)


class CallSection:
    """Makes the pages of this section."""

    def __init__(self, shell: Shell, charges: ChargeDesk) -> None:
        self._shell = shell
        self._charges = charges

    async def page(self, visit: Visit, template: str, status: int = 200, /, **shown: object) -> Answer:
        """A page with the tabs of the section."""
        found = await self._charges.charges(visit.house.id, CallQuery(state=ASKING, limit=MOST), named=False)
        count = Count(len(found.items), found.next is not None)
        return await self._shell.page(visit, template, status, **{"asking": count, **shown})

    async def piece(self, visit: Visit, template: str, **shown: object) -> Answer:
        """A piece of one, renewed."""
        return await self._shell.page(visit, template, **shown)
