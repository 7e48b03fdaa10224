"""What a telephone exchange says, what it is asked and what it answers, in plain words for people.

Telephone numbers of the outside and keys that a guest pressed are marked as personal (`core.personal`).
Decides nothing and never fails: what it does not know it calls by its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from hotelbridge.core.personal import personal
from hotelbridge.errors import Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.codec import decode_push
from hotelbridge.texts import phrase

SECRET = frozenset({om.PARAMETERS["API_PASSWORD"]})  # parameters whose value nobody is shown
OF_PEOPLE = frozenset({"Fwd_Number", "Fork", "mobile", "Off_Line_Num", "email"})  # parameters
LINE_LEVELS = {
    "0": phrase("0 (inside the house only)"),
    "1": phrase("1 (local calls)"),
    "2": phrase("2 (calls within the country)"),
    "3": phrase("3 (all calls)"),
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
        return Told(phrase(f"something that cannot be read ({error})"))
    if isinstance(push, om.Cdr):
        return _call_record(push)
    return Told(_event(push), push.exts)


def _call_record(cdr: om.Cdr) -> Told:
    parties = [party for party in (cdr.cpn, cdr.cdpn) if party]
    kind, named = cdr.type or "", [_number(party) for party in parties]
    length = phrase("never connected") if not cdr.duration else f"{cdr.duration} s"
    if len(named) == 2:
        caller, called = named
        words = phrase(f"call record {kind}: {caller} to {called}, {length}")
    else:
        who = named[0] if named else phrase("nobody named")
        words = phrase(f"call record {kind}: {who}, {length}")
    return Told(words, tuple(party for party in parties if is_inside(party)))


def is_inside(number: str) -> bool:
    return number.isdigit() and len(number) <= 5


def _number(number: str) -> str:
    """Numbers of the house stand as they are; longer ones belong to somebody."""
    return number if is_inside(number) else personal(number)


_EVENTS: dict[type[om.Event], str] = {
    om.Bootup: phrase("it has started; its groups and menus are empty"),
    om.ConfigChange: phrase("somebody saved a page of its settings"),
    om.Busy: phrase("{phone} is busy"),
    om.Idle: phrase("{phone} is idle"),
    om.Online: phrase("{phone} has registered"),
    om.Offline: phrase("{phone} is gone"),
    om.Ring: phrase("{phone} rings"),
    om.Alert: phrase("the far side of {phone} rings"),
    om.Answer: phrase("{phone} is lifted"),
    om.Answered: phrase("the far side of {phone} is lifted"),
    om.Bye: phrase("the call of {phone} is over"),
    om.Divert: phrase("a call of {phone} went elsewhere"),
    om.Transient: phrase("a call of {phone} is being set up"),
    om.Failed: phrase("a call of {phone} failed"),
    om.Invite: phrase("a call wants to be let in"),
    om.Incoming: phrase("a call was let in"),
    om.Dtmf: phrase("{phone} pressed keys"),
    om.EndOfAnn: phrase("{phone} heard an announcement to its end"),
}


def _event(event: om.Event) -> str:
    what = _EVENTS.get(type(event))
    if what is None:
        name = getattr(event, "name", "") or type(event).__name__
        what = phrase(f"the event {name}")
    phone = event.ext or phrase("a phone that is not named")
    return ", ".join([what.format(phone=phone), *_details(event)])


def _details(event: om.Event) -> list[str]:
    found = [phrase(f"with {number}") for number in event.exts[1:]]
    if event.menu:
        found.append(phrase(f"menu {event.menu}"))
    if event.visitor is not None and event.visitor.from_:
        caller = _number(event.visitor.from_)
        found.append(phrase(f"from {caller}"))
    if event.outer is not None and event.outer.to:
        called = _number(event.outer.to)
        found.append(phrase(f"to {called}"))
    return [*found, *_own(event)]


def _own(event: om.Event) -> list[str]:
    """What only this kind of event tells."""
    if isinstance(event, om.Failed):
        return [_failure(event)]
    if isinstance(event, om.Dtmf) and event.info:
        keys = event.info.rstrip("T#*")
        return [event.info if len(keys) <= 1 else personal(event.info)]
    if isinstance(event, om.Transient) and event.state:
        return [_STATES.get(event.state, event.state)]
    return []


_STATES = {  # of a phone, a trunk or a call
    "ready": phrase("ready"),
    "active": phrase("active"),
    "progress": phrase("in progress"),
    "offline": phrase("offline"),
    "offhook": phrase("off the hook"),
    "unwired": phrase("unwired"),
    "wait": phrase("it waits"),
    "talk": phrase("they talk"),
}
_FAILED = {
    "temp failure": phrase("temp failure ({code})"),
    "restricted": phrase("restricted ({code})"),
    "offline": phrase("offline ({code})"),
    "other call": phrase("other call ({code})"),
    "no circuit": phrase("no circuit ({code})"),
    "busy": phrase("busy ({code})"),
    "not exist": phrase("not exist ({code})"),
    "": phrase("no reason given ({code})"),
}


def _failure(failed: om.Failed) -> str:
    reason = failed.reason or ""
    if failed.code is None:
        return reason or phrase("no reason given")
    known = _FAILED.get(reason.lower())
    return known.format(code=failed.code) if known else f"{reason} ({failed.code})"


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
    if isinstance(party, om.Menu):
        return phrase(f"menu {party.id}")
    if isinstance(party, om.Group):
        return phrase(f"group {party.id}")
    if isinstance(party, om.Trunk):
        return phrase(f"trunk {party.id}")
    if isinstance(party, om.Visitor):
        return phrase(f"the incoming call {party.id}")
    if isinstance(party, om.Outer):
        return _number(party.to) if party.to else phrase(f"the outgoing call {party.id}")
    return str(party)


def _connect(command: om.Connect) -> str:
    first, second = _party(command.first), _party(command.second)
    if isinstance(command.first, om.Menu) and command.second is not None:
        menu = command.first.id
        return phrase(f"call {second} with menu {menu}")
    if command.second is None:
        return phrase(f"play {command.voicefile} to {first}")
    return phrase(f"connect {first} with {second}")


def settings(values: Mapping[str, str]) -> str:
    """Parameters of a phone and what they hold, those of people marked as personal."""
    return ", ".join(_holds(name, value) for name, value in values.items())


def _holds(name: str, value: str) -> str:
    if not value:
        return phrase(f"{name} = nothing")
    return f"{name} = {personal(value) if name in OF_PEOPLE else value}"


def _menu(command: om.AssignMenu) -> str:
    repeats = _repeats(command.repeat)
    return phrase(f"set menu {command.id}: {command.voicefile}, {repeats}")


def _members(exts: Sequence[str]) -> str:
    return ", ".join(exts) or phrase("nobody")


_ASKED: dict[type[om.Command], Callable[[Any], str]] = {
    om.Connect: _connect,
    om.Clear: lambda c: phrase(f"end the call of {_party(c.party)}"),
    om.AssignExt: lambda c: phrase(f"set {settings(dict(c.values))} on the line {c.lineid}"),
    om.AssignMenu: _menu,
    om.AssignGroup: lambda c: phrase(f"set group {c.id}: {_members(c.exts)}"),
    om.QueryDevice: lambda c: phrase("say what it is"),
    om.QueryExt: lambda c: phrase(f"tell about phone {c.id}"),
    om.QueryTrunk: lambda c: phrase(f"tell about trunk {c.id}"),
    om.QueryMenu: lambda c: phrase(f"tell about menu {c.id}") if c.id else phrase("tell about each menu"),
    om.QueryGroup: lambda c: phrase(f"tell about group {c.id}") if c.id else phrase("tell about each group"),
    om.QueryVisitor: lambda c: phrase("tell about incoming calls"),
    om.QueryOuter: lambda c: phrase("tell about outgoing calls"),
    om.ConfigGet: lambda c: phrase(f"tell the parameter {c.id}"),
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
        return phrase(f"it failed: {_failure(reply)}")
    if isinstance(reply, om.Event):
        return _event(reply)
    if isinstance(reply, om.DeviceInfo):
        return _device(reply)
    if isinstance(reply, om.MenuStatus):
        file, repeats = reply.voicefile or phrase("no voice file"), _repeats(reply.repeat)
        return phrase(f"menu {reply.id}: {file}, {repeats}")
    if isinstance(reply, om.Empty):
        return phrase("nothing: done, or there is no such thing")
    if isinstance(reply, om.ParameterValue):
        return _parameter(command, reply)
    return _otherwise(reply)


def _repeats(repeat: int | None) -> str:
    return phrase(f"played {repeat}") if repeat else phrase("played without end")


def _device(info: om.DeviceInfo) -> str:
    model, many = info.model or phrase("a device"), len(info.exts)
    device = f"{model} {info.version or ''}".rstrip()
    return phrase(f"{device} with {many} phones") if many != 1 else phrase(f"{device} with 1 phone")


def _parameter(command: om.Command, reply: om.ParameterValue) -> str:
    if isinstance(command, om.ConfigGet) and command.id in SECRET:
        return phrase("it is set") if reply.value else phrase("it is not set")
    return phrase(f"it is {reply.value}") if reply.value is not None else phrase("it is not known")


_PHONES = {
    "ready": phrase("{phone} is ready"),
    "active": phrase("{phone} is active"),
    "progress": phrase("{phone} is in progress"),
    "offline": phrase("{phone} is offline"),
    "offhook": phrase("{phone} is off the hook"),
    "": phrase("{phone} is in no state that it tells"),
}


def _phone(status: om.ExtStatus) -> str:
    known = _PHONES.get(status.state or "")
    parts = [known.format(phone=status.id) if known else f"{status.id} is {status.state}"]
    others = [phrase(f"menu {menu}") for menu in status.menus]
    others += [_party(p) for p in (*status.exts, *status.outers)]
    others += [_number(p.from_) if p.from_ else _party(p) for p in status.visitors]
    if others:
        them = ", ".join(others)
        parts.append(phrase(f"with {them}"))
    if status.values:
        parts.append(phrase(f"it holds {settings(status.values)}"))
    return "; ".join(parts)


def _otherwise(reply: om.Reply) -> str:
    if isinstance(reply, om.CallsStatus):
        calls = ", ".join(_party(call.party) for call in reply.calls) or phrase("none")
        return phrase(f"calls: {calls}")
    if isinstance(reply, om.GroupStatus):
        return phrase(f"group {reply.id}: {_members(reply.exts)}")
    if isinstance(reply, om.TrunkStatus):
        told = reply.state or ""
        state = _STATES.get(told, told) or phrase("in no state that it tells")
        return phrase(f"trunk {reply.id} is {state}")
    if isinstance(reply, om.Several):
        many = len(reply.items)
        return phrase(f"{many} of them")
    return type(reply).__name__
