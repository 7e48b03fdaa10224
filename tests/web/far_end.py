"""The other end of the HTTP side: callers and listeners on a wire of bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.metrics import Metrics
from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.web.site import HotelSite, make_site

from .fake_charges import FakeCharges
from .fake_desk import FakeDesk
from .fake_handovers import FakeHandovers
from .fake_reports import FakeReports
from .fake_rooms import FakeRooms
from .fake_users import FakeUsers


@dataclass
class Reply:
    """An answer as the caller read it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.json["status"] == self.status
        return str(self.json["code"])


class Wire(StringTransport):
    """A connection in memory that tells its protocol when it is cut."""

    protocol: Any
    aborted = False

    def abortConnection(self) -> None:  # noqa: N802
        self.aborted = True
        self.disconnecting = True
        self.protocol.connectionLost(Failure(ConnectionDone()))

    def received(self) -> bytes:
        data = self.value()
        self.clear()
        return bytes(data)


class House:
    """A site over a fake desk, and callers to it."""

    def __init__(self) -> None:
        self.peer = "192.0.2.7"
        self.clock = FakeClock()
        self.desk = FakeDesk(self.clock)
        self.metrics = Metrics()
        self.logged: list[Any] = []
        log = Logger(namespace="test", observer=self.logged.append)  # type: ignore[arg-type]
        self.rooms = FakeRooms(self.clock)
        self.charges = FakeCharges(self.clock)
        self.reports = FakeReports()
        self.users = FakeUsers()
        self.handovers = FakeHandovers(self.clock)
        self.site: HotelSite = make_site(
            self.desk,
            self.rooms,
            self.charges,
            self.clock,
            self.metrics,
            reports=self.reports,
            users=self.users,
            handovers=self.handovers,
            log=log,
        )

    def connect(self) -> Wire:
        peer = IPv4Address("TCP", self.peer, 40000)
        wire = Wire(peerAddress=peer)
        wire.protocol = self.site.buildProtocol(peer)
        wire.protocol.makeConnection(wire)
        return wire

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Wire:
        wire = self.connect()
        head = {"Host": "hotel", **(headers or {})}
        if body or method in {"POST", "PATCH"}:
            head["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        wire.protocol.dataReceived(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return wire

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = "t-desk",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        head = {} if token is None else {"Authorization": f"Bearer {token}"}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if path.startswith("/properties"):
            path = f"/api/v1{path}"
        wire = self.send(method, path, content, {**head, **(headers or {})})
        return read_reply(wire.received(), method)

    def listen(self, query: str = "", *, token: str = "t-view", last: str | None = None) -> Listener:
        headers = {"Authorization": f"Bearer {token}"}
        if last is not None:
            headers["Last-Event-ID"] = last
        return Listener(self.send("GET", f"/api/v1/events{query}", headers=headers))


class Listener:
    """A reader of server-sent events, by the book."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.last_event_id = ""
        self.pings = 0
        head, _, rest = wire.received().partition(b"\r\n\r\n")
        self.head = head.decode()
        self._chunks, self._text = rest, ""

    def events(self) -> list[tuple[str, Any]]:
        """What came since, as (event, data)."""
        self._chunks += self.wire.received()
        self._dechunk()
        heard = []
        while "\n\n" in self._text:
            block, _, self._text = self._text.partition("\n\n")
            fields = dict(line.split(": ", 1) for line in block.split("\n"))
            self.pings += block == ": ping"
            self.last_event_id = fields.get("id", self.last_event_id)
            if "data" in fields:
                heard.append((fields["event"], json.loads(fields["data"])))
        return heard

    def told(self) -> list[tuple[str, str]]:
        """What came since, as (kind, id)."""
        return [(event, data["id"]) for event, data in self.events()]

    @property
    def ended(self) -> bool:
        return bool(self.wire.disconnecting)

    def full(self) -> None:
        """The reader reads no more: the transport's buffer fills up."""
        self.wire.producer.pauseProducing()

    def drained(self) -> None:
        self.wire.producer.resumeProducing()

    def hang_up(self) -> None:
        self.wire.protocol.connectionLost(Failure(ConnectionDone()))

    def _dechunk(self) -> None:
        while b"\r\n" in self._chunks:
            size, _, rest = self._chunks.partition(b"\r\n")
            length = int(size, 16)
            if length == 0 or len(rest) < length + 2:
                return
            self._text += rest[:length].decode()
            self._chunks = rest[length + 2 :]


def read_reply(data: bytes, method: str = "GET") -> Reply:
    """One whole answer, its length checked."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    status = int(first.split()[1])
    if method != "HEAD" and status != 204:
        assert len(body) == int(headers["content-length"])
    else:
        assert body == b""
    return Reply(status, headers, body)
