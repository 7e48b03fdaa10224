"""What calls cost, as bars: days as columns beside each other, all else as bars under each other.

The largest are drawn; the table beside the drawing has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hotelbridge.services.callreportviews import CallSumView
from hotelbridge.web.console.charts import FOOT, HEAD, HEIGHT, WIDTH, Bar

MOST = 12  # bars under each other
LINE = 32  # of the drawing, from one to the next
LONGEST_SPAN = 92  # days that each have a place of their own
LONGEST = 30  # characters of a name
Named = Callable[[CallSumView], str]


@dataclass(frozen=True, slots=True)
class SumChart:
    """All bars of one currency."""

    bars: tuple[Bar, ...]
    upright: bool
    height: int
    currency: str
    left_out: int  # rows that are not drawn


def sum_chart(rows: Sequence[CallSumView], currency: str, *, upright: bool, named: Named) -> SumChart:
    """The amounts of these rows in one currency; `named`: what each is called."""
    mine = [one for one in rows if one.currency == currency and (upright or Decimal(one.amount) > 0)]
    most = max((Decimal(one.amount) for one in mine), default=Decimal(1)) or Decimal(1)
    if upright:
        return SumChart(_columns(mine, most, named), True, HEIGHT, currency, 0)
    largest = sorted(mine, key=lambda one: -Decimal(one.amount))[:MOST]
    bars = _beams(largest, most, named)
    return SumChart(bars, False, max(1, len(bars)) * LINE, currency, len(mine) - len(largest))


def day_by_day(rows: Sequence[CallSumView], first: date, last: date) -> list[CallSumView]:
    """The rows of days with those between them in which nobody called, so that the drawing is a calendar."""
    if not rows or last - first >= timedelta(days=LONGEST_SPAN):
        return list(rows)
    known = {one.key for one in rows}
    nothing = replace(rows[0], amount="0", calls=0)
    days = (str(first + timedelta(days=n)) for n in range((last - first).days + 1))
    empty = [replace(nothing, key=day) for day in days if day not in known]
    return sorted([*rows, *empty], key=lambda one: one.key)


def _columns(rows: Sequence[CallSumView], most: Decimal, named: Named) -> tuple[Bar, ...]:
    tall, step = HEIGHT - FOOT - HEAD, WIDTH / max(6, len(rows))
    every = max(1, -(-len(rows) // 5))  # days that are named, so that no two words meet
    return tuple(
        Bar(
            x=round(n * step + step * 0.12, 1),
            y=round(HEIGHT - FOOT - tall * float(Decimal(one.amount) / most), 1),
            width=round(step * 0.76, 1),
            height=round(tall * float(Decimal(one.amount) / most), 1),
            label=named(one) if n % every == 0 else "",
            says=f"{named(one)}: {one.amount}",
            full=False,
        )
        for n, one in enumerate(rows)
    )


def _beams(rows: Sequence[CallSumView], most: Decimal, named: Named) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            x=0,
            y=n * LINE,
            width=max(2.0, round(WIDTH * float(Decimal(one.amount) / most), 1)),
            height=7,
            label=_cut(named(one)),
            says=one.amount,
            full=False,
        )
        for n, one in enumerate(rows)
    )


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
