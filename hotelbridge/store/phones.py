"""Phones and devices as last seen: what each should hold, what it says it holds, whether it answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from hotelbridge.core.records import Phone
from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Statement

_P = tables.Phone.__table__  # type: ignore[attr-defined]
_D = tables.Device.__table__  # type: ignore[attr-defined]
_COLUMNS = [_P.c["room" if name == "rooms" else name] for name in Phone.__slots__]
_STATES = select(_P.c.device, _P.c.number, _P.c.state, _P.c.room).where(
    _P.c.property == bindparam("property"), _P.c.number.in_(bindparam("numbers", expanding=True))
)
_SET_STATE = (
    update(_P)
    .where(_P.c.property == bindparam("its_property"), _P.c.device == bindparam("its_device"))
    .where(_P.c.number == bindparam("its_number"))
)


@dataclass(frozen=True, slots=True)
class Device:
    """One telephone exchange as last seen."""

    property: str
    name: str
    up: bool | None  # None: not asked yet
    since: datetime | None  # of `up`
    booted_at: datetime | None
    last_report_at: datetime | None
    last_reply_at: datetime | None
    detail: str


_DEVICE = Statement(
    select(*(_D.c[column] for column in Device.__slots__)).where(
        _D.c.property == bindparam("property"), _D.c.name == bindparam("name")
    )
)


def _record(row: Any) -> Phone:
    values = dict(row._mapping)
    values["rooms"] = _rooms(values.pop("room"))
    values["wanted"], values["once"] = json.loads(values["wanted"]), json.loads(values["once"])
    values["held"] = None if values["held"] is None else json.loads(values["held"])
    return Phone(**values)


def _values(phone: Phone) -> dict[str, Any]:
    values = {name: getattr(phone, name) for name in Phone.__slots__ if name != "rooms"}
    values["room"] = ",".join(phone.rooms)
    values["wanted"] = json.dumps(phone.wanted, sort_keys=True)
    values["once"] = json.dumps(phone.once, sort_keys=True)
    values["held"] = None if phone.held is None else json.dumps(phone.held, sort_keys=True)
    return values


def all_of(tx: Tx, property: str, numbers: Collection[str] | None = None) -> list[Phone]:
    """Every phone of a property on record, also ones no longer configured; or those of some numbers."""
    query = select(*_COLUMNS).where(_P.c.property == property)
    if numbers is not None:
        query = query.where(_P.c.number.in_(sorted(numbers)))
    return [_record(row) for row in tx.connection.execute(query.order_by(_P.c.number, _P.c.device))]


def unsettled(tx: Tx, property: str) -> list[Phone]:
    """The phones that are not known to hold what they should, or on which something is to be set once."""
    query = select(*_COLUMNS).where(
        _P.c.property == property, or_(_P.c.in_sync.is_(False), _P.c.once != "{}")
    )
    return [_record(row) for row in tx.connection.execute(query.order_by(_P.c.number, _P.c.device))]


def get(tx: Tx, property: str, device: str, number: str) -> Phone | None:
    """One phone."""
    key = (_P.c.property == property, _P.c.device == device, _P.c.number == number)
    row = tx.connection.execute(select(*_COLUMNS).where(*key)).first()
    return _record(row) if row else None


def save(tx: Tx, phone: Phone, at: datetime) -> None:
    """Save a phone, new or changed."""
    key = (_P.c.property == phone.property, _P.c.device == phone.device, _P.c.number == phone.number)
    values = _values(phone)
    if tx.connection.execute(update(_P).where(*key).values(values)).rowcount == 0:
        tx.connection.execute(insert(_P).values(values))
    _seen(tx, phone.property, phone.rooms, at)


def set_states(tx: Tx, property: str, said: Mapping[tuple[str, str], tuple[str, datetime]]) -> None:
    """What devices say phones are doing (ready, active, offline, offhook), by (device, number), and since."""
    if not said:
        return
    asked = {"property": property, "numbers": sorted({number for _, number in said})}
    news = []
    for device, number, known, room in tx.connection.execute(_STATES, asked).all():
        state, at = said.get((device, number), (known, None))
        if state != known and at is not None:
            key = {"its_property": property, "its_device": device, "its_number": number}
            news.append(key | {"state": state})
            _seen(tx, property, _rooms(room), at)
    if news:
        tx.connection.execute(_SET_STATE, news)


def _seen(tx: Tx, property: str, rooms: Sequence[str], at: datetime) -> None:
    """The desk sees a phone in each of its rooms; one of its own in none."""
    for room in rooms or ("",):
        tx.changed(property, "room", room, at)


def _rooms(kept: str) -> tuple[str, ...]:
    return tuple(kept.split(",")) if kept else ()


def device(tx: Tx, property: str, name: str) -> Device:
    """One device; a blank record where nothing is known yet."""
    row = _DEVICE.first(tx.connection, property=property, name=name)
    return Device(*row) if row else Device(property, name, None, None, None, None, None, "")


def save_device(tx: Tx, record: Device, at: datetime, *, seen_at_desk: bool = True) -> None:
    """Save a device, new or changed; `seen_at_desk` tells the change feed."""
    values = {name: getattr(record, name) for name in Device.__slots__}
    key = (_D.c.property == record.property, _D.c.name == record.name)
    if tx.connection.execute(update(_D).where(*key).values(values)).rowcount == 0:
        tx.connection.execute(insert(_D).values(values))
    if seen_at_desk:
        tx.changed(record.property, "link", record.name, at)
