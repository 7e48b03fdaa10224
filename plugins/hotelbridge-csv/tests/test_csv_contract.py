"""The CSV plugin keeps the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csv_peer import CsvPeer
from hotelbridge_csv.plugin import PLUGIN

from hotelbridge.testing.contract import House, PluginContract


class TestContract(PluginContract):
    plugin = PLUGIN

    def make_peer(self, house: House, folder: Path) -> CsvPeer:
        return CsvPeer(folder)

    def make_settings(self, peer: CsvPeer, folder: Path) -> dict[str, Any]:
        return peer.table()
