"""Wake-ups: the rows whose `next_at` drives the ladder.

Every save raises the row's version and tells the change feed, so that nobody has to remember it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, literal_column, or_, select, union_all, update

from hotelbridge.core.records import FINAL_STATES, ClosingOutcome, Outcome, Proof, Wakeup, WakeupState
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.expressions import minute_of
from hotelbridge.store.prepared import Rows, Statement

_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_ARMED = (WakeupState.SCHEDULED, WakeupState.WAITING)
_FINAL = tuple(sorted(FINAL_STATES))
PENDING = (WakeupState.SCHEDULED, WakeupState.CALLING, WakeupState.WAITING)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
MOST_ROUNDS = 2**31 - 1
MANY_ROOMS = 20  # more are looked for among all of a state: there are fewer of those than past ones of a room

_ROWS = Rows(_W, Wakeup)
_STATE, _PROOF, _RESULT = (Wakeup.__slots__.index(name) for name in ("state", "proof", "result"))
_OURS = _W.c.property == bindparam("property")
_SELECT = select(*_ROWS.columns)
_FEW = bindparam("limit", type_=Integer)
_TO_RING = _SELECT.where(_OURS, or_(*(_W.c.state == state for state in _ARMED)))
_OVERDUE = Statement(
    _TO_RING.where(_W.c.next_at < bindparam("before")).order_by(_W.c.next_at, _W.c.id).limit(_FEW)
)
_OTHER = _W.alias()
# Every version is above 0: asked for so that the index of rooms does not cover the query, or SQLite would
# go through it, and with it through every wake-up there ever was.
_ROOMS_THAT_ARE = select(_OTHER.c.room).where(
    _OTHER.c.property == bindparam("property"), _OTHER.c.version > literal_column("0")
)
_RINGING = _ROOMS_THAT_ARE.where(_OTHER.c.state == WakeupState.CALLING)
_BETWEEN_TRIES = _ROOMS_THAT_ARE.where(_OTHER.c.state == WakeupState.WAITING)
_WAITS = _W.c.state == WakeupState.WAITING
_DUE = (
    _TO_RING.where(_W.c.next_at <= bindparam("now"), _W.c.next_at >= bindparam("since"))
    .where(_W.c.in_person.is_(False), _W.c.rounds <= bindparam("rounds", type_=Integer))
    .where(_W.c.room.not_in(_RINGING), or_(_WAITS, _W.c.room.not_in(_BETWEEN_TRIES)))
    .where(_W.c.room.not_in(bindparam("but", expanding=True)))
    .order_by(minute_of(_W.c.next_at), _W.c.vip.desc(), _WAITS, _W.c.next_at, _W.c.id)
    .limit(_FEW)
)
_DUE_IN = _DUE.where(_W.c.room.in_(bindparam("rooms", expanding=True)))
_WAIT = update(_W).where(_W.c.id == bindparam("its_id")).values(next_at=bindparam("at"))
_REACHED = update(_W).where(_W.c.id == bindparam("its_id"), _W.c.connected.is_(None))
_REACHED = _REACHED.values(connected=bindparam("at"))
# Without an order: for one by due time SQLite would go through every wake-up there ever was.
_ANY = _SELECT.where(_OURS)
# State by state, so that the first entry of the index is looked at, not every wake-up to come.
_FIRST = union_all(
    *(select(func.min(_W.c.next_at).label("at")).where(_OURS, _W.c.state == s) for s in _ARMED)
)

_BY_ID = Statement(_SELECT.where(_W.c.id == bindparam("id")))
_NEXT = Statement(select(func.min(_FIRST.subquery().c.at)))
_OF_ROOM = Statement(_ANY.where(_W.c.room == bindparam("room"), _W.c.state == bindparam("state")))
_OF_ORDER = Statement(_ANY.where(_W.c.order_id == bindparam("order_id"), _W.c.state == bindparam("state")))
_IN_PERSON = Statement(_TO_RING.where(_W.c.next_at <= bindparam("now"), _W.c.in_person.is_(True)))
_TIMES = Statement(select(_W.c.local, _W.c.due).where(_OURS, _W.c.state == WakeupState.SCHEDULED).distinct())
_AT = Statement(_ANY.where(_W.c.room == bindparam("room"), _W.c.due == bindparam("due")))
_OF_GUEST = Statement(
    _ANY.where(_W.c.state == bindparam("state"), _W.c.reservation == bindparam("reservation"))
)
_IN_STATE = Statement(_ANY.where(_W.c.state == bindparam("state")))
_IN_STATE_AT = Statement(_ANY.where(_W.c.state == bindparam("state"), _W.c.due == bindparam("due")))


def _record(row: Sequence[Any]) -> Wakeup:
    values = list(row)
    state = values[_STATE] = WakeupState(values[_STATE])
    values[_PROOF] = Proof(values[_PROOF])
    if values[_RESULT] is not None:
        kind = ClosingOutcome if state == WakeupState.CLOSED else Outcome
        values[_RESULT] = kind(values[_RESULT])
    return Wakeup(*values)


def _selected(tx: Tx, query: Statement, **asked: Any) -> list[Wakeup]:
    return [_record(row) for row in query.all(tx.connection, **asked)]


def add(tx: Tx, wakeup: Wakeup, at: datetime) -> Wakeup:
    """Save a new wake-up (its `id` is given here)."""
    saved = replace(wakeup, id=_ROWS.add(tx.connection, wakeup))
    tx.changed(saved.property, "wakeup", saved.id, at)
    return saved


def expect(tx: Tx, rings: Mapping[int, datetime]) -> None:
    """Note when first rings are expected, by id. Tells nobody: it is part of a change that does."""
    if rings:
        query = update(_W).where(_W.c.id == bindparam("of")).values(expected=bindparam("ring"))
        tx.connection.execute(query, [{"of": id, "ring": at} for id, at in rings.items()])


def wait(tx: Tx, id: int, at: datetime) -> None:
    """Look at one again that waits for another one's ladder. Tells nobody: nothing has happened to it."""
    tx.connection.execute(_WAIT, {"its_id": id, "at": at})


