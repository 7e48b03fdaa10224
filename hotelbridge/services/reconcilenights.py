"""The account of every night: made by itself for the day before, once, whatever stops or restarts.

That a day has its account is a row of the store, looked for in the unit that saves it: so neither a crash
nor a second node loses or doubles one. A daemon that was away makes what it missed, up to a week.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.errors import HotelbridgeError
from hotelbridge.services import reconciling
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import callsums, reconciliations
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.history import ITSELF

LOOK_AGAIN = 60.0  # seconds; bounds what a step of the wall clock can cost
MISSED = 7  # days that are made up for


def due(at: time, day: date, rules: Rules) -> datetime:
    """When the account of the day before `day` is made, UTC.

    In the hour that the clocks skip that is after the jump; in the hour that comes twice, at the first pass.
    """
    return datetime.combine(day, at, tzinfo=rules.zone).astimezone(UTC)


def wanted(at: time, rules: Rules, known: set[datetime], now: datetime) -> list[date]:
    """The days whose account should be there and is not, the oldest first.

    Days before the first one that is known are not made up for: of them nobody asked anything.
    """
    today = now.astimezone(rules.zone).date()
    last = today - timedelta(days=1 if now >= due(at, today, rules) else 2)
    days = [last - timedelta(days=n) for n in reversed(range(MISSED))]
    made = [day for day in days if reconciling.midnight(rules, day) in known]
    return [day for day in days if day not in made and (day == last or (made and day > made[0]))]


class ReconcileNights:
    """Makes the accounts of one property."""

    _log = Logger()

    def __init__(self, rules: Rules, db: Database, ownership: Ownership, clock: Clock) -> None:
        self._rules = rules
        self._db = db
        self._ownership = ownership
        self._clock = clock
        text = rules.settings.charges.reconcile_at
        self._at = time.fromisoformat(text) if text else None
        self._done: date | None = None  # the day that is known to have its account
        self._timer: IDelayedCall | None = None
        self._stopped = self._looking = False

    def gained(self) -> None:
        """The property has become ours: look whether something is missing."""
        self._done = None
        self._look()

    def stop(self) -> None:
        """No more accounts."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _look(self) -> None:
        if self._at is None or self._stopped or self._looking:
            return
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._looking = True
        looked = Deferred.fromCoroutine(self._see_to_it(self._at))
        looked.addErrback(lambda failure: self._log.failure("the account of the day failed", failure))
        looked.addBoth(self._looked)

    def _looked(self, _: object) -> None:
        self._looking = False
        if not self._stopped:
            self._timer = self._clock.call_later(LOOK_AGAIN, self._look)

    async def _see_to_it(self, at: time) -> None:
        rules, now = self._rules, self._clock.now()
        today = now.astimezone(rules.zone).date()
        if self._done == today or now < due(at, today, rules) and self._done is not None:
            return
        if not self._ownership.holds(rules.property):
            return
        since = reconciling.midnight(rules, today - timedelta(days=MISSED + 2))
        try:
            known = await self._db.read(lambda tx: reconciliations.nights(tx, rules.property, since))
            for day in wanted(at, rules, set(known), now):
                await self._make(day)
        except HotelbridgeError as error:
            self._log.info(
                "{property}: the account of the day waits: {why}", property=rules.property, why=error
            )
            return
        self._done = today if now >= due(at, today, rules) else today - timedelta(days=1)

    async def _make(self, day: date) -> None:
        rules, now = self._rules, self._clock.now()
        days = (day, day)
        piece = await self._db.read(lambda tx: reconciling.counted(tx, rules, days, now))
        found = reconciling.summed([piece])

        def unit(tx: Tx) -> None:
            begins = reconciling.midnight(rules, day)
            for one in piece.counts.drifted:
                self._log.warn("the running sums of {day} were not those of its calls: made again", day=one)
                callsums.recount(tx, rules.property, one)
            if begins not in reconciliations.nights(tx, rules.property, begins)[:1]:
                reconciling.save(tx, rules, days, found, ITSELF.name, now)

        await self._ownership.run(rules.property, unit)
