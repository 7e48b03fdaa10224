"""Pushes of a device: saved before they are let go, from allowed sources only, however they come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from hotelbridge.core.records import Report
from hotelbridge.errors import StoreUnavailable
from hotelbridge.om.addresses import AllowList
from hotelbridge.om.listener import IDLE, THANKS, PushFactory, PushLine, Route
from hotelbridge.om.pushes import PushParser, Unreadable
from hotelbridge.testing.fake_clock import FakeClock

RING = b'<?xml version="1.0" encoding="utf-8" ?>\n<Event attribute="RING">\n  <ext id="212" />\n</Event>\n'


def request(body: bytes = RING, path: str = "/om20", method: str = "GET", end: str = "\r\n") -> bytes:
    head = [f"{method} {path} HTTP/1.0", "Host: 192.0.2.31", f"Content-Length: {len(body)}", "", ""]
    return end.join(head).encode() + body


class Transport(StringTransport):
    """Remembers how it was let go."""

    aborted = half_closed = False

    def abortConnection(self) -> None:  # noqa: N802
        self.aborted = True

    def loseWriteConnection(self) -> None:  # noqa: N802
        self.half_closed = True


class Store:
    """Takes reports; commits when told to."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.waiting: list[Deferred[None]] = []
        self.slow = False

    def save(self, reports: Sequence[Report]) -> Deferred[None]:
        self.reports += reports
        if not self.slow:
            return succeed(None)
        self.waiting.append(Deferred())
        return self.waiting[-1]

    @property
    def bodies(self) -> list[bytes]:
        return [report.body for report in self.reports]


