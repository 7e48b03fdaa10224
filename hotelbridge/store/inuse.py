"""Who uses a SQLite database at this moment: a lock that ends with the process, however that ends.

Whoever uses the database shares one lock; whoever wants to put another file in its place must have that
alone. A daemon has a second one alone: two of them would take the properties from each other for ever.
Both are kept beside the database, because the database's own file is what is replaced. PostgreSQL knows
its clients by itself.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
        if had is None:
            raise StoreUnavailable("the database is being restored now; start again when that has ended")
        yield


@contextmanager
def running(url: str | URL) -> Iterator[Run]:
    """Be the daemon of the database. `StoreUnavailable` while another one is, or it is being replaced."""
    if not is_sqlite(url):
        yield Run(None)
        return
    path = sqlite_path(url)
    with shared(url), _locked(path.with_name(f"{path.name}.run"), fcntl.LOCK_EX) as had:
        if had is None:
            raise StoreUnavailable(
                f"a hotelbridge daemon runs on {path} already{_who(path)}; a database has one. Stop that one "
                "first (systemctl stop hotelbridge), or give this one a database of its own (store.url)"
            )
        yield Run(had)


@dataclass(frozen=True, slots=True)
class Run:
    """A daemon's own hold on its database."""

    _descriptor: int | None

    def leave_word(self) -> None:
        """The database is ready: say who runs on it; those who come later know that there was one."""
        if self._descriptor is not None:
            with suppress(OSError):  # a full disk: it is for people only
                os.ftruncate(self._descriptor, 0)
                os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)


def is_running(url: str | URL) -> bool | None:
    """Whether a daemon runs on the database at this moment; None on PostgreSQL, where leases tell it.

    Nothing is made for it. The lock is had for an instant where nobody holds it.
    """
    if not is_sqlite(url):
        return None
    path = sqlite_path(url)
    try:
        descriptor = os.open(path.with_name(f"{path.name}.run"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False  # never one, or none that we could know of
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _who(path: Path) -> str:
    """Its process, as far as it has said so."""
    with suppress(OSError, ValueError):
        return f" (process {int(path.with_name(f'{path.name}.run').read_text('ascii'))})"
    return ""


@contextmanager
def alone(url: str | URL) -> Iterator[None]:
    """Be the only one. `StoreUnavailable` while a daemon runs on the database."""
    with _locked(_beside(sqlite_path(url)), fcntl.LOCK_EX) as had:
        if had is None:
            raise StoreUnavailable(
                "a hotelbridge daemon runs on this database; stop it first (systemctl stop hotelbridge), "
                "then repeat the command"
            )
        yield


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


@contextmanager
def _locked(path: Path, how: int) -> Iterator[int | None]:
    """The lock's descriptor while it is held; None where somebody else has it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be opened: {error.strerror}") from error
    try:
        if os.geteuid() == 0:  # made by root's command, it must not shut out the daemon of another user
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        had = None
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
            had = descriptor
        yield had
    finally:
        os.close(descriptor)
