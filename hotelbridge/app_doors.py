"""The ports of a running daemon: opened, or taken over from whoever held them, and closed without loss.

Knows what stands behind a port only as the factories and the site that it is handed.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from twisted.internet import endpoints
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort

from hotelbridge.om import acceptor
from hotelbridge.om.listener import PushFactory
from hotelbridge.settings import tcp_of

BACKLOG = 4096  # Twisted's own 50 refuses a burst of pushes for seconds
_server: Any = endpoints.serverFromString  # twisted has no annotations for it


class Doors:
    """Where devices push to, and where people and programs ask."""

    def __init__(
        self,
        pushes: Mapping[str, PushFactory],
        web: str,
        site: Callable[[], Any],
        reactor: Any,
        held: Mapping[int, int],
    ) -> None:
        """`pushes`: by where each listens; `web`: the endpoint of `site`; `held`: descriptors by port."""
        self._pushes = pushes
        self._listen = web
        self._site = site
        self._reactor = reactor
        self._held = held
        self._events: list[IListeningPort] = []
        self._web: IListeningPort | None = None

    async def open(self) -> None:
        """Listen; the event ports first, since what is not heard there is lost."""
        for description, factory in self._pushes.items():
            port, interface = tcp_of(description)
            if port in self._held:
                self._events.append(acceptor.adopted(self._reactor, self._held[port], factory))
            else:
                opened = acceptor.opened(self._reactor, port, interface, factory, BACKLOG)
                self._events.append(opened)
        self._web = await _server(self._reactor, self._listen).listen(self._site())

    async def close(self) -> None:
        """Accept nothing new, and let go of an event only when it is saved."""
        for port in self._events:
            await _done(port.stopListening())
        for factory in self._pushes.values():
            await factory.drain()
        if self._web is not None:
            await _done(self._web.stopListening())


def by_port(held: Mapping[str, Sequence[int]]) -> dict[int, int]:
    """Inherited sockets by the port they are bound to: the name in the unit file does not matter."""
    found = {}
    for descriptor in (fd for fds in held.values() for fd in fds):
        line = socket.socket(fileno=os.dup(descriptor))
        with line:
            found[int(line.getsockname()[1])] = descriptor
    return found


async def _done(result: Any) -> None:
    if isinstance(result, Deferred):
        await result
