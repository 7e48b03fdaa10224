"""Calls and what they cost, as lists: what waits for a person first, then all charges, then all records."""

from __future__ import annotations

from dataclasses import replace

from hotelbridge.core.charges import ChargeState
from hotelbridge.services.chargeviews import CallQuery
from hotelbridge.services.chargewindow import ChargeDesk
from hotelbridge.web.console.callfilter import call_filter
from hotelbridge.web.console.callsection import ASKING, MOST, CallSection, Count
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.routing import Answer


class CallPages:
    """The lists."""

    def __init__(self, section: CallSection, charges: ChargeDesk) -> None:
        self._section = section
        self._charges = charges

    async def to_decide(self, visit: Visit) -> Answer:
        """What waits for a person, newest first."""
        return await self._section.page(visit, "calls_decide.html", **await self._asking(visit))

    async def asking_rows(self, visit: Visit) -> Answer:
        """The same, renewed."""
        shown = await self._asking(visit)
        return await self._section.piece(visit, "calls_decide_rows.html", **{**shown, "renewed": True})

    async def _asking(self, visit: Visit) -> dict[str, object]:
        cursor = visit.query.get("cursor") or None
        query = CallQuery(state=ASKING, limit=MOST, cursor=cursor)
        found = await self._charges.charges(visit.house.id, query, named=visit.named)
        shown: dict[str, object] = {"found": found, "cursor": cursor}
        # On its first page the list has just been counted.
        return shown if cursor else {**shown, "asking": Count(len(found.items), found.next is not None)}

    async def charges(self, visit: Visit) -> Answer:
        """All charges, newest first."""
        return await self._section.page(visit, "calls_charges.html", **await self._charged(visit))

    async def charge_rows(self, visit: Visit) -> Answer:
        """The same, renewed."""
        return await self._section.piece(visit, "calls_charges_rows.html", **await self._charged(visit))

    async def _charged(self, visit: Visit) -> dict[str, object]:
        wanted = call_filter(visit)
        found = await self._charges.charges(visit.house.id, wanted.query, named=visit.named)
        return {"wanted": wanted, "found": found, "states": tuple(ChargeState)}

    async def records(self, visit: Visit) -> Answer:
        """All call records, newest first."""
        return await self._section.page(visit, "calls_records.html", **await self._recorded(visit))

    async def record_rows(self, visit: Visit) -> Answer:
        """The same, renewed."""
        return await self._section.piece(visit, "calls_records_rows.html", **await self._recorded(visit))

    async def _recorded(self, visit: Visit) -> dict[str, object]:
        wanted = call_filter(visit)
        query = replace(wanted.query, guest=None, state=())
        found = await self._charges.calls(visit.house.id, query, named=visit.named)
        return {"wanted": wanted, "found": found}

    def pages(self) -> list[Page]:
        """Their addresses."""
        calls = f"{P}/calls"
        return [
            Page("GET", calls, self.to_decide),
            Page("GET", f"{calls}/decide-rows", self.asking_rows),
            Page("GET", f"{calls}/charges", self.charges),
            Page("GET", f"{calls}/charge-rows", self.charge_rows),
            Page("GET", f"{calls}/records", self.records),
            Page("GET", f"{calls}/record-rows", self.record_rows),
        ]
