"""A database out of a backup is marked before anybody works with it (rule K2).

It believes in a yesterday that is over. What fell due since, or was under way, may have happened or
not: nobody knows, so a person looks, and no phone is rung twice. Orders made since are lost, and the
desk reads so with the times between which they were made. Runs once, in one unit of work, on the
restored copy, before it is put in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hotelbridge.core.records import AlarmKind, LoanKind, LoanState, Outcome, Wakeup, WakeupState
from hotelbridge.core.signals import Phase
from hotelbridge.core.timeline import Mark
from hotelbridge.core.wakeup import Happening, after
from hotelbridge.services import escalation, lists, postings, restored, resync
from hotelbridge.services.rules import Rules
from hotelbridge.store import (
    alarms,
    attempts,
    clock_marks,
    history,
    loans,
    pms_state,
    remains,
    remainsusers,
    wakeups,
)
from hotelbridge.store.database import Tx
from hotelbridge.store.remains import Remains
from hotelbridge.texts import phrase

ALL = 1_000_000
_DUE = phrase("due in the time that the restored database does not know; it may have rung or not")
_WAS_DUE = phrase("was due in the time that the restored database does not know; it may have rung or not")


@dataclass(frozen=True, slots=True)
class Gap:
    """The time of which the restored database knows nothing (UTC)."""

    since: datetime  # the last instant in the backup
    until: datetime  # the last instant in the database it replaces, or the moment of the restore


@dataclass(frozen=True, slots=True)
class Marked:
    """What was handed to the desk of one property."""

    property: str
    wakeups: tuple[Wakeup, ...]
    alarm: str  # as the desk reads it


def mark(tx: Tx, houses: tuple[Rules, ...], lost: Remains, node: str, now: datetime) -> tuple[Marked, ...]:
    """Mark a restored database; `lost` is what is known of the one it replaces."""
    newest = remains.of(tx.connection).newest or now
    until = now if lost.newest is None else max(lost.newest, newest)
    gap = Gap(min(newest, until), until)
    remains.leave_room(tx, lost)
    remainsusers.keep_out(tx, lost.users, now)
    _forget_the_boot(tx, node)
    return tuple(_mark_house(tx, rules, gap, lost, now) for rules in houses)


def _mark_house(tx: Tx, rules: Rules, gap: Gap, lost: Remains, now: datetime) -> Marked:
    for attempt in attempts.open_ones(tx, rules.property):
        over = replace(
            attempt, phase=Phase.OVER, ended=now, outcome=attempt.outcome or Outcome.UNKNOWN, check_at=None
        )
        attempts.save(tx, replace(over, detail=phrase("the database was restored from a backup meanwhile")))
    for loan in loans.active(tx, rules.property, LoanKind.REACH):
        # It may have been put back since; what the phone holds now is the guest's.
        loans.save(tx, replace(loan, state=LoanState.OVER, next_at=None))
    resync.forget(tx, rules, now)
    postings.restored(tx, rules, now)
    restored.keep(tx, rules.property, gap.until)
    wanted = {f"{pms_state.HOUSE}want_resync": now.isoformat(), f"{pms_state.HOUSE}resynced": None}
    pms_state.keep(tx, rules.property, wanted)  # who came and left since is known to the PMS alone
    handed = tuple(_hand_over(tx, rules, wakeup, now) for wakeup in _unsure(tx, rules, now))
    text = lost_orders(gap, rules, len(handed))
    subject = f"restore:{now:%Y-%m-%dT%H:%M:%S}"
    alarm = escalation.raise_alarm(tx, rules, now, AlarmKind.STORAGE, subject, text)
    alarms.save(tx, replace(alarm, next_at=now), now)
    remains.begin_feed_anew(tx, rules.property, lost, "alarm", alarm.id, now)
    return Marked(rules.property, handed, text)


def _unsure(tx: Tx, rules: Rules, now: datetime) -> list[Wakeup]:
    """Wake-ups that were under way, or have fallen due since."""
    wanted = (
        wakeups.Filter(state=WakeupState.CALLING),
        wakeups.Filter(state=WakeupState.WAITING),
        wakeups.Filter(state=WakeupState.SCHEDULED, to=now),
    )
    found = [one for filter in wanted for one in wakeups.listed(tx, rules.property, filter, ALL)]
    return sorted(found, key=lambda wakeup: (wakeup.due, wakeup.id))


def _hand_over(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> Wakeup:
    state = after(wakeup.state, Happening.GIVE_UP)
    saved = wakeups.save(tx, replace(wakeup, state=state, next_at=None, result=Outcome.UNKNOWN), now)
    history.write(tx, saved, now, "handed_over", f"{_WAS_DUE}; {phrase('handed to the desk')}")
    lists.late(tx, rules, saved, _DUE, now)
    return saved


def lost_orders(gap: Gap, rules: Rules, handed: int) -> str:
    """What the desk reads about a restore, in the hotel's own time."""
    since, until = gap.since.astimezone(rules.zone), gap.until.astimezone(rules.zone)
    begun, ended, day, last = f"{since:%H:%M}", f"{until:%H:%M}", since.date(), until.date()
    if day == last:
        lost = phrase(
            f"Orders made {begun}-{ended} are lost: see the night list and slips, and enter them again."
        )
    else:
        lost = phrase(
            f"Orders made {begun} on {day} to {ended} on {last} are lost: see the night list and slips, "
            "and enter them again."
        )
    restored = phrase("The database was restored from a backup.")
    changes = phrase("So are changes and cancellations of that time.")
    return " ".join((restored, lost, changes, _due_since(handed)))


def _due_since(handed: int) -> str:
    if handed == 0:
        return phrase("No wake-up came due since.")
    if handed == 1:
        return phrase("1 wake-up came due since: it is an alarm.")
    return phrase(f"{handed} wake-ups came due since: they are alarms.")


def _forget_the_boot(tx: Tx, node: str) -> None:
    """The saved pair of clocks is of another time; that the wall clock is not before it is still asked."""
    known = clock_marks.get(tx, node)
    if known is not None:
        clock_marks.save(tx, node, Mark(known.wall, boot_id="", boot=0.0))
