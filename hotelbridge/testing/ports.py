"""The real ports and connections of one process, so that a test can kill it: `Ends` where there are ports.

Endpoint strings are Twisted's own. Connections that a plugin makes behind the context's back are not seen.
"""

from __future__ import annotations

from typing import Any

from twisted.internet import endpoints
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IListeningPort,
    IProtocol,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import Protocol
from twisted.protocols.policies import WrappingFactory
from zope.interface import implementer

_client: Any = endpoints.clientFromString  # twisted has no annotations for these
_server: Any = endpoints.serverFromString
_wrapping: Any = WrappingFactory


class RealEnds:
    """The ends that one process holds."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self.factories: list[Any] = []
        self.ports: list[Any] = []

    def connector(self, endpoint: str) -> IStreamClientEndpoint:
        """The far end of an endpoint string."""
        return _Connector(_client(self._reactor, endpoint), self)

    def door(self, endpoint: str) -> IStreamServerEndpoint:
        """A port to listen at."""
        return _Door(_server(self._reactor, endpoint), self)

    def wrapped(self, factory: Any) -> Any:
        """The same factory, with an eye on what it makes."""
        wrapper = _wrapping(factory)
        wrapper.noisy = False
        self.factories.append(wrapper)
        return wrapper

    def open(self) -> list[str]:
        """Ports that listen and connections that stand, in words."""
        listening = [str(port) for port in self.ports if getattr(port, "connected", False)]
        return listening + [str(one.getPeer()) for made in self.factories for one in made.protocols]

    def kill(self) -> None:
        """The process is gone: its protocols hear nothing, its peers hear the end."""
        for port in self.ports:
            port.stopListening()
        for made in self.factories:
            for one in list(made.protocols):
                one.wrappedProtocol = Protocol()
                one.abortConnection()


@implementer(IStreamClientEndpoint)
class _Connector:
    def __init__(self, point: Any, ends: RealEnds) -> None:
        self._point, self._ends = point, ends

    def connect(self, protocolFactory: Any) -> Deferred[IProtocol]:
        connected: Deferred[Any] = self._point.connect(self._ends.wrapped(protocolFactory))
        return connected.addCallback(lambda wrapper: wrapper.wrappedProtocol)


@implementer(IStreamServerEndpoint)
class _Door:
    def __init__(self, point: Any, ends: RealEnds) -> None:
        self._point, self._ends = point, ends

    def listen(self, protocolFactory: Any) -> Deferred[IListeningPort]:
        def kept(port: Any) -> Any:
            self._ends.ports.append(port)
            return port

        listening: Deferred[Any] = self._point.listen(self._ends.wrapped(protocolFactory))
        return listening.addCallback(kept)
