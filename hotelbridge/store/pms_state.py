"""What a link to a PMS keeps from one start to the next: the plugin's own values, and the house's about it.

Keys that begin with `house:` are the house's own; a plugin never sees or names them. A plugin's own begin
with its name here, which it does not know: a hotel that changes its PMS begins anew with the next plugin.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, insert, select, update

from hotelbridge.store import tables
from hotelbridge.store.database import Tx
from hotelbridge.store.prepared import Statement

HOUSE = "house:"

_S = tables.PmsState.__table__  # type: ignore[attr-defined]
_ALL = Statement(select(_S.c.key, _S.c.value).where(_S.c.property == bindparam("property")))


def of_plugin(name: str) -> str:
    """What the keys of a plugin begin with."""
    return f"plugin:{name}:"


def values(tx: Tx, property: str, *, house: bool = False, plugin: str = "") -> dict[str, str]:
    """All values of one plugin, or those of the house; without their prefix."""
    prefix = HOUSE if house else of_plugin(plugin)
    found = _ALL.all(tx.connection, property=property)
    return {key[len(prefix) :]: value for key, value in found if key.startswith(prefix)}


def keep(tx: Tx, property: str, wanted: Mapping[str, str | None]) -> None:
    """Save values by key; None deletes one."""
    for key, value in wanted.items():
        mine = (_S.c.property == property, _S.c.key == key)
        if value is None:
            tx.connection.execute(delete(_S).where(*mine))
        elif tx.connection.execute(update(_S).where(*mine).values(value=value)).rowcount == 0:
            tx.connection.execute(insert(_S).values(property=property, key=key, value=value))
