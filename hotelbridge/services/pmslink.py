"""One property's link to its PMS: runs where the property runs, and tells how it stands.

A PMS takes one client at a time, so the link is started with the lease and stopped when the lease is
lost, whatever the reason. Layers are kept in the store, for the desk at any node; a link that is not
alive for a while is an alarm. Who is told what after the commit is given from outside (`Hooks`).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.errors import HotelbridgeError, Refusal
from hotelbridge.pms.api import (
    Capability,
    Layer,
    Link,
    Plugin,
    Posting,
    RoomStatus,
    Unavailable,
    WakeupNews,
    WakeupResult,
)
from hotelbridge.services import pmsstanding
from hotelbridge.services.effects import Effect
from hotelbridge.services.outbox import Outbox
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.pmscontext import Ears, Heard, PmsContext, Wires
from hotelbridge.services.pmsout import WordsOut
from hotelbridge.services.pmsstanding import Standing
from hotelbridge.services.rules import Rules
from hotelbridge.store import pms_state
from hotelbridge.texts import phrase

WATCH = 1.0  # seconds between two looks at whether the property is still ours
ASK_AGAIN = 300.0  # seconds until a resync that could not be asked for is tried again
PATIENCE = 60.0  # seconds that a link may be down before somebody is told


class Chosen(Protocol):
    """The plugin of a property, and its settings."""

    @property
    def plugin(self) -> Plugin:
        """What its entry point names."""
        ...

    @property
    def settings(self) -> Any:
        """An instance of the plugin's settings."""
        ...


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who acts on what a link has told, after the commit."""

    start: Callable[[list[Effect]], None]  # carry out what was decided, look at what is due
    rooms: Callable[[], None]  # phones may be out of sync
    peer_time: Callable[[datetime], None]


class PmsLink:
    """The link of one property, from the lease to its end."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        chosen: Chosen,
        ownership: Ownership,
        clock: Clock,
        wires: Wires,
        hooks: Hooks,
    ) -> None:
        self._rules = rules
        self._chosen = chosen
        self._ownership = ownership
        self._clock = clock
        self._wires = wires
        self._hooks = hooks
        self._link: Link | None = None
        self._context: PmsContext | None = None
        self._up: dict[Layer, bool | None] = {}
        self._detail = ""
        self._resynced = False  # the PMS has told once how everything stands
        self._saving = self._changed = False
        self._timers: dict[str, IDelayedCall] = {}
        self._ending: Deferred[None] | None = None
        self._beginning = self._stopped = self._overdue = False
        rules.pms_news = self.can(Capability.WAKEUP_NEWS)
        rules.posts_charges = self.can(Capability.CHARGES)
        self.out = WordsOut(rules, ownership, clock, self._say)
        self.charges = Outbox(rules, ownership, clock, self._post, self._may_post)

    @property
    def flowing(self) -> bool:
        """Whether data may go both ways now."""
        return self._up.get(Layer.FLOWING) is True

    def can(self, capability: Capability) -> bool:
        """Whether the plugin does this."""
        return capability in self._chosen.plugin.capabilities

    # --- life ---

    def gained(self) -> None:
        """The property has become ours, maybe again: who held it meanwhile may have the line."""
        self._go(self._end())
        self._watch()
        self.charges.gained()

    async def stop(self) -> None:
        """End the link; what is under way is in the store."""
        self._stopped = True
        for name in list(self._timers):
            self._cancel(name)
        self.out.stop()
        self.charges.stop()
        await self._end()

    def _watch(self) -> None:
        """Whether the line should stand and does: looked at again and again.

        A lease that was not renewed is lost without a word, and may come back without one; a store that
        does not answer at the start must not cost the link.
        """
        if self._stopped:
            return
        self._set("watch", WATCH, self._watch)
        ours = self._ownership.holds(self._rules.property)
        if not ours:
            self._cancel("patience")
            self._overdue = False
        elif self._link is None:
            self._be_patient()
        if ours and self._link is None and self._ending is None and not self._beginning:
            self._go(self._begin())
        elif not ours and self._link is not None:
            self._log.warn("{hotel} is not ours any more: the PMS link ends", hotel=self._rules.property)
            self._go(self._end())

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        done = Deferred.fromCoroutine(work)
        done.addErrback(self._failed)

    def _failed(self, failure: Failure) -> None:
        if isinstance(failure.value, HotelbridgeError):
            self._log.warn("the PMS link waits: {why}", why=failure.getErrorMessage())
        else:
            self._log.failure("the PMS link did not begin or end well", failure)

    async def _begin(self) -> None:
        self._beginning = True
        try:
            rules, now = self._rules, self._clock.now()
            stands = self._standing()
            marks = await self._ownership.run(
                rules.property, lambda tx: pmsstanding.begin(tx, rules, stands, now)
            )
        finally:
            self._beginning = False
        if not self._stopped:
            self._connect("resynced" in marks)

    def _connect(self, resynced: bool) -> None:
        self._resynced = resynced
        ears = Ears(self._applied, self._layers, self._hooks.peer_time)
        plugin = self._chosen.plugin
        self._context = PmsContext(self._rules, plugin.name, self._ownership, self._clock, self._wires, ears)
        self._link = plugin.connect(self._context, self._chosen.settings)
        self._layers({layer: None for layer in Layer}, phrase("begins"))
        self._link.start()

    async def _end(self) -> None:
        if self._link is None:
            if self._ending is not None:
                await _beside(self._ending)
            return
        link, context = self._link, self._context
        self._link = self._context = None
        self._up = {}
        self._trust()
        self._ending = Deferred()
        try:
            await link.stop()
        finally:
            if context is not None:
                await context.note()
                context.close()
            await self._ended_well()
            ending, self._ending = self._ending, None
            ending.callback(None)

    async def _ended_well(self) -> None:
        property = self._rules.property
        try:
            await self._ownership.run(property, lambda tx: pmsstanding.ended_well(tx, property))
        except HotelbridgeError as error:
            self._log.info("the end of the PMS link was not noted: {why}", why=error)

    def _set(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        self._cancel(name)
        self._timers[name] = self._clock.call_later(seconds, call)

    def _cancel(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None and timer.active():
            timer.cancel()

    # --- what the link tells ---

    def _applied(self, heard: Heard) -> None:
        self._resynced |= heard.resynced
        self._trust()
        self._hooks.start(list(heard.effects))
        if heard.anything:
            self._hooks.rooms()
        if heard.audit_ended and self.flowing:
            self._ask_what_is_wanted()
        self.charges.look()

    def _trust(self) -> None:
        """Whether silence of the PMS about a room means that nobody is there (rule B3)."""
        self._rules.pms_heard = self._up.get(Layer.ALIVE) is True
        self._rules.pms_trusted = self._resynced and self._rules.pms_heard

    def _layers(self, up: Mapping[Layer, bool | None], detail: str) -> None:
        if self._link is None:
            return  # it ends: whoever runs the property next tells how the line stands
        was_flowing, was_alive = self.flowing, self._up.get(Layer.ALIVE)
        self._up, self._detail = dict(up), detail
        self._log_turn(was_alive, up.get(Layer.ALIVE), detail)
        self._trust()
        if up.get(Layer.ALIVE) is True:
            self._cancel("patience")
            self._overdue = False
        else:
            self._be_patient()
        self._save_soon()
        if self.flowing and not was_flowing:
            self.out.line_up()
            self.charges.line_up()
            self._ask_what_is_wanted()

    def _log_turn(self, before: bool | None, now: bool | None, detail: str) -> None:
        hotel = self._rules.property
        if now is True and before is not True:
            self._log.info("{hotel}: the link to the PMS stands", hotel=hotel)
        elif before is True and now is not True:
            self._log.warn("{hotel}: the link to the PMS is lost: {why}", hotel=hotel, why=detail)

    def _be_patient(self) -> None:
        """Somebody is to be told, but not of every short break."""
        if "patience" not in self._timers:
            self._set("patience", PATIENCE, self._is_overdue)

    def _is_overdue(self) -> None:
        self._overdue = True
        self._save_soon()

    def _standing(self) -> Standing:
        layers = {str(layer): self._up.get(layer) for layer in Layer}
        alive = self._up.get(Layer.ALIVE) is True
        return Standing(self._chosen.plugin.name, layers, self._detail, alive, self._overdue)

    def _save_soon(self) -> None:
        self._changed = True
        if not self._saving:
            self._saving = True
            saved = Deferred.fromCoroutine(self._save())
            saved.addErrback(lambda failure: self._log.failure("the state of the link was not kept", failure))

    async def _save(self) -> None:
        """Keep how the link stands now; several changes in a row are one."""
        try:
            while self._changed:
                self._changed = False
                kept = partial(
                    pmsstanding.keep, rules=self._rules, now_so=self._standing(), now=self._clock.now()
                )
                await self._ownership.run(self._rules.property, kept)
        except HotelbridgeError as error:
            self._log.info("the state of the PMS link was not kept: {why}", why=error)
        finally:
            self._saving = False

    # --- what the house asks ---

    async def request_resync(self) -> None:
        """Have the PMS tell how everything stands.

        Refuses `not_offered`, `pms_unavailable` (409); raises PmsError where it does not take it. Where it
        could not be said now (`Unavailable`), it is tried again as long as it is wanted in the store.
        """
        link = self._reached(Capability.RESYNC, phrase("This PMS cannot be asked for a resync."))
        await self._asked(self._clock.now())
        try:
            await link.request_resync()
        except Unavailable:
            await self._asked(None)
            if not self._stopped:
                self._set("resync", ASK_AGAIN, self._ask_what_is_wanted)
            raise

    async def _asked(self, at: datetime | None) -> None:
        property = self._rules.property
        await self._ownership.run(property, lambda tx: pmsstanding.resync_asked(tx, property, at))

    async def tell_status(self, status: RoomStatus) -> None:
        """Tell the PMS the status of a room. Refuses and raises as `request_resync`."""
        cannot = phrase("This PMS cannot be told the status of a room.")
        await self._reached(Capability.ROOM_STATUS, cannot).report_room_status(status)

    def _reached(self, needed: Capability, cannot: str) -> Link:
        if not self.can(needed):
            raise Refusal("not_offered", cannot, status=409)
        if self._link is None or not self.flowing:
            raise Refusal("pms_unavailable", "The link to the PMS is down now.", status=409)
        return self._link

    def _ask_what_is_wanted(self) -> None:
        self._cancel("resync")
        asked = Deferred.fromCoroutine(self._resync_if_wanted())
        asked.addErrback(lambda failure: self._log.failure("asking for a resync failed", failure))

    async def _resync_if_wanted(self) -> None:
        """Where our own data is new, or lost with a restore (rule K2): only then we ask by ourselves."""
        property = self._rules.property
        try:
            marks = await self._ownership.run(property, lambda tx: pms_state.values(tx, property, house=True))
            if "want_resync" in marks and self.flowing:
                await self.request_resync()
                done = {f"{pms_state.HOUSE}want_resync": None}
                await self._ownership.run(property, lambda tx: pms_state.keep(tx, property, done))
        except HotelbridgeError as error:
            self._log.info("no resync now: {why}", why=error)

    async def _say(self, words: WakeupResult | WakeupNews) -> None:
        """Hand words to the link. Raises what the link raises; `CancelledError` where there is none."""
        if self._link is None or not self.flowing:
            raise CancelledError
        if isinstance(words, WakeupResult):
            await self._link.report_wakeup(words)
        else:
            await self._link.report_wakeup_news(words)

    def _may_post(self) -> bool:
        return self.flowing and self._rules.posts_charges

    async def _post(self, posting: Posting) -> str:
        """Hand a charge to the link; the PMS's words. Raises what the link raises."""
        if self._link is None or not self.flowing:
            raise Unavailable("the link to the PMS is down")
        return await self._link.post_charge(posting)


async def _beside(event: Deferred[None]) -> None:
    mine: Deferred[None] = Deferred()
    event.addCallback(mine.callback)
    await mine
