"""The phones of rooms are kept as they should be: asked what they hold, and set where they differ.

What each should hold stands in its row (`roomwants`). Each turn asks the phone first and assigns only
what differs; the device's answer is compared, and what it does not take at the second try is an alarm,
which closes by itself when it does. All of this goes behind every call. A device that is down is waited
for: when it answers again, each of its phones is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core import loan as lending
from hotelbridge.core import phonepolicy as policy
from hotelbridge.core.records import Phone
from hotelbridge.errors import HotelbridgeError, Stale
from hotelbridge.om import messages as om
from hotelbridge.services import phoneanswers
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.phoneanswers import Journal, Met, nobody_reads
from hotelbridge.services.phoneturns import AGAIN, PhoneTurns
from hotelbridge.services.roomwants import Key, want
from hotelbridge.services.rules import Rules
from hotelbridge.store import attempts, loans, phones, wakeups
from hotelbridge.store.database import Tx

__all__ = ["RoomSync", "want"]

SWEEP = 30.0  # seconds; what became wanted without a word to us is found by then
STUBBORN = 600.0  # seconds until a phone is tried again that did not take it twice
NEAR = 3.0  # seconds before a ring in which a device at its limit is left alone
STILL = 1.0  # seconds until it is looked at again whether it still is
MOST_STILL = 30.0  # ... and for so long at the most, for each phone: a peak may last
# Turns that are no phone's: a number has no blanks.
GROUPS = " groups"  # the groups are seen to
LINES = " lines"  # the device is asked which phones it has; then each is compared

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    """One phone at the beginning of its turn."""

    row: Phone
    once: dict[str, str]  # what of it may be set now: not what a wake-up holds open
    keep_still: bool  # a ring is near, and the device has its hands full


class RoomSync:
    """The phones of one property."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        ownership: Ownership,
        devices: Mapping[str, DeviceLink],
        clock: Clock,
        *,
        journal: Journal = nobody_reads,
    ) -> None:
        """`journal` is called in the unit of work that saves what a phone has taken."""
        self._rules = rules
        self._ownership = ownership
        self._devices = devices
        self._clock = clock
        self._journal = journal
        self._lines: dict[str, dict[str, str]] = {}  # by device: number -> its fixed name, as last told
        self._tried: dict[Key, tuple[Any, int]] = {}  # what was not taken, and how often
        self._timers: dict[str, IDelayedCall] = {}
        self._made = False  # what is wanted was made from the present configuration
        self._stopped = False
        self._turns = {
            name: PhoneTurns(name, clock, partial(self._turn, name), partial(self._open, name))
            for name in devices
        }
        for name, device in devices.items():
            device.on_prepared(partial(self._prepared, name))

    # --- what begins a turn ---

    def gained(self) -> None:
        """The property is ours: what its phones should hold is made anew, as it may be configured anew.

        Their comparison follows when each device holds its menus.
        """
        self._tried.clear()
        self._made = False
        self._go(self._look_for_work())
        self._every("sweep", SWEEP, self.poke)
        every = self._rules.settings.phones.compare_every.total_seconds()
        self._every("compare", every, self._compare_all)

    def poke(self) -> None:
        """Something may be wanted of a phone that it does not hold."""
        self._go(self._look_for_work())

    def booted(self, device: str) -> None:
        """Compare every phone of a device, and its groups: it has restarted, or was configured by hand."""
        if device in self._turns:
            self._turns[device].ask([LINES])

    def online(self, device: str, number: str) -> None:
        """A phone has registered: compare this one, not the house (rule M2)."""
        if device in self._turns and number in self._rules.phones_on(device):
            self._turns[device].ask([number], compare=True)

    def stop(self) -> None:
        """No more turns. One that is under way ends with the client of its device."""
        self._stopped = True
        for timer in self._timers.values():
            if timer.active():
                timer.cancel()
        for turns in self._turns.values():
            turns.stop()

    def _compare_all(self) -> None:
        for name in self._devices:
            self.booted(name)

    def _prepared(self, device: str, info: om.DeviceInfo) -> None:
        self._lines[device] = {line.id: line.lineid for line in info.exts}
        numbers = [*self._rules.phones_on(device), GROUPS]
        self._turns[device].ask(numbers, compare=True)

    async def _ask_lines(self, device: str) -> None:
        info = await self._devices[device].client.send(om.QueryDevice())
        if isinstance(info, om.DeviceInfo):
            self._prepared(device, info)

    async def _look_for_work(self) -> None:
        if self._stopped or not self._ownership.holds(self._rules.property):
            return
        if not self._made:
            now = self._clock.now()
            await self._unit(lambda tx: want(tx, self._rules, None, now))
            self._made = True
        for row in await self._unit(lambda tx: phones.unsettled(tx, self._rules.property)):
            turns = self._turns.get(row.device)
            mine = turns is not None and row.number in self._rules.phones_on(row.device)
            if turns is not None and mine and not self._has_given_up(row):
                turns.ask([row.number])

    def _has_given_up(self, row: Phone) -> bool:
        """Whether it was tried, and waits to be tried again: it is left alone unless it is to hold else."""
        tried = self._tried.get((row.device, row.number))
        put_off = self._turns[row.device].is_put_off(row.number)
        return put_off and (tried is None or tried[0] == _wish(row))

    # --- one turn ---

    def _open(self, device: str) -> bool:
        """Whether a device may be bothered: its menus come first."""
        ready = device in self._lines and self._devices[device].up is not False
        return ready and self._ownership.holds(self._rules.property)

    async def _turn(self, device: str, number: str, compare: bool) -> float | None:
        """What there is to do with one phone; after how long it wants another turn."""
        if number in (GROUPS, LINES):
            await (self._ask_lines(device) if number == LINES else self._devices[device].keep_groups())
            return None
        job = await self._job(device, number)
        if job is None or not (compare or job.once or not job.row.in_sync):
            return None
        try:
            met = await self._meet(job)
        except Stale:  # decided anew meanwhile
            return 0.0
        return await self._learn(job, met)

    async def _job(self, device: str, number: str) -> _Job | None:
        """The phone as it is to be met; a ring that is near is let by first."""
        waited = 0.0
        while True:
            job = await self._unit(lambda tx: self._read(tx, device, number))
            if job is None or self._stopped or not job.keep_still or waited >= MOST_STILL:
                return job
            waited += STILL
            await self._wait(STILL)

    def _read(self, tx: Tx, device: str, number: str) -> _Job | None:
        row = phones.get(tx, self._rules.property, device, number)
        if row is None or not row.wanted:
            want(tx, self._rules, None, self._clock.now())
            row = phones.get(tx, self._rules.property, device, number)
        if row is None:
            return None
        return _Job(row, self._free(tx, row), self._is_near(tx, device))

    def _free(self, tx: Tx, row: Phone) -> dict[str, str]:
        under_way = loans.of_phone(tx, row.property, row.device, row.number)
        lent = {name for one in under_way for name in lending.lent(one)}
        return {name: value for name, value in row.once.items() if name not in lent}

    def _is_near(self, tx: Tx, device: str) -> bool:
        """Whether a ring is due in a moment on a device that has its hands full."""
        settings = self._rules.devices[device]
        taken = sum(1 for name, _ in attempts.taken(tx, self._rules.property) if name == device)
        if taken < settings.max_calls and settings.in_flight > 1:
            return False
        at = wakeups.next_instant(tx, self._rules.property)
        return at is not None and (at - self._clock.now()).total_seconds() < NEAR

    async def _meet(self, job: _Job) -> Met:
        """Ask a phone, and set what differs. Raises DeviceError where it is not known what became of it."""
        row, device = job.row, self._devices[job.row.device]
        if row.number not in self._lines[row.device]:
            return Met(known=False)
        reply = await device.client.send(om.QueryExt(row.number))
        said = reply if isinstance(reply, om.ExtStatus) else om.ExtStatus(row.number)
        lineid = said.lineid or self._lines[row.device][row.number]
        if said is reply:
            held = policy.queried(row.held, said.values, row.wanted)
            sent = policy.to_assign(row.wanted, held) | policy.still_to_set(job.once, said.values)
        else:  # it did not tell: what is absent is no default then
            sent = row.wanted | job.once
        answer = await device.assign(lineid, sent, lambda: self._still(job)) if sent else {}
        return Met(lineid=lineid, state=said.state or "", asked=said.values, sent=sent, answer=answer)

    def _still(self, job: _Job) -> Deferred[bool]:
        """Whether a phone should still hold what is about to be written to it, and is still ours to set."""

        def unit(tx: Tx) -> bool:
            row = phones.get(tx, self._rules.property, job.row.device, job.row.number)
            return row is not None and row.wanted == job.row.wanted and self._free(tx, row) == job.once

        async def asked() -> bool:
            try:
                return bool(await self._unit(unit))
            except HotelbridgeError:
                return False

        return Deferred.fromCoroutine(asked())

    async def _learn(self, job: _Job, met: Met) -> float | None:
        key, now = (job.row.device, job.row.number), self._clock.now()
        wish = _wish(job.row)
        before = self._tried.get(key)
        tries = 1 + (before[1] if before is not None and before[0] == wish else 0)
        rules, journal = self._rules, self._journal
        refused = await self._unit(
            lambda tx: phoneanswers.learned(tx, rules, job.row, job.once, met, tries, now, journal)
        )
        if not refused:
            self._tried.pop(key, None)
            return None
        self._tried[key] = (wish, tries)
        return AGAIN if tries < phoneanswers.TRIES else STUBBORN

    # --- the rest ---

    def _unit(self, unit: Callable[[Tx], T]) -> Deferred[T]:
        return self._ownership.run(self._rules.property, unit)

    async def _wait(self, seconds: float) -> None:
        over: Deferred[None] = Deferred()
        self._clock.call_later(seconds, over.callback, None)
        await over

    def _every(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        def again() -> None:
            if not self._stopped:
                self._timers[name] = self._clock.call_later(seconds, again)
                call()

        known = self._timers.get(name)
        if known is not None and known.active():
            known.cancel()
        if not self._stopped:
            self._timers[name] = self._clock.call_later(seconds, again)

    def _go(self, work: Any) -> None:
        if self._stopped:
            work.close()
            return
        done = Deferred.fromCoroutine(work)
        done.addErrback(self._failed)

    def _failed(self, failure: Any) -> None:
        if failure.check(HotelbridgeError) is None:
            self._log.failure(
                "{property}: phones could not be seen to", failure, property=self._rules.property
            )


def _wish(row: Phone) -> Any:
    """What a phone is to hold now: what is to be set once comes of a new basis, too."""
    return row.wanted, row.basis
