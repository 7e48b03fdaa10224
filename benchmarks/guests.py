"""A thousand guests at once: records of the PMS to the store, and until every phone holds what it should.

    python -m benchmarks.guests [ROOMS]

The simulated PMS and the simulated exchange are processes of their own on the same machine, over TCP, and
so is the daemon. The exchange's own share is measured beside it: the same Query and Assign for each
phone, from a bare client with as many connections as the daemon may have.
"""

from __future__ import annotations

import http.client
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import TracebackType

from benchmarks.stage import Daemon, free_ports

IN_FLIGHT = 4
WITHIN = 600.0
CONFIG = """
[store]
url = "sqlite:///{folder}/guests.db"
[web]
listen = "tcp:{web}:interface=127.0.0.1"
[[property]]
id = "main"
name = "Bench"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"
{keys}
room = [
{rooms}
]
  [[property.om]]
  name = "om"
  url = "http://127.0.0.1:{device}/xml"
  listen = "tcp:{events}:interface=127.0.0.1"
  path = "/om"
  allow = ["127.0.0.1"]
  in_flight = {in_flight}
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup"
  [property.pms]
  plugin = "fias"
    [property.pms.fias]
    endpoint = "tcp:127.0.0.1:{pms}"
    listen_first = "1s"
    send_gap = "0s"
"""
DECLARED = '<?xml version="1.0" encoding="utf-8" ?>'
ASSIGN = DECLARED + '<Control attribute="Assign"><ext lineid="{line}"><api>7</api></ext></Control>'
QUERY = DECLARED + '<Control attribute="Query"><ext id="{id}"/></Control>'


class Stage:
    """A daemon between a simulated PMS and a simulated exchange."""

    def __init__(self, folder: Path, rooms: int, keys: str = "") -> None:
        self.rooms = [str(1000 + n) for n in range(rooms)]
        self.database = folder / "guests.db"
        self.web, self.events, self._device, self._pms_port = free_ports(4)
        self._config = folder / "guests.toml"
        numbers = ",\n".join(f'{{ number = "{room}" }}' for room in self.rooms)
        ports = {"web": self.web, "events": self.events, "device": self._device, "pms": self._pms_port}
        self._config.write_text(
            CONFIG.format(folder=folder, rooms=numbers, keys=keys, in_flight=IN_FLIGHT, **ports)
        )
        self.daemon = Daemon(self._config, self.web)
        span = f"{self.rooms[0]}-{self.rooms[-1]}"
        push = f"http://127.0.0.1:{self.events}/om"
        self._om = _started("om", "--port", str(self._device), "--phones", span, "--push-url", push)
        self._pms = _started("pms", "--plugin", "fias", "--port", str(self._pms_port), "--rooms", span)

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.daemon.stop()
        for process in (self._om, self._pms):
            process.terminate()
            process.wait(10)

    def play(self, *lines: str) -> None:
        """What happens at the PMS."""
        assert self._pms.stdin is not None
        self._pms.stdin.write("".join(f"{line}\n" for line in lines))
        self._pms.stdin.flush()

    def until(self, query: str, wanted: int) -> float:
        """Seconds until a count in the store is as wanted."""
        began = time.monotonic()
        while self.count(query) != wanted:
            if time.monotonic() - began > WITHIN:
                raise SystemExit(f"{self.count(query)} instead of {wanted}: {query}")
            time.sleep(0.05)
        return time.monotonic() - began

    def count(self, query: str) -> int:
        """A count, read beside the daemon."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return int(db.execute(query).fetchone()[0])

    def floor(self) -> float:
        """Seconds that the exchange itself takes for a Query and an Assign of each phone."""
        began = time.monotonic()
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            list(pool.map(self._both, range(len(self.rooms))))
        return time.monotonic() - began

    def _both(self, n: int) -> None:
        for body in (QUERY.format(id=self.rooms[n]), ASSIGN.format(line=f"Phone {n + 1}")):
            line = http.client.HTTPConnection("127.0.0.1", self._device, timeout=30)
            line.request("POST", "/xml", body)
            line.getresponse().read()
            line.close()


def _started(*words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "hotelbridge", "sim", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    ThreadPoolExecutor(1).submit(process.stdout.read)  # somebody has to
    return process


def measured(rooms: int, say: Callable[[str], None]) -> None:
    """A first resync, one that confirms, and check-ins as they happen."""
    with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as folder:
        with Stage(Path(folder), rooms) as stage:
            floor = stage.floor()
            stage.play(*(f'gi {room} {n + 1} "Guest {n}"' for n, room in enumerate(stage.rooms)))
            stage.daemon.start()
            begun = time.monotonic()
            stage.until("SELECT count(*) FROM stay WHERE ended_at IS NULL", rooms)
            applied = time.monotonic() - begun
            stage.until("SELECT count(*) FROM phone WHERE in_sync AND wanted LIKE '%Restriction%'", rooms)
            settled = time.monotonic() - begun
            say(f"{rooms:,} check-ins at once, saved and applied: {rooms / applied:,.0f} records/s")
            say(
                f"  every phone holds it after {settled:.1f} s; a Query and an Assign for each, from a bare "
                f"client: {floor:.1f} s (ratio {settled / floor:.2f})"
            )
            stage.until("SELECT count(*) FROM record WHERE worked_at IS NULL", 0)
            say(f"  processor time of the daemon for each guest: {stage.daemon.cpu() / rooms * 1000:.1f} ms")
            before, begun = stage.daemon.cpu(), time.monotonic()
            done = stage.count("SELECT count(*) FROM resync WHERE state = 'applied'")
            stage.play("resync")
            stage.until("SELECT count(*) FROM resync WHERE state = 'applied'", done + 1)
            took = time.monotonic() - begun
            say(
                f"a resync that only confirms: {rooms / took:,.0f} records/s, "
                f"{(stage.daemon.cpu() - before) / rooms * 1000:.1f} ms of processor time each"
            )


def main() -> None:
    """Measure and print."""
    rooms = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 1000
    measured(rooms, print)


if __name__ == "__main__":
    main()
