"""Calls and charges summed up by the database, by days of the hotel. No row is read but by its index.

Each query groups first in the order of the index that holds all it asks for, then once more: sorting a
month of 1,000,000 rows would take seconds. Amounts are whole minor units, never added up across currencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from hotelbridge.core.calls import CLOCK_OFF, CallKind
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.reconciling import Charged, Received
from hotelbridge.store import tables
from hotelbridge.store.units import Tx

_R = tables.CallRecord.__table__  # type: ignore[attr-defined]
_C = tables.Charge.__table__  # type: ignore[attr-defined]
_S = tables.Stay.__table__  # type: ignore[attr-defined]
_OFF = int(CLOCK_OFF.total_seconds())

BY = {"room": _C.c.room, "stay": _C.c.stay_id, "trunk": _C.c.trunk, "destination": _C.c.name}


@dataclass(frozen=True, slots=True)
class Clock:
    """What the records of a device say of its clock."""

    device: str
    calls: int  # records whose time was more than two minutes off, or could not be read
    worst: int | None  # seconds; None: none of them could be read


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted, in one look at the store."""

    received: tuple[Received, ...]
    charged: tuple[Charged, ...]
    uneven: tuple[str, ...]  # days on which calls to outside and charges are not as many
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class CallSum:
    """The charges of one room, stay, day, ... in one currency."""

    key: str | int | None
    currency: str
    calls: int
    unanswered: int
    free: int  # calls
    seconds: int
    amount: int  # of what is not free
    tax: int  # of that
    posted: int  # of the amount
    waiting: int  # of the amount: open, refused, uncertain, held
    written_off: int  # of the amount


def _days(table: Any, property: str, first: date, last: date) -> ColumnElement[bool]:
    return and_(
        table.c.property == property,
        table.c.day >= first.isoformat(),
        table.c.day <= last.isoformat(),
    )


def _sum(value: Any) -> Any:
    return cast(func.coalesce(func.sum(value), 0), BigInteger)  # PostgreSQL sums to numeric


def counts(tx: Tx, property: str, first: date, last: date) -> Counts:
    """Call records and charges of some days, both included; one statement, so that both are of one moment."""
    wrong = or_(_R.c.off.is_(None), func.abs(_R.c.off) > _OFF)
    calls = (
        select(
            literal("call").label("what"), _R.c.day, _R.c.device.label("a"), _R.c.kind.label("b"),
            func.count().label("n"), _sum(case((wrong, 1), else_=0)).label("x"),
            func.max(func.abs(_R.c.off)).label("y"),
        )
        .where(_days(_R, property, first, last))
        .group_by(_R.c.day, _R.c.device, _R.c.kind)
    )  # fmt: skip
    inner = _inner(_C.c.trunk, property, first, last).subquery()
    charges = select(
        literal("charge"), inner.c.day, inner.c.state, inner.c.currency,
        _sum(inner.c.n), _sum(inner.c.amount), _sum(inner.c.tax),
    ).group_by(inner.c.day, inner.c.state, inner.c.currency)  # fmt: skip
    rows = tx.connection.execute(union_all(calls, charges)).all()
    found = [row for row in rows if row[0] == "call"], [row for row in rows if row[0] == "charge"]
    return Counts(
        tuple(Received(a, CallKind(b), n) for _, _, a, b, n, _, _ in found[0]),
        tuple(Charged(ChargeState(a), b, n, x, y) for _, _, a, b, n, x, y in found[1]),
        _uneven(*found),
        tuple(_clocks(found[0])),
    )


def _uneven(calls: Sequence[Any], charges: Sequence[Any]) -> tuple[str, ...]:
    rest: dict[str, int] = {}
    for _, day, _, kind, n, _, _ in calls:
        rest[day] = rest.get(day, 0) + (n if kind != CallKind.FREE else 0)
    for _, day, _, _, n, _, _ in charges:
        rest[day] = rest.get(day, 0) - n
    return tuple(sorted(day for day, n in rest.items() if n))


def _clocks(calls: Sequence[Any]) -> list[Clock]:
    found: dict[str, Clock] = {}
    for _, _, device, _, _, wrong, worst in calls:
        if wrong:
            before = found.get(device, Clock(device, 0, None))
            far = max((one for one in (before.worst, worst) if one is not None), default=None)
            found[device] = Clock(device, before.calls + wrong, far)
    return [found[device] for device in sorted(found)]


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


def _inner(key: Any, property: str, first: date, last: date) -> Any:
    """The first grouping, in the order of an index."""
    return (
        select(
            _C.c.day, key.label("key"), _C.c.state, _C.c.currency,
            func.count().label("n"), func.sum(_C.c.seconds).label("seconds"),
            func.sum(case((_C.c.seconds == 0, 1), else_=0)).label("unanswered"),
            func.sum(_C.c.amount).label("amount"), func.sum(_C.c.tax).label("tax"),
        )
        .where(_days(_C, property, first, last))
        .group_by(_C.c.day, key, _C.c.state, _C.c.currency)
    )  # fmt: skip


def sums(tx: Tx, property: str, by: str, first: date, last: date) -> list[CallSum]:
    """The charges of some days, both included, by room, stay, day, trunk, destination or state."""
    inner = _inner(BY.get(by, _C.c.trunk), property, first, last).subquery()
    key = {"day": inner.c.day, "state": inner.c.state}.get(by, inner.c.key)
    free = inner.c.state == ChargeState.FREE.value

    def of(condition: Any, value: Any) -> Any:
        return _sum(case((condition, value), else_=0))

    query = select(
        key, inner.c.currency, _sum(inner.c.n), _sum(inner.c.unanswered), of(free, inner.c.n),
        _sum(inner.c.seconds), of(~free, inner.c.amount), of(~free, inner.c.tax),
        of(inner.c.state == ChargeState.POSTED.value, inner.c.amount),
        of(inner.c.state.not_in(["free", "posted", "written_off"]), inner.c.amount),
        of(inner.c.state == ChargeState.WRITTEN_OFF.value, inner.c.amount),
    ).group_by(key, inner.c.currency)  # fmt: skip
    return [CallSum(*row) for row in tx.connection.execute(query)]


def guests_of(tx: Tx, property: str, stays: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Reservation and present room of stays, as far as they are not forgotten."""
    if not stays:
        return {}
    between = _S.c.id.between(min(stays), max(stays))
    rows = tx.connection.execute(
        select(_S.c.id, _S.c.reservation, _S.c.room).where(_S.c.property == property, between)
    )
    return {id: (reservation, room) for id, reservation, room in rows}


_SKIP = (
    select(_C.c.trunk)
    .where(_C.c.property == bindparam("property"), _C.c.day == bindparam("day"))
    .where(_C.c.trunk > bindparam("after", type_=String))
    .order_by(_C.c.trunk)
    .limit(1)
)


def trunks_of(tx: Tx, property: str, days: Sequence[date]) -> set[str]:
    """The trunks by which somebody called on some days: one step of an index for each."""
    found: set[str] = set()
    for day in days:
        after: str | None = ""
        while after is not None:
            asked = {"property": property, "day": day.isoformat(), "after": after}
            after = tx.connection.execute(_SKIP, asked).scalar()
            found |= {after} if after else set()
    return found
