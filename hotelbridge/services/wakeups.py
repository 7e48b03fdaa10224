"""The loop that runs one property: work off the inbox, ring what is due, carry out what follows.

The rows say when the next thing is due (`next_at`, `check_at`); one timer waits for the earliest and
looks again every few seconds all the same, because the wall clock may step while timers do not.
Effects start only after the commit that decided them, and what they learn is saved the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, DeferredList
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.core.attempt import Sign, Signal
from hotelbridge.core.records import Attempt, Notice
from hotelbridge.errors import HotelbridgeError, NotOwner, NotWritten, Stale
from hotelbridge.metrics import Metrics
from hotelbridge.om import messages as om
from hotelbridge.services import deskcalls, dispatch, escalation, inbox, ladder, loans, making, outreach
from hotelbridge.services.channels import Deliver as DeliverLetter
from hotelbridge.services.channels import Undelivered
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.effects import Ask, Assign, Deliver, Effect, End, Ended, Read, Ring
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, attempts, wakeups
from hotelbridge.store.database import Database, Tx

LOOK_AGAIN = 5.0  # seconds; bounds what a step of the wall clock can cost
BLOCKED = 1.0  # due, but no call is free: a poke comes when one is, this is the safety net
LAST_WORDS = 3.0  # seconds that calls in flight have at the end
GATHER = 0.02  # seconds; one unit for the reports of so long leaves the writer free for new ones
SENDING = 40.0  # seconds that a notice may take; the channels have limits of their own below it


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
        db: Database,
        ownership: Ownership,
        devices: Mapping[str, DeviceLink],
        clock: Clock,
        metrics: Metrics,
        deliver: DeliverLetter,
    ) -> None:
        self._rules = rules
        self._deliver = deliver
        self._db = db
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
        self._ahead = making.DaysAhead(rules, self._unit)
        self._next_at: datetime | None = None  # when the rows want to be looked at again
        self._in_flight: set[Deferred[None]] = set()
        self._unwritten: Counter[str] = Counter()  # Connects that wait for each device

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
        if self._in_flight:
            patience = self._clock.call_later(LAST_WORDS, self._cut_short)
            await DeferredList(list(self._in_flight))
            if patience.active():
                patience.cancel()

    def _cut_short(self) -> None:
        for call in list(self._in_flight):
            call.cancel()

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
            self._start_all(await self._unit(lambda tx: self._recover(tx, now)))
            self._recovered = True
        until = await self._work_inbox()
        now = self._clock.now()
        if not self._due and (self._next_at is None or self._next_at > now):
            return
        self._due = False
        barred = frozenset(name for name, device in self._devices.items() if device.barred)
        look = Look(now, until, barred, dict(self._unwritten))
        effects, self._next_at = await self._unit(lambda tx: self._tick(tx, look))
        self._start_all(effects)
        if await self._ahead.make(now):
            self.poke()

    def _recover(self, tx: Tx, now: datetime) -> list[Effect]:
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
        self._start_all(work.effects)
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
            deskcalls.next_instant(tx, rules, now),
            outreach.next_instant(tx, rules, now),
            making.next_look(rules, now),
        )
        return effects, min((at for at in instants if at is not None), default=None)

    # --- effects ---

    def start(self, effects: list[Effect]) -> None:
        """Carry out effects that a committed unit has decided, and look at what is due."""
        self._start_all(effects)
        self.poke()

    def _start_all(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Ring):
                self._start(self._ring(effect))
            elif isinstance(effect, Ask):
                self._start(self._ask(effect.attempt))
            elif isinstance(effect, End):
                self._start(self._end(effect.attempt))
            elif isinstance(effect, Ended):
                self._ended(effect.attempt)
            elif isinstance(effect, Deliver):
                self._start(self._send(effect.notice))
            else:
                self._start(self._lend(effect))

    def _ended(self, attempt: Attempt) -> None:
        outcome = str(attempt.outcome)
        self._metrics.attempts.labels(attempt.property, attempt.device, outcome).inc()
        self._log.info("{phone}: {words}", phone=attempt.phone, words=attempt.detail or outcome)

    def _start(self, effect: Coroutine[Deferred[Any], Any, None]) -> None:
        call = Deferred.fromCoroutine(effect)
        self._in_flight.add(call)

        def done(result: Any) -> None:
            self._in_flight.discard(call)
            if isinstance(result, Failure) and isinstance(result.value, HotelbridgeError | CancelledError):
                self._log.warn("not finished: {why}", why=result.getErrorMessage())
            elif result is not None:
                self._log.failure("an effect failed", result)

        call.addBoth(done)

    async def _ring(self, ring: Ring) -> None:
        """Write the Connect of a saved attempt, and save what the device said."""
        attempt = ring.attempt
        written: list[datetime] = []
        self._log.info("ringing {phone} on {device}", phone=attempt.phone, device=attempt.device)
        connect = om.Connect(om.Menu(ring.menu), om.Ext(attempt.phone))
        device = self._devices[attempt.device]
        self._unwritten[attempt.device] += 1
        try:
            reply = await device.client.send(
                connect,
                not_after=ring.not_after,
                still_good=lambda: self._wanted(attempt),
                wrote=written.append,
                urgent=True,
            )
        except HotelbridgeError as error:
            signal = _from_error(error, self._clock.now())
        else:
            signal = _from_reply(reply, self._clock.now())
        finally:
            self._written(attempt.device)
        await self._learn(attempt, signal, *written)

    def _written(self, device: str) -> None:
        """One Connect less waits for this device; half of them gone is time for more."""
        self._unwritten[device] -= 1
        if self._unwritten[device] == dispatch.at_a_time(self._rules.devices[device]) // 2:
            self.poke()

    async def _learn(self, attempt: Attempt, signal: Signal, written: datetime | None = None) -> None:
        """Save what was learned of an attempt; the row is read again, a report may have come first.

        `written`: when its Connect was, where this is what came of it.
        """

        def unit(tx: Tx) -> tuple[list[Effect], datetime | None, float | None]:
            delay = None if written is None else ladder.reached(tx, attempt, written)
            known = attempts.get(tx, attempt.id)
            effects = [] if known is None else ladder.learn(tx, self._rules, known, signal)
            return effects, attempts.next_instant(tx, self._rules.property), delay

        effects, check_at, delay = await self._unit(unit)
        if delay is not None:
            self._metrics.wakeup_delay.labels(attempt.property).observe(delay)
        self._start_all(effects)
        self._look_by(check_at)
        if any(isinstance(effect, Ended) for effect in effects):
            self.poke()  # a call is free
        elif not self._running and not self._stopped:
            self._cancel_timer()
            self._timer = self._clock.call_later(self._until_due(), self._look)

    def _wanted(self, attempt: Attempt) -> Deferred[bool]:
        """Looked at right before the bytes are written: the row and the lease."""
        return Deferred.fromCoroutine(self._still(lambda tx: ladder.still_wanted(tx, attempt.id)))

    async def _still(self, question: Callable[[Tx], bool]) -> bool:
        return self._ownership.holds(self._rules.property) and await self._db.read(question)

    async def _ask(self, attempt: Attempt) -> None:
        """What is the phone doing of which we know nothing?"""
        device = self._devices.get(attempt.device)  # it may have left the configuration meanwhile
        if device is None:
            return
        try:
            seen = await device.look_at(attempt.phone)
        except HotelbridgeError as error:
            self._log.info("{phone} could not be asked: {error}", phone=attempt.phone, error=error)
            return
        signal = Signal(Sign.SEEN, self._clock.now(), state=seen.state, foreign=seen.foreign)
        await self._learn(attempt, signal)

    async def _end(self, attempt: Attempt) -> None:
        """End our call, and nobody else's."""

        def still_ours() -> Deferred[bool]:
            ours = self._still(lambda tx: ladder.still_ours_to_end(tx, attempt.id))
            return Deferred.fromCoroutine(ours)

        device = self._devices.get(attempt.device)
        try:
            if device is not None and await still_ours():
                seen = await device.clear(attempt.phone, still_ours)
                signal = Signal(Sign.SEEN, self._clock.now(), state=seen.state, foreign=seen.foreign)
                await self._learn(attempt, signal)
        except HotelbridgeError as error:
            self._log.info("{phone} was not cleared: {error}", phone=attempt.phone, error=error)

    async def _send(self, notice: Notice) -> None:
        """Let a notice leave the house, and save whether it went."""
        self._log.info("sending {what} by {channel}", what=notice.subject, channel=notice.channel)
        sending = self._deliver(outreach.letter(self._rules, notice))
        patience = self._clock.call_later(SENDING, sending.cancel)
        said, why = "", ""
        try:
            said = await sending
        except Undelivered as error:
            why = str(error)
        except CancelledError:
            if self._stopped:
                raise  # it is sent again after the start
            why = "it took too long"
        finally:
            if patience.active():
                patience.cancel()
        now = self._clock.now()
        if why:
            self._log.warn("{channel} does not take messages: {why}", channel=notice.channel, why=why)
            await self._unit(lambda tx: outreach.failed(tx, self._rules, notice.id, why, now))
        else:
            await self._unit(lambda tx: outreach.delivered(tx, self._rules, notice.id, said, now))
        self.poke()

    async def _lend(self, effect: Read | Assign) -> None:
        """Read what a phone holds or set it, behind all calls; what it then holds is saved."""
        loan, device = effect.loan, self._devices[effect.loan.device]
        values: Mapping[str, str] | None = None
        lineid = loan.lineid
        try:
            if isinstance(effect, Read):
                seen = await device.look_at(loan.phone, urgent=False)
                values, lineid = seen.values if seen.state else None, seen.lineid
            else:
                values = await device.assign(loan.lineid, effect.values)
        except HotelbridgeError as error:
            self._log.info("{phone} was not set: {error}", phone=loan.phone, error=error)
        now, read = self._clock.now(), isinstance(effect, Read)
        self.start(
            await self._unit(
                lambda tx: loans.learned(tx, self._rules, loan.id, values, lineid, now, read=read)
            )
        )


def _from_error(error: HotelbridgeError, at: datetime) -> Signal:
    if isinstance(error, Stale):
        return Signal(Sign.STALE, at, reason=str(error))
    if isinstance(error, NotWritten):
        return Signal(Sign.NOT_WRITTEN, at, reason=str(error))
    return Signal(Sign.REPLY_LOST, at)  # ReplyLost, or a reply that cannot be read: it proves nothing


def _from_reply(reply: om.Reply, at: datetime) -> Signal:
    if isinstance(reply, om.Failed):
        return Signal(Sign.FAILED, at, code=reply.code, reason=reply.reason or "")
    return Signal(Sign.ACCEPTED, at)
