"""Calls to emergency numbers: which are under way, and the last one of each phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from hotelbridge.core.emergency import EmergencyCall
from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.prepared import Rows, Statement
from hotelbridge.store.units import Tx

_E = tables.EmergencyCall.__table__  # type: ignore[attr-defined]
_ROWS = Rows(_E, EmergencyCall)
_OURS = _E.c.property == bindparam("property")
_UNDER_WAY = Statement(select(*_ROWS.columns).where(_OURS, _E.c.ended_at.is_(None)).order_by(_E.c.property))
_LAST_ON = Statement(
    select(*_ROWS.columns)
    .where(_OURS, _E.c.device == bindparam("device"), _E.c.phone == bindparam("phone"))
    .order_by(_E.c.id.desc())
    .limit(1)
)
_OF_ALARM = Statement(
    select(*_ROWS.columns).where(_E.c.alarm_id == bindparam("alarm_id", type_=BigId)).order_by(_E.c.id)
)


def _records(rows: Sequence[Sequence[Any]]) -> list[EmergencyCall]:
    return [EmergencyCall(*row) for row in rows]


def add(tx: Tx, call: EmergencyCall) -> EmergencyCall:
    """Save a call (its `id` is given here)."""
    return replace(call, id=_ROWS.add(tx.connection, call))


def save(tx: Tx, call: EmergencyCall) -> None:
    """Save what was learned of a call."""
    _ROWS.save(tx.connection, call)


def under_way(tx: Tx, property: str) -> list[EmergencyCall]:
    """Those whose end was not told yet; rarely any."""
    return _records(_UNDER_WAY.all(tx.connection, property=property))


def last_on(tx: Tx, property: str, device: str, phone: str) -> EmergencyCall | None:
    """The last one from a phone, over or not."""
    found = _LAST_ON.all(tx.connection, property=property, device=device, phone=phone)
    return next(iter(_records(found)), None)


def of_alarm(tx: Tx, alarm_id: int) -> list[EmergencyCall]:
    """Those that one alarm is about, in order."""
    return _records(_OF_ALARM.all(tx.connection, alarm_id=alarm_id))


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of those that were made before `before`; how many."""
    return pieces.purge(tx, _E, _E.c.property == property, _E.c.at < before)