def save(tx: Tx, wakeup: Wakeup, at: datetime) -> Wakeup:
    """Save a changed wake-up under its next version."""
    saved = replace(wakeup, version=wakeup.version + 1)
    _ROWS.save(tx.connection, saved)
    tx.changed(saved.property, "wakeup", saved.id, at)
    return saved


def get(tx: Tx, property: str, id: int) -> Wakeup | None:
    """One wake-up of a property."""
    found = _selected(tx, _BY_ID, id=id)
    return found[0] if found and found[0].property == property else None


def by_id(tx: Tx, id: int) -> Wakeup:
    """One that an attempt points to; it is never deleted before its attempts."""
    return _selected(tx, _BY_ID, id=id)[0]


def notes(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """What was noted with some, by id; those without a note are not in it."""
    query = select(_W.c.id, _W.c.note).where(_W.c.id.in_(ids), _W.c.note != "")
    return {row.id: row.note for row in tx.connection.execute(query)} if ids else {}


def due(
    tx: Tx,
    property: str,
    now: datetime,
    rooms: Sequence[str] | None = None,
    limit: int = 200,
    *,
    but: Sequence[str] = (),
    since: datetime | None = None,
    first_rings: bool = False,
) -> list[Wakeup]:
    """Those that want to ring and whose room is free for it, in the order in which they may.

    The earliest minute first; of one minute VIP before others, and who was not rung yet before who is
    rung again. A room waits while one of its wake-ups is ringing, and for a first ring also while an
    earlier one's ladder runs: those are left out here, so that they never stand before the others, and
    so is who is woken in person.
    `rooms`: of these only, where others could not ring now; `but`: of none of these. `since`: what wanted
    to ring before is left to a person. `first_rings`: of those that were not rung yet.
    """
    asked = {"property": property, "now": now, "since": since or LONG_AGO, "but": list(but), "limit": limit}
    asked["rounds"] = 0 if first_rings else MOST_ROUNDS
    query = _DUE if rooms is None else _DUE_IN
    if rooms is not None:
        asked["rooms"] = list(rooms)
    return [_record(row) for row in tx.connection.execute(query, asked)]


def overdue(tx: Tx, property: str, before: datetime, limit: int = 200) -> list[Wakeup]:
    """Those whose ring should have started before `before` and did not."""
    return _selected(tx, _OVERDUE, property=property, before=before, limit=limit)


def next_instant(tx: Tx, property: str) -> datetime | None:
    """When the next one wants to ring."""
    found: datetime | None = _NEXT.value(tx.connection, property=property)
    return found


def _by_due(found: list[Wakeup]) -> list[Wakeup]:
    return sorted(found, key=lambda one: (one.due, one.id))


def of_rooms(tx: Tx, property: str, rooms: Sequence[str], states: Sequence[WakeupState]) -> list[Wakeup]:
    """The wake-ups of some rooms in some states, by due time."""
    found: list[Wakeup] = []
    for state in states:
        if len(rooms) > MANY_ROOMS:
            found += _selected(tx, _IN_STATE, property=property, state=state)
        else:
            for room in rooms:
                found += _selected(tx, _OF_ROOM, property=property, state=state, room=room)
    wanted = set(rooms)
    return _by_due([one for one in found if one.room in wanted])


def at(tx: Tx, property: str, room: str, due: datetime) -> list[Wakeup]:
    """The wake-ups of a room at an instant, whatever became of them, oldest first."""
    return _by_due(_selected(tx, _AT, property=property, room=room, due=due))


def pending_at(tx: Tx, property: str, due: datetime) -> list[Wakeup]:
    """What is still to ring and is due at an instant, in any room."""
    return _by_due(
        [
            one
            for state in PENDING
            for one in _selected(tx, _IN_STATE_AT, property=property, state=state, due=due)
        ]
    )


def of_reservation(tx: Tx, property: str, reservation: str) -> list[Wakeup]:
    """What is still to ring and names a guest's reservation, by due time."""
    found: list[Wakeup] = []
    for state in PENDING:
        found += _selected(tx, _OF_GUEST, property=property, state=state, reservation=reservation)
    return _by_due(found)


def first_pending(tx: Tx, property: str, room: str) -> Wakeup | None:
    """The next wake-up of a room that has not rung yet."""
    found = _selected(tx, _OF_ROOM, property=property, state=WakeupState.SCHEDULED, room=room)
    return min(found, key=lambda one: (one.due, one.id), default=None)


def of_order(tx: Tx, property: str, order_id: int, states: Sequence[WakeupState]) -> list[Wakeup]:
    """The wake-ups of one order in some states, by due time."""
    found: list[Wakeup] = []
    for state in states:
        found += _selected(tx, _OF_ORDER, property=property, state=state, order_id=order_id)
    return _by_due(found)


def follow_ups(tx: Tx, wakeup: Wakeup, states: Sequence[WakeupState]) -> list[Wakeup]:
    """The follow-ups of a wake-up in some states. They belong to its order, by which they are found."""
    found = of_order(tx, wakeup.property, wakeup.order_id, states)
    return [one for one in found if one.follows == wakeup.id]


def scheduled(tx: Tx, property: str) -> list[Wakeup]:
    """All that have not rung yet, by due time."""
    return _by_due(_selected(tx, _IN_STATE, property=property, state=WakeupState.SCHEDULED))


def scheduled_times(tx: Tx, property: str) -> set[tuple[str, datetime]]:
    """The wall times with their instants at which something is to ring: far fewer than wake-ups."""
    return {(row[0], row[1]) for row in _TIMES.all(tx.connection, property=property)}


def in_person_due(tx: Tx, property: str, now: datetime) -> list[Wakeup]:
    """Those that are woken in person, of which the desk is to be told now, earliest first."""
    return _by_due(_selected(tx, _IN_PERSON, property=property, now=now))


def pending_by_room(tx: Tx, property: str) -> dict[str, int]:
    """How many wake-ups each room has before it."""
    query = (
        select(_W.c.room, func.count())
        .where(_W.c.property == property, _W.c.state.in_(PENDING))
        .group_by(_W.c.room)
    )
    return {row[0]: int(row[1]) for row in tx.connection.execute(query)}


def reached(tx: Tx, id: int, at: datetime) -> bool:
    """Keep when the first Connect of a wake-up was written; whether it is the first that is known of."""
    return tx.connection.execute(_REACHED, {"its_id": id, "at": at}).rowcount > 0


def counts(tx: Tx) -> dict[tuple[str, str], int]:
    """How many wake-ups are in each state, by property and state."""
    query = select(_W.c.property, _W.c.state, func.count()).group_by(_W.c.property, _W.c.state)
    return {(row[0], row[1]): int(row[2]) for row in tx.connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which wake-ups to list; `after` is the (due, id) of the last one seen."""

    state: WakeupState | None = None
    from_: datetime | None = None
    to: datetime | None = None
    room: str | None = None
    order: int | None = None
    open: bool | None = None  # not in a final state
    after: tuple[datetime, int] | None = None
    orders: tuple[int, ...] = ()  # of any of these


def listed(tx: Tx, property: str, wanted: Filter, limit: int) -> list[Wakeup]:
    """Wake-ups by due time, then id."""
    query = select(_W).where(_W.c.property == property)
    if wanted.state is not None:
        query = query.where(_W.c.state == wanted.state)
    if wanted.from_ is not None:
        query = query.where(_W.c.due >= wanted.from_)
    if wanted.to is not None:
        query = query.where(_W.c.due < wanted.to)
    if wanted.room is not None:
        query = query.where(_W.c.room == wanted.room)
    if wanted.order is not None:
        query = query.where(_W.c.order_id == wanted.order)
    if wanted.orders:
        query = query.where(_W.c.order_id.in_(wanted.orders))
    if wanted.open is not None:
        query = query.where(_W.c.state.not_in(_FINAL) if wanted.open else _W.c.state.in_(_FINAL))
    if wanted.after is not None:
        due_at, id = wanted.after
        query = query.where(or_(_W.c.due > due_at, and_(_W.c.due == due_at, _W.c.id > id)))
    return [_record(row) for row in tx.connection.execute(query.order_by(_W.c.due, _W.c.id).limit(limit))]
