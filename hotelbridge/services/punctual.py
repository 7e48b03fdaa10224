"""The report of punctuality: read in pieces, so that no reader is held for long, and put together here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotelbridge.core.punctuality import Punctuality, Tally, by_period, together
from hotelbridge.errors import Refusal
from hotelbridge.services.reportviews import Period, PunctualityOf, PunctualityQuery, PunctualityView
from hotelbridge.services.rules import Rules
from hotelbridge.store import punctuality
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

PIECE = timedelta(days=31)
LONGEST = {Period.DAY: timedelta(days=400), Period.MONTH: timedelta(days=3700)}
SHOWN = {Period.DAY: timedelta(days=29), Period.MONTH: timedelta(days=365)}  # before today, unless asked
_BY = {Period.DAY: phrase("by day"), Period.MONTH: phrase("by month")}
LETTERS = {Period.DAY: 10, Period.MONTH: 7}  # of a local time that name its period

Span = tuple[datetime, datetime]


def pieces(rules: Rules, query: PunctualityQuery, now: datetime) -> list[Span]:
    """The stretches of time to read. Refuses `range_too_long` and `range_backwards`."""
    last = query.to or now.astimezone(rules.zone).date()
    first = query.from_ or max(last, date.min + SHOWN[query.by]) - SHOWN[query.by]
    if query.by == Period.MONTH and query.from_ is None:
        first = first.replace(day=1)
    if last < first:
        raise Refusal("range_backwards", f"{last} lies before {first}.")
    if last - first > LONGEST[query.by]:
        most, by = LONGEST[query.by].days, _BY[query.by]
        raise Refusal("range_too_long", f"{first} to {last} is too long: at most {most} days {by}.")
    start, end = _midnight(first, rules.zone), _midnight(last + timedelta(days=1), rules.zone)
    edges = [start]
    while edges[-1] < end:
        edges.append(min(edges[-1] + PIECE, end))
    return list(zip(edges, edges[1:], strict=False))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def read(tx: Tx, rules: Rules, span: Span, by: Period) -> list[Tally]:
    """One piece."""
    return punctuality.tallies(tx, rules.property, *span, LETTERS[by], rules.ladder.promise)


def view(rules: Rules, found: Sequence[Tally], by: Period) -> PunctualityView:
    """All pieces as the desk sees them."""
    return PunctualityView(
        items=tuple(_items(by_period(found).items())),
        total=_shown("", together(found)),
        by=by,
        promise=rules.ladder.promise.total_seconds(),
    )


def _items(periods: Iterable[tuple[str, Punctuality]]) -> Iterable[PunctualityOf]:
    return (_shown(period, one) for period, one in periods)


def _shown(period: str, one: Punctuality) -> PunctualityOf:
    return PunctualityOf(
        period=period,
        on_time=one.on_time,
        late=one.late,
        missed=one.missed,
        open=one.open,
        by_hand=one.by_hand,
        in_person=one.in_person,
        kept=one.kept,
        share=None if one.share is None else round(one.share, 4),
        worst=one.worst,
        p50=one.p50,
        p99=one.p99,
    )
