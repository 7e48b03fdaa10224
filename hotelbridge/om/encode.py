"""Commands to bytes, without I/O: exactly the documents of the manual's chapters 2.1 to 2.3.

What the manual does not allow was refused with ValueError when the command was built.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from lxml import etree

from hotelbridge.om import commands as c
from hotelbridge.om.parties import Ext, Group, Menu, Outer, Party, Visitor

Sign = Callable[[bytes], bytes]  # the root element's bytes to an <Auth> block that is sent behind it

DECLARATION = b'<?xml version="1.0" encoding="utf-8" ?>\n'

_QUERIES: dict[type[c.Command], str] = {
    c.QueryExt: "ext",
    c.QueryTrunk: "trunk",
    c.QueryVisitor: "visitor",
    c.QueryOuter: "outer",
    c.QueryGroup: "group",
    c.QueryMenu: "menu",
}
_OF_EXT = (c.Hold, c.Unhold, c.Mute, c.Unmute, c.Talk, c.Listen)


def encode(command: c.Command, sign: Sign | None = None) -> bytes:
    """A command as the device wants it; a ConfigGet is no document but a path (`config_path`)."""
    body = etree.tostring(_document(command), encoding="utf-8")
    return DECLARATION + body + b"\n" + (sign(body) if sign is not None else b"")


def config_path(command: c.ConfigGet) -> str:
    """The path and query that read a system parameter (chapter 4.2)."""
    line = "" if command.line_id is None else f"&line_id={command.line_id}"
    password = "" if command.password is None else f"&pass={_quoted(command.password)}"
    return f"/xml?method=gw.config.get{line}&id={command.id}{password}"


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _document(command: c.Command) -> etree._Element:
    if isinstance(command, c.QueryDevice):
        return _root("Control", "Query", etree.Element("DeviceInfo"))
    if type(command) in _QUERIES:
        return _root(
            "Control", "Query", _node(_QUERIES[type(command)], id=getattr(command, "id", None) or "")
        )
    if isinstance(command, _OF_EXT):
        return _root("Control", type(command).__name__, _node("ext", id=command.ext))
    if isinstance(command, c.Monitor | c.Bargein):
        return _root(
            "Control", type(command).__name__, _node("ext", id=command.by), _node("ext", id=command.ext)
        )
    if isinstance(command, c.Clear):
        return _root("Control", "Clear", _party(command.party))
    if isinstance(command, c.Connect):
        return _connect(command)
    if isinstance(command, c.Queue):
        return _root("Transfer", "Queue", _node("visitor", id=command.visitor), _party(command.to))
    if isinstance(command, c.Conference):
        return _root("Transfer", "Conference", _node("ext", id=command.ext))
    if isinstance(command, c.Accept):
        return _root("Notify", "Accept", _node("visitor", id=command.visitor))
    return _assign(command)


def _assign(command: c.Command) -> etree._Element:
    if isinstance(command, c.AssignExt):
        leaves = [_leaf(name, value) for name, value in command.values]
        return _root("Control", "Assign", _node("ext", *leaves, lineid=command.lineid))
    if isinstance(command, c.AssignGroup):
        leaves = _leaves(voicefile=command.voicefile, distribution=command.distribution)
        leaves += [_leaf("ext", number) for number in command.exts]
        return _root("Control", "Assign", _node("group", *leaves, id=command.id))
    if isinstance(command, c.AssignMenu):
        leaves = _leaves(
            voicefile=command.voicefile,
            repeat=command.repeat,
            infolength=command.infolength,
            exit=command.exit,
        )
        return _root("Control", "Assign", _node("menu", *leaves, id=command.id))
    raise ValueError(f"{type(command).__name__} has no document")


def _connect(command: c.Connect) -> etree._Element:
    parts = [_party(command.first)]
    if command.trunk is not None:
        parts.append(_node("trunk", id=command.trunk))
    if command.second is not None:
        parts.append(_party(command.second))
    return _root("Transfer", "Connect", *parts, *_leaves(voicefile=command.voicefile))


def _party(party: Party) -> etree._Element:
    if isinstance(party, Outer):
        if party.id is not None:
            return _node("outer", id=party.id)
        shown = {} if party.display is None else {"display": party.display}
        return _node("outer", to=party.to or "", **shown)
    name = {Ext: "ext", Visitor: "visitor", Menu: "menu", Group: "group"}[type(party)]
    return _node(name, id=party.id or "")


def _root(name: str, attribute: str, *children: etree._Element) -> etree._Element:
    return _node(name, *children, attribute=attribute)


def _node(name: str, *children: etree._Element, **attributes: str) -> etree._Element:
    element = etree.Element(name, attributes)
    element.extend(children)
    return element


def _leaf(name: str, text: str) -> etree._Element:
    element = etree.Element(name)
    element.text = text
    return element


def _leaves(**values: str | int | None) -> list[etree._Element]:
    return [_leaf(name, str(value)) for name, value in values.items() if value is not None]
