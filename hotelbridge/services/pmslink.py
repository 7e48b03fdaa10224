"""One property's link to its PMS: runs where the property runs, and tells how it stands.

A PMS takes one client at a time, so the link is started with the lease and stopped when the lease is
lost, whatever the reason. Layers are kept in the store, for the desk at any node; a link that is not
alive for a while is an alarm. Who is told what after the commit is given from outside (`Hooks`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import HotelbridgeError, Refusal
from hotelbridge.pms.api import Capability, Layer, Link, Plugin, PmsError, WakeupNews, WakeupResult
from hotelbridge.services import escalation
from hotelbridge.services.effects import Effect
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.pmscontext import LINK, Ears, Heard, PmsContext, Wires
from hotelbridge.services.pmsout import WordsOut
from hotelbridge.services.rules import Rules
from hotelbridge.store import pms_state
from hotelbridge.store.database import Tx

WATCH = 1.0  # seconds between two looks at whether the property is still ours
PATIENCE = 60.0  # seconds that a link may be down before somebody is told
SUBJECT = "link:pms"
FIRST_MARKS = ("begun", "want_resync")  # of a link that was never there before


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
        rules.pms_news = self.can(Capability.WAKEUP_NEWS)
        self.out = WordsOut(rules, ownership, clock, self._say)

    @property
    def flowing(self) -> bool:
        """Whether data may go both ways now."""
        return self._up.get(Layer.FLOWING) is True

    def can(self, capability: Capability) -> bool:
        """Whether the plugin does this."""
        return capability in self._chosen.plugin.capabilities

    # --- life ---

    def gained(self) -> None:
        """The property has become ours."""
        started = Deferred.fromCoroutine(self._begin())
        started.addErrback(lambda failure: self._log.failure("the PMS link could not be started", failure))

    async def stop(self) -> None:
        """End the link; what is under way is in the store."""
        for name in list(self._timers):
            self._cancel(name)
        self.out.stop()
        await self._end()

    async def _begin(self) -> None:
        await self._end()
        property = self._rules.property
        marks = await self._ownership.run(property, lambda tx: self._marks(tx))
        self._resynced = "resynced" in marks
        ears = Ears(self._applied, self._layers, self._hooks.peer_time)
        plugin = self._chosen.plugin
        self._context = PmsContext(self._rules, plugin.name, self._ownership, self._clock, self._wires, ears)
        self._link = plugin.connect(self._context, self._chosen.settings)
        self._layers({layer: None for layer in Layer}, "begins")
        self._link.start()
        self._set("watch", WATCH, self._watch)

    def _marks(self, tx: Tx) -> dict[str, str]:
        """What is known of this PMS; one that is new to us is asked once how everything stands."""
        marks = pms_state.values(tx, self._rules.property, house=True)
        if "begun" not in marks:
            begun = {f"{pms_state.HOUSE}{key}": self._clock.now().isoformat() for key in FIRST_MARKS}
            pms_state.keep(tx, self._rules.property, begun)
        return marks

    async def _end(self) -> None:
        if self._link is None:
            if self._ending is not None:
                await _beside(self._ending)
            return
        link, context = self._link, self._context
        self._link = self._context = None
        self._up = {}
        self._rules.pms_trusted = False
        self._ending = Deferred()
        try:
            await link.stop()
        finally:
            ending, self._ending = self._ending, None
            if context is not None:
                await context.note()
                context.close()
            ending.callback(None)

    def _watch(self) -> None:
        """A lease that was not renewed is lost without a word: the line must be free for another node."""
        if self._ownership.holds(self._rules.property):
            self._set("watch", WATCH, self._watch)
            return
        self._log.warn("{property} is not ours any more: the PMS link ends", property=self._rules.property)
        ended = Deferred.fromCoroutine(self._end())
        ended.addErrback(lambda failure: self._log.failure("the PMS link did not end well", failure))

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

    def _trust(self) -> None:
        """Whether silence of the PMS about a room means that nobody is there (rule B3)."""
        self._rules.pms_trusted = self._resynced and self._up.get(Layer.ALIVE) is True

    def _layers(self, up: Mapping[Layer, bool | None], detail: str) -> None:
        if self._link is None:
            return  # it ends: whoever runs the property next tells how the line stands
        was_flowing = self.flowing
        self._up, self._detail = dict(up), detail
        self._trust()
        if up.get(Layer.ALIVE) is True:
            self._cancel("patience")
        elif "patience" not in self._timers:
            self._set("patience", PATIENCE, self._save_soon)
        self._save_soon()
        if self.flowing and not was_flowing:
            self.out.look()
            self._ask_what_is_wanted()

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
                now = self._clock.now()
                await self._ownership.run(self._rules.property, lambda tx, now=now: self._keep(tx, now))  # type: ignore[misc]
        except HotelbridgeError as error:
            self._log.info("the state of the PMS link was not kept: {why}", why=error)
        finally:
            self._saving = False

    def _keep(self, tx: Tx, now: datetime) -> None:
        property = self._rules.property
        layers = {str(layer): up for layer, up in self._up.items()}
        known = json.loads(pms_state.values(tx, property, house=True).get("link", "{}"))
        if known.get("layers") != layers or known.get("detail") != self._detail:
            turned = known.get("layers") != layers
            since = now.isoformat() if turned else known.get("since", now.isoformat())
            kept = {"layers": layers, "detail": self._detail, "since": since}
            pms_state.keep(tx, property, {f"{pms_state.HOUSE}link": json.dumps(kept)})
            tx.changed(property, "link", LINK, now)
        if self._up.get(Layer.ALIVE) is True:
            escalation.recovered(tx, property, SUBJECT, now, "the PMS answers again")
        elif not self._timers.get("patience") or not self._timers["patience"].active():
            escalation.raise_alarm(tx, self._rules, now, AlarmKind.LINK_DOWN, SUBJECT, self._down())

    def _down(self) -> str:
        why = f": {self._detail.rstrip('.')}" if self._detail else ""
        return (
            f"The link to the hotel's PMS ({self._chosen.plugin.name}) is down{why}. Check guests in and out "
            "at the desk meanwhile; what the PMS sends is taken up when it is back."
        )

    # --- what the house asks ---

    async def request_resync(self) -> None:
        """Have the PMS tell how everything stands. Refuses `pms_unavailable`, `not_offered` (409)."""
        if not self.can(Capability.RESYNC):
            raise Refusal("not_offered", "This PMS cannot be asked for a resync.", status=409)
        if self._link is None or not self.flowing:
            raise Refusal("pms_unavailable", "The link to the PMS is down now.", status=409)
        try:
            await self._link.request_resync()
        except PmsError as error:
            raise Refusal("pms_unavailable", f"The PMS did not take it: {error}", status=409) from None

    def _ask_what_is_wanted(self) -> None:
        asked = Deferred.fromCoroutine(self._resync_if_wanted())
        asked.addErrback(lambda failure: self._log.failure("asking for a resync failed", failure))

    async def _resync_if_wanted(self) -> None:
        """Where our own data is new, or lost with a restore (rule K2): only then we ask by ourselves."""
        property = self._rules.property
        try:
            marks = await self._ownership.run(property, lambda tx: pms_state.values(tx, property, house=True))
            if "want_resync" in marks:
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


async def _beside(event: Deferred[None]) -> None:
    mine: Deferred[None] = Deferred()
    event.addCallback(mine.callback)
    await mine
