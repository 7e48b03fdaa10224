"""Two daemons of one node name on one database: one runs the hotel, the other stands by and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.logger import globalLogPublisher

from hotelbridge.services.ownership import Ownership
from hotelbridge.store.database import Database
from hotelbridge.store.runners import InlineRunner
from hotelbridge.testing.fake_clock import FakeClock
from tests.services.evening import fresh_database

HERE, THERE = "front-1/elsewhere.1.1", "front-1/elsewhere.2.2"


@pytest.fixture
def said() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(event: Any) -> None:
        heard.append(str(event.get("log_format")).format(**event))

    globalLogPublisher.addObserver(hear)
    yield heard
    globalLogPublisher.removeObserver(hear)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[Ownership]]:
    (tmp_path / "hotel.db").write_bytes(fresh_database())
    made: list[Database] = []
    clock = FakeClock()

    def node(identity: str, name: str = "front-1") -> Ownership:
        url = f"sqlite:///{tmp_path / 'hotel.db'}"
        made.append(Database(url, runner=InlineRunner(), node=name, clock=clock))
        return Ownership(made[-1], clock, name, ("main",), identity)

    yield [node(HERE), node(THERE), node("", "front-2")]
    for db in made:
        db.close()


def started(node: Ownership) -> None:
    Deferred.fromCoroutine(node.start())


def stopped(node: Ownership) -> None:
    Deferred.fromCoroutine(node.stop())


def test_the_second_stands_by_and_says_so_once(nodes: list[Ownership], said: list[str]) -> None:
    first, second, _ = nodes
    started(first)
    started(second)
    assert (first.holds("main"), second.holds("main")) == (True, False)
    assert (first.doubled, second.doubled) == (False, True)
    clock = first._clock
    clock.advance(60)  # type: ignore[attr-defined]
    assert (first.holds("main"), second.holds("main")) == (True, False)
    assert len([words for words in said if "called front-1 too" in words]) == 1
    assert not [words for words in said if "is run by another node now" in words]


def test_it_takes_over_once_the_first_has_ended(nodes: list[Ownership]) -> None:
    first, second, _ = nodes
    started(first)
    started(second)
    stopped(first)
    first._clock.advance(6)  # type: ignore[attr-defined]
    assert second.holds("main") and not second.doubled
    stopped(second)


def test_a_node_of_another_name_stands_by_in_peace(nodes: list[Ownership], said: list[str]) -> None:
    first, _, other = nodes
    started(first)
    started(other)
    assert not other.holds("main") and not other.doubled
    assert any("stands by" in words for words in said)
