"""Asks a telephone exchange what `core.devicecheck` judges: itself, its parameters, menus and phones.

Nothing is changed on the device, but for a ring that somebody asked for: then the phone's reports are
switched on and a missing menu is set, as the daemon would do before its first wake-up. A device that
keeps something to itself costs a note, not the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from twisted.internet.error import CannotListenError

from hotelbridge.clock import Clock
from hotelbridge.core import devicecheck as judge
from hotelbridge.core.devicecheck import Finding, Gravity, MenuShape
from hotelbridge.core.preflight import Look
from hotelbridge.core.records import WakeupState
from hotelbridge.errors import DeviceError, HotelbridgeError, Nonsense, NotWritten
from hotelbridge.om import messages as om
from hotelbridge.om.client import OmClient
from hotelbridge.om.codec import decode_push
from hotelbridge.services.ears import Ear
from hotelbridge.services.trialring import TrialRing, Wanted, look_of
from hotelbridge.settings import MenuSettings, OmSettings, PropertySettings
from hotelbridge.store import leases, phones, reports, wakeups
from hotelbridge.store.database import Database, Tx

READ = (
    "API_METHOD",
    "CONTROL_TYPE",
    "CONFIG_CHANGE",
    "API_MAC",
    "API_RESPONSE_TO",
    "API_PASSWORD",
    "API_TIMEOUT",
)
FACTORY_PASSWORD = "admin"  # as the manual prints it (chapter 4.2)
AT_ONCE = 8  # queries waiting together; the client sends fewer at a time
RESERVED = timedelta(minutes=5)  # a phone with a wake-up so near is left alone

OpenEar = Callable[[bool], Ear]  # whether the daemon runs


@dataclass(frozen=True, slots=True)
class Known:
    """What the store can tell of a device."""

    running: bool = False  # a daemon holds the property's lease
    prepared: frozenset[str] = frozenset()  # phones that it has set up before
    keys: int = 0  # keys of extensions that were reported
    spoken_for: str = ""  # why a phone must not be rung now


class Inspection:
    """One look at one device."""

    def __init__(
        self,
        property: PropertySettings,
        device: OmSettings,
        client: OmClient,
        clock: Clock,
        db: Database | None,
        password: str | None = None,
    ) -> None:
        self._property = property
        self._device = device
        self._client = client
        self._ahead: timedelta | None = None
        client.on_date(self._dated)
        self._clock = clock
        self._db = db
        self._password = password
        self._rooms = {
            number: room.number
            for room in property.rooms
            for name, number in property.phones_of(room)
            if name == device.name
        }
        self._desk = [number for name, number in property.desk_phones if name == device.name]
        self._menus: dict[int, MenuShape | None] = {}
        self._looks: dict[str, Look] = {}
        self._lines: dict[str, str] = {}

    async def look(self) -> list[Finding]:
        """Everything that can be found out without ringing."""
        try:
            reply = await self._client.send(om.QueryDevice())
        except (DeviceError, Nonsense) as error:
            return [self._silent(error)]
        if not isinstance(reply, om.DeviceInfo):
            return [judge.of_deafness("the answer is no description of a device")]
        self._lines = {line.id: line.lineid for line in reply.exts}
        known = await self._known(None)
        found = [
            judge.of_identity(reply.model or "", reply.version or "", len(reply.exts), len(reply.lines)),
            *judge.of_clock(self._clock_ahead()),
            *judge.of_lines(list(self._rooms), self._lines, self._desk),
            *await self._parameters(reply),
        ]
        for menu in self._device.menus:
            found += await self._menu(menu, known)
        found += await self._phones(known)
        return [*found, *judge.of_proof(self._property.wakeup.proof, known.keys)]

    async def ring(self, number: str, open_ear: OpenEar) -> list[Finding]:
        """Ring a phone that the operator named, and demand its report (after `look`)."""
        if number not in self._lines:
            about = (f"ring of phone {number}",)
            return [Finding(Gravity.WRONG, about, "was not tried: the device knows no such phone")]
        known = await self._known(number)
        if known.spoken_for:
            about = (f"ring of phone {number}",)
            return [Finding(Gravity.WRONG, about, f"was not tried: {known.spoken_for}", "Try again later.")]
        menu = self._property.wakeup.menu
        found = await self._made_ready(number, menu)
        within = self._property.wakeup.report_within.total_seconds()
        wanted = Wanted(self._device.name, number, str(menu), within)
        try:
            trial = await TrialRing(self._client, self._clock, wanted).run(open_ear(known.running))
        except CannotListenError:
            return [*found, judge.of_taken_port(number, self._device.listen)]
        return [*found, *judge.of_trial(trial)]

    # --- the device itself ---

    def _silent(self, error: HotelbridgeError) -> Finding:
        why = str(error) or type(error).__name__
        if isinstance(error, NotWritten):
            return judge.of_silence(why, self._device.url)
        return judge.of_deafness(why)

    def _clock_ahead(self) -> timedelta | None:
        """How far the device's clock is ahead of ours, by the Date of its answer."""
        return self._ahead

    def _dated(self, shown: datetime) -> None:
        self._ahead = shown - self._clock.now()

    # --- its parameters ---

    async def _parameters(self, info: om.DeviceInfo) -> list[Finding]:
        password = FACTORY_PASSWORD if self._password is None else self._password
        values: dict[str, str | None] = {}
        try:
            for name in READ:
                values[name] = await self._parameter(om.PARAMETERS[name], password)
        except HotelbridgeError as error:
            return [judge.of_unread_parameters(str(error) or type(error).__name__)]
        found = judge.of_parameters(values)
        if password == FACTORY_PASSWORD:
            found.append(judge.of_factory_password())
        return found + judge.of_trunks(await self._trunks(info, password), values.get("API_RESPONSE_TO"))

    async def _parameter(self, number: int, password: str, line: int | None = None) -> str | None:
        reply = await self._client.send(om.ConfigGet(number, line, password))
        return reply.value if isinstance(reply, om.ParameterValue) else None

    async def _trunks(self, info: om.DeviceInfo, password: str) -> dict[str, str | None]:
        """FT_API of each trunk, where its line is no phone's too; what is not told is left out."""
        phones_lines = {_line_number(line.lineid) for line in info.exts}
        told: dict[str, str | None] = {}
        for trunk in info.lines:
            line = _line_number(trunk.lineid)
            if line is None or line in phones_lines:
                continue
            try:
                told[trunk.id] = await self._parameter(om.PARAMETERS["FT_API_1"], password, line)
            except HotelbridgeError:
                break
        return told

    # --- its menus and phones ---

    async def _menu(self, menu: MenuSettings, known: Known) -> list[Finding]:
        try:
            reply = await self._client.send(om.QueryMenu(str(menu.id)))
        except HotelbridgeError as error:
            what = f"could not be asked for: {error}"
            return [Finding(Gravity.NOTE, (f"menu {menu.id}",), what, "Check again.")]
        held = _shape_held(reply)
        self._menus[menu.id] = held
        return [judge.of_menu(menu.id, _shape(menu), held, running=known.running)]

    async def _phones(self, known: Known) -> list[Finding]:
        asked_for = dict.fromkeys([*self._rooms, *self._desk])
        wanted = [number for number in asked_for if number in self._lines]
        found: list[Finding] = []
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            asked = [(number, self._client.send(om.QueryExt(number))) for number in some]
            silent = []
            for number, answer in asked:
                try:
                    look = look_of(await answer)
                except HotelbridgeError:
                    look = None
                if look is None:
                    silent.append(number)
                    continue
                self._looks[number] = look
                kind = judge.of_desk_phone if number in self._desk else judge.of_phone
                found += kind(number, look, prepared=number in known.prepared)
            found += _untold(silent)
            if len(silent) == len(some):
                break  # the device is gone: each further one would cost its time-out
        return found + await self._by_themselves(known)

    async def _by_themselves(self, known: Known) -> list[Finding]:
        """IP phones that a parameter of their line lets answer by themselves (not shown by Query)."""
        password = FACTORY_PASSWORD if self._password is None else self._password
        found: list[Finding] = []
        for number, look in self._looks.items():
            lineid = self._lines[number]
            line = _line_number(lineid)
            if not lineid.startswith("IP") or line is None or look.values.get("autoAnswer"):
                continue
            try:
                value = await self._parameter(om.PARAMETERS["FT_ALERT_INFO_X"], password, line)
            except HotelbridgeError:
                break  # said with the parameters
            if value == "on":
                bare = Look(state="ready", values={"api": judge.REPORTS_ON})
                found += judge.of_phone(number, bare, prepared=number in known.prepared, by_itself=True)
        return found

    # --- before a ring ---

    async def _made_ready(self, number: str, menu: int) -> list[Finding]:
        """What the daemon would set before the first wake-up: the phone's reports, a missing menu."""
        found = []
        look = self._looks.get(number)
        if look is None or look.values.get("api") != judge.REPORTS_ON:
            found += await self._subscribed(number)
        settings = next((one for one in self._device.menus if one.id == menu), None)
        if settings is not None and self._menus.get(menu, _shape(settings)) is None:
            found += await self._menu_set(settings)
        return found

    async def _subscribed(self, number: str) -> list[Finding]:
        wanted = om.AssignExt(self._lines[number], (("api", judge.REPORTS_ON),))
        about = (f"phone {number}",)
        try:
            reply = await self._client.send(wanted)
        except HotelbridgeError as error:
            return [Finding(Gravity.NOTE, about, f"its reports could not be switched on: {error}")]
        held = reply.values.get("api") if isinstance(reply, om.ExtStatus) else None
        if held == judge.REPORTS_ON:
            return [Finding(Gravity.NOTE, about, "its reports were switched on for the ring (api 7)")]
        what = "does not take api 7: its reports stay away"
        do = "Switch on its status subscription on the device's API page."
        return [Finding(Gravity.WRONG, about, what, do)]

    async def _menu_set(self, menu: MenuSettings) -> list[Finding]:
        about = (f"menu {menu.id}",)
        try:
            held = _shape_held(await self._client.send(assignment(menu)))
        except HotelbridgeError as error:
            return [Finding(Gravity.NOTE, about, f"could not be set for the ring: {error}")]
        if held is None or held.voicefile != menu.voicefile:
            what = f"could not be set for the ring: the device does not hold {menu.voicefile}"
            return [Finding(Gravity.WRONG, about, what, "Is the voice file on the device?")]
        return [Finding(Gravity.NOTE, about, "was set for the ring")]

    # --- the store ---

    async def _known(self, ring: str | None) -> Known:
        """What the store says; nothing where there is none. `ring`: a phone that is to be rung."""
        if self._db is None:
            return Known()
        now = self._clock.now()
        return await self._db.read(lambda tx: self._from_store(tx, now, ring))

    def _from_store(self, tx: Tx, now: datetime, ring: str | None) -> Known:
        property, device = self._property.id, self._device.name
        seen = [p.number for p in phones.all_of(tx, property) if p.device == device and p.checked_at]
        keys = 0
        if self._property.wakeup.proof == "digit":
            keys = keys_seen(row.body for row in reports.containing(tx, property, device, b"DTMF"))
        return Known(
            running=leases.is_held(tx, property),
            prepared=frozenset(seen),
            keys=keys,
            spoken_for=self._spoken_for(tx, now, ring) if ring is not None else "",
        )

    def _spoken_for(self, tx: Tx, now: datetime, number: str) -> str:
        """Whether a wake-up may want this phone in the next minutes."""
        room = self._rooms.get(number)
        if room is None:
            return ""
        calling = wakeups.of_rooms(tx, self._property.id, [room], [WakeupState.CALLING])
        armed = [WakeupState.SCHEDULED, WakeupState.WAITING]
        near = [
            w
            for w in wakeups.of_rooms(tx, self._property.id, [room], armed)
            if w.next_at is not None and w.next_at - now < RESERVED
        ]
        return f"a wake-up of room {room} is being rung or due within minutes" if calling or near else ""


