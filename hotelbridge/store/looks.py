"""Which wake-ups are to be looked at before they are due, and which were found in trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from hotelbridge.core.records import AlarmKind, WakeupState
from hotelbridge.store import tables
from hotelbridge.store.units import Tx

_W = tables.Wakeup.__table__  # type: ignore[attr-defined]
_A = tables.Alarm.__table__  # type: ignore[attr-defined]
_P = tables.Phone.__table__  # type: ignore[attr-defined]
_TO_COME = (_W.c.state == WakeupState.SCHEDULED, _W.c.in_person.is_(False))


@dataclass(frozen=True, slots=True)
class Coming:
    """A wake-up that has not rung yet."""

    id: int
    room: str
    language: str
    due: datetime
    looked_at: datetime | None


_COLUMNS = tuple(_W.c[name] for name in Coming.__slots__)


def coming(tx: Tx, property: str, now: datetime, until: datetime, limit: int = 2000) -> list[Coming]:
    """Those due from now to `until`, soonest first, looked at or not."""
    mine = (_W.c.property == property, *_TO_COME, _W.c.due > now, _W.c.due <= until)
    query = select(*_COLUMNS).where(*mine).order_by(_W.c.due, _W.c.id).limit(limit)
    return [Coming(*row) for row in tx.connection.execute(query)]


def first_after(tx: Tx, property: str, at: datetime) -> datetime | None:
    """When the first one after `at` is due."""
    query = select(func.min(_W.c.due)).where(_W.c.property == property, *_TO_COME, _W.c.due > at)
    found: datetime | None = tx.connection.execute(query).scalar()
    return found


def in_trouble(tx: Tx, property: str, ids: Sequence[int]) -> set[int]:
    """Those of these wake-ups that have an open alarm about a phone of theirs."""
    if not ids:
        return set()
    query = select(_A.c.wakeup_id).where(
        _A.c.property == property, _A.c.open, _A.c.kind == AlarmKind.PHONE_OFFLINE, _A.c.wakeup_id.in_(ids)
    )
    return {int(row[0]) for row in tx.connection.execute(query)}


def states(tx: Tx, property: str) -> dict[tuple[str, str], str]:
    """Phones (device, number) with what they were last heard of as."""
    query = select(_P.c.device, _P.c.number, _P.c.state).where(_P.c.property == property)
    return {(device, number): state for device, number, state in tx.connection.execute(query)}


def looked(tx: Tx, id: int, at: datetime) -> bool:
    """Its phones were asked; whether it is still to come. What the desk sees of it does not change."""
    query = update(_W).where(_W.c.id == id, *_TO_COME).values(looked_at=at)
    return bool(tx.connection.execute(query).rowcount)
