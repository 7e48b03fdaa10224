"""Where devices push to: a small protocol of its own, because a web server loses what a device sends.

A report is saved before its connection is answered or let go, and the peer need neither read nor wait.
Sources and paths that are not configured are counted and dropped, their bodies unseen. What an allowed
source sends and nobody can read is saved all the same: it is evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IDelayedCall, IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from hotelbridge.clock import Clock
from hotelbridge.core.records import Report
from hotelbridge.om.addresses import AllowList
from hotelbridge.om.pushes import Pushed, PushParser, Unreadable

THANKS = b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"
IDLE = 60.0  # seconds without a byte after which a connection is dropped
SWEEP = 5.0
MOST = 5000  # connections at once; beyond it the longest silent one goes
LINGER = 0.05  # seconds that a drain waits for bytes of connections that were just accepted

Save = Callable[[Sequence[Report]], Deferred[None]]


@dataclass(frozen=True, slots=True)
class Route:
    """Which device pushes to which path, and from where."""

    property: str
    device: str
    path: str
    allow: tuple[str, ...]


@implementer(IHalfCloseableProtocol)
class PushLine(Protocol):
    """One connection of a device.

    When what it sent is saved it gets its answer and our end of the stream, and we go on reading until
    the device ends its own: closing both ways at once would lose what a long connection still carries.
    """

    def __init__(self, factory: PushFactory, host: str) -> None:
        self._factory = factory
        self._host = host
        self._parser = PushParser()
        self._saving = 0
        self._ended = False  # the device sends no more
        self.heard = 0.0

    @property
    def owes(self) -> bool:
        """Whether something of it is not saved yet."""
        return self._saving > 0 or not self._parser.empty

    def connectionMade(self) -> None:  # noqa: N802
        self._factory.lines[self] = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self.heard = self._factory.now()
        self._take(lambda: self._parser.feed(data))

    def readConnectionLost(self) -> None:  # noqa: N802
        """The device has sent everything; the connection goes when that is saved."""
        self._end()
        self._let_go()

    def writeConnectionLost(self) -> None:  # noqa: N802
        """Our answer is out; the device may still send."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._factory.lines.pop(self, None)
        self._end()
        self._factory.looked()

    def drop(self) -> None:
        """Let go of it without an answer."""
        if self.transport is not None:
            self.transport.abortConnection()  # type: ignore[attr-defined]

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._take(self._parser.end)

    def _take(self, read: Callable[[], list[Pushed]]) -> None:
        try:
            pushed = read()
        except Unreadable as error:
            self._keep_unreadable(error)
            return
        reports = self._factory.reports_of(pushed, self._host)
        if len(reports) < len(pushed):
            self._ended = True
            self._let_go()
        if reports:
            self._save(reports)

    def _keep_unreadable(self, error: Unreadable) -> None:
        self._parser = PushParser()
        self._ended = True
        report = self._factory.unreadable(error, self._host)
        if report is not None:
            self._save([report])
        self._let_go()

    def _save(self, reports: list[Report]) -> None:
        self._saving += 1
        saved = self._factory.save(reports)
        saved.addCallbacks(self._saved, self._refused, callbackArgs=(len(reports),))

    def _saved(self, result: None, count: int) -> None:
        self._saving -= 1
        if self.connected and self.transport is not None:
            self.transport.write(THANKS * count)
        self._let_go()

    def _refused(self, failure: Failure) -> None:
        """Not saved: the device gets no answer, the counter and the log tell it."""
        self._saving -= 1
        self._factory.not_saved(failure)
        self.drop()
        self._factory.looked()

    def _let_go(self) -> None:
        if self.connected and self.transport is not None and not self.owes:
            if self._ended:
                self.transport.loseConnection()
            else:
                self.transport.loseWriteConnection()  # type: ignore[attr-defined]
        self._factory.looked()


