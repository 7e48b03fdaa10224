"""A backup of a PostgreSQL database: by its own programs, which know best.

`pg_dump` runs beside the daemons and gives a consistent copy; `pg_restore` reads it through. The
password goes by the environment, never by the command line, which everybody on the machine can read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError

from hotelbridge.errors import StoreUnavailable
from hotelbridge.store import schema
from hotelbridge.store.engines import Purpose, open_engine, store_url, unavailable

TIMEOUT = 3600  # seconds
_CLIENTS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'hotelbridge write'"
)


def dump(url: str | URL, target: Path) -> schema.Status:
    """Write a dump in pg_dump's own format and read it through; where the database's schema stands.

    Errors: `StoreUnavailable` where the program is missing or fails, or the target is there already.
    """
    if target.exists() or target.is_symlink():
        raise StoreUnavailable(f"{target} is there already; name another file, or delete it first")
    if not target.parent.is_dir():
        raise StoreUnavailable(f"there is no folder {target.parent}")
    found = schema.status(url)
    schema.refuse_what_is_not_ours(found)
    unread = target.with_name(f"{target.name}.unread")
    try:
        os.close(os.open(unread, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        _run("pg_dump", url, "--format=custom", f"--file={unread}", f"--dbname={_without_password(url)}")
        listed = _run("pg_restore", url, "--list", str(unread))
        if "TABLE DATA public wakeup " not in listed:
            raise StoreUnavailable("the dump does not hold the wake-ups; look at the database's search_path")
        with unread.open("rb") as written:
            os.fsync(written.fileno())
        os.link(unread, target)
    except OSError as error:
        raise StoreUnavailable(f"{target} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            unread.unlink()
    schema.sync_folder(target.parent)
    return found


def how_to_restore(url: str | URL, file: Path) -> str:
    """What a person does, since a database server is not ours to rearrange."""
    name = store_url(url).database or "hotelbridge"
    return (
        "restoring is done by hotelbridge on SQLite only. On PostgreSQL: stop every node, then\n"
        f'  psql -d postgres -c \'ALTER DATABASE "{name}" RENAME TO "{name}_replaced"\'\n'
        f"  createdb -T template0 {name}\n"
        f"  pg_restore --no-owner --exit-on-error -d {name} {file}\n"
        f"  hotelbridge db mark-restored -c FILE --replaced {name}_replaced\n"
        "and start them again. The last command makes alarms of what came due since the backup."
    )


def refuse_while_used(url: str | URL) -> None:
    """Raise `StoreUnavailable` while a daemon is connected to the database."""
    engine = open_engine(url, Purpose.READ)
    try:
        with engine.connect() as connection:
            nodes = connection.execute(text(_CLIENTS)).scalar()
    except SQLAlchemyError as error:
        raise unavailable(error, "the database cannot be opened") from error
    finally:
        engine.dispose()
    if nodes:
        raise StoreUnavailable("a hotelbridge daemon uses this database; stop every node first")


def beside(url: str | URL, name: str) -> URL:
    """Another database of the same server."""
    return store_url(url).set(database=name)


def _run(program: str, url: str | URL, *words: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise StoreUnavailable(
            f"{program} is not installed on this machine; install PostgreSQL's client programs "
            "(Debian: apt install postgresql-client), or make the backup on the database server"
        )
    password = store_url(url).password
    kept = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    try:
        done = subprocess.run(
            [found, *words], env=kept, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise StoreUnavailable(f"{program} did not end within {TIMEOUT} s") from error
    if done.returncode:
        raise StoreUnavailable(f"{program} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _without_password(url: str | URL) -> str:
    plain = store_url(url).set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)
