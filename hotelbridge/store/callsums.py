"""Running sums of calls by days of the hotel, kept in the unit of work that saves a call or a charge.

A month of a large house is a million charges: no report reads them. There is one row for each day and room,
stay, trunk, destination and state; and one for each day, device and kind of call record. Amounts are whole
minor units of their currency. `recount` makes the sums of a day again from the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, select, text

from hotelbridge.core.calls import CLOCK_OFF
from hotelbridge.core.charges import UNPOSTED, Call, Charge, ChargeState
from hotelbridge.store import pieces, tables
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx

SUMS = ("calls", "unanswered", "free", "seconds", "amount", "tax", "posted", "waiting", "written_off")
RECEIVED = "received"  # call records by device and kind; `unanswered` counts those of a clock that was off
KINDS = ("room", "stay", "trunk", "destination", "state")
OFF = int(CLOCK_OFF.total_seconds())

_S = tables.CallSum.__table__  # type: ignore[attr-defined]
_R = tables.CallRecord.__table__  # type: ignore[attr-defined]
_KEY = ("property", "kind", "day", "name", "currency")
_ADD = Statement(
    text(
        f"INSERT INTO call_sum ({', '.join((*_KEY, *SUMS))}) "
        f"VALUES ({', '.join(f':{name}' for name in (*_KEY, *SUMS))}) "
        f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
        + ", ".join(f"{name} = call_sum.{name} + excluded.{name}" for name in SUMS)
    )
)
Counted = tuple[int, ...]  # in the order of SUMS
NOTHING: Counted = (0,) * len(SUMS)


@dataclass(frozen=True, slots=True)
class CallSum:
    """The charges of one room, stay, day, ... in one currency."""

    key: str
    currency: str
    calls: int
    unanswered: int
    free: int  # calls
    seconds: int
    amount: int  # of what is not free
    tax: int  # in that
    posted: int  # of the amount
    waiting: int  # of the amount: open, refused, uncertain, held
    written_off: int  # of the amount


def _counted(charge: Charge) -> Counted:
    is_free = charge.state == ChargeState.FREE
    amount = 0 if is_free else charge.amount
    return (
        1,
        int(charge.seconds == 0),
        int(is_free),
        charge.seconds,
        amount,
        0 if is_free else charge.tax,
        amount if charge.state == ChargeState.POSTED else 0,
        amount if charge.state in UNPOSTED else 0,
        amount if charge.state == ChargeState.WRITTEN_OFF else 0,
    )


def _places(charge: Charge) -> list[tuple[str, str]]:
    stay = "" if charge.stay_id is None else str(charge.stay_id)
    return list(zip(KINDS, (charge.room, stay, charge.trunk, charge.name, charge.state.value), strict=True))


def charged(tx: Tx, before: Charge | None, after: Charge) -> None:
    """A charge was saved; `before`: as it was until now, None for a new one."""
    rest: dict[tuple[str, str, str, str], Counted] = {}
    for one, sign in ((before, -1), (after, 1)):
        if one is not None:
            mine = _counted(one)
            for kind, name in _places(one):
                at = (kind, one.day, name, one.currency)
                known = rest.get(at, NOTHING)
                rest[at] = tuple(a + sign * b for a, b in zip(known, mine, strict=True))
    for (kind, day, name, currency), values in sorted(rest.items()):
        if any(values):
            _add(tx, after.property, kind, day, name, currency, values)


def received(tx: Tx, call: Call) -> None:
    """A call record was saved."""
    wrong = call.off is None or abs(call.off) > OFF
    values = (1, int(wrong), 0, call.seconds, *NOTHING[4:])
    _add(tx, call.property, RECEIVED, call.day, f"{call.kind.value} {call.device}", "", values)


def _add(tx: Tx, property: str, kind: str, day: str, name: str, currency: str, values: Counted) -> None:
    key = {"property": property, "kind": kind, "day": day, "name": name, "currency": currency}
    _ADD.run(tx.connection, **key, **dict(zip(SUMS, values, strict=True)))


def _within(property: str, kind: str, first: date, last: date) -> Any:
    mine = (_S.c.property == property, _S.c.kind == kind)
    return (*mine, _S.c.day >= first.isoformat(), _S.c.day <= last.isoformat())


def sums(tx: Tx, property: str, by: str, first: date, last: date) -> list[CallSum]:
    """The charges of some days, both included, by room, stay, day, trunk, destination or state."""
    kind, key = ("state", _S.c.day) if by == "day" else (by, _S.c.name)
    total = [func.sum(_S.c[name]) for name in SUMS]
    query = (
        select(key, _S.c.currency, *total)
        .where(*_within(property, kind, first, last))
        .group_by(key, _S.c.currency)
    )
    found = [CallSum(row[0], row[1], *map(int, row[2:])) for row in tx.connection.execute(query)]
    return [one for one in found if one.calls]


def of_days(
    tx: Tx, property: str, kind: str, first: date, last: date
) -> list[tuple[str, str, str, int, int, int, int]]:
    """The single rows of a kind: day, name, currency, calls, unanswered, amount, tax."""
    counted = [_S.c[name] for name in ("calls", "unanswered", "amount", "tax")]
    query = select(_S.c.day, _S.c.name, _S.c.currency, *counted).where(*_within(property, kind, first, last))
    return [tuple(row) for row in tx.connection.execute(query) if row[3]]


def names(tx: Tx, property: str, kind: str, first: date, last: date) -> set[str]:
    """Everything of a kind that had a call in some days."""
    query = select(_S.c.name).where(*_within(property, kind, first, last)).distinct()
    return set(tx.connection.execute(query).scalars())


def purge(tx: Tx, property: str, before: date) -> int:
    """Forget a piece of the sums of days before this one of which no call is kept; how many."""
    kept = exists().where(_R.c.property == _S.c.property, _R.c.day == _S.c.day)
    return pieces.purge(tx, _S, _S.c.property == property, _S.c.day < before.isoformat(), ~kept)


# --- made again from the rows ---

_NAMES = {
    "room": "room || ''",  # else SQLite takes the index of rooms, and reads all there ever was
    "stay": "coalesce(cast(stay_id AS varchar), '')",
    "trunk": "trunk",
    "destination": "name",
    "state": "state",
}
_OF_CHARGES = """
INSERT INTO call_sum (property, kind, day, name, currency, {sums})
SELECT property, '{kind}', day, {name}, currency, count(*),
  sum(CASE WHEN seconds = 0 THEN 1 ELSE 0 END), sum(CASE WHEN state = 'free' THEN 1 ELSE 0 END), sum(seconds),
  sum(CASE WHEN state = 'free' THEN 0 ELSE amount END), sum(CASE WHEN state = 'free' THEN 0 ELSE tax END),
  sum(CASE WHEN state = 'posted' THEN amount ELSE 0 END),
  sum(CASE WHEN state IN ('free', 'posted', 'written_off') THEN 0 ELSE amount END),
  sum(CASE WHEN state = 'written_off' THEN amount ELSE 0 END)
FROM charge WHERE property = :property AND day = :day GROUP BY property, day, {name}, currency
"""
_OF_CALLS = """
INSERT INTO call_sum (property, kind, day, name, currency, {sums})
SELECT property, 'received', day, kind || ' ' || device, '', count(*),
  sum(CASE WHEN off IS NULL OR abs(off) > {off} THEN 1 ELSE 0 END), 0, sum(seconds), 0, 0, 0, 0, 0
FROM call_record WHERE property = :property AND day = :day GROUP BY property, day, kind, device
"""


def recount(tx: Tx, property: str, day: str) -> None:
    """Make the sums of a day again from the rows."""
    tx.connection.execute(delete(_S).where(_S.c.property == property, _S.c.day == day))
    listed, asked = ", ".join(SUMS), {"property": property, "day": day}
    for kind, name in _NAMES.items():
        tx.connection.execute(text(_OF_CHARGES.format(sums=listed, kind=kind, name=name)), asked)
    tx.connection.execute(text(_OF_CALLS.format(sums=listed, off=OFF)), asked)
