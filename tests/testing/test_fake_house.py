"""The fake house: it saves before it fires, keeps a tell in one step, and says what a link did wrong."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol

from hotelbridge.errors import StoreUnavailable
from hotelbridge.pms.api import CheckedIn, Direction, Layer, Received, Told
from hotelbridge.testing.house import House, Life

ANNA = (CheckedIn(room="212", name="Anna"),)


def asked(work: Coroutine[Any, Any, Any]) -> list[Any]:
    done: list[Any] = []
    Deferred.fromCoroutine(work).addCallbacks(done.append, lambda failure: done.append(failure.value))
    return done


def received(house: House, life: Life, body: bytes = b"GI") -> int:
    done = asked(life.received([Received(body, "a check-in", ("212",))]))
    house.let()
    (number,) = done[0]
    return int(number)


def test_a_record_is_on_the_disk_when_its_number_is_given() -> None:
    house = House()
    house.commit_takes, house.reply_takes = 2.0, 1.0
    done = asked(house.context().received([Received(b"GI", "a check-in", ("212",))]))
    house.let(1.5)
    assert not house.records and not done
    house.let(1.0)
    assert house.records[1].body == b"GI" and not done
    house.let(1.0)
    assert done == [[1]] and [record.id for record in house.unworked()] == [1]


def test_facts_marks_and_state_are_one_step() -> None:
    house = House()
    life = house.context()
    number = received(house, life)
    done = asked(life.tell([Told(number, ANNA)], {"last": "1", "old": None}))
    assert not house.facts and not house.kept
    house.let()
    assert done == [None] and tuple(house.facts) == ANNA and house.kept == {"last": "1"}
    assert not house.unworked() and house.records[number].effect == "CheckedIn"


def test_a_house_that_refuses_has_done_nothing() -> None:
    house = House()
    life = house.context()
    number = received(house, life)
    house.refuses = {"tell"}
    done = asked(life.tell([Told(number, ANNA)], {"last": "1"}))
    house.let()
    assert isinstance(done[0], StoreUnavailable)
    assert not house.facts and not house.kept and house.unworked()


def test_a_killed_process_hears_nothing_and_the_next_finds_what_was_saved() -> None:
    house = House()
    life = house.context()
    number = received(house, life)
    ticks: list[str] = []
    life.clock.call_later(5.0, ticks.append, "tick")
    lost = asked(life.tell([Told(number, ANNA)]))
    house.kill()
    house.let(60.0)
    assert not lost and not ticks and not house.facts
    left = asked(house.context().left_over())
    house.let()
    assert [record.body for record in left[0]] == [b"GI"]


@pytest.mark.parametrize(("when", "saved"), [("dies_before", 0), ("dies_after", 1)])
def test_a_process_can_die_before_or_after_a_commit(when: str, saved: int) -> None:
    house = House()
    life = house.context()
    setattr(house, when, 1)
    done = asked(life.received([Received(b"GI", "a check-in")]))
    house.let()
    assert not done and len(house.records) == saved and life.dead


def test_what_was_sent_is_in_the_recorder_and_never_left_over() -> None:
    house = House()
    house.context().sent(b"LA", "alive")
    house.let()
    assert [record.body for record in house.saved(Direction.OUT)] == [b"LA"] and not house.unworked()


# --- breaches ---


def test_a_second_tell_while_one_is_pending_is_a_breach() -> None:
    house = House()
    life = house.context()
    asked(life.tell([Told(None, ANNA)]))
    asked(life.tell([Told(None, ANNA)]))
    house.let()
    assert len(house.breaches) == 1 and "had to wait" in house.breaches[0]


def test_telling_out_of_order_is_a_breach() -> None:
    house = House()
    life = house.context()
    received(house, life, b"one")
    second = received(house, life, b"two")
    asked(life.tell([Told(second, ANNA)]))
    house.let()
    assert "told of record 2 before record 1" in house.breaches[0]


def test_telling_of_what_was_never_received_is_a_breach() -> None:
    house = House()
    asked(house.context().tell([Told(7, ANNA)]))
    house.let()
    assert "record 7, which was never received" in house.breaches[0]


def test_a_layer_on_nothing_is_a_breach() -> None:
    house = House()
    house.context().layers({Layer.CONNECTED: True, Layer.FLOWING: True})
    assert "flowing and not alive" in house.breaches[0]


def test_a_word_after_the_stop_is_a_breach() -> None:
    house = House()
    life = house.context()
    life.stopped = True
    asked(life.tell([]))
    assert "called tell after it was stopped" in house.breaches[0]
    house.let()


# --- wires ---


class Talker(Protocol):
    """One end of a wire."""

    def __init__(self) -> None:
        self.heard, self.lost = b"", False

    def dataReceived(self, data: bytes) -> None:
        self.heard += data

    def connectionLost(self, reason: Any = None) -> None:
        self.lost = True


def quiet(kind: type[Protocol] = Talker) -> Factory:
    factory = Factory.forProtocol(kind)
    factory.noisy = False
    return factory


def test_a_peer_dials_a_door_of_the_house_and_hears_the_process_die() -> None:
    house = House()
    life = house.context()
    life.door("tcp:5010").listen(quiet())
    met: list[Talker] = []
    house.wires.dial("tcp:5010", quiet()).addCallback(met.append)
    house.let()
    assert met[0].transport is not None
    met[0].transport.write(b"hello")
    house.let()
    assert len(life.wires.open()) == 2
    house.kill()
    house.let()
    assert met[0].lost and not life.wires.open()
    refused: list[Any] = []
    house.wires.dial("tcp:5010", quiet()).addErrback(refused.append)
    house.let()
    assert refused


def test_a_connector_meets_whoever_serves_the_endpoint_then() -> None:
    house = House()
    point = house.context().connector("tcp:192.0.2.20:5010")
    outcome: list[Any] = []
    point.connect(quiet()).addBoth(outcome.append)
    house.let()
    assert not isinstance(outcome[0], Talker), "nobody served it"
    house.wires.serve("tcp:192.0.2.20:5010", Talker)
    point.connect(quiet()).addBoth(outcome.append)
    house.let()
    assert isinstance(outcome[1], Talker)


async def test_with_a_reactor_the_ports_are_real_and_die_with_the_process() -> None:
    house = House(reactor=reactor)
    life = house.context()
    port = await life.door("tcp:0:interface=127.0.0.1").listen(quiet())
    number = port.getHost().port  # type: ignore[union-attr]
    peer = await life.connector(f"tcp:127.0.0.1:{number}").connect(quiet())
    assert isinstance(peer, Talker) and len(life.wires.open()) >= 2
    house.kill()
    turn: Deferred[None] = Deferred()
    reactor.callLater(0.05, turn.callback, None)  # type: ignore[attr-defined]
    await turn
    assert not life.wires.open() and not peer.lost