class Port:
    """A listener for two devices on one port."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = Store()
        routes = [
            Route("main", "om20", "/om20", ("192.0.2.10",)),
            Route("annex", "om50", "/om50", ("192.0.2.0/24",)),
        ]
        self.factory = PushFactory(routes, self.store.save, self.clock)

    def connect(self, host: str = "192.0.2.10") -> tuple[PushLine, Transport]:
        line = self.factory.buildProtocol(IPv4Address("TCP", host, 4711))
        assert line is not None
        transport = Transport()
        line.makeConnection(transport)  # type: ignore[arg-type]
        return line, transport


@pytest.fixture
def port() -> Port:
    return Port()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_push_is_saved_with_its_device_and_answered(port: Port, method: str, end: str) -> None:
    line, transport = port.connect()
    line.dataReceived(request(method=method, end=end))
    (report,) = port.store.reports
    assert (report.property, report.device, report.body, report.at) == (
        "main",
        "om20",
        RING,
        port.clock.now(),
    )
    assert transport.value() == THANKS and transport.half_closed


def test_nothing_is_answered_or_closed_before_the_commit(port: Port) -> None:
    port.store.slow = True
    line, transport = port.connect()
    line.dataReceived(request())
    line.readConnectionLost()
    assert transport.value() == b"" and not transport.disconnecting and not transport.half_closed
    port.store.waiting[0].callback(None)
    assert transport.disconnecting


def test_a_peer_that_closes_at_once_without_reading_is_heard(port: Port) -> None:
    line, _ = port.connect()
    line.dataReceived(request())
    line.connectionLost(Failure(ConnectionDone()))
    assert port.store.bodies == [RING]


def test_a_reset_right_after_a_whole_push_loses_nothing(port: Port) -> None:
    port.store.slow = True
    line, _ = port.connect()
    line.dataReceived(request())
    line.connectionLost(Failure(ConnectionLost()))
    port.store.waiting[0].callback(None)
    assert port.store.bodies == [RING]


def test_a_push_without_a_length_ends_with_its_document_or_with_the_connection(port: Port) -> None:
    line, _ = port.connect()
    line.dataReceived(b"GET /om20 HTTP/1.0\n\n" + RING)
    assert port.store.bodies == [RING]
    line, _ = port.connect()
    line.dataReceived(b"GET /om20 HTTP/1.0\n\n<Event")
    line.readConnectionLost()
    assert port.store.bodies[1:] == [b"<Event"]


def test_several_pushes_on_one_connection_keep_their_order_and_later_ones_are_heard(port: Port) -> None:
    line, transport = port.connect()
    bodies = [b"<Event attribute='IDLE'><ext id='%d'/></Event>" % n for n in range(5)]
    line.dataReceived(b"".join(request(body) for body in bodies[:4]))
    line.dataReceived(request(bodies[4]))
    assert port.store.bodies == bodies
    assert not transport.disconnecting


def test_devices_on_one_port_are_told_apart_by_path_then_source(port: Port) -> None:
    line, _ = port.connect("192.0.2.77")
    line.dataReceived(request(path="/om50?x=1"))
    assert [(r.property, r.device) for r in port.store.reports] == [("annex", "om50")]


def test_a_foreign_source_is_counted_and_not_listened_to(port: Port) -> None:
    assert port.factory.buildProtocol(IPv4Address("TCP", "198.51.100.9", 1)) is None
    assert port.factory.turned_away["source"] == 1


@pytest.mark.parametrize(("host", "path"), [("192.0.2.10", "/elsewhere"), ("192.0.2.77", "/om20")])
def test_a_path_that_is_not_the_sources_own_is_counted_and_not_kept(port: Port, host: str, path: str) -> None:
    line, transport = port.connect(host)
    line.dataReceived(request(path=path))
    assert port.store.reports == [] and port.factory.turned_away["path"] == 1
    assert transport.value() == b"" and transport.disconnecting


@pytest.mark.parametrize(
    "junk",
    [
        b"HELO there\r\n\r\n",
        b"x" * 9000,
        b"GET /om20 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"GET /om20 HTTP/1.0\r\nContent-Length: many\r\n\r\n<Event/>",
        b"POST /om20 HTTP/1.0\r\nContent-Length: 999999\r\n\r\n<Event/>",
        b"\n",
    ],
)
def test_what_an_allowed_source_sends_unreadably_is_kept_as_evidence(port: Port, junk: bytes) -> None:
    line, _ = port.connect()
    line.dataReceived(junk)
    line.connectionLost(Failure(ConnectionDone()))
    assert port.store.bodies == ([] if not junk.strip() else [junk])
    again, _ = port.connect()
    again.dataReceived(request())
    assert port.store.bodies[-1] == RING


def test_half_a_push_at_the_end_of_a_connection_is_kept_too(port: Port) -> None:
    line, _ = port.connect()
    line.dataReceived(request()[:-20])
    line.connectionLost(Failure(ConnectionLost()))
    assert port.store.bodies == [request()[:-20]]
    assert port.factory.turned_away["unreadable"] == 1


def test_a_store_that_refuses_means_no_answer_and_the_listener_goes_on(port: Port) -> None:
    port.store.slow = True
    line, transport = port.connect()
    line.dataReceived(request())
    port.store.waiting[0].errback(StoreUnavailable("disk full"))
    assert transport.aborted and transport.value() == b""
    port.store.slow = False
    again, better = port.connect()
    again.dataReceived(request())
    assert better.value() == THANKS


def test_a_silent_connection_is_dropped_after_a_while(port: Port) -> None:
    _, transport = port.connect()
    port.clock.advance(IDLE + 10)
    assert transport.aborted


def test_a_drain_waits_for_what_was_received_and_then_lets_everything_go(port: Port) -> None:
    port.store.slow = True
    line, _ = port.connect()
    line.dataReceived(request())
    _, idle = port.connect()
    drained: list[None] = []
    port.factory.drain().addCallback(drained.append)
    port.clock.advance(1)
    assert drained == []
    port.store.waiting[0].callback(None)
    assert drained == [None] and idle.aborted


def test_v4_mapped_addresses_are_ipv4_and_garbage_is_nobody() -> None:
    allowed = AllowList(["192.0.2.10", "198.51.100.0/24", "2001:db8::/32"])
    assert (
        allowed.allows("::ffff:192.0.2.10")
        and allowed.allows("198.51.100.7")
        and allowed.allows("2001:db8::1")
    )
    assert not allowed.allows("192.0.2.11") and not allowed.allows("") and not allowed.allows("\x00garbage")


def test_a_peer_of_a_dual_stack_socket_is_known(port: Port) -> None:
    assert port.factory.buildProtocol(IPv6Address("TCP", "::ffff:192.0.2.10", 1)) is not None


BODIES = st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=6)


@settings(max_examples=200)
@given(BODIES, st.lists(st.integers(1, 40), min_size=1, max_size=40), st.booleans())
def test_any_split_of_the_stream_gives_the_same_pushes(
    bodies: list[bytes], cuts: list[int], lf: bool
) -> None:
    stream = b"".join(request(body, end="\n" if lf else "\r\n") for body in bodies)
    parser, pushed, at = PushParser(), [], 0
    for cut in cuts:
        pushed += parser.feed(stream[at : at + cut])
        at += cut
    pushed += parser.feed(stream[at:])
    pushed += parser.end()
    assert [one.body for one in pushed] == bodies


@given(st.binary(max_size=400))
def test_any_bytes_are_pushes_or_unreadable(data: bytes) -> None:
    parser = PushParser()
    try:
        parser.feed(data)
        parser.end()
    except Unreadable:
        pass
