"""Reports of devices per second: received, saved, parsed and worked off, beside the machine's ceiling.

The real daemon runs as a process of its own, on SQLite with every commit synced; the load runs beside
it on the same cores, each report on a connection of its own. A report counts when it is in the
database. The ceiling is a C server that accepts, reads and closes, under the same load in the same run.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from socket import socket
from urllib.request import urlopen

FLAT_OUT = 20_000
PACED = (500, 1000, 2000)
SECONDS = 5
SOURCES = Path(__file__).parent

CONFIG = """
[store]
url = "sqlite:///{folder}/bench.db"
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
  name = "om20"
  url = "http://127.0.0.1:9/xml"
  listen = "tcp:{events}:interface=127.0.0.1"
  path = "/om20"
  allow = ["127.0.0.1"]
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup"
"""


def free_port() -> int:
    """A port that nobody uses now."""
    with closing(socket()) as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


class Daemon:
    """The daemon under load."""

    def __init__(self, folder: Path, keys: str = "", rooms: range = range(100, 120)) -> None:
        self.folder = folder
        self.web, self.events = free_port(), free_port()
        numbers = "\n".join(f'  {{ number = "{n}" }},' for n in rooms)
        config = folder / "bench.toml"
        places = {"folder": folder, "web": self.web, "events": self.events}
        config.write_text(CONFIG.format(rooms=numbers, keys=keys, **places))
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "hotelbridge", "run", "-c", str(config)]
            self._process = subprocess.Popen(command, stderr=log, stdout=log)
        self._until_ready()

    def _until_ready(self) -> None:
        for _ in range(200):
            try:
                with urlopen(f"http://127.0.0.1:{self.web}/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"the daemon did not start: see {self.folder / 'log'}")

    def counted(self) -> tuple[int, int]:
        """Reports in the database, and how many of them are worked off."""
        with closing(sqlite3.connect(f"file:{self.folder}/bench.db?mode=ro", uri=True)) as db:
            row = db.execute("SELECT count(*), count(worked_at) FROM report WHERE bad IS NULL").fetchone()
        return int(row[0]), int(row[1])

    def stop(self) -> None:
        """An orderly end."""
        self._process.terminate()
        self._process.wait(30)


def compiled(folder: Path, name: str) -> Path | None:
    """A C program of this folder; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    program = folder / name
    subprocess.run([compiler, "-O2", "-pthread", "-o", program, SOURCES / f"{name}.c"], check=True)
    return program


def loaded(
    load: Path, port: int, threads: int, count: int, rate: float, *records: str
) -> tuple[float, float, float]:
    """Seconds, p50 and p99 (ms) of one load; `records`: what makes call records of it."""
    command = [str(load), str(port), str(threads), str(count), str(rate), *records]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    _, seconds, p50, p99 = said.stdout.split()
    return float(seconds), float(p50), float(p99)


def flat_out(load: Path, daemon: Daemon) -> tuple[float, float]:
    """Reports per second until all are in the database, and until all are worked off too."""
    before = daemon.counted()[0]
    began = time.monotonic()
    loaded(load, daemon.events, 4, FLAT_OUT, 0)
    durable = worked = 0.0
    while not worked:
        there, done = daemon.counted()
        gone = time.monotonic() - began
        durable = durable or (gone if there - before >= FLAT_OUT else 0.0)
        worked = gone if done - before >= FLAT_OUT else 0.0
        if gone > 120:
            raise SystemExit(f"only {there - before} of {FLAT_OUT} reports are in the database")
        time.sleep(0.02)
    return FLAT_OUT / durable, FLAT_OUT / worked


def ceiling(load: Path, server: Path) -> float:
    """Connections per second of the C server."""
    process = subprocess.Popen([server, str(FLAT_OUT)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    began = time.monotonic()
    loaded(load, port, 4, FLAT_OUT, 0)
    process.wait(30)
    return FLAT_OUT / (time.monotonic() - began)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as name:
        folder = Path(name)
        load, server = compiled(folder, "load"), compiled(folder, "ceiling")
        if load is None or server is None:
            raise SystemExit(
                "no C compiler is here: the load is made in C, so there is nothing to measure with"
            )
        print(
            f"{os.cpu_count()} cores, Python {platform.python_version()}, "
            f"SQLite {sqlite3.sqlite_version}, synchronous=FULL"
        )
        daemon = Daemon(folder)
        try:
            loaded(load, daemon.events, 4, 2000, 0)  # warm
            time.sleep(2)
            durable, worked = flat_out(load, daemon)
            top = ceiling(load, server)
            print(f"flat out: {durable:,.0f} reports/s durable, {worked:,.0f}/s worked off as well")
            print(f"ceiling (C, accept-read-close): {top:,.0f}/s; ratio {durable / top:.2f}")
            for rate in PACED:
                _, p50, p99 = loaded(load, daemon.events, 32, rate * SECONDS, rate)
                print(f"{rate:,}/s for {SECONDS} s: connect to committed p50 {p50:.1f} ms, p99 {p99:.1f} ms")
        finally:
            daemon.stop()


if __name__ == "__main__":
    main()
