"""A PMS that writes files, as a script plays it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from hotelbridge.pms.api import Result
from hotelbridge.testing.contract import Answer, Guest, Peer, SeenPosting, SeenResult

NO_ANSWER = "a file that lies in the folder is accepted; nobody answers"
TITLES = ("Action", "Room", "Booking", "Last name", "From", "Date", "Time")


class CsvPeer(Peer):
    """Drops files into `in` and reads `out`."""

    lacks = {
        Answer.REFUSED: NO_ANSWER,
        Answer.LATER: NO_ANSWER,
        Answer.SILENT: NO_ANSWER,
        Answer.NONSENSE: NO_ANSWER,
        "begins_to_list": "a list of the house is one file, read when it is complete",
        "resyncs_asked_for": "nobody can ask a PMS that only writes files",
    }

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "pms"
        (self.folder / "in").mkdir(parents=True)
        (self.folder / "out").mkdir()
        self._count = 0
        self._last = (TITLES, [("", "", "", "", "", "", "")])

    def table(self) -> dict[str, object]:
        """The plugin's settings for this PMS."""
        columns = {"reservation": "booking", "name": ["last name"], "from_room": "from"}
        return {"folder": str(self.folder), "poll": "2s", "settled": "3s", "columns": columns}

    # --- guests ---

    def guest_checks_in(self, guest: Guest) -> None:
        self._drop("guests", ("in", guest.room, guest.reservation, guest.name, "", "", ""))

    def guest_leaves(self, guest: Guest) -> None:
        self._drop("guests", ("out", guest.room, guest.reservation, "", "", "", ""))

    def guest_moves(self, guest: Guest, to: str) -> None:
        self._drop("guests", ("move", to, guest.reservation, guest.name, guest.room, "", ""))

    def repeats(self) -> None:
        self._again()

    def talks_nonsense(self) -> Sequence[bytes]:
        bad = b"\xff\xfe\x00 what is this\r\n\x00"
        self._write("guests", bad)
        self._write("readme", b"hello")
        return [bad, b"hello"]

    def lists_the_house(self, guests: Sequence[Guest]) -> None:
        self._drop("house", *(("", g.room, g.reservation, g.name, "", "", "") for g in guests))

    # --- wake-ups ---

    def asks_for_wakeup(self, room: str, local: str) -> None:
        self._drop("wakeups", ("", room, "", "", "", *local.split("T")))

    def takes_wakeup_back(self, room: str, local: str) -> None:
        self._drop("wakeups", ("cancel", room, "", "", "", *local.split("T")))

    def wakeup_results(self) -> Sequence[SeenResult]:
        rows = self.rows("wakeup")
        return [SeenResult(row["room"], row["at"], Result(row["result"])) for row in rows]

    # --- charges ---

    def answers_posting(self, how: Answer) -> None:
        assert how is Answer.ACCEPTED

    def postings(self) -> Sequence[SeenPosting]:
        return [
            SeenPosting(int(row["number"]), row["room"], round(float(row["amount"]) * 100))
            for row in self.rows("charge")
        ]

    def rows(self, kind: str) -> list[dict[str, str]]:
        """What was given out, in the order of the names."""
        found = []
        for path in sorted((self.folder / "out").glob(f"{kind}-*.csv")):
            with open(path, encoding="utf-8", newline="") as file:
                found += list(csv.DictReader(file))
        return found

    # --- the wire ---

    def goes_away(self) -> None:
        if self.folder.exists():
            self.folder.rename(self.folder.with_name("unmounted"))

    def comes_back(self) -> None:
        if not self.folder.exists():
            self.folder.with_name("unmounted").rename(self.folder)

    def acknowledged(self) -> int:
        done = [self.folder / "processed", self.folder / "failed"]
        return sum(len(list(one.glob("*.csv"))) for one in done if one.is_dir())

    # --- files ---

    def _drop(self, kind: str, *rows: tuple[str, ...]) -> None:
        self._last = (kind, rows)
        self._again()

    def _again(self) -> None:
        kind, rows = self._last
        path = self._path(kind)
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([TITLES, *rows])

    def _write(self, kind: str, body: bytes) -> None:
        self._path(kind).write_bytes(body)

    def _path(self, kind: str) -> Path:
        self._count += 1
        return self.folder / "in" / f"{kind}-{self._count}.csv"
