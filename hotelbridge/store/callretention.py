"""What is erased of calls and charges, in pieces: numbers and names first, years later the rows.

Marked rows are `cut`, so that no purge looks at them again. Knows no settings.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, literal_column, select, update

from hotelbridge.core.charges import UNPOSTED
from hotelbridge.store import tables
from hotelbridge.store.pieces import PIECE
from hotelbridge.store.units import Tx

KEPT = 5  # digits of a number that name its destination
DOTS = "..."

_R = tables.CallRecord.__table__  # type: ignore[attr-defined]
_C = tables.Charge.__table__  # type: ignore[attr-defined]
_L = tables.ChargeLine.__table__  # type: ignore[attr-defined]
_UNDECIDED = [state.value for state in sorted(UNPOSTED)]
# Word for word the condition of the index of what is whole, so that it is taken.
_WHOLE: ColumnElement[Any] = literal_column("NOT cut")


def _shortened(number: Any) -> Any:
    """The first digits of a number, behind its plus; a short one, such as 144, names nobody."""
    kept = case((func.substr(number, 1, 1) == "+", KEPT + 1), else_=KEPT)
    return case((func.length(number) > kept, func.substr(number, 1, kept).concat(DOTS)), else_=number)


def _old_calls(property: str, before: datetime) -> Any:
    owes = exists().where(_C.c.id == _R.c.id, _C.c.state.in_(_UNDECIDED))
    return and_(_R.c.property == property, _R.c.started < before, ~owes, ~_R.c.waits)


def cut_calls(tx: Tx, property: str, before: datetime) -> int:
    """Cut a piece of the call records that began before `before`, but for those not yet posted; how many."""
    query = select(_R.c.id).where(_old_calls(property, before), _WHOLE).limit(PIECE)
    ids = list(tx.connection.execute(query).scalars())
    if ids:
        why = case((_R.c.phone == "", ""), else_=_R.c.why)  # it names who called otherwise
        values = {"cpn": _shortened(_R.c.cpn), "cdpn": _shortened(_R.c.cdpn), "why": why, "cut": True}
        tx.connection.execute(update(_R).where(_R.c.id.in_(ids)).values(values))
    return len(ids)


def cut_charges(tx: Tx, property: str, before: datetime) -> int:
    """Cut a piece of the charges of calls from before `before`, but for those not yet posted; how many."""
    query = select(_C.c.id).where(
        _C.c.property == property, _C.c.started < before, _WHOLE, _C.c.state.not_in(_UNDECIDED)
    )
    ids = list(tx.connection.execute(query.limit(PIECE)).scalars())
    if ids:
        known = and_(_C.c.state == "free", _C.c.room != "")  # words of ours; a PMS may name somebody
        values = {
            "number": _shortened(_C.c.number),
            "dialled": _shortened(_C.c.dialled),
            "reservation": "",
            "note": "",
            "reason": case((known, _C.c.reason), else_=""),
            "cut": True,
        }
        tx.connection.execute(update(_C).where(_C.c.id.in_(ids)).values(values))
        tx.connection.execute(update(_L).where(_L.c.charge_id.in_(ids)).values(text=""))
    return len(ids)


def purge(tx: Tx, property: str, before: datetime) -> int:
    """Erase a piece of the calls from before `before` with their charges; how many calls."""
    query = select(_R.c.id).where(_old_calls(property, before)).order_by(_R.c.started).limit(PIECE)
    ids = list(tx.connection.execute(query).scalars())
    if ids:
        for table, key in ((_L, _L.c.charge_id), (_C, _C.c.id), (_R, _R.c.id)):
            tx.connection.execute(delete(table).where(key.in_(ids)))
    return len(ids)
