"""Everything that runs for one property, put together: its loop, its devices, its phones, its PMS.

A part of the composition root; holds no logic of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from twisted.internet.interfaces import IStreamClientEndpoint

from hotelbridge.clock import MachineClock
from hotelbridge.core.records import Phone
from hotelbridge.metrics import Metrics
from hotelbridge.om.client import Exchange, OmClient
from hotelbridge.services import channels
from hotelbridge.services.clockwatch import ClockWatch
from hotelbridge.services.deskunits import House
from hotelbridge.services.devices import DeviceLink
from hotelbridge.services.hands import Hands
from hotelbridge.services.houseclock import HouseClock
from hotelbridge.services.nightlist import NightLists
from hotelbridge.services.offhook import OffHook
from hotelbridge.services.omrecorder import OmRecorder
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.pmscontext import Wires
from hotelbridge.services.pmslink import Chosen, Hooks, PmsLink
from hotelbridge.services.preflight import Preflight
from hotelbridge.services.reconcilenights import ReconcileNights
from hotelbridge.services.roomactions import RoomActions
from hotelbridge.services.roomsync import RoomSync
from hotelbridge.services.rules import Rules
from hotelbridge.services.tariffwatch import Aside, TariffWatch, at_once
from hotelbridge.services.wakeups import PropertyLoop
from hotelbridge.settings import OmSettings
from hotelbridge.store import history, journal
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.reserve import Reserve
from hotelbridge.store.runners import Runner


def _no_wire(endpoint: str) -> Any:
    raise ValueError(f"nothing leads to {endpoint} here")


NO_WIRES = Wires(None, _no_wire, _no_wire)


def _no_plugins() -> Mapping[str, Chosen]:
    return {}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The far ends of a house."""

    clock: MachineClock
    runner: Runner
    endpoint: Callable[[OmSettings], IStreamClientEndpoint]
    deliver: channels.Deliver  # out of the house: commands, hooks, mail
    wires: Wires = NO_WIRES  # to PMSs
    plugins: Callable[[], Mapping[str, Chosen]] = _no_plugins  # by property
    reserve: Reserve | None = None  # room kept back on the store's disk
    aside: Aside = at_once  # what takes long, beside the thread that everything waits for
    identity: str = ""  # of this process; empty where there cannot be another one of its node


@dataclass(frozen=True, slots=True)
class Node:
    """What the properties of one node share."""

    db: Database
    clock: HouseClock
    ownership: Ownership
    watch: ClockWatch
    metrics: Metrics


def _phone_took(tx: Tx, phone: Phone, words: str, at: datetime) -> None:
    """What was set on a phone, and why, is part of the story of its rooms."""
    for room in phone.rooms:
        journal.write(tx, phone.property, at, history.ITSELF, room, "phone_set", words)


def _tell_all(taps: Iterable[Callable[[Exchange], None]], exchange: Exchange) -> None:
    for tap in taps:
        tap(exchange)


class PropertyParts:
    """One property's services, from the lease to the end."""

    def __init__(
        self, rules: Rules, node: Node, around: Surroundings, chosen: Chosen | None, tariff: Path | None
    ) -> None:
        self.rules = rules
        self._node = node
        own, clock = node.ownership, node.clock
        links: dict[str, DeviceLink] = {}
        hands = Hands(rules, node.db, own, links, clock, node.metrics, around.deliver)
        loop = PropertyLoop(rules, own, links, clock, node.metrics, hands)
        self._recorder = OmRecorder(rules, node.db, clock)
        self._off_hook = OffHook(rules, node.db, own, links, clock, loop.alarmed)
        loop.tell_off_hook(self._off_hook.heard)
        for om in rules.settings.om:
            client = self._client(om, around)
            links[om.name] = DeviceLink(rules, om, client, own, clock, loop.poke)
        self.devices = tuple(links.values())
        self.house = House(rules, loop)
        self._nights = NightLists(rules, own, clock, loop.poke)
        self._accounts = ReconcileNights(rules, node.db, own, clock)
        self._lookout = Preflight(rules, node.db, own, links, clock)
        self._phones = RoomSync(rules, own, links, clock, journal=_phone_took)
        self._tariff = TariffWatch(rules, tariff, own, clock, around.aside, priced=self._phones.poke)
        loop.tell_of_phones(self._phones.booted, self._phones.online)
        self.pms = None if chosen is None else self._link(chosen, around)
        self.actions = RoomActions(rules, self.pms, self._phones.poke)

    def _client(self, om: OmSettings, around: Surroundings) -> OmClient:
        taps = (self._recorder.tap(om.name), self._off_hook.tap(om.name))
        client = OmClient(
            around.endpoint(om),
            self._node.clock,
            url=om.url,
            timeout=om.timeout.total_seconds(),
            in_flight=om.in_flight,
            tap=partial(_tell_all, taps),
        )
        client.on_date(partial(self._node.watch.hear, self.rules.property, om.name))
        return client

    def _link(self, chosen: Chosen, around: Surroundings) -> PmsLink:
        hear = partial(self._node.watch.hear, self.rules.property, "pms")
        hooks = Hooks(self.house.loop.start, self._phones.poke, hear)
        return PmsLink(self.rules, chosen, self._node.ownership, self._node.clock, around.wires, hooks)

    def gained(self) -> None:
        """The property has become ours."""
        self._tariff.gained()
        self.house.loop.gained()
        self._off_hook.gained()
        self._phones.gained()
        self._lookout.gained()
        self._nights.gained()
        self._accounts.gained()
        if self.pms is not None:
            self.pms.gained()

    def committed(self, kinds: Collection[str]) -> None:
        """Whoever saved it: an alarm may want to be heard, a wake-up to be listed, a result to be said."""
        if "alarm" in kinds:
            self.house.loop.poke()
        if "charge" in kinds and self.pms is not None:
            self.pms.charges.look()
        if "wakeup" in kinds:
            self._nights.changed()
        if not {"wakeup", "alarm"}.isdisjoint(kinds) and self.pms is not None and self.pms.flowing:
            self.pms.out.look_for_new()

    async def stop(self) -> None:
        """Save what is under way, end the links."""
        if self.pms is not None:
            await self.pms.stop()
        self._tariff.stop()
        self._lookout.stop()
        self._off_hook.stop()
        self._phones.stop()
        self._nights.stop()
        self._accounts.stop()
        await self.house.loop.stop()
        for device in self.devices:
            await device.stop()
        await self._recorder.stop()
