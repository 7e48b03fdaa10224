"""Rooms that are kept in memory, for the front door's tests; refuses what the house refuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from hotelbridge.core.guests import Direction, LineClass
from hotelbridge.core.personal import mask, personal
from hotelbridge.core.records import Actor, AlarmKind
from hotelbridge.errors import Refusal
from hotelbridge.services import roomviews, views
from hotelbridge.testing.fake_clock import FakeClock

from .fake_desk import LARGEST, ZONE

GUEST = "Müller, Hans"


class FakeRooms:
    """`hotelbridge.services.roomwindow.RoomDesk` with the rooms 212 (occupied) and 305 (vacant)."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.asked: list[tuple[Any, ...]] = []
        self.fail_with: Exception | None = None
        self.answers: dict[tuple[str, str], str] = {}
        self.has_pms = True
        self.sharers: tuple[roomviews.StayView, ...] = ()  # who is in 212 beside its guest
        self.refuse: dict[str, Exception] = {}  # by the name of the call
        self.hangs: dict[int, roomviews.HangingView] = {}  # by stay; 212 has the stay 1

    async def rooms(
        self, property: str, limit: int, cursor: str | None, *, named: bool
    ) -> views.Page[roomviews.RoomDetail]:
        self._check("rooms", property, limit, cursor, named)
        return views.Page((self._room("212", named), self._room("305", named)))

    def numbers(self, property: str) -> tuple[str, ...]:
        return ("212", "305")

    async def guests(
        self, property: str, rooms: Collection[str], *, named: bool
    ) -> dict[str, tuple[roomviews.StayView, ...]]:
        self._check("guests", property, frozenset(rooms), named)
        return {"212": self._room("212", named).stays} if "212" in rooms else {}

    async def hanging(self, property: str) -> Mapping[int, roomviews.HangingView]:
        self._check("hanging", property)
        return self.hangs

    async def room(self, property: str, number: str, *, named: bool) -> roomviews.RoomDetail:
        self._check("room", property, number, named)
        return self._room(number, named)

    async def check_in(
        self,
        property: str,
        room: str,
        request: roomviews.CheckInRequest,
        actor: Actor,
        once: views.Once | None = None,
    ) -> roomviews.RoomDone | views.Replay:
        self._check("check_in", property, room, request, actor, once)
        if room == "212" and not request.shared:
            raise Refusal("occupied", "Somebody is in 212.", status=409, guests=[GUEST])
        return self._done(room, once, f"{personal(request.guest)} is in {room}.")

    async def check_out(
        self,
        property: str,
        room: str,
        request: roomviews.CheckOutRequest,
        actor: Actor,
        once: views.Once | None = None,
    ) -> roomviews.RoomDone | views.Replay:
        self._check("check_out", property, room, request, actor, once)
        if not request.anyway:
            pending = [{"id": 17, "due": self._now()}]
            raise Refusal("pending_work", "A wake-up is pending.", status=409, wakeups=pending)
        return self._done(room, once, f"{room} is vacant.")

    async def move(
        self,
        property: str,
        room: str,
        request: roomviews.MoveRequest,
        actor: Actor,
        once: views.Once | None = None,
    ) -> roomviews.RoomDone | views.Replay:
        self._check("move", property, room, request, actor, once)
        self._room(request.to, True)
        return self._done(room, once, f"from {room} to {request.to}")

    async def unbar(
        self, property: str, room: str, actor: Actor, once: views.Once | None = None
    ) -> roomviews.RoomDone | views.Replay:
        self._check("unbar", property, room, actor, once)
        if room != "212":
            raise Refusal("not_barred", f"Nobody in {room} is barred for his credit.", status=409)
        return self._done(room, once, f"{room} may call again")

    async def why(self, property: str, room: str, *, named: bool) -> roomviews.WhyView:
        self._check("why", property, room, named)
        stays = self._room(room, named).stays
        setting = roomviews.SettingView("Call_Restriction", "1", "3")
        phone = roomviews.PhoneWhy("om20", room, "ready", False, self._now(), "nobody proved it", (setting,))
        coming = roomviews.ComingView(17, self._now(), "scheduled", "1001")
        alarm = roomviews.OpenAlarmView(3, AlarmKind.PHONE_DRIFT, self._now(), "it does not hold")
        said = f"{personal(GUEST)} is in {room}."
        return roomviews.WhyView(
            room, (said if named else mask(said),), stays, (phone,), (coming,), (alarm,),
            (self._line(named),), (self._entry(named),),
        )  # fmt: skip

    async def recorder(
        self, property: str, query: roomviews.RecorderQuery, *, named: bool
    ) -> views.Page[roomviews.EntryView]:
        self._check("recorder", property, query, named)
        return views.Page((self._entry(named),), "next-1")

    async def journal(
        self, property: str, query: roomviews.JournalQuery, *, named: bool
    ) -> views.Page[roomviews.JournalView]:
        self._check("journal", property, query, named)
        return views.Page((self._line(named),))

    async def resyncs(
        self, property: str, limit: int, cursor: str | None, *, named: bool
    ) -> views.Page[roomviews.ResyncView]:
        self._check("resyncs", property, limit, cursor, named)
        return views.Page((self._resync(named),))

    async def resync(self, property: str, id: int, *, named: bool) -> roomviews.ResyncView:
        self._check("resync", property, id, named)
        if id != 1:
            raise Refusal("unknown_resync", f"There is no resync {id}.", status=404)
        return self._resync(named)

    async def decide(
        self, property: str, id: int, apply: bool, actor: Actor, once: views.Once | None = None
    ) -> roomviews.ResyncDone | views.Replay:
        self._check("decide", property, id, apply, actor, once)
        if id != 1:
            raise Refusal("unknown_resync", f"There is no resync {id}.", status=404)
        return roomviews.ResyncDone("applied" if apply else "dismissed", self._resync(True))

    def takes_status(self, property: str) -> bool:
        return self.has_pms

    async def tell_status(
        self,
        property: str,
        room: str,
        request: roomviews.StatusRequest,
        actor: Actor,
        once: views.Once | None = None,
    ) -> roomviews.ToldPms | views.Replay:
        self._check("tell_status", property, room, request, actor, once)
        self._room(room, True)
        return roomviews.ToldPms(f"{room} is {request.status}")

    async def request_resync(
        self, property: str, actor: Actor, once: views.Once | None = None
    ) -> roomviews.ToldPms | views.Replay:
        self._check("request_resync", property, actor, once)
        return roomviews.ToldPms("The PMS was asked.")

    # --- inside ---

    def _check(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.fail_with is not None:
            raise self.fail_with
        if asked[0] in self.refuse:
            raise self.refuse[asked[0]]
        for value in asked:  # what a database would refuse
            assert not isinstance(value, int) or abs(value) <= LARGEST
            assert not isinstance(value, str) or "\0" not in value

    def _now(self) -> datetime:
        return self.clock.now().astimezone(ZONE)

    def _room(self, number: str, named: bool) -> roomviews.RoomDetail:
        if number not in ("212", "305"):
            raise Refusal("unknown_room", f"There is no room {number}.", status=404)
        phone = views.PhoneView("om20", number, {"api": "7"}, None, False, "")
        stay = roomviews.StayView(
            1, "212", "1001", GUEST if named else "", "de", False, LineClass.LOCAL, "", None, None,
            self._now(), "fias",
        )  # fmt: skip
        stays = (stay, *self.sharers) if number == "212" else ()
        return roomviews.RoomDetail(number, (phone,), 2, bool(stays), stays, None, "", None)

    def _done(self, room: str, once: views.Once | None, said: str) -> roomviews.RoomDone | views.Replay:
        if once is not None and (once.key, once.caller) in self.answers:
            return views.Replay(once.status, self.answers[once.key, once.caller])
        done = roomviews.RoomDone(said, (self._room(room, True),))
        if once is not None:
            self.answers[once.key, once.caller] = views.render(done)
        return done

    def _entry(self, named: bool) -> roomviews.EntryView:
        words = f"check-in of {personal(GUEST)} in 212"
        return roomviews.EntryView(
            "r17", self._now(), "pms", Direction.IN, ("212",), words if named else mask(words), "", False,
            "\\x02GI|RN212|GNMüller, Hans|\\x03" if named else None,
        )  # fmt: skip

    def _line(self, named: bool) -> roomviews.JournalView:
        text = f"{personal(GUEST)} came"
        return roomviews.JournalView(
            5, self._now(), "fias", "pms", "212", "1001", "checked_in", text if named else mask(text), "r17"
        )

    def _resync(self, named: bool) -> roomviews.ResyncView:
        leaves = {"room": "212", "reservation": "1001", "pending": ["2026-11-24T06:30:00"]}
        moves = {"room": "212", "reservation": "1001", "to": "305"}
        found = {"complete": True, "comes": [], "goes": [leaves], "moves": [moves], "changes": []}
        difference: dict[str, object] | None = found if named else None
        return roomviews.ResyncView(1, "asking", self._now(), self._now(), difference, None, None)
