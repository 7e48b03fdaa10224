"""The plain append file that takes reports while the database cannot: one JSON object a line, synced.

Files are numbered and never reopened, and each carries a random word, so that a line can be told for
ever from any other. A last line that was cut off by a crash was never confirmed and is left out.
Knows no database.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from twisted.logger import Logger

from hotelbridge.core.records import Report
from hotelbridge.store.columns import instant_text
from hotelbridge.store.schema import sync_folder

_log = Logger()


def line_of(order: int, report: Report) -> bytes:
    """A report as a line; `order` is its place among those of this process. `ValueError` if naive."""
    values = {
        "order": order,
        "property": report.property,
        "device": report.device,
        "at": instant_text(report.at),
        "body": b64encode(report.body).decode("ascii"),
    }
    return json.dumps(values, separators=(",", ":")).encode("ascii") + b"\n"


def reports_in(path: Path) -> list[Report]:
    """What a file holds, in the order of arrival; what cannot be read is left out with a word in the log."""
    found: list[tuple[int, Report]] = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            v = json.loads(line)
            at = datetime.fromisoformat(v["at"])
            found.append((v["order"], Report(v["property"], v["device"], at, b64decode(v["body"]))))
        except (ValueError, KeyError, TypeError) as error:
            _log.error("{path}:{number} cannot be read: {error}", path=path, number=number, error=error)
    found.sort(key=lambda one: one[0])
    return [report for _, report in found]


def remove(path: Path) -> None:
    """Delete a file for good; one that is gone already is no error."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


class SpillFolder:
    """The files beside each other: `<name>.<number>-<word>`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def files(self) -> list[Path]:
        """What is there to be read in, oldest first."""
        return sorted(self._path.parent.glob(f"{self._path.name}.[0-9]*-*"))

    def new(self) -> SpillFile:
        """A fresh file, numbered after all others; it is made with its first line."""
        last = max((int(f.name.rpartition(".")[2].partition("-")[0]) for f in self.files()), default=0)
        return SpillFile(self._path.with_name(f"{self._path.name}.{last + 1:08d}-{secrets.token_hex(6)}"))


class SpillFile:
    """One file while it is being written. Called from one thread at a time, not the reactor's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0  # lines

    def write(self, lines: Sequence[bytes]) -> None:
        """Append and sync; after an `OSError` nothing is certain and the file must not be used again."""
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            for piece in _pieces(lines):
                while piece:
                    piece = piece[os.write(descriptor, piece) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            sync_folder(self.path.parent)
        self.count += len(lines)


def _pieces(lines: Sequence[bytes], count: int = 1000) -> Iterator[bytes]:
    for start in range(0, len(lines), count):
        yield b"".join(lines[start : start + count])