class PushFactory(Factory):
    """All connections of one event port, and what was counted on it."""

    noisy = False
    _log = Logger()

    def __init__(
        self,
        routes: Sequence[Route],
        save: Save,
        clock: Clock,
        counted: Callable[[str], None] = lambda why: None,
    ) -> None:
        self._routes = [(route, AllowList(route.allow)) for route in routes]
        self.save = save
        self._clock = clock
        self._counted = counted  # told why, each time a push is turned away
        self.lines: dict[PushLine, None] = {}
        self.owed = 0  # connections of a port that are not lines, waiting for their commit
        self.turned_away: Counter[str] = Counter()  # by reason
        self._sweep: IDelayedCall | None = None
        self._draining: Deferred[None] | None = None
        self._lingered = False

    def now(self) -> float:
        """Monotonic seconds."""
        return self._clock.monotonic()

    def buildProtocol(self, addr: IAddress | None) -> PushLine | None:  # noqa: N802
        host = str(getattr(addr, "host", ""))
        if not self.welcome(host):
            return None
        if len(self.lines) >= MOST:
            self._turn_away("too many connections")
            min(self.lines, key=lambda line: line.heard).drop()
        line = PushLine(self, host)
        line.heard = self.now()
        if self._sweep is None and self._draining is None:
            self._sweep = self._clock.call_later(SWEEP, self._sweep_idle)
        return line

    def welcome(self, host: str) -> bool:
        """Whether any device pushes from there; who does not is counted."""
        if any(allowed.allows(host) for _, allowed in self._routes):
            return True
        self._turn_away("source")
        return False

    def reports_of(self, pushed: Sequence[Pushed], host: str) -> list[Report]:
        """The reports among these requests: path and source must be those of one device."""
        reports = []
        for one in pushed:
            route = self._route(one.path, host)
            if route is not None and one.body:
                reports.append(Report(route.property, route.device, self._clock.now(), one.body))
            else:
                self._turn_away("path" if route is None else "empty")
        return reports

    def _route(self, path: str | None, host: str) -> Route | None:
        for route, allowed in self._routes:
            if (path is None or route.path == path) and allowed.allows(host):
                return route
        return None

    def unreadable(self, error: Unreadable, host: str) -> Report | None:
        """What an allowed source sent and nobody can read, to be kept."""
        self._log.warn("unreadable push from {host}: {error}", host=host, error=error)
        self._turn_away("unreadable")
        route = self._route(None, host)
        if route is None or not error.data:
            return None
        return Report(route.property, route.device, self._clock.now(), error.data)

    def _turn_away(self, why: str) -> None:
        self.turned_away[why] += 1
        self._counted(why)
        if self.turned_away[why] in (1, 10, 100) or self.turned_away[why] % 1000 == 0:
            self._log.warn("pushes turned away because of {why}: {n}", why=why, n=self.turned_away[why])

    def not_saved(self, failure: Failure) -> None:
        """A report that the store did not take."""
        self._turn_away("storage")
        self._log.error("a report was not saved: {why}", why=failure.getErrorMessage())

    def _sweep_idle(self) -> None:
        self._sweep = None
        limit = self.now() - IDLE
        for line in [line for line in self.lines if line.heard < limit]:
            line.drop()
        if self.lines:
            self._sweep = self._clock.call_later(SWEEP, self._sweep_idle)

    def drain(self) -> Deferred[None]:
        """Fires when nothing that was accepted waits to be saved; call after the port is closed."""
        if self._draining is None:
            self._draining = Deferred()
            self._clock.call_later(LINGER, self._drained_at_last)
        return self._draining

    def _drained_at_last(self) -> None:
        self._lingered = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        self.looked()

    def looked(self) -> None:
        """Something was saved or ended: perhaps the drain is over."""
        if self._draining is None or not self._lingered:
            return
        if self.owed or any(line.owes for line in self.lines):
            return
        for line in list(self.lines):
            line.drop()
        if not self._draining.called:
            self._draining.callback(None)
