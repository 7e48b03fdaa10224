"""The exchange itself: calls that ring, are answered and end, each step pushed as a device would.

Driven by the injected clock and by the phones' scripts. Knows neither commands nor wire: what it has
to say leaves through `Pushes.push`, one document at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from hotelbridge.clock import Clock
from hotelbridge.testing import fake_om_calls as shapes
from hotelbridge.testing.fake_om_calls import Call, Leg, Party
from hotelbridge.testing.fake_om_cdr import cdr_nodes
from hotelbridge.testing.fake_om_faults import Faults
from hotelbridge.testing.fake_om_habits import Habits, Pushes
from hotelbridge.testing.fake_om_plant import MenuState, PhoneState, Plant, Ring
from hotelbridge.testing.fake_om_scripts import (
    Answers,
    Busy,
    Fails,
    NoAnswer,
    Offline,
    ReplyLost,
    Script,
    Silent,
)
from hotelbridge.testing.fake_om_timers import Timers
from hotelbridge.testing.fake_om_xml import REASONS, Node, event, failed, leaf, node

AT_ONCE = 0.2  # seconds after which a phone with autoAnswer lifts


@dataclass(slots=True)
class Exchange:
    """All calls in the air."""

    clock: Clock
    plant: Plant
    faults: Faults
    pushes: Pushes
    parameters: dict[str, str]
    max_announcements: int = 8
    zone: tzinfo = UTC
    habits: Habits = field(default_factory=Habits)
    observe: Callable[[str], None] = lambda text: None
    rings: list[Ring] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    next_party: int = 1
    next_callid: int = 32801
    next_record: int = 20
    timers: Timers = field(init=False)  # those that belong to no call

    def __post_init__(self) -> None:
        self.timers = Timers(self.clock)

    # -- who takes part ---------------------------------------------------------------------------

    def ext(self, phone: PhoneState) -> Leg:
        return Leg(Party("ext", phone.number), phone=phone)

    def menu(self, number: str) -> Leg:
        return Leg(Party("menu", number), state="up")

    def outside(self, kind: str, from_: str, to: str, trunk: str) -> Leg:
        """A new visitor or outer, with its own number."""
        line = self.plant.trunks.get(trunk)
        party = Party(kind, str(self.next_party), from_, to, trunk, self.next_callid)
        party.analogue = line is not None and line.analogue
        party.began = self.clock.now()
        self.next_party += 1
        self.next_callid += 2
        return Leg(party, self.habits.outside, state="up" if kind == "visitor" else "waiting")

    def find(self, kind: str, number: str) -> tuple[Call, Leg] | None:
        """The visitor or outer of that number, and its call."""
        for call in self.calls:
            for leg in call.legs:
                if leg.party.kind == kind and leg.party.id == number and leg.state != "over":
                    return call, leg
        return None

    @property
    def announcements(self) -> int:
        """Announcement channels in use."""
        return sum(1 for call in self.calls if call.menu is not None or call.party("menu") is not None)

    # -- life of a call ---------------------------------------------------------------------------

    def new_call(self, caller: Leg, called: list[Leg], **more: object) -> Call:
        """A call with its phones taken; nothing rings yet."""
        outside = next((leg.party.callid for leg in (caller, *called) if leg.party.callid), 0)
        call = Call(Timers(self.clock), caller, called, outside or self.next_callid, self.clock.now())
        for name, value in more.items():
            setattr(call, name, value)
        self.next_callid += 0 if outside else 1
        for phone in call.phones:
            phone.call = call
            phone.hook = ""
        self.calls.append(call)
        return call

    def start(self, call: Call) -> None:
        """Let the device ring whom it has to, in its order."""
        call.later(self.habits.ring_after, self._start, call)

    def _start(self, call: Call) -> None:
        caller_rings = not call.caller.up
        if caller_rings and call.caller_first:
            self._ring(call, call.caller)
            return
        self._ring_called(call)
        if caller_rings and not call.over:
            self._ring(call, call.caller)

    def _ring_called(self, call: Call) -> None:
        for leg in list(call.called):
            if leg.party.kind == "menu":
                leg.state = "up"
                self._connected(call)
            elif leg.state == "waiting":
                self._ring(call, leg)

    def _ring(self, call: Call, leg: Leg) -> None:
        leg.state = "ringing"
        if leg.phone is not None:
            menu = call.party("menu")
            leg.ring = Ring(leg.phone.number, menu.id if menu else None, call.began, self.clock.now())
            leg.ring.reported = not call.silent and leg.phone.reports
            self.rings.append(leg.ring)
            self.observe(f"{leg.phone.number} rings")
            self.say(call, "RING", shapes.ring_nodes(call, leg))
            self.say(call, "BUSY", [leg.party.node()])
        elif leg.party.analogue and call.caller.party.kind == "ext" and self._tells(leg):
            self.say(call, "TRANSIENT", [leg.party.node(), call.caller.party.node()])
        if (alert := shapes.alert_nodes(call, leg)) is not None and self._tells(leg):
            self.say(call, "ALERT", alert)
        self._play(call, leg)

    def _tells(self, leg: Leg) -> bool:
        """Whether what happens at the far side is reported: not every trunk does."""
        line = self.plant.trunks.get(leg.party.trunk)
        return leg.party.kind != "outer" or line is None or line.tells

    def _play(self, call: Call, leg: Leg) -> None:
        script = leg.script.then if isinstance(leg.script, ReplyLost) else leg.script
        if isinstance(script, Busy | Offline | Fails):
            self._fail_late(call, leg, script.code)
        elif leg.phone is not None and leg.phone.answers_itself:
            call.later(AT_ONCE, self.answer, call, leg)
        elif isinstance(script, Answers):
            call.later(script.after, self.answer, call, leg)
        elif isinstance(script, Silent) and script.answers_after is not None:
            call.later(script.answers_after, self.answer, call, leg)
        elif isinstance(script, NoAnswer | Silent) and script.rings is not None:
            call.later(script.rings, self._given_up, call, leg)
        phone = leg.phone
        if phone is not None and phone.parameters.get("Fwd_Type") == "2" and leg is not call.caller:
            call.later(self.habits.divert_after, self._divert_unanswered, call, leg)

    def answer(self, call: Call, leg: Leg) -> None:
        """Somebody lifts."""
        if call.over or leg.state != "ringing":
            return
        leg.state = "up"
        for rival in [one for one in call.called if one.state == "ringing" and leg is not call.caller]:
            self._drop_leg(call, rival, "device")
        if leg.ring is not None and leg.phone is not None:
            leg.ring.answered = self.clock.now()
            self.observe(f"{leg.phone.number} answers")
            self.say(call, "ANSWER", shapes.answer_nodes(call, leg))
        if (
            (nodes := shapes.answered_nodes(call, leg)) is not None
            and (call.caller.up or leg.party.kind == "outer")
            and self._tells(leg)
        ):
            self.say(call, "ANSWERED", nodes)
        if leg is call.caller and all(one.state == "waiting" for one in call.called):
            self._ring_called(call)
        elif call.caller.up and call.answered_leg is not None:
            self._connected(call)

    def _connected(self, call: Call) -> None:
        call.up_at = self.clock.now()
        call.waits_for = ""
        self._announce(call)
        for leg in call.legs:
            script = leg.script
            if (
                not isinstance(script, Answers)
                or not leg.up
                or (leg.ring is None and leg.party.kind != "outer")
            ):
                continue
            for after, keys in script.keys:
                call.later(after, self.press, call, leg, keys)
            if script.talk is not None:
                call.later(script.talk, self.end, call, "guest")

    def _announce(self, call: Call) -> None:
        menu = call.menu
        repeat = (
            1 if call.voicefile is not None else menu.repeat if menu is not None and menu.voicefile else 0
        )
        if call.party("menu") is not None and repeat > 0:
            call.announcing = True
            call.later(self.habits.announcement * repeat, self._announced, call)

    def _announced(self, call: Call) -> None:
        if not call.over and call.announcing:
            call.announcing = False
            self.say(call, "EndOfAnn", self._heard_by(call))

    def _heard_by(self, call: Call) -> list[Node]:
        menu = call.party("menu")
        hearer = next(leg.party for leg in call.legs if leg.up and leg.party.kind != "menu")
        return [hearer.node(), *([menu.node()] if menu is not None else [])]

    def press(self, call: Call, leg: Leg, keys: str) -> None:
        """Keys: in a menu collected as it is configured, in a call reported one by one (api 0xF)."""
        menu, settings = call.party("menu"), call.menu or MenuState("")
        if menu is None:
            self._press_in_call(call, leg, keys)
            return
        call.announcing = False  # a key stops the announcement, and no EndOfAnn comes (chapter 2.4.6)
        for key in keys:
            call.keys += key
            if key == settings.exit or len(call.keys) >= settings.infolength:
                self._dtmf(call, leg, menu)
        if call.keys:
            call.later(self.habits.key_timeout, self._keys_late, call, leg, menu, call.keys)

    def _keys_late(self, call: Call, leg: Leg, menu: Party, keys: str) -> None:
        if call.keys == keys and not call.over:
            call.keys += "T"
            self._dtmf(call, leg, menu)

    def _dtmf(self, call: Call, leg: Leg, menu: Party) -> None:
        info, call.keys = call.keys, ""
        self.say(call, "DTMF", [leg.party.node(leaf("info", info), menu.node())])

    def _press_in_call(self, call: Call, leg: Leg, keys: str) -> None:
        other = call.other(leg)
        watched = leg.phone is not None and leg.phone.parameters.get("api", "")[-1:] in ("F", "f")
        if watched and other is not None:
            for key in keys:
                self.say(call, "DTMF", [leg.party.node(), leaf("info", key), other.node()])

    def _given_up(self, call: Call, leg: Leg) -> None:
        if leg.state == "ringing":
            self.end(call, "device")

    def _fail_late(self, call: Call, leg: Leg, code: int) -> None:
        """A call that cannot be completed once it is under way: FAILED is pushed (chapter 2.4.3)."""
        self.pushes.push("FAILED", failed(code, REASONS[code], leg.party.node()), leg.party.id)
        call.later(0, self.end, call, "device")

    # -- forwarding -------------------------------------------------------------------------------

    def diverted(self, call: Call, phone: PhoneState) -> Leg:
        """The leg that a forwarded call goes to instead."""
        target = phone.goes_to or phone.parameters.get("Fwd_Number", "")
        caller = call.caller.party
        call.forwarded_from = phone.number
        told = [caller.node()] if caller.kind in ("visitor", "ext") else [node("ext", {"id": phone.number})]
        if self.faults.divert_told:
            self.say(call, "DIVERT", told)
        self.observe(f"{phone.number} is forwarded to {target}")
        if (other := self.plant.phones.get(target)) is not None:
            leg = self.ext(other)
            leg.script = other.next_script()
            other.call = call
            return leg
        return self.outside("outer", caller.from_ or phone.number, target, next(iter(self.plant.trunks), ""))

    def _divert_unanswered(self, call: Call, leg: Leg) -> None:
        if leg.state == "ringing" and leg.phone is not None and leg.phone.parameters.get("Fwd_Number"):
            self._drop_leg(call, leg, "device")
            instead = self.diverted(call, leg.phone)
            call.called.append(instead)
            self._ring(call, instead)

    # -- the end ----------------------------------------------------------------------------------

    def end(self, call: Call, by: str) -> None:
        """The call is over for everybody."""
        if call.over:
            return
        was_up = call.up_at is not None
        byes, parties = shapes.bye_nodes(call), [leg for leg in call.legs if leg.state != "over"]
        records = cdr_nodes(
            call, self.clock.now(), self.next_record, self.faults.cdr, self.zone, self.plant.mac
        )
        call.over = True
        call.timers.stop()
        self.calls.remove(call)
        unanswered = next((leg.script for leg in parties if isinstance(leg.script, NoAnswer)), None)
        quiet = not was_up and call.origin == "api" and call.is_wakeup
        if (quiet and not (unanswered is not None and unanswered.bye)) or call.origin == "monitor":
            byes = []
        if (quiet and not (unanswered is not None and unanswered.cdr)) or call.origin == "monitor":
            records = []
        self.next_record += len(records)  # only what is written is counted
        if self.faults.cdr_first:
            self._say_records(call, records)
        for nodes in byes:
            self.say(call, "BYE", nodes)
        for leg in parties:
            self._drop_leg(call, leg, by)
        if not self.faults.cdr_first:
            self._say_records(call, records)
        self.serve_queues()

    def _say_records(self, call: Call, records: Iterable[Node]) -> None:
        if not call.silent:
            for record in records:
                self.pushes.push("CDR", record, None)

    def _drop_leg(self, call: Call, leg: Leg, by: str) -> None:
        if leg.state == "over":
            return
        was, leg.state = leg.state, "over"
        if leg.ring is not None:
            leg.ring.ended, leg.ring.ended_by = self.clock.now(), by
        phone = leg.phone
        if phone is None:
            return
        held = phone.held if phone.held is not call else None
        phone.call, phone.held, phone.muted = held, None, False
        if held is None and was != "waiting":
            self.observe(f"{phone.number} {'hangs up' if was == 'up' else 'stops ringing'}")
            self.say(call, "IDLE", [leg.party.node()])

    def leave(self, call: Call, leg: Leg) -> None:
        """A visitor or outer is taken out of its call, to be connected elsewhere."""
        call.over = True
        call.timers.stop()
        self.calls.remove(call)
        for other in call.legs:
            if other is not leg:
                self._drop_leg(call, other, "device")

    def drop_everything(self) -> None:
        """The power is gone: nothing is reported."""
        now = self.clock.now()
        self.timers.stop()
        for call in self.calls:
            call.over = True
            call.timers.stop()
            for leg in call.legs:
                if leg.ring is not None and leg.ring.ended is None:
                    leg.ring.ended, leg.ring.ended_by = now, "restart"
        self.calls.clear()

    # -- queues -----------------------------------------------------------------------------------

    def serve_queues(self) -> None:
        """Give the longest waiting visitor the phone that has become free."""
        for call in [one for one in self.calls if one.waits_for]:
            for phone in self.candidates(call.waits_for):
                if phone.free and phone.parameters.get("No_Disturb") != "on":
                    self.hand_over(call, [phone])
                    break

    def candidates(self, where: str) -> list[PhoneState]:
        """The phones of a queue: `ext 200` or `group 1`."""
        kind, _, number = where.partition(" ")
        members = [number] if kind == "ext" else self.plant.groups[number].members if kind == "group" else []
        return [self.plant.phones[one] for one in members if one in self.plant.phones]

    def hand_over(self, call: Call, phones: list[PhoneState], script: Script | None = None) -> None:
        """Ring these phones for a call that waits."""
        call.waits_for = ""
        for phone in phones:
            leg = self.ext(phone)
            leg.script = script or phone.next_script()
            phone.call = call
            call.called.append(leg)
        call.later(self.habits.ring_after, self._ring_called, call)

    # -- saying -----------------------------------------------------------------------------------

    def say(self, call: Call | None, name: str, nodes: list[Node]) -> None:
        """Push one event, unless the phone it is about is not subscribed to."""
        phone = next((one.get("id") for one in nodes if one.tag == "ext"), None)
        state = self.plant.phones.get(phone) if phone is not None else None
        if (call is not None and call.silent) or (state is not None and not state.reports):
            return
        self.pushes.push(name, event(name, *nodes), phone)
