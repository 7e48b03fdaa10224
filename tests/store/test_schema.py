"""The schema: made, upgraded after a backup, or refused; and an upgraded one equals a fresh one."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from hotelbridge.errors import StoreMismatch, StoreUnavailable
from hotelbridge.store import schema, tables
from hotelbridge.store.engines import Purpose, open_engine

from .far_side import FarSide

DUMPS = Path(__file__).parents[1] / "schema"
RELEASED = sorted(path.name.partition(".")[0] for path in DUMPS.glob("*.sqlite.sql"))

STEP_LATER = '''
"""A step that does not exist yet."""
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "0013"
branch_labels = depends_on = None

def upgrade():
    with op.batch_alter_table("wakeup_order") as batch:
        batch.add_column(sa.Column("floor", sa.String(), nullable=False, server_default=""))
        batch.alter_column("note", existing_type=sa.Text(), nullable=True)
'''
BROKEN = "    op.execute('INSERT INTO no_such_table VALUES (1)')\n"
ORPHANING = "    op.execute('DELETE FROM wakeup_order')\n"


@pytest.fixture
def later(tmp_path: Path) -> Callable[..., tuple[Path, ...]]:
    """The steps of a later version of this program."""

    def make(more: str = "") -> tuple[Path, ...]:
        folder = tmp_path / "later"
        folder.mkdir(exist_ok=True)
        (folder / "rev_9999.py").write_text(STEP_LATER + more)
        return (*schema.VERSIONS, folder)

    return make


def shape(url: str) -> dict[str, Any]:
    """Tables, columns, keys, constraints and indexes, as the database tells them."""
    engine = open_engine(url, Purpose.SCHEMA)
    with engine.connect() as connection:
        found = inspect(connection)
        return {
            name: {
                "columns": [{**c, "type": str(c["type"])} for c in found.get_columns(name)],
                "primary key": found.get_pk_constraint(name),
                "foreign keys": found.get_foreign_keys(name),
                "unique": sorted(found.get_unique_constraints(name), key=lambda u: str(u["name"])),
                "indexes": sorted(_plain(index) for index in found.get_indexes(name)),
                "checks": found.get_check_constraints(name),
            }
            for name in found.get_table_names()
        }


def _plain(index: Any) -> str:
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return f"{index['name']} {index['column_names']} {index['unique']} {options}"


def restore(url: str, revision: str) -> None:
    """A database as that revision left it, with rows."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.executescript((DUMPS / f"{revision}.sqlite.sql").read_text())
        connection.close()
    else:
        with psycopg.connect(url) as postgres:
            postgres.execute((DUMPS / f"{revision}.postgresql.sql").read_text())


def fresh_like(url: str, tmp_path: Path, postgres_database: Callable[[str], str]) -> str:
    return f"sqlite:///{tmp_path}/fresh.db" if url.startswith("sqlite") else postgres_database("template0")


def test_a_missing_database_is_made_and_then_left_alone(empty_url: str) -> None:
    assert schema.status(empty_url).current is None
    assert schema.prepare(empty_url) is None
    assert schema.status(empty_url).up_to_date
    assert schema.prepare(empty_url) is None


def test_the_steps_make_exactly_what_the_tables_declare(url: str) -> None:
    with open_engine(url, Purpose.SCHEMA).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": schema.include_name, "compare_server_default": True}
        )
        assert compare_metadata(context, tables.Row.metadata) == []


def test_every_table_has_a_property(url: str) -> None:
    for name, found in shape(url).items():
        assert name == "alembic_version" or "property" in [c["name"] for c in found["columns"]]


@pytest.mark.parametrize("revision", RELEASED)
def test_an_upgraded_database_equals_a_fresh_one(
    empty_url: str, revision: str, tmp_path: Path, postgres_database: Callable[[str], str]
) -> None:
    restore(empty_url, revision)
    schema.upgrade(empty_url)
    fresh = fresh_like(empty_url, tmp_path, postgres_database)
    schema.upgrade(fresh)
    assert shape(empty_url) == shape(fresh)


