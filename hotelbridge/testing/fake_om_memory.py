"""TCP without ports: an endpoint that joins two protocols in memory, moved by the clock alone.

Bytes, ends and resets travel in order, `latency` seconds after they were written and never within
the call that wrote them: like a socket, and unlike a plain function call, so that no protocol is
entered again from inside its own `write`. Knows nothing of HTTP.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost, ConnectionRefusedError
from twisted.internet.interfaces import (
    IHalfCloseableProtocol,
    IProtocol,
    IStreamClientEndpoint,
    ITCPTransport,
)
from twisted.python.failure import Failure
from zope.interface import implementer

from hotelbridge.clock import Clock

_failure: Any = Failure  # twisted has no annotations for these
_refused: Any = ConnectionRefusedError

Accept = Callable[[Any], Any]  # gives an IProtocol, or None


@implementer(ITCPTransport)
class MemoryTransport:
    """One end of a connection in memory."""

    disconnecting = False
    disconnected = False

    def __init__(self, clock: Clock, latency: float, host: IPv4Address, peer: IPv4Address) -> None:
        self._clock = clock
        self._latency = latency
        self._host = host
        self._peer = peer
        self._arriving: deque[Callable[[], None]] = deque()
        self._paused = False
        self._said_all = False  # our half is closed
        self.other: MemoryTransport | None = None
        self.protocol: Any = None
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        if self._said_all or self.disconnected or self.other is None:
            return
        self.written.append(bytes(data))
        self.other._arrive(lambda end: end._receive(bytes(data)))

    def writeSequence(self, data: Iterable[bytes]) -> None:
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        if self.disconnecting or self.disconnected:
            return
        self.disconnecting = True
        self._close_our_half()
        self._arrive(lambda end: end._end(ConnectionDone()))

    def loseWriteConnection(self) -> None:
        if self._said_all or self.disconnected:
            return
        self._close_our_half()
        if IHalfCloseableProtocol.providedBy(self.protocol):
            self._arrive(lambda end: end.protocol.writeConnectionLost())

    def _close_our_half(self) -> None:
        if not self._said_all and self.other is not None:
            self.other._arrive(lambda end: end._heard_all())
        self._said_all = True

    def abortConnection(self) -> None:
        if self.disconnected:
            return
        self.disconnecting = self._said_all = True
        if self.other is not None:
            self.other._arrive(lambda end: end._end(ConnectionLost()))
        self._arrive(lambda end: end._end(ConnectionAborted()))

    def getPeer(self) -> IPv4Address:
        return self._peer

    def getHost(self) -> IPv4Address:
        return self._host

    def getTcpNoDelay(self) -> bool:
        return True

    def setTcpNoDelay(self, enabled: bool) -> None:
        pass

    def getTcpKeepAlive(self) -> bool:
        return False

    def setTcpKeepAlive(self, enabled: bool) -> None:
        pass

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        pass

    def unregisterProducer(self) -> None:
        pass

    def pauseProducing(self) -> None:
        self._paused = True

    def resumeProducing(self) -> None:
        self._paused = False
        for _ in self._arriving:
            self._clock.call_later(self._latency, self._next)

    def stopProducing(self) -> None:
        self.loseConnection()

    def _arrive(self, what: Callable[[MemoryTransport], None]) -> None:
        self._arriving.append(lambda: what(self))
        self._clock.call_later(self._latency, self._next)

    def _next(self) -> None:
        if self._arriving and not self._paused:
            self._arriving.popleft()()

    def _receive(self, data: bytes) -> None:
        if not self.disconnected and self.protocol is not None:
            self.protocol.dataReceived(data)

    def _heard_all(self) -> None:
        """The other half is closed: a protocol that does not know halves loses the whole connection."""
        if self.disconnecting or self.disconnected:
            return
        if IHalfCloseableProtocol.providedBy(self.protocol):
            self.protocol.readConnectionLost()
            return
        self._close_our_half()
        self._end(ConnectionDone())

    def _end(self, why: Exception) -> None:
        if self.disconnected:
            return
        self.disconnected = True
        if self.protocol is not None:
            self.protocol.connectionLost(_failure(why))


@implementer(IStreamClientEndpoint)
class MemoryEndpoint:
    """Connects a client to whatever `accept` answers with; None or an exception is a refusal.

    `hangs` says whether connections stay unanswered just now, as behind a cut cable; `met` is given the
    near end of each connection.
    """

    def __init__(
        self,
        accept: Accept,
        clock: Clock,
        *,
        source: str = "127.0.0.1",
        target: str = "127.0.0.1",
        port: int = 80,
        latency: float = 0.0,
        hangs: Callable[[], bool] = lambda: False,
        met: Callable[[MemoryTransport], None] = lambda here: None,
    ) -> None:
        self._accept = accept
        self._clock = clock
        self._latency = latency
        self._hangs = hangs
        self._met = met
        self._next_port = 40000
        self._source = source
        self._target = IPv4Address("TCP", target, port)

    def connect(self, protocolFactory: Any) -> Deferred[IProtocol]:
        connected: Deferred[IProtocol] = Deferred()
        if not self._hangs():
            self._clock.call_later(self._latency, self._meet, protocolFactory, connected)
        return connected

    def _meet(self, factory: Any, connected: Deferred[IProtocol]) -> None:
        if connected.called:  # cancelled meanwhile
            return
        self._next_port = 40000 + (self._next_port - 39999) % 20000
        source = IPv4Address("TCP", self._source, self._next_port)
        far = self._accept(source)
        if far is None:
            connected.errback(_failure(_refused()))
            return
        near = factory.buildProtocol(self._target)
        if near is None:
            connected.errback(_failure(ConnectionAborted()))
            return
        here = MemoryTransport(self._clock, self._latency, source, self._target)
        there = MemoryTransport(self._clock, self._latency, self._target, source)
        here.other, there.other = there, here
        here.protocol, there.protocol = near, far
        self._met(here)
        far.makeConnection(there)
        near.makeConnection(here)
        connected.callback(near)


@implementer(IStreamClientEndpoint)
class NowhereEndpoint:
    """Every connection is refused: nobody listens."""

    def connect(self, protocolFactory: Any) -> Deferred[IProtocol]:
        return fail(_failure(_refused()))
