"""What the device pushes by itself (chapters 2.4 and 2.5): events and call records.

Every field may be missing; what an element carries beyond the manual is kept in `extra` by its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hotelbridge.om.parties import Outer, Visitor
from hotelbridge.om.replies import Reply
from hotelbridge.texts import phrase

REASONS = (  # why a call could not be placed, as devices say it
    phrase("temp failure"),
    phrase("restricted"),
    phrase("offline"),
    phrase("other call"),
    phrase("no circuit"),
    phrase("busy"),
    phrase("not exist"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """What all events share."""

    exts: tuple[str, ...] = ()
    menu: str | None = None
    visitor: Visitor | None = None
    outer: Outer | None = None
    trunk: str | None = None
    mac: str | None = None
    auth: dict[str, str] | None = None  # the signature block behind the root; kept, never verified
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def ext(self) -> str | None:
        """The extension it is about: the first one named."""
        return self.exts[0] if self.exts else None


@dataclass(frozen=True, slots=True)
class Bootup(Event):
    """The device has started; groups and menus are lost (2.4.1)."""


@dataclass(frozen=True, slots=True)
class ConfigChange(Event):
    """Somebody saved a page of its web interface (2.4.1)."""


@dataclass(frozen=True, slots=True)
class Busy(Event):
    """An extension is no longer idle, be it by our own call (2.4.2)."""


@dataclass(frozen=True, slots=True)
class Idle(Event):
    """An extension is idle again (2.4.2)."""


@dataclass(frozen=True, slots=True)
class Online(Event):
    """An IP extension has registered (2.4.2)."""

    register_ip: str | None = None


@dataclass(frozen=True, slots=True)
class Offline(Event):
    """An IP extension is gone (2.4.2)."""


@dataclass(frozen=True, slots=True)
class Ring(Event):
    """An extension rings (2.4.3)."""


@dataclass(frozen=True, slots=True)
class Alert(Event):
    """The far side rings (2.4.3)."""


@dataclass(frozen=True, slots=True)
class Answer(Event):
    """An extension was lifted (2.4.3)."""


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The far side was lifted (2.4.3)."""


@dataclass(frozen=True, slots=True)
class Bye(Event):
    """A call is over (2.4.3); old firmware names a recording, and says it twice."""

    recording: str | None = None


@dataclass(frozen=True, slots=True)
class Divert(Event):
    """A call went elsewhere (2.4.3)."""


@dataclass(frozen=True, slots=True)
class Transient(Event, Reply):
    """A call is being set up (2.4.3); mostly a reply to a Transfer."""

    state: str | None = None  # wait: it queues


@dataclass(frozen=True, slots=True)
class Failed(Event, Reply):
    """A call could not be placed (2.4.3); mostly a reply, sometimes pushed, sometimes both."""

    code: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Invite(Event):
    """A call comes in and waits to be accepted (2.4.4)."""


@dataclass(frozen=True, slots=True)
class Incoming(Event):
    """A call was taken and waits to be connected (2.4.4)."""


@dataclass(frozen=True, slots=True)
class Dtmf(Event):
    """Keys were pressed (2.4.5); with terminator, and with a trailing T after a time-out."""

    info: str | None = None


@dataclass(frozen=True, slots=True)
class EndOfAnn(Event):
    """An announcement was played to its end (2.4.6); a key stops it without this event."""


@dataclass(frozen=True, slots=True)
class UnknownEvent(Event):
    """An event that the manual does not name."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Cdr:
    """A call record (2.5): IN, OU, FI, FW, LO or CB. Times are the device's own local text."""

    id: str
    callid: str | None = None
    visitor: str | None = None
    outer: str | None = None
    time_start: str | None = None
    type: str | None = None
    route: str | None = None
    cpn: str | None = None
    cdpn: str | None = None
    time_end: str | None = None
    duration: int | None = None  # seconds; 0: never connected
    trunk_number: str | None = None
    recording: str | None = None
    rec_codec: str | None = None
    mac: str | None = None
    auth: dict[str, str] | None = None
    extra: dict[str, str] = field(default_factory=dict)


# The names in the attribute of <Event>, upper case.
EVENTS: dict[str, type[Event]] = {
    "BOOTUP": Bootup,
    "CONFIG_CHANGE": ConfigChange,
    "BUSY": Busy,
    "IDLE": Idle,
    "ONLINE": Online,
    "OFFLINE": Offline,
    "RING": Ring,
    "ALERT": Alert,
    "ANSWER": Answer,
    "ANSWERED": Answered,
    "BYE": Bye,
    "DIVERT": Divert,
    "TRANSIENT": Transient,
    "FAILED": Failed,
    "INVITE": Invite,
    "INCOMING": Incoming,
    "DTMF": Dtmf,
    "ENDOFANN": EndOfAnn,
}
