"""A desk that keeps everything in memory, refuses what a desk refuses, and can be made to fail or wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from twisted.internet.defer import Deferred

from hotelbridge.core.nights import Line, Slip
from hotelbridge.core.personal import mask
from hotelbridge.core.records import (
    FINAL_STATES,
    Actor,
    AlarmKind,
    Change,
    Outcome,
    Proof,
    Role,
    Standing,
    WakeupState,
)
from hotelbridge.errors import Refusal
from hotelbridge.services import orderviews, reportviews, views
from hotelbridge.testing.fake_clock import FakeClock

ZONE = ZoneInfo("Europe/Vienna")
LARGEST = 2**63 - 1


class FakeDesk:
    """`hotelbridge.services.desk.Desk` for the front door's tests."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.kept: dict[int, views.WakeupView] = {}
        self.kept_orders: dict[int, orderviews.OrderView] = {}
        self.kept_alarms: dict[int, views.AlarmView] = {}
        self.feed: dict[str, list[Change]] = {"main": [], "annex": []}
        self.forgotten: dict[str, int] = {"main": 0, "annex": 0}  # last change purged
        self.answers: dict[tuple[str, str], tuple[str, str]] = {}
        self.listeners: list[Callable[[list[Change]], None]] = []
        self.asked: list[tuple[Any, ...]] = []
        self.fail_with: Exception | None = None
        self.before_reading: Callable[[], None] | None = None  # called once, inside changes_since
        self.held_back: Deferred[None] | None = None  # what bookings wait for
        self.ready = {"store": True, "devices": True}
        self.rowless: dict[str, views.AlarmView] = {}
        self.tokens = {
            "t-view": views.Caller("screen", Role.VIEWER, None),
            "t-desk": views.Caller("anna", Role.FRONTDESK, None),
            "t-money": views.Caller("bob", Role.ACCOUNTING, None),
            "t-admin": views.Caller("root", Role.ADMIN, None),
            "t-annex": views.Caller("carl", Role.FRONTDESK, frozenset({"annex"})),
        }

    # --- what the tests do behind the desk ---

    def commit(self, property: str, *things: tuple[str, str]) -> None:
        """Things of a property changed and that was committed."""
        feed = self.feed[property]
        made = []
        for kind, id in things:
            n = feed[-1].n + 1 if feed else self.forgotten[property] + 1
            made.append(Change(property, n, kind, id, self.clock.now()))
            feed.append(made[-1])
        for listener in list(self.listeners):
            listener(made)

    def cannot_save(self, text: str) -> None:
        """The alarm that is in no table stands with these words; with none it is over."""
        self.rowless.pop("main", None)
        if text:
            self.rowless["main"] = replace(self.add_alarm(0, text), id=0)
            del self.kept_alarms[0]
        for listener in list(self.listeners):
            listener([Change("main", 0, "alarm", "0", self.clock.now())])

    def purge(self, property: str, up_to: int) -> None:
        self.forgotten[property] = up_to
        self.feed[property] = [change for change in self.feed[property] if change.n > up_to]

    def add_wakeup(self, id: int, room: str = "212") -> views.WakeupView:
        self.kept[id] = view = self._view(id, room)
        return view

    def _view(self, id: int, room: str = "212") -> views.WakeupView:
        due = datetime(2026, 11, 24, 6, 30, tzinfo=ZONE)
        return views.WakeupView(
            id=id, order=id, property="main", room=room, state=WakeupState.SCHEDULED, due=due,
            local="2026-11-24T06:30:00", expected_ring=due, tries=0, max_tries=3, next=due, late=None,
            result=None, note="", language="", proof=Proof.ANSWER, vip=False, in_person=False,
            follows=None, reservation="", connected=None, woken_at=None, created_by="anna (token)",
            created_at=self.clock.now().astimezone(ZONE), origin="api 192.0.2.7",
        )  # fmt: skip

    def add_order(self, id: int) -> orderviews.OrderView:
        at = self.clock.now().astimezone(ZONE)
        self.kept_orders[id] = view = orderviews.OrderView(
            id=id, property="main", rooms=("212", "213"), local="2026-11-24T06:30:00", days=("mon", "fri"),
            until=None, follow_up=10, proof=Proof.HEARD, vip=True, in_person=False, note="", language="de",
            reservation="", anyway=False, pending=4, next=at, said="every Monday and Friday 06:30",
            made_until="2026-12-04", created_by="anna (token)", created_at=at, origin="api 192.0.2.7",
            ended_at=None, ended_by=None,
        )  # fmt: skip
        return view

    def add_alarm(self, id: int, text: str = "212 does not answer") -> views.AlarmView:
        self.kept_alarms[id] = view = views.AlarmView(
            id=id, kind=AlarmKind.WAKEUP_FAILED, room="212", wakeup=1,
            since=self.clock.now().astimezone(ZONE), level=1, text=text, open=True,
            acknowledged_by=None, acknowledged_at=None, outcome=None, note="", closed_at=None, next=None,
        )  # fmt: skip
        return view

    # --- the desk ---

    def properties(self) -> tuple[views.PropertyView, ...]:
        now = self.clock.now().astimezone(ZONE)
        return tuple(
            views.PropertyView(id, f"Hotel {id}", ZONE.key, "EUR", "AT", now) for id in ("main", "annex")
        )

    async def book(
        self, property: str, request: orderviews.BookingRequest, actor: Actor, once: views.Once | None = None
    ) -> orderviews.BookingView | views.Replay:
        self._check("book", property, request, actor, once)
        if self.held_back is not None:
            await self.held_back
        if (replay := self._replay(once)) is not None:
            return replay
        if request.written_rooms != ("212",):
            room = request.written_rooms[0]
            raise Refusal("unknown_room", f"There is no room {room}.", nearest=["212"])
        local = request.local or f"2026-11-25T{request.time}"
        due = datetime.fromisoformat(local).replace(tzinfo=ZONE)
        if due <= self.clock.now():
            raise Refusal("past", "This minute is over.", now=self.clock.now().astimezone(ZONE))
        if request.preview:
            return self._booked(replace(self._view(0), due=due), preview=True)
        view = replace(self.add_wakeup(len(self.kept) + 1), due=due, note=request.note)
        self.kept[view.id] = view
        booked = self._booked(view, preview=False)
        self._keep(once, booked)
        return booked

    def _booked(self, view: views.WakeupView, *, preview: bool) -> orderviews.BookingView:
        one = orderviews.Booked(view.id, view.room, view.due, view.local, None, view.due)
        return orderviews.BookingView(
            **_fields(view),
            said="Tuesday",
            rooms=("212",),
            wakeups=(one,),
            also=(),
            preview=preview,
            warnings=(),
        )

    async def wakeups(self, property: str, query: views.WakeupQuery) -> views.Page[views.WakeupView]:
        self._check("wakeups", property, query)
        if query.cursor is not None and not query.cursor.isdigit():
            raise Refusal("bad_cursor", "This cursor was not given by this list.")
        after = int(query.cursor or 0)
        found = [view for id, view in sorted(self.kept.items()) if id > after]
        if query.open:
            found = [view for view in found if view.state not in FINAL_STATES]
        more = str(found[query.limit - 1].id) if len(found) > query.limit else None
        return views.Page(tuple(found[: query.limit]), more)

    async def wakeup(self, property: str, id: int) -> views.WakeupDetail:
        self._check("wakeup", property, id)
        view = self._one(id)
        at = self.clock.now().astimezone(ZONE)
        attempt = views.AttemptView(1, "212", "om20", at, None, Outcome.BUSY, "the line was busy")
        line = views.HistoryView(at, "anna (token)", "api 192.0.2.7", "booked", "for 06:30")
        return views.WakeupDetail(**_fields(view), attempts=(attempt,), history=(line,))

    async def change(
        self, property: str, id: int, request: orderviews.ChangeRequest, actor: Actor
    ) -> orderviews.ChangedView:
        self._check("change", property, id, request, actor)
        view = self._one(id)
        local = request.local(view.local) or view.local
        self.kept[id] = replace(view, local=local, note=view.note if request.note is None else request.note)
        return orderviews.ChangedView(**_fields(self.kept[id]), said="Tuesday")

    async def cancel(
        self, property: str, id: int, actor: Actor, once: views.Once | None = None
    ) -> views.WakeupView | views.Replay:
        self._check("cancel", property, id, actor)
        replay = self._replay(once)
        if replay is not None:
            return replay
        self.kept[id] = replace(self._one(id), state=WakeupState.CANCELLED)
        self._keep(once, self.kept[id])
        return self.kept[id]

    async def orders(self, property: str, query: orderviews.OrderQuery) -> views.Page[orderviews.OrderView]:
        self._check("orders", property, query)
        return views.Page(tuple(self.kept_orders.values()))

    async def order(self, property: str, id: int) -> orderviews.OrderView:
        self._check("order", property, id)
        if id not in self.kept_orders:
            raise Refusal("unknown_order", "There is no such order.", status=404)
        return self.kept_orders[id]

    async def change_order(
        self, property: str, id: int, request: orderviews.OrderChange, actor: Actor
    ) -> orderviews.OrderChanged:
        self._check("change_order", property, id, request, actor)
        view = _fields(await self.order(property, id))
        return orderviews.OrderChanged(**view, changed=(1, 2), made=(), cancelled=(3,), left=())

    async def end_order(self, property: str, id: int, actor: Actor) -> orderviews.OrderChanged:
        self._check("end_order", property, id, actor)
        view = _fields(await self.order(property, id)) | {"ended_by": actor.name}
        return orderviews.OrderChanged(**view, changed=(), made=(), cancelled=(1, 2), left=())

    async def awake(
        self,
        property: str,
        room: str,
        request: orderviews.AwakeRequest,
        actor: Actor,
        once: views.Once | None = None,
    ) -> orderviews.AwakeView | views.Replay:
        self._check("awake", property, room, request, actor, once)
        await self.room(property, room)
        return orderviews.AwakeView(room, tuple(self.kept.values()), None)

    async def close(
        self,
        property: str,
        id: int,
        request: views.CloseRequest,
        actor: Actor,
        once: views.Once | None = None,
    ) -> views.WakeupView | views.Replay:
        self._check("close", property, id, request, actor, once)
        self.kept[id] = replace(self._one(id), state=WakeupState.CLOSED, result=request.outcome)
        return self.kept[id]

    async def alarms(
        self, property: str, open: bool | None, limit: int, cursor: str | None, *, named: bool = False
    ) -> views.Page[views.AlarmView]:
        self._check("alarms", property, open, limit, cursor)
        if property != "main":
            return views.Page(())
        wanted = [a for a in self.kept_alarms.values() if open is None or a.open == open]
        found = [a for a in wanted if a.id > int(cursor or 0)]
        more = str(found[limit - 1].id) if len(found) > limit else None
        return views.Page(tuple(_for(a, named) for a in found[:limit]), more)

    async def emergencies(
        self, properties: Sequence[str], *, named: bool = False
    ) -> Mapping[str, tuple[views.AlarmView, ...]]:
        self._check("emergencies", properties)
        calls = tuple(a for a in self.kept_alarms.values() if a.kind is AlarmKind.EMERGENCY_CALL and a.open)
        return {"main": calls} if "main" in properties and calls else {}

    async def alarm(self, property: str, id: int, *, named: bool = False) -> views.AlarmView:
        if id not in self.kept_alarms:
            raise Refusal("unknown_alarm", "There is no such alarm.", status=404)
        return _for(self.kept_alarms[id], named)

    async def alarm_list(self, property: str, id: int, *, named: bool = False) -> str:
        found = await self.alarm(property, id, named=named)
        return f"Hotel {property}\nALARM {found.id}\n{found.text}\n"

    async def acknowledge(
        self,
        property: str,
        id: int,
        request: views.AcknowledgeRequest,
        actor: Actor,
        once: views.Once | None = None,
    ) -> views.AlarmView | views.Replay:
        self._check("acknowledge", property, id, request, actor, once)
        alarm = await self.alarm(property, id, named=True)
        closed = request.outcome is not None
        self.kept_alarms[id] = replace(
            alarm,
            acknowledged_at=self.clock.now().astimezone(ZONE),
            acknowledged_by=request.by,
            open=not closed,
        )
        return self.kept_alarms[id]

    async def night_list(self, property: str, evening: date | None, *, named: bool) -> str:
        self._check("night_list", property, evening)
        return f"Hotel {property}\nnight of {evening}\n"

    async def night(self, property: str, evening: date | None) -> views.NightView:
        self._check("night", property, evening)
        at = self.clock.now().astimezone(ZONE)
        line = Line(7, "212", "2026-11-25T06:30:00", "once", "<b>tea</b>", "de", True, False, "")
        slip = views.SlipView(at, (Slip("CHANGED", line, replace(line, local="2026-11-25T06:00:00")),))
        return views.NightView(evening or at.date(), (line,), (slip,))

    async def console(self, property: str, request: views.ConsoleRequest) -> views.ConsoleView:
        self._check("console", property, request)
        at = self.clock.now().astimezone(ZONE)
        return views.ConsoleView(request.name, request.visible, request.sound, at, True)

    async def consoles(self, property: str) -> tuple[views.ConsoleView, ...]:
        self._check("consoles", property)
        return (views.ConsoleView("front-1", True, True, self.clock.now().astimezone(ZONE), True),)

    async def room(self, property: str, number: str) -> views.RoomView:
        if number != "212":
            raise Refusal("unknown_room", f"There is no room {number}.", status=404)
        return views.RoomView("212", (views.PhoneView("om20", "212", {"api": "7"}, None, False, ""),), 0)

    async def links(self, property: str) -> tuple[views.LinkView, ...]:
        self._check("links", property)
        return (views.LinkView("om20", "om", {"tcp": True, "reports": None}, None, "", None),)

    async def clocks(self, property: str) -> views.ClockView:
        self._check("clocks", property)
        now = self.clock.now().astimezone(ZONE)
        return views.ClockView(Standing.AGREED, now, now, 0.0, None, None, ())

    async def trust_clock(self, property: str, request: views.ClockRequest, actor: Actor) -> views.ClockView:
        self._check("trust_clock", property, request, actor)
        raise Refusal("clock_not_in_question", "The clock is not in question now.", status=409)

    async def forecast(self, property: str, query: reportviews.ForecastQuery) -> reportviews.ForecastView:
        self._check("forecast", property, query)
        start = datetime(2026, 11, 24, 6, 30, tzinfo=ZONE)
        device = reportviews.DeviceForecast("om20", 12, 14, 288, 25.0, False)
        quarter = reportviews.QuarterForecast(start, 12, 14, 288, 25.0, False, (device,))
        return reportviews.ForecastView((quarter,), 300.0)

    async def punctuality(
        self, property: str, query: reportviews.PunctualityQuery
    ) -> reportviews.PunctualityView:
        self._check("punctuality", property, query)
        day = reportviews.PunctualityOf("2026-11-24", 9, 1, 0, 0, 0, 1, 9, 0.9, 75.2, 0.1, 75.2)
        return reportviews.PunctualityView((day,), replace(day, period=""), query.by, 300.0)

    async def changes_since(self, property: str, n: int, limit: int) -> list[Change]:
        found = [change for change in self.feed[property] if change.n > n][:limit]
        if self.before_reading is not None:
            then, self.before_reading = self.before_reading, None
            then()
        return found

    async def latest_change(self, property: str) -> int:
        return self.feed[property][-1].n if self.feed[property] else self.forgotten[property]

    async def oldest_change(self, property: str) -> int:
        return self.feed[property][0].n if self.feed[property] else 0

    def subscribe(self, listener: Callable[[list[Change]], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def unsaved(self, property: str) -> views.AlarmView | None:
        return self.rowless.get(property)

    async def caller(self, token: str) -> views.Caller | None:
        return self.tokens.get(token)

    def readiness(self) -> Mapping[str, bool]:
        return self.ready

    # --- inside ---

    def _check(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.fail_with is not None:
            raise self.fail_with
        for value in asked:  # what a database would refuse
            assert not isinstance(value, int) or abs(value) <= LARGEST
            assert not isinstance(value, str) or "\0" not in value

    def _one(self, id: int) -> views.WakeupView:
        if id not in self.kept:
            raise Refusal("unknown_wakeup", "There is no such wake-up.", status=404)
        return self.kept[id]

    def _replay(self, once: views.Once | None) -> views.Replay | None:
        if once is None or (once.key, once.caller) not in self.answers:
            return None
        fingerprint, text = self.answers[once.key, once.caller]
        if fingerprint != once.fingerprint:
            raise Refusal("idempotency_key_reused", "This key was used for another request.")
        return views.Replay(once.status, text)

    def _keep(self, once: views.Once | None, view: object) -> None:
        if once is not None:
            self.answers[once.key, once.caller] = (once.fingerprint, views.render(view))


def _fields(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in view.__dataclass_fields__}


def _for(alarm: views.AlarmView, named: bool) -> views.AlarmView:
    """It, in the words for this caller."""
    told = alarm if named else replace(alarm, text=mask(alarm.text))
    return views.for_reader(told, named=named)
