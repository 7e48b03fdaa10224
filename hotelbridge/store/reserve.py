"""Room on the disk that is kept for the moment at which there is none: a file beside a SQLite database.

It holds nothing. When the database says that the disk is full the file is deleted, and what wanted to be
saved is saved in its place; when there is room again it is made anew. A crash leaves it or does not:
both are a beginning. Knows nothing of the database but its name.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

from hotelbridge.store.engines import is_sqlite, sqlite_path
from hotelbridge.store.schema import sync_folder

SIZE = 8 * 1024 * 1024  # bytes; SQLite's log grows to 6 MB before a COMMIT works it in
LEFT = 8 * 1024 * 1024  # bytes that must stay free beside it: it must not be what fills the disk
TIGHT = 1024 * 1024  # bytes; with less than this a start cannot be sure to come through
_PIECE = 1024 * 1024


class Reserve:
    """The file. `take` and `give_up` may be called from different threads."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        self.path = path
        self.size = size

    @property
    def kept(self) -> bool:
        """Whether it is there."""
        return self.path.exists()

    def take(self) -> bool:
        """See that it is there; False where the disk has no room for it (or does not let us)."""
        if self.kept:
            return True
        unfinished = self.path.with_name(f"{self.path.name}.new")
        try:
            unfinished.unlink(missing_ok=True)
            if free(self.path.parent) < self.size + LEFT:
                return False
            _fill(unfinished, self.size)
            unfinished.replace(self.path)
            sync_folder(self.path.parent)
        except OSError:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            return False
        return True

    def give_up(self) -> bool:
        """Let go of it; whether that made room."""
        try:
            self.path.unlink()
        except OSError:
            return False
        with suppress(OSError):
            sync_folder(self.path.parent)  # some file systems free the room only then
        return True


def beside(url: str | URL) -> Reserve | None:
    """The reserve of a database; None for PostgreSQL, whose disk is its own."""
    if not is_sqlite(url):
        return None
    path = sqlite_path(url)
    return Reserve(path.with_name(f"{path.name}.reserve"))


def relieve(reserve: Reserve | None) -> bool:
    """Before a start: give the reserve up if there would be no room to start in; whether it was."""
    try:
        tight = reserve is not None and free(reserve.path.parent) < TIGHT
    except OSError:
        return False
    return tight and reserve is not None and reserve.give_up()


def free(folder: Path) -> int:
    """Bytes that may still be written into a folder by whoever we are."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _fill(path: Path, size: int) -> None:
    """Really taken: zeros would cost nothing where the file system packs them."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        left = size
        while left > 0:
            left -= os.write(descriptor, os.urandom(min(left, _PIECE)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
