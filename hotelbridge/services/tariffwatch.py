"""The tariff in force: read from its file at the start and whenever the file is another one.

A file with mistakes never stops anything: the tariff before it stays in force, also over a restart, and the
desk reads row and column of each mistake. Each version that was in force is kept, so that a charge can be
explained for as long as it is kept itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.numbers import Numbering
from hotelbridge.core.records import AlarmKind
from hotelbridge.core.tariff import Tariff
from hotelbridge.core.tariffread import read
from hotelbridge.errors import ConfigurationError, HotelbridgeError
from hotelbridge.services import callcharges, escalation, tariffs
from hotelbridge.services.charging import Charging
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import tariffs as versions
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

LOOK = 60.0  # seconds between two looks at the file
SUBJECT = "tariff"
_MOST_TOLD = 5  # mistakes in one alarm; `hotelbridge tariff check` tells them all
Aside = Callable[[Callable[[], tuple[str, Tariff]]], Awaitable[tuple[str, Tariff]]]


def at_once(work: Callable[[], tuple[str, Tariff]]) -> Deferred[tuple[str, Tariff]]:
    """Where nothing waits for this thread."""
    return maybeDeferred(work)


class TariffWatch:
    """The tariff of one property."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        file: Path | None,
        ownership: Ownership,
        clock: Clock,
        aside: Aside = at_once,
        priced: Callable[[], None] = lambda: None,
    ) -> None:
        self._rules = rules
        self._file = file
        self._ownership = ownership
        self._clock = clock
        self._priced = priced  # whom to tell of charges for calls that had waited: phones may be barred
        self._aside = aside  # a large one is read on another thread: what is due must not wait
        self._seen: tuple[int, int, int] | None = None  # what the file looked like when it was read last
        self._timer: IDelayedCall | None = None
        self._looking = self._stopped = False

    def gained(self) -> None:
        """The property has become ours."""
        self._seen = None
        self.look()

    def stop(self) -> None:
        """No look any more."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def look(self) -> None:
        """Is it another file than at the last look?"""
        if self._file is None or self._looking or self._stopped:
            return
        self._looking = True
        looked = Deferred.fromCoroutine(self._look(self._file))
        looked.addErrback(lambda failure: self._log.failure("the tariff was not read", failure))

    async def _look(self, file: Path) -> None:
        try:
            seen = _seen(file)
            if self._ownership.holds(self._rules.property) and (seen != self._seen or seen is None):
                await self._take(file)
                self._seen = seen
        except HotelbridgeError as error:
            self._log.info("the tariff waits: {why}", why=error)
        finally:
            self._looking = False
            if not self._stopped:
                self._timer = self._clock.call_later(LOOK, self.look)

    async def _take(self, file: Path) -> None:
        country = self._rules.settings.country
        try:
            text, tariff = await self._aside(lambda: tariffs.read_file(file, country))
        except ConfigurationError as error:
            await self._keep_the_old_one(error)
        else:
            await self._put_in_force(text, tariff)

    async def _put_in_force(self, text: str, tariff: Tariff) -> None:
        rules, now = self._rules, self._clock.now()
        fresh = charging_of(rules, tariff)
        kept = tariffs.terms_text(rules.settings)

        def unit(tx: Tx) -> None:
            versions.keep(tx, rules.property, fresh.version, text, kept, now)
            escalation.recovered(tx, rules.property, SUBJECT, now, "the tariff can be read")

        await self._ownership.run(rules.property, unit)
        rules.charging = fresh
        await self._price_waiting()

    async def _price_waiting(self) -> None:
        """Calls that came while no tariff was in force, as at every start."""
        rules = self._rules
        while await self._ownership.run(
            rules.property, lambda tx: callcharges.price_waiting(tx, rules, self._clock.now())
        ):
            self._priced()

    async def _keep_the_old_one(self, error: ConfigurationError) -> None:
        rules, now = self._rules, self._clock.now()
        last = await self._ownership.run(rules.property, lambda tx: _told(tx, rules, error, now))
        if rules.charging is None and last is not None:
            tariff = read(last, rules.settings.country)
            rules.charging = charging_of(rules, tariff)
            await self._ownership.run(rules.property, lambda tx: _kept(tx, rules, last, now))
            await self._price_waiting()


def _told(tx: Tx, rules: Rules, error: ConfigurationError, now: datetime) -> str | None:
    """An alarm about the file; the text of the last tariff that was in force."""
    last = versions.last(tx, rules.property)
    shown = [f"{one.where}: {one.what}" for one in error.mistakes[:_MOST_TOLD]]
    count = len(error.mistakes) - _MOST_TOLD
    if count > 0:
        shown.append(phrase(f"and {count} more, see `hotelbridge tariff check`"))
    mistakes = "; ".join(shown)
    text = phrase(f"The tariff cannot be used: {mistakes}. The tariff before it stays in force.")
    if last is None:
        text = phrase(f"The tariff cannot be used: {mistakes}. No call is priced meanwhile.")
    escalation.worded(tx, rules, now, AlarmKind.TARIFF, SUBJECT, text)
    return None if last is None else last[0]


def _kept(tx: Tx, rules: Rules, text: str, now: datetime) -> None:
    """The old rows under the terms of today are a version of their own."""
    assert rules.charging is not None
    kept = tariffs.terms_text(rules.settings)
    versions.keep(tx, rules.property, rules.charging.version, text, kept, now)


def charging_of(rules: Rules, tariff: Tariff) -> Charging:
    """How a property prices with a tariff."""
    settings = rules.settings
    return Charging(
        Numbering(settings.country, settings.outside_prefix),
        tariff,
        tariffs.terms_of(settings),
        tariffs.version_of(tariff, settings),
    )


def _seen(file: Path) -> tuple[int, int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
