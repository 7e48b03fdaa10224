"""The whole hotel in memory, with the FIAS plugin and its simulated PMS at the far end of the line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hotelbridge_fias.plugin import PLUGIN
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.simulator_habits import Habits
from hotelbridge_fias.simulator_pms import FakePms
from hotelbridge_fias.simulator_words import Player

from hotelbridge.pms.api import Plugin
from hotelbridge.services.pmscontext import Wires
from hotelbridge.services.views import LinkView
from hotelbridge.testing.lifetime import LifeReactor
from hotelbridge.testing.wires import Ends
from hotelbridge.testing.wires import Wires as Cables
from tests.services.evening import ROOMS, Evening

ENDPOINT = "tcp:192.0.2.20:5010"
PMS = """
  [property.pms]
  plugin = "fias"
    [property.pms.fias]
    endpoint = "tcp:192.0.2.20:5010"
"""


@dataclass(frozen=True)
class FiasChosen:
    """What the loader would give."""

    settings: Any
    plugin: Plugin = PLUGIN


class FiasEvening(Evening):
    """An evening whose guests come from a PMS."""

    def __init__(
        self, folder: Path, habits: Habits | None = None, more: str = "", keys: str = "", **settings: Any
    ) -> None:
        self.settings = FiasSettings.model_validate({"endpoint": ENDPOINT, **settings})
        self._habits = habits
        self.ends: Ends | None = None
        super().__init__(folder, more=PMS + more, keys=keys, pms=self._connected)

    def _connected(self, life: Any) -> tuple[Wires, FiasChosen]:
        if self.ends is None:
            self.cables = Cables(self.clock.elsewhere())
            zone = ZoneInfo("Europe/Vienna")
            self.pms = FakePms(self.clock.elsewhere(), (*ROOMS, "suite"), self._habits, zone=zone)
            self.player = Player(self.pms, lambda words: None)
            self.cables.serve(ENDPOINT, lambda: self.pms.buildProtocol(None))
        self.ends = Ends(self.cables)
        return Wires(LifeReactor(life), self.ends.connector, self.ends.door), FiasChosen(self.settings)

    def crash(self) -> None:
        """The process is gone, and its line with it."""
        super().crash()
        assert self.ends is not None
        self.ends.kill()

    def stop(self) -> None:
        super().stop()
        self.pms.close()

    def alive(self) -> FiasEvening:
        """Until the link is up and the PMS has told how everything stands."""
        self.advance(30)
        assert self.pms.is_alive and self.pms_link().layers["flowing"], self.pms_link()
        return self

    def pms_link(self) -> LinkView:
        return next(link for link in self.links() if link.link == "pms")

    def play(self, *lines: str) -> None:
        """What happens at the PMS, one after the other."""
        for line in lines:
            self.player.play(line)
        self.advance(5)

    def results(self) -> list[str]:
        """What the PMS was told of wake-ups."""
        return [str(record) for record in self.pms.received("WA")]

    def level(self, phone: str) -> str:
        """Where a phone may call to, as the exchange holds it."""
        return self.om.phone(phone).parameters.get("Call_Restriction", "")

    def guests(self, room: str) -> list[str]:
        detail = self._result(self.daemon.rooms.room("main", room, named=True))
        return [stay.guest for stay in detail.stays]
