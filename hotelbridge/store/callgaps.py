"""How far each device's call records are counted, and which of them have not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from hotelbridge.core.counting import Counter, Gap, follow
from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx

_C = tables.CallCounter.__table__  # type: ignore[attr-defined]
_G = tables.CallGap.__table__  # type: ignore[attr-defined]
_ITS = (_C.c.property == bindparam("property"), _C.c.device == bindparam("device"))
_GAP = ("property", "device", "first", "last", "at")

_COUNTER = Statement(select(_C.c.last, _C.c.before).where(*_ITS))
_BEGIN = Statement(insert(_C), ("property", "device", "last", "before"))
_ON = Statement(
    update(_C).where(_C.c.property == bindparam("its_property"), _C.c.device == bindparam("its_device")),
    ("last", "before", "its_property", "its_device"),
)
_AROUND = Statement(
    select(_G.c.id, _G.c.first, _G.c.last, _G.c.at)
    .where(_G.c.property == bindparam("property"), _G.c.device == bindparam("device"))
    .where(_G.c.first <= bindparam("number"), _G.c.last >= bindparam("number"))
    .order_by(_G.c.id)
)
_OPEN = Statement(insert(_G), _GAP)
_FORGET = Statement(delete(_G).where(_G.c.id == bindparam("id", type_=BigId)))
_NOTICED = Statement(
    select(_G.c.device, _G.c.first, _G.c.last, _G.c.at)
    .where(_G.c.property == bindparam("property"))
    .where(_G.c.at >= bindparam("begins"), _G.c.at < bindparam("ends"))
    .order_by(_G.c.at, _G.c.id)
)


@dataclass(frozen=True, slots=True)
class Noticed:
    """Records of a device that have not come, and when that showed: a later one came then."""

    device: str
    gap: Gap
    at: datetime


def heard(tx: Tx, property: str, device: str, number: int, at: datetime) -> None:
    """A record with this running number has come."""
    mine = {"property": property, "device": device}
    row = _COUNTER.first(tx.connection, **mine)
    known = None if row is None else Counter(*row)
    around = _AROUND.all(tx.connection, **mine, number=number)
    kept = {Gap(first, last): (id, when) for id, first, last, when in around}
    step = follow(known, tuple(kept), number)
    if known is None:
        _BEGIN.run(tx.connection, **mine, last=step.counter.last, before=step.counter.before)
    elif step.counter != known:
        counted = {"last": step.counter.last, "before": step.counter.before}
        _ON.run(tx.connection, its_property=property, its_device=device, **counted)
    if step.opened is not None:
        _OPEN.run(tx.connection, **mine, first=step.opened.first, last=step.opened.last, at=at)
    if step.filled is not None:
        id, since = kept[step.filled]
        _FORGET.run(tx.connection, id=id)
        for part in step.left:
            _OPEN.run(tx.connection, **mine, first=part.first, last=part.last, at=since)


def noticed(tx: Tx, property: str, begins: datetime, ends: datetime) -> list[Noticed]:
    """The gaps that showed in a stretch of time and are gaps still."""
    found = _NOTICED.all(tx.connection, property=property, begins=begins, ends=ends)
    return [Noticed(device, Gap(first, last), at) for device, first, last, at in found]


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Forget a piece of the gaps that showed before `before`; how many."""
    return pieces.purge(tx, _G, _G.c.property == property, _G.c.at < before)
