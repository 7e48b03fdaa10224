"""The desk's side of the HTTP API, as any other program would use it: a token, JSON, nothing inside.

Knows the addresses and the problem documents; not what the answers are good for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as NoAnswerInTime
from twisted.internet.error import ConnectError, ConnectingCancelledError, ConnectionClosed
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Agent, FileBodyProducer, ResponseDone, ResponseFailed, ResponseNeverReceived
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers

from hotelbridge.demo.waiting import cancellable
from hotelbridge.errors import HotelbridgeError

PATIENCE = 10.0  # seconds for one answer
NOBODY = (
    ConnectError,
    ConnectionClosed,
    ConnectingCancelledError,
    ResponseFailed,
    ResponseNeverReceived,
    NoAnswerInTime,
    OSError,
)


class NobodyAnswers(HotelbridgeError):
    """The daemon cannot be reached, or went away before it had answered."""


class Refused(HotelbridgeError):
    """The daemon says no: HTTP status, stable code and sentence of its problem document."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(f"{status} {code}: {sentence}")
        self.status = status
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Door:
    """Where a daemon is asked: its address, and the file in which it leaves a token."""

    base: str  # "http://127.0.0.1:8480"
    token_file: Path
    hotel: str  # id of the property

    @property
    def token(self) -> str:
        """The token; empty while the daemon has not written it yet."""
        return self.token_file.read_text("utf-8").strip() if self.token_file.exists() else ""

    def url(self, path: str) -> str:
        """An address below the property, or below the root where it starts with a slash."""
        inside = path if path.startswith("/") else f"/api/v1/properties/{quote(self.hotel)}/{path}"
        return self.base + inside

    def headers(self, more: dict[str, str]) -> Headers:
        """What every request carries."""
        every = {"Authorization": f"Bearer {self.token}", "User-Agent": "hotelbridge-demo"} | more
        return Headers({name: [value] for name, value in every.items()})


class _Body(Protocol):
    """Collects an answer. (`readBody` of Twisted warns about its own transport.)"""

    def __init__(self) -> None:
        self._received = b""
        self.whole: Deferred[bytes] = Deferred(lambda _: self._hang_up())

    def _hang_up(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            transport.loseConnection()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._received += data

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if self.whole.called:
            return
        if isinstance(reason.value, ResponseDone | PotentialDataLoss):
            self.whole.callback(self._received)
        else:
            self.whole.errback(reason)


class DeskApi:
    """Calls of the API that the demo needs; answers are the JSON as it came."""

    def __init__(self, reactor: Any, door: Door) -> None:
        self._reactor = reactor
        self._agent: Any = web_agent(reactor, PATIENCE)
        self.door = door

    async def ask(self, method: str, path: str, body: object = None, key: str = "") -> Any:
        """One call. Raises Refused, or NobodyAnswers."""
        more = {"Content-Type": "application/json"} if body is not None else {}
        more |= {"Idempotency-Key": key} if key else {}
        sent = _producer(json.dumps(body)) if body is not None else None
        try:
            asked = self._agent.request(
                method.encode(), self.door.url(path).encode(), self.door.headers(more), sent
            )
            response = await cancellable(asked.addTimeout(PATIENCE, self._reactor))
            body_of = _Body()
            response.deliverBody(body_of)
            text = (await cancellable(body_of.whole.addTimeout(PATIENCE, self._reactor))).decode()
        except NOBODY as error:
            raise NobodyAnswers(f"no answer at {self.door.base}: {error}") from error
        answer = json.loads(text) if "json" in _content_type(response) else text
        if response.code >= HTTPStatus.BAD_REQUEST:
            raise _refused(response.code, answer)
        return answer

    async def book(self, room: str, at: datetime, note: str = "", key: str = "") -> dict[str, Any]:
        """Book a wake-up; `at` is the hotel's wall time, a zone in it is not looked at."""
        body = {"room": room, "at": f"{at:%Y-%m-%dT%H:%M:%S}", "note": note}
        return dict(await self.ask("POST", "wakeups", body, key))

    async def offer(self, room: str, at: str) -> dict[str, Any]:
        """What the desk is told about a time: the booking (cancelled again), or the refusal's words."""
        try:
            booked = dict(await self.ask("POST", "wakeups", {"room": room, "at": at}))
        except Refused as refused:
            return {"code": refused.code, "detail": refused.sentence}
        await self.ask("DELETE", f"wakeups/{booked['id']}")
        return booked

    async def wakeup(self, id: int) -> dict[str, Any]:
        """One wake-up with its attempts and its history."""
        return dict(await self.ask("GET", f"wakeups/{id}"))

    async def alarms(self, *, open: bool | None = None) -> list[dict[str, Any]]:
        """Alarms, oldest first."""
        asked: dict[str, str] = {} if open is None else {"open": str(open).lower()}
        return await self._all("alarms", asked)

    async def rooms(self) -> list[dict[str, Any]]:
        """Every room with its phones."""
        return await self._all("rooms", {})

    async def acknowledge(
        self, id: int, by: str, outcome: str | None = None, note: str = ""
    ) -> dict[str, Any]:
        """Silence an alarm by name; with an outcome also close it."""
        body = {"by": by, "outcome": outcome, "note": note}
        return dict(await self.ask("POST", f"alarms/{id}/acknowledge", body))

    async def ready(self) -> bool:
        """Whether the daemon says that requests make sense."""
        if not self.door.token:
            return False
        try:
            await self.ask("GET", "/readyz")
        except (NobodyAnswers, Refused):
            return False
        return True

    async def _all(self, path: str, asked: dict[str, str]) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            query = asked | ({"cursor": cursor} if cursor else {})
            page = await self.ask("GET", f"{path}?{urlencode(query)}" if query else path)
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items


def web_agent(reactor: Any, patience: float) -> Any:
    """An HTTP client of Twisted's without a pool: nothing is left open."""
    make: Any = Agent  # has no annotations
    return make(reactor, connectTimeout=patience)


def _producer(text: str) -> Any:
    make: Any = FileBodyProducer
    return make(BytesIO(text.encode()))


def _content_type(response: Any) -> str:
    found: list[bytes] = response.headers.getRawHeaders(b"content-type") or [b""]
    return found[0].decode("latin-1")


def _refused(status: int, answer: Any) -> Refused:
    if isinstance(answer, dict):
        return Refused(status, str(answer.get("code", "")), str(answer.get("detail", "")))
    return Refused(status, "", str(answer)[:200])
