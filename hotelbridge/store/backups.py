"""Whole copies of a SQLite database: made beside a running daemon, looked at, and put in its place.

A copy is used only after it was read through. What is replaced is kept under another name; at no
moment is the database's own name without a database, so that a crash cannot lead to an empty one.
Knows nothing of what the rows mean.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import URL

from hotelbridge.errors import StoreMismatch, StoreUnavailable
from hotelbridge.store import schema
from hotelbridge.store.engines import sqlite_path

_BESIDE = ("-wal", "-shm")  # what SQLite keeps beside its file


def save(url: str | URL, target: Path) -> schema.Status:
    """Copy the database to a new file and read the copy through; where its schema stands.

    Errors: `StoreUnavailable` where it cannot be read or written, or the target is there already.
    """
    source = sqlite_path(url)
    if not source.exists():
        raise StoreUnavailable(f"there is no database {source} to back up")
    _refuse_taken(target)
    unread = target.with_name(f"{target.name}.unread")
    try:
        schema.backup_to(url, unread)
        found = checked(unread)
        os.link(unread, target)  # unlike a rename it never overwrites
    except FileExistsError:
        _refuse_taken(target)
        raise
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"{target} cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            unread.unlink()
    schema.sync_folder(target.parent)
    return found


def _refuse_taken(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise StoreUnavailable(f"{target} is there already; name another file, or delete it first")
    if not target.parent.is_dir():
        raise StoreUnavailable(f"there is no folder {target.parent}")


def checked(path: Path) -> schema.Status:
    """Read a database file through: whole, ours, no newer than this program. Says where it stands."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            wrong = [row[0] for row in copy.execute("PRAGMA integrity_check") if row[0] != "ok"]
            orphans = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise StoreMismatch(f"{path} is not a whole SQLite database: {error}") from error
    if wrong:
        raise StoreMismatch(f"{path} is damaged: {wrong[0]}")
    if orphans:
        raise StoreMismatch(f"{path} is damaged: a row of {orphans[0]} points to nothing")
    found = schema.status_of_file(path)
    schema.refuse_what_is_not_ours(found)
    if found.current is None:
        raise StoreMismatch(f"{path} holds no tables of hotelbridge")
    return found


def settle(path: Path) -> None:
    """Bring what SQLite keeps beside a file into it, as far as the file can still be read."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def replace(path: Path, by: Path, aside: Path) -> None:
    """Put the finished database `by` in the place of `path`, and keep that one under the name `aside`."""
    settle(by)
    own_like(by, path if path.exists() else path.parent)
    if path.exists():
        settle(path)
        try:
            os.link(path, aside)
        except OSError as error:
            raise StoreUnavailable(f"{aside} cannot be made: {error.strerror}") from error
    # Before the change: a log of the old file beside the new one would be played into it.
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            os.replace(f"{path}{suffix}", f"{aside}{suffix}")
    os.replace(by, path)
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            os.unlink(f"{by}{suffix}")
    schema.sync_folder(path.parent)


def own_like(path: Path, other: Path) -> None:
    """Give a file that root has made to whom the other belongs: the daemon must be able to open it."""
    if os.geteuid() == 0:
        found = other.stat()
        os.chown(path, found.st_uid, found.st_gid)


def remove(path: Path) -> None:
    """Delete an unfinished copy, with what SQLite keeps beside it."""
    for suffix in ("", *_BESIDE):
        with suppress(FileNotFoundError):
            os.unlink(f"{path}{suffix}")
