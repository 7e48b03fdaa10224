"""What will want calls, read light because there may be many, and what calls were like lately."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hotelbridge.core.records import PROOFS, Outcome, WakeupState
from hotelbridge.core.signals import Phase
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.wakeups import PENDING

_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_A = tables.Attempt.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Pending:
    """A wake-up that is to ring, or rings."""

    id: int
    room: str
    due: datetime
    state: WakeupState
    vip: bool
    rounds: int
    next_at: datetime | None
    first_ring: datetime | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a wake-up that is over."""

    device: str
    wakeup_id: int
    n: int  # the round
    started: datetime
    ended: datetime
    proved: bool


def pending(
    tx: Tx, property: str, start: datetime, end: datetime, but: Collection[int] = ()
) -> list[Pending]:
    """Those that take calls and are due from `start` to before `end`, in the order they were booked."""
    columns = (_W.c.id, _W.c.room, _W.c.due, _W.c.state, _W.c.vip, _W.c.rounds, _W.c.next_at, _W.c.first_ring)
    query = select(*columns).where(
        _W.c.property == property,
        _W.c.due >= start,
        _W.c.due < end,
        _W.c.state.in_(PENDING),
        _W.c.in_person.is_(False),
    )
    if but:
        query = query.where(_W.c.id.not_in(but))
    return [
        Pending(row[0], row[1], row[2], WakeupState(row[3]), *row[4:])
        for row in tx.connection.execute(query.order_by(_W.c.id))
    ]


def calls_since(tx: Tx, property: str, since: datetime, limit: int) -> list[Call]:
    """The latest calls of wake-ups that are over and did reach the device, newest first."""
    columns = (_A.c.device, _A.c.wakeup_id, _A.c.n, _A.c.started, _A.c.ended, _A.c.outcome)
    query = select(*columns).where(
        _A.c.property == property,
        _A.c.started >= since,
        _A.c.phase == Phase.OVER,
        _A.c.wakeup_id.is_not(None),
        _A.c.ended.is_not(None),
        func.coalesce(_A.c.outcome, "") != Outcome.DEVICE_DOWN,
    )
    rows = tx.connection.execute(query.order_by(_A.c.started.desc()).limit(limit))
    return [Call(*row[:5], proved=row[5] in PROOFS) for row in rows]
