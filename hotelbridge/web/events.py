"""Server-sent events: every listener follows the change feed itself, from its own position.

A commit only wakes the listeners; what happened they read from the feed, in its order. So nothing
is lost or doubled between replay and live, and nothing waits in memory for a slow reader: while its
transport is full its position stands still, and one that stays full is dropped and resumes later by
`Last-Event-ID`. An event carries the present view of the thing, not the past one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Change
from hotelbridge.errors import NotOwner, Refusal, StoreUnavailable
from hotelbridge.services.chargewindow import ChargeDesk
from hotelbridge.services.desk import Desk
from hotelbridge.services.views import Caller, for_reader, render
from hotelbridge.web import frames
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import NAMED

EVENT_STREAM = "text/event-stream"
PING_EVERY = 15.0  # seconds
PATIENCE = 2  # pings that found the transport full before the listener is dropped
AT_ONCE = 200  # changes read from the feed in one go
ALARMS_AT_ONCE = 100
MOST_LISTENERS = 200


class Outlet(Protocol):
    """The connection to one listener."""

    def open(self, producer: Any) -> None:
        """Send the head of the answer; `producer` is told when to pause."""
        ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None:
        """End the answer and the connection."""
        ...

    def abort(self) -> None:
        """Drop the connection with whatever it still holds."""
        ...


@dataclass(frozen=True, slots=True)
class Listening:
    """Who listens, to which properties, from where on."""

    zones: dict[str, ZoneInfo]
    caller: Caller
    welcome: Callable[[], Awaitable[bool]]  # whether the caller may still listen
    last_event_id: str | None
    bare: bool = False  # only what has changed, not how it is now: a page asks for that itself
    hello: bytes = b""  # said first
    ping: bytes = frames.PING  # said now and then, so that both ends see that the line stands


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that takes the connection over."""

    start: Callable[[Outlet], EventStream]


class EventHub:
    """All listeners of this daemon."""

    def __init__(self, desk: Desk, charges: ChargeDesk, clock: Clock, log: Logger) -> None:
        self._desk = desk
        self._charges = charges
        self._clock = clock
        self._log = log
        self._streams: set[EventStream] = set()

    def __len__(self) -> int:
        return len(self._streams)

    def stream(self, listening: Listening) -> Stream:
        """503 `too_many_listeners` where there are too many already."""
        if len(self._streams) >= MOST_LISTENERS:
            sentence = "Too many programs listen to events already; try again later."
            raise Problem(503, "too_many_listeners", sentence, headers={"Retry-After": "30"})
        return Stream(lambda outlet: self._start(listening, outlet))

    def close(self) -> None:
        """End every stream at once; the listeners come back by themselves."""
        for stream in list(self._streams):
            stream.end()

    def _start(self, listening: Listening, outlet: Outlet) -> EventStream:
        stream = EventStream(
            self._desk, self._charges, self._clock, self._log, listening, outlet, self._streams.discard
        )
        self._streams.add(stream)
        stream.start()
        return stream


class _EndedError(Exception):
    """Leaves the loop of a stream that is over."""


