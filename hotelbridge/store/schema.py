"""The schema: made where it is missing, upgraded where that is safe, refused where it is not ours.

A SQLite database belongs to one daemon, so it is upgraded on the way, after a backup beside the
file. A PostgreSQL one may serve other nodes at this moment: there a person decides, by
`hotelbridge db upgrade`. Knows the steps, not what the tables mean.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect
from sqlalchemy.exc import SQLAlchemyError

from hotelbridge.errors import StoreMismatch, StoreUnavailable
from hotelbridge.store import tables
from hotelbridge.store.engines import Purpose, is_sqlite, open_engine, place_of, sqlite_path, unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = (MIGRATIONS / "versions",)
LOCK = 0x686F74656C  # the advisory lock under which PostgreSQL's schema is changed


@dataclass(frozen=True, slots=True)
class Status:
    """Where a database stands: `current` is None where it holds no tables of ours."""

    current: str | None
    head: str
    newer: bool  # made by a later version of this program
    foreign: bool = False  # no version, but tables: somebody else's

    @property
    def up_to_date(self) -> bool:
        """Nothing to do."""
        return self.current == self.head


def status(url: str | URL, *, versions: Sequence[Path] = VERSIONS) -> Status:
    """Where the database stands; a missing SQLite file is not made. `StoreUnavailable` if out of reach."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return Status(None, _head(versions), newer=False)
    with _connected(url) as connection:
        return _status(connection, versions)


def status_of_file(path: Path) -> Status:
    """Where a SQLite file stands that is not to be touched by it: a backup."""
    with _connected(f"sqlite:///{path.absolute()}", Purpose.READ) as connection:
        return _status(connection, VERSIONS)


def prepare(url: str | URL, config: str = "FILE", *, versions: Sequence[Path] = VERSIONS) -> Path | None:
    """Make the database fit this program before it is used; the backup's path, where one was made.

    `config` is the configuration file, for the command in the message. Errors: `StoreMismatch` where a
    person must act, `StoreUnavailable` where it cannot be reached.
    """
    found = status(url, versions=versions)
    if found.up_to_date:
        return None
    refuse_what_is_not_ours(found)
    if found.current is not None and not is_sqlite(url):
        raise StoreMismatch(
            f"the database has schema {found.current}, this program needs {found.head}; stop nodes of an "
            f"older version if the release notes ask for it, then run: hotelbridge db upgrade -c {config}"
        )
    return upgrade(url, versions=versions)


def upgrade(url: str | URL, *, versions: Sequence[Path] = VERSIONS, backup_first: bool = True) -> Path | None:
    """Bring the schema to this program's, one transaction per step; the backup's path (SQLite only)."""
    found = status(url, versions=versions)
    refuse_what_is_not_ours(found)
    backup = None
    if backup_first and is_sqlite(url) and found.current is not None and not found.up_to_date:
        backup = _backup(sqlite_path(url), found.current)
    if is_sqlite(url):
        _create_private(sqlite_path(url))
    with _connected(url) as connection, _locked(connection):
        # Another node may have done it while we waited for the lock.
        if not _status(connection, versions).up_to_date:
            config = _config(versions)
            config.attributes["connection"] = connection
            connection.rollback()
            command.upgrade(config, "head")
    return backup


def backup_to(url: str | URL, target: Path) -> None:
    """A whole copy of a SQLite database in use, through SQLite's own backup; synced to the disk."""
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    _create_private(partial)
    with closing(sqlite3.connect(sqlite_path(url))) as source, closing(sqlite3.connect(partial)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").close()  # one file, complete in itself
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(target)
    sync_folder(target.parent)


def _create_private(path: Path) -> None:
    """See that a file is there, for its owner's eyes only where it is new: it holds guests' nights."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be opened: {error.strerror}") from error


def sync_folder(folder: Path) -> None:
    """Make what was created, renamed or deleted in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_references(ctx: MigrationContext, step: Any, heads: Any, run_args: Any) -> None:
    """After each step, before its commit: no row may point to nothing. SQLite did not look meanwhile."""
    connection = ctx.connection
    if connection is None or connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        table, row, parent, _key = orphans[0]
        raise StoreMismatch(
            f"{len(orphans)} rows point to nothing, the first is row {row} of {table} (to {parent}); "
            "the schema was left as it was"
        )


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """What a comparison looks at: our tables, whoever else uses the database."""
    return kind != "table" or name in tables.Row.metadata.tables


def refuse_what_is_not_ours(found: Status) -> None:
    """Raise `StoreMismatch` for a database of a newer program or of somebody else."""
    if found.newer:
        raise StoreMismatch(
            f"the database has schema {found.current}, which is newer than this program (it knows "
            f"up to {found.head}); install the newer hotelbridge again, or restore the backup of the upgrade"
        )
    if found.foreign:
        raise StoreMismatch(
            "the database holds tables that hotelbridge did not make; give it one of its own in store.url"
        )


def _backup(path: Path, current: str) -> Path:
    target = path.with_name(f"{path.name}.before-upgrade-from-{current}")
    n = 1
    while target.exists():
        n += 1
        target = path.with_name(f"{path.name}.before-upgrade-from-{current}.{n}")
    backup_to(f"sqlite:///{path}", target)
    return target


def _config(versions: Sequence[Path]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(v) for v in versions).replace("%", "%%"))
    return config


def _head(versions: Sequence[Path]) -> str:
    head = ScriptDirectory.from_config(_config(versions)).get_current_head()
    assert head is not None
    return head


def _status(connection: Connection, versions: Sequence[Path]) -> Status:
    scripts = ScriptDirectory.from_config(_config(versions))
    known = {script.revision for script in scripts.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    ours = set(inspect(connection).get_table_names()) & set(tables.Row.metadata.tables)
    newer = current is not None and current not in known
    return Status(current, _head(versions), newer=newer, foreign=current is None and bool(ours))


@contextmanager
def _connected(url: str | URL, purpose: Purpose = Purpose.SCHEMA) -> Iterator[Connection]:
    engine = open_engine(url, purpose)
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise unavailable(error, f"{place_of(url)} cannot be opened or upgraded") from error
    except OSError as error:
        raise StoreUnavailable(f"{place_of(url)} cannot be opened: {error}") from error
    finally:
        engine.dispose()


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    """One upgrade at a time, however many nodes begin one."""
    if connection.dialect.name == "sqlite":
        yield
        return
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")
        connection.commit()
