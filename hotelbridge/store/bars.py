"""Stays that are barred from calling outside because their calls have passed their credit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from hotelbridge.store import tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx

_B = tables.StayBar.__table__  # type: ignore[attr-defined]
_OF = _B.c.stay_id == bindparam("of", type_=BigId)
_KNOWN = Statement(select(_B.c.amount).where(_OF))
_BARRED = Statement(
    select(_B.c.stay_id).where(_B.c.property == bindparam("property"), _B.c.lifted_at.is_(None))
)
_ADD = Statement(insert(_B), ("stay_id", "property", "at", "amount", "lifted_by", "lifted_at"))
_LIFT = Statement(update(_B).where(_OF), ("lifted_by", "lifted_at"))


def was_barred(tx: Tx, stay_id: int) -> bool:
    """Whether a guest has been barred once; lifted since, or not."""
    return _KNOWN.value(tx.connection, of=stay_id) is not None


def amount(tx: Tx, stay_id: int) -> int:
    """What a guest's calls had come to when he was barred."""
    return int(_KNOWN.value(tx.connection, of=stay_id) or 0)


def barred(tx: Tx, property: str, stay_ids: Collection[int]) -> frozenset[int]:
    """Which of these guests are barred now."""
    all_of_them = {row[0] for row in _BARRED.all(tx.connection, property=property)}
    return frozenset(all_of_them & set(stay_ids))


def add(tx: Tx, property: str, stay_id: int, amount: int, at: datetime) -> None:
    """Bar a guest."""
    values = {"stay_id": stay_id, "property": property, "amount": amount, "at": at}
    _ADD.run(tx.connection, lifted_by=None, lifted_at=None, **values)


def lift(tx: Tx, stay_id: int, by: str, at: datetime) -> None:
    """A person lets a guest call again; he is not barred a second time in this stay."""
    _LIFT.run(tx.connection, of=stay_id, lifted_by=by, lifted_at=at)
