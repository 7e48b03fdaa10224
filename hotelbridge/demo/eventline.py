"""The desk's ear: follows the event stream of a running daemon and comes back by itself.

After a break it resumes by `Last-Event-ID`, as a browser does, so that nothing is missed while the
daemon was away. Remembers everything that it heard, and when.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.demo.deskline import NOBODY, Door, web_agent
from hotelbridge.demo.waiting import pause

COME_BACK = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as it arrived."""

    at: datetime  # when we heard it, UTC
    event: str  # wakeup, alarm, room, link, reset
    id: str  # of the thing it is about
    item: dict[str, Any]  # the thing as it was then; empty where it is no more


class _Lines(Protocol):
    """Cuts the body of a stream into its events."""

    def __init__(self, take: Callable[[dict[str, str]], None]) -> None:
        self._take = take
        self._rest = b""
        self.over: Deferred[None] = Deferred(lambda _: self._hang_up())

    def _hang_up(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            transport.loseConnection()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        for block in blocks:
            lines = [line for line in block.decode().split("\n") if not line.startswith(":")]
            pairs = (line.partition(":") for line in lines if line)
            self._take({name: value.removeprefix(" ") for name, _, value in pairs})

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if not self.over.called:
            self.over.callback(None)


class EventLine:
    """One listener."""

    _log = Logger()

    def __init__(self, reactor: Any, clock: Clock, door: Door, tell: Callable[[Heard], None]) -> None:
        self._agent = web_agent(reactor, 2.0)
        self._clock = clock
        self._door = door
        self._tell = tell
        self._last_id = ""
        self._stopped = False
        self._following: Deferred[None] | None = None
        self.heard: list[Heard] = []
        self.connected = False

    def follow(self) -> None:
        """Listen from now on."""
        if self._following is None:
            self._following = Deferred.fromCoroutine(self._follow())
            self._following.addErrback(self._ended)

    def stop(self) -> None:
        """Hang up for good."""
        self._stopped = True
        if self._following is not None:
            self._following.cancel()

    def _ended(self, failure: Failure) -> None:
        if not isinstance(failure.value, CancelledError):
            self._log.failure("the event stream cannot be followed", failure)

    async def _follow(self) -> None:
        while not self._stopped:
            with suppress(*NOBODY):  # not there, or gone: it will be back
                await self._listen_once()
            self.connected = False
            if not self._stopped:
                await pause(self._clock, COME_BACK)

    async def _listen_once(self) -> None:
        more = {"Last-Event-ID": self._last_id} if self._last_id else {}
        url = self._door.url("/api/v1/events").encode()
        response = await self._agent.request(b"GET", url, self._door.headers(more))
        lines = _Lines(self._take)
        response.deliverBody(lines)
        self.connected = response.code == HTTPStatus.OK
        await lines.over

    def _take(self, fields: dict[str, str]) -> None:
        self._last_id = fields.get("id", self._last_id)
        if "data" not in fields:
            return
        data = json.loads(fields["data"])
        heard = Heard(
            self._clock.now(), fields.get("event", ""), str(data.get("id", "")), data.get("item") or {}
        )
        self.heard.append(heard)
        self._tell(heard)
