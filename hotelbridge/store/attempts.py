"""Attempts: each ring of a phone, saved before its Connect is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, text

from hotelbridge.core.records import Attempt, Outcome, Proof
from hotelbridge.core.signals import Phase
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Rows, Statement

_A = tables.Attempt.__table__  # type: ignore[attr-defined]
_ROWS = Rows(_A, Attempt)
_OUTCOME, _PROOF = (Attempt.__slots__.index(name) for name in ("outcome", "proof"))
# In the words of the index `ix_attempt_open`, which is as small as what is in the air: with a parameter
# SQLite would not use it.
_OPEN = text(f"attempt.phase <> '{Phase.OVER.value}'")
_OURS = _A.c.property == bindparam("property")

_ON = (_A.c.device == bindparam("device"), _A.c.phone == bindparam("phone"))
_SELECT = select(*_ROWS.columns)
_ALL = _SELECT.order_by(_A.c.id)
_IN_THE_AIR = _ALL.where(_OURS, _OPEN)

_BY_ID = Statement(_SELECT.where(_A.c.id == bindparam("id")))
_OF_WAKEUP = Statement(_ALL.where(_A.c.wakeup_id == bindparam("wakeup_id")))
_OF_ROUND = Statement(_ALL.where(_A.c.wakeup_id == bindparam("wakeup_id"), _A.c.n == bindparam("n")))
_OF_DESK_ROUND = Statement(_ALL.where(_OURS, _A.c.wakeup_id.is_(None), _A.c.n == bindparam("n")))
_OPEN_ONES = Statement(_IN_THE_AIR)
_OPEN_ON = Statement(_IN_THE_AIR.where(*_ON))
_SILENT = Statement(_IN_THE_AIR.where(_A.c.check_at <= bindparam("now")))
_TAKEN = Statement(select(_A.c.device, _A.c.phone).where(_OURS, _OPEN))
_NEXT = Statement(select(func.min(_A.c.check_at)).where(_OURS, _OPEN))
_LATELY_ON = (
    _SELECT.where(_OURS, *_ON)
    .where(_A.c.started > bindparam("started"), or_(_A.c.ended.is_(None), _A.c.ended > bindparam("over")))
    .order_by(_A.c.id.desc())
)
_LAST_ON = Statement(_LATELY_ON.limit(1))
_LAST_FEW_ON = Statement(_LATELY_ON.limit(8))
_ENDED_SINCE = Statement(
    select(_A.c.device, _A.c.phone, _A.c.ended).where(
        _OURS, _A.c.started > bindparam("started"), _A.c.ended > bindparam("over")
    )
)


def _record(values: list[Any]) -> Attempt:
    if values[_OUTCOME] is not None:
        values[_OUTCOME] = Outcome(values[_OUTCOME])
    values[_PROOF] = Proof(values[_PROOF])
    return Attempt(*values)


def _selected(tx: Tx, query: Statement, **asked: Any) -> list[Attempt]:
    return [_record(row) for row in query.all(tx.connection, **asked)]


def add(tx: Tx, attempt: Attempt) -> Attempt:
    """Save a new attempt (its `id` is given here)."""
    return replace(attempt, id=_ROWS.add(tx.connection, attempt))


def save(tx: Tx, attempt: Attempt) -> None:
    """Save what became of an attempt."""
    _ROWS.save(tx.connection, attempt)


def get(tx: Tx, id: int) -> Attempt | None:
    """One attempt."""
    found = _selected(tx, _BY_ID, id=id)
    return found[0] if found else None


def of_wakeup(tx: Tx, wakeup_id: int) -> list[Attempt]:
    """All rings of a wake-up, oldest first."""
    return _selected(tx, _OF_WAKEUP, wakeup_id=wakeup_id)


def of_round(tx: Tx, wakeup_id: int, n: int) -> list[Attempt]:
    """The rings of one round."""
    return _selected(tx, _OF_ROUND, wakeup_id=wakeup_id, n=n)


def of_desk_round(tx: Tx, property: str, n: int) -> list[Attempt]:
    """The rings of the desk's own phones in one round."""
    return _selected(tx, _OF_DESK_ROUND, property=property, n=n)


def open_ones(tx: Tx, property: str) -> list[Attempt]:
    """Every attempt that still occupies a call."""
    return _selected(tx, _OPEN_ONES, property=property)


def taken(tx: Tx, property: str) -> list[tuple[str, str]]:
    """Device and phone of every attempt that still occupies a call."""
    return [(device, phone) for device, phone in _TAKEN.all(tx.connection, property=property)]


def open_on(tx: Tx, property: str, device: str, phones: Iterable[str]) -> list[Attempt]:
    """The open attempts on some phones of a device."""
    found = (_selected(tx, _OPEN_ON, property=property, device=device, phone=one) for one in set(phones))
    return sorted((attempt for some in found for attempt in some), key=lambda attempt: attempt.id)


def last_on(tx: Tx, property: str, device: str, phone: str, since: datetime) -> Attempt | None:
    """The newest ring of a phone, if it ended after `since` or is not over."""
    asked = {"property": property, "device": device, "phone": phone}
    found = _selected(tx, _LAST_ON, **asked, started=since - timedelta(hours=1), over=since)
    return found[0] if found else None


def lately_on(tx: Tx, property: str, device: str, phone: str, since: datetime) -> list[Attempt]:
    """The last few rings of a phone that ended after `since` or are not over, newest first."""
    asked = {"property": property, "device": device, "phone": phone}
    return _selected(tx, _LAST_FEW_ON, **asked, started=since - timedelta(hours=1), over=since)


def ended_since(tx: Tx, property: str, since: datetime) -> list[tuple[str, str, datetime]]:
    """Device and phone of the calls that ended after `since`, and when."""
    asked = {"property": property, "started": since - timedelta(hours=1), "over": since}
    return [(device, phone, at) for device, phone, at in _ENDED_SINCE.all(tx.connection, **asked)]


def silent(tx: Tx, property: str, now: datetime) -> list[Attempt]:
    """Those whose `check_at` has come."""
    return _selected(tx, _SILENT, property=property, now=now)


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one's silence becomes news."""
    found: datetime | None = _NEXT.value(tx.connection, property=property)
    return found


def counts(tx: Tx, wakeup_ids: Sequence[int]) -> dict[int, int]:
    """How many rings each of these wake-ups had."""
    query = (
        select(_A.c.wakeup_id, func.count()).where(_A.c.wakeup_id.in_(wakeup_ids)).group_by(_A.c.wakeup_id)
    )
    return {int(row[0]): int(row[1]) for row in tx.connection.execute(query)}
