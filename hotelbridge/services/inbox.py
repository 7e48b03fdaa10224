"""The inbox: reports of the devices, saved as received, worked off in order of arrival.

A unit takes up to 200 rows, reads each, tells the attempts it is about, and marks them worked in the
same commit. What cannot be read is marked bad with the reason and stays stored; it never stops
those behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hotelbridge.core.attempt import FREE_AGAIN, LATE_PROOF
from hotelbridge.core.proof import pressed
from hotelbridge.core.records import AlarmKind, Attempt, StoredReport
from hotelbridge.core.signals import Sign, Signal
from hotelbridge.errors import Nonsense
from hotelbridge.om import messages as om
from hotelbridge.om.codec import decode_push
from hotelbridge.services import callcharges, deskcalls, emergencies, escalation, ladder, neighbours
from hotelbridge.services.effects import Effect, Ended
from hotelbridge.services.offhook import News, news_of
from hotelbridge.services.rules import Rules
from hotelbridge.store import attempts, inbox, phones
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

BATCH = 200
BATCH_IN_A_PEAK = 50  # while calls are in the air each costs more, and what is due waits behind them
SAME_BOOT = timedelta(seconds=10)  # a repeated BOOTUP within it is the same restart told twice

_SIGNS: dict[type[om.Event], Sign] = {
    om.Ring: Sign.RANG,
    om.Answer: Sign.ANSWERED,
    om.EndOfAnn: Sign.HEARD,
    om.Dtmf: Sign.KEYED,
    om.Divert: Sign.DIVERTED,
    om.Bye: Sign.HUNG_UP,
    om.Idle: Sign.HUNG_UP,
    om.Failed: Sign.FAILED,
}
_CALLS_OUT = (om.Alert, om.Answered, om.Transient)
_STATES: dict[type[om.Event], str] = {
    om.Idle: "ready",
    om.Online: "ready",
    om.Offline: "offline",
    om.Busy: "active",
}
_FREED: dict[type[om.Event], str] = {
    om.Idle: phrase("the phone is free again"),
    om.Online: phrase("the phone is connected again"),
}


@dataclass(slots=True)
class Worked:
    """What one unit did, and what must be done after its commit."""

    count: int = 0
    until: datetime | None = None  # more is waiting; what was received up to here is worked off
    bad: list[str] = field(default_factory=list)  # the device of each one that could not be read
    booted: list[str] = field(default_factory=list)  # devices that have restarted
    configured: list[str] = field(default_factory=list)  # devices that were configured by hand
    compare: list[tuple[str, str]] = field(default_factory=list)  # phones that may not hold what they should
    off_hook: list[News] = field(default_factory=list)  # phones that may be calling help, or are not
    alarmed: list[str] = field(default_factory=list)  # calls for help that are new
    effects: list[Effect] = field(default_factory=list)
    touched: bool = False  # a call is free, a try was brought forward: something may be due now
    learned: bool = False  # an attempt learned something
    check_at: datetime | None = None  # when silence is news then


def work(tx: Tx, rules: Rules, now: datetime) -> Worked:
    """Work off the oldest reports of a property."""
    worked = Worked()
    ringing = set(attempts.taken(tx, rules.property))
    limit = BATCH_IN_A_PEAK if ringing else BATCH
    rows = inbox.unworked(tx, rules.property, limit)
    worked.until = rows[-1].at if len(rows) == limit else None
    states: dict[tuple[str, str], tuple[str, datetime]] = {}
    freed: dict[tuple[str, str], tuple[str, datetime]] = {}
    heard: dict[str, datetime] = {}
    done: list[int] = []
    records: list[tuple[StoredReport, om.Cdr]] = []
    ear = emergencies.Ear(tx, rules)
    for row in rows:
        heard[row.device] = row.at
        done.append(row.id)
        try:
            message = decode_push(row.body)
        except Nonsense as error:
            _set_aside(tx, rules, row, phrase(f"cannot be read: {error}"), worked, now)
            continue
        ear.hear(row, message)
        if isinstance(message, om.Cdr):
            records.append((row, message))
        elif isinstance(message, om.Event):
            worked.off_hook += news_of(row.device, message, row.at)
            _take(tx, rules, row, message, worked, ringing)
            state = _STATES.get(type(message))
            if state is not None and message.ext and rules.rooms_of(row.device, message.ext):
                states[row.device, message.ext] = (state, row.at)
                if state == "ready":
                    freed[row.device, message.ext] = (_FREED[type(message)], row.at)
    inbox.mark_worked(tx, done, now)
    taken = callcharges.take_all(tx, rules, records, now)
    for row in rows:
        if row.id in taken.failed:
            _set_aside(tx, rules, row, taken.failed[row.id], worked, now)
    worked.compare += [phone for room in taken.barred for phone in rules.phones(room)]
    phones.set_states(tx, rules.property, states)
    worked.alarmed = ear.alarmed
    worked.touched |= bool(ear.alarmed)  # the desk's phones ring for it
    worked.touched |= _ring_early(tx, rules, freed) or any(isinstance(e, Ended) for e in worked.effects)
    worked.check_at = attempts.next_instant(tx, rules.property) if worked.learned else None
    for device, at in heard.items():
        _heard_from(tx, rules, device, at)
    worked.count = len(rows)
    return worked


def _set_aside(tx: Tx, rules: Rules, row: StoredReport, why: str, worked: Worked, now: datetime) -> None:
    """Kept as it came, with the reason; a person may see what it was, and what is missing for it."""
    inbox.mark_bad(tx, row.id, now, why)
    worked.bad.append(row.device)
    device = row.device
    text = phrase(
        f"A report of {device} {why}. It is kept as it came; if it was a call record, no call is "
        f"charged for it. Look at it: `hotelbridge recorder --link {device} --raw`."
    )
    kind = AlarmKind.REPORTS_UNREADABLE
    escalation.raise_alarm(tx, rules, now, kind, f"unreadable:{row.device}", text)


def _ring_early(tx: Tx, rules: Rules, freed: dict[tuple[str, str], tuple[str, datetime]]) -> bool:
    """Rooms whose phones are free or connected again, and where a try waits for just that."""
    rooms = {room: news for key, news in freed.items() for room in rules.rooms_of(*key)}
    return ladder.ring_early(tx, rules, {room: (at + FREE_AGAIN, why) for room, (why, at) in rooms.items()})


def _heard_from(tx: Tx, rules: Rules, device: str, at: datetime) -> None:
    known = phones.device(tx, rules.property, device)
    first = known.last_report_at is None
    phones.save_device(tx, replace(known, last_report_at=at), at, seen_at_desk=first)
    escalation.recovered(tx, rules.property, f"reports:{device}", at, "reports arrive again")


def _take(
    tx: Tx, rules: Rules, row: StoredReport, event: om.Event, worked: Worked, ringing: set[tuple[str, str]]
) -> None:
    if isinstance(event, om.Bootup):
        before = phones.device(tx, rules.property, row.device).booted_at
        if before is None or row.at - before > SAME_BOOT:
            worked.booted.append(row.device)
            worked.touched = True
            worked.effects += _booted(tx, rules, row)
        return
    if isinstance(event, om.ConfigChange) and row.device not in worked.configured:
        worked.configured.append(row.device)
    if isinstance(event, om.Online) and event.ext in rules.phones_on(row.device):
        worked.compare.append((row.device, event.ext))
    sign = _SIGNS.get(type(event))
    if sign is None or not _about_our_call(event):
        if isinstance(event, _CALLS_OUT) and rules.settings.wakeup.call_out_wakes:
            worked.effects += _called_out(tx, rules, row, event)
        return
    if isinstance(event, om.Ring | om.Answer) and _elsewhere(row, event, ringing):
        worked.effects += _diverted(tx, rules, row, event, ringing)
        return
    for attempt in _meant(tx, rules, row, event, sign, ringing):
        worked.learned = True
        worked.touched |= attempt.wakeup_id is None  # the desk's own phones
        signal = _signal(sign, event, row.at)
        worked.effects += ladder.learn(tx, rules, attempt, signal)
        if attempt.wakeup_id is None and signal.keys:
            worked.effects += deskcalls.hear_key(tx, rules, attempt.id, row.at)


def _meant(
    tx: Tx, rules: Rules, row: StoredReport, event: om.Event, sign: Sign, ringing: set[tuple[str, str]]
) -> list[Attempt]:
    """The attempts that a report speaks of."""
    key = (row.device, event.ext or "")
    if key in rules.shared and sign in neighbours.TELLS_LATE:
        return neighbours.meant(tx, rules, key, sign, row.at)
    ours = [phone for phone in event.exts if (row.device, phone) in ringing]  # saves a query for most
    known = attempts.open_on(tx, rules.property, row.device, ours) if ours else []
    if known:
        return known  # else its call was over by a report of this very batch
    if sign in (Sign.HEARD, Sign.KEYED) and event.ext:
        last = attempts.last_on(tx, rules.property, row.device, event.ext, row.at - LATE_PROOF)
        return [last] if last is not None else []
    return []


def _elsewhere(row: StoredReport, event: om.Event, ringing: set[tuple[str, str]]) -> bool:
    """Whether a phone that we did not call is in one of our menus."""
    phone = event.ext
    return (
        event.menu is not None and phone is not None and bool(ringing) and (row.device, phone) not in ringing
    )


def _diverted(
    tx: Tx, rules: Rules, row: StoredReport, event: om.Event, ringing: set[tuple[str, str]]
) -> list[Effect]:
    """The phone that forwards to this one is not rung, though the device told no DIVERT."""
    effects: list[Effect] = []
    for device, phone in sorted(ringing):
        known = phones.get(tx, rules.property, device, phone) if device == row.device else None
        held = known.held if known is not None and known.held else {}
        if event.ext in (held.get("Fwd_Number"), held.get("Off_Line_Num")):
            signal = Signal(Sign.DIVERTED, row.at, reason=phrase(f"the call went to {event.ext}"))
            for attempt in attempts.open_on(tx, rules.property, device, [phone]):
                effects += ladder.learn(tx, rules, attempt, signal)
    return effects


def _called_out(tx: Tx, rules: Rules, row: StoredReport, event: om.Event) -> list[Effect]:
    """The guest makes a call of his own: he is up, where the property wants to count that.

    At a phone that rooms share it may be the neighbour.
    """
    rooms = rules.rooms_of(row.device, event.ext or "")
    if event.outer is None or event.menu is not None or len(rooms) != 1:
        return []
    return ladder.called_out(tx, rules, rooms[0], event.ext or "", row.at)


def _about_our_call(event: om.Event) -> bool:
    """Whether a report about a phone speaks of our menu's call, not of a call with somebody else."""
    if isinstance(event, om.Idle | om.Failed):
        return True
    if event.menu is not None:
        return True
    return event.visitor is None and event.outer is None and len(event.exts) <= 1


def _signal(sign: Sign, event: om.Event, at: datetime) -> Signal:
    if isinstance(event, om.Failed):
        return Signal(sign, at, code=event.code, reason=event.reason or "")
    if isinstance(event, om.Dtmf):
        return Signal(sign, at, keys=pressed(event.info or ""))
    return Signal(sign, at)


def _booted(tx: Tx, rules: Rules, row: StoredReport) -> list[Effect]:
    """The device has restarted: its calls are gone, and what waited for it may ring."""
    known = phones.device(tx, rules.property, row.device)
    phones.save_device(tx, replace(known, booted_at=row.at, last_report_at=row.at), row.at)
    effects: list[Effect] = []
    for attempt in attempts.open_ones(tx, rules.property):
        if attempt.device == row.device and attempt.started <= row.at:
            effects += ladder.learn(tx, rules, attempt, Signal(Sign.REBOOTED, row.at))
    news = (row.at, phrase(f"{row.device} has restarted"))
    ladder.ring_early(tx, rules, {room: news for room in rules.rooms_on([row.device])})
    return effects
