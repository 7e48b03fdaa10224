"""A bench for the simulated exchange: a raw client and a raw receiver, bytes only.

Deliberately without `hotelbridge.om`: what is tested here is what stands on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from twisted.internet.protocol import Factory, Protocol

from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om import FakeOm

DECLARATION = '<?xml version="1.0" encoding="utf-8" ?>\n'


class Caller(Protocol):
    """Writes one request, keeps what comes back and how the connection ended."""

    transport: Any

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.got = b""
        self.ended: str = ""

    def connectionMade(self) -> None:
        for piece in self._pieces:
            self.transport.write(piece)

    def dataReceived(self, data: bytes) -> None:
        self.got += data

    def connectionLost(self, reason: Any = None) -> None:
        self.ended = reason.type.__name__

    @property
    def body(self) -> bytes:
        return self.got.partition(b"\r\n\r\n")[2]


class Receiver(Protocol):
    """One connection of the device: keeps its segments, closes when told to."""

    transport: Any

    def __init__(self, post: Post) -> None:
        self._post = post
        self.segments: list[bytes] = []
        self.closed = False
        self.peer = ""

    def connectionMade(self) -> None:
        self.peer = self.transport.getPeer().host
        self._post.connections.append(self)

    def dataReceived(self, data: bytes) -> None:
        self.segments.append(data)
        if self._post.closes:
            self.transport.loseConnection()

    def connectionLost(self, reason: Any = None) -> None:
        self.closed = True
        self._post.ended(self)

    def let_go(self) -> None:
        self.transport.loseConnection()


@dataclass
class Post(Factory):
    """Where the device's pushes arrive."""

    noisy = False
    closes: bool = True
    connections: list[Receiver] = field(default_factory=list)

    def buildProtocol(self, addr: Any) -> Receiver:
        return Receiver(self)

    def ended(self, receiver: Receiver) -> None:
        """A connection is over."""

    @property
    def requests(self) -> list[bytes]:
        """What came over each connection."""
        return [b"".join(one.segments) for one in self.connections]

    @property
    def bodies(self) -> list[bytes]:
        return [request.partition(b"\n\n")[2] for request in self.requests]

    @property
    def names(self) -> list[str]:
        """`RING 212`, `CDR`, ... in the order of arrival."""
        return [name_of(body) for body in self.bodies]


def tree(body: bytes) -> Any:
    """The root element of a document."""
    return etree.fromstring(body)


def name_of(body: bytes) -> str:
    """One word for the document, and its first extension."""
    root = etree.fromstring(body.partition(b"<Auth>")[0])
    if root.tag == "Cdr":
        return "CDR"
    ext = root.find(".//ext")
    return " ".join(
        filter(None, [(root.get("attribute") or "").strip(), ext.get("id") if ext is not None else ""])
    )


class Bench:
    """A clock, a device and a receiver."""

    def __init__(self, *phones: str, **device: Any) -> None:
        self.clock = FakeClock()
        self.post = Post()
        device.setdefault("phones", phones or ("212", "213"))
        self.told: list[str] = []
        self.om = FakeOm(self.clock, observer=self.told.append, **device)
        self.om.push_to(self.post)

    def call(self, *pieces: bytes, source: str = "127.0.0.1") -> Caller:
        """Write a request, in these pieces."""
        caller = Caller(list(pieces))
        self.om.endpoint(source).connect(_factory(caller)).addErrback(caller.connectionLost)
        self.clock.advance(0)
        return caller

    def ask(self, xml: str | bytes, **more: str) -> Caller:
        """Send one command."""
        body = xml if isinstance(xml, bytes) else (DECLARATION + xml).encode()
        return self.call(request(body), **more)

    def assign(self, xml: str) -> bytes:
        """Assign something; gives the reply's body."""
        return self.ask(f'<Control attribute="Assign">{xml}</Control>').body

    def connect(self, xml: str) -> bytes:
        """Connect two parties; gives the reply's body."""
        return self.ask(f'<Transfer attribute="Connect">{xml}</Transfer>').body

    def menu(self, repeat: int = 2) -> None:
        """Assign voice menu 1: two plays of 8 s."""
        self.assign(f'<menu id="1"><voicefile>w</voicefile><repeat>{repeat}</repeat></menu>')

    def wake(self, phone: str = "212", menu: str = "1") -> Caller:
        """Menu calls extension."""
        return self.ask(f'<Transfer attribute="Connect"><menu id="{menu}"/><ext id="{phone}"/></Transfer>')

    def clear(self, phone: str = "212") -> Caller:
        return self.ask(f'<Control attribute="Clear"><ext id="{phone}"/></Control>')

    def query(self, phone: str = "212") -> Any:
        """The `<ext>` of a Query."""
        body = self.ask(f'<Control attribute="Query"><ext id="{phone}"/></Control>').body
        return etree.fromstring(body).find("ext")


def request(
    body: bytes, head: str = "POST /xml HTTP/1.0\r\nContent-Type:text/xml\r\nContent-Length:{}\r\n\r\n"
) -> bytes:
    """A command as an application server sends it."""
    return head.format(len(body)).encode() + body


def _factory(protocol: Protocol) -> Factory:
    factory = Factory()
    factory.noisy = False
    factory.buildProtocol = lambda addr: protocol  # type: ignore[method-assign]
    return factory