class EventStream:
    """One listener: a loop that reads the feeds up to their ends, then sleeps until a commit.

    To the transport it is a push producer, to be paused while the reader is slow.
    """

    def __init__(
        self,
        desk: Desk,
        charges: ChargeDesk,
        clock: Clock,
        log: Logger,
        listening: Listening,
        outlet: Outlet,
        ended: Callable[[EventStream], None],
    ) -> None:
        self._desk = desk
        self._charges = charges
        self._clock = clock
        self._log = log
        self._listening = listening
        self._named = listening.caller.role in NAMED
        self._outlet = outlet
        self._when_ended = ended
        self._positions: dict[str, int] = {}
        self._ended = False
        self._dirty = False
        self._begun = False
        self._unsaved: dict[str, Change] = {}  # what is in no feed, by property: to be told once
        self._paused = False
        self._full = 0  # pings in a row that found the transport full
        self._ask_again = False  # whether the token is still good
        self._bell: Deferred[None] | None = None
        self._ping: Any = None  # an IDelayedCall
        self._unsubscribe: Callable[[], None] = lambda: None

    # --- from outside ---

    def start(self) -> None:
        self._unsubscribe = self._desk.subscribe(self._committed)
        self._ping = self._clock.call_later(PING_EVERY, self._pinged)
        self._outlet.open(self)
        if self._listening.hello:
            self._outlet.write(self._listening.hello)
        Deferred.fromCoroutine(self._run())

    def end(self, *, abort: bool = False) -> None:
        """Close the connection, or `abort` it: the reader does not read."""
        if self._ended:
            return
        self.lost()
        (self._outlet.abort if abort or self._paused else self._outlet.close)()

    def lost(self) -> None:
        """The connection is gone, or about to be."""
        if self._ended:
            return
        self._ended = True
        self._unsubscribe()
        if self._ping is not None and self._ping.active():
            self._ping.cancel()
        self._ring()
        self._when_ended(self)

    def pauseProducing(self) -> None:  # noqa: N802
        self._paused = True

    def resumeProducing(self) -> None:  # noqa: N802
        self._paused = False
        self._full = 0
        self._ring()

    def stopProducing(self) -> None:  # noqa: N802
        self.lost()

    # --- what wakes the loop ---

    def _committed(self, changes: list[Change]) -> None:
        for change in changes:
            if change.n == 0 and change.property in self._listening.zones:
                self._unsaved[change.property] = change
        if any(change.property in self._listening.zones for change in changes):
            self._wake()

    def _pinged(self) -> None:
        self._ping = self._clock.call_later(PING_EVERY, self._pinged)
        if self._paused:
            self._full += 1
            if self._full >= PATIENCE:
                self._log.info("a listener to events does not read: dropped")
                self.end(abort=True)
            return
        self._outlet.write(self._listening.ping)
        self._ask_again = True
        self._wake()  # a commit of another node may have gone unheard

    def _wake(self) -> None:
        self._dirty = True
        self._ring()

    def _ring(self) -> None:
        if self._bell is not None:
            bell, self._bell = self._bell, None
            bell.callback(None)

    async def _wait(self) -> None:
        self._bell = Deferred()
        await self._bell

    # --- the loop ---

    async def _run(self) -> None:
        try:
            while True:
                self._dirty = False
                await self._tell_unsaved()
                try:
                    await self._follow()
                except StoreUnavailable:
                    if not self._standing_unsaved():
                        raise  # else it listens on: nothing but that alarm can be told now
                while not self._dirty:
                    self._go_on()
                    await self._wait()
        except _EndedError:
            return
        except (StoreUnavailable, NotOwner) as error:
            self._log.warn("a listener to events was let go: {error}", error=error)
        except Exception:
            self._log.failure("a listener to events was let go")
        self.end()

    async def _follow(self) -> None:
        """Up to the ends of the feeds; from their beginning for this listener, the first time."""
        if not self._begun:
            await self._begin()
            self._begun = True
        await self._still_welcome()
        for property in self._listening.zones:
            await self._catch_up(property)

    def _standing_unsaved(self) -> bool:
        return any(self._desk.unsaved(property) is not None for property in self._listening.zones)

    async def _tell_unsaved(self) -> None:
        """What is in no feed has no place in it either: these events carry no id."""
        told, self._unsaved = self._unsaved, {}
        for property, change in told.items():
            n = self._positions.get(property, 0)
            data = self._data(replace(change, n=n), self._desk.unsaved(property))
            await self._emit(frames.frame(change.kind, data))

    def _go_on(self) -> None:
        if self._ended:
            raise _EndedError

    async def _emit(self, data: bytes) -> None:
        while self._paused and not self._ended:
            await self._wait()
        self._go_on()
        self._outlet.write(data)

    async def _still_welcome(self) -> None:
        """Who was shown out since is not told any more."""
        self._go_on()
        if self._ask_again:
            self._ask_again = False
            if not await self._listening.welcome():
                self.end()
                raise _EndedError

    async def _begin(self) -> None:
        asked, reset = self._listening.last_event_id, False
        positions = frames.read(asked) if asked else {}
        fresh = []
        for property in self._listening.zones:
            n = None if positions is None else positions.get(property)
            reset = positions is None or (n is not None and not await self._known(property, n))
            if n is None or reset:
                fresh.append(property)
                await self._from_now(property, reset)
            else:
                self._positions[property] = n
        if fresh:
            await self._emit(frames.bookmark(frames.written(self._positions)))

    async def _known(self, property: str, n: int) -> bool:
        """Whether every change above `n` is still there to be told."""
        latest = await self._desk.latest_change(property)
        oldest = await self._desk.oldest_change(property)
        return n == latest or (n < latest and 0 < oldest <= n + 1)

    async def _from_now(self, property: str, reset: bool) -> None:
        """Start at the feed's end, and tell every open alarm: somebody must hear it.

        These events carry no id: a listener cut off among them is told all of them again.
        """
        self._positions[property] = n = await self._desk.latest_change(property)
        if reset:
            await self._emit(frames.frame("reset", render({"property": property, "n": n})))
        if self._listening.bare:
            return
        cursor: str | None = None
        while True:
            page = await self._desk.alarms(property, True, ALARMS_AT_ONCE, cursor, named=self._named)
            for alarm in page.items:
                data = self._data(Change(property, n, "alarm", str(alarm.id), alarm.since), alarm)
                await self._emit(frames.frame("alarm", data))
            cursor = page.next
            if cursor is None:
                return

    async def _catch_up(self, property: str) -> None:
        while True:
            self._go_on()
            n = self._positions[property]
            changes = await self._desk.changes_since(property, n, AT_ONCE)
            if not changes:
                return
            if changes[0].n > n + 1 and await self._desk.oldest_change(property) > n + 1:
                await self._from_now(property, reset=True)
                await self._emit(frames.bookmark(frames.written(self._positions)))
                continue
            last = {(change.kind, change.id): change for change in changes}
            for change in sorted(last.values(), key=lambda each: each.n):
                await self._tell(change)

    async def _tell(self, change: Change) -> None:
        data = self._data(change, await self._item(change))
        positions = {**self._positions, change.property: change.n}
        await self._emit(frames.frame(change.kind, data, frames.written(positions)))
        self._positions = positions

    def _data(self, change: Change, item: object) -> str:
        at: datetime = change.at.astimezone(self._listening.zones[change.property])
        return render(
            {
                "property": change.property,
                "kind": change.kind,
                "id": change.id,
                "n": change.n,
                "at": at,
                "item": item,
            }
        )

    async def _item(self, change: Change) -> object:
        """The thing as it is now; None where it is no more, or where nobody asked for it."""
        if self._listening.bare:
            return None
        try:
            match change.kind:
                case "wakeup":
                    found = await self._desk.wakeup(change.property, int(change.id))
                    return for_reader(found, named=self._named)
                case "alarm":
                    return await self._desk.alarm(change.property, int(change.id), named=self._named)
                case "room":
                    return await self._desk.room(change.property, change.id)
                case "charge":
                    id, named = int(change.id), self._named
                    return await self._charges.charge_in_short(change.property, id, named=named)
                case "link":
                    links = await self._desk.links(change.property)
                    return next((link for link in links if link.link == change.id), None)
        except Refusal:
            return None
        return None
