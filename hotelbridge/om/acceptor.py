"""A port that hears short connections quickly: most pushes are whole when their connection is accepted.

One look at the port takes what waits there, reads each connection once and saves all whole pushes
together; Twisted's way, a transport and a protocol for each, costs three times as much. Whatever is
not whole at the first look goes to the ordinary `PushLine`. The rules are the same: the same parser,
the same sources and paths, saved before it is let go.
"""

from __future__ import annotations

import errno
import socket
from typing import Any

from twisted.internet import tcp
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.core.records import Report
from hotelbridge.om.listener import THANKS, PushFactory
from hotelbridge.om.pushes import PushParser, Unreadable

BURST = 100  # connections taken at one look
FIRST_LOOK = 64 * 1024

_NOT_NOW = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class EventPort(tcp.Port):
    """A listening port for pushes."""

    factory: PushFactory
    _events = Logger()

    def doRead(self) -> None:  # noqa: N802
        """Take the connections that wait."""
        waiting: list[tuple[socket.socket, int]] = []
        reports: list[Report] = []
        for _ in range(BURST):
            try:
                line, address = self.socket.accept()
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in _NOT_NOW:
                    self._events.error("no connection can be taken now: {error}", error=error)
                    break
                continue  # it went away before we came
            heard = self._first_look(line, str(address[0]))
            if heard is not None:
                waiting.append((line, len(heard)))
                reports += heard
        if reports:
            self._save(waiting, reports)

    def _first_look(self, line: socket.socket, host: str) -> list[Report] | None:
        """The reports of a connection that is whole already; else None, and it is somebody else's now."""
        line.setblocking(False)
        if not self.factory.welcome(host):
            line.close()
            return None
        try:
            data = line.recv(FIRST_LOOK)
        except BlockingIOError:
            self._hand_over(line, b"")
            return None
        except OSError:
            line.close()
            return None
        parser = PushParser()
        try:
            pushed = parser.feed(data)
        except Unreadable:
            pushed = []
        reports = self.factory.reports_of(pushed, host) if pushed and parser.empty else []
        if not reports or len(reports) < len(pushed):
            self._hand_over(line, data)
            return None
        return reports

    def _hand_over(self, line: socket.socket, data: bytes, answer: bytes = b"") -> None:
        """Let an ordinary connection go on with it."""
        fd = line.fileno()
        reactor: Any = self.reactor
        transport = reactor.adoptStreamConnection(fd, self.addressFamily, self.factory)
        line.close()
        if answer:
            transport.write(answer)
            transport.loseWriteConnection()
        if data:
            transport.protocol.dataReceived(data)

    def _save(self, waiting: list[tuple[socket.socket, int]], reports: list[Report]) -> None:
        self.factory.owed += len(waiting)

        def over(result: object) -> None:
            self.factory.owed -= len(waiting)
            if isinstance(result, Failure):
                self.factory.not_saved(result)
            for line, count in waiting:
                if isinstance(result, Failure):
                    _abort(line)
                else:
                    self._let_go(line, count)
            self.factory.looked()

        self.factory.save(reports).addBoth(over)

    def _let_go(self, line: socket.socket, count: int) -> None:
        """Saved: a peer that has ended its side is done with, another may have more to say."""
        try:
            more = line.recv(FIRST_LOOK)
        except BlockingIOError:
            self._hand_over(line, b"", THANKS * count)
            return
        except OSError:
            line.close()
            return
        if more:
            self._hand_over(line, more, THANKS * count)
            return
        try:
            line.send(THANKS * count)  # it may only have closed its own half
        except OSError:
            pass
        line.close()


def _abort(line: socket.socket) -> None:
    """Let go without an answer, so that the peer can tell."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.close()


def adopted(reactor: Any, fd: int, factory: PushFactory) -> EventPort:
    """A port on a descriptor that somebody else opened; the family is the descriptor's own."""
    held = socket.socket(fileno=fd)
    family = held.family
    held.detach()
    from_descriptor: Any = EventPort._fromListeningDescriptor
    port: EventPort = from_descriptor(reactor, fd, family, factory)
    port.startListening()
    port.socket.setblocking(False)  # the holder may have left it blocking
    return port


def opened(reactor: Any, port: int, interface: str, factory: PushFactory, backlog: int) -> EventPort:
    """A port of our own."""
    listening = EventPort(port, factory, backlog, interface, reactor)
    listening.startListening()
    return listening
