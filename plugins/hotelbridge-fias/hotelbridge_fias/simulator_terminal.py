"""A serial line without a cable: the simulated PMS at one end of a pseudo-terminal, an exchange at the other.

The other end has a path such as /dev/pts/3 and is opened like any serial port.
"""

from __future__ import annotations

import os
import pty
import tty
from typing import Any

from twisted.internet import fdesc
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

AGAIN = 1.0  # seconds until the PMS is at its end again after it has left the line

_base: Any = FileDescriptor  # twisted has no annotations for these
_failure: Any = Failure
_fdesc: Any = fdesc


class Terminal(_base):  # type: ignore[misc]
    """The PMS's end. A line is always there: whoever leaves it comes back as a new protocol."""

    def __init__(self, reactor: Any, factory: Factory) -> None:
        super().__init__(reactor)
        self._factory = factory
        self._ours, self._theirs = (
            pty.openpty()
        )  # theirs stays open here too: it has no end when they close it
        for end in (self._ours, self._theirs):
            tty.setraw(end)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self._protocol: Any = None
        self._again: Any = None

    def begin(self) -> None:
        """Sit down at it and speak."""
        self.connected = 1
        self.startReading()
        self._sit_down()

    def fileno(self) -> int:
        return self._ours

    def doRead(self) -> Any:
        return _fdesc.readFromFD(self._ours, self._read)

    def writeSomeData(self, data: bytes) -> Any:
        return _fdesc.writeToFD(self._ours, data)

    def loseConnection(self, *ignored: Any) -> None:
        """The PMS leaves the line, for a moment."""
        protocol, self._protocol = self._protocol, None
        if protocol is not None:
            protocol.connectionLost(_failure(ConnectionDone()))
            self._again = self.reactor.callLater(AGAIN, self._sit_down)

    abortConnection = loseConnection

    def close(self) -> None:
        """The end of the line itself."""
        self.loseConnection()
        if self._again is not None and self._again.active():
            self._again.cancel()
        self.stopReading()
        self.stopWriting()
        self.connected = 0
        os.close(self._ours)
        os.close(self._theirs)

    def _read(self, data: bytes) -> None:
        if self._protocol is not None:
            self._protocol.dataReceived(data)

    def _sit_down(self) -> None:
        self._protocol = self._factory.buildProtocol(None)
        if self._protocol is None:
            self._again = self.reactor.callLater(AGAIN, self._sit_down)
        else:
            self._protocol.makeConnection(self)
