"""HTTP as the device speaks it: the server that takes commands, and the client that pushes.

The server is a Boa of long ago: one request per connection, HTTP/1.0, closed at once. The pushes are
GET requests with a body, whose answer nobody reads. What is said inside, and what goes wrong, is
decided elsewhere: here a `Reply` and a `Parcel` are put on the wire as they ask to be.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.testing.fake_om_timers import Timers

_LONGEST_HEAD = 16_384
_LONGEST_BODY = 1_000_000
_SEGMENT = 7


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the application server."""

    method: str
    target: str
    body: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, and in which manner."""

    body: bytes = b""
    line: str = "200 OK"
    after: float = 0.0  # seconds
    silent: bool = False  # no byte is written
    hang: bool = False  # ... and the connection stays open
    length: bool = True
    segments: bool = False
    cut: bool = False
    reset: bool = False
    dated: float | None = 0.0  # seconds by which its Date is wrong; None: it has none


DROPPED = Reply(silent=True)


def reply_bytes(reply: Reply, now: datetime) -> bytes:
    """Head and body, with the header set of chapter 2.1.3."""
    head = [
        f"HTTP/1.0 {reply.line}",
        *_date(reply, now),
        "Server:",
        "X-Frame-Options:DENY",
        "Cache-Control:no-cache",
        "Pragma:no-cache",
        "Expires:-1",
        "Access-Control-Allow-Headers: accept, Content-Type",
        "Access-Control-Allow-Origin: (null)",
        "Connection: close",
    ]
    if reply.length:
        head.append(f"Content-Length: {len(reply.body)}")
    whole = "\r\n".join([*head, "", ""]).encode() + reply.body
    return whole[: len(whole) // 2] if reply.cut else whole


def _date(reply: Reply, now: datetime) -> list[str]:
    if reply.dated is None:
        return []
    return [f"Date: {format_datetime(now + timedelta(seconds=reply.dated), usegmt=True)}"]


class CommandServer(Protocol):
    """Takes one request and closes."""

    transport: Any

    def __init__(
        self, clock: Clock, source: str, answer: Callable[[Request], Reply], open_ones: set[CommandServer]
    ) -> None:
        self._open_ones = open_ones
        self._clock = clock
        self._source = source
        self._answer = answer
        self._received = b""
        self._served = False
        self._timers = Timers(clock)

    def connectionMade(self) -> None:
        self._open_ones.add(self)

    def dataReceived(self, data: bytes) -> None:
        if self._served:
            return
        self._received += data
        split = _split_head(self._received)
        if split is None:
            if len(self._received) > _LONGEST_HEAD:
                self._refuse("400 Bad Request")
            return
        self._take(*split)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._served = True
        self._open_ones.discard(self)
        self._timers.stop()

    def abort(self) -> None:
        """The device goes down."""
        self.transport.abortConnection()

    def _take(self, head: str, body: bytes) -> None:
        line, *fields = head.splitlines()
        words = line.split()
        if len(words) != 3 or words[2] not in ("HTTP/1.0", "HTTP/1.1"):
            self._refuse("400 Bad Request")
            return
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)
        }
        length = headers.get("content-length", "0" if words[0] == "GET" else "")
        if not length.isdigit() or int(length) > _LONGEST_BODY:
            self._refuse("400 Bad Request")  # as Boa does for a POST without a length
        elif len(body) >= int(length):
            self._serve(Request(words[0], words[1], body[: int(length)], self._source))

    def _serve(self, request: Request) -> None:
        self._served = True
        reply = self._answer(request)
        if reply.after > 0:
            self._timers.later(reply.after, self._write, reply)
        else:
            self._write(reply)

    def _refuse(self, line: str) -> None:
        self._served = True
        self._write(Reply(line=line))

    def _write(self, reply: Reply) -> None:
        if self.transport is None or reply.hang:
            return
        if not reply.silent:
            whole = reply_bytes(reply, self._clock.now())
            for piece in _pieces(whole) if reply.segments else [whole]:
                self.transport.write(piece)
        if reply.reset:
            # Real TCP throws away what is not sent yet: let the reply go first.
            self._timers.later(0.05, self.abort)
        else:
            self.transport.loseConnection()


def _split_head(received: bytes) -> tuple[str, bytes] | None:
    """Head and what follows; line ends may be CRLF or LF alone."""
    ends = [(at, len(end)) for end in (b"\r\n\r\n", b"\n\n") if (at := received.find(end)) >= 0]
    if not ends:
        return None
    at, length = min(ends)
    return received[:at].decode("latin-1"), received[at + length :]


def _pieces(whole: bytes) -> list[bytes]:
    return [whole[at : at + _SEGMENT] for at in range(0, len(whole), _SEGMENT)]


@dataclass(frozen=True, slots=True)
class Push:
    """How events leave the device (chapter 4.1: API_METHOD, CONTROL_TYPE)."""

    method: str = "GET"
    version: str = "HTTP/1.0"
    path: str = "/"
    host: str = "127.0.0.1"  # the `Host` field, without a port
    long_connection: bool = False  # all events over one connection, several in one segment
    in_turn: bool = False  # wait until the receiver has closed before sending the next one
    closes: bool = False  # the device closes at once itself, without waiting for the receiver


@dataclass(frozen=True, slots=True)
class Parcel:
    """One push on its way."""

    name: str
    body: bytes
    length: bool = True
    segments: bool = False

    def request(self, push: Push) -> bytes:
        """Head and body as one; LF only, no Content-Type."""
        head = [f"{push.method} {push.path} {push.version}", f"Host: {push.host}", "Cache-Control: no-cache"]
        if self.length:
            head.append(f"Content-Length: {len(self.body)}")
        return "\n".join([*head, "", ""]).encode() + self.body


class _PushLine(Protocol):
    """One connection to the application server; what comes back is never read."""

    transport: Any

    def __init__(self, over: Callable[[_PushLine], None]) -> None:
        self._over = over

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._over(self)

    def send(self, pieces: list[bytes], close: bool) -> None:
        for piece in pieces:
            self.transport.write(piece)
        if close:
            self.transport.loseConnection()


@dataclass(slots=True)
class Pusher:
    """Sends parcels, one connection each, without ever trying twice."""

    push: Push
    endpoint: Any  # IStreamClientEndpoint
    lost: list[Parcel] = field(default_factory=list)
    _lines: set[_PushLine] = field(default_factory=set)
    _waiting: deque[list[Parcel]] = field(default_factory=deque)
    _connecting: set[Deferred[IProtocol]] = field(default_factory=set)
    _long: _PushLine | None = None

    def send(self, parcels: list[Parcel]) -> None:
        """Send what goes out in one segment: now, or in its turn."""
        if self.push.long_connection:
            self._waiting.append(parcels)
            self._feed_long()
        elif self.push.in_turn:
            self._waiting.append(parcels)
            self._next_in_turn()
        else:
            self._connect(parcels)

    def close(self) -> None:
        """Drop what is open and what waits."""
        self._waiting.clear()
        for connecting in list(self._connecting):
            connecting.cancel()
        for line in list(self._lines):
            if line.transport is not None:
                line.transport.abortConnection()

    def _next_in_turn(self) -> None:
        if self._waiting and not self._lines and not self._connecting:
            self._connect(self._waiting.popleft())

    def _feed_long(self) -> None:
        if self._long is not None:
            self._long.send(self._pieces(self._take_all()), close=False)
        elif not self._connecting:
            self._connect([])

    def _take_all(self) -> list[Parcel]:
        taken = [parcel for parcels in self._waiting for parcel in parcels]
        self._waiting.clear()
        return taken

    def _pieces(self, parcels: list[Parcel]) -> list[bytes]:
        whole = b"".join(parcel.request(self.push) for parcel in parcels)
        return _pieces(whole) if any(parcel.segments for parcel in parcels) else [whole]

    def _connect(self, parcels: list[Parcel]) -> None:
        connecting: Deferred[IProtocol] = self.endpoint.connect(
            Factory.forProtocol(lambda: _PushLine(self._line_over))
        )
        self._connecting.add(connecting)

        def done(line: IProtocol) -> None:
            assert isinstance(line, _PushLine)
            self._connecting.discard(connecting)
            self._lines.add(line)
            if self.push.long_connection:
                self._long = line
            line.send(self._pieces([*parcels, *(self._take_all() if self._long else [])]), self.push.closes)

        def refused(failure: Failure) -> None:
            self._connecting.discard(connecting)
            self.lost += [*parcels, *(self._take_all() if self.push.long_connection else [])]
            if self.push.in_turn:
                self._next_in_turn()

        connecting.addCallbacks(done, refused)

    def _line_over(self, line: _PushLine) -> None:
        self._lines.discard(line)
        if line is self._long:
            self._long = None
            if self._waiting:
                self._feed_long()
        elif self.push.in_turn:
            self._next_in_turn()


class CommandFactory(Factory):
    """Makes a server per connection, and can drop them all at once."""

    noisy = False

    def __init__(self, clock: Clock, answer: Callable[[Request], Reply]) -> None:
        self._clock = clock
        self._answer = answer
        self._open: set[CommandServer] = set()

    def buildProtocol(self, addr: IAddress | None) -> CommandServer:
        return CommandServer(self._clock, getattr(addr, "host", ""), self._answer, self._open)

    def drop_all(self) -> None:
        """Reset every connection, as a device does that restarts."""
        for server in list(self._open):
            server.abort()


class Deaf(Protocol):
    """Takes whatever comes and never says a word: all that a port can show of a dead network."""


class _Doorman(Factory):
    noisy = False

    def __init__(self, accept: Callable[[Any], Protocol | None]) -> None:
        self._accept = accept

    def buildProtocol(self, addr: IAddress | None) -> Protocol | None:
        return self._accept(addr)


class Door:
    """The device's port, that can be shut and opened again under the same number."""

    def __init__(self, reactor: Any, accept: Callable[[Any], Protocol | None]) -> None:
        self._reactor = reactor
        self._factory = _Doorman(accept)
        self._port: Any = None  # IListeningPort
        self._address: Any = None
        self._shutting: Deferred[Any] = succeed(None)

    def open(self, description: str) -> Deferred[Any]:
        """Fires with the port."""
        from_string: Any = serverFromString  # has no annotations
        opened: Deferred[Any] = from_string(self._reactor, description).listen(self._factory)
        return opened.addCallback(self._keep)

    @property
    def number(self) -> int:
        """The port's number, also while it is shut."""
        return int(self._address.port) if self._address is not None else 0

    def shut(self) -> Deferred[None]:
        """Connections are refused from now on."""
        port, self._port = self._port, None
        stopped = port.stopListening() if port is not None else None
        self._shutting = stopped if isinstance(stopped, Deferred) else succeed(None)
        told: Deferred[None] = Deferred()
        self._shutting.addBoth(lambda result: told.callback(None))
        return told

    def reopen(self) -> None:
        """The same port again."""
        self._shutting.addCallback(lambda _: self._listen_again())

    def _listen_again(self) -> None:
        if self._port is None and self._address is not None:
            host, number = self._address.host, self._address.port
            self._port = self._reactor.listenTCP(number, self._factory, interface=host)

    def _keep(self, port: Any) -> Any:
        self._port, self._address = port, port.getHost()
        return port
