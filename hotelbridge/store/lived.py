"""Which rooms anybody ever lived in, as far back as is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from hotelbridge.store import tables_guests as tables
from hotelbridge.store.database import Tx

_O = tables.Occupancy.__table__  # type: ignore[attr-defined]


def present_since(tx: Tx, stays: Sequence[int]) -> dict[int, datetime]:
    """Since when each of these stays is in its present room."""
    query = select(_O.c.stay_id, _O.c.since).where(_O.c.stay_id.in_(list(stays)), _O.c.until.is_(None))
    return {int(stay): since for stay, since in tx.connection.execute(query)}


def lived_in(tx: Tx, property: str, rooms: Sequence[str]) -> set[str]:
    """Those of these rooms in which somebody is or was."""
    query = select(_O.c.room).where(_O.c.property == property, _O.c.room.in_(list(rooms))).distinct()
    return set(tx.connection.execute(query).scalars())
