"""What `check --online` says of a PMS's line that a daemon has, or had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hotelbridge_fias.simulator_habits import Door

from hotelbridge.commands.online_pms import looked_at
from hotelbridge.commands.underway import Surroundings
from hotelbridge.core.devicecheck import Finding, is_wrong
from hotelbridge.store import inuse
from tests.pms.fias_evening import FiasChosen, FiasEvening


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[FiasEvening]:
    opened = FiasEvening(tmp_path).alive()
    yield opened
    opened.stop()


@pytest.fixture
def process(hotel: FiasEvening) -> Iterator[ExitStack]:
    """The process of the daemon, as its lock shows it; closed, it is gone."""
    with ExitStack() as held:
        held.enter_context(inuse.running(url(hotel)))
        yield held


def url(hotel: FiasEvening) -> str:
    return str(hotel.daemon.settings.store.url)


def checked(hotel: FiasEvening) -> list[Finding]:
    """What another process finds; it has the line to the PMS, as far as it dials it."""
    assert hotel.ends is not None
    around: Any = Surroundings(hotel.clock.reactor, hotel.clock, hotel.daemon.ownership._db)
    property = hotel.daemon.settings.properties[0]
    found: list[Finding] = []

    async def look() -> None:
        found.extend(await looked_at(around, url(hotel), property, FiasChosen(hotel.settings)))  # type: ignore[arg-type]

    hotel._result(look())
    return found


def words(found: list[Finding]) -> str:
    return " | ".join(f"{one.gravity} {one.about[0]}: {one.what}" for one in found)


def test_a_link_that_is_well_is_told_layer_by_layer_and_left_alone(
    hotel: FiasEvening, process: ExitStack
) -> None:
    found = checked(hotel)
    said = words(found)
    assert not is_wrong(found) and hotel.pms.is_alive
    for layer in ("connected: the line stands", "alive: the PMS answers", "flowing: data goes both ways"):
        assert f"well {layer}, says the running daemon; so since 06:2" in said
    assert "the running daemon holds the line" in said


def test_a_link_that_is_down_is_wrong_although_the_daemon_heard_from_the_pms_lately(
    hotel: FiasEvening, process: ExitStack
) -> None:
    hotel.pms.door = Door.REFUSE
    hotel.play("reset")
    hotel.advance(5)
    found = checked(hotel)
    assert is_wrong(found)
    assert "wrong connected: the line does not stand, says the running daemon; so since" in words(found)
    assert "holds the line" not in words(found) and "nothing was tried from here" in words(found)


def test_of_a_daemon_that_was_killed_it_is_said_that_it_does_not_run(
    hotel: FiasEvening, process: ExitStack
) -> None:
    process.close()
    found = checked(hotel)
    assert is_wrong(found)
    assert words(found).startswith("wrong the daemon: it does not run, and its last run did not end well")
    assert "holds the line" not in words(found)
    assert inuse.is_running(url(hotel)) is False
