"""The inbox: reports as received, until they are worked off, and for some days after.

Rows are marked worked one by one, never followed by an id cursor: on PostgreSQL a smaller id may
be committed after a greater one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, bindparam, func, select, update

from hotelbridge.core.records import StoredReport
from hotelbridge.store import pieces, tables
from hotelbridge.store.keyset import NEWEST, Place, behind, newest_first
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx

_R = tables.Report.__table__  # type: ignore[attr-defined]
_COLUMNS = (_R.c.id, _R.c.property, _R.c.device, _R.c.at, _R.c.body)
_UNWORKED = Statement(
    select(*_COLUMNS)
    .where(_R.c.property == bindparam("property"), _R.c.worked_at.is_(None))
    .order_by(_R.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_LISTED = Statement(
    select(*_COLUMNS, _R.c.worked_at, _R.c.bad)
    .where(_R.c.property == bindparam("property"), behind(_R))
    .where(_R.c.device == func.coalesce(bindparam("device", type_=String), _R.c.device))
    .order_by(*newest_first(_R))
    .limit(bindparam("limit", type_=Integer))
)
_BAD = Statement(
    select(*_COLUMNS, _R.c.worked_at, _R.c.bad)
    .where(_R.c.property == bindparam("property"), _R.c.bad.is_not(None))
    .where(_R.c.at >= bindparam("begins"), _R.c.at < bindparam("ends"))
    .order_by(_R.c.at, _R.c.id)
)
_CALL_RECORD = b"Cdr"  # its element, however broken the rest of it is
_WORKED = update(_R).where(_R.c.id.in_(bindparam("ids", expanding=True))).values(worked_at=bindparam("done"))


@dataclass(frozen=True, slots=True)
class Heard:
    """A report as the flight recorder shows it."""

    id: int
    property: str
    device: str
    at: datetime
    body: bytes
    worked_at: datetime | None
    bad: str | None  # why it could not be read


@dataclass(frozen=True, slots=True)
class Counts:
    """How full the inbox of a property is."""

    waiting: int  # not worked off yet
    bad: int  # could not be read, and still kept


def unworked(tx: Tx, property: str, limit: int = 200) -> list[StoredReport]:
    """The oldest reports that nobody has worked off."""
    return [StoredReport(*row) for row in _UNWORKED.all(tx.connection, property=property, limit=limit)]


def latest(tx: Tx, property: str, within: timedelta, limit: int = 2000) -> list[StoredReport]:
    """The last reports, worked off or not: those that came not longer than `within` before the newest one.

    In the order in which they were saved; of more than `limit` the newest.
    """
    newest = tx.connection.execute(select(func.max(_R.c.at)).where(_R.c.property == property)).scalar()
    if newest is None:
        return []
    mine = (_R.c.property == property, _R.c.at >= newest - within)
    query = select(*_COLUMNS).where(*mine).order_by(_R.c.at.desc(), _R.c.id.desc()).limit(limit)
    found = [StoredReport(*row) for row in tx.connection.execute(query)]
    return sorted(found, key=lambda row: row.id)


def listed(
    tx: Tx, property: str, device: str | None = None, before: Place | None = None, limit: int = 100
) -> list[Heard]:
    """Reports by time, newest first, worked off or not, from a place in that list on."""
    at, id = before or NEWEST
    rows = _LISTED.all(
        tx.connection, property=property, device=device, before_at=at, before_id=id, limit=limit
    )
    return [Heard(*row) for row in rows]


def mark_worked(tx: Tx, ids: Sequence[int], at: datetime) -> None:
    """These are done, in the same commit as what they led to."""
    if ids:
        tx.connection.execute(_WORKED, {"ids": list(ids), "done": at})


def mark_bad(tx: Tx, id: int, at: datetime, reason: str) -> None:
    """This one cannot be read: done, and kept with the reason."""
    tx.connection.execute(update(_R).where(_R.c.id == id).values(worked_at=at, bad=reason))


def counts(tx: Tx, property: str) -> Counts:
    """How full the inbox is."""
    waiting = select(func.count()).where(_R.c.property == property, _R.c.worked_at.is_(None))
    bad = select(func.count()).where(_R.c.property == property, _R.c.bad.is_not(None))
    return Counts(tx.connection.execute(waiting).scalar_one(), tx.connection.execute(bad).scalar_one())


def bad_since(tx: Tx, property: str, device: str, since: datetime) -> tuple[int, str]:
    """How many reports of a device could not be read since then, and why the last one could not."""
    mine = (_R.c.property == property, _R.c.at >= since, _R.c.device == device, _R.c.bad.is_not(None))
    query = select(func.count(), func.max(_R.c.id)).where(*mine)
    count, last = tx.connection.execute(query).one()
    why = tx.connection.execute(select(_R.c.bad).where(_R.c.id == last)).scalar() if last else ""
    return int(count), why or ""


def bad_records(tx: Tx, property: str, begins: datetime, ends: datetime, limit: int) -> list[Heard]:
    """Call records of a stretch of time that could not be read, or not be charged; the oldest of them."""
    # The condition is that of their index, and no more: they are few.
    rows = _BAD.all(tx.connection, property=property, begins=begins, ends=ends)
    return [Heard(*row) for row in rows if _CALL_RECORD in bytes(row[4])][:limit]


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of what was worked off and received before `before`; how many."""
    mine = (_R.c.property == property, _R.c.at < before, _R.c.worked_at.is_not(None))
    return pieces.purge(tx, _R, *mine)
