"""What stands in the simulated hotel: phones, menus, groups, trunks, calls; and what was experienced.

Plain state with its answers to Query, filled by the exchange. Knows neither time nor wire.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from hotelbridge.testing.fake_om_scripts import Answers, Busy, Offline, Script
from hotelbridge.testing.fake_om_xml import EMPTY_WAITING_LIST, Node, leaf, node, status

if TYPE_CHECKING:
    from hotelbridge.testing.fake_om_calls import Call

# Values that an answer leaves out (chapter 2.1.2: "may be absent if default").
DEFAULTS = {"No_Disturb": "off", "Fwd_Type": "0", "record": "off", "api": "0", "autoAnswer": "no", "fork": ""}
_QUERY_ORDER = (
    "staffid", "Call_Pickup", "No_Disturb", "Fwd_Type", "Fwd_Number", "Call_Restriction", "Off_Line_Num",
    "mobile", "fork", "email", "record", "api", "voicefile",
)  # fmt: skip
_ASSIGN_ORDER = (
    "staffid", "mobile", "group", "voicefile", "email", "Call_Restriction", "Call_Pickup", "No_Disturb",
    "Fwd_Type", "Fwd_Number", "Fork", "Off_Line_Num", "WAKEUP", "record", "autoAnswer", "api",
)  # fmt: skip


@dataclass(slots=True)
class Ring:
    """One time a phone rang, as the guest in the room heard it."""

    phone: str
    menu: str | None  # None: not a call of a voice menu
    connect_at: datetime  # when the command came in
    started: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    ended_by: str = ""  # guest, device, clear, restart
    reported: bool = True  # False: the device kept quiet about it


@dataclass(frozen=True, slots=True)
class Overlap:
    """A phone was asked to ring though a call of the application server was on it already."""

    phone: str
    at: datetime
    while_it: str  # "rings" or "talks"


@dataclass(slots=True)
class PhoneState:
    """One extension."""

    number: str
    lineid: str
    parameters: dict[str, str] = field(default_factory=dict)  # as named in Query; `fork` in lower case
    groups: list[str] = field(default_factory=list)
    scripts: deque[Script] = field(default_factory=lambda: deque([Answers()]))
    connected: bool = True  # IP phones: registered
    hook: str = ""  # "progress", "offhook": lifted without a call
    busy: bool = False  # in a call of which the simulation knows no more (script `Busy`)
    call: Call | None = None
    held: Call | None = None
    muted: bool = False
    tells_auto_answer: bool = False  # some firmware shows AutoAnswer in Query; the manual does not
    stuck: set[str] = field(default_factory=set)  # parameters that an Assign leaves as they are, silently
    untold: set[str] = field(default_factory=set)  # parameters that no answer shows, whatever they are

    @property
    def analogue(self) -> bool:
        return not self.lineid.startswith("IP")

    @property
    def reports(self) -> bool:
        """Whether the status subscription is on: low digit of `api` 7, or 0xF."""
        return self.parameters.get("api", "0")[-1:] in ("7", "F", "f") or self.parameters.get("api") == "15"

    @property
    def state(self) -> str:
        """As Query says it."""
        if not self.connected:
            return "offline"
        if self.call is not None or self.busy:
            return "active"
        return "offline" if isinstance(self.scripts[0], Offline) else self.hook or "ready"

    @property
    def forwards(self) -> bool:
        """Whether every call goes elsewhere (Fwd_Type 1)."""
        return self.parameters.get("Fwd_Type") == "1" and bool(self.parameters.get("Fwd_Number"))

    @property
    def goes_to(self) -> str:
        """The number that every call to it goes to instead now; "" where it rings itself."""
        if not self.connected:
            return self.parameters.get("Off_Line_Num", "")
        return self.parameters["Fwd_Number"] if self.forwards else ""

    @property
    def answers_itself(self) -> bool:
        """Whether it lifts by itself (autoAnswer: IP phones only)."""
        return not self.analogue and self.parameters.get("autoAnswer") == "yes"

    @property
    def free(self) -> bool:
        return self.state == "ready"

    def next_script(self) -> Script:
        """The script for this call; the last one stays."""
        script = self.scripts.popleft() if len(self.scripts) > 1 else self.scripts[0]
        self.busy = isinstance(script, Busy)
        return script

    def assign(self, values: Iterable[tuple[str, str]]) -> None:
        """Set the named parameters, keep the others."""
        taken = [(name, value.strip()) for name, value in values if name not in self.stuck]
        named = [(name if name != "Fork" else "fork", value) for name, value in taken]
        if groups := [value for name, value in named if name == "group"]:
            self.groups = [group for group in groups if group]
        for name, value in named:
            if name == "id" and value:
                self.number = value
            elif name in DEFAULTS and value in ("no", "off", ""):
                self.parameters[name] = DEFAULTS[name]
            elif name not in ("id", "group"):
                self.parameters[name] = value

    def queried(self) -> Node:
        """The answer to Query (chapter 2.1.1)."""
        settings = [leaf(name, value) for name, value in self._shown(_QUERY_ORDER)]
        if self.tells_auto_answer:
            settings.append(leaf("AutoAnswer", self.parameters.get("autoAnswer", "no")))
        peers = self.call.peers_of(self.number) if self.call is not None else []
        groups = [node("group", {"id": group}) for group in self.groups]
        return status(
            node("ext", {"id": self.number}, leaf("lineid", self.lineid), *groups, *settings,
                 leaf("state", self.state), *peers)
        )  # fmt: skip

    def assigned(self) -> Node:
        """The answer to Assign (chapter 2.1.2)."""
        parts = [leaf("id", self.number)]
        for name in _ASSIGN_ORDER:
            if name == "group":
                parts += [leaf("group", group) for group in self.groups]
            else:
                value = self.parameters.get("fork" if name == "Fork" else name)
                told = value and value != DEFAULTS.get(name) and name not in self.untold
                parts += [leaf(name, value or "")] if told else []
        return status(node("ext", {"id": self.number}, *parts))

    def _shown(self, order: Iterable[str]) -> list[tuple[str, str]]:
        pairs = [(name, self.parameters.get(name, "")) for name in order if name not in self.untold]
        return [(name, value) for name, value in pairs if value and value != DEFAULTS.get(name)]


@dataclass(slots=True)
class MenuState:
    """One voice menu."""

    number: str
    voicefile: str = ""
    repeat: int = 0  # 0: for ever
    infolength: int = 1
    exit: str = ""

    def told(self, calls: Iterable[Node]) -> Node:
        """The answer to Query and to Assign; the waiting list may be empty."""
        inside = list(calls) or [EMPTY_WAITING_LIST]
        settings = [
            leaf("voicefile", self.voicefile) if self.voicefile else None,
            leaf("repeat", str(self.repeat)) if self.repeat else None,
            leaf("infolength", str(self.infolength)) if self.infolength != 1 else None,
            leaf("exit", self.exit) if self.exit else None,
        ]
        return node("menu", {"id": self.number}, *settings, *inside)


@dataclass(slots=True)
class GroupState:
    """One extension group."""

    number: str
    members: list[str] = field(default_factory=list)
    voicefile: str = ""
    distribution: str = ""
    turn: int = 0
    waiting: list[Call] = field(default_factory=list)

    def queried(self, visitors: Iterable[Node]) -> Node:
        return node(
            "group", {"id": self.number}, *self._members(), *self._settings(True), *self._inside(visitors)
        )

    def assigned(self, visitors: Iterable[Node]) -> Node:
        return node(
            "group", {"id": self.number}, *self._settings(False), *self._members(), *self._inside(visitors)
        )

    def _members(self) -> list[Node]:
        return [node("ext", {"id": member}) for member in self.members]

    def _settings(self, with_rule: bool) -> list[Node]:
        voicefile = [leaf("voicefile", self.voicefile)] if self.voicefile else []
        return voicefile + (
            [leaf("distribution", self.distribution)] if with_rule and self.distribution else []
        )

    def _inside(self, visitors: Iterable[Node]) -> list[Node]:
        return list(visitors) or [EMPTY_WAITING_LIST]


@dataclass(slots=True)
class TrunkState:
    """One line to the outside."""

    number: str
    lineid: str  # "Line 2": analogue; "IPLine 21": IP
    control: str = "7"  # FT_API: 17 pre-answer control, 27 post-answer control, 37 both
    tells: bool = True  # False: of a call out it says no TRANSIENT, ALERT or ANSWERED; Query shows it
    operator: str = ""  # the extension that incoming calls go to by themselves

    @property
    def analogue(self) -> bool:
        return not self.lineid.startswith("IP")

    @property
    def asks_before(self) -> bool:
        return self.control in ("17", "37")

    @property
    def asks_after(self) -> bool:
        return self.control in ("27", "37")


@dataclass(slots=True)
class Plant:
    """Everything that the device knows by number."""

    phones: dict[str, PhoneState] = field(default_factory=dict)
    trunks: dict[str, TrunkState] = field(default_factory=dict)
    menus: dict[str, MenuState] = field(default_factory=dict)
    groups: dict[str, GroupState] = field(default_factory=dict)
    mac: str = "00:0E:A9:00:12:BD"
    model: str = "Rev 6.0.0 OM20-2S/2"
    version: str = "Rev 2.1.5.119"

    def by_line(self, lineid: str) -> PhoneState | None:
        return next((phone for phone in self.phones.values() if phone.lineid == lineid), None)

    def renumber(self) -> None:
        """Phones that were given another number are found by it."""
        self.phones = {phone.number: phone for phone in self.phones.values()}

    def forget(self) -> None:
        """What a restart loses."""
        self.menus.clear()
        self.groups.clear()
        for phone in self.phones.values():
            phone.call = phone.held = None
            phone.hook, phone.busy, phone.muted = "", False, False
            phone.groups = []

    def described(self, parameters: Mapping[str, str]) -> Node:
        """The `DeviceInfo` of chapter 2.1.1; the MAC only if API_MAC says so."""
        devices = [node("ext", {"lineid": one.lineid, "id": one.number}) for one in self.phones.values()]
        devices += [node("line", {"lineid": one.lineid, "id": one.number}) for one in self.trunks.values()]
        for group in self.groups.values():
            members = [node("ext", {"id": member}) for member in group.members]
            devices.append(node("group", {"id": group.number}, *members))
        return node(
            "DeviceInfo",
            None,
            leaf("manufacturer", "New Rock Technologies, Inc"),
            leaf("model", self.model),
            leaf("version", self.version),
            leaf("mac", self.mac + " ") if parameters.get("349") == "yes" else None,
            node("devices", None, *devices),
        )
