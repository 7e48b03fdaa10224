"""How to open a database: SQLite or PostgreSQL, for writing, for reading or for a change of schema.

SQLite's driver must not control transactions: it would begin late and commit savepoints one by one,
silently. So it is told to leave them alone, and our own BEGIN goes out with each transaction.
Knows no table.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from hotelbridge.errors import StoreUnavailable
from hotelbridge.texts import phrase

BUSY_TIMEOUT_MS = 5000
CONNECT_TIMEOUT_S = 3
LARGEST_LOG_PAGES = 1500  # of SQLite, 6 MB; then a COMMIT works it in itself, where `checkpoint` did not
CHECKPOINT_ROUNDS = 3

# Below the time of a lease, so that a hanging owner's transaction is gone before its property moves.
_LIMITS_MS = {"idle_in_transaction_session_timeout": 5000, "lock_timeout": 3000, "statement_timeout": 10000}
_READER_LIMITS_MS = {"idle_in_transaction_session_timeout": 60000, "statement_timeout": 60000}

_SQLITE_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
# Connection, resources, operator, system; a lock or statement that took too long; a deadlock.
_POSTGRES_TROUBLE = ("08", "53", "57", "58", "55P03", "40")


class Purpose(Enum):
    """What a connection is for."""

    WRITE = "write"
    READ = "read"
    SCHEMA = "schema"


def store_url(url: str | URL) -> URL:
    """The URL with the driver this project uses. `postgresql://` means psycopg."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed.set(drivername="sqlite")


def is_sqlite(url: str | URL) -> bool:
    """Whether this is the embedded database."""
    return make_url(url).get_backend_name() == "sqlite"


def place_of(url: str | URL) -> str:
    """A database in words, without its password."""
    where = make_url(url).database
    if not is_sqlite(url):
        where = make_url(url).set(drivername="postgresql").render_as_string(hide_password=True)
    return phrase(f"the database {where}")


def missing_driver(url: str | URL) -> str:
    """What must be installed before this kind of database can be used, in a sentence; empty if nothing."""
    if is_sqlite(url):
        return ""
    try:
        import_module("psycopg")
    except ImportError as error:
        return (
            "the store is PostgreSQL, and what speaks to it is not installed "
            f"({str(error).splitlines()[0]}): pip install 'hotelbridge[postgresql]'"
        )
    return ""


def sqlite_path(url: str | URL) -> Path:
    """The file of a SQLite database; `ValueError` for one in memory, which cannot be shared by threads."""
    database = make_url(url).database
    if not database or database == ":memory:":
        raise ValueError("the store must be a file, not a database in memory")
    return Path(database)


def open_engine(url: str | URL, purpose: Purpose, connections: int = 1) -> Engine:
    """An engine; nothing is connected yet. Only readers are pooled."""
    target = store_url(url)
    pool: dict[str, Any] = {"poolclass": NullPool}
    if purpose is Purpose.READ:
        pool = {"poolclass": QueuePool, "pool_size": connections, "max_overflow": 0}
    if is_sqlite(target):
        sqlite_path(target)
        engine = create_engine(target, **pool)
        _control_sqlite(engine, purpose)
        return engine
    if missing := missing_driver(target):
        raise StoreUnavailable(missing)
    return create_engine(target, connect_args=_postgres_arguments(target, purpose), **pool)


def _postgres_arguments(url: URL, purpose: Purpose) -> dict[str, Any]:
    limits = {Purpose.WRITE: _LIMITS_MS, Purpose.READ: _READER_LIMITS_MS, Purpose.SCHEMA: {}}[purpose]
    options = [str(url.query.get("options", "")), "-c timezone=UTC"]
    options += [f"-c {name}={value}" for name, value in limits.items()]
    if purpose is Purpose.READ:
        options.append("-c default_transaction_read_only=on")
    return {
        "options": " ".join(options).strip(),
        "connect_timeout": CONNECT_TIMEOUT_S,
        "tcp_user_timeout": 5000,
        "keepalives_idle": 5,
        "application_name": f"hotelbridge {purpose.value}",
    }


def _control_sqlite(engine: Engine, purpose: Purpose) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            *(["journal_mode=WAL"] if purpose is not Purpose.READ else []),
            "synchronous=FULL",
            f"wal_autocheckpoint={LARGEST_LOG_PAGES}",
            # A table that is rebuilt must be dropped without its rows being missed.
            f"foreign_keys={'OFF' if purpose is Purpose.SCHEMA else 'ON'}",
            *(["query_only=ON"] if purpose is Purpose.READ else []),
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if purpose is Purpose.READ else "BEGIN IMMEDIATE")


def checkpoint(engine: Engine) -> None:
    """Work what was committed into the file of a SQLite database; nobody is kept waiting by it.

    Twice and once more where the writer went on meanwhile: only a log that was wholly worked in is begun
    anew, and the rest that a first round leaves is soon done.
    """
    with closing(engine.raw_connection()) as connection:
        for _ in range(CHECKPOINT_ROUNDS):
            cursor = connection.cursor()
            _, logged, done = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            cursor.close()
            if logged == done:
                return


def is_full(error: BaseException) -> bool:
    """Whether a SQLite database has no room on its disk."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is not None and (code & 0xFF == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE)


def is_storage_trouble(error: BaseException) -> bool:
    """Whether the database could not work now, as opposed to a mistake in what it was asked."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    original = error.orig
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in _SQLITE_TROUBLE
    state = getattr(original, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_POSTGRES_TROUBLE)
    # psycopg's own words about a lost connection carry no state
    return isinstance(error, OperationalError | InterfaceError | InternalError)


def in_plain_words(error: BaseException) -> BaseException:
    """`StoreUnavailable` where the database could not work now; any other error as it is."""
    if not is_storage_trouble(error):
        return error
    return unavailable(error)


_CANNOT = phrase("the database cannot be used now")


def unavailable(error: BaseException, what: str = _CANNOT) -> StoreUnavailable:
    """A `StoreUnavailable` that says why, with its cause."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    refusal = StoreUnavailable(f"{what}: {lines[0] if lines else type(cause).__name__}")
    refusal.__cause__ = error
    return refusal
