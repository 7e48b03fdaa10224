"""What the desk does with guests, together with all that follows for their phones, in one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.pms.api import Capability, RoomStatus
from hotelbridge.services import credit, frontoffice, pmsstanding, resync, roomwants
from hotelbridge.services.doings import Applied
from hotelbridge.services.pmscontext import keep_resynced, stand_as_told
from hotelbridge.services.pmslink import PmsLink
from hotelbridge.services.roomviews import CheckInRequest, CheckOutRequest, MoveRequest
from hotelbridge.services.rules import Rules
from hotelbridge.store.database import Tx


class RoomActions:
    """`services.roomdesk.Actions` for one property."""

    def __init__(self, rules: Rules, link: PmsLink | None, saved: Callable[[], None]) -> None:
        self._rules = rules
        self._link = link
        self._saved = saved

    def check_in(self, tx: Tx, room: str, request: CheckInRequest, actor: Actor, now: datetime) -> Applied:
        return self._with_phones(tx, frontoffice.check_in(tx, self._rules, room, request, actor, now), now)

    def check_out(self, tx: Tx, room: str, request: CheckOutRequest, actor: Actor, now: datetime) -> Applied:
        return self._with_phones(tx, frontoffice.check_out(tx, self._rules, room, request, actor, now), now)

    def move(self, tx: Tx, room: str, request: MoveRequest, actor: Actor, now: datetime) -> Applied:
        return self._with_phones(tx, frontoffice.move(tx, self._rules, room, request, actor, now), now)

    def unbar(self, tx: Tx, room: str, actor: Actor, now: datetime) -> Applied:
        return credit.lift(tx, self._rules, room, actor, now)

    def decide(self, tx: Tx, id: int, apply: bool, actor: Actor, now: datetime) -> Applied:
        applied = resync.decide(tx, self._rules, id, apply, actor, now)
        complete = resync.was_complete(tx, self._rules, id)
        if complete:
            keep_resynced(tx, self._rules, now)
        if apply:
            stand_as_told(tx, self._rules, applied.rooms, now, applied.words, complete=complete)
        return applied

    def _with_phones(self, tx: Tx, applied: Applied, now: datetime) -> Applied:
        roomwants.want(tx, self._rules, applied.rooms, now, applied.words)
        if self._link is not None and not self._link.flowing:  # the PMS does not know of it
            pmsstanding.want_resync(tx, self._rules.property, now)
        return applied

    def committed(self) -> None:
        self._saved()

    def takes_status(self) -> bool:
        return self._link is not None and self._link.can(Capability.ROOM_STATUS)

    async def tell_status(self, status: RoomStatus) -> None:
        await self._pms().tell_status(status)

    async def request_resync(self) -> None:
        await self._pms().request_resync()

    def _pms(self) -> PmsLink:
        if self._link is None:
            raise Refusal("not_offered", "No PMS is configured for this hotel.", status=409)
        return self._link
