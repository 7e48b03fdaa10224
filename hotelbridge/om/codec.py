"""Bytes to messages and back, without I/O.

`decode_push` reads what the device says by itself, `decode_reply` what it answers; `encode` (of the
module of that name) writes a command. What cannot be read raises `Nonsense`: they sent it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from hotelbridge.errors import Nonsense
from hotelbridge.om import commands as c
from hotelbridge.om import events as e
from hotelbridge.om import replies as r
from hotelbridge.om.encode import Sign, config_path, encode
from hotelbridge.om.parties import Ext, Outer, Visitor
from hotelbridge.om.xmlsafe import attribute, parse, strip_name, words

__all__ = ["Sign", "config_path", "decode_push", "decode_reply", "encode"]

# --- parts that events and replies share ---


def _visitor(x: etree._Element) -> Visitor:
    return Visitor(
        attribute(x, "id"),
        attribute(x, "from"),
        attribute(x, "to"),
        attribute(x, "callid"),
        _child(x, "state"),
    )


def _outer(x: etree._Element) -> Outer:
    return Outer(
        id=attribute(x, "id"),
        from_=attribute(x, "from"),
        to=attribute(x, "to"),
        trunk=attribute(x, "trunk"),
        callid=attribute(x, "callid"),
        display=attribute(x, "display"),
        state=_child(x, "state"),
    )


def _child(x: etree._Element, name: str) -> str | None:
    return words(x.find(name))


def _int(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


# --- pushes ---


def decode_push(body: bytes) -> e.Event | e.Cdr:
    """What the device pushed. Raises Nonsense."""
    root, auth = parse(body)
    name = strip_name(root.tag)
    if name == "Event":
        return _event(root, auth)
    if name == "Cdr":
        return _cdr(root, auth)
    raise Nonsense(f"<{name}> is neither an event nor a call record")


def _event(root: etree._Element, auth: dict[str, str] | None) -> e.Event:
    name = attribute(root, "attribute") or ""
    kind = e.EVENTS.get(name.upper(), e.UnknownEvent)
    parts: dict[str, Any] = {"auth": auth}
    exts: list[str] = []
    extra: dict[str, str] = {}
    own: dict[str, Any] = {}
    for child in root:
        _take(child, parts, exts, extra, own)
    if exts:
        parts["exts"] = tuple(exts)
    if kind is e.Online:
        parts["register_ip"] = attribute(root, "RegisterIP")
    elif kind is e.UnknownEvent:
        parts["name"] = name
    for field_ in _OWN.get(kind, ()):
        if field_ in own:
            parts[field_] = own.pop(field_)
    extra.update({key: str(value) for key, value in own.items() if value is not None})
    return kind(**parts, extra=extra)


_OWN: dict[type[e.Event], tuple[str, ...]] = {
    e.Bye: ("recording",),
    e.Transient: ("state",),
    e.Failed: ("code", "reason"),
    e.Dtmf: ("info",),
}


def _take(
    child: etree._Element, parts: dict[str, Any], exts: list[str], extra: dict[str, str], own: dict[str, Any]
) -> None:
    """One element of an event, wherever its kind belongs. An info and a menu may stand inside a party."""
    tag = strip_name(child.tag)
    if tag in ("ext", "called"):
        number = attribute(child, "id")
        if number:
            exts.append(number)
    elif tag == "visitor":
        parts.setdefault("visitor", _visitor(child))
    elif tag == "outer":
        parts.setdefault("outer", _outer(child))
    elif tag in ("menu", "trunk"):
        parts.setdefault(tag, attribute(child, "id"))
    elif tag.lower() == "mac":
        parts["mac"] = words(child)
    elif tag == "err":
        own["code"], own["reason"] = _int(attribute(child, "code")), attribute(child, "reason")
    elif tag.lower() in ("info", "recording", "state"):
        own[tag.lower()] = words(child)
    else:
        extra[tag] = words(child) or attribute(child, "id") or ""
    if tag in ("visitor", "outer", "ext"):
        for inner in child:
            if strip_name(inner.tag) in ("info", "menu"):
                _take(inner, parts, exts, extra, own)


_CDR_FIELDS = {
    "callid": "callid",
    "timestart": "time_start",
    "type": "type",
    "route": "route",
    "cpn": "cpn",
    "cdpn": "cdpn",
    "timeend": "time_end",
    "trunknumber": "trunk_number",
    "recording": "recording",
    "reccodec": "rec_codec",
    "mac": "mac",
}


def _cdr(root: etree._Element, auth: dict[str, str] | None) -> e.Cdr:
    parts: dict[str, Any] = {"id": attribute(root, "id") or "", "auth": auth}
    extra: dict[str, str] = {}
    for child in root:
        tag = strip_name(child.tag)
        field_ = _CDR_FIELDS.get(tag.lower())
        if field_ is not None:
            parts[field_] = words(child)
        elif tag in ("visitor", "outer"):
            parts[tag] = attribute(child, "id")
        elif tag.lower() == "duration":
            parts["duration"] = _int(words(child))
        else:
            extra[tag] = words(child) or attribute(child, "id") or ""
    return e.Cdr(**parts, extra=extra)


# --- replies ---


def decode_reply(command: c.Command, body: bytes) -> r.Reply:
    """What the device answered to a command; the HTTP status says nothing. Raises Nonsense."""
    if not body.strip():
        return r.Empty()
    root, _ = parse(body)
    name = strip_name(root.tag)
    if name == "Event":
        event = _event(root, None)
        if isinstance(event, e.Failed | e.Transient):
            return event
        raise Nonsense(f"the device answered with the event {type(event).__name__}")
    if name == "DeviceInfo":
        return _device(root)
    if name == "Status":
        return _status(command, root)
    if name == "rsp" or isinstance(command, c.ConfigGet):
        return _parameter(root)
    raise Nonsense(f"<{name}> is no answer that the manual knows")


def _device(root: etree._Element) -> r.DeviceInfo:
    devices = root.find("devices")
    inside = [] if devices is None else list(devices)
    pairs = {
        kind: tuple(
            r.ExtLine(attribute(x, "lineid") or "", attribute(x, "id") or "")
            for x in inside
            if strip_name(x.tag) == kind
        )
        for kind in ("ext", "line")
    }
    groups = tuple(
        (attribute(x, "id") or "", tuple(attribute(m, "id") or "" for m in x.findall("ext")))
        for x in inside
        if strip_name(x.tag) == "group"
    )
    return r.DeviceInfo(
        manufacturer=_child(root, "manufacturer"),
        model=_child(root, "model"),
        version=_child(root, "version"),
        mac=_child(root, "mac"),
        exts=pairs["ext"],
        lines=pairs["line"],
        groups=groups,
    )


def _status(command: c.Command, root: etree._Element) -> r.Reply:
    readers: dict[str, Callable[[etree._Element], Any]] = {
        "ext": _ext_status,
        "trunk": _trunk_status,
        "group": _group_status,
        "menu": _menu_status,
        "visitor": _call_status,
        "outer": _call_status,
    }
    found = [(strip_name(x.tag), x) for x in root]
    known = [(tag, readers[tag](x)) for tag, x in found if tag in readers]
    calls = tuple(item for tag, item in known if tag in ("visitor", "outer"))
    if calls or isinstance(command, c.QueryVisitor | c.QueryOuter):
        return r.CallsStatus(calls)
    items = tuple(item for _, item in known)
    if not items:
        return r.Empty()
    return items[0] if len(items) == 1 else r.Several(items)


# The names of Assign, whatever the case in which an answer spells them.
_SPELLED = {name.lower(): name for name in c.EXT_PARAMETERS}
_NO_PARAMETER = frozenset({"state", "outer", "visitor", "ext", "menu", "group", "lineid"})


def _ext_status(x: etree._Element) -> r.ExtStatus:
    values = {
        _SPELLED.get(strip_name(child.tag).lower(), strip_name(child.tag)): words(child) or ""
        for child in x
        if strip_name(child.tag) not in _NO_PARAMETER
    }
    state = _child(x, "state")
    return r.ExtStatus(
        id=attribute(x, "id") or "",
        lineid=_child(x, "lineid") or attribute(x, "lineid"),
        values=values,
        groups=tuple(filter(None, (attribute(g, "id") or words(g) for g in x.findall("group")))),
        state=None if state is None else state.lower(),
        exts=tuple(Ext(attribute(p, "id") or words(p) or "", _child(p, "state")) for p in x.findall("ext")),
        visitors=tuple(_visitor(p) for p in x.findall("visitor")),
        outers=tuple(_outer(p) for p in x.findall("outer")),
        menus=_ids(x, "menu"),
    )


def _ids(x: etree._Element, name: str) -> tuple[str, ...]:
    return tuple(attribute(p, "id") or words(p) or "" for p in x.findall(name))


def _trunk_status(x: etree._Element) -> r.TrunkStatus:
    state = _child(x, "state")
    return r.TrunkStatus(
        id=attribute(x, "id") or "",
        lineid=_child(x, "lineid"),
        state=None if state is None else state.lower(),
        visitors=tuple(_visitor(p) for p in x.findall("visitor")),
        outers=tuple(_outer(p) for p in x.findall("outer")),
    )


def _group_status(x: etree._Element) -> r.GroupStatus:
    return r.GroupStatus(
        id=attribute(x, "id") or "",
        exts=_ids(x, "ext"),
        voicefile=_child(x, "voicefile"),
        distribution=_child(x, "distribution"),
        visitors=tuple(_visitor(p) for p in x.findall("visitor")),
    )


def _menu_status(x: etree._Element) -> r.MenuStatus:
    return r.MenuStatus(
        id=attribute(x, "id") or "",
        voicefile=_child(x, "voicefile"),
        repeat=_int(_child(x, "repeat")),
        infolength=_int(_child(x, "infolength")),
        exit=_child(x, "exit"),
        visitors=tuple(_visitor(p) for p in x.findall("visitor")),
        outers=tuple(_outer(p) for p in x.findall("outer")),
        exts=_ids(x, "ext"),
    )


def _call_status(x: etree._Element) -> r.CallStatus:
    party = _visitor(x) if strip_name(x.tag) == "visitor" else _outer(x)
    return r.CallStatus(
        party=party,
        exts=_ids(x, "ext"),
        menus=_ids(x, "menu"),
        outers=tuple(_outer(p) for p in x.findall("outer")),
        state=_child(x, "state"),
    )


def _parameter(root: etree._Element) -> r.ParameterValue:
    item = root if root.get("value") is not None else next(iter(root.iter("item")), None)
    if item is None:
        raise Nonsense("the device does not tell the parameter: is the management password right?")
    value = attribute(item, "value")
    return r.ParameterValue(attribute(item, "id"), None if value in (None, "not defined") else value)
