"""The desk: every call of `services.desk.Desk` as units of work and reads of the store.

It reads the clock once for each call, runs one unit for the owner of the property, and starts what
the unit decided only after its commit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from twisted.logger import Logger

from hotelbridge.core.orders import no_such_room
from hotelbridge.core.records import Actor, Alarm, AlarmKind, Change, Console
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services import (
    alarmviews,
    answering,
    awake,
    booking,
    clockwords,
    forecast,
    nightlist,
    orderreading,
    punctual,
    reading,
    repeats,
    standing,
)
from hotelbridge.services.callers import Callers
from hotelbridge.services.clockwatch import ClockWatch, clock_view
from hotelbridge.services.deskunits import Deed, DeskUnits, House
from hotelbridge.services.lastresort import NUMBER
from hotelbridge.services.orderviews import (
    AwakeRequest,
    AwakeView,
    BookingRequest,
    BookingView,
    ChangedView,
    ChangeRequest,
    OrderChange,
    OrderChanged,
    OrderQuery,
    OrderView,
)
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.reportviews import ForecastQuery, ForecastView, PunctualityQuery, PunctualityView
from hotelbridge.services.rules import Rules
from hotelbridge.services.storewatch import StoreWatch
from hotelbridge.services.views import (
    AcknowledgeRequest,
    AlarmView,
    Caller,
    ClockRequest,
    ClockView,
    CloseRequest,
    ConsoleRequest,
    ConsoleView,
    LinkView,
    NightView,
    Once,
    Page,
    PropertyView,
    Replay,
    RoomView,
    WakeupDetail,
    WakeupQuery,
    WakeupView,
)
from hotelbridge.store import alarms, audit, changes, desk
from hotelbridge.store.database import Database, Tx
from hotelbridge.texts import phrase

T = TypeVar("T")
_log = Logger()

FORGET_CONSOLES = timedelta(days=1)  # after it was last seen
_NOT_SAVED = phrase(
    "This alarm cannot be acknowledged: nothing can be saved now. It stands until that is mended; then "
    "there is an ordinary alarm in its place that can be."
)


class _OnlyTried(Exception):  # noqa: N818 - not an error: it undoes a unit that was only tried
    """What a unit would have done; raised so that nothing of it is saved."""

    def __init__(self, view: BookingView) -> None:
        super().__init__("only tried")
        self.view = view


class FrontDesk(DeskUnits):
    """`Desk`, on the store."""

    def __init__(
        self,
        houses: Mapping[str, House],
        db: Database,
        ownership: Ownership,
        watch: ClockWatch,
        storage: StoreWatch,
        ready: Callable[[], Mapping[str, bool]],
    ) -> None:
        super().__init__(houses, db, ownership, watch.clock)
        self._watch = watch
        self._storage = storage
        self._ready = ready
        self.callers = Callers(db, watch.clock)

    def properties(self) -> tuple[PropertyView, ...]:
        now = self._clock.now()
        return tuple(reading.property_view(house.rules, now) for house in self._houses.values())

    async def book(
        self, property: str, request: BookingRequest, actor: Actor, once: Once | None = None
    ) -> BookingView | Replay:
        house, now = self._house(property), self._clock.now()
        rules = house.rules

        def act(tx: Tx) -> BookingView:
            made = booking.book(tx, rules, request, actor, now)
            view = orderreading.booking_view(tx, rules, made, now, preview=request.preview)
            if request.preview:
                raise _OnlyTried(view)
            return view

        try:
            return await self._act(house, lambda tx: repeats.once(tx, property, once, now, lambda: act(tx)))
        except _OnlyTried as tried:
            return tried.view

    async def wakeups(self, property: str, query: WakeupQuery) -> Page[WakeupView]:
        now = self._clock.now()
        return await self._read(property, lambda tx, rules: reading.wakeup_page(tx, rules, query, now))

    async def wakeup(self, property: str, id: int) -> WakeupDetail:
        now = self._clock.now()
        return await self._read(
            property, lambda tx, rules: reading.wakeup_detail(tx, rules, booking.find(tx, rules, id), now)
        )

    async def change(self, property: str, id: int, request: ChangeRequest, actor: Actor) -> ChangedView:
        house, now = self._house(property), self._clock.now()
        rules = house.rules

        def unit(tx: Tx) -> ChangedView:
            changed = booking.change(tx, rules, id, request, actor, now)
            return orderreading.changed_view(tx, rules, changed, now)

        return await self._act(house, unit)

    async def cancel(
        self, property: str, id: int, actor: Actor, once: Once | None = None
    ) -> WakeupView | Replay:
        def act(tx: Tx, rules: Rules, now: datetime) -> Deed[WakeupView]:
            wakeup, effects = booking.cancel(tx, rules, id, actor, now)
            return reading.wakeup_view(tx, rules, wakeup, now), effects

        return await self._do(property, once, act)

    async def orders(self, property: str, query: OrderQuery) -> Page[OrderView]:
        now = self._clock.now()
        return await self._read(property, lambda tx, rules: orderreading.order_page(tx, rules, query, now))

    async def order(self, property: str, id: int) -> OrderView:
        return await self._read(
            property, lambda tx, rules: orderreading.order_view(tx, rules, standing.find(tx, rules, id))
        )

    async def change_order(self, property: str, id: int, request: OrderChange, actor: Actor) -> OrderChanged:
        now = self._clock.now()
        return await self._reorder(
            property, lambda tx, rules: standing.change(tx, rules, id, request, actor, now)
        )

    async def end_order(self, property: str, id: int, actor: Actor) -> OrderChanged:
        now = self._clock.now()
        return await self._reorder(property, lambda tx, rules: standing.end(tx, rules, id, actor, now))

    async def _reorder(self, property: str, work: Callable[[Tx, Rules], standing.Done]) -> OrderChanged:
        house = self._house(property)

        def unit(tx: Tx) -> tuple[OrderChanged, list[Any]]:
            done = work(tx, house.rules)
            return orderreading.order_changed(tx, house.rules, done), done.effects

        view, effects = await self._act(house, unit)
        house.loop.start(effects)
        return view

    async def awake(
        self, property: str, room: str, request: AwakeRequest, actor: Actor, once: Once | None = None
    ) -> AwakeView | Replay:
        def act(tx: Tx, rules: Rules, now: datetime) -> Deed[AwakeView]:
            ended = awake.awake(tx, rules, room, request, actor, now)
            return orderreading.awake_view(tx, rules, room, ended, now), ended.effects

        return await self._do(property, once, act)

    async def close(
        self, property: str, id: int, request: CloseRequest, actor: Actor, once: Once | None = None
    ) -> WakeupView | Replay:
        def act(tx: Tx, rules: Rules, now: datetime) -> Deed[WakeupView]:
            found = booking.find(tx, rules, id)
            wakeup, effects = booking.close(tx, rules, found, request, actor, now)
            return reading.wakeup_view(tx, rules, wakeup, now), effects

        return await self._do(property, once, act)

    async def alarms(
        self, property: str, open: bool | None, limit: int, cursor: str | None, *, named: bool = False
    ) -> Page[AlarmView]:
        def query(tx: Tx, rules: Rules) -> Page[AlarmView]:
            return alarmviews.alarm_page(tx, rules, open, most, cursor, named=named)

        rowless = None if cursor is not None or open is False else self._rowless(property)
        if rowless is None:
            most = limit
            return await self._read(property, query)
        most = max(1, limit - 1)
        view = alarmviews.rowless_view(self._house(property).rules, rowless)
        try:
            rest = await self._read(property, query)
        except StoreUnavailable:
            return Page((view,))
        return Page((view, *rest.items), rest.next)

    def _rowless(self, property: str) -> Alarm | None:
        return self._storage.alarm(self._house(property).rules.property)

    def _rowless_or_none_such(self, property: str) -> Alarm:
        """The alarm of the last resort by its number, or the refusal `unknown_alarm`."""
        found = self._rowless(property)
        if found is None:
            raise Refusal("unknown_alarm", f"There is no alarm {NUMBER}.", status=404)
        return found

    def unsaved(self, property: str) -> AlarmView | None:
        found = self._rowless(property)
        return None if found is None else alarmviews.rowless_view(self._house(property).rules, found)

    async def emergencies(
        self, properties: Sequence[str], *, named: bool = False
    ) -> Mapping[str, tuple[AlarmView, ...]]:
        houses = [self._house(property).rules for property in properties]

        def query(tx: Tx) -> dict[str, tuple[AlarmView, ...]]:
            found: dict[str, tuple[AlarmView, ...]] = {}
            for rules in houses:
                calls = alarms.open_of(tx, rules.property, AlarmKind.EMERGENCY_CALL)
                views = tuple(alarmviews.alarm_view(tx, rules, one, named=named) for one in calls)
                found |= {rules.property: views} if views else {}
            return found

        return await self._db.read(query)

    async def alarm(self, property: str, id: int, *, named: bool = False) -> AlarmView:
        if id == NUMBER:
            rules = self._house(property).rules
            return alarmviews.rowless_view(rules, self._rowless_or_none_such(property))

        def query(tx: Tx, rules: Rules) -> AlarmView:
            return alarmviews.alarm_view(tx, rules, alarmviews.find(tx, rules, id), named=named)

        return await self._read(property, query)

    async def alarm_list(self, property: str, id: int, *, named: bool = False) -> str:
        now = self._clock.now()
        if id == NUMBER:
            rules = self._house(property).rules
            return alarmviews.rowless_page(rules, self._rowless_or_none_such(property), now)

        def query(tx: Tx, rules: Rules) -> str:
            return alarmviews.printed(tx, rules, alarmviews.find(tx, rules, id), now, named=named)

        return await self._read(property, query)

    async def acknowledge(
        self, property: str, id: int, request: AcknowledgeRequest, actor: Actor, once: Once | None = None
    ) -> AlarmView | Replay:
        if id == NUMBER:
            self._rowless_or_none_such(property)
            raise Refusal("not_saved", _NOT_SAVED, status=409)

        def act(tx: Tx, rules: Rules, now: datetime) -> Deed[AlarmView]:
            alarm, effects = answering.acknowledge(tx, rules, id, request, actor, now)
            return alarmviews.alarm_view(tx, rules, alarm, named=True), effects

        return await self._do(property, once, act)

    async def night_list(self, property: str, evening: date | None, *, named: bool) -> str:
        now = self._clock.now()
        return await self._read(
            property, lambda tx, rules: nightlist.shown(tx, rules, evening, now, named=named)
        )

    async def night(self, property: str, evening: date | None) -> NightView:
        now = self._clock.now()
        return await self._read(property, lambda tx, rules: nightlist.night_view(tx, rules, evening, now))

    async def console(self, property: str, request: ConsoleRequest) -> ConsoleView:
        house, now = self._house(property), self._clock.now()
        rules = house.rules
        saved = Console(property, request.name, now, request.visible, request.sound)

        def unit(tx: Tx) -> None:
            desk.save_console(tx, saved)
            desk.forget_consoles(tx, property, now - FORGET_CONSOLES)

        await self._ownership.run(property, unit)
        if not (saved.visible and saved.sound):
            house.loop.poke()  # the second level may be needed sooner
        return alarmviews.console_view(rules, saved, now)

    async def consoles(self, property: str) -> tuple[ConsoleView, ...]:
        now = self._clock.now()
        return await self._read(
            property,
            lambda tx, rules: tuple(
                alarmviews.console_view(rules, one, now) for one in desk.consoles(tx, property)
            ),
        )

    async def room(self, property: str, number: str) -> RoomView:
        def query(tx: Tx, rules: Rules) -> RoomView:
            if number not in rules.rooms():
                raise Refusal("unknown_room", no_such_room(number, rules.rooms()), status=404)
            return reading.room_views(tx, rules, (number,))[0]

        return await self._read(property, query)

    async def links(self, property: str) -> tuple[LinkView, ...]:
        now = self._clock.now()
        return await self._read(property, lambda tx, rules: reading.link_views(tx, rules, now))

    async def clocks(self, property: str) -> ClockView:
        return clock_view(self._house(property).rules, self._watch)

    async def trust_clock(self, property: str, request: ClockRequest, actor: Actor) -> ClockView:
        rules = self._house(property).rules
        await self._watch.trust(request.by, request.trust)
        now, words = self._clock.now(), clockwords.trusted(request.by, request.trust)
        kept = self._db.run(lambda tx: audit.write(tx, now, actor, "clock_trusted", words, property))
        kept.addErrback(lambda why: _log.warn("not in the audit journal: {why}", why=why.getErrorMessage()))
        return clock_view(rules, self._watch)

    async def forecast(self, property: str, query: ForecastQuery) -> ForecastView:
        now = self._clock.now()
        return await self._read(property, lambda tx, rules: forecast.forecast(tx, rules, query, now))

    async def punctuality(self, property: str, query: PunctualityQuery) -> PunctualityView:
        rules, found = self._house(property).rules, []
        for span in punctual.pieces(rules, query, self._clock.now()):
            found += await self._db.read(
                functools.partial(punctual.read, rules=rules, span=span, by=query.by)
            )
        return punctual.view(rules, found, query.by)

    async def changes_since(self, property: str, n: int, limit: int) -> list[Change]:
        return await self._read(property, lambda tx, _: changes.since(tx, property, n, limit))

    async def latest_change(self, property: str) -> int:
        return await self._read(property, lambda tx, _: changes.latest(tx, property))

    async def oldest_change(self, property: str) -> int:
        return await self._read(property, lambda tx, _: changes.oldest(tx, property))

    def subscribe(self, listener: Callable[[list[Change]], None]) -> Callable[[], None]:
        ends = (self._db.on_commit(listener), self._storage.subscribe(listener))

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

    async def caller(self, token: str) -> Caller | None:
        return await self.callers.caller(token)

    def readiness(self) -> Mapping[str, bool]:
        return self._ready()