def keys_seen(bodies: Iterable[bytes]) -> int:
    """How many of these reports tell a key of an extension."""
    count = 0
    for body in bodies:
        try:
            event = decode_push(body)
        except Nonsense:
            continue
        count += isinstance(event, om.Dtmf) and bool(event.exts) and (event.info or "").strip("T") != ""
    return count


def assignment(menu: MenuSettings) -> om.AssignMenu:
    """The command that sets a menu of the configuration."""
    return om.AssignMenu(
        id=str(menu.id),
        voicefile=menu.voicefile,
        repeat=menu.repeat,
        infolength=menu.infolength,
        exit=menu.exit or None,
    )


def _shape(menu: MenuSettings) -> MenuShape:
    return MenuShape(menu.voicefile, menu.repeat, menu.infolength, menu.exit)


def _shape_held(reply: om.Reply) -> MenuShape | None:
    if not isinstance(reply, om.MenuStatus):
        return None
    infolength = 1 if reply.infolength is None else reply.infolength
    return MenuShape(reply.voicefile or "", reply.repeat or 0, infolength, reply.exit or "")


def _line_number(lineid: str) -> int | None:
    """`IPPhone 50` is line 50, as far as the manual tells."""
    text = lineid.rpartition(" ")[2]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _untold(numbers: list[str]) -> list[Finding]:
    what = "did not tell its state: the device answered its Query with nothing that can be read"
    return [Finding(Gravity.NOTE, (f"phone {number}",), what, "Check again.") for number in numbers]
