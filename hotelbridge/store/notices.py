"""Notices: what must leave the house, one row for each subject, until it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, select

from hotelbridge.core.records import Notice, NoticeState
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Rows, Statement

AT_ONCE = 8  # claimed in one unit

_N = tables.Notice.__table__  # type: ignore[attr-defined]
_ROWS = Rows(_N, Notice)
_STATE = Notice.__slots__.index("state")
_OURS = _N.c.property == bindparam("property")
_WAITING = (_OURS, _N.c.state == NoticeState.WAITING.value)

_ALL = select(*_ROWS.columns).order_by(_N.c.id)
_BY_ID = Statement(_ALL.where(_N.c.id == bindparam("id")))
_ABOUT = Statement(_ALL.where(_OURS, _N.c.subject == bindparam("subject")))
_STILL = Statement(_ALL.where(*_WAITING))
_DUE = Statement(
    select(*_ROWS.columns)
    .where(*_WAITING, _N.c.next_at <= bindparam("now"))
    .order_by(_N.c.next_at, _N.c.id)
    .limit(AT_ONCE)
)
_KEPT = Statement(
    _ALL.where(_OURS, _N.c.state == NoticeState.KEPT.value, _N.c.channel == bindparam("channel")).limit(
        bindparam("limit", type_=Integer)
    )
)
_NEXT = Statement(select(func.min(_N.c.next_at)).where(*_WAITING))


def _records(rows: list[list[Any]]) -> list[Notice]:
    return [replace(Notice(*row), state=NoticeState(row[_STATE])) for row in rows]


def add(tx: Tx, notice: Notice) -> Notice:
    """Save a notice, unless there is one of its subject: then that one is given back."""
    known = about(tx, notice.property, notice.subject)
    return known if known is not None else replace(notice, id=_ROWS.add(tx.connection, notice))


def save(tx: Tx, notice: Notice) -> None:
    """Save what became of a notice."""
    _ROWS.save(tx.connection, notice)


def get(tx: Tx, id: int) -> Notice | None:
    """One notice."""
    return next(iter(_records(_BY_ID.all(tx.connection, id=id))), None)


def about(tx: Tx, property: str, subject: str) -> Notice | None:
    """The notice of a subject."""
    return next(iter(_records(_ABOUT.all(tx.connection, property=property, subject=subject))), None)


def beginning(tx: Tx, property: str, subject: str) -> list[Notice]:
    """Those whose subject begins so, oldest first."""
    query = select(*_ROWS.columns).where(
        _N.c.property == property, _N.c.subject.startswith(subject, autoescape=True)
    )
    return _records([list(row) for row in tx.connection.execute(query.order_by(_N.c.id))])


def waiting(tx: Tx, property: str) -> list[Notice]:
    """Those that have not gone yet."""
    return _records(_STILL.all(tx.connection, property=property))


def due(tx: Tx, property: str, now: datetime) -> list[Notice]:
    """Those that want to be sent now, the oldest wish first."""
    return _records(_DUE.all(tx.connection, property=property, now=now))


def kept(tx: Tx, property: str, channel: str, limit: int) -> list[Notice]:
    """Those that wait for whoever reads this channel, oldest first."""
    return _records(_KEPT.all(tx.connection, property=property, channel=channel, limit=limit))


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one wants to be sent."""
    found: datetime | None = _NEXT.value(tx.connection, property=property)
    return found
