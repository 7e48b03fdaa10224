"""Stays, the rooms in which they were and when, and what was said of rooms themselves.

A stay has one open stretch of occupancy while it lasts. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from hotelbridge.core.charges import UNPOSTED
from hotelbridge.core.guests import LineClass, Occupancy, RoomState, Stay, StayEnd
from hotelbridge.store import tables
from hotelbridge.store.columns import BigId, Instant
from hotelbridge.store.pieces import PIECE
from hotelbridge.store.prepared import Rows, Statement
from hotelbridge.store.units import Tx
from hotelbridge.store.wakeups import PENDING

MANY_ROOMS = 20  # more are looked for among all who are in the house
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
LATEST = 20  # stretches of a room that are looked at for the last who was there

_S = tables.Stay.__table__  # type: ignore[attr-defined]
_O = tables.Occupancy.__table__  # type: ignore[attr-defined]
_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_R = tables.RoomState.__table__  # type: ignore[attr-defined]
_C = tables.Charge.__table__  # type: ignore[attr-defined]
_B = tables.StayBar.__table__  # type: ignore[attr-defined]
_OWES = exists().where(_C.c.stay_id == _S.c.id, _C.c.state.in_([state.value for state in UNPOSTED]))
_ROWS = Rows(_S, Stay)
_CLASS, _END = (Stay.__slots__.index(name) for name in ("line_class", "end"))

_SELECT = select(*_ROWS.columns).order_by(_S.c.id)
_OURS = _S.c.property == bindparam("property")
_OPEN = _S.c.ended_at.is_(None)
_ITS_NUMBER = _S.c.reservation == bindparam("reservation")
# By room, so that the index of who is in the house is taken: any other has all who ever were.
_IN_HOUSE = Statement(select(*_ROWS.columns).where(_OURS, _OPEN).order_by(_S.c.room))
_IN_ROOM = Statement(_SELECT.where(_OURS, _OPEN, _S.c.room == bindparam("room")))
_BY_ID = Statement(_SELECT.where(_S.c.id == bindparam("id", type_=BigId)))
_OF_RESERVATION = Statement(
    select(*_ROWS.columns).where(_OURS, _ITS_NUMBER).order_by(_S.c.id.desc()).limit(LATEST)
)

_LAST = Statement(
    select(*_ROWS.columns)
    .where(_OURS, _S.c.room == bindparam("room"), _S.c.ended_at <= bindparam("until"))
    .order_by(_S.c.ended_at.desc(), _S.c.id.desc())
    .limit(1)
)

_STRETCH = [_O.c[name] for name in Occupancy.__slots__]
_BEGIN = Statement(insert(_O), ("property", *Occupancy.__slots__))
_LEAVE = Statement(
    update(_O).where(_O.c.stay_id == bindparam("of", type_=BigId), _O.c.until.is_(None)), ("until",)
)
_STRETCHES = Statement(
    select(*_STRETCH).where(_O.c.stay_id == bindparam("of", type_=BigId)).order_by(_O.c.id)
)
_LAST_IN = Statement(
    select(*_STRETCH)
    .where(_O.c.property == bindparam("property"), _O.c.room == bindparam("room"))
    .order_by(_O.c.since.desc(), _O.c.id.desc())
    .limit(LATEST)
)
_AT = bindparam("at", type_=Instant)
_WHO_WAS_IN = Statement(
    _SELECT.where(
        _S.c.id.in_(
            select(_O.c.stay_id).where(
                _O.c.property == bindparam("property"),
                _O.c.room == bindparam("room"),
                _O.c.since <= _AT,
                or_(_O.c.until.is_(None), _O.c.until > _AT),
            )
        )
    )
)


def _record(row: Sequence[Any]) -> Stay:
    values = list(row)
    values[_CLASS] = LineClass(values[_CLASS]) if values[_CLASS] is not None else None
    values[_END] = StayEnd(values[_END]) if values[_END] is not None else None
    return Stay(*values)


def _selected(tx: Tx, query: Statement, **asked: Any) -> list[Stay]:
    return [_record(row) for row in query.all(tx.connection, **asked)]


# --- who is in the house ---


def in_house(tx: Tx, property: str, rooms: Sequence[str] | None = None) -> list[Stay]:
    """The open stays, of some rooms or of all, in the order in which they began."""
    if rooms is None or len(rooms) > MANY_ROOMS:
        everybody = _selected(tx, _IN_HOUSE, property=property)
        wanted = None if rooms is None else set(rooms)
        found = [stay for stay in everybody if wanted is None or stay.room in wanted]
    else:
        several = dict.fromkeys(rooms)
        found = [s for room in several for s in _selected(tx, _IN_ROOM, property=property, room=room)]
    return sorted(found, key=lambda stay: stay.id)


def by_reservation(tx: Tx, property: str, reservation: str) -> Stay | None:
    """The open stay of a reservation."""
    return next((s for s in of_reservation(tx, property, reservation) if s.ended_at is None), None)


def of_reservation(tx: Tx, property: str, reservation: str) -> list[Stay]:
    """The stays of a reservation, the newest first, ended ones too."""
    if not reservation:
        return []
    return _selected(tx, _OF_RESERVATION, property=property, reservation=reservation)


def by_id(tx: Tx, id: int) -> Stay | None:
    """One stay, open or not."""
    return next(iter(_selected(tx, _BY_ID, id=id)), None)


def last_stay(tx: Tx, property: str, room: str, until: datetime = NEVER) -> Stay | None:
    """The stay that ended last in a room, up to an instant."""
    return next(iter(_selected(tx, _LAST, property=property, room=room, until=until)), None)


def who_was_in(tx: Tx, property: str, room: str, at: datetime) -> list[Stay]:
    """The guests who were in a room at an instant, whatever has become of them since."""
    return _selected(tx, _WHO_WAS_IN, property=property, room=room, at=at)


# --- what becomes of a stay ---


def add(tx: Tx, stay: Stay) -> Stay:
    """Save a stay that begins (its `id` is given here)."""
    saved = replace(stay, id=_ROWS.add(tx.connection, stay))
    _begin(tx, saved, saved.since)
    return saved


def save(tx: Tx, stay: Stay) -> None:
    """Save what is different about a stay, but not its room."""
    _ROWS.save(tx.connection, stay)


def move(tx: Tx, stay: Stay, room: str, at: datetime) -> Stay:
    """It is in another room from now on."""
    moved = replace(stay, room=room)
    _ROWS.save(tx.connection, moved)
    _leave(tx, stay, at)
    _begin(tx, moved, at)
    return moved


def end(tx: Tx, stay: Stay, why: StayEnd, by: str, at: datetime) -> Stay:
    """It is over."""
    ended = replace(stay, ended_at=at, ended_by=by, end=why)
    _ROWS.save(tx.connection, ended)
    _leave(tx, stay, at)
    return ended


def _begin(tx: Tx, stay: Stay, at: datetime) -> None:
    _BEGIN.run(tx.connection, property=stay.property, stay_id=stay.id, room=stay.room, since=at, until=None)


def _leave(tx: Tx, stay: Stay, at: datetime) -> None:
    _LEAVE.run(tx.connection, of=stay.id, until=at)


def stretches(tx: Tx, stay_id: int) -> list[Occupancy]:
    """The rooms in which a guest was, in order."""
    return [Occupancy(*row) for row in _STRETCHES.all(tx.connection, of=stay_id)]


def last_left(tx: Tx, property: str, room: str) -> datetime | None:
    """When somebody left a room last; None: nobody ever did."""
    found = [Occupancy(*row) for row in _LAST_IN.all(tx.connection, property=property, room=room)]
    return max((one.until for one in found if one.until is not None), default=None)


def held_back(tx: Tx, property: str, ids: Sequence[int]) -> frozenset[int]:
    """Which of these stays are not forgotten yet, however long ago they ended."""
    kept = select(_S.c.id).where(_S.c.id.in_(ids), or_(_waits(property), _OWES))
    return frozenset(tx.connection.execute(kept).scalars()) if ids else frozenset()


def _waits(property: str) -> Any:
    """A wake-up of its reservation is still to ring."""
    return exists().where(
        _W.c.property == property,
        _W.c.reservation == _S.c.reservation,
        _W.c.reservation != "",
        _W.c.state.in_(PENDING),
    )


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of the stays that ended before `before`, and where they were; how many stays.

    One whose reservation has a wake-up still to ring stays: whose it is must be known (rule B7); and one
    of whose charges the folio knows nothing yet.
    """
    kept = or_(_waits(property), _OWES)
    old = select(_S.c.id).where(_S.c.property == property, _S.c.ended_at < before, ~kept)
    ids = list(tx.connection.execute(old.limit(PIECE)).scalars())
    if ids:
        for table in (_O, _B):
            tx.connection.execute(delete(table).where(table.c.stay_id.in_(ids)))
        tx.connection.execute(delete(_S).where(_S.c.id.in_(ids)))
    return len(ids)


