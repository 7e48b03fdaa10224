"""The narrow window between the desk's machines (HTTP, command line) and the house.

Whoever stands before it knows this protocol and the views, nothing of stores, devices or timers.
Every asynchronous call ends after its commit. What cannot be granted is an `errors.Refusal` with a
stable code; `StoreUnavailable` and `NotOwner` mean that nothing was done and trying again may help.

Refusals every call may raise: `unknown_property` (404), and for one thing by its id `unknown_wakeup`,
`unknown_order`, `unknown_alarm`, `unknown_room` (404; 422 in a booking); for lists `bad_cursor` (422);
with a `once` whose key was used for something else `idempotency_key_reused` (422).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol

from hotelbridge.core.records import Actor, Change
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
from hotelbridge.services.reportviews import ForecastQuery, ForecastView, PunctualityQuery, PunctualityView
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


class Desk(Protocol):
    """Everything a caller can ask of the house."""

    def properties(self) -> tuple[PropertyView, ...]:
        """All properties of this daemon, each with its present local time."""
        ...

    async def book(
        self, property: str, request: BookingRequest, actor: Actor, once: Once | None = None
    ) -> BookingView | Replay:
        """Save an order and its wake-ups, all or none, or say what a preview would; with a read-back.

        Refuses `past`, `too_soon`, `unknown_room`, `invalid_until`, the two of DST (422), `which_day`,
        `not_in_house` (409). For several rooms, `rooms` names each one's reason.
        """
        ...

    async def wakeups(self, property: str, query: WakeupQuery) -> Page[WakeupView]:
        """Wake-ups by due time, then id."""
        ...

    async def wakeup(self, property: str, id: int) -> WakeupDetail:
        """One wake-up with its attempts and its history."""
        ...

    async def change(self, property: str, id: int, request: ChangeRequest, actor: Actor) -> ChangedView:
        """Another time, note, ... of this one; refused once it is ringing or over: `not_changeable`."""
        ...

    async def cancel(
        self, property: str, id: int, actor: Actor, once: Once | None = None
    ) -> WakeupView | Replay:
        """No ring any more, of its follow-up neither; refused once it is over: `not_cancellable`."""
        ...

    async def orders(self, property: str, query: OrderQuery) -> Page[OrderView]:
        """Orders, oldest first."""
        ...

    async def order(self, property: str, id: int) -> OrderView:
        """One order."""
        ...

    async def change_order(self, property: str, id: int, request: OrderChange, actor: Actor) -> OrderChanged:
        """Change an order with all its wake-ups to come.

        Refuses `order_ended`, `not_changeable`, `not_recurring` (409) and what a booking refuses.
        """
        ...

    async def end_order(self, property: str, id: int, actor: Actor) -> OrderChanged:
        """End an order with all its wake-ups to come; ended again, nothing happens."""
        ...

    async def awake(
        self, property: str, room: str, request: AwakeRequest, actor: Actor, once: Once | None = None
    ) -> AwakeView | Replay:
        """The guest of a room is up: close every ladder that runs there. Again, nothing happens."""
        ...

    async def close(
        self, property: str, id: int, request: CloseRequest, actor: Actor, once: Once | None = None
    ) -> WakeupView | Replay:
        """End a wake-up by hand, with what the person found; closes its alarm too.

        Refuses `not_closable`, `not_due_yet` (409); what is not due yet can be cancelled.
        """
        ...

    async def alarms(
        self, property: str, open: bool | None, limit: int, cursor: str | None, *, named: bool = False
    ) -> Page[AlarmView]:
        """Alarms, oldest first; `open` None gives all. `named`: whether the caller may know guests."""
        ...

    async def emergencies(
        self, properties: Sequence[str], *, named: bool = False
    ) -> Mapping[str, tuple[AlarmView, ...]]:
        """The open calls for help of these hotels, oldest first; a hotel without any is left out."""
        ...

    async def alarm(self, property: str, id: int, *, named: bool = False) -> AlarmView:
        """One alarm."""
        ...

    async def alarm_list(self, property: str, id: int, *, named: bool = False) -> str:
        """One alarm as a page to print: its rooms by due time, with a box for each."""
        ...

    async def acknowledge(
        self, property: str, id: int, request: AcknowledgeRequest, actor: Actor, once: Once | None = None
    ) -> AlarmView | Replay:
        """Silence an alarm by name; with an outcome, close it. A list of several: `close_room_by_room`.

        For callers who may know guests.

        Refuses `decide_it` (409) to close one that asks for a decision (a resync), and `not_saved` (409) for
        the alarm about a store that cannot be written.
        """
        ...

    async def night_list(self, property: str, evening: date | None, *, named: bool) -> str:
        """The wake-ups of the night after this evening as a page; None: of the present or coming night.

        Notes are left out where guests may not be `named`.
        """
        ...

    async def night(self, property: str, evening: date | None) -> NightView:
        """The same, with its slips where the house keeps them."""
        ...

    async def console(self, property: str, request: ConsoleRequest) -> ConsoleView:
        """A desk's screen is there; said again and again."""
        ...

    async def consoles(self, property: str) -> tuple[ConsoleView, ...]:
        """The desk's screens of the last day, by name."""
        ...

    async def room(self, property: str, number: str) -> RoomView:
        """One room and its phones, without who is in it; with guests: `services.roomwindow`."""
        ...

    async def links(self, property: str) -> tuple[LinkView, ...]:
        """Every connection to a far end."""
        ...

    async def clocks(self, property: str) -> ClockView:
        """By which time guests are woken, and what the clocks around show."""
        ...

    async def trust_clock(self, property: str, request: ClockRequest, actor: Actor) -> ClockView:
        """Say which time is right; refuses `clock_not_in_question` (409)."""
        ...

    async def forecast(self, property: str, query: ForecastQuery) -> ForecastView:
        """What is booked, as it is expected to ring; refuses `range_too_long`, `range_backwards`."""
        ...

    async def punctuality(self, property: str, query: PunctualityQuery) -> PunctualityView:
        """How punctual wake-ups were; refuses `range_too_long`, `range_backwards`."""
        ...

    async def changes_since(self, property: str, n: int, limit: int) -> list[Change]:
        """Committed changes with a number above `n`, in order, at most `limit`."""
        ...

    async def latest_change(self, property: str) -> int:
        """The number of the last committed change; 0 where there was none."""
        ...

    async def oldest_change(self, property: str) -> int:
        """The number of the oldest change still kept; 0 where none is kept."""
        ...

    def subscribe(self, listener: Callable[[list[Change]], None]) -> Callable[[], None]:
        """Call `listener` on the reactor with the changes of each commit; the answer ends that."""
        ...

    def unsaved(self, property: str) -> AlarmView | None:
        """The alarm that stands while nothing can be saved, under the number 0; it is in no feed.

        What `subscribe` tells of it is a change with the number 0: there is news of it, or it is over.
        """
        ...

    async def caller(self, token: str) -> Caller | None:
        """Whom a bearer token stands for; None where it is unknown or revoked."""
        ...

    def readiness(self) -> Mapping[str, bool]:
        """What must be true before requests make sense, each by name: `store`, `devices`, ..."""
        ...
