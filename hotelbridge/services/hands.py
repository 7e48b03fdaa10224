"""The hands of one property: what a committed unit wants done is done here, and what it taught is saved.

Each effect is tried once; its row knows when to look again, should the effect be lost. Right before
the bytes of a call are written the row and the lease are looked at again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, DeferredList
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.core.records import Attempt, Notice
from hotelbridge.core.signals import Sign, Signal
from hotelbridge.errors import HotelbridgeError, NotOwner, NotWritten, Stale
from hotelbridge.metrics import Metrics
from hotelbridge.om import messages as om
from hotelbridge.services import dispatch, ladder, loans, outreach
from hotelbridge.services.channels import Deliver as DeliverLetter
from hotelbridge.services.channels import Undelivered
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.effects import Ask, Assign, Deliver, Effect, End, Ended, Read, Ring
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import attempts
from hotelbridge.store.database import Database, Tx
from hotelbridge.texts import phrase

LAST_WORDS = 3.0  # seconds that calls in flight have at the end
SENDING = 40.0  # seconds that a notice may take; the channels have limits of their own below it
News = Callable[[datetime | None, bool], None]  # when to look again at the latest; whether a call is free


class Hands:
    """Carries out effects; `poke` and `news` tell the loop that something may be due."""

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
        self._db = db
        self._ownership = ownership
        self._devices = devices
        self._clock = clock
        self._metrics = metrics
        self._deliver = deliver
        self._poke: Callable[[], None] = lambda: None
        self._news: News = lambda check_at, call_is_free: None
        self._stopped = False
        self._in_flight: set[Deferred[None]] = set()
        self.unwritten: Counter[str] = Counter()  # Connects that wait for each device

    def tell(self, poke: Callable[[], None], news: News) -> None:
        """Whom to tell what was learned."""
        self._poke = poke
        self._news = news

    async def stop(self) -> None:
        """Give what is in flight a moment. The rows keep the rest."""
        self._stopped = True
        if self._in_flight:
            patience = self._clock.call_later(LAST_WORDS, self._cut_short)
            await DeferredList(list(self._in_flight))
            if patience.active():
                patience.cancel()

    def _cut_short(self) -> None:
        for call in list(self._in_flight):
            call.cancel()

    def _unit(self, unit: Callable[[Tx], Any]) -> Deferred[Any]:
        return self._ownership.run(self._rules.property, unit, urgent=True)

    def carry_out(self, effects: list[Effect]) -> None:
        """Start effects that a committed unit has decided."""
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
        self.unwritten[attempt.device] += 1
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
        self.unwritten[device] -= 1
        if self.unwritten[device] == dispatch.at_a_time(self._rules.devices[device]) // 2:
            self._poke()

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
        self.carry_out(effects)
        call_is_free = any(isinstance(effect, Ended) for effect in effects)
        self._news(check_at, call_is_free)

    def _wanted(self, attempt: Attempt) -> Deferred[bool]:
        """Looked at right before the bytes are written: the row and the lease."""
        return Deferred.fromCoroutine(self._still(lambda tx: ladder.still_wanted(tx, attempt.id)))

    async def _still(self, question: Callable[[Tx], bool]) -> bool:
        if not self._ownership.holds(self._rules.property):
            raise NotOwner(phrase("this node may not act now: its claim to the property is not renewed"))
        return await self._db.read(question)

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
            why = phrase("it took too long")
        finally:
            if patience.active():
                patience.cancel()
        now = self._clock.now()
        if why:
            self._log.warn("{channel} does not take messages: {why}", channel=notice.channel, why=why)
            await self._unit(lambda tx: outreach.failed(tx, self._rules, notice.id, why, now))
        else:
            await self._unit(lambda tx: outreach.delivered(tx, self._rules, notice.id, said, now))
        self._poke()

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
        self.carry_out(
            await self._unit(
                lambda tx: loans.learned(tx, self._rules, loan.id, values, lineid, now, read=read)
            )
        )
        self._poke()


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
