"""What the hotel's clocks show counts, also when the zone they follow is put right.

A wake-up is kept with the wall time that was asked for and with the instant it meant then. When a start
finds another zone in the configuration, or other rules of it on this machine, the instants of those that
have not rung yet move; the desk reads which. Left alone they would ring at another hour than was read
back to the guest, and nobody would know why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hotelbridge.core import localtime
from hotelbridge.core.records import AlarmKind, Wakeup
from hotelbridge.services import changing, escalation, making
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, history, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

NAMED = 12  # rooms in the words of the alarm; all of them stand in the lists


def keep_wall_times(tx: Tx, rules: Rules, now: datetime) -> list[Wakeup]:
    """Move what would ring at another wall time than was asked for; those that moved, by due time.

    One that is over by now is late: it rings within the grace, and else a person is told.
    """
    meant = {
        (local, due): moment
        for local, due in wakeups.scheduled_times(tx, rules.property)
        if (moment := localtime.kept(local, due, rules.zone)).instant != due
    }
    if not meant:
        return []
    moved = []
    for one in wakeups.scheduled(tx, rules.property):
        if (one.local, one.due) in meant:
            changed = changing.apply(rules, one, {}, meant[one.local, one.due])
            words = phrase(f"with the hotel's time zone, {rules.zone.key}")
            moved.append(changing.save(tx, rules, one, changed, history.ITSELF, now, words))
    making.foresee(tx, rules, [one for one in moved if one.due > now], now)
    _tell(tx, rules, sorted(moved, key=lambda one: (one.due, one.id)), now)
    return moved


def _moved(moved: Sequence[Wakeup]) -> str:
    first = ", ".join(f"{one.room}: {one.local[:10]} {one.local[11:16]}" for one in moved[:NAMED])
    count = len(moved)
    if count > NAMED:
        more = count - NAMED
        first = phrase(f"{first} and {more} more")
    if count == 1:
        return phrase(f"1 wake-up was moved so that the hotel's clocks show the time asked for: {first}.")
    return phrase(f"{count} wake-ups were moved so that the hotel's clocks show the time asked for: {first}.")


def _tell(tx: Tx, rules: Rules, moved: Sequence[Wakeup], now: datetime) -> None:
    zone = rules.zone.key
    text = " ".join(
        (
            phrase(f"The hotel's time zone, {zone}, is not the one for which wake-ups were booked."),
            _moved(moved),
            phrase("Look whether the hotel's clocks agree, and print the night list again."),
        )
    )
    subject = f"zone:{now:%Y-%m-%dT%H:%M:%S}"
    alarm = escalation.raise_alarm(tx, rules, now, AlarmKind.CLOCK, subject, text)
    alarms.save(tx, replace(alarm, next_at=now), now)
