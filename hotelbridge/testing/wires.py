"""The wires between a hotel and its PMS, in memory, named by the endpoint strings of a configuration.

A peer serves an endpoint, or dials a door that the house has opened. A process that is killed takes its
ends of all wires with it, without a word to itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IStreamClientEndpoint, IStreamServerEndpoint
from zope.interface import implementer

from hotelbridge.clock import Clock
from hotelbridge.testing.fake_om_memory import Accept, MemoryEndpoint, MemoryTransport

_cannot_listen: Any = CannotListenError  # twisted has no annotations for it


class Wires:
    """Everything that can be connected."""

    def __init__(self, clock: Clock, latency: float = 0.0) -> None:
        self._clock = clock
        self.latency = latency  # seconds that bytes travel, one way
        self.hangs = False  # new connections stay unanswered, as behind a cut cable
        self._served: dict[str, Accept] = {}
        self._doors: dict[str, MemoryPort] = {}

    def serve(self, endpoint: str, accept: Callable[[], Any] | None) -> None:
        """Whoever connects to `endpoint` meets the protocol that `accept` gives; None: is refused."""
        if accept is None:
            self._served.pop(endpoint, None)
        else:
            give = accept
            self._served[endpoint] = lambda source: give()

    def dial(self, endpoint: str, factory: Any) -> Deferred[Any]:
        """Connect a peer to a door of the house; refused where none is open."""

        def accept(source: Any) -> Any:
            port = self._doors.get(endpoint)
            return None if port is None else port.factory.buildProtocol(source)

        def met(peers: MemoryTransport) -> None:
            if peers.other is not None:
                self._doors[endpoint].ends.append(peers.other)

        return self._point(accept, met).connect(factory)

    def _point(self, accept: Accept, met: Callable[[MemoryTransport], None]) -> MemoryEndpoint:
        return MemoryEndpoint(accept, self._clock, latency=self.latency, hangs=lambda: self.hangs, met=met)


class Ends:
    """The ends of the wires that one process holds."""

    def __init__(self, wires: Wires) -> None:
        self._wires = wires
        self._ends: list[MemoryTransport] = []
        self._ports: list[MemoryPort] = []

    def connector(self, endpoint: str) -> IStreamClientEndpoint:
        """The far end that serves `endpoint` at the moment of each connection."""
        served = self._wires._served
        accept: Accept = lambda source: served[endpoint](source) if endpoint in served else None  # noqa: E731
        return self._wires._point(accept, self._ends.append)

    def door(self, endpoint: str) -> IStreamServerEndpoint:
        """A place to listen at that peers can dial."""
        return MemoryDoor(endpoint, self._wires._doors, self._ports, self._ends)

    def open(self) -> list[str]:
        """Ports that listen and connections that stand, in words."""
        listening = [f"listens at {port.endpoint}" for port in self._ports if port.listening]
        return listening + [f"is connected to {e.getPeer()}" for e in self._ends if not e.disconnected]

    def kill(self) -> None:
        """The process is gone: its protocols hear nothing, its peers hear the end."""
        for port in self._ports:
            port.shut()
        for end in self._ends:
            if not end.disconnected:
                end.protocol = None
                end.abortConnection()


@implementer(IStreamServerEndpoint)
class MemoryDoor:
    """An endpoint to listen at, without a port."""

    def __init__(
        self,
        endpoint: str,
        doors: dict[str, MemoryPort],
        ports: list[MemoryPort],
        ends: list[MemoryTransport],
    ) -> None:
        self._endpoint, self._doors, self._ports, self._ends = endpoint, doors, ports, ends

    def listen(self, protocolFactory: Any) -> Deferred[IListeningPort]:
        if self._endpoint in self._doors:
            taken = OSError("Address already in use")
            return fail(_cannot_listen("", self._endpoint, taken))
        port = MemoryPort(self._endpoint, protocolFactory, self._doors, self._ends)
        self._ports.append(port)
        return succeed(port)


@implementer(IListeningPort)
class MemoryPort:
    """An open door."""

    def __init__(
        self, endpoint: str, factory: Any, doors: dict[str, MemoryPort], ends: list[MemoryTransport]
    ) -> None:
        self.endpoint, self.factory, self.ends, self._doors = endpoint, factory, ends, doors
        self.listening = False
        self.startListening()

    def startListening(self) -> None:
        if not self.listening:
            self.listening = True
            self._doors[self.endpoint] = self
            self.factory.doStart()

    def stopListening(self) -> Deferred[None]:
        if self.listening:
            self.shut()
            self.factory.doStop()
        return succeed(None)

    def shut(self) -> None:
        """Nobody comes in any more."""
        if self.listening:
            self.listening = False
            del self._doors[self.endpoint]

    def getHost(self) -> IPv4Address:
        return IPv4Address("TCP", "127.0.0.1", 0)
