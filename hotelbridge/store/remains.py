"""What can still be read of a database that is about to be replaced by a backup.

The last instant it knew, the numbers it has handed out, the tokens and users it refused: what the restored
one must not contradict. Everything is optional, since the database may be the reason for the restore.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import URL, Connection, delete, func, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from hotelbridge.core.records import Change
from hotelbridge.store import changes, remainsusers, tables
from hotelbridge.store.engines import Purpose, is_sqlite, open_engine, sqlite_path
from hotelbridge.store.units import Tx
from hotelbridge.store.users import StoredUser

# The instants at which something was written, whatever it was.
_WRITTEN = (("clock_mark", "wall"), ("change", "at"), ("history", "at"), ("report", "at"))
# Ids that were handed out to rows which are purged by now count too.
_SEQUENCES = {
    "sqlite": "SELECT name, seq FROM sqlite_sequence",
    "postgresql": (
        "SELECT left(sequencename, -7), last_value FROM pg_sequences "
        "WHERE schemaname = current_schema() AND sequencename LIKE '%_id_seq'"
    ),
}
SURE, UNSURE = 1_000, 1_000_000  # numbers left out, where the last one is known and where it is not


@dataclass(frozen=True, slots=True)
class Remains:
    """What a database knew last."""

    newest: datetime | None = None
    given: Mapping[str, int] = field(default_factory=dict)  # the last id, by table
    changes: Mapping[str, int] = field(default_factory=dict)  # the last number of the feed, by property
    epochs: Mapping[str, int] = field(default_factory=dict)  # of the lease, by property
    revoked: Mapping[str, datetime] = field(default_factory=dict)  # tokens refused, by hash
    users: Mapping[int, StoredUser] = field(default_factory=dict)  # by id
    readable: bool = True


def read(url: str | URL) -> Remains:
    """What a database knows; with `readable` False where it cannot be read to its end."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return Remains(readable=False)
    engine = open_engine(url, Purpose.READ)
    try:
        with engine.connect() as connection:
            return of(connection)
    except (SQLAlchemyError, OSError, ValueError, TypeError):
        return Remains(readable=False)
    finally:
        engine.dispose()


def of(connection: Connection) -> Remains:
    """What the database of this connection knows."""
    there = set(inspect(connection).get_table_names())
    known = tables.Row.metadata.tables
    change, lease, token = known["change"], known["lease"], known["token"]

    def pairs(query: Any, name: str) -> dict[str, Any]:
        return {row[0]: row[1] for row in connection.execute(query)} if name in there else {}

    written = [
        connection.execute(select(func.max(known[name].c[column]))).scalar()
        for name, column in _WRITTEN
        if name in there
    ]
    given = {
        name: int(connection.execute(select(func.max(table.c.id))).scalar() or 0)
        for name, table in known.items()
        if name in there and table.autoincrement_column is not None
    }
    for name, last in connection.execute(text(_SEQUENCES[connection.dialect.name])):
        given[name] = max(given.get(name, 0), int(last or 0))
    return Remains(
        newest=max((at for at in written if at is not None), default=None),
        given=given,
        changes=pairs(select(change.c.property, func.max(change.c.n)).group_by(change.c.property), "change"),
        epochs=pairs(select(lease.c.property, lease.c.epoch), "lease"),
        revoked=pairs(
            select(token.c.hash, token.c.revoked_at).where(token.c.revoked_at.is_not(None)), "token"
        ),
        users=remainsusers.of(connection) if "console_user" in there else {},
    )


def leave_room(tx: Tx, lost: Remains) -> None:
    """Hand out no id and no epoch again that the lost database may have handed out; refuse its tokens."""
    mine, jump = of(tx.connection), SURE if lost.readable else UNSURE
    for name, last in mine.given.items():
        _begin_after(tx.connection, name, max(last, lost.given.get(name, 0)) + jump)
    lease, token = tables.Row.metadata.tables["lease"], tables.Row.metadata.tables["token"]
    for property, epoch in mine.epochs.items():
        after = max(epoch, lost.epochs.get(property, 0)) + jump
        tx.connection.execute(update(lease).where(lease.c.property == property).values(epoch=after))
    for hash, at in lost.revoked.items():
        still_good = (token.c.hash == hash, token.c.revoked_at.is_(None))
        tx.connection.execute(update(token).where(*still_good).values(revoked_at=at))
    tx.connection.execute(delete(tables.Row.metadata.tables["mark"]))


def _begin_after(connection: Connection, table: str, last: int) -> None:
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("UPDATE sqlite_sequence SET seq = :last WHERE name = :table"), {"last": last, "table": table}
        )
        if not found.rowcount:
            connection.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"),
                {"last": last, "table": table},
            )
        return
    connection.execute(
        text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"), {"table": table, "last": last}
    )


def begin_feed_anew(tx: Tx, property: str, lost: Remains, kind: str, id: int, at: datetime) -> None:
    """Forget the change feed and go on far after its last number, with one line: who followed starts anew."""
    table = tables.Row.metadata.tables["change"]
    last = max(changes.latest(tx, property), lost.changes.get(property, 0))
    tx.connection.execute(delete(table).where(table.c.property == property))
    line = Change(property, last + (SURE if lost.readable else UNSURE), kind, str(id), at)
    tx.connection.execute(
        table.insert().values(property=line.property, n=line.n, kind=line.kind, id=line.id, at=line.at)
    )
