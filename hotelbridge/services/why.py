"""Why a room is as it is: the chain of causes, from who is in it to what its phones hold.

Reads what is kept and says it in order; decides nothing. Why a phone should hold what it should is said by
whoever works that out (`Explain`), so that the words are those of the rule that was really used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotelbridge.core.guests import LINE_CLASSES, JournalLine, RoomState, Stay
from hotelbridge.core.personal import personal
from hotelbridge.core.readback import day_of
from hotelbridge.core.records import Alarm, Phone, Wakeup
from hotelbridge.services import recorder
from hotelbridge.services.inperson import masked
from hotelbridge.services.omwords import LINE_LEVELS
from hotelbridge.services.roomviews import (
    ComingView,
    OpenAlarmView,
    PhoneWhy,
    SettingView,
    StayView,
    WhyView,
)
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, journal, lived, phones, stays, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.store.phones import Device
from hotelbridge.texts import phrase

LAST = 20  # lines of the journal, and messages
BARRING = "Call_Restriction"

Explain = Callable[[Phone], str]  # why a phone should hold what it should; "" where nobody can say


def unexplained(phone: Phone) -> str:
    """What is wanted stands without its cause."""
    return ""


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything that is known of a room."""

    room: str
    stays: Sequence[Stay]
    since: Mapping[int, datetime]  # by stay: when it came into this room
    state: RoomState
    phones: Sequence[PhoneWhy]
    silent: Mapping[str, Device]  # the exchanges of these phones that do not answer
    wakeups: Sequence[Wakeup]
    alarms: Sequence[Alarm]
    journal: Sequence[JournalLine]


def why(tx: Tx, rules: Rules, room: str, explain: Explain, *, named: bool) -> WhyView:
    """The chain behind a configured room, as this caller may see it."""
    found = _look(tx, rules, room, explain)
    kept: Callable[[str], str] = str if named else masked
    told = recorder.of_room(tx, rules, room, LAST)
    return WhyView(
        room=room,
        said=tuple(kept(sentence) for sentence in _chain(rules, found)),
        stays=tuple(stay_view(rules, stay, named=named) for stay in found.stays),
        phones=tuple(found.phones),
        wakeups=tuple(
            ComingView(one.id, one.due.astimezone(rules.zone), one.state.value, one.reservation)
            for one in found.wakeups
        ),
        alarms=tuple(
            OpenAlarmView(one.id, one.kind, one.since.astimezone(rules.zone), kept(one.text))
            for one in found.alarms
        ),
        journal=tuple(recorder.journal_view(rules, line, named=named) for line in found.journal),
        records=tuple(recorder.view(rules, entry, named=named) for entry in told),
    )


def stay_view(rules: Rules, stay: Stay, *, named: bool) -> StayView:
    """A stay as this caller may see it."""
    return StayView(
        id=stay.id,
        room=stay.room,
        reservation=stay.reservation,
        guest=stay.name if named else "",
        language=stay.language,
        vip=stay.vip,
        line_class=stay.line_class,
        group=stay.group,
        arrival=stay.arrival,
        departure=stay.departure,
        since=stay.since.astimezone(rules.zone),
        by=stay.by,
    )


# --- what is known ---


def _look(tx: Tx, rules: Rules, room: str, explain: Explain) -> _Found:
    known = {(one.device, one.number): one for one in phones.all_of(tx, rules.property)}
    here = stays.in_house(tx, rules.property, [room])
    devices = [phones.device(tx, rules.property, name) for name, _ in rules.phones(room)]
    return _Found(
        room=room,
        stays=here,
        since=lived.present_since(tx, [stay.id for stay in here]),
        state=stays.room_state(tx, rules.property, room),
        phones=[_phone(rules, key, known.get(key), explain) for key in rules.phones(room)],
        silent={device.name: device for device in devices if device.up is False},
        wakeups=wakeups.of_rooms(tx, rules.property, [room], wakeups.PENDING),
        alarms=[one for one in alarms.open_ones(tx, rules.property) if _is_about(rules, one, room)],
        journal=journal.of_room(tx, rules.property, room, LAST),
    )


def _is_about(rules: Rules, alarm: Alarm, room: str) -> bool:
    """Whether an alarm is about a room, one of its phones ("phone:om20/212") or their exchange."""
    kind, _, subject = alarm.subject.partition(":")
    if kind == "device":
        return subject in {device for device, _ in rules.phones(room)}
    names = {room, *(f"{device}/{number}" for device, number in rules.phones(room))}
    return alarm.room == room or (alarm.wakeup_id is None and subject in names)


def _phone(rules: Rules, key: tuple[str, str], phone: Phone | None, explain: Explain) -> PhoneWhy:
    device, number = key
    if phone is None:
        return PhoneWhy(device, number, "", False, None, "", ())
    held = phone.held or {}
    names = [*phone.wanted, *(name for name in (BARRING,) if name in held and name not in phone.wanted)]
    settings = tuple(SettingView(name, phone.wanted.get(name), held.get(name)) for name in names)
    checked = None if phone.checked_at is None else phone.checked_at.astimezone(rules.zone)
    return PhoneWhy(device, number, phone.state, phone.in_sync, checked, explain(phone), settings)


