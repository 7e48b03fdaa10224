"""Hearing what a device reports, outside the daemon: on its event port, or in a running daemon's inbox.

Only one program can have the event port. Where the daemon has it, its inbox is read as it fills;
where nobody has, the port is opened for as long as it is needed, and what arrives is saved as the
daemon would save it, so that nothing a device says only once is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Report, StoredReport
from hotelbridge.om.listener import PushFactory, Route
from hotelbridge.store import reports
from hotelbridge.store.database import Database

LOOK_BACK = timedelta(seconds=5)  # what was received earlier may be committed later
POLL = 0.25  # seconds

Heard = Callable[[str, datetime, bytes], None]  # the device, the arrival, the body
Listen = Callable[[PushFactory], Any]  # opens the port; raises CannotListenError where it is taken


class Ear(Protocol):
    """Where reports are heard."""

    where: str

    def start(self, heard: Heard) -> None:
        """Tell what arrives from now on."""
        ...

    async def stop(self) -> None:
        """Tell nothing more, and let go of what was held."""
        ...


class InboxReader:
    """What a device has said since some moment, each report once."""

    def __init__(self, db: Database, property: str, device: str, since: datetime) -> None:
        self._db = db
        self._property = property
        self._device = device
        self._since = since
        self._seen: dict[int, datetime] = {}

    async def new(self) -> list[StoredReport]:
        """What has arrived since the last time, oldest first."""
        since = self._since
        found = await self._db.read(lambda tx: reports.since(tx, self._property, self._device, since))
        fresh = [row for row in found if row.id not in self._seen]
        self._seen |= {row.id: row.at for row in fresh}
        if found:
            self._since = max(self._since, found[-1].at - LOOK_BACK)
            self._seen = {id: at for id, at in self._seen.items() if at >= self._since}
        return fresh


class InboxEar:
    """The inbox of a daemon that runs."""

    _log = Logger()

    def __init__(self, db: Database, property: str, device: str, clock: Clock) -> None:
        self.where = "in the inbox of the running daemon"
        self._device = device
        self._clock = clock
        self._reader = InboxReader(db, property, device, clock.now())
        self._heard: Heard | None = None
        self._timer: IDelayedCall | None = None
        self._reading: Deferred[None] = succeed(None)

    def start(self, heard: Heard) -> None:
        self._heard = heard
        self._look()

    async def stop(self) -> None:
        self._heard = None
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        await self._reading

    def _look(self) -> None:
        self._reading = Deferred.fromCoroutine(self._read())
        self._reading.addErrback(lambda failure: self._log.warn("{why}", why=failure.getErrorMessage()))

    async def _read(self) -> None:
        try:
            for row in await self._reader.new():
                if self._heard is not None:
                    self._heard(row.device, row.at, row.body)
        finally:
            if self._heard is not None:
                self._timer = self._clock.call_later(POLL, self._look)


class PortEar:
    """The event port, while nobody else has it. Raises CannotListenError on `start` where somebody has."""

    def __init__(
        self, routes: Sequence[Route], port: str, listen: Listen, clock: Clock, db: Database | None
    ) -> None:
        self.where = f"on {port}"
        self._listen = listen
        self._db = db
        self._factory = PushFactory(routes, self._save, clock)
        self._heard: Heard | None = None
        self._port: Any = None

    def start(self, heard: Heard) -> None:
        self._port = self._listen(self._factory)
        self._heard = heard

    async def stop(self) -> None:
        self._heard = None
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)
            await self._factory.drain()

    def _save(self, received: Sequence[Report]) -> Deferred[None]:
        saved: Deferred[None] = succeed(None) if self._db is None else self._db.append(received)

        def tell(result: None) -> None:
            for one in received:
                if self._heard is not None:
                    self._heard(one.device, one.at, one.body)

        return saved.addCallback(tell)
