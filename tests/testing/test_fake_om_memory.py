"""TCP without ports behaves like TCP: in order, never from inside a write, with ends and resets."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.error import ConnectError, ConnectionRefusedError
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import Factory, Protocol
from zope.interface import implementer

from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om_memory import MemoryEndpoint, NowhereEndpoint


class Side(Protocol):
    """Keeps what happens to it."""

    transport: Any

    def __init__(self) -> None:
        self.seen: list[str] = []

    def connectionMade(self) -> None:
        self.seen.append("made")

    def dataReceived(self, data: bytes) -> None:
        self.seen.append(data.decode())

    def connectionLost(self, reason: Any = None) -> None:
        self.seen.append(reason.type.__name__)


class Pair:
    def __init__(self, latency: float = 0.0, near: type[Side] = Side, far: Side | None = None) -> None:
        self.clock = FakeClock()
        self.far = far or Side()
        self.addresses: list[Any] = []
        self.endpoint = MemoryEndpoint(self.accept, self.clock, source="192.0.2.7", latency=latency)
        self.near = self.result_of(self.endpoint.connect(Factory.forProtocol(near)))

    def accept(self, address: Any) -> Side:
        self.addresses.append(address)
        return self.far

    def result_of(self, deferred: Any) -> Any:
        found: list[Any] = []
        deferred.addBoth(found.append)
        self.clock.advance(1)
        return found[0]


def test_bytes_arrive_later_than_they_are_written_and_in_order() -> None:
    pair = Pair()
    pair.near.transport.write(b"a")
    pair.near.transport.writeSequence([b"b", b"c"])
    assert pair.far.seen == ["made"]
    pair.clock.advance(0)
    assert pair.far.seen == ["made", "a", "bc"]


def test_a_close_comes_after_the_bytes_on_both_sides() -> None:
    pair = Pair()
    pair.far.transport.write(b"bye")
    pair.far.transport.loseConnection()
    pair.far.transport.write(b"too late")
    pair.clock.advance(0)
    assert pair.near.seen == ["made", "bye", "ConnectionDone"]
    assert pair.far.seen == ["made", "ConnectionDone"]


@implementer(IHalfCloseableProtocol)
class Half(Side):
    """Knows that a connection has two halves."""

    def readConnectionLost(self) -> None:
        self.seen.append("heard all")

    def writeConnectionLost(self) -> None:
        self.seen.append("said all")


def test_a_side_that_knows_halves_goes_on_reading_after_its_own_end() -> None:
    pair = Pair(far=Half())
    pair.far.transport.write(b"thanks")
    pair.far.transport.loseWriteConnection()
    pair.near.transport.write(b"on its way")
    pair.clock.advance(0)
    assert pair.near.seen == ["made", "thanks", "ConnectionDone"]
    assert pair.far.seen == ["made", "said all", "on its way", "heard all"]
    pair.far.transport.loseConnection()
    pair.clock.advance(0)
    assert pair.far.seen[-1] == "ConnectionDone"


def test_a_side_that_knows_halves_can_answer_after_the_others_end() -> None:
    pair = Pair(near=Half, far=Half())
    pair.near.transport.loseWriteConnection()
    pair.clock.advance(0)
    pair.far.transport.write(b"thanks")
    pair.clock.advance(0)
    assert pair.near.seen == ["made", "said all", "thanks"]
    assert pair.far.seen == ["made", "heard all"]


def test_a_reset_is_told_as_one() -> None:
    pair = Pair()
    pair.far.transport.abortConnection()
    pair.clock.advance(0)
    assert (pair.near.seen, pair.far.seen) == (["made", "ConnectionLost"], ["made", "ConnectionAborted"])


def test_a_paused_side_gets_its_bytes_when_it_resumes() -> None:
    pair = Pair()
    pair.near.transport.pauseProducing()
    pair.far.transport.write(b"a")
    pair.far.transport.loseConnection()
    pair.clock.advance(1)
    assert pair.near.seen == ["made"]
    pair.near.transport.resumeProducing()
    pair.clock.advance(0)
    assert pair.near.seen == ["made", "a", "ConnectionDone"]


def test_the_listener_sees_the_source_address() -> None:
    pair = Pair()
    assert pair.addresses[0].host == "192.0.2.7"
    assert pair.far.transport.getPeer().host == "192.0.2.7"
    assert pair.near.transport.getPeer() == pair.far.transport.getHost()


def test_latency_is_the_time_bytes_travel() -> None:
    pair = Pair(latency=0.25)
    pair.near.transport.write(b"a")
    pair.clock.advance(0.2)
    assert pair.far.seen == ["made"]
    pair.clock.advance(0.1)
    assert pair.far.seen == ["made", "a"]


@pytest.mark.parametrize("refusing", [NowhereEndpoint(), None])
def test_where_nobody_listens_connections_are_refused(refusing: Any) -> None:
    clock = FakeClock()
    endpoint = refusing or MemoryEndpoint(lambda address: None, clock)
    found: list[Any] = []
    endpoint.connect(Factory.forProtocol(Side)).addErrback(found.append)
    clock.advance(0)
    assert found[0].check(ConnectionRefusedError, ConnectError)


def test_a_cancelled_connection_is_never_made() -> None:
    pair = Pair()
    connecting = pair.endpoint.connect(Factory.forProtocol(Side))
    connecting.addErrback(lambda why: None)
    connecting.cancel()
    pair.clock.advance(1)
    assert len(pair.addresses) == 1
