"""Where a trunk sends no ALERT: what a phone dials is asked of it (rule A5).

There BUSY is the only report that a phone has been lifted and calls. A phone whose BUSY nothing explains
(no RING or ANSWER of it, no call with another phone, no call out that was told) is asked by Query 2, 5
and 10 s later, until the answer shows whom it calls or it is idle again: three commands at the most for
each time it is lifted, behind rings and before all configuration traffic. Whatever Query of a phone shows
a call to an emergency number, by whomever it was asked and whatever for, alarms.

What is to be asked is in memory and is made again from the reports of the last minute before a stop: a
call that was begun then is asked about at once after it. Where a call began while the program was not
running, its phone is found when all phones of rooms are compared after a start; one of no room is not.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.errors import HotelbridgeError, Nonsense, Stale
from hotelbridge.om import messages as om
from hotelbridge.om.client import Exchange
from hotelbridge.om.codec import decode_push
from hotelbridge.services import emergencies
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.store import inbox
from hotelbridge.store.database import Database, Tx

ASKED_AFTER = (2.0, 5.0, 10.0)  # seconds after BUSY
EXPLAINS = timedelta(seconds=5)  # RING and BUSY come together; an older report explains nothing
LAST = timedelta(seconds=60)  # of the reports before a stop, what is looked through after it
_A_CALL = (om.Ring, om.Answer, om.Alert, om.Answered, om.Transient, om.Dtmf, om.EndOfAnn)

Key = tuple[str, str]  # device, number


class Sign(StrEnum):
    """What a report says of a phone."""

    BUSY = "busy"  # lifted, for whatever reason
    CALL = "call"  # in a call that is known
    FREE = "free"  # put down, or gone; of no phone in particular: all of its device


@dataclass(frozen=True, slots=True)
class News:
    """One thing that a device has said of a phone."""

    device: str
    phone: str
    sign: Sign
    at: datetime


def news_of(device: str, event: om.Event, at: datetime) -> list[News]:
    """What a report says of phones, where it matters here."""
    if isinstance(event, om.Bootup):
        return [News(device, "", Sign.FREE, at)]
    if isinstance(event, om.Idle | om.Offline):
        return [News(device, phone, Sign.FREE, at) for phone in event.exts]
    known = event.menu or event.visitor or (event.outer and event.outer.to) or len(event.exts) > 1
    if isinstance(event, om.Ring) or (known and isinstance(event, _A_CALL)):
        return [News(device, phone, Sign.CALL, at) for phone in event.exts]
    return [News(device, phone, Sign.BUSY, at) for phone in event.exts] if isinstance(event, om.Busy) else []


@dataclass(slots=True, eq=False)
class _Phone:
    """A phone that was lifted, and is not known to have been put down."""

    call_at: datetime | None = None  # when it was last told to be in a call that is known
    busy_at: datetime | None = None
    left: list[float] = field(
        default_factory=list
    )  # seconds after `busy_at` at which it is still to be asked
    asked: bool = False  # whether it is being asked, or is to be
    timer: IDelayedCall | None = None

    def rest(self) -> None:
        """It is not asked any more; a question that waits for its turn is dropped."""
        self.left, self.asked = [], False
        if self.timer is not None and self.timer.active():
            self.timer.cancel()
        self.timer = None


class OffHook:
    """The phones of one property that may be calling help."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        db: Database,
        ownership: Ownership,
        devices: Mapping[str, DeviceLink],
        clock: Clock,
        alarmed: Callable[[Sequence[str]], None],
    ) -> None:
        """`alarmed` is told what was new after each commit that raised an alarm."""
        self._rules = rules
        self._db = db
        self._ownership = ownership
        self._devices = devices
        self._clock = clock
        self._alarmed = alarmed
        self._phones: dict[Key, _Phone] = {}
        self._stopped = False

    def tap(self, device: str) -> Callable[[Exchange], None]:
        """What a client of this device tells its commands to."""
        return partial(self._seen, device)

    def gained(self) -> None:
        """The property is ours: take up what was being asked when somebody stopped."""
        self._go(self._take_up())

    def stop(self) -> None:
        """No more questions."""
        self._stopped = True
        for phone in self._phones.values():
            phone.rest()

    def heard(self, news: Iterable[News]) -> None:
        """What devices have said of phones, in order."""
        if self._stopped:
            return
        for one in news:
            key = (one.device, one.phone)
            if one.sign == Sign.FREE:
                self._free(one)
            elif one.sign == Sign.CALL:
                phone = self._phones.setdefault(key, _Phone())
                phone.call_at = one.at
                phone.rest()
            else:
                self._busy(key, one.at)

    def _free(self, one: News) -> None:
        gone = [key for key in self._phones if key[0] == one.device and one.phone in ("", key[1])]
        for key in gone:
            self._phones.pop(key).rest()

    def _busy(self, key: Key, at: datetime) -> None:
        phone = self._phones.setdefault(key, _Phone())
        if phone.call_at is not None and abs(at - phone.call_at) <= EXPLAINS:
            return
        if phone.busy_at is not None and (at - phone.busy_at).total_seconds() <= ASKED_AFTER[-1]:
            return  # the same, told again
        phone.rest()
        phone.busy_at, phone.left, phone.asked = at, list(ASKED_AFTER), True
        self._ask_later(key, phone)

    # --- asking ---

    def _ask_later(self, key: Key, phone: _Phone) -> None:
        """The next question; where the time of some is over, one now stands for them."""
        if not phone.left or phone.busy_at is None or self._stopped:
            phone.asked = False
            return
        gone = (self._clock.now() - phone.busy_at).total_seconds()
        late = [after for after in phone.left if after <= gone]
        wait = 0.0 if late else min(phone.left[0] - gone, phone.left[0])
        phone.left = phone.left[len(late) or 1 :]
        phone.timer = self._clock.call_later(wait, lambda: self._go(self._ask(key, phone)))

    async def _ask(self, key: Key, phone: _Phone) -> None:
        """One question. What it shows must be saved before the others are left out."""
        device, number, lifted = self._devices.get(key[0]), key[1], phone.busy_at
        if device is None or not self._ownership.holds(self._rules.property):
            return
        try:
            command = om.QueryExt(number)
            reply = await device.client.send(command, soon=True, still_good=lambda: succeed(phone.asked))
            if isinstance(reply, om.ExtStatus) and _tells(reply):
                await self._save(key[0], number, reply)
                if phone.busy_at == lifted:  # not lifted again meanwhile
                    phone.rest()
        except Stale:
            return
        except HotelbridgeError as error:
            self._log.info("{phone} did not tell whom it calls: {why}", phone=number, why=error)
        if phone.asked and phone.busy_at == lifted:
            self._ask_later(key, phone)

    # --- seeing ---

    def _seen(self, device: str, exchange: Exchange) -> None:
        """Whoever has asked a phone, and whatever for."""
        reply = exchange.reply
        if isinstance(reply, om.ExtStatus) and self._calls_help(reply) and not self._stopped:
            self._go(self._save(device, reply.id, reply))

    def _calls_help(self, reply: om.ExtStatus) -> bool:
        return any(self._rules.emergency.matches(outer.to or "") for outer in reply.outers)

    async def _save(self, device: str, number: str, reply: om.ExtStatus) -> None:
        """Alarm, where a phone calls help and nobody was told."""
        if not self._calls_help(reply):
            return
        now, rules = self._clock.now(), self._rules

        def unit(tx: Tx) -> list[str]:
            return emergencies.saw(tx, rules, device, number, reply.outers, now)

        found = await self._ownership.run(rules.property, unit, urgent=True)
        if found:
            self._alarmed(found)

    async def _take_up(self) -> None:
        """Hear the last reports before a stop again."""
        rows = await self._db.read(lambda tx: inbox.latest(tx, self._rules.property, LAST))
        for row in rows:
            try:
                message = decode_push(row.body)
            except Nonsense:
                continue
            if isinstance(message, om.Event):
                self.heard(news_of(row.device, message, row.at))

    def _go(self, work: Coroutine[Deferred[Any], Any, None]) -> None:
        if self._stopped:
            work.close()
            return
        Deferred.fromCoroutine(work).addErrback(self._failed)

    def _failed(self, failure: Any) -> None:
        if failure.check(HotelbridgeError) is None:
            self._log.failure(
                "{property}: a phone could not be asked", failure, property=self._rules.property
            )


def _tells(reply: om.ExtStatus) -> bool:
    """Whether an answer leaves nothing to ask: whom it calls, a call that is known, or none."""
    calls_out = any(outer.to for outer in reply.outers)
    known = bool(reply.exts or reply.visitors or reply.menus)
    return calls_out or known or (reply.state or "") in ("ready", "offline")
