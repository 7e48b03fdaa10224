"""Calls to outside as they were priced, in pieces, for whoever wants to price them anew. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import literal, select, tuple_

from hotelbridge.core.charges import ChargeState
from hotelbridge.store import tables
from hotelbridge.store.columns import BigId, Instant
from hotelbridge.store.units import Tx

PIECE = 5000

_R = tables.CallRecord.__table__  # type: ignore[attr-defined]
_C = tables.Charge.__table__  # type: ignore[attr-defined]
Place = tuple[datetime, int]
FIRST: Place = (datetime(1, 1, 1, tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class PricedCall:
    """One call, and what its price was made from."""

    id: int
    started: datetime
    seconds: int
    dialled: str
    trunk: str
    route: str
    classes: str
    name: str
    amount: int
    currency: str
    state: ChargeState
    cut: bool  # the number is not whole any more

    @property
    def place(self) -> Place:
        """Where it stands among the others."""
        return self.started, self.id


def piece(tx: Tx, property: str, begins: datetime, ends: datetime, after: Place = FIRST) -> list[PricedCall]:
    """Up to `PIECE` calls with a charge of a stretch of time, in order, behind a place in that order."""
    query = (
        select(
            _C.c.id, _C.c.started, _C.c.seconds, _C.c.dialled, _C.c.trunk, _R.c.route, _C.c.classes,
            _C.c.name, _C.c.amount, _C.c.currency, _C.c.state, _C.c.cut,
        )
        .join(_R, _R.c.id == _C.c.id)
        .where(_C.c.property == property, _C.c.started >= max(begins, after[0]), _C.c.started < ends)
        .where(tuple_(_C.c.started, _C.c.id) > tuple_(literal(after[0], Instant), literal(after[1], BigId)))
        .order_by(_C.c.started, _C.c.id)
        .limit(PIECE)
    )  # fmt: skip
    rows = tx.connection.execute(query)
    return [PricedCall(*row[:10], ChargeState(row[10]), bool(row[11])) for row in rows]
