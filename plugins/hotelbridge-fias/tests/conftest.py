"""The plugin's tests are held to what every test of the house is held to: nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fias_bench import Bench
from hotelbridge_fias.simulator_habits import Habits

from tests.conftest import LoggedFailures, cheap_collections, logged_failures, running_reactor

__all__ = ["LoggedFailures", "cheap_collections", "logged_failures", "running_reactor"]


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    """Makes links with both their ends; each is stopped in the end, and its PMS must have no complaint."""
    made: list[Bench] = []

    def make(habits: Habits | None = None, **settings: Any) -> Bench:
        made.append(Bench(habits, **settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()
        assert one.pms.errors == []
