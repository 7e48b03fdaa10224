"""The composition root: the only place that knows every class, and where the reactor comes in.

`Daemon` builds the house from its settings and starts and stops it in the right order. What stands
at its far ends (threads, sockets, devices) comes in by `Surroundings`, so that the same house runs in
a test on a fake clock. It holds no logic of its own.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet import endpoints
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.threads import deferToThread
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge import instances, notify
from hotelbridge.app_doors import Doors, by_port
from hotelbridge.app_property import Node, PropertyParts, Surroundings
from hotelbridge.clock import SystemClock, install_monotonic
from hotelbridge.core.records import AlarmKind, Change
from hotelbridge.errors import HotelbridgeError
from hotelbridge.metrics import Metrics
from hotelbridge.om.client import device_endpoint
from hotelbridge.om.listener import PushFactory, Route
from hotelbridge.pms import loader
from hotelbridge.services import channels, escalation, localtoken, tariffs
from hotelbridge.services.clockwatch import ClockWatch
from hotelbridge.services.frontcharges import FrontCharges
from hotelbridge.services.frontdesk import FrontDesk
from hotelbridge.services.frontusers import FrontUsers
from hotelbridge.services.handover import FrontHandovers
from hotelbridge.services.houseclock import HouseClock
from hotelbridge.services.nightly import NightlyBackup, folder_of
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.pmscontext import Wires
from hotelbridge.services.reportdesk import FrontReports
from hotelbridge.services.roomdesk import FrontRooms
from hotelbridge.services.rules import Rules
from hotelbridge.services.schedule import Housekeeping
from hotelbridge.services.storewatch import StoreWatch
from hotelbridge.settings import Settings, database_file, token_file
from hotelbridge.store import inuse, reserve, schema, traces
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.runners import ThreadRunner
from hotelbridge.store.sink import ReportSink
from hotelbridge.web.site import make_site

_client: Any = endpoints.clientFromString  # twisted has no annotations for these
_server: Any = endpoints.serverFromString


class Daemon:
    """One node: its store, its properties, its desk."""

    _log = Logger()

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        self.settings = settings
        self.clock = clock = HouseClock(around.clock)
        self.metrics = Metrics()
        kept = around.reserve
        self.db = Database(
            settings.store.url,
            runner=around.runner,
            node=settings.node,
            clock=clock,
            make_room=kept.give_up if kept is not None else lambda: False,
        )
        self.sink = ReportSink(self.db, _beside(settings, ".spill"), clock, told=self._diverted)
        ids = tuple(p.id for p in settings.properties)
        self.ownership = Ownership(self.db, clock, settings.node, ids, around.identity)
        rules = {property.id: Rules(property) for property in settings.properties}
        self.watch = ClockWatch(clock, self.db, self.ownership, rules, settings.node, self.metrics)
        node = Node(self.db, clock, self.ownership, self.watch, self.metrics)
        plugins = around.plugins()
        self.parts = {
            id: PropertyParts(one, node, around, plugins.get(id), tariffs.tariff_file(settings, one.settings))
            for id, one in rules.items()
        }
        self.devices = [device for part in self.parts.values() for device in part.devices]
        self.houses = {id: part.house for id, part in self.parts.items()}
        self.watch.on_question(self._ask_the_time, self._look_at_all)
        self.storage = StoreWatch(
            self.db,
            self.ownership,
            clock,
            rules,
            self.devices,
            around.deliver,
            database_file(settings),
            kept,
        )
        self.desk = FrontDesk(self.houses, self.db, self.ownership, self.watch, self.storage, self.ready)
        actions = {id: part.actions for id, part in self.parts.items()}
        self.rooms = FrontRooms(
            self.houses, actions, self.db, self.ownership, clock, explain=lambda phone: phone.cause
        )
        compare = {id: part.actions.committed for id, part in self.parts.items()}
        self.charges = FrontCharges(self.houses, compare, self.db, self.ownership, clock)
        self.reports = FrontReports(self.houses, self.db, self.ownership, clock)
        self.users = FrontUsers(self.db, clock)
        self.handovers = FrontHandovers(rules, self.db, self.ownership, clock)
        self.pushes = self._push_factories()
        self.db.on_commit(self._committed)
        self.ownership.on_gained(self._gained)

    def _gained(self, property: str) -> None:
        self.parts[property].gained()

    def _committed(self, changes: list[Change]) -> None:
        kinds: dict[str, set[str]] = {}
        for change in changes:
            kinds.setdefault(change.property, set()).add(change.kind)
        for property, these in kinds.items():
            self.parts[property].committed(these)

    def _push_factories(self) -> dict[str, PushFactory]:
        """One listener for all devices that push to the same port, told apart by path, then source."""
        routes: dict[str, list[Route]] = {}
        for property in self.settings.properties:
            for om in property.om:
                route = Route(property.id, om.name, om.path, om.allow)
                routes.setdefault(om.listen, []).append(route)
        return {
            port: PushFactory(these, self._receive, self.clock, self._turned_away)
            for port, these in routes.items()
        }

    def _ask_the_time(self) -> None:
        for device in self.devices:
            device.tell_time()

    def _look_at_all(self) -> None:
        for house in self.houses.values():
            house.loop.poke()

    def _turned_away(self, why: str) -> None:
        self.metrics.reports_refused.labels(why).inc()

    def _receive(self, reports: Any) -> Deferred[None]:
        """Reports of the devices: saved, then the properties they belong to look into the inbox."""
        self.storage.heard(reports)
        saved: Deferred[None] = self.sink.save(reports)

        def committed(result: None) -> None:
            for report in reports:
                self.metrics.reports_saved.labels(report.property, report.device).inc()
            for property in {report.property for report in reports}:
                self.houses[property].loop.heard()

        return saved.addCallback(committed)

    def ready(self) -> Mapping[str, bool]:
        """What must be true before requests make sense."""
        held = {f"property {id}": self.ownership.holds(id) for id in self.houses}
        checks = held | {"store": self.storage.well and not self.sink.spilled}
        return checks | {"node name is used once": False} if self.ownership.doubled else checks

    def _diverted(self, diverted: bool) -> None:
        """Reports go to a file, or come back from it: the desk is told as soon as the store can."""
        for id in self.houses:
            told = Deferred.fromCoroutine(self._tell_storage(self.houses[id].rules, diverted))
            told.addErrback(lambda failure: self._log.error("{why}", why=failure.getErrorMessage()))

    async def _tell_storage(self, rules: Rules, diverted: bool) -> None:
        now = self.clock.now()
        text = (
            "The database does not take what the telephone exchange reports; it is kept in a file meanwhile. "
            "Look at the disk's free space and at the log."
        )

        def unit(tx: Tx) -> None:
            if diverted:
                escalation.raise_alarm(tx, rules, now, AlarmKind.STORAGE, "storage", text)
            else:
                escalation.recovered(
                    tx, rules.property, "storage", now, "everything is in the database again"
                )

        await self.ownership.run(rules.property, unit)
        self.houses[rules.property].loop.poke()

    async def start(self) -> None:
        """Claim the properties and begin. Only who has the ports may: others would take them away."""
        await self.watch.resume()
        await self.ownership.start()
        self.watch.start()
        self.storage.start()
        await self.sink.start()

    async def stop(self) -> None:
        """Save what is under way, end the links, close the store."""
        for part in self.parts.values():
            await part.stop()
        await self.sink.close()
        await self.watch.stop()
        await self.ownership.stop()
        await self.db.close()


def _site(daemon: Daemon) -> Any:
    """What people and programs are answered by."""
    return make_site(
        daemon.desk,
        daemon.rooms,
        daemon.charges,
        daemon.clock,
        daemon.metrics,
        reports=daemon.reports,
        users=daemon.users,
        handovers=daemon.handovers,
    )


def _beside(settings: Settings, suffix: str) -> Path:
    """A file of ours beside the database, or beside the configuration where the database is elsewhere."""
    return token_file(settings).with_suffix(suffix)


def run_daemon(
    settings: Settings, held: Mapping[str, Sequence[int]] | None = None, *, new_database: bool = False
) -> int:
    """Run until told to stop; the exit code. `held`: the sockets that were handed to this process.

    `new_database`: an empty one is wanted where none is found, though there was one before.
    """
    from twisted.internet import reactor

    install_monotonic(reactor)
    with inuse.running(settings.store.url) as run:
        _look_for_the_database(settings, wanted=new_database)
        reserve.relieve(reserve.beside(settings.store.url))
        schema.prepare(settings.store.url, str(settings.path))
        run.leave_word()
        return _run_under(reactor, settings, held or {})


def _look_for_the_database(settings: Settings, *, wanted: bool) -> None:
    """An empty one is made on a first start, and never in silence."""
    url = settings.store.url
    if not traces.is_missing(url):
        return
    if not wanted:
        traces.refuse_a_new_one(url, str(settings.path), folder_of(settings.store))
    Daemon._log.warn(
        "there is no database {file} yet: an empty one is made. If there should be one, stop hotelbridge "
        "now: is its disk mounted?",
        file=database_file(settings),
    )


def _run_under(reactor: Any, settings: Settings, held: Mapping[str, Sequence[int]]) -> int:
    clock = SystemClock(reactor)
    around = Surroundings(
        clock,
        ThreadRunner(reactor),
        lambda om: device_endpoint(reactor, om.url, om.bind, om.timeout.total_seconds()),
        channels.posted(reactor.callFromThread),
        Wires(reactor, partial(_client, reactor), partial(_server, reactor)),
        lambda: loader.choices(settings),
        reserve.beside(settings.store.url),
        deferToThread,
        "" if database_file(settings) else instances.identity(settings.node),  # SQLite's lock is enough
    )
    return _Run(Daemon(settings, around), clock, reactor, by_port(held)).until_stopped()


class _Run:
    """One run of the daemon under the reactor."""

    _log = Logger()

    def __init__(self, daemon: Daemon, clock: SystemClock, reactor: Any, held: Mapping[int, int]) -> None:
        self._daemon = daemon
        self._clock = clock
        self._reactor = reactor
        self._doors = Doors(daemon.pushes, daemon.settings.web.listen, lambda: _site(daemon), reactor, held)
        houses = {id: house.rules for id, house in daemon.houses.items()}
        self._housekeeping = Housekeeping(daemon.db, daemon.clock, daemon.metrics, houses, reactor)
        store = daemon.settings.store
        if store.backup:
            copies = NightlyBackup(store, daemon.db, daemon.ownership, daemon.clock, houses)
            zone = daemon.settings.properties[0].zone
            self._housekeeping.nightly(store.backup, zone, copies.run)
        self._exit = 0
        self._stopping = False

    def until_stopped(self) -> int:
        self._reactor.callWhenRunning(self._begin)
        self._reactor.addSystemEventTrigger("before", "shutdown", self._end)
        self._reactor.run()
        return self._exit

    def _begin(self) -> None:
        # The reactor's own handlers do not bear to be called twice.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._reactor.callFromThread(self._stop_once))
        Deferred.fromCoroutine(self._start()).addErrback(self._failed)

    async def _start(self) -> None:
        await self._daemon.db.start()
        await self._daemon.watch.resume()  # what comes in by the doors carries the house's time
        await self._doors.open()
        await self._daemon.start()
        settings, now = self._daemon.settings, self._daemon.clock.now()
        token = await localtoken.leave(self._daemon.db, settings.node, token_file(settings), now)
        self._daemon.desk.callers.own(token, localtoken.name_on(settings.node))
        self._housekeeping.start()
        self._alive()
        notify.notify("READY=1")
        self._log.info("hotelbridge is ready at {web}", web=self._daemon.settings.web.listen)

    def _alive(self) -> None:
        seconds = notify.watchdog_seconds()
        if seconds is not None:
            notify.notify("WATCHDOG=1")
            self._clock.call_later(seconds, self._alive)

    def _failed(self, failure: Failure) -> None:
        self._exit = 1
        if isinstance(failure.value, CannotListenError):
            self._log.error("{why}", why=_taken(failure.value))
        elif isinstance(failure.value, HotelbridgeError):
            self._log.error("{why}", why=failure.getErrorMessage())
        else:
            self._log.failure("hotelbridge could not start", failure)
        self._stop_once()

    def _stop_once(self) -> None:
        """Whoever asks again, from outside or because the start failed, asks for what is under way."""
        if self._stopping:
            self._log.info("hotelbridge is stopping already")
            return
        self._stopping = True
        self._reactor.stop()

    def _end(self) -> Deferred[None]:
        self._stopping = True
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        """Stop listening, save what was received, end the links: the rows keep what is under way."""
        notify.notify("STOPPING=1")
        self._log.info("hotelbridge is stopping")
        self._daemon.storage.stop()
        for step in (self._doors.close, self._daemon.stop):
            try:
                await step()
            except HotelbridgeError as error:
                self._log.warn("a step of stopping failed: {error}", error=error)
            except Exception:
                self._log.failure("a step of stopping failed")
        self._housekeeping.stop()


def _taken(error: Any) -> str:
    """A port that cannot be had, and what to do."""
    return (
        f"port {error.port} cannot be opened: {error.socketError.strerror}. "
        "Is another hotelbridge running? Stop it, or change `listen` in the configuration."
    )
