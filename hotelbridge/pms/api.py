"""THE PLUGIN CONTRACT: everything a PMS plugin gives to the house and may expect of it.

A plugin is a distribution `hotelbridge-<pms>` with an entry point in the group `hotelbridge.pms` that
names a `Plugin` record. Its `connect` gives a `Link`; the house starts it on the node that runs the
property, and stops it when that ends. The link speaks its protocol, and tells the house `Fact`s through
its `Context`. Rules that every plugin keeps (`hotelbridge.testing.contract` tests them):

- **Save, then apply, then acknowledge.** What comes from the peer goes through `Context.received` as it
  is; when that fires it is on the disk, and an acknowledgement of receipt may go to the peer. What it
  means goes through `Context.tell`, in the order of arrival; when that fires it is committed. Await it
  before the next: this is also the back-pressure. Several that arrived together go in one call.
- **Take up what was left.** `start` first works off `Context.left_over()`: records that were saved by a
  process that died before their facts were told.
- **Nothing in silence.** What the peer wants and cannot be read is told as `NotUnderstood`, whatever else
  becomes of it; what means nothing to a telephone exchange is told with a note alone.
- **Idempotent, partial.** Facts may be told twice. Only what the peer said is set; the rest is None.
- **Outcomes are four.** A call of the house to the link returns when the peer has taken it, or raises
  `Unavailable` (certainly not written: the house tries again), `Refused` (a person decides), `Later`
  (the peer wants it again, under the same number) or `Unknown` (written, no answer: a charge is never
  repeated blindly; the result of a wake-up is said again, as it is better heard twice than not). Nothing
  else is raised, except `CancelledError` after `stop`; a charge that was certainly not written by then is
  `Unavailable` all the same: only so does it go back to the queue.
- **Numbers are the house's.** A posting carries a durable `number`; the peer's answer is matched by it.
- **Nothing global.** No import of a reactor, no clock but the context's, no thread without need.

Times are aware; `local` times are text on the hotel's clocks. Money is `Decimal`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from twisted.internet.interfaces import IStreamClientEndpoint, IStreamServerEndpoint

from hotelbridge.clock import Clock
from hotelbridge.core.guests import (
    AuditBegun,
    AuditEnded,
    Changed,
    CheckedIn,
    CheckedOut,
    Direction,
    Fact,
    GuestFacts,
    LineClass,
    Moved,
    NotUnderstood,
    Record,
    ResyncBegun,
    ResyncEnded,
    RoomChanged,
    WakeupNotWanted,
    WakeupWanted,
)
from hotelbridge.core.personal import personal
from hotelbridge.core.results import Result
from hotelbridge.errors import HotelbridgeError
from hotelbridge.settings_base import Duration, Span, Table

__all__ = [
    "API_VERSION",
    "AuditBegun",
    "AuditEnded",
    "Capability",
    "Changed",
    "CheckedIn",
    "CheckedOut",
    "Context",
    "Direction",
    "Duration",
    "Fact",
    "Finding",
    "GuestFacts",
    "Later",
    "Layer",
    "LineClass",
    "Link",
    "Moved",
    "NotUnderstood",
    "Plugin",
    "Posting",
    "Received",
    "Record",
    "Refused",
    "Result",
    "ResyncBegun",
    "ResyncEnded",
    "RoomChanged",
    "RoomStatus",
    "Span",
    "Table",
    "Told",
    "Unavailable",
    "Unknown",
    "WakeupNotWanted",
    "WakeupNews",
    "WakeupResult",
    "WakeupWanted",
    "personal",
]

API_VERSION = 1


class Capability(StrEnum):
    """What a plugin can do beyond telling who is in which room. Only what something executes (rule M3)."""

    CHARGES = "charges"  # post_charge
    WAKEUPS_IN = "wakeups_in"  # tells WakeupWanted, WakeupNotWanted
    WAKEUP_RESULTS = "wakeup_results"  # report_wakeup
    WAKEUP_NEWS = "wakeup_news"  # report_wakeup_news
    ROOM_STATUS = "room_status"  # report_room_status
    RESYNC = "resync"  # request_resync


# --- outcomes ---


class PmsError(HotelbridgeError):
    """A call of the house to a link did not end well; the message is read by people.

    What the peer said in its own words stands in it as `personal(text)`: it may name a guest.
    """


class Unavailable(PmsError):
    """The bytes were certainly not written: the same again later."""


class Refused(PmsError):
    """The peer said no, with its reason: a person decides. `code` is the peer's own word."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class Later(PmsError):
    """The peer wants it again later, under the same number; `audit`: its day is being closed (rule C3).

    `unknown`: it was written and no answer came, but the peer knows a number again, so that it may go again
    under its own. Until the peer has answered it counts as one that may have been taken.
    """

    def __init__(self, reason: str, *, audit: bool = False, unknown: bool = False) -> None:
        super().__init__(reason)
        self.audit = audit
        self.unknown = unknown


class Unknown(PmsError):
    """Written, and no answer came: it may have been taken. A charge is never repeated blindly."""


# --- what the house hands to a link ---


@dataclass(frozen=True, slots=True)
class Posting:
    """One charge on its way to a folio."""

    number: int  # 1 to 99999999, durable, one for its life
    room: str  # where its stay is now
    reservation: str
    amount: Decimal  # tax as the tariff says, rounded once
    currency: str  # ISO 4217
    minor: int  # the same in whole minor units of the currency
    started: datetime  # of the call; aware, in the hotel's zone
    duration: timedelta
    dialled: str  # as it is to be shown: masked where the property wants it
    text: str  # "Call to Germany"
    units: int = 0  # pulses, where the PMS prices them


