"""Watches over the machine's clocks: saves the time it trusts, asks witnesses, tells the desk (rule K1).

`HouseClock` keeps the house on the old line by itself; here the question is worked off. Witnesses are
the devices, by the Date of their answers. When the new time is said to be right, what is under way is
carried over and the new line is saved in one unit of work: a crash finds either all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.core import timeline
from hotelbridge.core.records import AlarmKind, Standing, Trust
from hotelbridge.core.timeline import LIMIT, Timeline, Verdict, Witness
from hotelbridge.errors import HotelbridgeError, Refusal
from hotelbridge.metrics import Metrics
from hotelbridge.services import clockwords, escalation
from hotelbridge.services.houseclock import HouseClock
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import ClockView, PeerClockView
from hotelbridge.store import alarms, clock_marks, retime
from hotelbridge.store.database import Database, Tx
from hotelbridge.texts import phrase

LOOK = 5.0  # seconds
SAVE = 30.0  # seconds between two marks while nothing happens
ASK = 30.0  # seconds between two questions to the devices
ITSELF = "wall"  # the peer's name of this machine's own wall clock


@dataclass(frozen=True, slots=True)
class Heard:
    """The last time that a device showed, beside the house's own at that moment."""

    witness: Witness
    at: datetime
    drift: float  # seconds that the house is ahead of it


