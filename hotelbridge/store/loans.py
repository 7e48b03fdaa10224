"""Loans: parameters of phones that are to be put back. At most one of a kind is under way per phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, exists, func, insert, select, text, update

from hotelbridge.core.records import Loan, LoanKind, LoanState, WakeupState
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Statement

_L = tables.Loan.__table__  # type: ignore[attr-defined]
_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_COLUMNS = [_L.c[name] for name in Loan.__slots__]
_OURS = _L.c.property == bindparam("property")
_UNDER_WAY = text(f"loan.state <> '{LoanState.OVER.value}'")  # as in the index of those that are not over
_DUE = Statement(
    select(*_COLUMNS)
    .where(_OURS, _UNDER_WAY, _L.c.next_at <= bindparam("now"))
    .order_by(_L.c.next_at, _L.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_LENT = Statement(
    select(*_COLUMNS).where(_OURS, _UNDER_WAY, _L.c.kind == bindparam("kind")).order_by(_L.c.id)
)
_OF_PHONE = Statement(
    select(*_COLUMNS)
    .where(_OURS, _UNDER_WAY, _L.c.device == bindparam("device"), _L.c.phone == bindparam("phone"))
    .order_by(_L.c.id)
)
_NEXT = Statement(select(func.min(_L.c.next_at)).where(_OURS, _UNDER_WAY))
# Wake-ups to come whose phones were not read lately, soonest first.
_READ = exists().where(
    and_(_L.c.wakeup_id == _W.c.id, _L.c.kind == LoanKind.REACH, _L.c.at >= bindparam("since"))
)
_UNREAD = (
    select(_W.c.id, _W.c.room, _W.c.next_at)
    .where(_W.c.property == bindparam("property"), _W.c.state == WakeupState.SCHEDULED)
    .where(_W.c.in_person.is_(False), ~_READ)
    .order_by(_W.c.next_at, _W.c.id)
)
_TO_REACH = Statement(_UNREAD.where(_W.c.next_at <= bindparam("until")).limit(200))
_NEXT_TO_REACH = Statement(_UNREAD.limit(1))
# The next wake-up of each room, where the device's own clock is not set for it, soonest first.
_EARLIER = _W.alias()
_HAS_EARLIER = exists().where(
    _EARLIER.c.property == _W.c.property,
    _EARLIER.c.room == _W.c.room,
    _EARLIER.c.state == WakeupState.SCHEDULED,
    _EARLIER.c.due < _W.c.due,
)
_HAS_CLOCK = exists().where(_L.c.wakeup_id == _W.c.id, _L.c.kind == LoanKind.ALARM_CLOCK, _UNDER_WAY)
_CLOCKLESS = (
    select(_W.c.id, _W.c.due)
    .where(_W.c.property == bindparam("property"), _W.c.state == WakeupState.SCHEDULED)
    .where(_W.c.in_person.is_(False), ~_HAS_CLOCK, ~_HAS_EARLIER, _W.c.due > bindparam("since"))
    .order_by(_W.c.due, _W.c.id)
)
_WITHOUT_CLOCK = Statement(_CLOCKLESS.where(_W.c.due <= bindparam("until")).limit(200))
_NEXT_WITHOUT_CLOCK = Statement(_CLOCKLESS.limit(1))


def _known(row: Sequence[Any]) -> Loan:
    return _as_loan(dict(zip(Loan.__slots__, row, strict=True)))


def _record(row: Any) -> Loan:
    return _as_loan(dict(row._mapping))


def _as_loan(values: dict[str, Any]) -> Loan:
    values["before"], values["during"] = json.loads(values["before"]), json.loads(values["during"])
    values["kind"], values["state"] = LoanKind(values["kind"]), LoanState(values["state"])
    return Loan(**values)


def _values(loan: Loan) -> dict[str, Any]:
    values = {name: getattr(loan, name) for name in Loan.__slots__ if name != "id"}
    return values | {"before": json.dumps(loan.before), "during": json.dumps(loan.during)}


def add(tx: Tx, loan: Loan) -> Loan:
    """Save a new loan (its `id` is given here)."""
    query = insert(_L).values(_values(loan)).returning(_L.c.id)
    return replace(loan, id=int(tx.connection.execute(query).scalar_one()))


def save(tx: Tx, loan: Loan) -> None:
    """Save what became of a loan."""
    tx.connection.execute(update(_L).where(_L.c.id == loan.id).values(_values(loan)))


def get(tx: Tx, id: int) -> Loan | None:
    """One loan."""
    row = tx.connection.execute(select(_L).where(_L.c.id == id)).first()
    return _record(row) if row else None


def active(tx: Tx, property: str, kind: LoanKind, states: Sequence[LoanState] | None = None) -> list[Loan]:
    """Loans under way, in some states or all."""
    found = [_known(row) for row in _LENT.all(tx.connection, property=property, kind=kind)]
    return [one for one in found if states is None or one.state in states]


def of_phone(tx: Tx, property: str, device: str, phone: str) -> list[Loan]:
    """The loans under way on one phone: in a peak it is asked for each, and all of the house are many."""
    rows = _OF_PHONE.all(tx.connection, property=property, device=device, phone=phone)
    return [_known(row) for row in rows]


def reach_of(tx: Tx, property: str, device: str, phone: str) -> Loan | None:
    """The loan that opens a phone for a ring, where one is under way."""
    found = [one for one in of_phone(tx, property, device, phone) if one.kind == LoanKind.REACH]
    return found[-1] if found else None


def due(tx: Tx, property: str, now: datetime, limit: int = 200) -> list[Loan]:
    """Loans that want to be looked at."""
    return [_known(row) for row in _DUE.all(tx.connection, property=property, now=now, limit=limit)]


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one wants to be looked at."""
    found: datetime | None = _NEXT.value(tx.connection, property=property)
    return found


def was_read(tx: Tx, loan: Loan) -> bool:
    """Whether its phone was read for the same wake-up before."""
    earlier = select(_L.c.id).where(
        _L.c.wakeup_id == loan.wakeup_id,
        _L.c.kind == LoanKind.REACH,
        _L.c.device == loan.device,
        _L.c.phone == loan.phone,
        _L.c.id < loan.id,
    )
    return tx.connection.execute(earlier.limit(1)).first() is not None


def to_reach(tx: Tx, property: str, until: datetime, since: datetime) -> list[tuple[int, str]]:
    """Wake-ups (id, room) that ring up to `until` and whose phones were not read since `since`."""
    found = _TO_REACH.all(tx.connection, property=property, since=since, until=until)
    return [(int(id), room) for id, room, _ in found]


def next_to_reach(tx: Tx, property: str, since: datetime) -> datetime | None:
    """When the next wake-up rings whose phones were not read since `since`."""
    row = _NEXT_TO_REACH.first(tx.connection, property=property, since=since)
    return row[2] if row else None


def without_clock(tx: Tx, property: str, since: datetime, until: datetime) -> list[int]:
    """Wake-ups due after `since` up to `until` that are their room's next and have no clock of the device."""
    found = _WITHOUT_CLOCK.all(tx.connection, property=property, since=since, until=until)
    return [int(id) for id, _ in found]


def next_without_clock(tx: Tx, property: str, since: datetime) -> datetime | None:
    """When the next of them after `since` is due."""
    row = _NEXT_WITHOUT_CLOCK.first(tx.connection, property=property, since=since)
    return row[1] if row else None
