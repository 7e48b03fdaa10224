"""What one shift left to the next: its words, and what stood open when they were signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, func, insert, select

from hotelbridge.core.records import FINAL_STATES, Actor
from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId, Instant
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx


@dataclass(frozen=True, slots=True)
class StoredHandover:
    """One of them; `open` is a JSON object."""

    id: int
    property: str
    at: datetime
    by: str
    origin: str
    words: str
    open: str


_H = tables.Handover.__table__  # type: ignore[attr-defined]
_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_COLUMNS = tuple(_H.c[name] for name in StoredHandover.__slots__)
_ADD = Statement(insert(_H), [name for name in StoredHandover.__slots__ if name != "id"])
_NEWEST = Statement(
    select(*_COLUMNS)
    .where(_H.c.property == bindparam("property"), _H.c.id < bindparam("before", type_=BigId))
    .order_by(_H.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_TO_COME = Statement(
    select(func.count(), func.min(_W.c.due)).where(
        _W.c.property == bindparam("property"),
        _W.c.due >= bindparam("begins", type_=Instant()),
        _W.c.due < bindparam("ends", type_=Instant()),
        *(_W.c.state != state.value for state in sorted(FINAL_STATES)),
    )
)
_NONE_IS_LATER = 2**62


def add(tx: Tx, property: str, at: datetime, actor: Actor, words: str, open: str) -> StoredHandover:
    """Save one."""
    line = {"property": property, "at": at, "by": actor.name, "origin": actor.origin}
    _ADD.run(tx.connection, **line, words=words, open=open)
    return newest(tx, property, 1)[0]


def newest(tx: Tx, property: str, limit: int, before: int | None = None) -> list[StoredHandover]:
    """The newest first; `before`: those with a smaller id only."""
    upto = _NONE_IS_LATER if before is None else before
    found = _NEWEST.all(tx.connection, property=property, limit=limit, before=upto)
    return [StoredHandover(*row) for row in found]


def to_come(tx: Tx, property: str, begins: datetime, ends: datetime) -> tuple[int, datetime | None]:
    """How many wake-ups are due in this time and not over, and when the first of them is."""
    count, first = _TO_COME.all(tx.connection, property=property, begins=begins, ends=ends)[0]
    return int(count), first


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of what was written before `before`; how many lines."""
    return pieces.purge(tx, _H, _H.c.property == property, _H.c.at < before)
