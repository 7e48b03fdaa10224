"""The folder on the disk: every step that blocks, each whole or not at all. Knows no meaning of a file.

What is given out stands under its name only when it is complete and on the disk: written as `.part`, then
renamed. Nothing creates the folder itself: where a network drive is not mounted, an empty folder of that
name would swallow everything.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from hotelbridge.texts import phrase

INSIDE = ("in", "out", "processed", "failed")
NOT_THERE, BARRED = "is not there", "cannot be read and written"  # see `looking.in_words`
NOT_YET = (".part", ".tmp", ".temp", ".filepart", "~")  # names of files that somebody is still writing


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that lies in `in`."""

    name: str
    size: int
    changed: int  # nanoseconds, of the file system's clock


@dataclass(frozen=True, slots=True)
class Content:
    """What was in a file when it was read."""

    body: bytes
    mark: str  # this file and no other: a later one of the same name and content has another mark
    wrong: str = ""  # why it could not be read


class Folder:
    """One hotel's folder. Every method may raise OSError, and then nothing was done unless it says so."""

    def __init__(self, path: str, largest: int) -> None:
        self.path = Path(path)
        self._largest = largest

    def look(self) -> list[Seen]:
        """What lies in `in`, oldest first."""
        if not self.path.is_dir():
            raise FileNotFoundError(2, NOT_THERE, str(self.path))
        for name in INSIDE:
            (self.path / name).mkdir(exist_ok=True)
        for name in INSIDE:
            if not os.access(self.path / name, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(13, BARRED, str(self.path / name))
        found = []
        for entry in os.scandir(self.path / "in"):
            if not entry.name.startswith(".") and not entry.name.lower().endswith(NOT_YET):
                if entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    found.append(Seen(entry.name, stat.st_size, stat.st_mtime_ns))
        return sorted(found, key=lambda one: (one.changed, _counted(one.name)))

    def problem(self) -> str:
        """What stands in the way, in words, without changing anything; "" where nothing does."""
        if not self.path.is_dir():
            return f"{self.path} is not there: mount the drive, or correct `folder`"
        missing = [name for name in INSIDE if not (self.path / name).is_dir()]
        places = [self.path, *(self.path / name for name in INSIDE if name not in missing)]
        for place in places if missing else places[1:]:
            if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
                return f"{place} cannot be read and written: give this program's user the right to"
        return ""

    def counts(self) -> tuple[int, int]:
        """How many files wait in `in`, and how many lie in `failed`."""
        waiting, failed = (self.path / name for name in ("in", "failed"))
        return (
            len(list(waiting.iterdir())) if waiting.is_dir() else 0,
            len(list(failed.glob("*.reason"))) if failed.is_dir() else 0,
        )

    def read(self, seen: Seen) -> Content:
        """What is in a file; one that cannot be read has no content and a reason."""
        path, body, wrong = self.path / "in" / seen.name, b"", ""
        if seen.size > self._largest:
            wrong = phrase(f"it has {seen.size} bytes, more than {self._largest}")
        else:
            try:
                body = path.read_bytes()
            except PermissionError:
                wrong = phrase("this program may not read it")
        digest = hashlib.sha256(body).hexdigest()[:16]
        return Content(body, f"{seen.changed}-{seen.size}-{digest}", wrong)

    def done(self, name: str) -> None:
        """To `processed`. A file that is there no more was moved already."""
        self._move(name, "processed")

    def failed(self, name: str, reason: str) -> None:
        """To `failed`, with a file beside it that says why; that one first, so that none is without."""
        target = self._free("failed", name)
        self._write(self.path / "failed" / f"{target.name}.reason", reason.encode("utf-8", "replace"))
        self._move(name, "failed", target)

    def _move(self, name: str, to: str, target: Path | None = None) -> None:
        source = self.path / "in" / name
        if source.exists():
            os.rename(source, target or self._free(to, name))
            _sync(self.path / to)
            _sync(self.path / "in")  # else a power cut brings back what was told long ago

    def _free(self, to: str, name: str) -> Path:
        """A name that no earlier file has."""
        path, count = self.path / to / name, 1
        while path.exists():
            count += 1
            path = self.path / to / f"{Path(name).stem}.{count}{Path(name).suffix}"
        return path

    # --- given out ---

    def is_out(self, name: str) -> bool:
        """Whether a file lies in `out`, complete."""
        return (self.path / "out" / name).exists()

    def intend(self, name: str) -> None:
        """Before a file's number is kept: an empty `.part`, so that one which is not there was renamed."""
        with open(self.path / "out" / f"{name}.part", "wb") as file:
            os.fsync(file.fileno())
        _sync(self.path / "out")

    def is_begun(self, name: str) -> bool:
        """Whether it was begun and is not complete."""
        return (self.path / "out" / f"{name}.part").exists()

    def give_out(self, name: str, body: bytes) -> None:
        """Into `out`, whole or not at all. After an OSError `is_out` says which."""
        self._write(self.path / "out" / name, body)

    def _write(self, path: Path, body: bytes) -> None:
        part = path.with_name(f"{path.name}.part")
        with open(part, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, path)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """A rename that survives a power cut. Some network drives cannot; there it is as good as they are."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def _counted(name: str) -> list[tuple[int, str]]:
    """guests-9 before guests-10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