@pytest.mark.parametrize("revision", RELEASED)
def test_an_upgrade_keeps_every_row(empty_url: str, revision: str, beside: Callable[[str], FarSide]) -> None:
    restore(empty_url, revision)
    schema.upgrade(empty_url)
    far = beside(empty_url)
    known = [name for name in tables.Row.metadata.tables if f"INTO {name} " in _dump(revision)]
    assert len(known) >= 13
    assert {name: far.ask(f"SELECT count(*) FROM {name}")[0][0] for name in known} == dict.fromkeys(known, 2)


def _dump(revision: str) -> str:
    return (DUMPS / f"{revision}.postgresql.sql").read_text().replace("public.", "")


def test_sqlite_is_upgraded_after_a_backup_beside_the_file(
    sqlite_url: str, later: Callable[..., Any], beside: Callable[[str], FarSide]
) -> None:
    beside(sqlite_url).ask("INSERT INTO mark VALUES ('', 'n', 7)")
    backup = schema.prepare(sqlite_url, versions=later())
    assert backup is not None
    assert backup.name == "hb.db.before-upgrade-from-0013"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert schema.status(f"sqlite:///{backup}").current == "0013"
    assert beside(f"sqlite:///{backup}").ask("SELECT n FROM mark") == [(7,)]
    assert schema.status(sqlite_url, versions=later()).up_to_date
    assert "floor" in [c["name"] for c in shape(sqlite_url)["wakeup_order"]["columns"]]


def test_postgresql_is_not_upgraded_without_a_person(postgres_url: str, later: Callable[..., Any]) -> None:
    with pytest.raises(StoreMismatch, match="hotelbridge db upgrade -c /etc/hb.toml"):
        schema.prepare(postgres_url, "/etc/hb.toml", versions=later())
    assert schema.upgrade(postgres_url, versions=later()) is None
    schema.prepare(postgres_url, versions=later())


def test_a_database_of_a_newer_program_is_refused(url: str, later: Callable[..., Any]) -> None:
    schema.upgrade(url, versions=later())
    for attempt in (schema.prepare, schema.upgrade):
        with pytest.raises(StoreMismatch, match="newer"):
            attempt(url)
    assert schema.status(url).newer


def test_tables_of_somebody_else_are_refused(empty_url: str, beside: Callable[[str], FarSide]) -> None:
    engine = open_engine(empty_url, Purpose.SCHEMA)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE report (id INTEGER)")
    with pytest.raises(StoreMismatch, match="not make"):
        schema.prepare(empty_url)


def test_a_step_that_fails_leaves_the_schema_as_it_was(url: str, later: Callable[..., Any]) -> None:
    before = shape(url)
    with pytest.raises(StoreUnavailable, match="no_such_table"):
        schema.upgrade(url, versions=later(BROKEN))
    assert shape(url) == before
    assert schema.status(url).current == "0013"


def test_a_step_that_would_leave_rows_pointing_to_nothing_is_undone(
    tmp_path: Path, later: Callable[..., Any], beside: Callable[[str], FarSide]
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    restore(url, "0001")
    with pytest.raises(StoreMismatch, match="point to nothing"):
        schema.upgrade(url, versions=later(ORPHANING))
    assert schema.status(url).current == "0013"
    assert beside(url).ask("SELECT count(*) FROM wakeup_order") == [(2,)]


def test_two_nodes_that_upgrade_at_once_do_it_once(
    postgres_database: Callable[[str], str], beside: Callable[[str], FarSide]
) -> None:
    url = postgres_database("template0")
    errors: list[Exception] = []

    def upgrade() -> None:
        try:
            schema.upgrade(url)
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert schema.status(url).up_to_date


def test_a_database_in_a_folder_that_is_not_there_is_told_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere"):
        schema.prepare(f"sqlite:///{tmp_path}/nowhere/hb.db")


def test_a_backup_of_a_database_in_use_is_whole(
    sqlite_url: str, tmp_path: Path, beside: Callable[[str], FarSide]
) -> None:
    far = beside(sqlite_url)
    far.ask("INSERT INTO mark VALUES ('', 'n', 1)")
    far.ask("BEGIN IMMEDIATE")
    far.ask("UPDATE mark SET n = 2")
    schema.backup_to(sqlite_url, tmp_path / "copy.db")
    far.ask("ROLLBACK")
    copy = beside(f"sqlite:///{tmp_path}/copy.db")
    assert copy.ask("SELECT n FROM mark") == [(1,)]
    assert copy.ask("PRAGMA integrity_check") == [("ok",)]
