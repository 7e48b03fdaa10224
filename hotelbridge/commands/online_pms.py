"""`check --online` for a PMS: its link is tried without being started, and tells layer by layer; where a
daemon has it, the daemon's word stands above that.

The link gets a house in which nothing can be saved, so that a probe cannot take anything from the PMS
that the daemon would miss.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from twisted.internet import endpoints
from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.interfaces import IStreamClientEndpoint, IStreamServerEndpoint

from hotelbridge.commands.online_daemon import heard
from hotelbridge.commands.underway import Surroundings
from hotelbridge.core.devicecheck import Finding, Gravity
from hotelbridge.errors import StoreUnavailable
from hotelbridge.pms import api
from hotelbridge.pms.loader import Chosen, why
from hotelbridge.settings import PropertySettings
from hotelbridge.store import pms_state

PATIENCE = 60.0  # seconds: longer than any peer takes to say something
T = TypeVar("T")
_client: Any = endpoints.clientFromString  # twisted has no annotations for these
_server: Any = endpoints.serverFromString
_NOT_TRIED = (
    "nothing was tried from here: a PMS allows one connection, and the running daemon tries again by itself"
)
ONLY_A_LOOK = "this is only a look: nothing is saved"


class LookingHouse:
    """`hotelbridge.pms.api.Context` for a probe."""

    def __init__(
        self, around: Surroundings, property: PropertySettings, plugin: str, *, daemon: bool
    ) -> None:
        self.property = property.id
        self.zone = property.zone
        self.currency = property.currency
        self.reactor = around.reactor
        self.clock = around.clock
        self._db = around.db if daemon else None
        self._plugin = plugin

    async def received(self, messages: Sequence[api.Received]) -> Sequence[int]:
        raise StoreUnavailable(ONLY_A_LOOK)

    def sent(self, body: bytes, words: str, rooms: tuple[str, ...] = ()) -> None:
        pass

    async def tell(self, told: Sequence[api.Told], state: Mapping[str, str | None] | None = None) -> None:
        raise StoreUnavailable(ONLY_A_LOOK)

    async def left_over(self) -> Sequence[api.Record]:
        return ()

    async def state(self) -> dict[str, str]:
        """As it stands while a daemon runs: it tells a plugin that the line is held."""
        if self._db is None:
            return {}
        return await self._db.read(lambda tx: pms_state.values(tx, self.property, plugin=self._plugin))

    def layers(self, up: Mapping[api.Layer, bool | None], detail: str = "") -> None:
        pass

    def peer_time(self, at: datetime) -> None:
        pass

    def connector(self, endpoint: str) -> IStreamClientEndpoint:
        point: IStreamClientEndpoint = _client(self.reactor, endpoint)
        return point

    def door(self, endpoint: str) -> IStreamServerEndpoint:
        point: IStreamServerEndpoint = _server(self.reactor, endpoint)
        return point


async def looked_at(
    around: Surroundings, url: str, property: PropertySettings, chosen: Chosen
) -> list[Finding]:
    """What the daemon knows of the link, where one runs; and what the plugin finds where it may look."""
    known = await heard(around, url, property)
    if known.runs and not known.well:
        return [*known.findings, Finding(Gravity.NOTE, ("the plugin",), _NOT_TRIED)]
    return [*known.findings, *await probed(around, property, chosen, daemon=known.runs)]


async def probed(
    around: Surroundings, property: PropertySettings, chosen: Chosen, *, daemon: bool
) -> list[Finding]:
    """What the plugin finds of its link, in its order; whatever it does, findings come back."""
    house = LookingHouse(around, property, chosen.plugin.name, daemon=daemon)
    try:
        link = chosen.plugin.connect(house, chosen.settings)
    except Exception as error:
        return [_failed("cannot make its link", error)]
    try:
        found = _findings(await _within(around, link.probe()))
    except Exception as error:
        found = [_failed("failed while it looked", error)]
    try:
        await _within(around, link.stop())
    except Exception as error:
        found.append(_failed("cannot end its link", error))
    return found


def _within(around: Surroundings, asked: Coroutine[Any, Any, T]) -> Deferred[T]:
    """Foreign code may never come back."""
    return Deferred.fromCoroutine(asked).addTimeout(PATIENCE, around.reactor)


def _findings(layers: Sequence[api.Finding]) -> list[Finding]:
    if not layers:
        return [Finding(Gravity.NOTE, ("the plugin",), "has nothing to say of its link")]
    return [Finding(Gravity.WELL if one.good else Gravity.WRONG, (one.layer,), one.words) for one in layers]


def _failed(what: str, error: Exception) -> Finding:
    words = f"did not end within {PATIENCE:.0f} s" if isinstance(error, TimeoutError) else why(error)
    return Finding(Gravity.WRONG, ("the plugin",), f"{what}: {words}", "Report it to the plugin's maker.")
