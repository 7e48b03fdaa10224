"""The history of a wake-up: one line for everything that happened to it, by whom and from where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from hotelbridge.core.records import Actor, HistoryLine, Wakeup
from hotelbridge.store import tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Statement

_H = tables.History.__table__  # type: ignore[attr-defined]
_OF = Statement(
    select(*(_H.c[name] for name in HistoryLine.__slots__))
    .where(_H.c.wakeup_id == bindparam("of", type_=BigId))
    .order_by(_H.c.id)
)
_ADD = Statement(insert(_H), ("property", "wakeup_id", "at", "by", "origin", "what", "text"))

ITSELF = Actor("hotelbridge", "hotelbridge")


def write(tx: Tx, wakeup: Wakeup, at: datetime, what: str, text: str, actor: Actor = ITSELF) -> None:
    """Add a line; by this program itself unless an actor is given."""
    line = {"property": wakeup.property, "wakeup_id": wakeup.id, "at": at, "what": what, "text": text}
    _ADD.run(tx.connection, by=actor.name, origin=actor.origin, **line)


def of(tx: Tx, wakeup: Wakeup) -> list[HistoryLine]:
    """All lines of a wake-up, oldest first."""
    return [HistoryLine(*row) for row in _OF.all(tx.connection, of=wakeup.id)]


def woken(tx: Tx, wakeup_ids: Sequence[int]) -> dict[int, datetime]:
    """When the guest of each of these proved that he is awake."""
    if not wakeup_ids:
        return {}
    told = select(_H.c.wakeup_id, func.max(_H.c.at)).where(
        _H.c.wakeup_id.in_(wakeup_ids), _H.c.what == "woken"
    )
    return {int(id): at for id, at in tx.connection.execute(told.group_by(_H.c.wakeup_id))}
