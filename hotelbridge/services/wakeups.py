"""The loop that runs one property: work off the inbox, ring what is due, carry out what follows.

The rows say when the next thing is due (`next_at`, `check_at`); one timer waits for the earliest and
looks again every few seconds all the same, because the wall clock may step while timers do not.
Effects start only after the commit that decided them, and what they learn is saved the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.errors import HotelbridgeError, NotOwner
from hotelbridge.metrics import Metrics
from hotelbridge.services import (
    deskcalls,
    dispatch,
    escalation,
    inbox,
    ladder,
    loans,
    making,
    neighbours,
    outreach,
    parkednotices,
    parking,
    postings,
    rezoning,
)
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.effects import Effect
from hotelbridge.services.hands import Hands
from hotelbridge.services.offhook import News
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, attempts, wakeups
from hotelbridge.store.database import Tx

LOOK_AGAIN = 5.0  # seconds; bounds what a step of the wall clock can cost
BLOCKED = 1.0  # due, but no call is free: a poke comes when one is, this is the safety net
GATHER = 0.02  # seconds; one unit for the reports of so long leaves the writer free for new ones


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the due rows is told besides the rows."""

    now: datetime
    until: datetime | None  # reports received later are not read yet; None: all are
    barred: frozenset[str]  # devices that are not to be rung now
    unwritten: Mapping[str, int]  # Connects that wait for each device


