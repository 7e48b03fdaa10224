"""A line to the PMS over RS-232: `serial`'s discipline on a port of this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge_fias.lines import Owner, Retried, reason_words
from hotelbridge_fias.serial import Discipline, Outcome


class SerialLine(Protocol):
    """A line over a serial port. The sender of a record waits for our ACK: that is the back-pressure."""

    def __init__(self, owner: Owner, clock: Clock) -> None:
        self._owner = owner
        self._discipline = Discipline(clock, self._put, self._received)
        self._saved: Deferred[None] = Deferred()

    def connectionMade(self) -> None:  # noqa: N802
        self._owner.connected(self)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._discipline.data(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._discipline.close()
        self._owner.lost(self, reason_words(reason.value))

    def write(self, body: bytes, gone: Callable[[Outcome], None]) -> None:
        self._discipline.send(body).addCallback(gone)

    def took(self) -> Callable[[], None]:
        """Of the record that is being told just now."""
        saved = self._saved
        return lambda: saved.callback(None)

    def torn(self) -> bytes | None:
        """What is not whole was not acknowledged either: the other end says it again."""
        return None

    def hold(self, held: bool) -> None:
        """Nothing is acknowledged before it is saved, and so nothing more comes."""

    def close(self) -> None:
        if self.transport is not None:
            self.transport.loseConnection()

    def cut(self) -> None:
        """A port does not know resets: what it still has to write is forgotten."""
        transport: Any = self.transport
        if transport is not None and transport.connected:
            transport.stopReading()
            transport.stopWriting()
            failure: Any = Failure
            transport.connectionLost(failure(ConnectionAborted()))

    def _put(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def _received(self, body: bytes) -> Deferred[None]:
        saved = self._saved = Deferred()
        self._owner.arrived(self, [body])
        return saved


class SerialPorts(Retried):
    """Gets lines by opening the port."""

    def _try(self) -> None:
        try:
            self._open()
        except (OSError, ValueError) as wrong:
            self._in_vain(wrong)

    def _open(self) -> None:
        """Raises OSError, or what pyserial makes of it. Imported only here: nobody else needs a port."""
        from twisted.internet.serialport import SerialPort

        device, baud, form = self._settings.serial_line
        line = SerialLine(self._owner, self._context.clock)
        port: Any = SerialPort
        port(line, device, self._context.reactor, baudrate=baud, bytesize=int(form[0]), parity=form[1])
