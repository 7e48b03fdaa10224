"""A command that needs the reactor: one coroutine from beginning to end, then the exit code.

Also what such commands share: the store where there is one that fits, and a client for each device.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from hotelbridge.clock import Clock, SystemClock, install_monotonic
from hotelbridge.errors import HotelbridgeError
from hotelbridge.om.client import OmClient, device_endpoint
from hotelbridge.settings import OmSettings, PropertySettings, Settings
from hotelbridge.store import schema
from hotelbridge.store.database import Database, ThreadRunner


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a command under the reactor has at hand."""

    reactor: Any
    clock: Clock
    db: Database | None  # None where it cannot be used
    no_db: str = ""  # why not

    def client(self, om: OmSettings) -> OmClient:
        """Commands to a device, as the daemon sends them."""
        endpoint = device_endpoint(self.reactor, om.url, om.bind, om.timeout.total_seconds())
        seconds = om.timeout.total_seconds()
        return OmClient(endpoint, self.clock, url=om.url, timeout=seconds, in_flight=om.in_flight)


Work = Callable[[Surroundings], Coroutine[Any, Any, int]]


def run_under_reactor(settings: Settings, work: Work) -> int:
    """Run `work` and stop; its exit code. What it raises is raised here."""
    from twisted.internet import reactor as installed

    install_monotonic(installed)
    reactor: Any = installed
    results: list[int | Failure] = []

    async def whole() -> int:
        why = _unusable(settings)
        db = None if why else _database(settings, reactor)
        try:
            return await work(Surroundings(reactor, SystemClock(reactor), db, why))
        finally:
            if db is not None:
                await db.close()

    def begin() -> None:
        done = Deferred.fromCoroutine(whole())
        done.addBoth(results.append)
        done.addBoth(lambda _: reactor.callLater(0, _stop, reactor))

    reactor.callWhenRunning(begin)
    reactor.run()
    if not results:
        return 1  # Ctrl-C
    (result,) = results
    if isinstance(result, Failure):
        result.raiseException()
        raise AssertionError("not reached")
    return result


def _stop(reactor: Any) -> None:
    if reactor.running:
        reactor.stop()


def _unusable(settings: Settings) -> str:
    """Why the store cannot be read as it is; "" where it can."""
    try:
        found = schema.status(settings.store.url)
    except HotelbridgeError as error:
        return str(error)
    if found.current is None:
        return "there is no database yet: the daemon makes it when it starts"
    return "" if found.up_to_date else f"it has schema {found.current}, this program needs {found.head}"


def _database(settings: Settings, reactor: Any) -> Database:
    runner = ThreadRunner(reactor)
    return Database(settings.store.url, runner=runner, node=settings.node, clock=SystemClock(reactor))


def devices_of(settings: Settings) -> list[tuple[PropertySettings, OmSettings]]:
    """Every device of the configuration with its property."""
    return [(property, om) for property in settings.properties for om in property.om]