class PropertyLoop:
    """One property's wake-ups, from due to the end."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        ownership: Ownership,
        devices: Mapping[str, DeviceLink],
        clock: Clock,
        metrics: Metrics,
        hands: Hands,
    ) -> None:
        self._rules = rules
        self._hands = hands
        self._ownership = ownership
        self._devices = devices
        self._clock = clock
        self._metrics = metrics
        self._timer: IDelayedCall | None = None
        self._hearing: IDelayedCall | None = None
        self._running = False
        self._poked = False
        self._due = True  # what is due must be looked at, not only the inbox
        self._waiting_for_end: Deferred[None] | None = None
        self._stopped = False
        self._recovered = False
        self._ahead = making.DaysAhead(rules, self._unit, parking.new_day)
        self._next_at: datetime | None = None  # when the rows want to be looked at again
        self._configured: Callable[[str], None] = lambda device: None
        self._online: Callable[[str, str], None] = lambda device, phone: None
        self._off_hook: Callable[[list[News]], None] = lambda news: None
        hands.tell(self.poke, self._news)

    def tell_of_phones(self, configured: Callable[[str], None], online: Callable[[str, str], None]) -> None:
        """Whom to tell that a device was configured by hand, and that a phone has registered."""
        self._configured = configured
        self._online = online

    def tell_off_hook(self, heard: Callable[[list[News]], None]) -> None:
        """Whom to tell what devices have said of phones that may be calling help."""
        self._off_hook = heard

    def alarmed(self, said: Sequence[str]) -> None:
        """Calls for help are saved as alarms: the desk's phones ring now."""
        for words in said:
            self._log.warn("{property}: EMERGENCY CALL: {words}", property=self._rules.property, words=words)
        self.poke()

    def gained(self) -> None:
        """The property has become ours: take up what was in the air, then go on."""
        self._recovered = False
        self._ahead.forget()
        for device in self._devices.values():
            device.prepare()
        self.poke()

    def poke(self) -> None:
        """Something may be due now."""
        self._due = True
        self._go()

    def heard(self) -> None:
        """A report is in the inbox; those that come right behind it are worked off together."""
        if self._hearing is None and not self._stopped:
            self._hearing = self._clock.call_later(GATHER, self._heard)

    def _heard(self) -> None:
        self._hearing = None
        self._go()

    def _go(self) -> None:
        self._poked = True
        if not self._running and not self._stopped:
            self._running = True
            turns = Deferred.fromCoroutine(self._run())
            turns.addErrback(lambda failure: self._log.failure("the loop failed", failure))

    async def stop(self) -> None:
        """End after the present turn; give what is in flight a moment. The rows keep the rest."""
        self._stopped = True
        self._cancel_timers()
        if self._running:
            self._waiting_for_end = Deferred()
            await self._waiting_for_end
        await self._hands.stop()

    async def _run(self) -> None:
        """Turns until nobody has poked meanwhile."""
        try:
            while self._poked and not self._stopped:
                self._poked = False
                await self._one_turn()
        finally:
            self._running = False
            if self._waiting_for_end is not None:
                self._waiting_for_end.callback(None)

    async def _one_turn(self) -> None:
        self._cancel_timer()
        delay = LOOK_AGAIN
        try:
            await self._turn()
            delay = self._until_due()
        except NotOwner:
            self._recovered, self._next_at = False, None
        except HotelbridgeError as error:
            self._log.error("{property}: {error}; trying again", property=self._rules.property, error=error)
            delay, self._next_at = BLOCKED, self._clock.now()
        except Exception:
            self._log.failure("{property}: a turn failed; trying again", property=self._rules.property)
            self._next_at = self._clock.now()
        if not self._stopped:
            self._timer = self._clock.call_later(delay, self._look)

    def _look(self) -> None:
        """Is something due by the wall clock now? Only then the store is asked."""
        if self._next_at is not None and self._next_at <= self._clock.now():
            self.poke()
        elif not self._stopped:
            self._timer = self._clock.call_later(self._until_due(), self._look)

    def _look_by(self, at: datetime | None) -> None:
        """The rows want to be looked at by then, if not earlier."""
        if at is not None and (self._next_at is None or at < self._next_at):
            self._next_at = at

    def _until_due(self) -> float:
        if self._next_at is None:
            return LOOK_AGAIN
        wait = (self._next_at - self._clock.now()).total_seconds()
        return min(LOOK_AGAIN, wait) if wait > 0 else BLOCKED

    def _cancel_timers(self) -> None:
        self._cancel_timer()
        if self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None

    def _cancel_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    async def _turn(self) -> None:
        """Recover once, then inbox, then what is due."""
        if not self._recovered:
            now = self._clock.now()
            self._hands.carry_out(await self._unit(lambda tx: self._recover(tx, now)))
            self._recovered = True
        until = await self._work_inbox()
        now = self._clock.now()
        if not self._due and (self._next_at is None or self._next_at > now):
            return
        self._due = False
        barred = frozenset(name for name, device in self._devices.items() if device.barred)
        look = Look(now, until, barred, dict(self._hands.unwritten))
        effects, self._next_at = await self._unit(lambda tx: self._tick(tx, look))
        self._hands.carry_out(effects)
        if await self._ahead.make(now):
            self.poke()

    def _recover(self, tx: Tx, now: datetime) -> list[Effect]:
        rezoning.keep_wall_times(tx, self._rules, now)
        if not self._rules.posts_charges:
            postings.begin(tx, self._rules, now)
        loans.recover(tx, self._rules, now)
        return ladder.recover(tx, self._rules, now)

    def _unit(self, unit: Callable[[Tx], Any]) -> Deferred[Any]:
        return self._ownership.run(self._rules.property, unit, urgent=True)

    async def _work_inbox(self) -> datetime | None:
        """One batch; where more is waiting, up to when everything received is worked off."""
        now = self._clock.now()
        work = await self._ownership.run(
            self._rules.property, partial(inbox.work, rules=self._rules, now=now)
        )
        for device in work.bad:
            self._metrics.reports_bad.labels(self._rules.property, device).inc()
        for name in work.booted:
            self._log.info("{device} has restarted", device=name)
            if name in self._devices:
                self._devices[name].prepare()
        for name in work.configured:
            self._configured(name)
        for name, phone in work.compare:
            self._online(name, phone)
        self._off_hook(work.off_hook)
        if work.alarmed:
            self.alarmed(work.alarmed)
        self._hands.carry_out(work.effects)
        self._due |= work.touched
        self._look_by(work.check_at)
        self._poked |= work.until is not None  # what is due comes before the next batch
        return work.until

    def _tick(self, tx: Tx, look: Look) -> tuple[list[Effect], datetime | None]:
        rules, now = self._rules, look.now
        # What a phone said may still be unread: it was silent only up to where the inbox is worked off.
        effects = ladder.hear_silence(tx, rules, min(now, look.until or now))
        unread = look.until is not None
        effects += deskcalls.beside_guests(
            tx,
            rules,
            now,
            look.barred,
            lambda: dispatch.claim(tx, rules, now, look.barred, look.unwritten, unread=unread),
        )
        effects += loans.tick(tx, rules, now)
        escalation.repeat(tx, rules, now)
        outreach.second_level(tx, rules, now)
        effects += outreach.claim(tx, rules, now)
        property = rules.property
        instants = (
            wakeups.next_instant(tx, property),
            attempts.next_instant(tx, property),
            alarms.next_instant(tx, property),
            loans.next_instant(tx, rules, now),
            neighbours.next_instant(tx, rules, now),
            deskcalls.next_instant(tx, rules, now),
            outreach.next_instant(tx, rules, now),
            making.next_look(rules, now),
            parkednotices.tidy(tx, rules, now),
        )
        return effects, min((at for at in instants if at is not None), default=None)

    # --- effects ---

    def start(self, effects: list[Effect]) -> None:
        """Carry out effects that a committed unit has decided, and look at what is due."""
        self._hands.carry_out(effects)
        self.poke()

    def _news(self, check_at: datetime | None, call_is_free: bool) -> None:
        """An attempt has learned something."""
        self._look_by(check_at)
        if call_is_free:
            self.poke()
        elif not self._running and not self._stopped:
            self._cancel_timer()
            self._timer = self._clock.call_later(self._until_due(), self._look)
