"""The calls of some days, reconciled: counted on a reader, saved and told in a unit of work.

What does not add up is an alarm of its day, seen and not heard, until a later account of that day adds up
or a person closes it. An account of several days that adds up ends the alarms of all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from hotelbridge.core.charges import OPEN_STATES, STATE_WORDS, Charge, calls_said
from hotelbridge.core.personal import mask
from hotelbridge.core.reconciling import Account, Finding, Trouble, account, in_words
from hotelbridge.core.records import AlarmKind
from hotelbridge.errors import Refusal
from hotelbridge.services import escalation
from hotelbridge.services.rules import Rules
from hotelbridge.store import callgaps, callreports, charges, inbox, reconciliations
from hotelbridge.store.database import Tx
from hotelbridge.store.reconciliations import Reconciliation
from hotelbridge.texts import phrase

STUCK = timedelta(days=1)
MOST_NAMED = 200  # calls that are named one by one
LONGEST = timedelta(days=400)
PIECE = timedelta(days=31)  # read at once, so that no reader is held for long
_IN_AN_ALARM = 3
_NO_TARIFF = phrase("no tariff was in force")

Days = tuple[date, date]  # both included


def midnight(rules: Rules, day: date) -> datetime:
    """When a day of the hotel begins, UTC."""
    return datetime.combine(day, time(), tzinfo=rules.zone).astimezone(UTC)


def days_of(rules: Rules, first: date | None, last: date | None, now: datetime, usual: int) -> Days:
    """The days asked for; of what is left out, the `usual` number of days up to yesterday.

    Refuses `range_backwards` and `range_too_long`.
    """
    yesterday = now.astimezone(rules.zone).date() - timedelta(days=1)
    last = last or (yesterday if first is None else max(yesterday, first))
    first = first or last - timedelta(days=usual - 1)
    if last < first:
        raise Refusal("range_backwards", f"{last} lies before {first}.")
    if last - first > LONGEST:
        raise Refusal("range_too_long", f"{first} to {last} is too long: at most {LONGEST.days} days.")
    return first, last


def in_pieces(days: Days) -> list[Days]:
    """Days in stretches that are read at once."""
    first, last = days
    cuts = range(0, (last - first).days + 1, PIECE.days)
    begins = [first + timedelta(days=n) for n in cuts]
    return [(begin, min(begin + PIECE - timedelta(days=1), last)) for begin in begins]


@dataclass(frozen=True, slots=True)
class Piece:
    """What was counted of some days in one read."""

    counts: callreports.Counts
    findings: tuple[Finding, ...]


def counted(tx: Tx, rules: Rules, days: Days, now: datetime) -> Piece:
    """Count some days, inside a read."""
    found = callreports.counts(tx, rules.property, *days)
    begins, ends = midnight(rules, days[0]), midnight(rules, days[1] + timedelta(days=1))
    findings = (
        *_not_charged(tx, rules, found.uneven),
        *_stuck(tx, rules, days, now),
        *_unreadable(tx, rules, begins, ends),
        *_missing(tx, rules, begins, ends),
        *(_clock(*one) for one in found.clocks),
    )
    return Piece(found, findings)


def summed(pieces: Sequence[Piece]) -> Account:
    """The account of stretches that follow each other."""
    return account(
        [one for piece in pieces for one in piece.counts.received],
        [one for piece in pieces for one in piece.counts.charged],
        [one for piece in pieces for one in piece.findings],
    )


# --- what does not add up ---


def _not_charged(tx: Tx, rules: Rules, days: Sequence[str]) -> Iterator[Finding]:
    for day in days:
        for id, device, phone in callreports.without_charge(tx, rules.property, day, MOST_NAMED):
            words = phrase(f"{day}: call {id} of no phone of a room on {device} has no charge")
            if phone:
                words = phrase(f"{day}: call {id} of phone {phone} on {device} has no charge")
            words = f"{words}: {_NO_TARIFF}"
            yield Finding(Trouble.NOT_CHARGED, 1, f"{words}.", id, device)


def _stuck(tx: Tx, rules: Rules, days: Days, now: datetime) -> Iterator[Finding]:
    """What is on its way for long, of these days and of those before: a day is looked at by itself once."""
    first, last = (day.isoformat() for day in days)
    waiting = [one for state in sorted(OPEN_STATES) for one in charges.in_state(tx, rules.property, state)]
    old = [one for one in waiting if one.day <= last and one.started < now - STUCK]
    for one in old[:MOST_NAMED]:
        trouble = Trouble.STUCK if one.day >= first else Trouble.STILL_OPEN
        yield Finding(trouble, 1, _stuck_words(rules, one), one.id)
    count = len(old) - MOST_NAMED
    if count > 0:
        words = phrase(f"{count} more charges are on their way for more than a day")
        yield Finding(Trouble.STUCK, count, f"{words}.")


def _stuck_words(rules: Rules, one: Charge) -> str:
    since = f"{one.started.astimezone(rules.zone):%Y-%m-%d %H:%M}"
    whose, state = one.room or one.account or phrase("no room"), STATE_WORDS[one.state]
    words = phrase(f"charge {one.id} of {whose}, a call of {since}, is on its way ({state}) since then")
    return f"{words}: {mask(one.reason)}." if one.reason else f"{words}."


def _unreadable(tx: Tx, rules: Rules, begins: datetime, ends: datetime) -> Iterator[Finding]:
    for one in inbox.bad_records(tx, rules.property, begins, ends, MOST_NAMED):
        at = one.at.astimezone(rules.zone)
        day, clock = f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"
        words = phrase(f"a call record that {one.device} sent at {day} {clock} {one.bad}")
        yield Finding(Trouble.UNREADABLE, 1, f"{words}.", device=one.device)


def _missing(tx: Tx, rules: Rules, begins: datetime, ends: datetime) -> Iterator[Finding]:
    for one in callgaps.noticed(tx, rules.property, begins, ends):
        first, last, calls = one.gap.first, one.gap.last, one.gap.calls
        at, device = f"{one.at.astimezone(rules.zone):%Y-%m-%d %H:%M}", one.device
        words = phrase(f"records {first} to {last} of {device} never came; the next one came at {at}")
        if calls == 1:
            words = phrase(f"record {first} of {device} never came; the next one came at {at}")
        yield Finding(Trouble.MISSING, calls, f"{words}.", device=one.device)


def _clock(device: str, calls: int) -> Finding:
    counted = calls_said(calls)
    words = phrase(f"the clock of {device} was off for {counted}: they count from when they arrived")
    return Finding(Trouble.CLOCK, calls, f"{words}.", device=device)


# --- kept and told ---


def save(tx: Tx, rules: Rules, days: Days, found: Account, by: str, now: datetime) -> Reconciliation:
    """Keep an account, and tell the desk where it does not add up."""
    saved = reconciliations.add(
        tx,
        Reconciliation(
            id=0,
            property=rules.property,
            at=now,
            begins=midnight(rules, days[0]),
            ends=midnight(rules, days[1] + timedelta(days=1)),
            by=by,
            adds_up=found.adds_up,
            result=_result(days, found),
        ),
    )
    _tell(tx, rules, days, found, now)
    return saved


def _result(days: Days, found: Account) -> str:
    kept = {
        "from": str(days[0]),
        "to": str(days[1]),
        "words": in_words(found),
        "received": found.received,
        "by_device": dict(found.by_device),
        "not_chargeable": found.not_chargeable,
        "parts": [asdict(part) for part in found.parts],
        "difference": found.difference,
        "findings": [asdict(one) for one in found.findings],
    }
    return json.dumps(kept, ensure_ascii=False)


def _subject(day: date) -> str:
    return f"reconciliation:{day}"


def _tell(tx: Tx, rules: Rules, days: Days, found: Account, now: datetime) -> None:
    first, last = days
    if found.adds_up:
        for n in range((last - first).days + 1):
            subject = _subject(first + timedelta(days=n))
            escalation.recovered(tx, rules.property, subject, now, "it adds up now")
        return
    if first != last:
        return  # whoever asked reads it; the day of it has its own
    text = _alarm_text(first, found)
    escalation.worded(tx, rules, now, AlarmKind.RECONCILIATION, _subject(first), text)


def _alarm_text(day: date, found: Account) -> str:
    told = [one.words.rstrip(".") for one in found.findings if one.trouble != Trouble.CLOCK]
    shown, count = told[:_IN_AN_ALARM], len(told) - _IN_AN_ALARM
    if count > 0:
        shown.append(phrase(f"and {count} more"))
    equation, findings = in_words(found), "; ".join(shown)
    return phrase(
        f"The calls of {day} do not add up: {equation}. {findings}. "
        f"See `hotelbridge charges reconcile --from {day} --to {day}`."
    )
