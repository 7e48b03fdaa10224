"""The flight recorder's rows: messages of links as they were on the wire; the inbox of the PMS's too.

A record that nobody has worked off is the inbox; rows are marked one by one, never followed by an id
cursor: on PostgreSQL a smaller id may be committed after a greater one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, bindparam, delete, func, insert, select, update

from hotelbridge.core.guests import Direction, Record
from hotelbridge.store import tables
from hotelbridge.store.keyset import NEWEST, Place, behind, newest_first
from hotelbridge.store.pieces import PIECE
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx

_R = tables.Record.__table__  # type: ignore[attr-defined]
_O = tables.RecordRoom.__table__  # type: ignore[attr-defined]

_COLUMNS = (_R.c.id, _R.c.property, _R.c.link, _R.c.direction, _R.c.at, _R.c.body, _R.c.words,
            _R.c.worked_at, _R.c.effect)  # fmt: skip
_OURS = _R.c.property == bindparam("property")
_ADD = Statement(
    insert(_R).returning(_R.c.id),
    ("property", "link", "direction", "at", "body", "words", "worked_at", "effect"),
)
_ADD_ROOM = Statement(insert(_O), ("record_id", "room", "property"))
_UNWORKED = Statement(
    select(*_COLUMNS)
    .where(_OURS, _R.c.worked_at.is_(None), _R.c.link == bindparam("link"))
    .order_by(_R.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_RECEIVED = select(_R.c.id, _R.c.at).where(_R.c.id.in_(bindparam("ids", expanding=True)))
_WORKED = Statement(update(_R).where(_R.c.id == bindparam("its_id")), ("its_id", "worked_at", "effect"))
_OF_LINK = (
    _R.c.link == func.coalesce(bindparam("link", type_=String), _R.c.link),
    _R.c.direction == func.coalesce(bindparam("direction", type_=String), _R.c.direction),
)
_LIMIT = bindparam("limit", type_=Integer)
_LISTED = Statement(
    select(*_COLUMNS).where(_OURS, *_OF_LINK, behind(_R)).order_by(*newest_first(_R)).limit(_LIMIT)
)
# Bounded by what was said of one room in the days that records are kept.
_LISTED_OF_ROOM = Statement(
    select(*_COLUMNS)
    .join(_O, _O.c.record_id == _R.c.id)
    .where(_O.c.property == bindparam("property"), _O.c.room == bindparam("room"), *_OF_LINK, behind(_R))
    .order_by(*newest_first(_R))
    .limit(_LIMIT)
)
_ROOMS = select(_O.c.record_id, _O.c.room).where(_O.c.record_id.in_(bindparam("ids", expanding=True)))

LONGEST_ROOM = 64  # letters of a room that a record is found by: no key of a database holds any length
Item = tuple[bytes, str, tuple[str, ...]]  # as it was on the wire, decoded for people, its rooms


def add(
    tx: Tx,
    property: str,
    link: str,
    direction: Direction,
    at: datetime,
    items: Sequence[Item],
    *,
    worked: bool,
    effect: str = "",
) -> list[int]:
    """Save messages as they were on the wire; their ids, in order. Not `worked`: they wait in the inbox."""
    return [
        _added(tx, property, item, link=link, direction=direction.value, at=at,
               worked_at=at if worked else None, effect=effect)
        for item in items
    ]  # fmt: skip


def _added(tx: Tx, property: str, item: Item, **values: Any) -> int:
    body, words, rooms = item
    id = int(_ADD.value(tx.connection, property=property, body=body, words=_text(words), **values))
    for room in dict.fromkeys(_key(room) for room in rooms):
        _ADD_ROOM.run(tx.connection, record_id=id, room=room, property=property)
    return id


def _key(room: str) -> str:
    """A room as a key takes it, whatever was sent for one: the body keeps all of it."""
    return _text(room)[:LONGEST_ROOM]


def _text(words: str) -> str:
    """Words as every database takes them: what was received must not be lost for how it was decoded."""
    return words.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def unworked(tx: Tx, property: str, link: str, limit: int = 500) -> list[Record]:
    """The oldest messages of a link that nobody has worked off."""
    return _records(tx, _UNWORKED.all(tx.connection, property=property, link=link, limit=limit))


def received_at(tx: Tx, ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these messages was received."""
    if not ids:
        return {}
    return {row.id: row.at for row in tx.connection.execute(_RECEIVED, {"ids": list(ids)})}


def worked(tx: Tx, effects: Mapping[int, str], at: datetime) -> None:
    """These are done, in the same commit as what they led to: by id, what each changed, in words."""
    for id, effect in effects.items():
        _WORKED.run(tx.connection, its_id=id, worked_at=at, effect=_text(effect))


def listed(
    tx: Tx,
    property: str,
    room: str | None = None,
    link: str | None = None,
    direction: Direction | None = None,
    before: Place | None = None,
    limit: int = 100,
) -> list[Record]:
    """Messages by time, newest first, from a place in that list on (not including it)."""
    at, id = before or NEWEST
    asked: dict[str, Any] = {
        "property": property,
        "link": link,
        "before_at": at,
        "before_id": id,
        "limit": limit,
    }
    asked["direction"] = None if direction is None else direction.value
    if room is None:
        return _records(tx, _LISTED.all(tx.connection, **asked))
    return _records(tx, _LISTED_OF_ROOM.all(tx.connection, room=_key(room), **asked))


def last_at(tx: Tx, property: str, link: str) -> datetime | None:
    """When the last message of a link came or went."""
    found = listed(tx, property, link=link, limit=1)
    return found[0].at if found else None


def get(tx: Tx, property: str, id: int) -> Record | None:
    """One message of a property."""
    rows = tx.connection.execute(select(*_COLUMNS).where(_R.c.property == property, _R.c.id == id)).all()
    return next(iter(_records(tx, rows)), None)


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of what was worked off and came before `before`; how many. What waits stays."""
    old = select(_R.c.id).where(_R.c.property == property, _R.c.at < before, _R.c.worked_at.is_not(None))
    ids = list(tx.connection.execute(old.limit(PIECE)).scalars())
    if ids:
        tx.connection.execute(delete(_O).where(_O.c.record_id.in_(ids)))
        tx.connection.execute(delete(_R).where(_R.c.id.in_(ids)))
    return len(ids)


def _records(tx: Tx, rows: Sequence[Sequence[Any]]) -> list[Record]:
    rooms: dict[int, list[str]] = {}
    if rows:
        for id, room in tx.connection.execute(_ROOMS, {"ids": [row[0] for row in rows]}):
            rooms.setdefault(id, []).append(room)
    return [
        Record(id, property, link, Direction(direction), at, bytes(body), words,
               tuple(sorted(rooms.get(id, ()))), worked_at, effect)
        for id, property, link, direction, at, body, words, worked_at, effect in rows
    ]  # fmt: skip
