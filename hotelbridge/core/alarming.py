"""Who is told of an alarm, and when: from alarms, consoles and the time to levels and instants.

An alarm is *loud* while it is open and nobody's acknowledgement keeps it silent. The first level is
all that sounds at the desk: its consoles and its own phones, for as long as an alarm is loud. The
second level (whoever is outside) is told when nobody acknowledged for a while, and at once while no
console is seen and heard; then again and again until somebody acknowledges. A *notice* is an alarm of a
quiet kind: it stands on every board and is never loud.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hotelbridge.core.records import Alarm, AlarmItem, AlarmKind, Console
from hotelbridge.texts import phrase

NOTICE = 0  # the level of what is only to be seen
SECOND = 2  # the level of whoever is outside
# Seen, never heard: nothing has to be done about them before the guest leaves.
QUIET = frozenset(
    {
        AlarmKind.PARKED,
        AlarmKind.REPORTS_UNREADABLE,
        AlarmKind.CHARGE_REFUSED,
        AlarmKind.CHARGE_UNCERTAIN,
        AlarmKind.CHARGE_HELD,
        AlarmKind.CREDIT_LIMIT,
        AlarmKind.TARIFF,
        AlarmKind.RECONCILIATION,
    }
)
URGENT = frozenset({AlarmKind.EMERGENCY_CALL})  # the desk's phones go before the guests' wake-ups
_NAMED = 5  # rooms of a list; the rest is counted
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # from when on these want to be heard


@dataclass(frozen=True, slots=True)
class Manners:
    """How a property wants its alarms heard."""

    repeat: timedelta  # every listener is told again so often
    silence: timedelta  # after an acknowledgement
    second_after: timedelta
    second_repeat: timedelta
    console_within: timedelta


def loud_from(alarm: Alarm) -> datetime:
    """Since when, or from when on, it wants to be heard."""
    return alarm.loud_from or alarm.since


def is_loud(alarm: Alarm, now: datetime) -> bool:
    """Whether it wants to be heard now."""
    return alarm.open and loud_from(alarm) <= now


def listening_until(consoles: Iterable[Console], manners: Manners) -> datetime | None:
    """Until when the desk counts as seen and heard, if no console speaks again; None: it does not."""
    return max((c.seen_at + manners.console_within for c in consoles if c.visible and c.sound), default=None)


def second_at(alarm: Alarm, consoles: Sequence[Console], manners: Manners) -> datetime:
    """When the second level is to be told of an open alarm (again), as far as is known now."""
    begins = loud_from(alarm)
    if alarm.escalated_at is not None and alarm.escalated_at >= begins:
        return alarm.escalated_at + manners.second_repeat
    unheard = begins + manners.second_after
    alone = listening_until(consoles, manners)
    return min(unheard, max(begins, alone)) if alone is not None else begins


def escalated(alarm: Alarm, now: datetime) -> Alarm:
    """It, once the second level was told."""
    return replace(alarm, level=max(alarm.level, SECOND), escalated_at=now)


def heard(alarm: Alarm, by: str, note: str, now: datetime, clock: str, manners: Manners) -> Alarm:
    """It, acknowledged: silent for a while. `clock` is the local time at which the last one was, if any."""
    quiet = alarm.kind in QUIET
    return replace(
        alarm,
        acknowledged_by=by,
        acknowledged_at=now,
        note=noted(alarm, by, note, clock),
        next_at=None if quiet else now + manners.silence,
        loud_from=NEVER if quiet else now + manners.silence,
    )


def noted(alarm: Alarm, by: str, note: str, clock: str) -> str:
    """Its note after one more person spoke: whoever spoke before stays named, with the time."""
    if alarm.acknowledged_by is None or (alarm.acknowledged_by == by and not note):
        return _joined(alarm.note, note)
    if alarm.acknowledged_by == by:
        return _joined(alarm.note, note)
    who = alarm.acknowledged_by
    said = f"{alarm.note} ({who}, {clock})" if alarm.note else phrase(f"heard ({who}, {clock})")
    return _joined(said, note)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def words(alarm: Alarm, items: Sequence[AlarmItem]) -> str:
    """The words of an alarm: what happened, and whom it left to be woken by hand."""
    if not items:
        return alarm.text
    left = [item for item in items if item.closed_at is None]
    if not left:
        count = len({item.room for item in items})
        all_closed = phrase(f"All {count} rooms of its list are closed.")
        return f"{alarm.text} {all_closed if count != 1 else phrase('The room of its list is closed.')}"
    told = [alarm.text]
    if alarm.healed_at is not None and not alarm.subject.startswith("late"):
        told.append(phrase("It is over."))
    return " ".join([*told, _to_be_woken(list(dict.fromkeys(item.room for item in left)))])


def _to_be_woken(left: Sequence[str]) -> str:
    count, first = len(left), ", ".join(left[:_NAMED])
    if count == 1:
        return phrase(f"1 room is still to be woken by hand: {first}; see its list.")
    if count <= _NAMED:
        return phrase(f"{count} rooms are still to be woken by hand: {first}; see its list.")
    more = count - _NAMED
    return phrase(f"{count} rooms are still to be woken by hand: {first} and {more} more; see its list.")


@dataclass(frozen=True, slots=True)
class DeskManners:
    """How the desk's own phones are rung."""

    ring: timedelta
    pause: timedelta
    phones: int


STARVED_AFTER = timedelta(seconds=60)


def quiet_until(pressed: datetime, manners: DeskManners) -> datetime:
    """A key silences one round: until when the phones stay quiet, if nothing new comes."""
    return pressed + manners.pause + manners.ring * manners.phones + manners.pause


def is_starved(loud_since: datetime, rung_at: datetime | None, now: datetime) -> bool:
    """Whether the desk has been told nothing for so long that its call goes before the guests'."""
    return now - max(loud_since, rung_at or loud_since) >= STARVED_AFTER
