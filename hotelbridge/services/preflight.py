"""Half an hour before due each phone is asked once whether a wake-up could ring it.

What is in the way goes on the desk's list while the guest still sleeps, as an alarm of that wake-up;
it closes by itself when a later look finds the phone well, and becomes the alarm of the wake-up when
nobody has mended it. The looks are spread: a few in a second, behind all calls. One that fails changes
nothing and is made again later; no ring ever waits for a look. Result and `looked_at` are one unit, so
that a restart neither forgets a look nor makes it twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core import preflight as look
from hotelbridge.core.preflight import Look
from hotelbridge.core.records import AlarmKind, Change
from hotelbridge.errors import DeviceError, HotelbridgeError
from hotelbridge.om import messages as om
from hotelbridge.services import escalation, roomwants
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.services.trialring import look_of
from hotelbridge.store import alarms, history, looks, phones, wakeups
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.looks import Coming
from hotelbridge.texts import phrase

PACE = 0.34  # seconds between two looks: a few in a second, whatever else the device has to do
TURN = 5.0  # seconds between two turns while there is something to do
LONGEST = 60.0  # ... while nothing happens
SILENT = 60.0  # seconds for which a device that did not answer is left alone
LATER = 120.0  # ... and the wake-up that was being looked at then: others come first
NEWS = ("wakeup", "room", "link")  # changes that may make a look possible, or superfluous
MENU_GOOD = timedelta(minutes=5)  # for so long a menu that was seen is not asked for again

Key = tuple[str, str]  # device, number


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the store knows of the wake-ups that are near."""

    near: tuple[Coming, ...]  # soonest first, looked at or not
    troubled: frozenset[int]  # those with an open alarm about a phone
    states: Mapping[Key, str]  # of phones, as last reported; only where something is troubled
    gone: frozenset[Key]  # phones that are not connected, as last reported
    next_due: datetime | None  # of the first one that is not near yet


