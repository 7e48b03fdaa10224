"""The ways in which the simulated exchange misbehaves, each switchable, once or always.

Every one of them was seen on a real device or cannot be excluded. Here they are only named and
counted; the exchange and its wire act on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar


class CommandFault(StrEnum):
    """What goes wrong with a command and its reply."""

    DROP_EXECUTED = "executed, then dropped without a reply"
    DROP_UNEXECUTED = "dropped without a reply, and not executed"
    RESET = "reset right after a complete reply"
    CUT = "half of the reply, then dropped"
    NO_LENGTH = "reply without Content-Length"
    SEGMENTS = "reply in many small segments"
    SLOW = "reply late; what the command causes goes on meanwhile"
    HANG = "executed; neither a reply nor a close ever comes"
    GARBAGE = "a reply that is no XML"
    FAIL = "not executed: FAILED with a code"


class EventFault(StrEnum):
    """What goes wrong with a push."""

    LOSE = "never sent"
    DUPLICATE = "sent twice"
    LATE = "sent later than it happened"
    GLUED = "waits for the next push; both in one segment of one connection"
    SEGMENTS = "sent in small segments"
    NO_LENGTH = "sent without Content-Length"
    BLANK_NAME = "its name ends in a blank"
    AUTH = "a second root element <Auth> behind it"
    NO_DECLARATION = "no XML declaration"
    COMMENTS = "comments inside"
    CRLF = "CRLF line ends"
    UNKNOWN_ELEMENT = "an element nobody knows"
    UNKNOWN_EVENT = "an event QUEUE before it"
    RECORDING = "a recording inside (old firmware: in BYE)"
    TWICE_SHORTER = "a second time with fewer elements (old firmware: BYE)"
    VISITOR_FROM_ONLY = "its visitor carries only `from`"
    GARBAGE = "a body that is no XML"


class FailedBy(StrEnum):
    """How a call that cannot be placed says so; the manual leaves it open."""

    REPLY = "reply"
    PUSH = "push"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class CommandRule:
    """One fault for matching commands."""

    fault: CommandFault
    verb: str | None = None  # "Connect", "Query", "Assign", ...; None: any
    phone: str | None = None  # only commands that name this extension
    times: int | None = 1  # None: always
    seconds: float = 12.0  # SLOW
    code: int = 1  # FAIL


@dataclass(frozen=True, slots=True)
class EventRule:
    """One fault for matching pushes."""

    fault: EventFault
    name: str | None = None  # "RING", "ANSWER", ..., "CDR"; None: any
    phone: str | None = None
    times: int | None = 1  # None: always
    seconds: float = 3.0  # LATE


@dataclass(frozen=True, slots=True)
class CdrShape:
    """How this device's firmware writes its call records."""

    party: bool = True  # <visitor>/<outer>
    recording: bool = False
    codec: bool = False
    mac: bool = False
    unknown: bool = False  # elements nobody knows
    inbound_as_ou_op: bool = False  # old firmware: an incoming call by the operator is Type OU, Route OP
    untouched_clock: bool = False  # the device's clock was never set: year 2082
    number: int | None = None  # the same running number in every id
    callid: int | None = None  # the same callid in every record
    wakeup_type: str = "IN"  # menu -> extension is not documented
    wakeup_party: str = ""  # its calling number, likewise


@dataclass(slots=True)
class Faults:
    """What is switched on. `next` and `always` add; `clear` makes the device well-behaved again."""

    commands: list[CommandRule] = field(default_factory=list)
    events: list[EventRule] = field(default_factory=list)
    failed_by: FailedBy = FailedBy.REPLY
    channels_code: int = 5  # FAILED when every announcement channel is taken: 5, or 1
    unknown_menu: str = "rings"  # Connect of a menu that was never assigned: "rings" mutely, or "fails"
    no_disturb_code: int = 6
    cdr_first: bool = False  # the CDR comes before BYE and IDLE
    incoming_last: bool = False  # INCOMING comes after BYE
    divert_told: bool = True  # DIVERT when a call is forwarded
    idle_first: bool = False  # after BOOTUP every phone says IDLE
    cdr: CdrShape = CdrShape()

    def next(self, fault: CommandFault | EventFault, about: str | None = None, **more: object) -> None:
        """Misbehave once: at the next command with verb `about`, or the next push of that name."""
        self._add(fault, about, times=1, **more)

    def always(self, fault: CommandFault | EventFault, about: str | None = None, **more: object) -> None:
        """Misbehave from now on."""
        self._add(fault, about, times=None, **more)

    def clear(self) -> None:
        """Forget every rule."""
        self.commands.clear()
        self.events.clear()

    def take_command(self, verb: str, phones: tuple[str, ...]) -> CommandRule | None:
        """The fault of this command, if any; a rule for one time is used up."""
        for index, rule in enumerate(self.commands):
            if rule.verb in (None, verb) and (rule.phone is None or rule.phone in phones):
                self.commands[index : index + 1] = _left(rule)
                return rule
        return None

    def take_events(self, name: str, phone: str | None) -> dict[EventFault, EventRule]:
        """Every fault of this push; rules for one time are used up."""
        taken: dict[EventFault, EventRule] = {}
        left: list[EventRule] = []
        for rule in self.events:
            fits = rule.name in (None, name) and rule.phone in (None, phone) and rule.fault not in taken
            if fits:
                taken[rule.fault] = rule
            left += _left(rule) if fits else [rule]
        self.events = left
        return taken

    def _add(self, fault: CommandFault | EventFault, about: str | None, **more: object) -> None:
        if isinstance(fault, CommandFault):
            self.commands.append(replace(CommandRule(fault, about), **more))  # type: ignore[arg-type]
        else:
            self.events.append(replace(EventRule(fault, about), **more))  # type: ignore[arg-type]


Rule = TypeVar("Rule", CommandRule, EventRule)


def _left(rule: Rule) -> list[Rule]:
    if rule.times is None:
        return [rule]
    return [replace(rule, times=rule.times - 1)] if rule.times > 1 else []
