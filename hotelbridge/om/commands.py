"""The commands of the OM manual (chapters 2.1 to 2.3, 4.2) as frozen messages.

A command that the manual does not know cannot be built: wrong parts raise ValueError here, where the
mistake is ours, and not at the device.
"""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.om.parties import Ext, Group, Menu, Outer, Visitor

# Chapter 2.1.2, "Assign extension": every parameter there is, spelled as the device wants it.
EXT_PARAMETERS = frozenset(
    "id staffid group voicefile email Call_Restriction Call_Pickup No_Disturb Fwd_Type Fwd_Number Fork "
    "mobile WAKEUP record api autoAnswer Off_Line_Num".split()
)
_REPEATED = frozenset({"group"})

# Chapter 4.1: the system parameters by name.
PARAMETERS = {
    "API_MAC": 349,
    "API_RESPONSE_TO": 526,
    "CONTROL_TYPE": 554,
    "FT_API_1": 599,
    "CB_TYPE": 615,
    "API_DISPLAY": 624,
    "CONFIG_CHANGE": 883,
    "API_CALLING": 978,
    "FT_ALERT_INFO_X": 986,
    "API_CPN": 991,
    "API_OUTBOUND_TRANSFER": 1070,
    "API_TIMEOUT": 1088,
    "API_PASSWORD": 1089,
    "API_METHOD": 1125,
}


