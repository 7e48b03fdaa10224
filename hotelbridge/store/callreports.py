"""What was counted of calls and charges in some days of the hotel, for their reconciliation.

A day or two are counted row by row, along an index; longer stretches by the running sums of `callsums`, and
each day of them on which calls and charges differ row by row again. Amounts are whole minor units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, case, cast, exists, func, literal, or_, select, union_all

from hotelbridge.core.calls import CallKind
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.reconciling import Charged, Received
from hotelbridge.store import callsums, tables
from hotelbridge.store.units import Tx

_R = tables.CallRecord.__table__  # type: ignore[attr-defined]
_C = tables.Charge.__table__  # type: ignore[attr-defined]
_S = tables.Stay.__table__  # type: ignore[attr-defined]

BY_ROWS = timedelta(days=2)  # up to so long every row is looked at
CALL, CHARGE = "call", "charge"
# What it is, day, device or state, kind or currency, how many, of a wrong clock or amount, tax.
Row = tuple[str, str, str, str, int, int, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted, in one look at the store."""

    received: tuple[Received, ...]
    charged: tuple[Charged, ...]
    uneven: tuple[str, ...]  # days on which calls to outside and charges are not as many
    clocks: tuple[tuple[str, int], ...]  # devices, and how many of their records told a wrong time
    drifted: tuple[str, ...] = ()  # days whose running sums are not those of their rows


def counts(tx: Tx, property: str, first: date, last: date) -> Counts:
    """Call records and charges of some days, both included."""
    kept = _by_sums(tx, property, first, last)
    if last - first < BY_ROWS:
        rows = _by_rows(tx, property, first, last)
        return _counts(rows, _drifted(kept, rows))
    uneven = _uneven(kept)
    if not uneven:
        return _counts(kept, ())
    again = [row for day in uneven for row in _by_rows(tx, property, *_one(day))]
    drifted = _drifted([row for row in kept if row[1] in uneven], again)
    return _counts([*(row for row in kept if row[1] not in uneven), *again], drifted)


def _one(day: str) -> tuple[date, date]:
    return date.fromisoformat(day), date.fromisoformat(day)


def _by_rows(tx: Tx, property: str, first: date, last: date) -> list[Row]:
    """One statement, so that calls and charges are of one moment."""
    wrong = or_(_R.c.off.is_(None), func.abs(_R.c.off) > callsums.OFF)
    calls = (
        select(
            literal(CALL), _R.c.day, _R.c.device, _R.c.kind, func.count(),
            _sum(case((wrong, 1), else_=0)), literal(0),
        )
        .where(_R.c.property == property, _R.c.day >= first.isoformat(), _R.c.day <= last.isoformat())
        .group_by(_R.c.day, _R.c.device, _R.c.kind)
    )  # fmt: skip
    free = _C.c.state == ChargeState.FREE.value
    charges = (
        select(
            literal(CHARGE), _C.c.day, _C.c.state, _C.c.currency, func.count(),
            _sum(case((free, 0), else_=_C.c.amount)), _sum(case((free, 0), else_=_C.c.tax)),
        )
        .where(_C.c.property == property, _C.c.day >= first.isoformat(), _C.c.day <= last.isoformat())
        .group_by(_C.c.day, _C.c.state, _C.c.currency)
    )  # fmt: skip
    return [(*row[:4], *map(int, row[4:])) for row in tx.connection.execute(union_all(calls, charges))]


def _sum(value: Any) -> Any:
    return cast(func.coalesce(func.sum(value), 0), BigInteger)  # PostgreSQL sums to numeric


def _by_sums(tx: Tx, property: str, first: date, last: date) -> list[Row]:
    found: list[Row] = []
    for day, name, _, calls, wrong, _, _ in callsums.of_days(tx, property, callsums.RECEIVED, first, last):
        kind, _, device = name.partition(" ")
        found.append((CALL, day, device, kind, calls, wrong, 0))
    for day, state, currency, calls, _, amount, tax in callsums.of_days(tx, property, "state", first, last):
        found.append((CHARGE, day, state, currency, calls, amount, tax))
    return found


def _drifted(kept: Sequence[Row], rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(sorted({row[1] for row in set(kept) ^ set(rows)}))


def _uneven(rows: Sequence[Row]) -> tuple[str, ...]:
    rest: Counter[str] = Counter()
    for what, day, _, kind, n, _, _ in rows:
        rest[day] += -n if what == CHARGE else n if kind != CallKind.FREE else 0
    return tuple(sorted(day for day, n in rest.items() if n))


def _counts(rows: Sequence[Row], drifted: tuple[str, ...]) -> Counts:
    clocks: Counter[str] = Counter()
    for what, _, device, _, _, wrong, _ in rows:
        if what == CALL and wrong:
            clocks[device] += wrong
    return Counts(
        tuple(Received(a, CallKind(b), n) for what, _, a, b, n, _, _ in rows if what == CALL),
        tuple(Charged(ChargeState(a), b, n, x, y) for what, _, a, b, n, x, y in rows if what == CHARGE),
        _uneven(rows),
        tuple(sorted(clocks.items())),
        drifted,
    )


def without_charge(tx: Tx, property: str, day: str, limit: int) -> list[tuple[int, str, str]]:
    """Calls of a day to outside that have no charge: id, device, phone; the oldest of them."""
    charged = exists().where(_C.c.id == _R.c.id)
    query = (
        select(_R.c.id, _R.c.device, _R.c.phone)
        .where(_R.c.property == property, _R.c.day == day, _R.c.kind != CallKind.FREE.value, ~charged)
        .order_by(_R.c.id)
        .limit(limit)
    )
    return [(id, device, phone) for id, device, phone in tx.connection.execute(query)]


def guests_of(tx: Tx, property: str, stays: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Reservation and present room of stays, as far as they are not forgotten."""
    if not stays:
        return {}
    between = _S.c.id.between(min(stays), max(stays))
    rows = tx.connection.execute(
        select(_S.c.id, _S.c.reservation, _S.c.room).where(_S.c.property == property, between)
    )
    return {id: (reservation, room) for id, reservation, room in rows}
