"""Where a line to the PMS comes from: dialled, waited for at a port, or a serial port; again and again.

A line gives whole records and takes them; it knows nothing of what they mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred, fail, maybeDeferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IListeningPort
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.protocol import Protocol as Connection
from twisted.python.failure import Failure

from hotelbridge.pms.api import Context
from hotelbridge.texts import phrase
from hotelbridge_fias.framing import Deframer, Framing, frame
from hotelbridge_fias.serial import Outcome
from hotelbridge_fias.settings import FiasSettings, Newcomer

# What Twisted and the system say of lines most often, for the translators: it is shown as it comes.
_OF_OTHERS = (
    phrase("Connection was closed cleanly"),
    phrase("Connection to the other side was lost in a non-clean fashion"),
    phrase("Connection was aborted locally using ITCPTransport.abortConnection"),
    phrase("Connection was refused by other side"),
    phrase("Connection refused"),
    phrase("Connection reset by peer"),
    phrase("User timeout caused connection failure"),
    phrase("TCP connection timed out"),
    phrase("No route to host"),
    phrase("DNS lookup failed"),
)
_FIRST_PAUSE = 1.0  # seconds before a line is tried again; doubled each time


class Line(Protocol):
    """A line that stands."""

    def write(self, body: bytes, gone: Callable[[Outcome], None]) -> None:
        """Write a record; `gone` is called with what became of it (over a socket: it was written)."""
        ...

    def took(self) -> Callable[[], None]:
        """What to call when the record that just arrived is saved: only then it may be acknowledged."""
        ...

    def torn(self) -> bytes | None:
        """Of a line that ends: what came of a record that is not whole, empty where it is known only that
        one was lost; None where nothing was."""
        ...

    def hold(self, held: bool) -> None:
        """Read nothing for now, or again."""
        ...

    def close(self) -> None:
        """End it when what was written has gone."""
        ...

    def cut(self) -> None:
        """End it at once."""
        ...


class Owner(Protocol):
    """Whoever the lines are for."""

    def connected(self, line: Line) -> None:
        """A line stands."""
        ...

    def arrived(self, line: Line, bodies: list[bytes], *, damaged: bool = False) -> None:
        """Whole records, as they came together; `damaged`: near them something was lost."""
        ...

    def lost(self, line: Line, words: str) -> None:
        """A line is gone."""
        ...

    def not_connected(self, words: str) -> None:
        """None could be had; it will be tried again."""
        ...


class Source(Protocol):
    """Where lines come from."""

    def start(self) -> None:
        """Get a line now."""
        ...

    def again(self, at_least: float = 0.0) -> float:
        """Get one after a pause, which is the longer the more often it was in vain; its seconds."""
        ...

    def settled(self) -> None:
        """All is well: the next pause is a short one."""
        ...

    async def stop(self) -> None:
        """No more lines."""
        ...


class Socket(Connection):
    """A line over TCP or TLS."""

    def __init__(self, owner: Owner, framing: Framing) -> None:
        self._owner = owner
        self._framing = framing
        self._deframer = Deframer(framing)
        self._lost = 0  # records that the owner knows were lost

    def connectionMade(self) -> None:  # noqa: N802
        keepalive = getattr(self.transport, "setTcpKeepAlive", None)
        if keepalive is not None:
            keepalive(1)
        self._owner.connected(self)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        bodies = self._deframer.feed(data)
        if bodies:
            before, self._lost = self._lost, self._deframer.noise.lost
            self._owner.arrived(self, bodies, damaged=self._lost > before)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._owner.lost(self, reason_words(reason.value))

    def write(self, body: bytes, gone: Callable[[Outcome], None]) -> None:
        if self.transport is not None:
            self.transport.write(frame(body, self._framing))
        gone(Outcome.TAKEN)

    def took(self) -> Callable[[], None]:
        return _nothing

    def torn(self) -> bytes | None:
        rest = self._deframer.end()
        before, self._lost = self._lost, self._deframer.noise.lost
        return rest if rest or self._lost > before else None

    def hold(self, held: bool) -> None:
        transport: Any = self.transport
        if transport is not None:
            (transport.pauseProducing if held else transport.resumeProducing)()

    def close(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            transport.loseConnection()

    def cut(self) -> None:
        abort = getattr(self.transport, "abortConnection", None)
        if abort is not None:
            abort()


class Sockets(Factory):
    """Builds each connection's protocol; None refuses it."""

    noisy = False

    def __init__(self, build: Callable[[], Connection | None]) -> None:
        self._build = build

    def buildProtocol(self, addr: IAddress | None) -> Connection | None:  # noqa: N802
        return self._build()


