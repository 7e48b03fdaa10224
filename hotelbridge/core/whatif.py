"""What calls that were made would have cost by another tariff: before, after, by destination.

Sums of whole minor units in the currency of the terms. Knows no file and no store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotelbridge.core.rating import Call, Terms, rate
from hotelbridge.core.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, and what it was charged."""

    call: Call
    name: str  # the destination, as the tariff in force then called it
    amount: int  # minor units; 0 where it was free, or no row had a price
    waived: bool = False  # it costs nothing by any tariff: to an emergency number, or of nobody's account


@dataclass(slots=True)
class Compared:
    """The calls to one destination, or all."""

    name: str
    calls: int = 0
    before: int = 0
    after: int = 0
    no_price: int = 0  # calls for which the other tariff has none

    @property
    def difference(self) -> int:
        """How much more the other tariff asks."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A comparison, the destinations with the greatest difference first."""

    rows: tuple[Compared, ...]
    total: Compared


def compare(calls: Iterable[Made], tariff: Tariff, terms: Terms) -> WhatIf:
    """Price calls anew."""
    rows: dict[str, Compared] = {}
    total = Compared("")
    for one in calls:
        priced = None if one.waived else rate(one.call, tariff, terms)
        name = one.name or (priced.name if priced is not None else "")
        for into in (rows.setdefault(name, Compared(name)), total):
            into.calls += 1
            into.before += one.amount
            if priced is not None:
                into.after += priced.minor
                into.no_price += bool(priced.held)
    return WhatIf(tuple(sorted(rows.values(), key=lambda row: (-abs(row.difference), row.name))), total)