# --- rooms ---


def room_state(tx: Tx, property: str, room: str) -> RoomState:
    """What was said of a room; with nothing said, one that says nothing."""
    return room_states(tx, property, [room])[room]


def room_states(tx: Tx, property: str, rooms: Sequence[str]) -> dict[str, RoomState]:
    """The same for several rooms, each of them."""
    query = select(*(_R.c[name] for name in RoomState.__slots__)).where(_R.c.property == property)
    if len(rooms) <= MANY_ROOMS:
        query = query.where(_R.c.room.in_(rooms))
    found = {room: RoomState(property, room) for room in rooms}
    for row in tx.connection.execute(query):
        if row.room in found:
            found[row.room] = _state(row)
    return found


def _state(row: Any) -> RoomState:
    values = dict(row._mapping)
    if values["line_class"] is not None:
        values["line_class"] = LineClass(values["line_class"])
    return RoomState(**values)


def save_room_state(tx: Tx, state: RoomState) -> None:
    """Save what was said of a room; nothing is kept where nothing is said."""
    ours = (_R.c.property == state.property, _R.c.room == state.room)
    values = {name: getattr(state, name) for name in RoomState.__slots__}
    tx.connection.execute(delete(_R).where(*ours))
    if state.line_class is not None or state.do_not_disturb is not None:
        tx.connection.execute(insert(_R).values(values))
