"""Charges and what happened to each: the queue to the folio is read from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, func, insert, literal_column, select

from hotelbridge.core.charges import Charge, ChargeLine, ChargeState
from hotelbridge.core.records import Actor
from hotelbridge.store import callsums, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.history import ITSELF
from hotelbridge.store.prepared import Rows, Statement
from hotelbridge.store.units import Tx

_C = tables.Charge.__table__  # type: ignore[attr-defined]
_L = tables.ChargeLine.__table__  # type: ignore[attr-defined]
_ROWS = Rows(_C, Charge)
COLUMNS = tuple(_ROWS.columns)  # as `of_rows` wants them
_STATE = Charge.__slots__.index("state")
_OURS = _C.c.property == bindparam("property")
# Word for word the condition of the index of what is unposted, so that it is taken.
_UNPOSTED: ColumnElement[Any] = literal_column("state NOT IN ('free', 'posted', 'written_off')")

_ALL = select(*_ROWS.columns)
_ADD = Statement(insert(_C), Charge.__slots__)
_BY_ID = Statement(_ALL.where(_C.c.id == bindparam("id", type_=BigId)))
_IN_STATE = Statement(_ALL.where(_OURS, _UNPOSTED, _C.c.state == bindparam("state")).order_by(_C.c.id))
_COUNT = Statement(
    select(func.count()).where(_OURS, _UNPOSTED, _C.c.state == bindparam("state")).select_from(_C)
)
_COUNT_BECAUSE = Statement(
    select(func.count())
    .where(
        _OURS,
        _UNPOSTED,
        _C.c.state == bindparam("state"),
        _C.c.reason.startswith(bindparam("words", type_=String)),
    )
    .select_from(_C)
)
_FIRST_ROOMS = Statement(
    select(_C.c.room, _C.c.account)
    .where(_OURS, _UNPOSTED, _C.c.state == bindparam("state"))
    .order_by(_C.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_NEXT = Statement(
    _ALL.where(
        _OURS,
        _UNPOSTED,
        _C.c.state == ChargeState.QUEUED.value,
        _C.c.next_at <= bindparam("now"),
    )
    .order_by(_C.c.id)
    .limit(1)
)
_NEXT_AT = Statement(
    select(func.min(_C.c.next_at)).where(_OURS, _UNPOSTED, _C.c.state == ChargeState.QUEUED.value)
)
# By state, so that the index of what is unposted is taken: any other has all there ever was.
_UNPOSTED_OF_HOUSE = Statement(_ALL.where(_OURS, _UNPOSTED).order_by(_C.c.state))
_UNPOSTED_STAYS = Statement(select(_C.c.stay_id).where(_OURS, _UNPOSTED).order_by(_C.c.state))
_UNPOSTED_OF_STAY = Statement(
    _ALL.where(_C.c.stay_id == bindparam("of", type_=BigId), _UNPOSTED).order_by(_C.c.id)
)
_OF_STAY = Statement(_ALL.where(_C.c.stay_id == bindparam("of", type_=BigId)).order_by(_C.c.id))
_OF_TIME = Statement(
    _ALL.where(_OURS, _C.c.started >= bindparam("begins"), _C.c.started < bindparam("ends")).order_by(
        _C.c.started, _C.c.id
    )
)
_LINES = Statement(
    select(*(_L.c[name] for name in ChargeLine.__slots__))
    .where(_L.c.charge_id == bindparam("of", type_=BigId))
    .order_by(_L.c.id)
)
_ADD_LINE = Statement(insert(_L), ("property", "charge_id", "at", "by", "origin", "what", "text"))


def add(tx: Tx, charge: Charge, at: datetime) -> None:
    """Save a new charge."""
    _ADD.run(tx.connection, **{name: getattr(charge, name) for name in Charge.__slots__})
    callsums.charged(tx, None, charge)
    tx.changed(charge.property, "charge", str(charge.id), at)


def save(tx: Tx, charge: Charge, at: datetime) -> Charge:
    """Save what became of a charge."""
    callsums.charged(tx, get(tx, charge.property, charge.id), charge)
    _ROWS.save(tx.connection, charge)
    tx.changed(charge.property, "charge", str(charge.id), at)
    return charge


def get(tx: Tx, property: str, id: int) -> Charge | None:
    """One charge of a property."""
    found = _records(_BY_ID.all(tx.connection, id=id))
    return next((charge for charge in found if charge.property == property), None)


def next_queued(tx: Tx, property: str, now: datetime) -> Charge | None:
    """The oldest charge whose time to be posted has come."""
    return next(iter(_records(_NEXT.all(tx.connection, property=property, now=now))), None)


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next queued charge may be tried."""
    found: datetime | None = _NEXT_AT.value(tx.connection, property=property)
    return found