# --- the chain, in sentences ---


def _chain(rules: Rules, found: _Found) -> Iterator[str]:
    yield from _guests(rules, found)
    yield from _room(rules, found)
    for phone in found.phones:
        yield from _phone_words(phone)
        if phone.device in found.silent:
            yield _no_answer(rules, found.silent[phone.device], phone)
    yield from _pending(rules, found)
    yield from _last(rules, found)


def _guests(rules: Rules, found: _Found) -> Iterator[str]:
    if not found.stays:
        yield phrase(f"Nobody is known to be in {found.room}.")
    for stay in found.stays:
        yield _guest(rules, found, stay)
        if stay.line_class is not None:
            line_class = LINE_CLASSES[stay.line_class]
            yield phrase(f"The class of service of this guest is {line_class}.")


def _guest(rules: Rules, found: _Found, stay: Stay) -> str:
    guest = personal(stay.name) if stay.name else phrase("A guest without a name")
    if stay.reservation:
        guest = phrase(f"{guest} (reservation {stay.reservation})")
    by, line = stay.by, _line_of(found, stay)
    if line is not None and line.record_id:
        by = phrase(f"{by}, message r{line.record_id}")
    came, room = found.since.get(stay.id, stay.since), found.room
    since = _when(rules, came)
    if came == stay.since:
        return phrase(f"{guest} is in {room} since {since}, said by {by}.")
    arrival = _when(rules, stay.since)
    return phrase(f"{guest} is in {room} since {since}, and in the house since {arrival}, said by {by}.")


def _line_of(found: _Found, stay: Stay) -> JournalLine | None:
    """The line of the journal in which this guest came into the room."""
    came = ("checked_in", "moved")
    mine = [line for line in found.journal if line.what in came and line.reservation == stay.reservation]
    return mine[0] if mine else None


def _room(rules: Rules, found: _Found) -> Iterator[str]:
    state = found.state
    since = f", {_when(rules, state.at)}" if state.at else ""
    if state.line_class is not None:
        line_class, by = LINE_CLASSES[state.line_class], state.line_class_by
        set_by = phrase(f"For the room itself the class of service {line_class} was set by {by}")
        was_set = phrase(f"For the room itself the class of service {line_class} was set")
        yield f"{set_by if by else was_set}{since}."
    if state.do_not_disturb is not None:
        on = phrase(f"Do Not Disturb was asked for{since}.")
        yield on if state.do_not_disturb else phrase(f"Do Not Disturb was asked to be off{since}.")


def _phone_words(phone: PhoneWhy) -> Iterator[str]:
    name = f"{phone.device}/{phone.number}"
    if phone.state == "offline":
        yield phrase(f"{name} is offline: its exchange does not see it, and it does not ring.")
    if phone.because:
        yield phrase(f"{name} is to hold what follows because: {phone.because}.")
    if phone.checked is None:
        yield phrase(f"{name} was never read: what it holds is not known.")
        return
    for one in phone.settings:
        yield f"{name}: {_setting(one)}"
    if not phone.in_sync:
        yield phrase(f"{name} does not hold all that it should.")


def _no_answer(rules: Rules, device: Device, phone: PhoneWhy) -> str:
    """Why a phone stays as it is although it should not."""
    exchange, name = device.name, f"{phone.device}/{phone.number}"
    if device.since:
        since = _when(rules, device.since)
        exchange = phrase(f"{exchange} does not answer since {since}")
    else:
        exchange = phrase(f"{exchange} does not answer")
    if device.detail:
        last = device.detail.rstrip(".")
        exchange = phrase(f"{exchange} (the last try: {last})")
    return phrase(f"{exchange}: nothing can be set on {name} before it does.")


def _setting(one: SettingView) -> str:
    held = _meant(one.name, one.held)
    if one.wanted is None:
        return phrase(f"{one.name} is {held}; nobody here asks for anything else.")
    if one.held == one.wanted:
        return phrase(f"{one.name} is {held}, as it should be.")
    wanted = _meant(one.name, one.wanted)
    if one.held is None:
        return phrase(f"{one.name} should be {wanted}; it is not shown by the device.")
    return phrase(f"{one.name} should be {wanted}; it is {held}.")


def _meant(name: str, value: str | None) -> str:
    level = LINE_LEVELS.get(value or "") if name == BARRING else None
    return level or value or phrase("empty")


def _pending(rules: Rules, found: _Found) -> Iterator[str]:
    if found.wakeups:
        times = ", ".join(_when(rules, one.due) for one in found.wakeups)
        yield phrase(f"Wake-ups to come: {times}.")
    for alarm in found.alarms:
        yield phrase(f"Open alarm {alarm.id}: {alarm.text}")


def _last(rules: Rules, found: _Found) -> Iterator[str]:
    if found.journal:
        line = found.journal[0]
        when = _when(rules, line.at)
        yield phrase(f"Last in the journal: {when}, {line.by}: {line.text}")


def _when(rules: Rules, at: datetime) -> str:
    local = at.astimezone(rules.zone)
    return f"{day_of(local.date())} {local:%H:%M}"
