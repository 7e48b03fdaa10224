"""What a telephone exchange says, what it is asked and what it answers, in plain words for people.

Telephone numbers of the outside and keys that a guest pressed are marked as personal (`core.personal`).
Decides nothing and never fails: what it does not know it calls by its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from hotelbridge.core.personal import personal
from hotelbridge.errors import Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.codec import decode_push

SECRET = frozenset({om.PARAMETERS["API_PASSWORD"]})  # parameters whose value nobody is shown
OF_PEOPLE = frozenset({"Fwd_Number", "Fork", "mobile", "Off_Line_Num", "email"})  # parameters
LINE_LEVELS = {
    "0": "inside the house only",
    "1": "local calls",
    "2": "calls within the country",
    "3": "all calls",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A message in words, and the phones that it is about."""

    words: str
    phones: tuple[str, ...] = ()


# --- what it says by itself ---


def said(body: bytes) -> Told:
    """A push of the device, decoded."""
    try:
        push = decode_push(body)
    except Nonsense as error:
        return Told(f"something that cannot be read ({error})")
    if isinstance(push, om.Cdr):
        return _call_record(push)
    return Told(_event(push), push.exts)


def _call_record(cdr: om.Cdr) -> Told:
    parties = [party for party in (cdr.cpn, cdr.cdpn) if party]
    who = " to ".join(_number(party) for party in parties) or "nobody named"
    length = "never connected" if not cdr.duration else f"{cdr.duration} s"
    return Told(f"call record {cdr.type or ''}: {who}, {length}", tuple(p for p in parties if is_inside(p)))


def is_inside(number: str) -> bool:
    return number.isdigit() and len(number) <= 5


def _number(number: str) -> str:
    """Numbers of the house stand as they are; longer ones belong to somebody."""
    return number if is_inside(number) else personal(number)


_EVENTS: dict[type[om.Event], str] = {
    om.Bootup: "it has started; its groups and menus are empty",
    om.ConfigChange: "somebody saved a page of its settings",
    om.Busy: "{phone} is busy",
    om.Idle: "{phone} is idle",
    om.Online: "{phone} has registered",
    om.Offline: "{phone} is gone",
    om.Ring: "{phone} rings",
    om.Alert: "the far side of {phone} rings",
    om.Answer: "{phone} is lifted",
    om.Answered: "the far side of {phone} is lifted",
    om.Bye: "the call of {phone} is over",
    om.Divert: "a call of {phone} went elsewhere",
    om.Transient: "a call of {phone} is being set up",
    om.Failed: "a call of {phone} failed",
    om.Invite: "a call wants to be let in",
    om.Incoming: "a call was let in",
    om.Dtmf: "{phone} pressed keys",
    om.EndOfAnn: "{phone} heard an announcement to its end",
}


def _event(event: om.Event) -> str:
    what = _EVENTS.get(type(event))
    if what is None:
        what = f"the event {getattr(event, 'name', '') or type(event).__name__}"
    return ", ".join([what.format(phone=event.ext or "a phone that is not named"), *_details(event)])


def _details(event: om.Event) -> list[str]:
    found = [f"with {number}" for number in event.exts[1:]]
    if event.menu:
        found.append(f"menu {event.menu}")
    if event.visitor is not None and event.visitor.from_:
        found.append(f"from {_number(event.visitor.from_)}")
    if event.outer is not None and event.outer.to:
        found.append(f"to {_number(event.outer.to)}")
    return [*found, *_own(event)]


def _own(event: om.Event) -> list[str]:
    """What only this kind of event tells."""
    if isinstance(event, om.Failed):
        return [_failure(event)]
    if isinstance(event, om.Dtmf) and event.info:
        keys = event.info.rstrip("T#*")
        return [event.info if len(keys) <= 1 else personal(event.info)]
    if isinstance(event, om.Transient) and event.state:
        return [event.state]
    return []


def _failure(failed: om.Failed) -> str:
    code = "" if failed.code is None else f" ({failed.code})"
    return f"{failed.reason or 'no reason given'}{code}"


# --- what it is asked ---


def asked(command: om.Command) -> str:
    """A command as the end of the sentence "asked om20 to ..."."""
    words = _ASKED.get(type(command))
    if words is not None:
        return words(command)
    named = {f.name: getattr(command, f.name) for f in fields(command)}  # type: ignore[arg-type]
    parts = [f"{name} {_part(value)}" for name, value in named.items() if value not in (None, ())]
    return " ".join([type(command).__name__, *parts])


def _part(value: object) -> str:
    return _party(value) if not isinstance(value, str) else _number(value)


def _party(party: object) -> str:
    if isinstance(party, om.Ext):
        return party.id
    if isinstance(party, om.Menu | om.Group | om.Trunk):
        return f"{type(party).__name__.lower()} {party.id}"
    if isinstance(party, om.Visitor):
        return f"the incoming call {party.id}"
    if isinstance(party, om.Outer):
        return _number(party.to) if party.to else f"the outgoing call {party.id}"
    return str(party)


