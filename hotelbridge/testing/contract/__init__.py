"""The suite that every PMS plugin passes: subclass `PluginContract` in a test of the plugin.

    from hotelbridge.testing.contract import Peer, PluginContract

    class TestContract(PluginContract):
        plugin = mine.plugin

        def make_peer(self, house, folder): ...       # the scripted PMS, at the other end of the wire
        def make_settings(self, peer, folder): ...    # the plugin's table as it would stand in the file

Everything happens on a fake clock: no test sleeps, none needs a port. What the plugin does not claim to do
and what its protocol does not know is skipped with the reason (`pytest -rs`). This package is the only place
of hotelbridge that needs pytest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

for _part in ("bench", "calls", "resyncs", "rules", "standing", "telling"):
    pytest.register_assert_rewrite(f"{__name__}.{_part}")

from hotelbridge.pms.api import Plugin  # noqa: E402 (asserts of what follows are to be explained)
from hotelbridge.testing.contract.bench import ANNA, Bench  # noqa: E402
from hotelbridge.testing.contract.calls import Calls  # noqa: E402
from hotelbridge.testing.contract.peer import Answer, Guest, Peer, SeenPosting, SeenResult  # noqa: E402
from hotelbridge.testing.contract.resyncs import Resyncs  # noqa: E402
from hotelbridge.testing.contract.rules import Rules  # noqa: E402
from hotelbridge.testing.contract.standing import Standing  # noqa: E402
from hotelbridge.testing.contract.telling import Telling  # noqa: E402
from hotelbridge.testing.house import House  # noqa: E402

__all__ = [
    "ANNA",
    "Answer",
    "Bench",
    "Guest",
    "House",
    "Peer",
    "PluginContract",
    "SeenPosting",
    "SeenResult",
]


class PluginContract(Telling, Standing, Calls, Resyncs, Rules):
    """Every rule of `hotelbridge.pms.api`, for one plugin."""

    plugin: Plugin

    def make_peer(self, house: House, folder: Path) -> Peer:
        """The PMS that the link will find; on the house's clock, at its wires or in `folder`."""
        raise NotImplementedError

    def make_settings(self, peer: Any, folder: Path) -> dict[str, Any]:
        """The plugin's own table for this peer, as TOML would give it."""
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[Bench]:
        """The stage of one test."""
        with self.stage(tmp_path) as bench:
            yield bench

    @contextmanager
    def stage(self, folder: Path) -> Iterator[Bench]:
        """A house, a peer and the settings; at the end the link is stopped and every breach told."""
        house = House()
        peer = self.make_peer(house, folder)
        self._table = self.make_settings(peer, folder)
        settings = self.plugin.settings.model_validate(self._table, by_name=False)
        bench = Bench(self.plugin, house, peer, settings)
        yield bench
        if bench.link is not None and house.life is not None and not house.life.dead:
            house.refuses, house.stalls, house.takes_longer = set(), set(), {}
            house.commit_takes = house.reply_takes = 0.0
            bench.stop()
        peer.close()
        assert not house.breaches, "breaches of the contract:\n" + "\n".join(house.breaches)

    def table(self, bench: Bench) -> dict[str, Any]:
        return dict(self._table)
