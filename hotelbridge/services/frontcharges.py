"""`ChargeDesk` on the store: what calls cost, and what a person decides about it.

Each decision is one unit of work for the owner of the property (`chargedesk`); what is queued by it goes to
the PMS after its commit, by the change feed; phones that it bars are compared then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from hotelbridge.clock import Clock
from hotelbridge.core.records import Actor
from hotelbridge.services import chargedesk, chargereading, repeats
from hotelbridge.services.chargedesk import Decided
from hotelbridge.services.chargeviews import (
    CallQuery,
    CallView,
    ChargeDetail,
    ChargeDone,
    ChargeView,
    ResolveRequest,
    RetryRequest,
)
from hotelbridge.services.deskunits import House, of_property
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Once, Page, Replay
from hotelbridge.store.database import Database, Tx

T = TypeVar("T")


class FrontCharges:
    """`ChargeDesk`, on the store."""

    def __init__(
        self,
        houses: Mapping[str, House],
        compare: Mapping[str, Callable[[], None]],
        db: Database,
        ownership: Ownership,
        clock: Clock,
    ) -> None:
        """`compare`: has the phones of a property looked at."""
        self._houses = houses
        self._compare = compare
        self._db = db
        self._ownership = ownership
        self._clock = clock

    # --- what is shown ---

    async def calls(self, property: str, query: CallQuery, *, named: bool) -> Page[CallView]:
        return await self._read(
            property, lambda tx, rules: chargereading.call_page(tx, rules, query, named=named)
        )

    async def charges(self, property: str, query: CallQuery, *, named: bool) -> Page[ChargeView]:
        return await self._read(
            property, lambda tx, rules: chargereading.charge_page(tx, rules, query, named=named)
        )

    async def charge(self, property: str, id: int, *, named: bool) -> ChargeDetail:
        def query(tx: Tx, rules: Rules) -> ChargeDetail:
            charge = chargedesk.found(tx, rules, id)
            return chargereading.charge_detail(tx, rules, charge, named=named)

        return await self._read(property, query)

    async def charge_in_short(self, property: str, id: int, *, named: bool) -> ChargeView:
        def query(tx: Tx, rules: Rules) -> ChargeView:
            charge = chargedesk.found(tx, rules, id)
            return chargereading.in_short(tx, rules, charge, named=named)

        return await self._read(property, query)

    # --- what is decided ---

    async def retry(
        self,
        property: str,
        id: int,
        request: RetryRequest,
        actor: Actor,
        once: Once | None = None,
        *,
        named: bool,
    ) -> ChargeDone | Replay:
        now = self._clock.now()
        decide = lambda tx, rules: chargedesk.retry(tx, rules, id, request, actor, now)  # noqa: E731
        return await self._decide(property, once, decide, named=named)

    async def resolve(
        self,
        property: str,
        id: int,
        request: ResolveRequest,
        actor: Actor,
        once: Once | None = None,
        *,
        named: bool,
    ) -> ChargeDone | Replay:
        now = self._clock.now()
        decide = lambda tx, rules: chargedesk.resolve(tx, rules, id, request, actor, now)  # noqa: E731
        return await self._decide(property, once, decide, named=named)

    async def _decide(
        self, property: str, once: Once | None, decide: Callable[[Tx, Rules], Decided], *, named: bool
    ) -> ChargeDone | Replay:
        """One decision in one unit of work; the same request again gives the first answer again."""
        rules, now = self._rules(property), self._clock.now()

        def unit(tx: Tx) -> tuple[ChargeDone | Replay, list[str]]:
            barred: list[str] = []

            def do() -> ChargeDone:
                done = decide(tx, rules)
                barred.append(done.barred)
                shown = chargereading.in_short(tx, rules, done.charge, named=named)
                return ChargeDone(done.said, shown)

            return repeats.once(tx, property, once, now, do), barred

        shown, barred = await self._ownership.run(property, unit, urgent=True)
        if any(barred):
            self._compare[property]()
        return shown

    # --- inside ---

    def _rules(self, property: str) -> Rules:
        return of_property(self._houses, property).rules

    async def _read(self, property: str, query: Callable[[Tx, Rules], T]) -> T:
        rules = self._rules(property)
        return await self._db.read(lambda tx: query(tx, rules))
