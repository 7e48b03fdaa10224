"""Call records, recognised: each once, whatever came twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Integer, bindparam, literal_column, select

from hotelbridge.core.calls import CallKind
from hotelbridge.core.charges import Call
from hotelbridge.store import callsums, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.prepared import Rows, Statement
from hotelbridge.store.units import Tx

_C = tables.CallRecord.__table__  # type: ignore[attr-defined]
_ROWS = Rows(_C, Call)
COLUMNS = tuple(_ROWS.columns)  # as `of_rows` wants them
_KIND = Call.__slots__.index("kind")
_OURS = _C.c.property == bindparam("property")

_KNOWN = Statement(select(_C.c.id).where(_OURS, _C.c.key == bindparam("key")))
_BY_ID = Statement(select(*_ROWS.columns).where(_C.c.id == bindparam("id", type_=BigId)))
_WAITING = Statement(
    select(*_ROWS.columns)
    .where(_OURS, literal_column("waits"))
    .order_by(_C.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_LISTED = Statement(
    select(*_ROWS.columns)
    .where(_OURS, _C.c.started >= bindparam("begins"), _C.c.started < bindparam("ends"))
    .order_by(_C.c.started.desc(), _C.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


def key_of(device: str, identity: str) -> str:
    """The key of a record: of a length that every database takes, whatever the device wrote."""
    return sha256(f"{device}|{identity}".encode("utf-8", "surrogatepass")).hexdigest()


def is_known(tx: Tx, property: str, key: str) -> bool:
    """Whether a record has been taken already."""
    return _KNOWN.value(tx.connection, property=property, key=key) is not None


def add(tx: Tx, call: Call) -> Call:
    """Save a call (its `id` is given here)."""
    callsums.received(tx, call)
    return replace(call, id=_ROWS.add(tx.connection, call))


def waiting(tx: Tx, property: str, limit: int) -> list[Call]:
    """The oldest calls that wait for a tariff."""
    return _records(_WAITING.all(tx.connection, property=property, limit=limit))


def save(tx: Tx, call: Call) -> None:
    """Save what is different about a call."""
    _ROWS.save(tx.connection, call)


def get(tx: Tx, property: str, id: int) -> Call | None:
    """One call of a property."""
    found = _records(_BY_ID.all(tx.connection, id=id))
    return next((call for call in found if call.property == property), None)


def listed(tx: Tx, property: str, begins: datetime, ends: datetime, limit: int) -> list[Call]:
    """The calls that began in a stretch of time, newest first."""
    return _records(_LISTED.all(tx.connection, property=property, begins=begins, ends=ends, limit=limit))


def of_rows(rows: Sequence[Sequence[Any]]) -> list[Call]:
    """Rows of `COLUMNS` as records."""
    return _records(rows)


def _records(rows: Sequence[Sequence[Any]]) -> list[Call]:
    return [_record(list(row)) for row in rows]


def _record(values: list[Any]) -> Call:
    values[_KIND] = CallKind(values[_KIND])
    return Call(*values)
