"""Watches over the store itself: can it be written, is its file still in its place, is there a reserve?

What goes wrong for more than a few seconds is told by the last resort of each property, which needs no
row. When it is well again an ordinary alarm says what the outage was, and only then the last resort is
over. A disk that is getting full is an ordinary alarm, for as long as the reserve is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Alarm, AlarmKind, Change, Report
from hotelbridge.errors import NotOwner
from hotelbridge.services import channels, escalation, lastresort
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.lastresort import LastResort
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.reserve import Reserve
from hotelbridge.texts import phrase

LOOK = 5.0  # seconds; no longer than PATIENCE: what is wrong is seen in time
LOOK_HARD = 1.0  # while something is wrong
PATIENCE = 5.0  # seconds of refusals, until it is an outage
QUIET = 10.0  # seconds without a commit, then one is tried
HANGS = 10.0  # seconds without an answer
RESERVE = 30.0  # seconds between two attempts to take the reserve again
DISK = "disk"  # the subject of the alarm about a disk that is nearly full


@dataclass(frozen=True, slots=True)
class _Outage:
    """What is wrong now."""

    since: float  # monotonic
    began: datetime
    why: str
    astray: bool = False  # it is saved, but into a file that is not in its place: guests are rung


class StoreWatch:
    """One node's store."""

    _log = Logger()

    def __init__(
        self,
        db: Database,
        ownership: Ownership,
        clock: Clock,
        houses: Mapping[str, Rules],
        devices: Sequence[DeviceLink],
        deliver: channels.Deliver,
        file: Path | None,
        reserve: Reserve | None,
    ) -> None:
        """`file`: the SQLite database, to be found in its place; None where there is none."""
        self._db = db
        self._ownership = ownership
        self._clock = clock
        self._file = file
        self._reserve = reserve
        self._listeners: list[Callable[[list[Change]], None]] = []
        self._resorts = {
            id: LastResort(rules, db, clock, _of(devices, id), deliver, self._news)
            for id, rules in houses.items()
        }
        self._place: tuple[int, int] | None = None  # device and inode of the file
        self._gone_at: tuple[float, datetime] | None = None
        self._outage: _Outage | None = None
        self._ending = False
        self._asked_at: float | None = None  # when a commit was tried that has not been answered
        self._reserve_at = float("-inf")
        self._looking = False  # at the reserve
        self._short: bool | None = None  # whether there is no reserve; None: nobody has looked yet
        self._stopped = False

    # --- what others see ---

    @property
    def well(self) -> bool:
        """Whether what is promised now is kept: it can be saved, and where it belongs."""
        return self._outage is None

    def alarm(self, property: str) -> Alarm | None:
        """The alarm of the last resort, while it stands."""
        resort = self._resorts.get(property)
        return None if resort is None else resort.alarm

    def subscribe(self, listener: Callable[[list[Change]], None]) -> Callable[[], None]:
        """Call when the last resort has something to say; what it returns ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def since(self) -> float | None:
        """Since when the store cannot be written (monotonic), whether or not that was told yet."""
        return self._db.health.since

    def heard(self, reports: Sequence[Report]) -> None:
        """Reports as they come in, before they are saved."""
        if self._outage is not None:
            for resort in self._resorts.values():
                resort.heard(reports)

    # --- the watch ---

    def start(self) -> None:
        """Begin to watch; the database's file is where it belongs now."""
        self._place = _place_of(self._file)
        self._clock.call_later(LOOK, self._look)  # the reserve's bytes are not to slow the start down

    def stop(self) -> None:
        """Watch no more. It also ends by itself when the store is closed."""
        self._stopped = True
        for resort in self._resorts.values():
            resort.over()

    def _look(self) -> None:
        if self._stopped or self._db.closed:
            return
        self._look_at_disk()
        self._try_a_commit()
        found = self._trouble()
        if found is not None:
            self._outage = found if self._outage is None else _of_longer(self._outage, found)
            self._tell(self._outage)
        elif self._outage is not None and not self._ending:
            self._ending = True
            Deferred.fromCoroutine(self._end(self._outage)).addErrback(self._not_ended)
        hard = self._outage is not None or self._db.health.since is not None
        self._clock.call_later(LOOK_HARD if hard else LOOK, self._look)

    def _trouble(self) -> _Outage | None:
        monotonic, now, health = self._clock.monotonic(), self._clock.now(), self._db.health
        if self._file is not None and self._place is not None and _place_of(self._file) != self._place:
            self._gone_at = self._gone_at or (monotonic, now)
            return _Outage(
                *self._gone_at, phrase(f"its file {self._file} was deleted or replaced"), astray=True
            )
        self._gone_at = None
        if self._asked_at is not None and monotonic - self._asked_at >= HANGS:
            health.refused(phrase("the database does not answer"), self._asked_at)
        if health.since is None or (monotonic - health.since < PATIENCE and self._outage is None):
            return None
        return _Outage(health.since, now - timedelta(seconds=monotonic - health.since), health.why)

    def _try_a_commit(self) -> None:
        """Each commit writes something: where nobody else asks for one, this one shows how it goes."""
        health, monotonic = self._db.health, self._clock.monotonic()
        quiet = monotonic - health.committed_at >= QUIET
        if self._asked_at is None and (quiet or health.since is not None):
            self._asked_at = monotonic
            self._db.run(_nothing, urgent=True).addBoth(self._answered)

    def _answered(self, _: object) -> None:
        self._asked_at = None

    def _tell(self, outage: _Outage) -> None:
        for property in self._ownership.claimed():
            words = _words(self._resorts[property].rules, outage)
            self._resorts[property].go_on(outage.began, words, rung=outage.astray)

    async def _end(self, outage: _Outage) -> None:
        """Say by an ordinary alarm what it was; whoever cannot save that is not well again."""
        now = self._clock.now()
        for property, resort in self._resorts.items():
            if resort.alarm is None:
                continue
            unit = partial(
                lastresort.afterwards,
                rules=resort.rules,
                since=outage.began,
                until=now,
                why=outage.why,
                now=now,
                astray=outage.astray,
            )
            try:
                await self._ownership.run(property, unit, urgent=True)
            except NotOwner:
                if not self._ownership.is_elsewhere(property):
                    raise  # the claim ran out meanwhile, and is about to be renewed: again then
                self._log.error(
                    "{property} is run by another node now, which tells the rest", property=property
                )
            resort.over()
        self._outage, self._ending = None, False
        self._log.info("the database takes everything again")

    def _not_ended(self, failure: object) -> None:
        self._ending = False
        self._log.warn(
            "the end of an outage could not be saved: {why}", why=getattr(failure, "value", failure)
        )

    def _news(self, change: Change) -> None:
        for listener in list(self._listeners):
            try:
                listener([change])
            except Exception:  # noqa: BLE001 - one listener must not cost the others their news
                self._log.failure("a listener to the last resort failed")

    # --- the reserve ---

    def _look_at_disk(self) -> None:
        if self._reserve is None or self._looking:
            return
        monotonic = self._clock.monotonic()
        there = self._short is False and self._reserve.kept
        if there or (self._short and monotonic - self._reserve_at < RESERVE):
            return
        lost = self._short is False  # a moment ago it was there: first say so, then look for room
        self._looking, self._reserve_at = True, monotonic
        taken = Deferred.fromCoroutine(self._take(self._reserve, lost))
        taken.addErrback(lambda failure: self._log.warn("the reserve: {why}", why=failure.getErrorMessage()))
        taken.addBoth(self._looked)

    def _looked(self, _: object) -> None:
        self._looking = False

    async def _take(self, reserve: Reserve, lost: bool) -> None:
        short = lost or not await self._db.aside(reserve.take)
        now = self._clock.now()
        if short and not self._short:
            self._log.warn("{words}", words=_short_words(reserve, lost))
        if short or self._short is not False:
            for property in self._ownership.held():
                words = _short_words(reserve, lost) if short else ""
                unit = partial(_say_short, rules=self._resorts[property].rules, words=words, now=now)
                await self._ownership.run(property, unit)
        self._short = short


