"""The desk's phones rung without a row: while nothing can be saved, a call cannot be an attempt.

One call at a time, each phone in its turn, with a pause between two. What happens to a call is heard
from the device's reports before they are saved; it is ended only if it rang for us, nobody put it down
since, and the phone shows no other party (R5). Nothing of it survives the process: nothing has to.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import Report
from hotelbridge.errors import HotelbridgeError, Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.codec import decode_push
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.dispatch import RING_WITHIN
from hotelbridge.services.rules import Rules


@dataclass(slots=True)
class _Call:
    """The call under way, as far as the device has told."""

    device: str
    phone: str
    until: float  # monotonic: then it is ended
    rang: bool = False
    answered: bool = False
    over: bool = False


class DeskRing:
    """One property's desk phones; `go_on` is called again and again while somebody must be told."""

    _log = Logger()

    def __init__(self, rules: Rules, devices: Mapping[str, DeviceLink], clock: Clock) -> None:
        self._rules = rules
        self._devices = devices
        self._clock = clock
        self._call: _Call | None = None
        self._busy = False  # a command about it is under way
        self._turn = 0  # which phone is next
        self._quiet_until = float("-inf")
        self._wanted = False

    def go_on(self) -> None:
        """Ring the next phone when it is time, or end a call that has lasted long enough."""
        self._wanted = True
        now = self._clock.monotonic()
        if self._busy:
            return
        if self._call is not None:
            if self._call.over or now >= self._call.until:
                self._run(self._end(self._call))
        elif self._rules.desk_phones and now >= self._quiet_until:
            phones = self._rules.desk_phones
            device, number = phones[self._turn % len(phones)]
            self._turn += 1
            self._run(self._ring(device, number))

    def stop(self) -> None:
        """Nobody needs to be told any more: the call under way is withdrawn, unless somebody listens."""
        self._wanted = False
        if self._call is not None and not self._busy:
            if self._call.answered:
                self._call = None
            else:
                self._run(self._end(self._call))
        self._turn, self._quiet_until = 0, float("-inf")

    def heard(self, reports: Sequence[Report]) -> None:
        """What devices have reported; nothing else than our call is looked at."""
        call = self._call
        if call is None:
            return
        for report in reports:
            if (report.property, report.device) == (self._rules.property, call.device):
                self._learn(call, report.body)

    def _learn(self, call: _Call, body: bytes) -> None:
        try:
            event = decode_push(body)
        except Nonsense:
            return
        if isinstance(event, om.Bootup):
            call.over = True
        elif not isinstance(event, om.Event) or event.ext != call.phone:
            return
        elif isinstance(event, om.Ring):
            call.rang = True
        elif isinstance(event, om.Answer):
            call.rang = call.answered = True
            call.until = self._clock.monotonic() + self._rules.settings.desk.talk.total_seconds()
        elif isinstance(event, om.Idle | om.Bye | om.Failed) and call.rang:
            call.over = True

    def _run(self, turn: Coroutine[Deferred[Any], Any, None]) -> None:
        self._busy = True
        done = Deferred.fromCoroutine(turn)
        done.addErrback(lambda failure: self._log.warn("the desk's phones: {why}", why=failure.value))
        done.addBoth(self._turned)

    def _turned(self, _: object) -> None:
        self._busy = False
        if not self._wanted:
            self.stop()

    async def _ring(self, device: str, number: str) -> None:
        now, desk = self._clock.monotonic(), self._rules.settings.desk
        self._quiet_until = now + desk.pause.total_seconds()
        call = _Call(device, number, now + desk.ring.total_seconds())
        self._call = call  # its RING may be told before the reply
        self._log.info("ringing {phone} on {device}: nothing can be saved", phone=number, device=device)
        try:
            reply = await self._devices[device].client.send(
                om.Connect(om.Menu(str(desk.menu)), om.Ext(number)),
                not_after=self._clock.now() + RING_WITHIN,
                still_good=lambda: succeed(self._wanted),
                urgent=True,
            )
        except HotelbridgeError as error:
            self._log.info("{phone} was not rung: {why}", phone=number, why=error)
            self._call = None
            return
        if isinstance(reply, om.Failed):
            self._log.info("{phone} was not rung: {why}", phone=number, why=reply.reason or reply.code)
            self._call = None

    async def _end(self, call: _Call) -> None:
        """End it if it is still ours, and leave the desk in peace: longer where somebody has listened."""
        pause = self._rules.settings.desk.pause
        if call.answered:
            pause, self._turn = self._rules.manners.second_repeat, 0
        try:
            if call.rang and not call.over:
                await self._devices[call.device].clear(call.phone, lambda: succeed(not call.over))
        finally:
            self._call = None
            self._quiet_until = self._clock.monotonic() + pause.total_seconds()
