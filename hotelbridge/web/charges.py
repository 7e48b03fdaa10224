"""The calls of the API about telephone calls and what they cost.

As `web.rooms`: each takes a checked request, asks the desk and shapes the answer. Whether a caller may know
the guests and whole numbers goes by its role, and with the question.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hotelbridge.services.chargeviews import CallQuery, CallView, ChargeDetail, ChargeDone, ChargeView
from hotelbridge.services.chargewindow import ChargeDesk
from hotelbridge.services.desk import Desk
from hotelbridge.services.views import Page
from hotelbridge.web.chargebodies import CallForm, ResolveBody, RetryBody
from hotelbridge.web.routing import MONEY, Answer, Ask, P, Route, answer


class ChargeApi:
    """The handlers."""

    def __init__(self, charges: ChargeDesk, desk: Desk) -> None:
        self._charges = charges
        self._desk = desk

    async def calls(self, ask: Ask) -> Answer:
        return answer(await self._charges.calls(ask.property, self._query(ask), named=ask.named))

    async def charges(self, ask: Ask) -> Answer:
        return answer(await self._charges.charges(ask.property, self._query(ask), named=ask.named))

    async def charge(self, ask: Ask) -> Answer:
        return answer(await self._charges.charge(ask.property, _id(ask), named=ask.named))

    async def retry(self, ask: Ask) -> Answer:
        body, id = ask.form(RetryBody, ask.body), _id(ask)
        actor = ask.acting(body.by)
        done = await self._charges.retry(ask.property, id, body.request(), actor, ask.once, named=ask.named)
        return answer(done)

    async def resolve(self, ask: Ask) -> Answer:
        body, id = ask.form(ResolveBody, ask.body), _id(ask)
        actor = ask.acting(body.by)
        done = await self._charges.resolve(ask.property, id, body.request(), actor, ask.once, named=ask.named)
        return answer(done)

    def _query(self, ask: Ask) -> CallQuery:
        zone = next(ZoneInfo(v.timezone) for v in self._desk.properties() if v.id == ask.property)
        return ask.form(CallForm, ask.query).query(zone)


def charge_routes(api: ChargeApi) -> list[Route]:
    """The part of the API that is about calls and charges."""
    charge = f"{P}/charges/{{id}}"
    return [
        Route("GET", f"{P}/call-records", api.calls, "Calls as the exchange recorded them; newest first.",
              Page[CallView], query=CallForm),
        Route("GET", f"{P}/charges", api.charges, "Charges and where each stands; newest first.",
              Page[ChargeView], query=CallForm),
        Route("GET", charge, api.charge, "One charge, its call, the sum behind it, what happened to it.",
              ChargeDetail),
        Route("POST", f"{charge}/retry", api.retry, "Post a charge again, or to somebody else.",
              ChargeDone, roles=MONEY, body=RetryBody),
        Route("POST", f"{charge}/resolve", api.resolve, "Say by hand what became of a charge.",
              ChargeDone, roles=MONEY, body=ResolveBody),
    ]  # fmt: skip


def _id(ask: Ask) -> int:
    return ask.id("unknown_charge")
