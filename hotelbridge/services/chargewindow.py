"""The third narrow window of the house: calls, and what they cost. See `services.desk`.

`named`: whether this caller may know the guests; to others their names are empty and the last digits of
outside numbers are cut. Refusals every call may raise: `unknown_property`, `unknown_charge` (404),
`bad_cursor` (422), and with a `once` whose key was used otherwise `idempotency_key_reused` (422).
"""

from __future__ import annotations

from typing import Protocol

from hotelbridge.core.records import Actor
from hotelbridge.services.chargeviews import (
    CallQuery,
    CallView,
    ChargeDetail,
    ChargeDone,
    ChargeView,
    ResolveRequest,
    RetryRequest,
)
from hotelbridge.services.views import Once, Page, Replay


class ChargeDesk(Protocol):
    """What a caller can ask about calls and charges."""

    async def calls(self, property: str, query: CallQuery, *, named: bool) -> Page[CallView]:
        """Call records, newest first."""
        ...

    async def charges(self, property: str, query: CallQuery, *, named: bool) -> Page[ChargeView]:
        """Charges, by the start of their calls, newest first."""
        ...

    async def charge(self, property: str, id: int, *, named: bool) -> ChargeDetail:
        """One charge with its call, the sum behind it and what happened to it."""
        ...

    async def charge_in_short(self, property: str, id: int, *, named: bool) -> ChargeView:
        """One charge as it stands in a list."""
        ...

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
        """Post it again. Refuses what `services.chargedesk.retry` refuses."""
        ...

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
        """Settle it by hand. Refuses what `services.chargedesk.resolve` refuses."""
        ...
