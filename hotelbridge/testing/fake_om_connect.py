"""`Transfer` of the simulated exchange (chapter 2.2): the twelve kinds of Connect, and Queue.

Decides from the state of the phones and their scripts whether a call can be placed, and sets it off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from hotelbridge.testing.fake_om_calls import Call, Leg
from hotelbridge.testing.fake_om_exchange import Exchange
from hotelbridge.testing.fake_om_plant import MenuState, Overlap, PhoneState
from hotelbridge.testing.fake_om_scripts import (
    Busy,
    Dropped,
    Fails,
    Offline,
    ReplyLost,
    Script,
    Silent,
)
from hotelbridge.testing.fake_om_xml import REASONS, Node, event, leaf, node


class Refused(Exception):
    """The device cannot do it: FAILED with a code, and the parties concerned."""

    def __init__(self, code: int, *parties: Node) -> None:
        super().__init__(f"{code} {REASONS.get(code, '')}")
        self.code = code
        self.parties = parties


class Unanswered(Exception):
    """The connection drops without a reply."""

    def __init__(self, executed: bool) -> None:
        super().__init__()
        self.executed = executed


@dataclass(slots=True)
class Connects:
    """Places calls for the application server."""

    exchange: Exchange
    overlapping: list[Overlap] = field(default_factory=list)
    _lose_reply: bool = False

    def connect(self, root: etree._Element) -> Node | None:
        """Raises Refused, or Unanswered when the phone's script says so."""
        parties = [one for one in root if one.tag in ("ext", "menu", "visitor", "outer")]
        kinds = tuple("dial" if one.tag == "outer" and not one.get("id") else str(one.tag) for one in parties)
        kind = self._kinds().get(kinds)
        if kind is None:
            return None
        self._lose_reply = False
        reply = kind(root, *parties)
        if self._lose_reply:
            raise Unanswered(executed=True)
        return reply

    def _kinds(self) -> dict[tuple[str, ...], Callable[..., Node | None]]:
        return {
            ("ext", "ext"): self._ext_ext,
            ("ext", "dial"): self._ext_outer,
            ("visitor", "ext"): self._outside_ext,
            ("visitor", "dial"): self._outside_outer,
            ("visitor", "menu"): self._outside_menu,
            ("outer", "ext"): self._outside_ext,
            ("outer", "dial"): self._outside_outer,
            ("outer", "menu"): self._outside_menu,
            ("menu", "ext"): self._menu_ext,
            ("menu", "dial"): self._menu_outer,
            ("dial", "dial"): self._two_way,
            ("ext",): self._voice,
            ("visitor",): self._voice,
            ("outer",): self._voice,
        }

    # -- the wake-up ------------------------------------------------------------------------------

    def _menu_ext(self, root: etree._Element, menu: etree._Element, ext: etree._Element) -> None:
        exchange = self.exchange
        number = _id(menu)
        state = exchange.plant.menus.get(number)
        phone = self._phone(ext)
        self._note_overlap(phone)
        self._must_be_free(phone)
        if state is None and exchange.faults.unknown_menu == "fails":
            raise Refused(7, node("menu", {"id": number}))
        if exchange.announcements >= exchange.max_announcements:
            raise Refused(exchange.faults.channels_code, _named(phone))
        script = self._script(phone)
        if isinstance(script, Silent) and script.rings == 0:
            return
        called = exchange.ext(phone)
        called.script = script
        call = exchange.new_call(exchange.menu(number), [called], menu=state, voicefile=_voice_of(root))
        call.silent = isinstance(script, Silent)
        self._forward(call)
        self._fork(call, phone)
        exchange.start(call)

    def _note_overlap(self, phone: PhoneState) -> None:
        call = phone.call
        if call is not None and call.is_wakeup:
            word = "talks" if call.up_at is not None else "rings"
            self.overlapping.append(Overlap(phone.number, self._now(), word))

    def _now(self) -> datetime:
        return self.exchange.clock.now()

    def _must_be_free(self, phone: PhoneState, other: PhoneState | None = None) -> None:
        named = [_named(one) for one in (other, phone) if one is not None]
        if not phone.connected and not phone.goes_to:
            raise Refused(3, *named)
        if phone.call is not None and phone.call is not phone.held:
            raise Refused(4 if phone.call.up_at is not None else 6, *named)
        if phone.hook:
            raise Refused(6, *named)
        if phone.parameters.get("No_Disturb") == "on":
            raise Refused(self.exchange.faults.no_disturb_code, *named)

    def _script(self, phone: PhoneState) -> Script:
        """The phone's next script, as far as it rings at all."""
        script = phone.next_script()
        if isinstance(script, Dropped):
            raise Unanswered(executed=False)
        if isinstance(script, Busy) and script.frees_after is not None:
            self.exchange.timers.later(script.frees_after, self._freed, phone)
        if isinstance(script, Busy | Offline | Fails):
            raise Refused(script.code, _named(phone))
        if isinstance(script, ReplyLost):
            self._lose_reply = True
            return script.then
        return script

    def _freed(self, phone: PhoneState) -> None:
        phone.busy = False
        self.exchange.say(None, "IDLE", [_named(phone)])

    def _forward(self, call: Call) -> None:
        for index, leg in enumerate(call.called):
            if leg.phone is not None and leg.phone.goes_to:
                leg.phone.call = None
                call.called[index] = self.exchange.diverted(call, leg.phone)

    def _fork(self, call: Call, phone: PhoneState) -> None:
        other = self.exchange.plant.phones.get(phone.parameters.get("fork", ""))
        if other is not None and other.free and not call.forwarded_from:
            leg = self.exchange.ext(other)
            leg.script = other.next_script()
            other.call = call
            call.called.append(leg)

    # -- the other kinds --------------------------------------------------------------------------

    def _ext_ext(self, root: etree._Element, first: etree._Element, second: etree._Element) -> None:
        caller, called = self._phone(first), self._phone(second)
        if not caller.connected:
            raise Refused(8, _named(caller))
        self._must_be_free(caller)
        self._must_be_free(called, caller)
        legs = [self.exchange.ext(caller), self.exchange.ext(called)]
        for leg, phone in zip(legs, (caller, called), strict=True):
            leg.script = self._script(phone)
        self._set_off(legs[0], legs[1:])

    def _ext_outer(self, root: etree._Element, ext: etree._Element, outer: etree._Element) -> Node:
        phone = self._phone(ext)
        if not phone.connected:
            raise Refused(8, _named(phone))
        self._must_be_free(phone)
        if phone.parameters.get("Call_Restriction") == "0":
            raise Refused(2, _named(phone))
        leg = self.exchange.ext(phone)
        leg.script = self._script(phone)
        dialled = self._dial(root, outer, phone.number)
        self._set_off(leg, [dialled])
        return event("TRANSIENT", _at_first(dialled), leg.party.node())

    def _menu_outer(self, root: etree._Element, menu: etree._Element, outer: etree._Element) -> Node:
        self._must_reach_outside()
        if self.exchange.announcements >= self.exchange.max_announcements:
            raise Refused(self.exchange.faults.channels_code)
        dialled = self._dial(root, outer, "")
        state = self.exchange.plant.menus.get(_id(menu))
        caller = self.exchange.menu(_id(menu))
        self.exchange.start(self.exchange.new_call(caller, [dialled], menu=state, voicefile=_voice_of(root)))
        return event("TRANSIENT", dialled.party.node(), caller.party.node())

    def _two_way(self, root: etree._Element, first: etree._Element, second: etree._Element) -> Node:
        self._must_reach_outside()
        legs = [self._dial(root, one, "", one.get("display")) for one in (first, second)]
        legs[1].party.callid = legs[0].party.callid
        self._set_off(legs[0], legs[1:], caller_first=True)
        return event("TRANSIENT", legs[0].party.node())

    def _outside_ext(self, root: etree._Element, outside: etree._Element, ext: etree._Element) -> Node:
        phone = self._phone(ext)
        self._must_be_free(phone)
        script = self._script(phone)
        leg = self._taken_out(outside)
        called = self.exchange.ext(phone)
        called.script = script
        call = self.exchange.new_call(leg, [called], origin="outside")
        self._forward(call)
        self.exchange.start(call)
        named = [leg.party.node()] if leg.party.kind == "outer" else [leg.party.node(), called.party.node()]
        return event("TRANSIENT", *named)

    def _outside_outer(self, root: etree._Element, outside: etree._Element, outer: etree._Element) -> Node:
        self._must_reach_outside()
        leg = self._taken_out(outside)
        dialled = self._dial(root, outer, leg.party.from_)
        dialled.party.callid = leg.party.callid
        self.exchange.start(self.exchange.new_call(leg, [dialled], origin="outside"))
        return event("TRANSIENT", leg.party.node(), dialled.party.short())

    def _outside_menu(self, root: etree._Element, outside: etree._Element, menu: etree._Element) -> Node:
        state = self.exchange.plant.menus.get(_id(menu)) or MenuState(_id(menu))
        leg = self._taken_out(outside)
        called = self.exchange.menu(_id(menu))
        called.state = "waiting"
        call = self.exchange.new_call(leg, [called], origin="outside", menu=state, voicefile=_voice_of(root))
        self.exchange.start(call)
        return event("TRANSIENT", leg.party.node(), called.party.node())

    def _voice(self, root: etree._Element, party: etree._Element) -> None:
        """Voice insertion: heard in a call that is up."""
        if party.tag == "ext":
            call = self._phone(party).call
        else:
            found = self.exchange.find(str(party.tag), _id(party))
            call = found[0] if found is not None else None
        if call is None or call.up_at is None:
            raise Refused(1)

    def queue(self, root: etree._Element) -> Node:
        """Raises Refused."""
        outside, target = (
            root.find("visitor"),
            next((one for one in root if one.tag in ("ext", "group")), None),
        )
        if outside is None or target is None:
            raise Refused(7)
        where = f"{target.tag!s} {_id(target)}"
        if target.tag == "ext":
            self._phone(target)
        elif _id(target) not in self.exchange.plant.groups:
            raise Refused(7)
        leg = self._taken_out(outside)
        call = self.exchange.new_call(leg, [], origin="outside", waits_for=where)
        self.exchange.serve_queues()
        waiting = leaf("state", "wait") if call.waits_for and target.tag == "ext" else None
        return event("TRANSIENT", leg.party.node(), node(str(target.tag), {"id": _id(target)}), waiting)

    def listen_in(self, by: PhoneState, watched: PhoneState) -> None:
        """Monitor and Bargein: the extension that asked rings."""
        watched_leg = self.exchange.ext(watched)
        watched_leg.phone, watched_leg.state = None, "up"
        leg = self.exchange.ext(by)
        leg.script = self._script(by)
        self.exchange.start(self.exchange.new_call(watched_leg, [leg], origin="monitor"))

    def accepted(self, call: Call) -> None:
        """A visitor is let in (or nobody decided in time); then it is announced, or goes to the operator."""
        if call.over:
            return
        call.timers.stop()
        visitor = call.caller.party
        trunk = self.exchange.plant.trunks[visitor.to]
        if not trunk.asks_after:
            self._to_operator(call, trunk.operator)
            return
        call.waits_for = "server"
        self.exchange.say(call, "INCOMING", [node("trunk", {"id": trunk.number}), visitor.node()])
        call.later(self.response_time, self._to_operator, call, trunk.operator)

    @property
    def response_time(self) -> float:
        """API_RESPONSE_TO: how long the application server may think."""
        return float(self.exchange.parameters.get("526", "5"))

    def _to_operator(self, call: Call, operator: str) -> None:
        phone = self.exchange.plant.phones.get(operator)
        if phone is None or not phone.free:
            self.exchange.end(call, "device")
        else:
            self.exchange.hand_over(call, [phone])

    # -- helpers ----------------------------------------------------------------------------------

    def _set_off(self, caller: Leg, called: list[Leg], caller_first: bool | None = None) -> None:
        first = self.exchange.parameters.get("978") == "yes" if caller_first is None else caller_first
        call = self.exchange.new_call(caller, called, caller_first=first)
        call.silent = any(isinstance(leg.script, Silent) for leg in call.legs)
        self.exchange.start(call)

    def _phone(self, ext: etree._Element) -> PhoneState:
        phone = self.exchange.plant.phones.get(_id(ext))
        if phone is None:
            raise Refused(7, node("ext", {"id": _id(ext)}))
        return phone

    def _taken_out(self, outside: etree._Element) -> Leg:
        found = self.exchange.find(str(outside.tag), _id(outside))
        if found is None:
            raise Refused(7)
        call, leg = found
        self.exchange.leave(call, leg)
        return Leg(leg.party, state="up")

    def _dial(self, root: etree._Element, outer: etree._Element, from_: str, trunk: str | None = None) -> Leg:
        asked = root.find("trunk")
        wanted = trunk or (_id(asked) if asked is not None else "")
        trunks = self.exchange.plant.trunks
        line = trunks.get(wanted) if wanted else next(iter(trunks.values()), None)
        if line is None:
            raise Refused(5)
        number = (outer.get("to") or "").split(",,")[0].rpartition(",")[2].strip()
        return self.exchange.outside("outer", from_, number, line.number)

    def _must_reach_outside(self) -> None:
        if self.exchange.parameters.get("1070", "1") == "0":
            raise Refused(2)


def _id(element: etree._Element) -> str:
    return (element.get("id") or "").strip()


def _named(phone: PhoneState) -> Node:
    return node("ext", {"id": phone.number})


def _voice_of(root: etree._Element) -> str | None:
    found = root.find("voicefile")
    return (found.text or "").strip() if found is not None else None


def _at_first(leg: Leg) -> Node:
    """What the device knows of an outer when the command is answered."""
    if leg.party.analogue:
        return node("outer", {"from": leg.party.from_, "to": leg.party.to})
    return leg.party.node()
