"""Housekeeping by the clock: purge what is old, refresh the gauges. Nothing that matters to a guest.

The only importer of APScheduler, which is good at this and at nothing finer: its jobs may be late
or skipped. Wake-ups and retries live in rows with their own timer instead.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.twisted import TwistedScheduler
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.core.records import WakeupState
from hotelbridge.errors import HotelbridgeError
from hotelbridge.metrics import Metrics
from hotelbridge.services import callretention, reading
from hotelbridge.services.houseclock import HouseClock
from hotelbridge.services.rules import Rules
from hotelbridge.store import (
    alarms,
    answers,
    audit,
    changes,
    emergencycalls,
    handovers,
    inbox,
    journal,
    records,
    resyncs,
    sessions,
    stays,
    users,
    wakeups,
)
from hotelbridge.store.database import Database, Tx

KEEP_CHANGES = timedelta(days=7)
KEEP_ANSWERS = timedelta(hours=24)
KEEP_AUDIT = timedelta(days=400)  # a year, and what was done in it is still looked up afterwards
# Twice as long as one may last: by them it is known where a user is at home. Before the users they belong to.
KEEP_SESSIONS = timedelta(days=60)

_log = Logger()


class _ReactorExecutor(BaseExecutor):  # type: ignore[misc]
    """Runs coroutine jobs on the reactor; APScheduler's own never awaits them."""

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        call = Deferred.fromCoroutine(job.func(*job.args, **job.kwargs))
        call.addErrback(_failed, job.name)
        call.addBoth(lambda _: self._run_job_success(job.id, []))


def _failed(failure: Failure, job: str) -> None:
    """It comes again by itself; a store that is away is no mistake of ours."""
    if isinstance(failure.value, HotelbridgeError):
        _log.warn("housekeeping {job}: {why}", job=job, why=failure.getErrorMessage())
    else:
        _log.failure("housekeeping {job} failed", failure, job=job)


class Housekeeping:
    """The periodic jobs of one node."""

    def __init__(
        self, db: Database, clock: HouseClock, metrics: Metrics, houses: Mapping[str, Rules], reactor: Any
    ) -> None:
        self._db = db
        self._clock = clock
        self._metrics = metrics
        self._houses = houses
        self._scheduler = TwistedScheduler(
            reactor=reactor,
            timezone=UTC,
            executors={"default": _ReactorExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def nightly(self, at: str, zone: ZoneInfo, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have something done every night at this time ("03:10") on the clocks of `zone`."""
        hour, minute = at.split(":")
        self._scheduler.add_job(job, "cron", hour=int(hour), minute=int(minute), timezone=zone)

    def start(self) -> None:
        """Begin; the first refresh runs at once."""
        self._every(5, self.refresh)
        self._every(600, self.purge)
        self._scheduler.start()

    def stop(self) -> None:
        """No more jobs."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _every(self, seconds: int, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        # Its own wall clock decides when: the house's may be hours beside it while a step is in question.
        begin = self._clock.reading().wall
        self._scheduler.add_job(job, "interval", seconds=seconds, next_run_time=begin)

    async def refresh(self) -> None:
        """Set the gauges from the rows."""

        def query(tx: Tx) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
            return wakeups.counts(tx), alarms.count_open(tx)

        states, open_alarms = await self._db.read(query)
        for property in self._houses:
            mine = {WakeupState(s): n for (p, s), n in states.items() if p == property}
            self._metrics.set_wakeups(property, mine)
            self._metrics.alarms_open.labels(property).set(open_alarms.get(property, 0))
            await self._refresh_links(property)

    async def _refresh_links(self, property: str) -> None:
        rules, now = self._houses[property], self._clock.now()
        for link in await self._db.read(lambda tx: reading.link_views(tx, rules, now)):
            for layer, up in link.layers.items():
                self._metrics.set_link(property, link.link, layer, up)

    async def purge(self) -> None:
        """Delete what has been kept long enough, in pieces, so that nothing waits long behind it."""
        now = self._clock.now()
        for property, rules in self._houses.items():
            retention = rules.settings.retention
            guests, received = timedelta(days=retention.guest_days), timedelta(days=retention.record_days)
            for purge_one, keep in (
                (inbox.purge, received),
                (records.purge, received),
                (journal.purge, guests),
                (emergencycalls.purge, guests),
                (resyncs.purge, guests),
                (handovers.purge, guests),
                (stays.purge, guests),
                (changes.purge, KEEP_CHANGES),
                (answers.purge, KEEP_ANSWERS),
            ):
                while await self._db.run(_piece(purge_one, property, now - keep)):
                    pass
            await callretention.purge(self._db, rules, now)
        await self._purge_console(now)

    async def _purge_console(self, now: datetime) -> None:
        for purge_one, keep in (
            (sessions.purge, KEEP_SESSIONS),
            (users.purge, KEEP_AUDIT),
            (audit.purge, KEEP_AUDIT),
        ):
            before = now - keep
            while await self._db.run(functools.partial(purge_one, before=before)):
                pass


def _piece(
    purge_one: Callable[[Tx, str, datetime], int], property: str, before: datetime
) -> Callable[[Tx], int]:
    return lambda tx: purge_one(tx, property, before)
