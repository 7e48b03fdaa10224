"""The calls of the API: each takes a checked request, asks the desk and shapes the answer.

Decides nothing: what may be booked, closed or shown is the desk's to say. The table at the end, with
those of `web.rooms` and `web.charges`, is the whole API and the source of its description.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from hotelbridge.metrics import Metrics
from hotelbridge.services.desk import Desk
from hotelbridge.services.orderviews import AwakeView, BookingView, ChangedView, OrderChanged, OrderView
from hotelbridge.services.reportviews import ForecastView, PunctualityView
from hotelbridge.services.views import (
    AlarmView,
    ClockView,
    ConsoleView,
    LinkView,
    Page,
    PropertyView,
    WakeupDetail,
    WakeupView,
    for_reader,
    render,
)
from hotelbridge.web import openapi
from hotelbridge.web.bodies import (
    AcknowledgeBody,
    AlarmListQuery,
    ClockBody,
    CloseBody,
    ConsoleBody,
    EventQuery,
    NightQuery,
    PageQuery,
    WakeupListQuery,
)
from hotelbridge.web.bodies_reports import ForecastForm, PunctualityForm
from hotelbridge.web.bookings import (
    AwakeBody,
    BookingBody,
    ByQuery,
    ChangeBody,
    OrderChangeBody,
    OrderListQuery,
)
from hotelbridge.web.events import EVENT_STREAM, EventHub, Listening, Stream
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import DESK, JSON, V1, Answer, Ask, P, Route, Router, answer

T = TypeVar("T")

PLAIN = "text/plain; charset=utf-8"


class Api:
    """The handlers, and the table that leads to them."""

    def __init__(self, desk: Desk, metrics: Metrics, hub: EventHub, more: Sequence[Route] = ()) -> None:
        self._desk = desk
        self._metrics = metrics
        self._hub = hub
        self.router = Router([*routes(self), *more])

    async def properties(self, ask: Ask) -> Answer:
        query = ask.form(PageQuery, ask.query)
        assert ask.caller is not None
        mine = [view for view in self._desk.properties() if ask.caller.may_see(view.id)]
        return answer(_piece(mine, query))

    async def book(self, ask: Ask) -> Answer:
        body = ask.form(BookingBody, ask.body)
        request = body.request()
        view = await self._desk.book(ask.property, request, ask.acting(body.by), ask.once)
        if request.preview and isinstance(view, WakeupView):
            return answer(view, 200)
        where = {} if not isinstance(view, WakeupView) else {"Location": _address(view)}
        return answer(view, 201, where)

    async def wakeups(self, ask: Ask) -> Answer:
        query = ask.form(WakeupListQuery, ask.query).query(self._zone(ask.property))
        return answer(for_reader(await self._desk.wakeups(ask.property, query), named=ask.named))

    async def wakeup(self, ask: Ask) -> Answer:
        found = await self._desk.wakeup(ask.property, ask.id("unknown_wakeup"))
        return answer(for_reader(found, named=ask.named))

    async def change(self, ask: Ask) -> Answer:
        id = ask.id("unknown_wakeup")
        body = ask.form(ChangeBody, ask.body)
        return answer(await self._desk.change(ask.property, id, body.request(), ask.acting(body.by)))

    async def cancel(self, ask: Ask) -> Answer:
        actor = ask.acting(ask.form(ByQuery, ask.query).by)
        return answer(await self._desk.cancel(ask.property, ask.id("unknown_wakeup"), actor))

    async def close(self, ask: Ask) -> Answer:
        id = ask.id("unknown_wakeup")
        request = ask.form(CloseBody, ask.body).request()
        return answer(await self._desk.close(ask.property, id, request, ask.actor, ask.once))

    async def orders(self, ask: Ask) -> Answer:
        found = await self._desk.orders(ask.property, ask.form(OrderListQuery, ask.query).query())
        return answer(for_reader(found, named=ask.named))

    async def order(self, ask: Ask) -> Answer:
        return answer(
            for_reader(await self._desk.order(ask.property, ask.id("unknown_order")), named=ask.named)
        )

    async def change_order(self, ask: Ask) -> Answer:
        id = ask.id("unknown_order")
        body = ask.form(OrderChangeBody, ask.body)
        actor = ask.acting(body.by)
        return answer(await self._desk.change_order(ask.property, id, body.request(), actor))

    async def end_order(self, ask: Ask) -> Answer:
        actor = ask.acting(ask.form(ByQuery, ask.query).by)
        return answer(await self._desk.end_order(ask.property, ask.id("unknown_order"), actor))

    async def awake(self, ask: Ask) -> Answer:
        request = ask.form(AwakeBody, ask.body).request()
        room = ask.params["number"]
        return answer(await self._desk.awake(ask.property, room, request, ask.actor, ask.once))

    async def alarms(self, ask: Ask) -> Answer:
        query = ask.form(AlarmListQuery, ask.query)
        return answer(
            await self._desk.alarms(ask.property, query.wanted(), query.limit, query.cursor, named=ask.named)
        )

    async def alarm(self, ask: Ask) -> Answer:
        return answer(await self._desk.alarm(ask.property, ask.id("unknown_alarm"), named=ask.named))

    async def alarm_list(self, ask: Ask) -> Answer:
        page = await self._desk.alarm_list(ask.property, ask.id("unknown_alarm"), named=ask.named)
        return Answer(page, content_type=PLAIN)

    async def acknowledge(self, ask: Ask) -> Answer:
        id = ask.id("unknown_alarm")
        request = ask.form(AcknowledgeBody, ask.body).request()
        return answer(await self._desk.acknowledge(ask.property, id, request, ask.actor, ask.once))

    async def night_list(self, ask: Ask) -> Answer:
        wanted = ask.form(NightQuery, ask.query).date
        evening = None if wanted is None else date.fromisoformat(wanted)
        text = await self._desk.night_list(ask.property, evening, named=ask.named)
        return Answer(text, content_type=PLAIN)

    async def console(self, ask: Ask) -> Answer:
        request = ask.form(ConsoleBody, ask.body).request()
        return answer(await self._desk.console(ask.property, request))

    async def consoles(self, ask: Ask) -> Answer:
        query = ask.form(PageQuery, ask.query)
        return answer(_piece(await self._desk.consoles(ask.property), query))

    async def links(self, ask: Ask) -> Answer:
        query = ask.form(PageQuery, ask.query)
        return answer(_piece(await self._desk.links(ask.property), query))

    async def clock(self, ask: Ask) -> Answer:
        return answer(await self._desk.clocks(ask.property))

    async def trust_clock(self, ask: Ask) -> Answer:
        request = ask.form(ClockBody, ask.body).request()
        return answer(await self._desk.trust_clock(ask.property, request, ask.actor))

    async def forecast(self, ask: Ask) -> Answer:
        query = ask.form(ForecastForm, ask.query).query(self._zone(ask.property))
        return answer(await self._desk.forecast(ask.property, query))

    async def punctuality(self, ask: Ask) -> Answer:
        query = ask.form(PunctualityForm, ask.query).query()
        return answer(await self._desk.punctuality(ask.property, query))

    async def events(self, ask: Ask) -> Stream:
        wanted = ask.form(EventQuery, ask.query).property
        assert ask.caller is not None
        zones = {view.id: ZoneInfo(view.timezone) for view in self._desk.properties()}
        if wanted is not None:
            if not ask.caller.may_see(wanted):
                raise Problem(403, "other_property", "This token is bound to other properties.")
            if wanted not in zones:
                raise Problem(404, "unknown_property", "There is no such property.")
        seen = {id: zone for id, zone in zones.items() if ask.caller.may_see(id) and wanted in (None, id)}
        return self._hub.stream(Listening(seen, ask.caller, self._welcome(ask), ask.last_event_id))

    def _welcome(self, ask: Ask) -> Callable[[], Awaitable[bool]]:
        """Whether a token is still what it was when its stream began."""

        async def welcome() -> bool:
            return await self._desk.caller(ask.token) == ask.caller

        return welcome

    async def openapi(self, ask: Ask) -> Answer:
        return Answer(self._document)

    async def alive(self, ask: Ask) -> Answer:
        return Answer("ok\n", content_type=PLAIN)

    async def ready(self, ask: Ask) -> Answer:
        checks = dict(self._desk.readiness())
        ready = all(checks.values())
        return answer({"ready": ready, "checks": checks}, 200 if ready else 503)

    async def metrics(self, ask: Ask) -> Answer:
        return Answer(self._metrics.text(), content_type=self._metrics.content_type)

    @cached_property
    def _document(self) -> str:
        return render(openapi.document(self.router.routes))

    def _zone(self, property: str) -> ZoneInfo:
        return next(ZoneInfo(view.timezone) for view in self._desk.properties() if view.id == property)


def routes(api: Api) -> list[Route]:
    """The whole API but for rooms, charges and what came by the links."""
    one, alarm = f"{P}/wakeups/{{id}}", f"{P}/alarms/{{id}}"
    order = f"{P}/orders/{{id}}"
    return [
        Route("GET", f"{V1}/properties", api.properties, "The properties this token may see.",
              Page[PropertyView], query=PageQuery),
        Route("GET", f"{P}/wakeups", api.wakeups, "Wake-ups by due time.",
              Page[WakeupView], query=WakeupListQuery),
        Route("POST", f"{P}/wakeups", api.book, "Book wake-ups: rooms, a time, days.",
              BookingView, 201, 200, DESK, body=BookingBody),
        Route("GET", one, api.wakeup, "One wake-up, its attempts and its history.", WakeupDetail),
        Route("PATCH", one, api.change, "Another time, note, proof, ... of this one.",
              ChangedView, roles=DESK, body=ChangeBody),
        Route("DELETE", one, api.cancel, "Cancel a wake-up.", WakeupView, roles=DESK, query=ByQuery),
        Route("POST", f"{one}/close", api.close, "Say by hand how a wake-up ended.",
              WakeupView, roles=DESK, body=CloseBody),
        Route("GET", f"{P}/orders", api.orders, "Orders, oldest first.",
              Page[OrderView], query=OrderListQuery),
        Route("GET", order, api.order, "One order.", OrderView),
        Route("PATCH", order, api.change_order, "Change an order with all its wake-ups to come.",
              OrderChanged, roles=DESK, body=OrderChangeBody),
        Route("DELETE", order, api.end_order, "End an order with all its wake-ups to come.",
              OrderChanged, roles=DESK, query=ByQuery),
        Route("GET", f"{P}/alarms", api.alarms, "Alarms.", Page[AlarmView], query=AlarmListQuery),
        Route("GET", alarm, api.alarm, "One alarm.", AlarmView),
        Route("GET", f"{alarm}/list", api.alarm_list, "One alarm and its rooms, as a page to print.",
              content_type="text/plain"),
        Route("POST", f"{alarm}/acknowledge", api.acknowledge, "Silence an alarm by name, or close it.",
              AlarmView, roles=DESK, body=AcknowledgeBody),
        Route("GET", f"{P}/night-list", api.night_list, "The wake-ups of a night, as a page to print.",
              query=NightQuery, content_type="text/plain"),
        Route("GET", f"{P}/consoles", api.consoles, "The desk's screens of the last day.",
              Page[ConsoleView], query=PageQuery),
        Route("POST", f"{P}/consoles", api.console, "A screen of the desk is there: seen, and heard?",
              ConsoleView, roles=DESK, body=ConsoleBody),
        Route("POST", f"{P}/rooms/{{number}}/awake", api.awake, "The guest is up: end every ladder there.",
              AwakeView, roles=DESK, body=AwakeBody),
        Route("GET", f"{P}/links", api.links, "Connections to far ends, layer by layer.",
              Page[LinkView], query=PageQuery),
        Route("GET", f"{P}/clock", api.clock, "By which time guests are woken.", ClockView),
        Route("POST", f"{P}/clock", api.trust_clock, "Say whether the new or the old time is right.",
              ClockView, roles=DESK, body=ClockBody),
        Route("GET", f"{P}/forecast", api.forecast, "What the hours to come ask of the devices.",
              ForecastView, query=ForecastForm),
        Route("GET", f"{P}/punctuality", api.punctuality, "How punctual wake-ups were.",
              PunctualityView, query=PunctualityForm),
        Route("GET", f"{V1}/events", api.events, "Every change, as server-sent events.",
              query=EventQuery, content_type=EVENT_STREAM),
        Route("GET", f"{V1}/openapi.json", api.openapi, "This description.", roles=None),
        Route("GET", "/healthz", api.alive, "The process runs.", roles=None, content_type="text/plain"),
        Route("GET", "/readyz", api.ready, "Requests make sense now.", roles=None, content_type=JSON),
        Route("GET", "/metrics", api.metrics, "Prometheus text.", roles=None, content_type="text/plain"),
    ]  # fmt: skip


def _piece(views: Sequence[T], query: PageQuery) -> Page[T]:
    """A piece of a list that is short and held in memory; its cursor is the place."""
    start = 0
    if query.cursor:
        if not re.fullmatch("[0-9]{1,9}", query.cursor):
            raise Problem(422, "bad_cursor", "This cursor was not given by `next` of this list.")
        start = int(query.cursor)
    end = start + query.limit
    return Page(tuple(views[start:end]), str(end) if end < len(views) else None)


def _address(view: WakeupView) -> str:
    return f"{V1}/properties/{quote(view.property, safe='')}/wakeups/{view.id}"
