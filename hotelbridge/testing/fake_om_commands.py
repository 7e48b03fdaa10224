"""What the simulated exchange understands: the commands of chapters 2.1 to 2.3 and of 4.2.

Reads the XML with lxml by itself, asks the exchange, and gives back the document of the reply. Knows
nothing of HTTP, nor of what is lost or spoilt on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl

from lxml import etree

from hotelbridge.testing.fake_om_calls import Call, Leg
from hotelbridge.testing.fake_om_connect import Connects, Refused
from hotelbridge.testing.fake_om_exchange import Exchange
from hotelbridge.testing.fake_om_plant import GroupState, MenuState, PhoneState
from hotelbridge.testing.fake_om_xml import Node, leaf, node, status

_AUTH = re.compile(rb"<Auth>.*</Auth>\s*\Z", re.DOTALL)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
NUMBERED = range(1, 51)  # menus and groups
FT_API, FT_ALERT_INFO = "599", "986"  # the two parameters of chapter 4.1 that each line has


@dataclass(frozen=True, slots=True)
class Command:
    """One command, read."""

    verb: str  # Query, Assign, Connect, ...
    root: etree._Element | None
    words: str  # "Connect menu 1, ext 212": for logs and for tests
    phones: tuple[str, ...] = ()


@dataclass(slots=True)
class Seen:
    """One command as it came in, and what became of it."""

    at: datetime
    verb: str
    words: str
    body: bytes
    source: str
    executed: bool = True
    reply: bytes | None = None  # None: none was sent


def read(body: bytes) -> Command:
    """Raises ValueError when it is no command."""
    try:
        root = etree.fromstring(_AUTH.sub(b"", body).strip(), _PARSER)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    verb = (root.get("attribute") or "").strip()
    parties = [child for child in root if child.get("id") or child.get("to") or child.get("lineid")]
    names = [f"{one.tag!s} {one.get('id') or one.get('to') or one.get('lineid')}" for one in parties]
    phones = tuple(one.get("id") or "" for one in parties if one.tag == "ext")
    return Command(
        verb, root, f"{verb} {', '.join(names or [str(child.tag) for child in root])}".strip(), phones
    )


@dataclass(slots=True)
class Commands:
    """Executes commands on the exchange."""

    exchange: Exchange
    connects: Connects
    password: str = "admin"
    _verbs: dict[str, Callable[[etree._Element], Node | None]] = field(init=False)

    def __post_init__(self) -> None:
        self._verbs = {
            "Query": self._query,
            "Assign": self._assign,
            "Hold": self._hold,
            "Unhold": self._unhold,
            "Mute": lambda root: self._mute(root, True),
            "Unmute": lambda root: self._mute(root, False),
            "Monitor": self._monitor,
            "Bargein": self._monitor,
            "Talk": self._listening,
            "Listen": self._listening,
            "Clear": self._clear,
            "Connect": self.connects.connect,
            "Queue": self.connects.queue,
            "Conference": self._conference,
            "Accept": self._accept,
        }

    def execute(self, command: Command) -> Node | None:
        """The document of the reply; None is an empty body. Raises Refused and Unanswered."""
        verb = self._verbs.get(command.verb)
        return verb(command.root) if verb is not None and command.root is not None else None

    # -- Query (2.1.1) ----------------------------------------------------------------------------

    def _query(self, root: etree._Element) -> Node | None:
        asked = next(iter(root), None)
        if asked is None:
            return None
        number = (asked.get("id") or "").strip()
        plant = self.exchange.plant
        if asked.tag == "DeviceInfo":
            return plant.described(self.exchange.parameters)
        if asked.tag == "ext":
            phone = plant.phones.get(number)
            return phone.queried() if phone is not None else None
        if asked.tag == "trunk":
            return self._query_trunk(number)
        if asked.tag in ("visitor", "outer"):
            return self._query_outside(asked.tag, number)
        if asked.tag == "menu":
            menus = [one for one in plant.menus.values() if number in ("", one.number)]
            return status(*(menu.told(self._inside(menu)) for menu in menus)) if menus else None
        groups = [one for one in plant.groups.values() if number in ("", one.number)]
        return status(*(group.queried(self._queue_of(group)) for group in groups)) if groups else None

    def _query_trunk(self, number: str) -> Node | None:
        trunk = self.exchange.plant.trunks.get(number)
        if trunk is None:
            return None
        inside = [
            leg.party.node(leaf("state", "talk" if call.up_at else "progress"))
            for call in self.exchange.calls
            for leg in call.legs
            if number in (leg.party.trunk, leg.party.to if leg.party.kind == "visitor" else "")
        ]
        word = "active" if inside and trunk.analogue else "ready"
        return status(
            node("trunk", {"id": number}, leaf("lineid", trunk.lineid), leaf("state", word), *inside)
        )

    def _query_outside(self, kind: str, number: str) -> Node | None:
        found = [
            leg.party.node(*self._peer(call, leg))
            for call in self.exchange.calls
            for leg in call.legs
            if leg.party.kind == kind and number in ("", leg.party.id) and leg.state != "over"
        ]
        return status(*found) if found or not number else None

    def _peer(self, call: Call, leg: Leg) -> list[Node]:
        other = call.other(leg)
        if leg.party.kind == "outer" and other is not None and other.kind == "ext":
            return [leg.party.node()]  # as the manual shows it: itself once more
        word = "wait" if call.waits_for else "talk" if call.up_at is not None else "progress"
        return [*([other.node()] if other is not None else []), leaf("state", word)]

    def _inside(self, menu: MenuState) -> list[Node]:
        parties = [leg.party for call in self.exchange.calls if call.menu is menu for leg in call.legs]
        shown = [one for one in parties if one.kind in ("outer", "visitor")]
        return [Node(one.kind, one.node().attributes[:-1]) for one in shown]  # without callid, as printed

    def _queue_of(self, group: GroupState) -> list[Node]:
        waiting = [call for call in self.exchange.calls if call.waits_for == f"group {group.number}"]
        return [call.caller.party.node() for call in waiting]

    # -- Assign (2.1.2) ---------------------------------------------------------------------------

    def _assign(self, root: etree._Element) -> Node | None:
        wanted = next(iter(root), None)
        if wanted is None:
            return None
        values = [(str(child.tag), (child.text or "").strip()) for child in wanted]
        if wanted.tag == "ext":
            return self._assign_ext((wanted.get("lineid") or "").strip(), values)
        number = (wanted.get("id") or "").strip()
        if not number.isdigit() or int(number) not in NUMBERED:
            raise Refused(7)
        return (
            self._assign_menu(number, values) if wanted.tag == "menu" else self._assign_group(number, values)
        )

    def _assign_ext(self, lineid: str, values: list[tuple[str, str]]) -> Node:
        plant = self.exchange.plant
        phone = plant.by_line(lineid)
        number = dict(values).get("id", "")
        if phone is None:
            raise Refused(7)
        if number and number != phone.number and number in plant.phones:
            raise Refused(1, node("ext", {"id": number}))
        phone.assign(values)
        plant.renumber()
        return phone.assigned()

    def _assign_menu(self, number: str, values: list[tuple[str, str]]) -> Node:
        given = dict(values)
        menu = MenuState(
            number,
            given.get("voicefile", ""),
            int(given.get("repeat") or 0),
            int(given.get("infolength") or 1),
            given.get("exit", ""),
        )
        self.exchange.plant.menus[number] = menu
        return status(menu.told([]))

    def _assign_group(self, number: str, values: list[tuple[str, str]]) -> Node:
        given, phones = dict(values), self.exchange.plant.phones
        group = self.exchange.plant.groups.setdefault(number, GroupState(number))
        group.voicefile, group.distribution = given.get("voicefile", ""), given.get("distribution", "")
        named = [value for name, value in values if name == "ext" and value in phones]
        # Members that were in it before stay, unless none at all is named.
        group.members = [*dict.fromkeys([*group.members, *named])] if named else []
        for phone in phones.values():
            phone.groups = [one for one in phone.groups if one != number]
            phone.groups += [number] if phone.number in group.members else []
        return status(group.assigned(self._queue_of(group)))

    # -- calls that are going on (2.1.3 to 2.1.7) -------------------------------------------------

    def _phone(self, root: etree._Element, index: int = 0) -> PhoneState:
        named = [one for one in root if one.tag == "ext"]
        phone = (
            self.exchange.plant.phones.get((named[index].get("id") or "").strip())
            if len(named) > index
            else None
        )
        if phone is None:
            raise Refused(7, *(node("ext", {"id": one.get("id") or ""}) for one in named[index:]))
        return phone

    def _talking(self, root: etree._Element, index: int = 0) -> PhoneState:
        phone = self._phone(root, index)
        if phone.call is None or phone.call.up_at is None:
            raise Refused(1, node("ext", {"id": phone.number}))
        return phone

    def _hold(self, root: etree._Element) -> None:
        phone = self._talking(root)
        phone.held = phone.call

    def _unhold(self, root: etree._Element) -> None:
        phone = self._talking(root)
        if phone.held is None:
            raise Refused(1, node("ext", {"id": phone.number}))
        phone.call, phone.held = phone.held, None

    def _mute(self, root: etree._Element, muted: bool) -> None:
        self._talking(root).muted = muted

    def _monitor(self, root: etree._Element) -> None:
        by, watched = self._phone(root), self._talking(root, 1)
        if not by.free:
            raise Refused(6, node("ext", {"id": by.number}))
        self.connects.listen_in(by, watched)

    def _listening(self, root: etree._Element) -> None:
        phone = self._talking(root)
        if phone.call is None or phone.call.origin != "monitor":
            raise Refused(1, node("ext", {"id": phone.number}))

    def _conference(self, root: etree._Element) -> None:
        phone = self._talking(root)
        if phone.held is None or phone.held is phone.call:
            raise Refused(1, node("ext", {"id": phone.number}))

    def _clear(self, root: etree._Element) -> None:
        party = next(iter(root), None)
        if party is None:
            return
        if party.tag == "ext":
            call = self._phone(root).call
        else:
            found = self.exchange.find(str(party.tag), (party.get("id") or "").strip())
            if found is None:
                raise Refused(7)
            call = found[0]
        if call is not None:
            self.exchange.end(call, "clear")

    # -- Accept (2.3) and parameters (4.2) --------------------------------------------------------

    def _accept(self, root: etree._Element) -> None:
        visitor = root.find("visitor")
        found = (
            self.exchange.find("visitor", (visitor.get("id") or "").strip()) if visitor is not None else None
        )
        if found is None or found[0].waits_for != "accept":
            raise Refused(7)
        self.connects.accepted(found[0])

    def configured(self, query: str) -> Node:
        """`gw.config.get`, which reads, and with `idXX=value` writes (chapter 4.2)."""
        asked = dict(parse_qsl(query, keep_blank_values=True))
        if asked.pop("pass", "") != self.password or asked.pop("method", "") != "gw.config.get":
            return node("rsp", {"stat": "fail"})
        line = asked.pop("line_id", "")
        prefix = f"{line}:" if line else ""
        if number := asked.get("id"):
            value = self.exchange.parameters.get(prefix + number) or self._of_line(line, number)
            return node("rsp", {"stat": "ok"}, node("item", {"id": number, "value": value}))
        written = {name[2:]: value for name, value in asked.items() if name.startswith("id")}
        self.exchange.parameters.update({prefix + name: value for name, value in written.items()})
        return node("rsp", {"stat": "restart" if written else "fail"})

    def _of_line(self, line: str, number: str) -> str:
        """A parameter that each line has, unless it was written by hand: FT_API, FT_ALERT_INFO.

        The manual does not say how `line_id` counts; here it is the number in the `lineid`, and where a
        phone and a trunk share one, the phone's.
        """
        plant = self.exchange.plant
        if not line:
            return self.exchange.parameters.get(number, "not defined")
        phone = next((one for one in plant.phones.values() if _number_in(one.lineid) == line), None)
        trunk = next((one for one in plant.trunks.values() if _number_in(one.lineid) == line), None)
        if number == FT_API and (phone or trunk):
            return phone.parameters.get("api", "0") if phone else trunk.control if trunk else ""
        if number == FT_ALERT_INFO and phone is not None and not phone.analogue:
            return "on" if phone.parameters.get("autoAnswer") == "yes" else "off"
        return "not defined"


def _number_in(lineid: str) -> str:
    """`IPPhone 50` is line 50."""
    return lineid.rpartition(" ")[2]
