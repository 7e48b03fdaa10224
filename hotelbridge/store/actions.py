"""What people did, newest first: one list of the audit journal and of the histories of rooms and the rest.

Each of the four has an index for it (`tables_base.people`); what the program and the PMS did is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    Table,
    cast,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from hotelbridge.store import tables
from hotelbridge.store.columns import BigId, Instant
from hotelbridge.store.keyset import newest_first
from hotelbridge.store.tables_base import NODE_WIDE, PEOPLE
from hotelbridge.store.units import Tx

SOURCES = ("audit", "wakeup", "room", "charge")  # in the order of one instant, the last one first
Place = tuple[datetime, int, int]  # the instant, the number of the source, the id there
_SOURCE = {"audit": "audit", "history": "wakeup", "journal": "room", "charge_line": "charge"}  # by table
_NONE_IS_LATER = 2**62


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person did."""

    source: str  # one of SOURCES
    id: int  # there
    at: datetime
    by: str
    origin: str
    what: str
    text: str
    about: str  # the number of the wake-up or charge; of the audit journal "user anna", "alarm 12"
    room: str

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return self.at, SOURCES.index(self.source), self.id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them: of one property, and of the node itself if `node_wide`."""

    property: str
    node_wide: bool = False
    by: str | None = None  # this name, exactly; of the audit journal also what was done about this user
    room: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    behind: Place | None = None


_A: Table = tables.Audit.__table__  # type: ignore[attr-defined]
_H: Table = tables.History.__table__  # type: ignore[attr-defined]
_W: Table = tables.Wakeup.__table__  # type: ignore[attr-defined]
_J: Table = tables.Journal.__table__  # type: ignore[attr-defined]
_L: Table = tables.ChargeLine.__table__  # type: ignore[attr-defined]
_C: Table = tables.Charge.__table__  # type: ignore[attr-defined]


def newest(tx: Tx, wanted: Wanted, limit: int) -> list[Action]:
    """As many as `limit`; each source is asked for so many, and no more is read."""
    found = [
        Action(source, *row)
        for source, query in queries(wanted, limit)
        for row in tx.connection.execute(query)
    ]
    return sorted(found, key=lambda one: one.place, reverse=True)[:limit]


def queries(wanted: Wanted, limit: int) -> Sequence[tuple[str, Select[Any]]]:
    """What each source is asked."""
    asked = [
        ("wakeup", _rows(_H.join(_W, _H.c.wakeup_id == _W.c.id), _H, _H.c.wakeup_id, _W.c.room, wanted)),
        ("room", _rows(_J, _J, literal(""), _J.c.room, wanted)),
        ("charge", _rows(_L.join(_C, _L.c.charge_id == _C.c.id), _L, _L.c.charge_id, _C.c.room, wanted)),
    ]
    if wanted.room is None:
        asked.append(("audit", _audit(wanted)))
    return [(source, query.limit(limit)) for source, query in asked]


def _rows(
    whole: FromClause, table: Table, about: ColumnElement[Any], room: ColumnElement[str], wanted: Wanted
) -> Select[Any]:
    people: ColumnElement[bool] = literal_column(f"{table.name}.{PEOPLE.text}")
    query = _columns(table, about, room).select_from(whole)
    query = query.where(table.c.property == wanted.property, people)
    if wanted.by is not None:
        query = query.where(table.c.by == wanted.by)
    if wanted.room is not None:
        query = query.where(room == wanted.room)
    return _piece(query, table, wanted)


def _audit(wanted: Wanted) -> Select[Any]:
    whose = [wanted.property, NODE_WIDE] if wanted.node_wide else [wanted.property]
    query = _columns(_A, _A.c.about, literal("")).where(_A.c.property.in_(whose))
    if wanted.by is not None:
        query = query.where(or_(_A.c.by == wanted.by, _A.c.about == f"user {wanted.by}"))
    return _piece(query, _A, wanted)


def _columns(table: Table, about: ColumnElement[Any], room: ColumnElement[str]) -> Select[Any]:
    own = (table.c[name] for name in ("id", "at", "by", "origin", "what", "text"))
    return select(*own, cast(about, String), room)


def _piece(query: Select[Any], table: Table, wanted: Wanted) -> Select[Any]:
    """Of a span of time, behind a place of the whole list."""
    if wanted.begins is not None:
        query = query.where(table.c.at >= wanted.begins)
    if wanted.ends is not None:
        query = query.where(table.c.at < wanted.ends)
    if wanted.behind is not None:
        at, source, id = wanted.behind
        mine = SOURCES.index(_SOURCE[table.name])
        upto = id if mine == source else _NONE_IS_LATER if mine < source else 0
        behind = literal(at, Instant()), literal(upto, BigId)
        query = query.where(tuple_(table.c.at, table.c.id) < tuple_(*behind))
    return query.order_by(*newest_first(table))