def _connect(command: om.Connect) -> str:
    if isinstance(command.first, om.Menu) and command.second is not None:
        return f"call {_party(command.second)} with menu {command.first.id}"
    if command.second is None:
        return f"play {command.voicefile} to {_party(command.first)}"
    return f"connect {_party(command.first)} with {_party(command.second)}"


def settings(values: Mapping[str, str]) -> str:
    """Parameters of a phone and what they hold, those of people marked as personal."""
    return ", ".join(
        f"{name} = {personal(value) if name in OF_PEOPLE and value else value or 'nothing'}"
        for name, value in values.items()
    )


def _menu(command: om.AssignMenu) -> str:
    return f"set menu {command.id}: {command.voicefile}, played {command.repeat or 'without end'}"


_ASKED: dict[type[om.Command], Callable[[Any], str]] = {
    om.Connect: _connect,
    om.Clear: lambda c: f"end the call of {_party(c.party)}",
    om.AssignExt: lambda c: f"set {settings(dict(c.values))} on the line {c.lineid}",
    om.AssignMenu: _menu,
    om.AssignGroup: lambda c: f"set group {c.id}: {', '.join(c.exts) or 'nobody'}",
    om.QueryDevice: lambda c: "say what it is",
    om.QueryExt: lambda c: f"tell about phone {c.id}",
    om.QueryTrunk: lambda c: f"tell about trunk {c.id}",
    om.QueryMenu: lambda c: f"tell about menu {c.id or 'each'}",
    om.QueryGroup: lambda c: f"tell about group {c.id or 'each'}",
    om.QueryVisitor: lambda c: "tell about incoming calls",
    om.QueryOuter: lambda c: "tell about outgoing calls",
    om.ConfigGet: lambda c: f"tell the parameter {c.id}",
}


def phones_of(command: om.Command, reply: om.Reply | None) -> tuple[str, ...]:
    """The phones that a command and its answer are about."""
    named: list[str] = []
    for part in (getattr(command, name, None) for name in ("first", "second", "party")):
        if isinstance(part, om.Ext):
            named.append(part.id)
    if isinstance(command, om.QueryExt):
        named.append(command.id)
    named += [part for part in (getattr(command, "ext", None), getattr(command, "by", None)) if part]
    if isinstance(reply, om.ExtStatus):
        named.append(reply.id)
    return tuple(dict.fromkeys(named))


# --- what it answers ---


def answered(command: om.Command, reply: om.Reply) -> str:
    """The answer to a command, after "om20 answers: "."""
    if isinstance(reply, om.ExtStatus):
        return _phone(reply)
    if isinstance(reply, om.Failed):
        return f"it failed: {_failure(reply)}"
    if isinstance(reply, om.Event):
        return _event(reply)
    if isinstance(reply, om.DeviceInfo):
        return f"{reply.model or 'a device'} {reply.version or ''} with {len(reply.exts)} phones"
    if isinstance(reply, om.MenuStatus):
        return f"menu {reply.id}: {reply.voicefile or 'no voice file'}, {_repeats(reply.repeat)}"
    if isinstance(reply, om.Empty):
        return "nothing: done, or there is no such thing"
    if isinstance(reply, om.ParameterValue):
        return _parameter(command, reply)
    return _otherwise(reply)


def _repeats(repeat: int | None) -> str:
    return f"played {repeat}" if repeat else "played without end"


def _parameter(command: om.Command, reply: om.ParameterValue) -> str:
    if isinstance(command, om.ConfigGet) and command.id in SECRET:
        return "it is set" if reply.value else "it is not set"
    return f"it is {reply.value}" if reply.value is not None else "it is not known"


def _phone(status: om.ExtStatus) -> str:
    parts = [f"{status.id} is {status.state or 'in no state that it tells'}"]
    others = [*(f"menu {m}" for m in status.menus), *(_party(p) for p in (*status.exts, *status.outers))]
    others += [_number(p.from_) if p.from_ else _party(p) for p in status.visitors]
    if others:
        parts.append(f"with {', '.join(others)}")
    if status.values:
        parts.append(f"it holds {settings(status.values)}")
    return "; ".join(parts)


def _otherwise(reply: om.Reply) -> str:
    if isinstance(reply, om.CallsStatus):
        return f"calls: {', '.join(_party(call.party) for call in reply.calls) or 'none'}"
    if isinstance(reply, om.GroupStatus):
        return f"group {reply.id}: {', '.join(reply.exts) or 'nobody'}"
    if isinstance(reply, om.TrunkStatus):
        return f"trunk {reply.id} is {reply.state or 'in no state that it tells'}"
    if isinstance(reply, om.Several):
        return f"{len(reply.items)} of them"
    return type(reply).__name__
