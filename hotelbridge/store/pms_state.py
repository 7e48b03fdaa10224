"""What a link to a PMS keeps from one start to the next: the plugin's own values, and the house's about it.

Keys that begin with `house:` are the house's own; a plugin never sees or names them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select, update

from hotelbridge.store import tables
from hotelbridge.store.database import Tx

HOUSE = "house:"

_S = tables.PmsState.__table__  # type: ignore[attr-defined]


def values(tx: Tx, property: str, *, house: bool = False) -> dict[str, str]:
    """All values of the plugin, or those of the house without their prefix."""
    found = tx.connection.execute(select(_S.c.key, _S.c.value).where(_S.c.property == property))
    rows = {key: value for key, value in found}
    if house:
        return {key[len(HOUSE) :]: value for key, value in rows.items() if key.startswith(HOUSE)}
    return {key: value for key, value in rows.items() if not key.startswith(HOUSE)}


def keep(tx: Tx, property: str, wanted: Mapping[str, str | None]) -> None:
    """Save values by key; None deletes one."""
    for key, value in wanted.items():
        mine = (_S.c.property == property, _S.c.key == key)
        if value is None:
            tx.connection.execute(delete(_S).where(*mine))
        elif tx.connection.execute(update(_S).where(*mine).values(value=value)).rowcount == 0:
            tx.connection.execute(insert(_S).values(property=property, key=key, value=value))
