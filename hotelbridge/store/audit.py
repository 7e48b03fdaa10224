"""The audit journal: who came in, who was refused, who was made or removed, by whom and from where.

And what people decided that no wake-up, room or charge has in its own history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, insert, select

from hotelbridge.core.records import Actor
from hotelbridge.store import pieces, tables
from hotelbridge.store.columns import BigId
from hotelbridge.store.prepared import Statement
from hotelbridge.store.units import Tx


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that happened."""

    id: int
    property: str  # '' where it is about no single one
    at: datetime
    by: str
    origin: str
    what: str  # "login", "login_refused", "logout", "password", "user_added", "user_removed", ...
    text: str
    about: str  # "user anna", "alarm 12"; '' where the rest says it


_A = tables.Audit.__table__  # type: ignore[attr-defined]
_COLUMNS = tuple(_A.c[name] for name in AuditLine.__slots__)
_ADD = Statement(insert(_A), [name for name in AuditLine.__slots__ if name != "id"])
_NEWEST = Statement(
    select(*_COLUMNS)
    .where(_A.c.id < bindparam("before", type_=BigId))
    .order_by(_A.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_NONE_IS_LATER = 2**62


def write(
    tx: Tx, at: datetime, actor: Actor, what: str, text: str, property: str = "", about: str = ""
) -> None:
    """Add a line; never with a password, and with no word that a stranger typed."""
    line = {"property": property, "at": at, "what": what, "text": text, "about": about}
    _ADD.run(tx.connection, **line, by=actor.name, origin=actor.origin)


def newest(tx: Tx, limit: int = 200, before: int | None = None) -> list[AuditLine]:
    """The lines, newest first; `before`: those with a smaller id only."""
    upto = _NONE_IS_LATER if before is None else before
    return [AuditLine(*row) for row in _NEWEST.all(tx.connection, limit=limit, before=upto)]


def purge(tx: Tx, before: datetime) -> int:
    """Forget a piece of what was written before `before`; how many lines."""
    return pieces.purge(tx, _A, _A.c.at < before)
