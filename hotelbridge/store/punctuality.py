"""When wake-ups were rung, summed up by the database: a year of a large house is 100,000 of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, Integer, and_, case, cast, exists, func, literal, or_, select, text

from hotelbridge.core.punctuality import ON_TIME, Kind, Tally
from hotelbridge.core.records import Outcome, WakeupState
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.expressions import seconds_between

_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_A = tables.Attempt.__table__  # type: ignore[attr-defined]
_H = tables.History.__table__  # type: ignore[attr-defined]

# When it was rung. Where the program stopped before it could note the Connect, the phone's report that
# it rang tells; and a guest who was woken by the ring of another wake-up was woken when it began.
_BY_REPORT = (
    select(func.min(_A.c.started)).where(_A.c.wakeup_id == _W.c.id, _A.c.rang.is_not(None)).scalar_subquery()
)
_BY_ANOTHER = case((_W.c.state == WakeupState.WOKEN, _W.c.first_ring))
# A Connect that the exchange turned down rang nobody, however punctually it was written.
_IN_VAIN = (Outcome.UNREACHABLE, Outcome.REFUSED, Outcome.DEVICE_DOWN)
_VAIN = exists().where(_A.c.wakeup_id == _W.c.id, _A.c.outcome.in_(_IN_VAIN), _A.c.rang.is_(None))
_NOT_IN_VAIN = (
    select(func.min(_A.c.started))
    .where(_A.c.wakeup_id == _W.c.id)
    .where(or_(_A.c.rang.is_not(None), _A.c.outcome.is_(None), _A.c.outcome.not_in(_IN_VAIN)))
    .scalar_subquery()
)
_RUNG = case(
    (_VAIN, func.coalesce(_NOT_IN_VAIN, _BY_ANOTHER)),
    else_=func.coalesce(_W.c.connected, _BY_REPORT, _BY_ANOTHER),
)
_HANDED = exists().where(_H.c.wakeup_id == _W.c.id, _H.c.what == "handed_over")


def tallies(
    tx: Tx, property: str, start: datetime, end: datetime, letters: int, promise: timedelta
) -> list[Tally]:
    """Those due from `start` to before `end`, by the first letters of their local time (10: day)."""
    one = (
        select(
            func.substr(_W.c.local, 1, letters).label("period"),
            _W.c.state,
            _W.c.in_person,
            and_(_W.c.state == WakeupState.CLOSED, _HANDED).label("handed"),
            seconds_between(_W.c.due, _RUNG).label("delay"),
        )
        .where(_W.c.property == property, _W.c.due >= start, _W.c.due < end)
        .where(_W.c.state != WakeupState.CANCELLED)
        .subquery()
    )
    row = one.c
    kind = case(
        (row.in_person.is_(True), Kind.IN_PERSON),
        (row.delay.is_not(None), Kind.RUNG),
        (row.state == WakeupState.ALARMED, Kind.MISSED),
        (and_(row.state == WakeupState.CLOSED, row.handed), Kind.MISSED),
        (row.state == WakeupState.CLOSED, Kind.BY_HAND),
        else_=Kind.OPEN,
    ).label("kind")
    rung = and_(row.in_person.is_(False), row.delay.is_not(None))
    tenths = case((rung, cast(func.round(row.delay * literal(10.0, Float)), Integer))).label("tenths")
    query = select(
        row.period,
        kind,
        tenths,
        func.count(),
        _count(and_(rung, row.delay <= ON_TIME.total_seconds())),
        _count(and_(rung, row.delay <= promise.total_seconds())),
        func.max(case((rung, row.delay))),
    ).group_by(row.period, text("kind"), text("tenths"))  # by name: PostgreSQL takes parameters as different
    return [
        Tally(period, Kind(kind), tenths, int(count), int(on_time), int(kept), _seconds(worst))
        for period, kind, tenths, count, on_time, kept, worst in tx.connection.execute(query)
    ]


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _seconds(delay: float | None) -> float | None:
    return None if delay is None else max(0.0, float(delay))
