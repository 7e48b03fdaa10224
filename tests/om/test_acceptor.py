"""The quick port keeps the rules of the listener, over real sockets."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import deferLater

from hotelbridge.clock import SystemClock
from hotelbridge.core.records import Report
from hotelbridge.errors import StoreUnavailable
from hotelbridge.om import acceptor
from hotelbridge.om.listener import THANKS, PushFactory, Route
from tests.om.test_listener import RING, request


class Port:
    """An event port on this machine, and a store that commits when told to."""

    def __init__(self, allow: tuple[str, ...] = ("127.0.0.1",), family: int = socket.AF_INET) -> None:
        self.reports: list[Report] = []
        self.waiting: list[Deferred[None]] = []
        self.slow = False
        route = Route("main", "om20", "/om20", allow)
        self.factory = PushFactory([route], self._save, SystemClock(reactor))
        if family == socket.AF_INET:
            self.port: Any = acceptor.opened(reactor, 0, "127.0.0.1", self.factory, 64)
        else:
            self.port = self._dual_stack()

    def _dual_stack(self) -> Any:
        held = socket.socket(socket.AF_INET6)
        held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        held.bind(("::", 0))
        held.listen(64)
        with held:
            return acceptor.adopted(reactor, held.fileno(), self.factory)

    def _save(self, reports: Sequence[Report]) -> Deferred[None]:
        self.reports += reports
        if not self.slow:
            return succeed(None)
        self.waiting.append(Deferred())
        return self.waiting[-1]

    def connect(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port.getHost().port))
        line.setblocking(False)
        return line

    async def close(self) -> None:
        await self.port.stopListening()
        await self.factory.drain()


async def until(condition: Callable[[], object]) -> Any:
    """Let the reactor work until it holds."""
    for _ in range(500):
        if found := condition():
            return found
        await deferLater(reactor, 0.01)  # type: ignore[arg-type]
    raise AssertionError("it never came to that")


def received(line: socket.socket) -> bytes | None:
    """What the peer sent; None: nothing yet, or its end."""
    try:
        return line.recv(4096)
    except BlockingIOError:
        return None


@pytest.fixture
def lines() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for line in opened:
        line.close()


async def test_pushes_of_peers_that_close_at_once_are_saved() -> None:
    port = Port()
    for _ in range(50):
        with port.connect() as line:
            line.send(request())
    await until(lambda: len(port.reports) == 50)
    assert {report.body for report in port.reports} == {RING}
    await port.close()


async def test_a_push_is_answered_only_when_it_is_saved(lines: list[socket.socket]) -> None:
    port = Port()
    port.slow = True
    line = port.connect()
    lines.append(line)
    line.send(request())
    await until(lambda: port.waiting)
    assert received(line) is None
    port.waiting[0].callback(None)
    assert await until(lambda: received(line)) == THANKS
    await port.close()


async def test_a_push_in_pieces_is_heard_too(lines: list[socket.socket]) -> None:
    port = Port()
    line = port.connect()
    lines.append(line)
    line.send(request()[:30])
    await until(lambda: port.factory.lines)
    line.send(request()[30:])
    await until(lambda: port.reports)
    assert port.reports[0].body == RING
    await port.close()


async def test_a_connection_that_goes_on_is_heard_after_its_first_answer(lines: list[socket.socket]) -> None:
    port = Port()
    line = port.connect()
    lines.append(line)
    line.send(request())
    await until(lambda: received(line))
    line.send(request(b"<Event attribute='IDLE'/>"))
    await until(lambda: len(port.reports) == 2)
    await port.close()


async def test_a_store_that_refuses_resets_the_connection(lines: list[socket.socket]) -> None:
    port = Port()
    port.slow = True
    line = port.connect()
    lines.append(line)
    line.send(request())
    await until(lambda: port.waiting)
    port.waiting[0].errback(StoreUnavailable("disk full"))
    with pytest.raises(ConnectionResetError):
        await until(lambda: received(line))
    assert port.factory.turned_away["storage"] == 1
    await port.close()


async def test_a_foreign_source_is_let_go_unheard(lines: list[socket.socket]) -> None:
    port = Port(allow=("192.0.2.10",))
    line = port.connect()
    lines.append(line)
    line.send(request())
    await until(lambda: port.factory.turned_away["source"])
    assert port.reports == []
    await port.close()


async def test_an_unreadable_push_of_an_allowed_source_is_kept(lines: list[socket.socket]) -> None:
    port = Port()
    line = port.connect()
    lines.append(line)
    line.send(b"HELO\r\n\r\n")
    await until(lambda: port.reports)
    assert port.reports[0].body == b"HELO\r\n\r\n"
    await port.close()


async def test_an_inherited_dual_stack_socket_knows_its_peers_as_ipv4() -> None:
    port = Port(family=socket.AF_INET6)
    with port.connect() as line:
        line.send(request())
    await until(lambda: port.reports)
    await port.close()


async def test_a_drain_waits_for_the_commit_of_quick_connections(lines: list[socket.socket]) -> None:
    port = Port()
    port.slow = True
    line = port.connect()
    lines.append(line)
    line.send(request())
    await until(lambda: port.waiting)
    closed: list[None] = []
    Deferred.fromCoroutine(port.close()).addCallback(closed.append)
    await deferLater(reactor, 0.2)  # type: ignore[arg-type]
    assert closed == []
    port.waiting[0].callback(None)
    await until(lambda: closed)
