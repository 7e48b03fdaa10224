"""A call of the simulated exchange: who takes part, and how its events name them (chapter 2.4.3).

Data and templates only; the exchange decides when a call rings, is answered and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from hotelbridge.testing.fake_om_plant import MenuState, PhoneState, Ring
from hotelbridge.testing.fake_om_scripts import USUAL, Script
from hotelbridge.testing.fake_om_timers import Timers
from hotelbridge.testing.fake_om_xml import Node, leaf, node


@dataclass(slots=True, eq=False)
class Party:
    """One side of a call, as messages name it."""

    kind: str  # ext, menu, visitor, outer
    id: str
    from_: str = ""
    to: str = ""
    trunk: str = ""
    callid: int = 0
    analogue: bool = False  # the trunk is
    began: datetime | None = None  # visitor: when it reached the trunk

    def node(self, *children: Node) -> Node:
        """In full: outer and visitor with all their attributes."""
        if self.kind in ("ext", "menu"):
            return node(self.kind, {"id": self.id}, *children)
        attributes = {"id": self.id, "from": self.from_, "to": self.to}
        if self.kind == "outer":
            attributes["trunk"] = self.trunk
        return node(self.kind, attributes | {"callid": str(self.callid)}, *children)

    def short(self) -> Node:
        """An outer as an analogue trunk knows it at first: only the number dialled."""
        return node("outer", {"to": self.to}) if self.kind == "outer" else self.node()


@dataclass(slots=True, eq=False)
class Leg:
    """One party in one call."""

    party: Party
    script: Script = USUAL
    state: str = "waiting"  # waiting, ringing, up, over
    phone: PhoneState | None = None
    ring: Ring | None = None

    @property
    def up(self) -> bool:
        return self.state == "up"


@dataclass(slots=True, eq=False)
class Call:
    """One call: who calls, and everybody who may answer; the first to do so has it."""

    timers: Timers
    caller: Leg
    called: list[Leg]
    callid: int
    began: datetime
    origin: str = "api"  # api, guest, outside
    menu: MenuState | None = None
    voicefile: str | None = None  # instead of the menu's, once
    silent: bool = False  # nothing of it is reported
    caller_first: bool = False  # chapter 4.1, API_CALLING
    waits_for: str = ""  # group or extension in whose queue it waits
    forwarded_from: str = ""
    up_at: datetime | None = None
    over: bool = False
    keys: str = ""
    announcing: bool = False

    @property
    def legs(self) -> list[Leg]:
        return [self.caller, *self.called]

    @property
    def phones(self) -> Iterator[PhoneState]:
        """Every extension that still takes part."""
        return (leg.phone for leg in self.legs if leg.phone is not None and leg.state != "over")

    @property
    def answered_leg(self) -> Leg | None:
        """The called side that has the call."""
        return next((leg for leg in self.called if leg.up), None)

    @property
    def called_leg(self) -> Leg | None:
        """The called side that has the call, or the first that might."""
        return self.answered_leg or next(iter(self.called), None)

    @property
    def is_wakeup(self) -> bool:
        return self.caller.party.kind == "menu" and any(leg.phone is not None for leg in self.called)

    def leg_of(self, number: str) -> Leg | None:
        """The leg of one extension."""
        return next((leg for leg in self.legs if leg.phone is not None and leg.phone.number == number), None)

    def party(self, kind: str) -> Party | None:
        """The first party of that kind."""
        return next((leg.party for leg in self.legs if leg.party.kind == kind and leg.state != "over"), None)

    def other(self, leg: Leg) -> Party | None:
        """Whom this leg talks to."""
        if leg is not self.caller:
            return self.caller.party
        return self.called_leg.party if self.called_leg is not None else None

    def later(self, seconds: float, call: Callable[..., object], *args: object) -> None:
        """A timer that ends with the call."""
        self.timers.later(seconds, call, *args)

    def peers_of(self, number: str) -> list[Node]:
        """Whom an extension is in a call with, as Query shows it."""
        leg = self.leg_of(number)
        other = self.other(leg) if leg is not None else None
        if leg is None or other is None:
            return []
        word = "talk" if self.up_at is not None and leg.up else "wait" if self.waits_for else "progress"
        return [other.node(leaf("state", word))]


def ring_nodes(call: Call, leg: Leg) -> list[Node]:
    """RING: the phone that rings, then who calls it."""
    other = call.other(leg)
    if leg is call.caller and call.caller_first:
        return [leg.party.node(), node("visitor", {"from": ""})]
    return [leg.party.node(), *([other.node()] if other is not None else [])]


def alert_nodes(call: Call, leg: Leg) -> list[Node] | None:
    """ALERT: what the caller is told when the called side rings; None where there is none."""
    caller, called = call.caller.party, leg.party
    if leg is call.caller:
        return [called.node()] if called.kind == "outer" else None
    if called.kind == "outer":
        if caller.kind == "ext":
            return [caller.node(), called.short()] if called.analogue else [called.node(), caller.node()]
        return [caller.node(), called.node()] if caller.kind == "visitor" else [called.node()]
    return [caller.node(), called.node()] if caller.kind in ("visitor", "ext") else None


def answer_nodes(call: Call, leg: Leg) -> list[Node]:
    """ANSWER: the phone that was lifted, then whom it hears."""
    other = call.other(leg)
    return [leg.party.node(), *([other.node()] if other is not None else [])]


def answered_nodes(call: Call, leg: Leg) -> list[Node] | None:
    """ANSWERED: the side that waits learns that the other has answered."""
    caller, called = call.caller.party, leg.party
    if called.kind == "outer":
        return [called.node(), caller.node()] if caller.kind in ("ext", "visitor") else [called.node()]
    if leg is not call.caller and caller.kind in ("ext", "visitor"):
        return [caller.node(), called.node()]
    return None


def bye_nodes(call: Call) -> list[list[Node]]:
    """BYE, once or twice, with the parties of each."""
    caller = call.caller.party
    called = call.called_leg.party if call.called_leg is not None else None
    if called is None or call.waits_for:
        return [[caller.node()]] if caller.kind in ("visitor", "outer") else []
    if caller.kind == "outer" and called.kind == "outer":
        return [[caller.node()], [called.node()]]
    if called.kind == "outer" and caller.kind in ("ext", "menu"):
        if caller.kind == "ext" and called.analogue:
            return [[caller.node(), called.short()]]
        return [[called.node()]]
    if called.kind == "ext" and caller.kind == "menu":
        return [[called.node(), caller.node()]]
    return [[caller.node(), called.node()]]