class Preflight:
    """The looks of one property."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        db: Database,
        ownership: Ownership,
        devices: Mapping[str, DeviceLink],
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._db = db
        self._ownership = ownership
        self._devices = devices
        self._clock = clock
        self._states: dict[Key, str] = {}  # as last seen here
        self._silent: dict[str, float] = {}  # devices that did not answer: monotonic, until when
        self._later: dict[int, float] = {}  # wake-ups that could not be looked at: monotonic, until when
        self._menus: dict[tuple[str, str], datetime] = {}  # seen to be there
        self._timer: IDelayedCall | None = None
        self._waiting: Deferred[None] | None = None
        self._turns: Deferred[None] | None = None
        self._wakes_at = 0.0  # monotonic, when the next turn comes
        self._stopped = False
        self._unsubscribe = db.on_commit(self._something_new)

    def gained(self) -> None:
        """The property is ours: begin to look."""
        if self._turns is None and self._rules.settings.wakeup.preflight and not self._stopped:
            self._turns = Deferred.fromCoroutine(self._run())
            self._turns.addErrback(lambda failure: self._log.failure("looking ahead failed", failure))

    def stop(self) -> None:
        """No more looks. One that is under way ends with the client of its device."""
        self._stopped = True
        self._unsubscribe()
        if self._timer is not None and self._timer.active() and self._waiting is not None:
            self._timer.cancel()
            self._waiting.callback(None)

    async def _run(self) -> None:
        while not self._stopped:
            pause = TURN
            try:
                if self._ownership.holds(self._rules.property):
                    pause = await self._turn()
            except HotelbridgeError as error:
                self._log.warn("{property}: {error}", property=self._rules.property, error=error)
            except Exception:
                self._log.failure("{property}: a look ahead failed", property=self._rules.property)
            await self._wait(pause)

    def _something_new(self, changes: Sequence[Change]) -> None:
        """A booking, a phone that has said something, a device that is back: the next turn comes soon."""
        soon = self._clock.monotonic() + TURN
        mine = any(one.property == self._rules.property and one.kind in NEWS for one in changes)
        if mine and self._timer is not None and self._timer.active() and soon < self._wakes_at:
            self._wakes_at = soon
            self._timer.reset(TURN)

    async def _wait(self, seconds: float) -> None:
        if self._stopped:
            return
        self._waiting = Deferred()
        self._wakes_at = self._clock.monotonic() + seconds
        self._timer = self._clock.call_later(seconds, self._waiting.callback, None)
        await self._waiting

    async def _turn(self) -> float:
        """Look at what wants it; gives the seconds until the next turn, if nothing happens before."""
        now = self._clock.now()
        rows = await self._db.read(lambda tx: self._rows(tx, now))
        self._forget_failures()
        wanting = self._wanting(rows, now)
        for wakeup in wanting:
            if self._stopped:
                break
            if self._answers(wakeup):  # still
                await self._look(wakeup)
        if wanting or self._later or self._silent:
            return TURN
        if rows.next_due is None:
            return LONGEST
        first = rows.next_due - self._rules.settings.wakeup.preflight
        return min(LONGEST, max(0.0, (first - now).total_seconds()))

    def _rows(self, tx: Tx, now: datetime) -> _Rows:
        """What the store knows; on a reader's thread, so nothing of ours is touched."""
        property, until = self._rules.property, now + self._rules.settings.wakeup.preflight
        near = looks.coming(tx, property, now, until)
        troubled = looks.in_trouble(tx, property, [one.id for one in near])
        states = looks.states(tx, property) if near else {}
        gone = frozenset(key for key, state in states.items() if state == "offline")
        next_due = looks.first_after(tx, property, until)
        return _Rows(tuple(near), frozenset(troubled), states, gone, next_due)

    def _wanting(self, rows: _Rows, now: datetime) -> list[Coming]:
        """What can be looked at now and wants it."""
        return [
            one
            for one in rows.near
            if one.id not in self._later and self._answers(one) and self._wants(one, rows, now)
        ]

    def _wants(self, one: Coming, rows: _Rows, now: datetime) -> bool:
        """Whether it was not looked at yet, may be well again, or has lost a phone since."""
        if look.first_look(one.due, one.looked_at, self._rules.settings.wakeup.preflight, now):
            return True
        if one.id in rows.troubled:
            return look.look_again(one.looked_at, self._has_changed(one, rows.states), now)
        lost = [key for key in self._rules.phones(one.room) if key in rows.gone]
        return any(self._states.get(key) != "offline" for key in lost)

    def _forget_failures(self) -> None:
        now = self._clock.monotonic()
        self._later = {id: until for id, until in self._later.items() if until > now}
        self._silent = {name: until for name, until in self._silent.items() if until > now}

    def _answers(self, wakeup: Coming) -> bool:
        """Whether the devices of its phones can be asked now."""
        links = [(device, self._devices.get(device)) for device, _ in self._rules.phones(wakeup.room)]
        return all(
            link is not None and link.up is not False and device not in self._silent for device, link in links
        )

    def _has_changed(self, wakeup: Coming, states: Mapping[Key, str]) -> bool:
        """Whether a phone of the room has said something since it was looked at, or who looked is gone."""
        return any(states.get(key, "") != self._states.get(key) for key in self._rules.phones(wakeup.room))

    # --- one look ---

    async def _look(self, wakeup: Coming) -> None:
        """Ask the phones of one room; nothing is saved where one of them could not be asked."""
        seen: dict[Key, Look] = {}
        for device, number in self._rules.phones(wakeup.room):
            found = await self._ask(device, number)
            if found is None:
                self._later[wakeup.id] = self._clock.monotonic() + LATER
                return
            seen[device, number] = found
        now = self._clock.now()
        await self._ownership.run(self._rules.property, lambda tx: self._save(tx, wakeup, seen, now))
        self._states |= {key: one.state for key, one in seen.items()}
        for device in {device for device, _ in seen}:
            await self._see_menu(device, wakeup)

    async def _ask(self, device: str, number: str) -> Look | None:
        """What a phone shows; None: the device did not tell."""
        try:
            found = look_of(await self._devices[device].client.send(om.QueryExt(number)))
        except HotelbridgeError as error:
            if isinstance(error, DeviceError):
                self._silent[device] = self._clock.monotonic() + SILENT
            self._log.info("{phone} was not looked at: {error}", phone=number, error=error)
            return None
        await self._wait(PACE)
        return found

    def _save(self, tx: Tx, wakeup: Coming, seen: Mapping[Key, Look], now: datetime) -> None:
        """The look and what follows from it, as one."""
        if not looks.looked(tx, wakeup.id, now):
            return  # rung, cancelled or closed meanwhile
        rules = self._rules
        for (device, number), one in seen.items():
            if one.known and one.values:
                roomwants.saw(tx, rules, device, number, one.values, now)
        known = {key: (one.state, now) for key, one in seen.items() if one.state}
        phones.set_states(tx, rules.property, known)
        found = [(key[1], one) for key, shown in seen.items() for one in look.blocking(shown)]
        if not found:
            self._well(tx, f"wakeup:{wakeup.id}", now)
            return
        bad = {number for number, _ in found}
        well = [number for _, number in seen if number not in bad]
        clock = f"{wakeup.due.astimezone(rules.zone):%H:%M}"
        self._tell(tx, wakeup, look.trouble(wakeup.room, clock, found, well), now)

    def _well(self, tx: Tx, subject: str, now: datetime) -> None:
        known = alarms.open_about(tx, self._rules.property, subject)
        if known is not None and known.kind == AlarmKind.PHONE_OFFLINE:
            escalation.recovered(tx, self._rules.property, subject, now, "the phone can ring again")

    def _tell(self, tx: Tx, wakeup: Coming, text: str, now: datetime) -> None:
        full = wakeups.by_id(tx, wakeup.id)
        alarm = escalation.raise_alarm(
            tx, self._rules, now, AlarmKind.PHONE_OFFLINE, f"wakeup:{wakeup.id}", text, full
        )
        if alarm.text != text and alarm.kind == AlarmKind.PHONE_OFFLINE:
            alarms.save(tx, replace(alarm, text=text), now)
        if alarm.since == now:
            history.write(tx, full, now, "in_danger", text)

    # --- its menu ---

    async def _see_menu(self, device: str, wakeup: Coming) -> None:
        """Is the announcement there? If not it is set again, and a menu that cannot be set is an alarm."""
        number = self._rules.menu(device, wakeup.language)
        now = self._clock.now()
        seen = self._menus.get((device, number))
        link = self._devices.get(device)
        if link is None or link.barred or (seen is not None and seen <= now < seen + MENU_GOOD):
            return
        if await link.see_menu(number):
            self._menus[device, number] = now
        await self._wait(PACE)


def known_trouble(tx: Tx, rules: Rules, room: str) -> tuple[str, ...]:
    """What a booking can already say of a room's phones: settings that a wake-up cannot open.

    From what was last read of them; sentences for the desk.
    """
    found = []
    for device, number in rules.phones(room):
        phone = phones.get(tx, rules.property, device, number)
        held = phone.held if phone is not None else None
        found += [_warning(number, one) for one in look.known_beforehand(held)]
    return tuple(found)


def _warning(number: str, one: look.Hindrance) -> str:
    trouble, advice = one.what, one.do
    return f"{phrase(f'Phone {number} {trouble}.')} {advice}"