class ClockWatch:
    """One node's clocks."""

    _log = Logger()

    def __init__(
        self,
        clock: HouseClock,
        db: Database,
        ownership: Ownership,
        houses: Mapping[str, Rules],
        node: str,
        metrics: Metrics,
    ) -> None:
        self.clock = clock
        self._db = db
        self._ownership = ownership
        self._houses = houses
        self._node = node
        self._metrics = metrics
        self._ask: Callable[[], None] = lambda: None
        self._changed: Callable[[], None] = lambda: None
        self.heard: dict[tuple[str, str], Heard] = {}
        self._told: set[tuple[str, Standing, float]] = set()
        self._verdict: Verdict | None = None  # by which the old line is held
        self._saved_at = self._asked_at = float("-inf")
        self._timer: IDelayedCall | None = None
        self._running: Deferred[None] | None = None
        self._turns = DeferredLock()  # one verdict at a time, whoever speaks it
        self._stopped = False

    def on_question(self, ask: Callable[[], None], changed: Callable[[], None]) -> None:
        """`ask`: have the devices tell their time. `changed`: the house's time has moved, look at all."""
        self._ask, self._changed = ask, changed

    async def resume(self) -> None:
        """Compare the wall clock with what was saved before this start. Call before anything acts."""
        self.clock.resume(await self._db.read(lambda tx: clock_marks.get(tx, self._node)))

    def start(self) -> None:
        """Begin to watch."""
        self.clock.on_turn(self._soon)
        self._go()

    async def stop(self) -> None:
        """Save the present time, and watch no more."""
        self._stopped = True
        self._cancel()
        if self._running is not None:
            await self._running
        try:
            await self._save()
        except HotelbridgeError as error:  # the others must be stopped all the same
            self._log.warn("the present time is not saved: {error}", error=error)

    def hear(self, property: str, device: str, shown: datetime) -> None:
        """A device has told its time."""
        line, now, boot = self.clock.look(), self.clock.now(), self.clock.reading().boot
        drift = (now - shown).total_seconds()
        known = self.heard.get((property, device))
        if line.standing is Standing.AGREED:
            sound = abs(drift) <= LIMIT.total_seconds()
        else:
            sound = known is None or known.witness.sound
        self.heard[property, device] = Heard(Witness(device, shown, boot, sound), now, drift)
        self._metrics.clock_drift.labels(f"{property}/{device}").set(drift)
        if line.standing is Standing.DOUBTED:
            self._soon()

    async def trust(self, by: str, trust: Trust) -> None:
        """A person says which time is right; refuses where nobody has asked."""
        await self._turns.acquire()
        try:
            if self.clock.look().standing is Standing.AGREED:
                raise Refusal(
                    "clock_not_in_question", "The server's clock is not in question now.", status=409
                )
            self._log.info("{by} says that the {which} time is right", by=by, which=trust)
            await self._settle(Verdict(trust, by), person=by)
        finally:
            self._turns.release()
        self._soon()

    # --- the watch ---

    def _soon(self) -> None:
        """Look right after the present call."""
        if not self._stopped:
            self._cancel()
            self._timer = self.clock.call_later(0, self._go)

    def _cancel(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()

    def _go(self) -> None:
        if self._running is not None or self._stopped:
            return
        self._cancel()
        running: Deferred[None] = Deferred()
        self._running = running
        turn = Deferred.fromCoroutine(self._turn())
        turn.addErrback(lambda failure: self._log.failure("the watch over the clocks failed", failure))

        def over(_: object) -> None:
            self._running = None
            if not self._stopped and (self._timer is None or not self._timer.active()):
                self._timer = self.clock.call_later(LOOK, self._go)
            running.callback(None)

        turn.addBoth(over)

    async def _turn(self) -> None:
        await self._turns.acquire()
        try:
            await self._look()
        except HotelbridgeError as error:
            self._log.warn("the clocks: {error}; trying again", error=error)
        finally:
            self._turns.release()

    async def _look(self) -> None:
        line, reading = self.clock.look(), self.clock.reading()
        self._metrics.clock_drift.labels(ITSELF).set(-line.step(reading).total_seconds())
        if line.standing is Standing.DOUBTED:
            if self.clock.monotonic() - self._asked_at >= ASK or self._asked_before(line):
                self._asked_at = self.clock.monotonic()
                self._ask()
            found = timeline.verdict(line, reading, [heard.witness for heard in self.heard.values()])
            if found is not None:
                await self._settle(found)
        await self._tell(self.clock.line)
        if self.clock.monotonic() - self._saved_at >= SAVE:
            await self._save()

    def _asked_before(self, line: Timeline) -> bool:
        """Whether this question is newer than the last time the devices were asked."""
        up = self.clock.reading().boot - line.since
        return self.clock.monotonic() - self._asked_at > up

    async def _save(self) -> None:
        mark = self.clock.mark(self.clock.look())
        await self._db.run(lambda tx: clock_marks.save(tx, self._node, mark))
        self._saved_at = self.clock.monotonic()

    # --- the word is spoken ---

    async def _settle(self, verdict: Verdict, person: str = "") -> None:
        line, reading = self.clock.line, self.clock.reading()
        new = timeline.settled(line, reading, verdict)
        carried = timeline.carried(line, reading, verdict)
        now, mark = new.at(reading.boot), self.clock.mark(new)

        def unit(tx: Tx, held: tuple[str, ...]) -> None:
            for property in held:
                if carried:
                    retime.carry(tx, property, carried)
                self._say(tx, self._houses[property], line, verdict, now, line.step(reading), person)
            clock_marks.save(tx, self._node, mark)

        # Between this commit and the next unit nobody may see rows of one line by the time of the other
        # as overdue: so the time moves before the rows where it moves back, and after them otherwise.
        if carried < timedelta():
            self.clock.line = new
        try:
            await self._ownership.run_all(unit)
        except HotelbridgeError:
            self.clock.line = line
            raise
        self.clock.line = new
        self._verdict, self._saved_at = verdict, self.clock.monotonic()
        self._told |= {(property, new.standing, new.since) for property in self._ownership.held()}
        self._log.warn(
            "the clocks: {by}: {trust}", by=verdict.by or "nobody has answered", trust=verdict.trust
        )
        self._changed()

    def _say(
        self,
        tx: Tx,
        rules: Rules,
        line: Timeline,
        verdict: Verdict,
        now: datetime,
        step: timedelta,
        person: str,
    ) -> None:
        """What the desk reads about a verdict."""
        subject = self._subject()
        if verdict.trust is Trust.OLD:
            text = clockwords.wrong(line, verdict, step)
            alarm = escalation.raise_alarm(tx, rules, now, AlarmKind.CLOCK, subject, text)
            alarm = alarms.save(tx, replace(alarm, text=text), now)
            if person:
                escalation.acknowledge(tx, rules, alarm, person, clockwords.healed(verdict), now)
            return
        if not verdict.by:
            text = clockwords.unconfirmed(now, step, rules.zone)
            escalation.raise_alarm(tx, rules, now, AlarmKind.CLOCK, f"{subject}:unconfirmed", text)
        known = alarms.open_about(tx, rules.property, subject)
        if known is not None and person:
            alarms.save(tx, replace(known, acknowledged_by=person, acknowledged_at=now), now)
        note = clockwords.healed(verdict) if verdict.by else phrase("nobody has answered in time")
        escalation.recovered(tx, rules.property, subject, now, note)

    async def _tell(self, line: Timeline) -> None:
        """See that every property we run has the alarm that fits, once for each turn of things."""
        step = line.step(self.clock.reading())
        for property in self._ownership.held():
            key = (property, line.standing, line.since)
            if key not in self._told:
                unit = self._unit_to_tell(self._houses[property], line, step)
                await self._ownership.run(property, unit)
                self._told = {known for known in self._told if known[0] != property} | {key}

    def _unit_to_tell(self, rules: Rules, line: Timeline, step: timedelta) -> Callable[[Tx], None]:
        now, subject, verdict = self.clock.now(), self._subject(), self._verdict

        def unit(tx: Tx) -> None:
            known = alarms.open_about(tx, rules.property, subject)
            if line.standing is Standing.AGREED:
                escalation.recovered(tx, rules.property, subject, now, "the server's clock agrees again")
            elif line.standing is Standing.DOUBTED:
                text = clockwords.in_question(line, rules.zone)
                if known is None or known.text != text:  # another step is heard anew
                    _raise_anew(tx, rules, subject, text, now)
            elif known is None and verdict is not None:
                text = clockwords.wrong(line, verdict, step)
                escalation.raise_alarm(tx, rules, now, AlarmKind.CLOCK, subject, text)

        return unit

    def _subject(self) -> str:
        return f"clock:{self._node}"


def _raise_anew(tx: Tx, rules: Rules, subject: str, text: str, now: datetime) -> None:
    alarm = escalation.raise_alarm(tx, rules, now, AlarmKind.CLOCK, subject, text)
    again = now + rules.settings.alarm.repeat
    alarms.save(tx, replace(alarm, text=text, acknowledged_by=None, acknowledged_at=None, next_at=again), now)


def clock_view(rules: Rules, watch: ClockWatch) -> ClockView:
    """What the desk sees of the clocks, in the property's own zone."""
    line, now, reading = watch.clock.look(), watch.clock.now(), watch.clock.reading()
    doubted, agreed = line.standing is Standing.DOUBTED, line.standing is Standing.AGREED
    left = timeline.left(line, reading.boot)
    return ClockView(
        standing=line.standing,
        now=now.astimezone(rules.zone),
        server_clock=reading.wall.astimezone(rules.zone),
        step_seconds=round(line.step(reading).total_seconds(), 3),
        since=None if agreed else line.at(line.since).astimezone(rules.zone),
        answer_until=(now + left).astimezone(rules.zone) if doubted else None,
        peers=tuple(
            PeerClockView(
                peer=device,
                showed=heard.witness.shown.astimezone(rules.zone),
                heard_at=heard.at.astimezone(rules.zone),
                drift_seconds=round(heard.drift, 3),
                sound=heard.witness.sound,
            )
            for (property, device), heard in watch.heard.items()
            if property == rules.property
        ),
    )