def _say_short(tx: Tx, rules: Rules, words: str, now: datetime) -> None:
    """The alarm about a disk without a reserve; without words it is over."""
    if words:
        escalation.raise_alarm(tx, rules, now, AlarmKind.STORAGE, DISK, words)
    else:
        escalation.recovered(tx, rules.property, DISK, now, "there is room on the disk again")


def _words(rules: Rules, outage: _Outage) -> str:
    since = f"{outage.began.astimezone(rules.zone):%H:%M:%S}"
    if outage.astray:
        why = outage.why
        return phrase(
            f"The database is not in its place since {since}: {why}. Guests are rung for now, but "
            "what is saved is lost when hotelbridge stops: stop it, put the file or a backup in its place "
            "(hotelbridge db restore), start it again, and compare with the list of the night."
        )
    why = outage.why.rstrip(".")
    return phrase(
        f"Nothing can be saved since {since}, so no guest is rung and no booking taken: "
        f"{why}. Make room on the disk or see to the database now."
    )


def _short_words(reserve: Reserve, lost: bool) -> str:
    folder, size = reserve.path.parent, reserve.size // 1024 // 1024
    if lost:
        return phrase(
            f"The disk of the database ({folder}) is full. hotelbridge goes on with {size} MB that it had "
            "kept back; when those are used up nothing can be saved and no guest is rung. "
            "Make room there now."
        )
    return phrase(
        f"The disk of the database ({folder}) is nearly full: there is no room for the {size} MB that are "
        "kept back for that case. When it is full nothing can be saved and no guest is rung. "
        "Make room there now."
    )


def _of_longer(known: _Outage, found: _Outage) -> _Outage:
    """The same outage, with the latest reason for it, from its first beginning on."""
    return found if found.since <= known.since else replace(found, since=known.since, began=known.began)


def _of(devices: Sequence[DeviceLink], property: str) -> dict[str, DeviceLink]:
    return {device.name: device for device in devices if device.property == property}


def _place_of(file: Path | None) -> tuple[int, int] | None:
    """Which file stands under the name; None where none does."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return None if found is None else (found.st_dev, found.st_ino)


def _nothing(tx: Tx) -> None:
    """A unit that only commits."""
