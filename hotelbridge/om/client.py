"""Commands to a device: a small HTTP/1.0 client of our own, because the device's server is a small one.

Head and body leave in one write, and each connection carries one command. The answer is its body; the
status says nothing (a refusal is a 200). Nothing is ever repeated here: a connection that breaks after
the write does not prove that a command was not executed. What certainly was not written says so.
"""

from __future__ import annotations

import errno
import heapq
import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from twisted.internet.abstract import isIPAddress
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint
from twisted.internet.error import ConnectError, ConnectionRefusedError, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.internet.interfaces import IAddress, IDelayedCall, IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.errors import HotelbridgeError, Nonsense, NotWritten, ReplyLost, Stale
from hotelbridge.om import messages as om
from hotelbridge.om.codec import Sign, config_path, decode_reply, encode
from hotelbridge.om.http import Answer, instant_of, read_answer
from hotelbridge.texts import phrase

LARGEST_REPLY = 1024 * 1024
STOPPING = phrase("hotelbridge is stopping")
_NO_WAY = {  # as the system says it, too
    errno.ECONNREFUSED: phrase("connection refused"),
    errno.ECONNRESET: phrase("connection reset by peer"),
    errno.EHOSTUNREACH: phrase("no route to host"),
    errno.ENETUNREACH: phrase("network is unreachable"),
    errno.ETIMEDOUT: phrase("connection timed out"),
}
StillGood = Callable[[], Deferred[bool]]
Wrote = Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command that was written, and what came of it."""

    command: om.Command
    sent: bytes  # the document; of a ConfigGet its path, without the password
    at: datetime  # written, UTC
    ended: datetime
    answer: bytes  # as it came; empty where none came whole
    reply: om.Reply | None  # None: lost, or not to be read
    fault: str  # why there is no reply


class _Call:
    """One command on its way; ends once."""

    def __init__(
        self,
        command: om.Command,
        not_after: datetime | None,
        still_good: StillGood | None,
        wrote: Wrote | None,
        done: Deferred[om.Reply],
    ) -> None:
        self.command = command
        self.not_after = not_after
        self.still_good = still_good
        self.wrote = wrote
        self.done = done
        self.written: datetime | None = None
        self.sent = b""
        self.answer = b""
        self.over = False
        self.timer: IDelayedCall | None = None
        self.connecting: Deferred[Any] | None = None
        self.line: _Line | None = None


class _Line(Protocol):
    """The connection of one command."""

    def __init__(self, ended: Callable[[bytes, bool], None]) -> None:
        self._ended = ended
        self._received = bytearray()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._received += data
        if len(self._received) > LARGEST_REPLY:
            self.abort()
        elif read_answer(bytes(self._received), closed=False) is not None:
            self._ended(bytes(self._received), False)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._ended(bytes(self._received), True)

    def write(self, data: bytes) -> None:
        """Head and body in one write: a device reads once."""
        if self.transport is not None:
            self.transport.write(data)

    def abort(self) -> None:
        """Let go of the connection at once."""
        abort = getattr(self.transport, "abortConnection", None)
        if abort is not None:
            abort()


class _LineFactory(Factory):
    noisy = False

    def __init__(self, ended: Callable[[bytes, bool], None]) -> None:
        self._ended = ended

    def buildProtocol(self, addr: IAddress | None) -> _Line:  # noqa: N802
        return _Line(self._ended)


class OmClient:
    """The commands of one device, a few at a time, those that concern a call before all others."""

    def __init__(
        self,
        endpoint: IStreamClientEndpoint,
        clock: Clock,
        *,
        url: str,
        timeout: float = 10.0,
        in_flight: int = 4,
        sign: Sign | None = None,
        witness: Callable[[om.Command, bytes], None] = lambda command, answer: None,
        tap: Callable[[Exchange], None] | None = None,
    ) -> None:
        parts = urlsplit(url)
        self._endpoint = endpoint
        self._clock = clock
        self._path = parts.path or "/"
        self._host = parts.netloc.rpartition("@")[2]
        self._timeout = timeout
        self._limit = in_flight
        self._sign = sign
        self._witness = witness  # sees each answer as it came
        self._tap = tap  # told of each command that was written, when it is over; must be quick
        self._waiting: list[tuple[int, int, _Call]] = []
        self._order = itertools.count()
        self._flying: set[_Call] = set()
        self._closed = False
        self.device_date: str | None = None  # the Date of the last answer, as sent
        self._dated: Callable[[datetime], None] = lambda shown: None

    def on_date(self, call: Callable[[datetime], None]) -> None:
        """Call with the device's own time (UTC) whenever an answer carries it."""
        self._dated = call

    def send(
        self,
        command: om.Command,
        *,
        not_after: datetime | None = None,
        still_good: StillGood | None = None,
        wrote: Wrote | None = None,
        urgent: bool = False,
        soon: bool = False,
    ) -> Deferred[om.Reply]:
        """Send a command; fires with the device's answer, a FAILED included.

        `not_after` and `still_good` are looked at when the connection stands, right before the bytes
        are written; `wrote` is told when they are. `urgent` goes before all others, `soon` behind those
        only. Errors: `Stale` and `NotWritten` (certainly not executed), `ReplyLost` (written, no whole
        answer), `Nonsense` (an answer that cannot be read: executed or not is unknown).
        """
        call: _Call
        done: Deferred[om.Reply] = Deferred(lambda _: self._finish(call, CancelledError()))
        call = _Call(command, not_after, still_good, wrote, done)
        if self._closed:
            self._finish(call, NotWritten(STOPPING))
            return done
        heapq.heappush(self._waiting, (0 if urgent else 1 if soon else 2, next(self._order), call))
        self._next()
        return done

    def close(self) -> Deferred[None]:
        """Nothing more is sent; what is under way ends as lost, what waits as not written."""
        self._closed = True
        for _, _, call in self._waiting:
            self._finish(call, NotWritten(STOPPING))
        for call in list(self._flying):
            self._lost(call, STOPPING)
        return succeed(None)

    def _next(self) -> None:
        while self._waiting and len(self._flying) < self._limit:
            call = heapq.heappop(self._waiting)[2]
            if not call.over:
                self._begin(call)

    def _begin(self, call: _Call) -> None:
        self._flying.add(call)
        call.timer = self._clock.call_later(self._timeout, self._timed_out, call)
        call.connecting = self._endpoint.connect(
            _LineFactory(lambda data, closed: self._got(call, data, closed))
        )
        call.connecting.addCallbacks(
            lambda line: self._connected(call, line), lambda failure: self._not_connected(call, failure)
        )

    def _not_connected(self, call: _Call, failure: Failure) -> None:
        why = _why_not(failure.value)
        self._finish(call, NotWritten(f"no connection: {why}"))

    def _connected(self, call: _Call, line: _Line) -> None:
        call.line = line
        if call.over:
            line.abort()
        elif call.still_good is None:
            self._write(call, True)
        else:
            asked = call.still_good()
            asked.addCallbacks(
                lambda good: self._write(call, good), lambda failure: self._finish(call, _as_stale(failure))
            )

    def _write(self, call: _Call, good: bool) -> None:
        if call.over or call.line is None:
            return
        if not good:
            self._finish(call, Stale("not wanted any more"))
        elif call.not_after is not None and self._clock.now() > call.not_after:
            self._finish(call, Stale("the device was too slow to take it in time"))
        else:
            request = self._request(call)
            call.written = self._clock.now()
            call.line.write(request)
            if call.wrote is not None:
                call.wrote(self._clock.now())

    def _request(self, call: _Call) -> bytes:
        command = call.command
        if isinstance(command, om.ConfigGet):
            head = f"GET {config_path(command)} HTTP/1.0\r\nHost: {self._host}\r\nConnection: close\r\n\r\n"
            call.sent = config_path(replace(command, password=None)).encode("ascii")
            return head.encode("ascii")
        call.sent = body = encode(command, self._sign)
        head = (
            f"POST {self._path} HTTP/1.0\r\nHost: {self._host}\r\nContent-Type: text/xml\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode("ascii") + body

    def _got(self, call: _Call, data: bytes, closed: bool) -> None:
        if call.over:
            return
        if call.written is None:
            self._finish(call, NotWritten("the device closed the connection before the command"))
            return
        answer = read_answer(data, closed=closed)
        if answer is None:
            self._finish(call, ReplyLost("the connection ended before the whole answer"))
            return
        self._answered(call, answer)

    def _answered(self, call: _Call, answer: Answer) -> None:
        self.device_date = answer.date or self.device_date
        shown = instant_of(answer.date) if answer.date else None
        if shown is not None:
            self._dated(shown)
        call.answer = answer.body
        self._witness(call.command, answer.body)
        try:
            reply = decode_reply(call.command, answer.body)
        except Nonsense as error:
            # Without a length, well-formedness is the only proof that an answer is whole.
            lost = ReplyLost(f"the answer was cut off: {error}")
            self._finish(call, error if answer.complete else lost)
            return
        self._finish(call, reply)

    def _timed_out(self, call: _Call) -> None:
        length = f"{self._timeout:g} s"
        self._lost(call, phrase(f"no answer within {length}"))

    def _lost(self, call: _Call, why: str) -> None:
        self._finish(call, NotWritten(why) if call.written is None else ReplyLost(why))

    def _finish(self, call: _Call, result: om.Reply | BaseException) -> None:
        if call.over:
            return
        call.over = True
        self._flying.discard(call)
        if call.timer is not None and call.timer.active():
            call.timer.cancel()
        if call.line is not None:
            call.line.abort()
        elif call.connecting is not None and not call.connecting.called:
            call.connecting.cancel()
        self._told(call, result)
        if isinstance(result, BaseException):
            call.done.errback(result)
        else:
            call.done.callback(result)
        self._next()

    def _told(self, call: _Call, result: om.Reply | BaseException) -> None:
        if self._tap is None or call.written is None:
            return
        lost = isinstance(result, BaseException)
        reply = None if isinstance(result, BaseException) else result
        fault = (str(result) or type(result).__name__) if lost else ""
        now = self._clock.now()
        self._tap(Exchange(call.command, call.sent, call.written, now, call.answer, reply, fault))


def _why_not(error: BaseException | None) -> str:
    """Why there is no connection, once: Twisted's own words say it twice, around a number."""
    if isinstance(error, ConnectError) and error.osError:
        return _NO_WAY.get(error.osError) or os.strerror(error.osError).lower()
    if isinstance(error, ConnectError | DNSLookupError) and error.args and error.args[0]:
        return str(error.args[0])
    if isinstance(error, ConnectionRefusedError):
        return _NO_WAY[errno.ECONNREFUSED]
    return phrase("it did not stand in time") if isinstance(error, ConnectTimeout) else str(error)


def _as_stale(failure: Failure) -> HotelbridgeError:
    error = failure.getErrorMessage()
    return Stale(f"could not be looked at again: {error}")


def device_endpoint(
    reactor: Any, url: str, bind: str | None = None, timeout: float = 10.0
) -> IStreamClientEndpoint:
    """Where the device of this `url` takes commands; `bind` is the source address to use.

    The device obeys one address, so on a machine with several it matters. Raises ValueError for
    anything but http.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        raise ValueError(f"{url} is not an http:// address of a device")
    source = None if bind is None else (bind, 0)
    if isIPAddress(parts.hostname):  # no name to be looked up: a third of the time of a connection
        return TCP4ClientEndpoint(reactor, parts.hostname, parts.port or 80, timeout, source)
    return HostnameEndpoint(reactor, parts.hostname, parts.port or 80, timeout=timeout, bindAddress=source)