@dataclass(frozen=True, slots=True)
class WakeupResult:
    """How a wake-up ended: said once, at the end of its ladder (rule A4)."""

    id: int
    room: str
    reservation: str
    local: str  # the time that was asked for, on the hotel's clocks, with seconds
    result: Result
    echo: str  # what the plugin said with WakeupWanted; "" where it was not asked for by the PMS


@dataclass(frozen=True, slots=True)
class WakeupNews:
    """A wake-up was booked or cancelled here, for a PMS that wants to show them too."""

    id: int
    room: str
    local: str
    booked: bool  # False: it is not wanted any more


@dataclass(frozen=True, slots=True)
class RoomStatus:
    """Something a person said of a room here (rule M3: only where such a source is configured)."""

    room: str
    status: str  # the peer's own code
    by: str = ""


# --- what a link tells the house ---


@dataclass(frozen=True, slots=True)
class Received:
    """One message of the peer as it came, and its meaning in plain words for the flight recorder.

    In the words, names and texts of guests stand as `personal(name)`: whoever needs no name is shown none.
    """

    body: bytes
    words: str
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of one received record, in order; none where it means nothing to the house."""

    record: int | None  # its number from `received`; None: no record stands behind it
    facts: tuple[Fact, ...] = ()
    note: str = ""  # why nothing came of it: "unknown record XY, ignored"


class Layer(StrEnum):
    """The layers of a link, each as good as what is below it."""

    CONNECTED = "connected"  # the line stands
    ALIVE = "alive"  # the peer's program answers
    FLOWING = "flowing"  # data may go both ways now


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe of a link found: one layer, good or not, with a sentence on what to do."""

    layer: str
    good: bool
    words: str


class Context(Protocol):
    """The house, as a link sees it. Every Deferred-giving call may raise `StoreUnavailable` or `NotOwner`:
    nothing was done, and the record stays for `left_over`."""

    property: str  # its id
    zone: ZoneInfo
    currency: str
    reactor: Any  # for timers, endpoints and serial ports; never imported by a plugin
    clock: Clock

    async def received(self, messages: Sequence[Received]) -> Sequence[int]:
        """Save messages of the peer as they came; their numbers, in order. Fires after the commit."""
        ...

    def sent(self, body: bytes, words: str, rooms: tuple[str, ...] = ()) -> None:
        """Note what was written to the peer, for the flight recorder. Nothing waits for it or raises."""
        ...

    async def tell(self, told: Sequence[Told], state: Mapping[str, str | None] | None = None) -> None:
        """Apply facts, mark their records as worked off, keep `state` (None deletes a key): one commit."""
        ...

    async def left_over(self) -> Sequence[Record]:
        """Records that were received and not worked off, oldest first; some at once: ask until none is left.

        They may be another plugin's, where the hotel has changed its PMS: tell those with a note alone. A
        resync that the dead process left open is ended incomplete by whoever takes up its records.
        """
        ...

    async def state(self) -> dict[str, str]:
        """The plugin's own durable values, as last kept."""
        ...

    def layers(self, up: Mapping[Layer, bool | None], detail: str = "") -> None:
        """How the link stands, layer by layer (None: not known), with words on why; told at each change."""
        ...

    def peer_time(self, at: datetime) -> None:
        """What the peer's clock shows (aware): a witness where ours is in question (rule K1)."""
        ...

    def connector(self, endpoint: str) -> IStreamClientEndpoint:
        """The far end of `tcp:HOST:PORT`, `tls:HOST:PORT:...` (an endpoint string of Twisted)."""
        ...

    def door(self, endpoint: str) -> IStreamServerEndpoint:
        """A port to listen at, `tcp:PORT`, where the peer dials us."""
        ...


class Link(Protocol):
    """One connection to one PMS. All calls come on the reactor's thread."""

    def start(self) -> None:
        """Take up what was left over, then connect, and connect again for ever. Returns at once."""
        ...

    async def stop(self) -> None:
        """End in the peer's manner; afterwards nothing is told and no timer is left."""
        ...

    async def post_charge(self, posting: Posting) -> str:
        """Post a charge; the peer's words when it was accepted. One at a time is asked for."""
        ...

    async def report_wakeup(self, result: WakeupResult) -> None:
        """Say how a wake-up ended."""
        ...

    async def report_wakeup_news(self, news: WakeupNews) -> None:
        """Say that a wake-up was booked or cancelled here."""
        ...

    async def report_room_status(self, status: RoomStatus) -> None:
        """Say something about a room."""
        ...

    async def request_resync(self) -> None:
        """Ask the peer to tell how everything stands; it comes as facts. Silence is no fault."""
        ...

    async def probe(self) -> Sequence[Finding]:
        """For `check --online`: try the link without disturbing anything, layer by layer.

        Called instead of `start`, in a house that saves nothing; `stop` follows.
        """
        ...


def _none() -> frozenset[Capability]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Plugin:
    """What the entry point names."""

    name: str  # as in `[property.pms] plugin`
    settings: type[Table]  # of `[property.pms.<name>]`; its validators' words are shown as they are
    connect: Callable[[Context, Any], Link]  # the second is an instance of `settings`
    capabilities: frozenset[Capability] = field(default_factory=_none)
    simulator: Callable[[Sequence[str]], int] | None = None  # `hotelbridge sim pms ARGS...`: its exit code
    api: int = API_VERSION