class Command:
    """Anything that can be sent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class QueryDevice(Command):
    """What the device is and which lines it has (2.1.1)."""


@dataclass(frozen=True, slots=True)
class QueryExt(Command):
    """One extension: its parameters and what it is doing (2.1.1)."""

    id: str


@dataclass(frozen=True, slots=True)
class QueryTrunk(Command):
    """One trunk (2.1.1)."""

    id: str


@dataclass(frozen=True, slots=True)
class QueryVisitor(Command):
    """One incoming call, or all of them (2.1.1)."""

    id: str | None = None


@dataclass(frozen=True, slots=True)
class QueryOuter(Command):
    """One outgoing call, or all of them (2.1.1)."""

    id: str | None = None


@dataclass(frozen=True, slots=True)
class QueryGroup(Command):
    """One extension group, or all of them (2.1.1)."""

    id: str | None = None


@dataclass(frozen=True, slots=True)
class QueryMenu(Command):
    """One voice menu, or all of them (2.1.1)."""

    id: str | None = None


@dataclass(frozen=True, slots=True)
class AssignExt(Command):
    """Set parameters of the extension on a line; what is not named stays (2.1.2). `group` may repeat."""

    lineid: str
    values: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        names = [name for name, _ in self.values]
        for name in names:
            if name not in EXT_PARAMETERS:
                raise ValueError(f"an extension has no parameter {name!r}")
            if names.count(name) > 1 and name not in _REPEATED:
                raise ValueError(f"the parameter {name!r} is given twice")


@dataclass(frozen=True, slots=True)
class AssignGroup(Command):
    """Set a group as a whole; what is not named is emptied (2.1.2)."""

    id: str
    voicefile: str | None = None
    distribution: str | None = None
    exts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignMenu(Command):
    """Set a menu as a whole; what is not named falls to its default (2.1.2). `repeat` 0 plays for ever."""

    id: str
    voicefile: str
    repeat: int | None = None
    infolength: int | None = None
    exit: str | None = None


@dataclass(frozen=True, slots=True)
class _OfExt(Command):
    ext: str


@dataclass(frozen=True, slots=True)
class Hold(_OfExt):
    """Hold the call of an extension (2.1.3)."""


@dataclass(frozen=True, slots=True)
class Unhold(_OfExt):
    """Take the held call back (2.1.3)."""


@dataclass(frozen=True, slots=True)
class Mute(_OfExt):
    """Mute the microphone of an extension (2.1.4)."""


@dataclass(frozen=True, slots=True)
class Unmute(_OfExt):
    """End a Mute (2.1.4)."""


@dataclass(frozen=True, slots=True)
class Talk(_OfExt):
    """From listening in to talking with the one listened to (2.1.5)."""


@dataclass(frozen=True, slots=True)
class Listen(_OfExt):
    """From talking back to listening in (2.1.5)."""


@dataclass(frozen=True, slots=True)
class Monitor(Command):
    """Let `by` listen in to the call of `ext` (2.1.5)."""

    by: str
    ext: str


@dataclass(frozen=True, slots=True)
class Bargein(Command):
    """Put `by` into the call of `ext`, all three talking (2.1.6)."""

    by: str
    ext: str


@dataclass(frozen=True, slots=True)
class Clear(Command):
    """Hang up: whatever call an extension has, or one incoming or outgoing call (2.1.7)."""

    party: Ext | Visitor | Outer

    def __post_init__(self) -> None:
        if not isinstance(self.party, Ext | Visitor | Outer) or self.party.id is None:
            raise ValueError("Clear takes an extension, or the id of a visitor or an outer")


# Chapter 2.2.1, the twelve kinds of Connect. An outer in first place, and any visitor, is a call in
# progress and has an id; an outer in second place is to be called and has `to`; two outers that both
# have `to` are the two-way call. No second party: a voice is inserted into the call of the first.
_KINDS: frozenset[tuple[type, type | None]] = frozenset(
    {
        (Ext, Ext),
        (Ext, Outer),
        (Visitor, Ext),
        (Visitor, Outer),
        (Visitor, Menu),
        (Outer, Ext),
        (Outer, Outer),
        (Outer, Menu),
        (Menu, Ext),
        (Menu, Outer),
        (Ext, None),
        (Visitor, None),
        (Outer, None),
    }
)
_TAKES_TRUNK = frozenset({(Ext, Outer), (Visitor, Outer), (Outer, Outer), (Menu, Outer)})
_TAKES_VOICE = frozenset({(first, second) for first, second in _KINDS if first in (Visitor, Outer)})


@dataclass(frozen=True, slots=True)
class Connect(Command):
    """Bring two parties together, or insert a voice into the call of one (2.2.1).

    The wake-up is `Connect(Menu("1"), Ext("212"))`. A prefix is part of the outer's `to` ("9,130...").
    """

    first: Ext | Visitor | Outer | Menu
    second: Ext | Outer | Menu | None = None
    trunk: str | None = None
    voicefile: str | None = None

    def __post_init__(self) -> None:
        kind = (type(self.first), None if self.second is None else type(self.second))
        if kind not in _KINDS:
            raise ValueError(f"the device cannot connect {self.first} with {self.second}")
        if self.second is None and self.voicefile is None:
            raise ValueError("a Connect of one party inserts a voice: name the voicefile")
        if isinstance(self.second, Outer) and self.second.to is None:
            raise ValueError("an outer that is to be called has `to`")
        if self.trunk is not None and kind not in _TAKES_TRUNK:
            raise ValueError("a trunk can be named only for a call to an outer")
        if self.voicefile is not None and self.second is not None and kind not in _TAKES_VOICE:
            raise ValueError("a voice file of its own is played only to an incoming or outgoing call")
        self._check_first(two_way=kind == (Outer, Outer))

    def _check_first(self, two_way: bool) -> None:
        if isinstance(self.first, Visitor) and self.first.id is None:
            raise ValueError("a visitor is named by its id")
        if isinstance(self.first, Outer) and self.first.id is None and not (two_way and self.first.to):
            raise ValueError("an outer in progress is named by its id")


@dataclass(frozen=True, slots=True)
class Queue(Command):
    """Let an incoming call wait for an extension or a group (2.2.2)."""

    visitor: str
    to: Ext | Group


@dataclass(frozen=True, slots=True)
class Conference(_OfExt):
    """Join the held and the present call of an extension (2.2.3)."""


@dataclass(frozen=True, slots=True)
class Accept(Command):
    """Let an incoming call in that was told by INVITE (2.3)."""

    visitor: str


@dataclass(frozen=True, slots=True)
class ConfigGet(Command):
    """Read one system parameter by its number (4.2); `line_id` for those that each line has."""

    id: int
    line_id: int | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"ConfigGet(id={self.id}, line_id={self.line_id})"  # the password stays out of every log
