"""Reports about calls to outside: read in pieces of a month, put together, shown. Inside reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from operator import attrgetter

from hotelbridge.errors import Refusal
from hotelbridge.services import money
from hotelbridge.services.callreportviews import (
    CallReportView,
    CallSumView,
    ReportBy,
    ReportQuery,
)
from hotelbridge.services.csvtext import csv_text
from hotelbridge.services.reconciling import Days
from hotelbridge.services.rules import Rules
from hotelbridge.store import callreports, callsums
from hotelbridge.store.callsums import CallSum
from hotelbridge.store.database import Tx

USUAL = 30  # days, where none are named
LATELY = timedelta(days=92)  # before a report: a trunk that was used then and is not in it is unused
ROUTES = frozenset({"XO", "IP"})  # no trunk is called so: a rule for all of a kind
_COUNTS = attrgetter(*callsums.SUMS)
_SHOWN = ("key", "room", "reservation", "currency", "calls", "unanswered", "free", "seconds")
_MONEY = ("amount", "tax", "posted", "waiting", "written_off")
Whose = dict[str, tuple[str, str]]  # reservation and room, by the number of a stay


def added(pieces: Sequence[Sequence[CallSum]]) -> list[CallSum]:
    """The sums of stretches that follow each other, in order; names that are numbers by their value."""
    if len(pieces) == 1:
        return sorted(pieces[0], key=_order)
    rows = (one for piece in pieces for one in piece)
    return sorted(_together(((one.key, one.currency), one) for one in rows), key=_order)


def _together(rows: Iterable[tuple[tuple[str, str], CallSum]]) -> Iterator[CallSum]:
    """One sum for each key and currency that the rows are told to belong to."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, one in rows:
        counted = _COUNTS(one)
        into = found.get(at)
        found[at] = list(counted) if into is None else [a + b for a, b in zip(into, counted, strict=True)]
    return (CallSum(key, currency, *counted) for (key, currency), counted in found.items())


def _order(one: CallSum) -> tuple[bool, int, str, str]:
    number = one.key.isascii() and one.key.isdigit() and len(one.key) < 19
    return not number, int(one.key) if number else 0, one.key, one.currency


def totals(found: Iterable[CallSum]) -> tuple[CallSumView, ...]:
    """One sum for each currency."""
    whole = _together((("", one.currency), one) for one in found)
    return tuple(_shown(one, {}) for one in sorted(whole, key=_order))


def whose(tx: Tx, rules: Rules, query: ReportQuery, found: Sequence[CallSum], *, named: bool) -> Whose:
    """Who the stays of a report are; to who may not know guests, only where they are."""
    if query.by != ReportBy.STAY:
        return {}
    guests = callreports.guests_of(tx, rules.property, [int(one.key) for one in found if one.key])
    return {str(id): (reservation if named else "", room) for id, (reservation, room) in guests.items()}


def unused(tx: Tx, rules: Rules, by: ReportBy, days: Days, found: Sequence[CallSum]) -> tuple[str, ...]:
    """Rooms, or trunks, by which nobody called in these days."""
    used = {one.key for one in found}
    if by == ReportBy.ROOM:
        return tuple(room for room in rules.rooms() if room not in used)
    if by != ReportBy.TRUNK:
        return ()
    lately = callsums.names(tx, rules.property, "trunk", days[0] - LATELY, days[0])
    return tuple(sorted((lately | _configured(rules)) - used - {""}))


def _configured(rules: Rules) -> set[str]:
    named = set(rules.settings.charges.trunk_thresholds)
    if rules.charging is not None:
        named |= {row.trunk for row in rules.charging.tariff.rows}
    return named - ROUTES - {""}


def view(
    query: ReportQuery, days: Days, found: Sequence[CallSum], guests: Whose, unused: tuple[str, ...]
) -> CallReportView:
    """A piece of a report as it is shown. Refuses `bad_cursor`."""
    start = 0
    if query.cursor is not None:
        if not (query.cursor.isascii() and query.cursor.isdigit() and len(query.cursor) < 10):
            raise Refusal("bad_cursor", "This cursor was not given by `next` of this list.")
        start = int(query.cursor)
    end = len(found) if query.limit is None else start + query.limit
    return CallReportView(
        by=query.by,
        first=days[0],
        last=days[1],
        items=tuple(_shown(one, guests) for one in found[start:end]),
        totals=totals(found),
        unused=unused,
        next=str(end) if end < len(found) else None,
    )


def _shown(one: CallSum, guests: Whose) -> CallSumView:
    reservation, room = guests.get(one.key, ("", ""))
    return CallSumView(
        one.key,
        room,
        reservation,
        one.currency,
        one.calls,
        one.unanswered,
        one.free,
        one.seconds,
        *(money.figures(getattr(one, name), one.currency) for name in _MONEY),
    )


def csv_of(view: CallReportView) -> str:
    """All of a report, without its totals: a spreadsheet makes them."""
    of_guests = view.by == ReportBy.STAY
    names = [name for name in (*_SHOWN, *_MONEY) if of_guests or name not in ("room", "reservation")]
    head = [view.by.value, *names[1:]]
    return csv_text(head, ([getattr(one, name) for name in names] for one in view.items))
