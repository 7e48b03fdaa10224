"""Calls and charges as people look for them: by room, guest, state, number and time, newest first.

What is asked for differs every time, so these are built when they are asked. What is still to do is found
by the index of what is unposted, however long the past is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    case,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from hotelbridge.core.charges import UNPOSTED, Call, Charge, ChargeState
from hotelbridge.store import callrecords, charges, tables
from hotelbridge.store.columns import BigId, Instant
from hotelbridge.store.keyset import Place
from hotelbridge.store.units import Tx

_R: Table = tables.CallRecord.__table__  # type: ignore[attr-defined]
_C: Table = tables.Charge.__table__  # type: ignore[attr-defined]
_S: Table = tables.Stay.__table__  # type: ignore[attr-defined]
_IN_FULL = len(callrecords.COLUMNS)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls or charges; None asks for nothing."""

    room: str | None = None
    reservation: str | None = None
    guest: str | None = None  # anywhere in the name of whose it is; "" is nobody's
    states: frozenset[ChargeState] | None = None
    digits: str | None = None  # anywhere in the number
    cut: int = 0  # last digits of numbers in which nothing is looked for
    trunk: str | None = None
    account: str | None = None
    from_: datetime | None = None  # of the start, inclusive
    to: datetime | None = None  # exclusive
    behind: Place | None = None  # start and id of the last one seen

    @property
    def of_charges(self) -> bool:
        """Whether it asks for something that only a charge has."""
        return (self.reservation, self.guest, self.states, self.account) != (None, None, None, None)


def list_charges(tx: Tx, property: str, wanted: Filter, limit: int) -> list[Charge]:
    """Charges by the start of their calls, then id, newest first."""
    return charges.of_rows(tx.connection.execute(charges_query(property, wanted, limit)).all())


def charges_query(property: str, wanted: Filter, limit: int) -> Select[Any]:
    """How they are found."""
    source = _charges(property, wanted)
    query = select(*(source.c[column.name] for column in charges.COLUMNS))
    query = query.where(*_asked(source, property, wanted), *_asked_of_charge(source, property, wanted))
    if wanted.digits is not None:
        query = query.where(_has_digits(wanted, source.c.number, source.c.dialled))
    return _newest_first(query, source, limit)


def list_calls(tx: Tx, property: str, wanted: Filter, limit: int) -> list[tuple[Call, Charge | None]]:
    """Calls by their start, then id, newest first, each with its charge where it became one."""
    rows = tx.connection.execute(calls_query(property, wanted, limit)).all()
    calls = callrecords.of_rows([row[:_IN_FULL] for row in rows])
    priced = charges.of_rows([row[_IN_FULL:] for row in rows if row[_IN_FULL] is not None])
    of_call = {charge.id: charge for charge in priced}
    return [(call, of_call.get(call.id)) for call in calls]


def calls_query(property: str, wanted: Filter, limit: int) -> Select[Any]:
    """How they are found: what is asked of the charge is asked there, where its indexes are."""
    source = _charges(property, wanted)
    leading = source if wanted.of_charges else _R
    query = select(*callrecords.COLUMNS, *(source.c[column.name] for column in charges.COLUMNS))
    query = query.select_from(_R).join(source, source.c.id == _R.c.id, isouter=not wanted.of_charges)
    query = query.where(*_asked(leading, property, wanted), *_asked_of_charge(source, property, wanted))
    if wanted.digits is not None:
        query = query.where(_has_digits(wanted, _R.c.cpn, _R.c.cdpn))
    return _newest_first(query, leading, limit)


def _charges(property: str, wanted: Filter) -> FromClause:
    """Where charges are looked for: among the few that are unposted, where others are not asked for."""
    if wanted.states is None or not wanted.states <= UNPOSTED:
        return _C
    # Apart from all else that is asked, or the order of the list would lead through the whole past.
    few = select(*charges.COLUMNS).where(_C.c.property == property, charges.unposted_rows())
    found = few.where(_C.c.state.in_(sorted(wanted.states))).cte("few")
    return found.prefix_with("MATERIALIZED")


def _asked(table: FromClause, property: str, wanted: Filter) -> Iterator[ColumnElement[Any]]:
    """What calls and charges have in common."""
    yield table.c.property == property
    if wanted.room is not None:
        yield table.c.room == wanted.room
    if wanted.trunk is not None:
        yield table.c.trunk == wanted.trunk
    if wanted.from_ is not None:
        yield table.c.started >= wanted.from_
    if wanted.to is not None:
        yield table.c.started < wanted.to
    if wanted.behind is not None:
        at, id = wanted.behind
        place = tuple_(literal(at, Instant), literal(id, BigId))
        yield tuple_(table.c.started, table.c.id) < place


def _asked_of_charge(table: FromClause, property: str, wanted: Filter) -> Iterator[ColumnElement[Any]]:
    if wanted.reservation is not None:
        yield table.c.reservation == wanted.reservation
    if wanted.guest is not None:
        yield table.c.stay_id.in_(_stays_of(property, wanted.guest))
    if wanted.account is not None:
        yield table.c.account == wanted.account
    if wanted.states is not None:
        yield table.c.state.in_(sorted(wanted.states))


def _stays_of(property: str, guest: str) -> Select[Any]:
    """The stays of guests with this in their names; none of those who are forgotten."""
    found = select(_S.c.id).where(_S.c.property == property)
    return found.where(_S.c.name.icontains(guest, autoescape=True) if guest else false())


def _has_digits(wanted: Filter, *columns: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(*(_seen(column, wanted.cut).contains(wanted.digits, autoescape=True) for column in columns))


def _seen(column: ColumnElement[str], cut: int) -> ColumnElement[str]:
    """A number without the digits that whoever looks is not shown."""
    if not cut:
        return column
    length = func.length(column)
    return case((length > cut, func.substr(column, 1, length - cut)), else_="")


def _newest_first(query: Select[Any], table: FromClause, limit: int) -> Select[Any]:
    return query.order_by(table.c.started.desc(), table.c.id.desc()).limit(limit)
