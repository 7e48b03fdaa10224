"""The journal: one line for everything that happened to a room or its guests, by whom, from which record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, bindparam, insert, select

from hotelbridge.core.guests import JournalLine
from hotelbridge.core.records import Actor
from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx

_J = tables.Journal.__table__  # type: ignore[attr-defined]
_WRITTEN = tuple(name for name in JournalLine.__slots__ if name != "id")
_ADD = Statement(insert(_J), _WRITTEN)
_OF_ROOM = Statement(
    select(*(_J.c[name] for name in JournalLine.__slots__))
    .where(_J.c.property == bindparam("property"), _J.c.room == bindparam("room"))
    .where(_J.c.id < bindparam("before", type_=BigId))
    .order_by(_J.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_NONE_IS_LATER = 2**62


def write(
    tx: Tx,
    property: str,
    at: datetime,
    actor: Actor,
    room: str,
    what: str,
    text: str,
    *,
    reservation: str = "",
    record_id: int | None = None,
) -> None:
    """Add a line. Guests are named by their reservation, never by name: it is read by all at the desk."""
    line = {"property": property, "at": at, "room": room, "what": what, "text": text}
    whose = {"by": actor.name, "origin": actor.origin, "reservation": reservation, "record_id": record_id}
    _ADD.run(tx.connection, **line, **whose)


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of what was written before `before`; how many lines."""
    return pieces.purge(tx, _J, _J.c.property == property, _J.c.at < before)


def of_room(
    tx: Tx, property: str, room: str, limit: int = 200, before: int | None = None
) -> list[JournalLine]:
    """The lines of a room, newest first; `before`: those with a smaller id only."""
    upto = _NONE_IS_LATER if before is None else before
    found = _OF_ROOM.all(tx.connection, property=property, room=room, limit=limit, before=upto)
    return [JournalLine(*row) for row in found]


def of_house(tx: Tx, property: str, limit: int = 200, before: int | None = None) -> list[JournalLine]:
    """The lines of all rooms, newest first; for a person who reads them page by page."""
    upto = _NONE_IS_LATER if before is None else before
    query = select(*(_J.c[name] for name in JournalLine.__slots__)).where(_J.c.property == property)
    rows = tx.connection.execute(query.where(_J.c.id < upto).order_by(_J.c.id.desc()).limit(limit))
    return [JournalLine(*row) for row in rows]