def in_state(tx: Tx, property: str, state: ChargeState) -> list[Charge]:
    """The unposted charges of one state, oldest first."""
    return _records(_IN_STATE.all(tx.connection, property=property, state=state.value))


def count(tx: Tx, property: str, state: ChargeState) -> int:
    """How many charges are in one of the states that are unposted."""
    return int(_COUNT.value(tx.connection, property=property, state=state.value))


def count_because(tx: Tx, property: str, state: ChargeState, words: str) -> int:
    """How many of these are there for a reason that begins with `words` (no wildcards in them)."""
    return int(_COUNT_BECAUSE.value(tx.connection, property=property, state=state.value, words=words))


def first_places(tx: Tx, property: str, state: ChargeState, limit: int) -> list[str]:
    """The rooms, or accounts, of the oldest unposted charges of one state, in order; "" for neither."""
    found = _FIRST_ROOMS.all(tx.connection, property=property, state=state.value, limit=limit)
    return [room or account for room, account in found]


def unposted(tx: Tx, property: str, rooms: Sequence[str] | None = None) -> list[Charge]:
    """All that is neither free, posted nor written off, oldest first; of some rooms, or of the house."""
    waiting = _records(_UNPOSTED_OF_HOUSE.all(tx.connection, property=property))
    found = sorted(waiting, key=lambda charge: charge.id)
    return found if rooms is None else [charge for charge in found if charge.room in rooms]


def unposted_of(tx: Tx, stay_ids: Sequence[int]) -> list[Charge]:
    """The same of some guests, whatever the rest of the house has open."""
    return [one for id in stay_ids for one in _records(_UNPOSTED_OF_STAY.all(tx.connection, of=id))]


def unposted_by_stay(tx: Tx, property: str) -> Counter[int]:
    """How many of them each guest has; of all who ever were in the house."""
    found = _UNPOSTED_STAYS.all(tx.connection, property=property)
    return Counter(int(stay) for (stay,) in found if stay is not None)


def of_stay(tx: Tx, stay_id: int) -> list[Charge]:
    """All charges of a guest, oldest first."""
    return _records(_OF_STAY.all(tx.connection, of=stay_id))


def of_time(tx: Tx, property: str, begins: datetime, ends: datetime) -> list[Charge]:
    """The charges of calls that began in a stretch of time, in that order."""
    return _records(_OF_TIME.all(tx.connection, property=property, begins=begins, ends=ends))


def write(tx: Tx, charge: Charge, at: datetime, what: str, text: str, actor: Actor = ITSELF) -> None:
    """Add a line to what happened to a charge; by this program itself unless an actor is given."""
    line = {"property": charge.property, "charge_id": charge.id, "at": at, "what": what, "text": text}
    _ADD_LINE.run(tx.connection, by=actor.name, origin=actor.origin, **line)


def lines(tx: Tx, charge: Charge) -> list[ChargeLine]:
    """All that happened to a charge, oldest first."""
    return [ChargeLine(*row) for row in _LINES.all(tx.connection, of=charge.id)]


def unposted_rows() -> ColumnElement[Any]:
    """The condition by which the index of what is unposted is taken."""
    return _UNPOSTED


def of_rows(rows: Sequence[Sequence[Any]]) -> list[Charge]:
    """Rows of `COLUMNS` as records."""
    return _records(rows)


def _records(rows: Sequence[Sequence[Any]]) -> list[Charge]:
    return [_record(list(row)) for row in rows]


def _record(values: list[Any]) -> Charge:
    values[_STATE] = ChargeState(values[_STATE])
    return Charge(*values)
