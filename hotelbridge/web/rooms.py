"""The calls of the API about rooms, their guests, and what came and went by the links.

As `web.api`: each takes a checked request, asks the desk and shapes the answer. Whether a caller may
know the guests goes by its role, and with the question: what is not for it never leaves the desk.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hotelbridge.services.desk import Desk
from hotelbridge.services.roomviews import (
    EntryView,
    JournalView,
    ResyncDone,
    ResyncView,
    RoomDetail,
    RoomDone,
    ToldPms,
    WhyView,
)
from hotelbridge.services.roomwindow import RoomDesk
from hotelbridge.services.views import Page
from hotelbridge.web.bodies import PageQuery
from hotelbridge.web.roombodies import (
    CheckInBody,
    CheckOutBody,
    DecisionBody,
    JournalForm,
    MoveBody,
    RecorderForm,
    ResyncBody,
    StatusBody,
    UnbarBody,
)
from hotelbridge.web.routing import DESK, Answer, Ask, P, Route, answer


class RoomApi:
    """The handlers."""

    def __init__(self, rooms: RoomDesk, desk: Desk) -> None:
        self._rooms = rooms
        self._desk = desk

    async def rooms(self, ask: Ask) -> Answer:
        query = ask.form(PageQuery, ask.query)
        page = await self._rooms.rooms(ask.property, query.limit, query.cursor, named=ask.named)
        return answer(page)

    async def room(self, ask: Ask) -> Answer:
        return answer(await self._rooms.room(ask.property, _room(ask), named=ask.named))

    async def why(self, ask: Ask) -> Answer:
        return answer(await self._rooms.why(ask.property, _room(ask), named=ask.named))

    async def check_in(self, ask: Ask) -> Answer:
        body = ask.form(CheckInBody, ask.body)
        actor = ask.acting(body.by)
        return answer(await self._rooms.check_in(ask.property, _room(ask), body.request(), actor, ask.once))

    async def check_out(self, ask: Ask) -> Answer:
        body = ask.form(CheckOutBody, ask.body)
        actor = ask.acting(body.by)
        return answer(await self._rooms.check_out(ask.property, _room(ask), body.request(), actor, ask.once))

    async def move(self, ask: Ask) -> Answer:
        body = ask.form(MoveBody, ask.body)
        actor = ask.acting(body.by)
        return answer(await self._rooms.move(ask.property, _room(ask), body.request(), actor, ask.once))

    async def status(self, ask: Ask) -> Answer:
        body = ask.form(StatusBody, ask.body)
        actor = ask.acting(body.by)
        told = await self._rooms.tell_status(ask.property, _room(ask), body.request(), actor, ask.once)
        return answer(told)

    async def unbar(self, ask: Ask) -> Answer:
        actor = ask.acting(ask.form(UnbarBody, ask.body).by)
        return answer(await self._rooms.unbar(ask.property, _room(ask), actor, ask.once))

    async def recorder(self, ask: Ask) -> Answer:
        query = ask.form(RecorderForm, ask.query).query(self._zone(ask.property))
        return answer(await self._rooms.recorder(ask.property, query, named=ask.named))

    async def journal(self, ask: Ask) -> Answer:
        query = ask.form(JournalForm, ask.query).query()
        return answer(await self._rooms.journal(ask.property, query, named=ask.named))

    async def resyncs(self, ask: Ask) -> Answer:
        query = ask.form(PageQuery, ask.query)
        page = await self._rooms.resyncs(ask.property, query.limit, query.cursor, named=ask.named)
        return answer(page)

    async def apply(self, ask: Ask) -> Answer:
        return await self._decide(ask, apply=True)

    async def dismiss(self, ask: Ask) -> Answer:
        return await self._decide(ask, apply=False)

    async def _decide(self, ask: Ask, *, apply: bool) -> Answer:
        id = ask.id("unknown_resync")
        actor = ask.acting(ask.form(DecisionBody, ask.body).by)
        return answer(await self._rooms.decide(ask.property, id, apply, actor, ask.once))

    async def ask_for_resync(self, ask: Ask) -> Answer:
        actor = ask.acting(ask.form(ResyncBody, ask.body).by)
        return answer(await self._rooms.request_resync(ask.property, actor, ask.once))

    def _zone(self, property: str) -> ZoneInfo:
        return next(ZoneInfo(view.timezone) for view in self._desk.properties() if view.id == property)


def room_routes(api: RoomApi) -> list[Route]:
    """The part of the API that is about rooms and links."""
    room, resync = f"{P}/rooms/{{number}}", f"{P}/resyncs/{{id}}"
    return [
        Route("GET", f"{P}/rooms", api.rooms, "Rooms, who is in them, and their phones.",
              Page[RoomDetail], query=PageQuery),
        Route("GET", room, api.room, "One room, who is in it, and its phones.", RoomDetail),
        Route("GET", f"{room}/why", api.why, "Why a room is as it is: the chain of causes.", WhyView),
        Route("POST", f"{room}/check-in", api.check_in, "A guest comes.",
              RoomDone, roles=DESK, body=CheckInBody),
        Route("POST", f"{room}/check-out", api.check_out, "A guest goes.",
              RoomDone, roles=DESK, body=CheckOutBody),
        Route("POST", f"{room}/move", api.move, "A guest goes to another room with all that is his.",
              RoomDone, roles=DESK, body=MoveBody),
        Route("POST", f"{room}/status", api.status, "Tell the PMS the status of a room: clean, dirty, ...",
              ToldPms, roles=DESK, body=StatusBody),
        Route("POST", f"{room}/unbar", api.unbar, "Let guests call outside in spite of their credit.",
              RoomDone, roles=DESK, body=UnbarBody),
        Route("GET", f"{P}/recorder", api.recorder, "What came and went by the links, decoded; newest first.",
              Page[EntryView], query=RecorderForm),
        Route("GET", f"{P}/journal", api.journal, "What happened to rooms and guests; newest first.",
              Page[JournalView], query=JournalForm),
        Route("GET", f"{P}/resyncs", api.resyncs, "Resyncs of the PMS and their differences; newest first.",
              Page[ResyncView], query=PageQuery),
        Route("POST", f"{resync}/apply", api.apply, "Make the house as a resync told it.",
              ResyncDone, roles=DESK, body=DecisionBody),
        Route("POST", f"{resync}/dismiss", api.dismiss, "Leave the house as it is in spite of a resync.",
              ResyncDone, roles=DESK, body=DecisionBody),
        Route("POST", f"{P}/resync", api.ask_for_resync, "Ask the PMS to tell how everything stands.",
              ToldPms, roles=DESK, body=ResyncBody),
    ]  # fmt: skip


def _room(ask: Ask) -> str:
    return ask.params["number"]
