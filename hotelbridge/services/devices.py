"""One telephone exchange: is it there, does it hold our menus and groups.

Menus are assigned at start and after every BOOTUP, and the answer is compared, before the next
Connect (the device forgets them); its phones come after that (`roomsync`).
Connect and Clear go before all of this. Clear goes by extension and would drop whatever call is on
it, so it is sent only where a Query just before shows no call that is not ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from hotelbridge.clock import Clock
from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import DeviceError, HotelbridgeError, Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.client import OmClient
from hotelbridge.services import escalation
from hotelbridge.services.groups import keep_group
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.rules import Rules
from hotelbridge.settings import MenuSettings, OmSettings
from hotelbridge.store import phones
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

PROBE = 30.0  # seconds between two looks at a device that answers
PROBE_DOWN = 5.0  # ... that does not
PATIENCE = 15.0  # seconds that rings wait for the menus; then they go out all the same


@dataclass(frozen=True, slots=True)
class Seen:
    """What a Query of a phone showed."""

    state: str
    foreign: bool  # in a call with somebody who is not our menu
    values: dict[str, str] = field(default_factory=dict)  # its parameters; defaults may be absent
    lineid: str = ""


class DeviceLink:
    """The commands side of one device, and its health."""

    _log = Logger()

    def __init__(
        self,
        rules: Rules,
        settings: OmSettings,
        client: OmClient,
        ownership: Ownership,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self._rules = rules
        self._settings = settings
        self.property = rules.property
        self.client = client
        self._ownership = ownership
        self._clock = clock
        self._changed = changed  # something may ring now that could not before
        self._prepared: Callable[[om.DeviceInfo], None] = lambda info: None
        self._failures = 0
        self._up: bool | None = None
        self._bar: IDelayedCall | None = None
        self._probe: IDelayedCall | None = None
        self._task: Deferred[None] | None = None
        self._stopped = False

    def on_prepared(self, call: Callable[[om.DeviceInfo], None]) -> None:
        """Call whenever it holds its menus (again), with what it says of itself: its phones come next."""
        self._prepared = call

    @property
    def name(self) -> str:
        """The device's name in the configuration."""
        return self._settings.name

    @property
    def barred(self) -> bool:
        """Whether rings wait because the menus are being assigned."""
        return self._bar is not None

    @property
    def up(self) -> bool | None:
        """Whether it answered the last command; None before the first."""
        return self._up

    def prepare(self) -> None:
        """Assign menus; groups and phones come then: at start, and whenever the device has restarted."""
        if self._task is not None:
            self._task.cancel()
        if self._stopped:
            return
        self._lift_bar()
        self._bar = self._clock.call_later(PATIENCE, self._lift_bar)
        self._task = Deferred.fromCoroutine(self._prepare())
        self._task.addErrback(self._failed)

    def tell_time(self) -> None:
        """Have the device answer something now: each answer carries its time."""
        asked = self.client.send(om.QueryDevice())
        asked.addErrback(self._failed)

    async def stop(self) -> None:
        """No more commands."""
        self._stopped = True
        for timer in (self._bar, self._probe):
            if timer is not None and timer.active():
                timer.cancel()
        if self._task is not None:
            self._task.cancel()
        await self.client.close()

    def _failed(self, failure: Any) -> None:
        if failure.check(HotelbridgeError, CancelledError) is None:
            self._log.failure("preparing {device} failed", failure, device=self.name)

    def _lift_bar(self) -> None:
        if self._bar is not None:
            if self._bar.active():
                self._bar.cancel()
            self._bar = None
            self._changed()

    async def _prepare(self) -> None:
        try:
            info = await self._look()
            if info is None:
                return
            for menu in self._settings.menus:
                await self._assign_menu(menu)
        finally:
            self._lift_bar()
        self._prepared(info)

    async def _look(self) -> om.DeviceInfo | None:
        """Ask the device who it is; note whether it answers, and look again later."""
        if self._probe is not None and self._probe.active():
            self._probe.cancel()
        info, why = None, ""
        try:
            reply = await self.client.send(om.QueryDevice())
            if isinstance(reply, om.DeviceInfo):
                info = reply
            else:
                why = phrase("it answers, but not as a device: is its API switched on for this address?")
        except (DeviceError, Nonsense) as error:
            why = str(error) or type(error).__name__
        if not self._stopped:
            self._probe = self._clock.call_later(PROBE if info else PROBE_DOWN, self._look_again)
            await self._note(info, why)
        return info

    def _look_again(self) -> None:
        was_up = self._up

        async def look() -> None:
            info = await self._look()
            if info is not None and was_up is not True:
                self.prepare()

        Deferred.fromCoroutine(look()).addErrback(self._failed)

    async def _note(self, info: om.DeviceInfo | None, why: str) -> None:
        up = info is not None
        self._failures = 0 if up else self._failures + 1
        alarming = self._failures >= 2
        turned = up != self._up
        self._up = up
        now = self._clock.now()
        words = f"{info.model or ''} {info.version or ''}".strip() if info else why

        def unit(tx: Tx) -> None:
            known = phones.device(tx, self._rules.property, self.name)
            since = now if known.up != up else known.since
            last = now if up else known.last_reply_at
            shown = turned or known.up != up or known.detail != words
            record = replace(known, up=up, since=since, last_reply_at=last, detail=words)
            phones.save_device(tx, record, now, seen_at_desk=shown)
            if up:
                escalation.recovered(tx, self._rules.property, f"device:{self.name}", now, "it answers again")
            elif alarming:
                escalation.device_down(tx, self._rules, self.name, why, now)

        await self._ownership.run(self._rules.property, unit)
        if turned:
            self._log.info("{device} {words}", device=self.name, words="answers" if up else f"is down: {why}")

    async def _assign_menu(self, menu: MenuSettings) -> None:
        wanted = om.AssignMenu(
            id=str(menu.id),
            voicefile=menu.voicefile,
            repeat=menu.repeat,
            infolength=menu.infolength,
            exit=menu.exit or None,
        )
        try:
            reply = await self.client.send(wanted)
            wrong = _menu_differs(menu, reply)
        except (DeviceError, Nonsense) as error:
            wrong = str(error) or type(error).__name__
        text = phrase(
            f"Menu {menu.id} of {self.name} could not be set ({wrong}). Guests are rung all the same, but "
            f"may hear nothing: is the voice file {menu.voicefile} on the device?"
        )
        await self.verdict(f"menu:{self.name}/{menu.id}", text if wrong else "", phrase("the menu is set"))

    async def keep_groups(self) -> None:
        """See to it that the groups are as configured. Raises DeviceError where the device does not tell."""
        for group in self._settings.groups:
            wrong = await keep_group(self.client, self.name, group)
            await self.verdict(f"group:{self.name}/{group.id}", wrong, phrase("the group is set"))

    async def see_menu(self, number: str) -> bool:
        """Look whether a menu of ours is there; it is set again where it is not, with nobody in it.

        False where the device did not tell. A menu that cannot be set is an alarm.
        """
        menu = next((one for one in self._settings.menus if str(one.id) == number), None)
        if menu is None:
            return True
        try:
            reply = await self.client.send(om.QueryMenu(number))
        except (DeviceError, Nonsense):
            return False
        used = isinstance(reply, om.MenuStatus) and (reply.exts or reply.visitors or reply.outers)
        if _menu_differs(menu, reply) and not used:
            await self._assign_menu(menu)
        return True

    async def verdict(self, subject: str, wrong: str, well: str) -> None:
        """Raise the alarm about something of this device, or close it where nothing is wrong any more."""
        now = self._clock.now()

        def unit(tx: Tx) -> None:
            if wrong:
                escalation.raise_alarm(tx, self._rules, now, AlarmKind.DEVICE_PARAMETER, subject, wrong)
            else:
                escalation.recovered(tx, self._rules.property, subject, now, well)

        await self._ownership.run(self._rules.property, unit)

    async def look_at(self, number: str, *, urgent: bool = True) -> Seen:
        """What a phone is doing now. Raises DeviceError where the device does not tell."""
        reply = await self.client.send(om.QueryExt(number), urgent=urgent)
        if not isinstance(reply, om.ExtStatus):
            return Seen(state="", foreign=False)
        return Seen(
            state=(reply.state or "").lower(),
            foreign=bool(reply.exts or reply.visitors or reply.outers),
            values=reply.values,
            lineid=reply.lineid or "",
        )

    async def assign(
        self, lineid: str, values: Mapping[str, str], still_good: Callable[[], Deferred[bool]] | None = None
    ) -> dict[str, str] | None:
        """Set parameters of a phone, behind all calls; what it holds then. None: not an answer of a phone.

        `still_good` is asked right before the bytes are written; `Stale` where it says no.
        """
        command = om.AssignExt(lineid, tuple(values.items()))
        reply = await self.client.send(command, still_good=still_good)
        return reply.values if isinstance(reply, om.ExtStatus) else None

    async def clear(self, number: str, still_ours: Callable[[], Deferred[bool]]) -> Seen:
        """End our call on a phone, if a Query just before shows that it is ours; what that Query showed."""
        seen = await self.look_at(number)
        if seen.state == "active" and not seen.foreign:
            await self.client.send(om.Clear(om.Ext(number)), urgent=True, still_good=still_ours)
        return seen


def _menu_differs(menu: MenuSettings, reply: object) -> str:
    """What is different between the menu wanted and the device's answer; defaults may be left out of it."""
    if not isinstance(reply, om.MenuStatus):
        return phrase("the device did not answer with the menu")
    pairs = (
        ("voicefile", menu.voicefile, reply.voicefile or ""),
        ("repeat", str(menu.repeat), str(reply.repeat if reply.repeat is not None else 0)),
        ("infolength", str(menu.infolength), str(reply.infolength if reply.infolength is not None else 1)),
        ("exit", menu.exit, reply.exit or ""),
    )
    return ", ".join(_is_not(*pair) for pair in pairs if pair[1] != pair[2])


def _is_not(name: str, wanted: str, held: str) -> str:
    found, meant = repr(held), repr(wanted)
    return phrase(f"{name} is {found}, not {meant}")
