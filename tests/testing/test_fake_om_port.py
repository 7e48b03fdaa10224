"""The simulated exchange over real TCP, and as a program that a person plays with."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.protocol import Factory

from hotelbridge.testing.fake_om import FakeOm
from hotelbridge.testing.fake_om_console import parse_phone, perform, run_fake_om
from hotelbridge.testing.fake_om_scripts import Answers, Busy, NoAnswer

from .om_bench import Bench, Caller, Post, Receiver, request

QUERY = request(b'<Control attribute="Query"><ext id="212"/></Control>')
WAKE = request(b'<Transfer attribute="Connect"><menu id="1"/><ext id="212"/></Transfer>')


class Waiting(Caller):
    """Fires when the connection is over."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__(list(pieces))
        self.over: Deferred[None] = Deferred()

    def connectionLost(self, reason: Any = None) -> None:
        super().connectionLost(reason)
        self.over.callback(None)


class Telling(Post):
    """Fires when so many pushes have come."""

    _count = 0

    def expect(self, count: int) -> Deferred[None]:
        self.enough: Deferred[None] = Deferred()
        self._count = count
        return self.enough

    def ended(self, receiver: Receiver) -> None:
        if sum(1 for one in self.connections if one.closed) == self._count:
            self.enough.callback(None)


async def ask(port: int, what: bytes) -> Waiting:
    caller = Waiting(what)
    factory = Factory()
    factory.noisy = False
    factory.buildProtocol = lambda addr: caller  # type: ignore[method-assign]
    endpoint: Any = TCP4ClientEndpoint(reactor, "127.0.0.1", port)
    await endpoint.connect(factory)
    await caller.over
    return caller


async def started(post: Post, **more: Any) -> tuple[FakeOm, int, Any]:
    """A device on a port that pushes to a port."""
    net: Any = reactor
    listening = net.listenTCP(0, post, interface="127.0.0.1")
    push_to = f"127.0.0.1:{listening.getHost().port}"
    om = await run_fake_om(net, listen="tcp:0:interface=127.0.0.1", push_to=push_to, path="/om20", **more)
    return om, om.port, listening


async def test_commands_and_pushes_travel_over_real_tcp() -> None:
    post = Telling()
    om, port, listening = await started(post, phones=["212=busy, answer 0.1 0.1"])
    om.habits.ring_after = 0.01
    assert b"FAILED" in (await ask(port, WAKE)).body
    come = post.expect(6)
    assert (await ask(port, WAKE)).got.startswith(b"HTTP/1.0 200 OK")
    await come
    assert sorted(post.names) == ["ANSWER 212", "BUSY 212", "BYE 212", "CDR", "IDLE 212", "RING 212"]
    assert post.requests[0].startswith(b"GET /om20 HTTP/1.0\nHost: 127.0.0.1\n")
    await om.close()
    await listening.stopListening()


async def test_a_device_that_restarts_refuses_connections_and_comes_back_on_the_same_port() -> None:
    post = Telling()
    om, port, listening = await started(post)
    come = post.expect(1)
    om.reboot(downtime=0.2)
    with pytest.raises(ConnectionRefusedError):
        await ask(port, QUERY)
    await come
    assert post.names == ["BOOTUP"]
    assert b"ready" in (await ask(port, QUERY)).body
    await om.close()
    await listening.stopListening()


async def test_pushes_that_nobody_takes_are_lost_over_tcp_too() -> None:
    post = Telling()
    om, port, listening = await started(post)
    await listening.stopListening()
    om.change_configuration()
    while not om.lost:
        await ask(port, QUERY)
    await om.close()


async def test_closing_the_device_leaves_nothing_behind() -> None:
    post = Telling()
    om, port, listening = await started(post)
    await ask(port, WAKE)
    await om.close()
    with pytest.raises(ConnectionRefusedError):
        await ask(port, QUERY)
    await listening.stopListening()


def test_a_phone_is_written_with_its_scripts() -> None:
    assert parse_phone("212=no-answer 20, answer 5 20") == ("212", [NoAnswer(20), Answers(5, 20)])
    assert parse_phone("213") == ("213", [Answers(5, 20)])


def test_a_person_plays_with_words() -> None:
    bench = Bench()
    assert perform(bench.om, "212 script busy, answer 1 2") == "done"
    assert bench.om.phone("212").scripts[0] == Busy()
    perform(bench.om, "213 lifts")
    perform(bench.om, "213 dials 013012345678")
    bench.clock.advance(10)
    perform(bench.om, "213 hangs up")
    assert perform(bench.om, "call 02161204000 from 555 to 213") == "visitor 2"
    bench.clock.advance(1)
    assert perform(bench.om, "trunk 02161208234 tells nothing") == "it tells nothing of calls out"
    assert perform(bench.om, "trunk 02161208234 tells") == "it tells of calls out"
    for words in ("trunk", "trunk 1 tells", "trunk 02161208234 tells all"):
        with pytest.raises(ValueError, match="not understood"):
            perform(bench.om, words)
    assert "213 rang 04:00:10" in perform(bench.om, "rings")
    bench.om.zone = ZoneInfo("Europe/Vienna")
    assert "213 rang 05:00:10" in perform(bench.om, "rings")
    assert "212 lifts | hangs up" in perform(bench.om, "help")
    perform(bench.om, "next drop-executed Query")
    assert bench.call(QUERY).got == b""
    assert "Query ext 212" in perform(bench.om, "commands")
    perform(bench.om, "always duplicate RING")
    perform(bench.om, "well-behaved")
    perform(bench.om, "reboot 5")
    bench.clock.advance(6)
    perform(bench.om, "cut dead")
    perform(bench.om, "mend")
    perform(bench.om, "configuration")
    bench.clock.advance(0)
    assert bench.post.names[-2:] == ["BOOTUP", "CONFIG_CHANGE"]


def test_a_person_telephones_for_so_many_seconds_or_in_vain() -> None:
    bench = Bench()
    for line in ("212 dials 004989920920 50", "dial 213 06641234567 0"):
        assert perform(bench.om, line) == "done"
        bench.clock.advance(70)
    lasted = [re.search("<Duration>([0-9]+)</Duration>", said.body.decode()) for said in bench.om.said
              if said.name == "CDR"]  # fmt: skip
    assert [found and found[1] for found in lasted] == ["50", "0"]


@pytest.mark.parametrize(
    "line",
    ["dance", "212", "212 sings", "next", "call 1", "dial", "dial 999 1", "212 dials", "212 dials 1 long"],
)
def test_words_it_does_not_know_are_answered_with_those_it_does(line: str) -> None:
    with pytest.raises(ValueError, match="The words are"):
        perform(Bench().om, line)


def test_nothing_is_done_for_an_empty_line() -> None:
    assert perform(Bench().om, "  ") == ""
