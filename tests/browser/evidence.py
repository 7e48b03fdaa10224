"""What a test that fails leaves behind: pictures of its pages, what they said, the daemon's log."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser.bench import HotelBench
from tests.browser.looking import BUILD

LEFT_IN = BUILD / "browser"


class Evidence:
    """That of one test."""

    def __init__(self, nodeid: str, folder: Path) -> None:
        self._name = re.sub(r"[^A-Za-z0-9_-]+", "-", nodeid.rpartition("/")[2]).strip("-")[:150]
        self._folder = folder
        self._logs: list[tuple[Path, int]] = []
        self.failed = False
        for old in folder.glob(f"{self._name}-*"):
            old.unlink()  # of a run before: what is found there is of the last one

    def place(self, kind: str) -> Path:
        """Where something is left: `console.txt`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{self._name}-{kind}"

    def watch(self, bench: HotelBench, begins: int = 0) -> None:
        """What this hotel's daemon logs from here on (or from `begins`) belongs to the test."""
        self._logs.append((bench.log, begins))

    def leave_logs(self) -> None:
        """What the daemons said meanwhile."""
        for number, (log, begins) in enumerate(self._logs, 1):
            self.place(f"daemon-{number}.log").write_bytes(log.read_bytes()[begins:])
