"""What of calls is kept for how long: numbers and names for some days, sums for the years of the tax law.

After `charges.keep_days` of a number only the digits stay that name its destination, and reservations,
notes and words that may name somebody go. After `charges.tax_years` nothing stays. What the folio does not
know yet is neither cut nor purged, however old. What was erased is a line of the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotelbridge.core.charges import UNPOSTED, Call, Charge
from hotelbridge.core.guests import Stay
from hotelbridge.services.rules import Rules
from hotelbridge.settings import PropertySettings
from hotelbridge.store import callgaps, callretention, callsums, journal, reconciliations
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.history import ITSELF
from hotelbridge.texts import phrase

YEAR = timedelta(days=366)  # never a day too early


@dataclass(frozen=True, slots=True)
class Days:
    """The hotel's days of erasure. None while they are not known: what is not settled is kept until it is."""

    number: date | None = None  # of the dialled number, with reservation and notes
    everything: date | None = None  # of the sum too


def keep_for(settings: PropertySettings) -> tuple[timedelta, timedelta]:
    """How long numbers and names of calls are kept, and how long their sums."""
    names, sums = timedelta(days=settings.charges.keep_days), settings.charges.tax_years * YEAR
    return min(names, sums), sums


def erased_on(charge: Charge, settings: PropertySettings) -> Days:
    """When number, reservation and notes of a charge, and then all of it, will be erased."""
    if charge.state in UNPOSTED:
        return Days()
    return _days(charge.started, charge.done_at or charge.started, settings)


def call_erased_on(call: Call, charge: Charge | None, settings: PropertySettings) -> Days:
    """The same of a call record; with one that was charged it goes by its charge."""
    if call.waits:
        return Days()
    return _days(call.started, call.started, settings) if charge is None else erased_on(charge, settings)


def name_erased_on(stay: Stay, settings: PropertySettings) -> date | None:
    """The hotel's day on which the name of a guest who has left is erased, where nothing holds it back."""
    if stay.ended_at is None:
        return None
    gone = stay.ended_at + timedelta(days=settings.retention.guest_days)
    return gone.astimezone(settings.zone).date()


def _days(began: datetime, settled: datetime, settings: PropertySettings) -> Days:
    """What is settled late is erased then, not before."""
    number, everything = (
        max(began + kept, settled).astimezone(settings.zone).date() for kept in keep_for(settings)
    )
    return Days(number, everything)


async def purge(db: Database, rules: Rules, now: datetime) -> None:
    """Cut and purge what has been kept long enough, in pieces; then say in the journal what it was."""
    property = rules.property
    names, sums = keep_for(rules.settings)
    cut_calls = await _all(db, lambda tx: callretention.cut_calls(tx, property, now - names))
    cut_charges = await _all(db, lambda tx: callretention.cut_charges(tx, property, now - names))
    purged = await _all(db, lambda tx: callretention.purge(tx, property, now - sums))
    gone = (now - sums).astimezone(rules.zone).date()
    await _all(db, lambda tx: callsums.purge(tx, property, gone))
    await _all(db, lambda tx: callgaps.purge(tx, property, now - names))
    await _all(db, lambda tx: reconciliations.purge(tx, property, now - sums))
    lines = []
    if cut_calls or cut_charges:
        until = f"{(now - names).astimezone(rules.zone):%Y-%m-%d %H:%M}"
        lines.append(_cut_words(cut_calls, cut_charges, until))
    if purged:
        until = f"{(now - sums).astimezone(rules.zone):%Y-%m-%d %H:%M}"
        lines.append(_purged_words(purged, until))
    if lines:
        await db.run(lambda tx: _say(tx, property, lines, now))


def _cut_words(calls: int, charges: int, until: str) -> str:
    return phrase(
        f"numbers and names were cut from {calls} call records and {charges} charges of before {until}"
    )


def _purged_words(calls: int, until: str) -> str:
    return phrase(f"{calls} call records and their charges of before {until} were erased")


async def _all(db: Database, piece: Callable[[Tx], int]) -> int:
    """Piece after piece, each a unit of its own, until nothing is left; how many rows."""
    total = 0
    while done := await db.run(piece):
        total += done
    return total


def _say(tx: Tx, property: str, lines: list[str], now: datetime) -> None:
    for words in lines:
        journal.write(tx, property, now, ITSELF, "", "erased", words)
