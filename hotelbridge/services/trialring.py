"""One ring that a person asked for: does the phone ring, and does its report reach us?

Rings nobody who is in a call, and never a phone that a wake-up may want. What it placed it ends only
as a wake-up's call is ended: after a RING or ANSWER of its own without an end since, and when a Query
just before shows a call with nobody but the menu.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall

from hotelbridge.clock import Clock
from hotelbridge.core.devicecheck import Trial
from hotelbridge.core.preflight import Look
from hotelbridge.errors import DeviceError, HotelbridgeError, Nonsense, NotWritten
from hotelbridge.om import messages as om
from hotelbridge.om.client import OmClient
from hotelbridge.om.codec import decode_push
from hotelbridge.services.ears import Ear

RING = 20.0  # seconds that it rings, so that somebody can lift it
NOT_EXIST = 7  # the err code of chapter 2.4.3
LISTEN = 15.0  # seconds off hook before the call is ended


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which phone, with which menu, and how soon it has to be reported."""

    device: str
    phone: str
    menu: str
    within: float = 10.0  # seconds


class TrialRing:
    """A ring on its way."""

    def __init__(self, client: OmClient, clock: Clock, wanted: Wanted) -> None:
        self._client = client
        self._clock = clock
        self._wanted = wanted
        self._placed = 0.0  # monotonic
        self._rang: float | None = None  # seconds after the Connect
        self._answered = False
        self._ended = False
        self._failed: om.Failed | None = None
        self._waiting: Deferred[None] | None = None

    async def run(self, ear: Ear) -> Trial:
        """Ring, listen, and end the call; what was seen."""
        trial = Trial(self._wanted.phone, ear.where, within=self._wanted.within)
        look = await self._look()
        if look is None or look.state != "ready":
            return replace(trial, refused=_not_ready(look))
        ear.start(self._heard)
        try:
            return await self._ring(trial)
        finally:
            await ear.stop()

    async def _ring(self, trial: Trial) -> Trial:
        self._placed = self._clock.monotonic()
        connect = om.Connect(om.Menu(self._wanted.menu), om.Ext(self._wanted.phone))
        try:
            reply = await self._client.send(connect, urgent=True)
        except NotWritten as error:
            return replace(trial, refused=f"the device could not be reached: {error}")
        except (DeviceError, Nonsense):
            reply = om.Empty()  # a lost answer proves nothing: it may ring
        if isinstance(reply, om.Failed):
            self._failed = reply
        await self._until(lambda: self._rang is not None or self._failed is not None, self._wanted.within)
        if self._failed is not None and self._rang is None:
            return replace(trial, refused=self._failed.reason or "FAILED", code=self._failed.code or 0)
        if self._rang is None:
            return replace(trial, seen=await self._look())
        await self._until(lambda: self._answered or self._ended, RING)
        if self._answered:
            await self._until(lambda: self._ended, LISTEN)
        cleared = not self._ended and await self._cleared()
        if cleared:
            await self._until(lambda: self._ended, self._wanted.within)
        return replace(
            trial,
            rang_after=self._rang,
            answered=self._answered,
            ended=self._ended and not cleared,
            cleared=cleared,
        )

    async def _look(self) -> Look | None:
        """What the phone is doing; None where the device does not tell."""
        try:
            return look_of(await self._client.send(om.QueryExt(self._wanted.phone), urgent=True))
        except HotelbridgeError:
            return None

    async def _cleared(self) -> bool:
        """End the call if it is certainly ours; whether the command was sent."""
        try:
            reply = await self._client.send(om.QueryExt(self._wanted.phone), urgent=True)
            ours = isinstance(reply, om.ExtStatus) and reply.state == "active" and not foreign(reply)
            if self._ended or not ours:
                return False
            await self._client.send(om.Clear(om.Ext(self._wanted.phone)), urgent=True)
        except HotelbridgeError:
            return False
        return True

    def _heard(self, device: str, at: datetime, body: bytes) -> None:
        try:
            event = decode_push(body)
        except Nonsense:
            return
        if device != self._wanted.device or not isinstance(event, om.Event):
            return
        if self._wanted.phone not in event.exts or not _about_a_menu(event):
            return
        if isinstance(event, om.Failed):
            self._failed = event
        if isinstance(event, om.Ring | om.Answer) and self._rang is None:
            self._rang = self._clock.monotonic() - self._placed
        if isinstance(event, om.Answer):
            self._answered = True
        if isinstance(event, om.Idle | om.Bye) and self._rang is not None:
            self._ended = True
        if self._waiting is not None and not self._waiting.called:
            self._waiting.callback(None)

    async def _until(self, over: Callable[[], bool], seconds: float) -> None:
        """Wait for reports until it is so, or the time is over."""
        end = self._clock.monotonic() + seconds
        while not over() and (left := end - self._clock.monotonic()) > 0:
            self._waiting = Deferred()
            timer: IDelayedCall = self._clock.call_later(left, self._waiting.callback, None)
            await self._waiting
            if timer.active():
                timer.cancel()


def look_of(reply: om.Reply) -> Look | None:
    """The answer to a Query of a phone; None where it is none. No body, or FAILED 7: no such phone."""
    if isinstance(reply, om.Empty) or (isinstance(reply, om.Failed) and reply.code == NOT_EXIST):
        return Look(known=False)
    if not isinstance(reply, om.ExtStatus):
        return None
    return Look(state=(reply.state or "").lower(), values=reply.values)


def foreign(status: om.ExtStatus) -> bool:
    """Whether the phone is in a call with somebody who is not a menu."""
    return bool(status.exts or status.visitors or status.outers)


def _about_a_menu(event: om.Event) -> bool:
    if isinstance(event, om.Idle | om.Failed) or event.menu is not None:
        return True
    return event.visitor is None and event.outer is None and len(event.exts) <= 1


def _not_ready(look: Look | None) -> str:
    if look is None:
        return "the device does not tell what the phone is doing"
    if not look.known:
        return "the device knows no such phone"
    words = {
        "active": "it is in a call; try again when it is free",
        "progress": "somebody has lifted it",
        "offline": "it is not connected",
        "offhook": "it is off the hook",
    }
    return words.get(look.state, f"its state is {look.state or 'not told'!r}, not ready")
