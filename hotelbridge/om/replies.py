"""What the device answers (chapters 2.1 to 2.3, 4.2). What an answer leaves out is None or empty."""

from __future__ import annotations

from dataclasses import dataclass, field

from hotelbridge.om.parties import Ext, Outer, Visitor


class Reply:
    """Any answer to a command."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Empty(Reply):
    """No body: done, or (to a Query) there is no such thing."""


@dataclass(frozen=True, slots=True)
class ExtLine:
    """One line of the device with the number it has now."""

    lineid: str
    id: str


@dataclass(frozen=True, slots=True)
class DeviceInfo(Reply):
    """The device itself (2.1.1)."""

    manufacturer: str | None = None
    model: str | None = None
    version: str | None = None
    mac: str | None = None
    exts: tuple[ExtLine, ...] = ()
    lines: tuple[ExtLine, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()  # number, members


@dataclass(frozen=True, slots=True)
class ExtStatus(Reply):
    """An extension; `values` as sent, names spelled as in Assign. Defaults may be absent (2.1.2)."""

    id: str
    lineid: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    state: str | None = None  # ready, active, progress, offline, offhook; lower case
    exts: tuple[Ext, ...] = ()
    visitors: tuple[Visitor, ...] = ()
    outers: tuple[Outer, ...] = ()
    menus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrunkStatus(Reply):
    """A trunk (2.1.1); state ready, active, unwired or offline."""

    id: str
    lineid: str | None = None
    state: str | None = None
    visitors: tuple[Visitor, ...] = ()
    outers: tuple[Outer, ...] = ()


@dataclass(frozen=True, slots=True)
class CallStatus:
    """One incoming or outgoing call and whom it is with."""

    party: Visitor | Outer
    exts: tuple[str, ...] = ()
    menus: tuple[str, ...] = ()
    outers: tuple[Outer, ...] = ()
    state: str | None = None


@dataclass(frozen=True, slots=True)
class CallsStatus(Reply):
    """Answer to QueryVisitor and QueryOuter (2.1.1)."""

    calls: tuple[CallStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupStatus(Reply):
    """An extension group and who waits in it (2.1.1)."""

    id: str
    exts: tuple[str, ...] = ()
    voicefile: str | None = None
    distribution: str | None = None
    visitors: tuple[Visitor, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuStatus(Reply):
    """A voice menu and who is in it (2.1.1)."""

    id: str
    voicefile: str | None = None
    repeat: int | None = None
    infolength: int | None = None
    exit: str | None = None
    visitors: tuple[Visitor, ...] = ()
    outers: tuple[Outer, ...] = ()
    exts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Several(Reply):
    """Answer to a Query without an id: every group or menu."""

    items: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterValue(Reply):
    """One system parameter (4.2); `value` None: the device does not know it ("not defined")."""

    id: str | None
    value: str | None
