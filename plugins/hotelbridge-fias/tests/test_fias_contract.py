"""The FIAS plugin keeps the contract, with each kind of PMS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fias_contract_peer import ENDPOINT, FiasPeer
from hotelbridge_fias.plugin import PLUGIN
from hotelbridge_fias.simulator_habits import Habits, Mode

from hotelbridge.testing.contract import House, PluginContract


class TestOracle(PluginContract):
    plugin = PLUGIN
    mode = Mode.ORACLE

    def make_peer(self, house: House, folder: Path) -> FiasPeer:
        return FiasPeer(house, Habits(mode=self.mode))

    def make_settings(self, peer: FiasPeer, folder: Path) -> dict[str, Any]:
        return {"endpoint": ENDPOINT, "wakeup_news": True, "room_status": {"3": "3"}, "keepalive": "30s"}


class TestProtel(TestOracle):
    mode = Mode.PROTEL
