"""Notices: what must leave the house, one row for each subject, until it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from hotelbridge.core.records import Notice, NoticeState
from hotelbridge.store import tables
from hotelbridge.store.database import Tx

_N = tables.Notice.__table__  # type: ignore[attr-defined]
_COLUMNS = [_N.c[name] for name in Notice.__slots__]


def _record(row: Any) -> Notice:
    values = dict(row._mapping)
    values["state"] = NoticeState(values["state"])
    return Notice(**values)


def _values(notice: Notice) -> dict[str, Any]:
    return {name: getattr(notice, name) for name in Notice.__slots__ if name != "id"}


def _select(tx: Tx, *where: Any) -> list[Notice]:
    return [_record(row) for row in tx.connection.execute(select(*_COLUMNS).where(*where).order_by(_N.c.id))]


def add(tx: Tx, notice: Notice) -> Notice:
    """Save a notice, unless there is one of its subject: then that one is given back."""
    known = about(tx, notice.property, notice.subject)
    if known is not None:
        return known
    query = insert(_N).values(_values(notice)).returning(_N.c.id)
    return replace(notice, id=int(tx.connection.execute(query).scalar_one()))


def save(tx: Tx, notice: Notice) -> None:
    """Save what became of a notice."""
    tx.connection.execute(update(_N).where(_N.c.id == notice.id).values(_values(notice)))


def get(tx: Tx, id: int) -> Notice | None:
    """One notice."""
    found = _select(tx, _N.c.id == id)
    return found[0] if found else None


def about(tx: Tx, property: str, subject: str) -> Notice | None:
    """The notice of a subject."""
    found = _select(tx, _N.c.property == property, _N.c.subject == subject)
    return found[0] if found else None


def beginning(tx: Tx, property: str, subject: str) -> list[Notice]:
    """Those whose subject begins so, oldest first."""
    return _select(tx, _N.c.property == property, _N.c.subject.startswith(subject, autoescape=True))


def waiting(tx: Tx, property: str) -> list[Notice]:
    """Those that have not gone yet."""
    return _select(tx, _N.c.property == property, _N.c.state == NoticeState.WAITING)


def due(tx: Tx, property: str, now: datetime, limit: int = 8) -> list[Notice]:
    """Those that want to be sent now, oldest first."""
    where = (_N.c.property == property, _N.c.state == NoticeState.WAITING, _N.c.next_at <= now)
    query = select(*_COLUMNS).where(*where).order_by(_N.c.next_at, _N.c.id).limit(limit)
    return [_record(row) for row in tx.connection.execute(query)]


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one wants to be sent."""
    query = select(func.min(_N.c.next_at)).where(_N.c.property == property, _N.c.state == NoticeState.WAITING)
    found: datetime | None = tx.connection.execute(query).scalar()
    return found
