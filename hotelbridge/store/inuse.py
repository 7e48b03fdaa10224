"""Who uses a SQLite database at this moment: a lock that ends with the process, however that ends.

Daemons share it, since starting one beside the last moments of another is no harm; whoever wants to
put another file in the database's place must have it alone. Kept beside the database, because the
database's own file is what is replaced. PostgreSQL knows its clients by itself.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL

from hotelbridge.errors import StoreUnavailable
from hotelbridge.store.engines import is_sqlite, sqlite_path


@contextmanager
def shared(url: str | URL) -> Iterator[None]:
    """Use the database, as a daemon does. `StoreUnavailable` while it is being replaced."""
    if not is_sqlite(url):
        yield
        return
    with _locked(_beside(sqlite_path(url)), fcntl.LOCK_SH) as had:
        if not had:
            raise StoreUnavailable("the database is being restored now; start again when that has ended")
        yield


@contextmanager
def alone(url: str | URL) -> Iterator[None]:
    """Be the only one. `StoreUnavailable` while a daemon runs on the database."""
    with _locked(_beside(sqlite_path(url)), fcntl.LOCK_EX) as had:
        if not had:
            raise StoreUnavailable(
                "a hotelbridge daemon runs on this database; stop it first (systemctl stop hotelbridge), "
                "then repeat the command"
            )
        yield


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


@contextmanager
def _locked(path: Path, how: int) -> Iterator[bool]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be opened: {error.strerror}") from error
    try:
        if os.geteuid() == 0:  # made by root's command, it must not shut out the daemon of another user
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        had = False
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
            had = True
        yield had
    finally:
        os.close(descriptor)