class Pauses:
    """How long to wait before the next try: doubled each time, until all is well again."""

    def __init__(self, at_most: timedelta) -> None:
        self._at_most = at_most.total_seconds()
        self._next = _FIRST_PAUSE

    def next(self) -> float:
        pause = min(self._next, self._at_most)
        self._next = 2 * pause
        return pause

    def reset(self) -> None:
        self._next = _FIRST_PAUSE


class Retried(ABC):
    """A source that tries again after pauses, for ever, until it is stopped."""

    def __init__(self, context: Context, settings: FiasSettings, owner: Owner) -> None:
        self._context = context
        self._settings = settings
        self._owner = owner
        self._pauses = Pauses(settings.retry_at_most)
        self._timer: IDelayedCall | None = None
        self._stopped = False

    def start(self) -> None:
        """Get a line now."""
        self._timer = None
        if not self._stopped:
            self._try()

    def again(self, at_least: float = 0.0) -> float:
        """Get a line after a pause; how long it is."""
        pause = max(self._pauses.next(), at_least)
        if not self._stopped and self._timer is None:
            self._timer = self._context.clock.call_later(pause, self.start)
        return pause

    def settled(self) -> None:
        """All is well: the next pause is a short one."""
        self._pauses.reset()

    async def stop(self) -> None:
        """No more lines."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @abstractmethod
    def _try(self) -> None: ...

    def _in_vain(self, why: BaseException | None) -> None:
        if not self._stopped:
            pause = Retried.again(self)
            self._owner.not_connected(f"{reason_words(why)}; {tried_again(pause)}")


class Dialler(Retried):
    """Gets lines by dialling the PMS."""

    _trying: Deferred[Any] | None = None

    async def stop(self) -> None:
        await super().stop()
        if self._trying is not None:
            self._trying.cancel()

    def _try(self) -> None:
        self._trying = self._dial()
        self._trying.addCallbacks(lambda _: self._got(), self._failed)

    def _dial(self) -> Deferred[Any]:
        try:
            endpoint = self._context.connector(self._settings.endpoint)
        except Exception as wrong:  # a certificate that is not there, ...
            return fail(wrong)
        return endpoint.connect(Sockets(self._socket))

    def _socket(self) -> Connection | None:
        return None if self._stopped else Socket(self._owner, self._settings.framing)

    def _got(self) -> None:
        self._trying = None

    def _failed(self, failure: Failure) -> None:
        self._trying = None
        if not isinstance(failure.value, CancelledError):
            self._in_vain(failure.value)


class Porter(Retried):
    """Gets lines by waiting for the PMS at a port: only the port is tried again."""

    _port: IListeningPort | None = None
    _present: Socket | None = None

    def again(self, at_least: float = 0.0) -> float:
        """The PMS dials when it wants to."""
        return 0.0

    async def stop(self) -> None:
        await super().stop()
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)

    def _try(self) -> None:
        try:
            opening = self._context.door(self._settings.endpoint).listen(Sockets(self._socket))
        except Exception as wrong:
            opening = fail(wrong)
        opening.addCallbacks(self._opened, lambda failure: self._in_vain(failure.value))

    def _opened(self, port: IListeningPort) -> None:
        self._port = port
        if self._stopped:
            port.stopListening()

    def _socket(self) -> Connection | None:
        """The line of a newcomer: in the place of the old one, or none."""
        old = self._present
        if self._stopped or (old is not None and self._settings.newcomer is Newcomer.REFUSE):
            return None
        self._present = Socket(_Relay(self, self._owner), self._settings.framing)
        if old is not None:
            old.cut()
        return self._present

    def gone(self, line: Line) -> None:
        """A line has ended."""
        if self._present is line:
            self._present = None


class _Relay:
    """Lets the porter know which line is the present one."""

    def __init__(self, porter: Porter, owner: Owner) -> None:
        self._porter = porter
        self._owner = owner

    def connected(self, line: Line) -> None:
        self._owner.connected(line)

    def arrived(self, line: Line, bodies: list[bytes], *, damaged: bool = False) -> None:
        self._owner.arrived(line, bodies, damaged=damaged)

    def lost(self, line: Line, words: str) -> None:
        self._porter.gone(line)
        self._owner.lost(line, words)

    def not_connected(self, words: str) -> None:
        self._owner.not_connected(words)


def tried_again(pause: float) -> str:
    """When the next try is, for people."""
    span = f"{pause:g} s"
    return phrase(f"tried again in {span}")


def reason_words(why: BaseException | None) -> str:
    """Why a line is gone or was not had, for people."""
    return str(why).strip().rstrip(".") or type(why).__name__


def _nothing() -> None:
    pass
