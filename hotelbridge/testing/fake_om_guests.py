"""What guests and strangers do with the simulated telephones, without any command.

Lifting, dialling, pressing keys, hanging up; and calls that come in over a trunk. Each causes the
events and call records of chapters 2.4 and 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass

from hotelbridge.testing.fake_om_calls import Call
from hotelbridge.testing.fake_om_connect import Connects
from hotelbridge.testing.fake_om_exchange import Exchange
from hotelbridge.testing.fake_om_plant import PhoneState
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer, Script
from hotelbridge.testing.fake_om_xml import REASONS, failed, node


@dataclass(slots=True)
class Guests:
    """Hands on the phones."""

    exchange: Exchange
    connects: Connects

    def lift(self, number: str) -> None:
        """Lift: answers a ring; else an analogue phone is BUSY at once, an IP phone only when it dials."""
        phone = self.exchange.plant.phones[number]
        call = phone.call
        if call is not None:
            leg = call.leg_of(number)
            if leg is not None:
                self.exchange.answer(call, leg)
            return
        phone.hook = "progress"
        if phone.analogue:
            self.exchange.say(None, "BUSY", [node("ext", {"id": number})])

    def leave_off_hook(self, number: str) -> None:
        """Lifted and forgotten: the howler tone."""
        self.lift(number)
        self.exchange.plant.phones[number].hook = "offhook"

    def hang_up(self, number: str) -> None:
        """Put down whatever is going on."""
        phone = self.exchange.plant.phones[number]
        if phone.call is not None:
            self.exchange.end(phone.call, "guest")
        elif phone.hook:
            was_busy, phone.hook = phone.analogue, ""
            if was_busy:
                self.exchange.say(None, "IDLE", [node("ext", {"id": number})])

    def press(self, number: str, keys: str) -> None:
        """Press keys during a call; ValueError when there is none."""
        call = self.exchange.plant.phones[number].call
        leg = call.leg_of(number) if call is not None else None
        if call is None or leg is None or not leg.up:
            raise ValueError(f"{number} is in no call")
        self.exchange.press(call, leg, keys)

    def dial(self, number: str, to: str, script: Answers | NoAnswer, trunk: str | None) -> None:
        """Call another extension or the world; `script` is what the far side does."""
        phone = self.exchange.plant.phones[number]
        if phone.call is not None:
            raise ValueError(f"{number} is in a call")
        if not (phone.hook and phone.analogue):
            self.exchange.say(None, "BUSY", [node("ext", {"id": number})])
        phone.hook = ""
        self.exchange.observe(f"{number} dials {to}")
        other = self.exchange.plant.phones.get(to)
        if other is not None:
            self._dial_inside(phone, other, script)
        elif phone.parameters.get("Call_Restriction") == "0":
            self._refuse(phone, 2)
        else:
            self._dial_outside(phone, to, script, trunk)

    def _dial_inside(self, phone: PhoneState, other: PhoneState, script: Script) -> None:
        caller, called = self.exchange.ext(phone), self.exchange.ext(other)
        caller.state, called.script = "up", script
        if other.forwards:
            call = self.exchange.new_call(caller, [], origin="guest")
            call.called.append(self.exchange.diverted(call, other))
            self.exchange.start(call)
        elif not other.free or other.parameters.get("No_Disturb") == "on":
            self._refuse(phone, None)
        else:
            self.exchange.start(self.exchange.new_call(caller, [called], origin="guest"))

    def _dial_outside(
        self, phone: PhoneState, to: str, script: Answers | NoAnswer, trunk: str | None
    ) -> None:
        line = trunk or next(iter(self.exchange.plant.trunks))
        caller, called = self.exchange.ext(phone), self.exchange.outside("outer", phone.number, to, line)
        caller.state, called.script = "up", script
        self.exchange.start(self.exchange.new_call(caller, [called], origin="guest"))

    def _refuse(self, phone: PhoneState, code: int | None) -> None:
        named = node("ext", {"id": phone.number})
        if code is not None and phone.reports:
            self.exchange.pushes.push("FAILED", failed(code, REASONS[code], named), phone.number)
        self.exchange.say(None, "IDLE", [named])

    def incoming(self, trunk: str, from_: str, to: str | None, script: Script | None) -> str:
        """Somebody calls the trunk's number; gives the visitor's id."""
        line = self.exchange.plant.trunks[trunk]
        caller = self.exchange.outside("visitor", from_, trunk, trunk)
        call = self.exchange.new_call(caller, [], origin="outside")
        if line.asks_before:
            call.waits_for = "accept"
            self.exchange.say(call, "INVITE", [node("trunk", {"id": trunk}), caller.party.node()])
            call.later(self.connects.response_time, self.connects.accepted, call)
        elif line.asks_after or to is None:
            self.connects.accepted(call)
        else:
            self._ring_or_refuse(call, to, script)
        return caller.party.id

    def _ring_or_refuse(self, call: Call, to: str, script: Script | None) -> None:
        phone = self.exchange.plant.phones[to]
        if phone.forwards:
            call.called.append(self.exchange.diverted(call, phone))
            self.exchange.start(call)
        elif phone.free and phone.parameters.get("No_Disturb") != "on":
            self.exchange.hand_over(call, [phone], script)
        else:
            self.exchange.end(call, "device")
