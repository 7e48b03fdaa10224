"""Calls to emergency numbers (rule A5, promise 10), inside a unit of work: one alarm for each call, at once.

The number is first seen where a report or the answer to a Query names it (`outer to`): ALERT or, on an
analogue trunk, TRANSIENT; where those were lost or are never sent, ANSWERED, a Query, BYE, or at the
latest the call record. Whatever comes first alarms, in the unit that takes it; what follows is known to
be of the same call by its row. Calls of one room (of one phone, where it is no room's) are one alarm,
which each further call makes loud again. The alarm names no guest: who may know them is shown who was
in the room then (`guests_of`), so that names are erased with the stay and never leave the house.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from hotelbridge.core.calls import CallKind, CallRecord, recognise
from hotelbridge.core.emergency import EmergencyCall, is_anew, is_same_call, place, told
from hotelbridge.core.personal import mask, personal
from hotelbridge.core.records import Alarm, AlarmKind, Report, StoredReport
from hotelbridge.errors import Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.codec import decode_push
from hotelbridge.services import deskcalls, escalation
from hotelbridge.services.omwords import is_inside
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, emergencycalls, history, journal, stays
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

_AT_THE_END = (om.Bye, om.Cdr)  # a call that is known does not begin anew with these


def is_emergency(rules: Rules, number: str) -> bool:
    """Whether a number, as it was dialled, is an emergency number: such a call is never charged."""
    return bool(rules.emergency.matches(number))


class Ear:
    """Listens to the reports that one unit works off."""

    def __init__(self, tx: Tx, rules: Rules) -> None:
        self._tx = tx
        self._rules = rules
        self.alarmed: list[str] = []  # what was said of each call that is new, for the log

    @cached_property
    def _under_way(self) -> list[EmergencyCall]:
        return emergencycalls.under_way(self._tx, self._rules.property)

    def hear(self, row: StoredReport, message: object) -> None:
        """One report of a device, in the order in which they came."""
        made = _made(message)
        if made is not None:
            phone, outer = made
            self.calls(row.device, phone, outer, row.at, tail=isinstance(message, _AT_THE_END))
        if isinstance(message, om.Bootup):
            self.over(row.device, None, row.at)
        elif isinstance(message, om.Idle | om.Offline | om.Busy) and message.ext:
            self.over(row.device, message.ext, row.at, busy=isinstance(message, om.Busy))

    def calls(self, device: str, phone: str, outer: om.Outer, at: datetime, *, tail: bool = False) -> None:
        """A phone is calling, or has called (`tail`), the number that `outer` names."""
        number = self._rules.emergency.matches(outer.to or "")
        if not number:
            return
        last = emergencycalls.last_on(self._tx, self._rules.property, device, phone)
        if last is None or not is_same_call(last, number, outer.callid, at, tail=tail):
            self._alarm(device, phone, number, outer.callid, at, over=tail)
            return
        callid, ended_at = last.callid or outer.callid, last.ended_at or (at if tail else None)
        if (callid, ended_at) != (last.callid, last.ended_at):
            emergencycalls.save(self._tx, replace(last, callid=callid, ended_at=ended_at))
            self._forget()

    def over(self, device: str, phone: str | None, at: datetime, *, busy: bool = False) -> None:
        """A phone has been put down, or every phone of a device has (None); `busy`: before it was lifted."""
        for call in self._under_way:
            mine = call.device == device and phone in (None, call.phone)
            if mine and (not busy or is_anew(call, at)):
                emergencycalls.save(self._tx, replace(call, ended_at=at))
                self._forget()

    def _forget(self) -> None:
        """The rows have changed."""
        self.__dict__.pop("_under_way", None)

    def _alarm(
        self, device: str, phone: str, number: str, callid: str | None, at: datetime, *, over: bool
    ) -> None:
        """A call that nobody was told of yet."""
        rules = self._rules
        rooms = rules.rooms_of(device, phone)
        self.over(device, phone, at)  # the IDLE of an earlier one was lost
        call = EmergencyCall(
            id=0,
            property=rules.property,
            device=device,
            phone=phone,
            rooms=",".join(rooms),
            number=number,
            callid=callid,
            at=at,
            ended_at=at if over else None,
            alarm_id=0,
        )
        raised = _raised(self._tx, rules, call)
        emergencycalls.add(self._tx, replace(call, alarm_id=raised.id))
        self._forget()
        words = phrase(f"{number} was dialled on phone {phone} ({device}); alarm {raised.id}")
        for room in rooms:
            journal.write(self._tx, rules.property, at, history.ITSELF, room, "emergency_call", words)
        self.alarmed.append(words)


def _made(message: object) -> tuple[str, om.Outer] | None:
    """The phone that calls out, and whom, as far as a report tells of such a call.

    BYE may name the outer alone, whose `from` is the phone that made the call (chapter 2.4.3); beside a
    `visitor` it is somebody outside.
    """
    if isinstance(message, om.Event):
        outer = message.outer
        if outer is None or not outer.to:
            return None
        phone = message.ext or (outer.from_ if message.visitor is None else None)
        return (phone, outer) if phone else None
    if isinstance(message, om.Cdr):
        record = CallRecord(
            device="",
            id=message.id,
            type=message.type or "",
            route=message.route or "",
            cpn=message.cpn or "",
            cdpn=message.cdpn or "",
            trunk=message.trunk_number or "",
            start=message.time_start or "",
            end=message.time_end or "",
            seconds=message.duration or 0,
        )
        read = recognise(record, {record.cpn} if is_inside(record.cpn) else ())
        if read.kind in (CallKind.OUT, CallKind.FORWARDED):
            return read.phone, om.Outer(to=read.number, callid=message.callid)
    return None


def _raised(tx: Tx, rules: Rules, call: EmergencyCall) -> Alarm:
    """The alarm of this call: a new one, or the open one of its room, loud again."""
    rooms = call.rooms.split(",") if call.rooms else []
    place = f"room {call.rooms}" if rooms else f"{call.device}/{call.phone}"
    subject = f"emergency:{place}"
    known = alarms.open_about(tx, rules.property, subject)
    room = rooms[0] if len(rooms) == 1 else None
    if known is None:
        return escalation.raise_alarm(
            tx, rules, call.at, AlarmKind.EMERGENCY_CALL, subject, told([call], rules.zone), room=room
        )
    text = told([*emergencycalls.of_alarm(tx, known.id), call], rules.zone)
    # Whoever is outside is told again too; the time until then does not begin anew with each call.
    again = replace(escalation.louder(rules, known, call.at), text=text, escalated_at=None)
    deskcalls.ring_now(tx, rules, call.at)
    return alarms.save(tx, again, call.at)


def saw(tx: Tx, rules: Rules, device: str, phone: str, outers: Iterable[om.Outer], at: datetime) -> list[str]:
    """A Query has shown a phone in these calls out; what was new of it, in words."""
    ear = Ear(tx, rules)
    for outer in outers:
        ear.calls(device, phone, outer, at)
    return ear.alarmed


def unsaved(rules: Rules, report: Report) -> str:
    """What a report says of a call to an emergency number, while nothing can be saved; "" nothing."""
    try:
        made = _made(decode_push(report.body))
    except Nonsense:
        made = None
    number = rules.emergency.matches(made[1].to or "") if made is not None else ""
    if made is None or not number:
        return ""
    where = place(rules.rooms_of(report.device, made[0]), made[0], report.device)
    return phrase(f"EMERGENCY CALL: {number} was dialled {where}.")


# --- whom it concerns ---


def with_guests(tx: Tx, alarm: Alarm, text: str, *, named: bool) -> str:
    """The words of an alarm, with who was in the room when it was called from there."""
    if alarm.kind != AlarmKind.EMERGENCY_CALL:
        return text
    names = guests_of(tx, alarm)
    if not names:
        return text
    them = ", ".join(map(personal, names))
    words = phrase(f"Guest: {them}.") if len(names) == 1 else phrase(f"Guests: {them}.")
    return f"{text} {words}" if named else mask(f"{text} {words}")


def guests_of(tx: Tx, alarm: Alarm) -> list[str]:
    """The names of those who were in the room, or the rooms, of an alarm at its first call."""
    calls = emergencycalls.of_alarm(tx, alarm.id)
    if not calls or not calls[0].rooms:
        return []
    first = calls[0]
    found = [
        stay
        for room in first.rooms.split(",")
        for stay in stays.who_was_in(tx, alarm.property, room, first.at)
    ]
    return [stay.name or phrase("without a name") for stay in found]
