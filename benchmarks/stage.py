"""What a measurement of wake-ups stands on: a real daemon, bare devices beside it, a desk that books.

Daemon and devices are processes of their own; what they did is read from outside, out of what the
devices wrote down.
"""

from __future__ import annotations

import http.client
import json
import math
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Vienna")
READY_WITHIN = 60.0  # seconds
AT_ONCE = 100  # rooms that one call books

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
room = [
{rooms}
]
{devices}
  [property.wakeup]
  too_soon = "1s"
  promise = "1h"
  grace = "1h"
"""
DEVICE = """
  [[property.om]]
  name = "om{n}"
  url = "http://127.0.0.1:{port}/xml"
  listen = "tcp:{events}:interface=127.0.0.1"
  path = "/om{n}"
  allow = ["127.0.0.1"]
  max_calls = {max_calls}
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup"
"""


@dataclass(frozen=True, slots=True)
class Plant:
    """The telephone exchanges of a measurement, and how a call goes on them."""

    devices: int
    rooms: int  # on each device
    max_calls: int  # of each device
    ring: float = 2.0  # seconds until the guest lifts
    talk: float = 8.0  # seconds until he hangs up

    @property
    def call_time(self) -> float:
        """How long a call keeps the device busy: 0.1 s pass before the phone rings."""
        return 0.1 + self.ring + self.talk

    def phones(self) -> list[str]:
        """Every phone, the devices in turn."""
        return [
            str(n * 10_000 + room) for room in range(1, self.rooms + 1) for n in range(1, self.devices + 1)
        ]


@dataclass(frozen=True, slots=True)
class Written:
    """What one device wrote down: instants are seconds since the epoch."""

    connects: list[tuple[float, str]]
    ends: list[float]
    refused: int


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now."""
    lines = [socket() for _ in range(count)]
    for line in lines:
        line.bind(("127.0.0.1", 0))
    ports = [int(line.getsockname()[1]) for line in lines]
    for line in lines:
        line.close()
    return ports


class Daemon:
    """`hotelbridge run` as a process of its own; killed at the end unless it was stopped."""

    def __init__(self, config: Path, web: int) -> None:
        self._config, self._web = config, web
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds from the start of the process until it was ready."""
        began = time.monotonic()
        with self._config.with_suffix(".log").open("ab") as log:
            command = [sys.executable, "-m", "hotelbridge", "run", "-c", str(self._config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        while time.monotonic() - began < READY_WITHIN and self._process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{self._web}/readyz", timeout=5):
                    return time.monotonic() - began
            except OSError:
                time.sleep(0.02)
        raise SystemExit(f"the daemon did not start: see {self._config.with_suffix('.log')}")

    def status(self, name: str) -> int:
        """A figure of the process (`VmRSS`, `VmHWM`), in kB."""
        assert self._process is not None
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def stop(self) -> None:
        """An orderly end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None


class Stage:
    """One daemon and its devices, in a folder."""

    def __init__(self, folder: Path, plant: Plant) -> None:
        self.folder, self.plant = folder, plant
        self.web, self._events, *self._ports = free_ports(2 + plant.devices)
        self._written = folder / "devices.json"
        self.database = folder / "bench.db"
        self.config = folder / "bench.toml"
        self.config.write_text(self._configuration())
        self.daemon = Daemon(self.config, self.web)
        self._devices: subprocess.Popen[str] | None = None

    def _configuration(self) -> str:
        prefix = "om{}/" if self.plant.devices > 1 else ""
        rooms = "\n".join(
            f'  {{ number = "{phone}", phones = ["{prefix.format(phone[:-4])}{phone}"] }},'
            for phone in self.plant.phones()
        )
        devices = "".join(
            DEVICE.format(n=n, port=port, events=self._events, max_calls=self.plant.max_calls)
            for n, port in enumerate(self._ports, 1)
        )
        return CONFIG.format(folder=self.folder, web=self.web, rooms=rooms, devices=devices)

    def start(self) -> None:
        """Devices, then the daemon; back when every phone's reports are known to be switched on."""
        plant = self.plant
        words = [self._events, plant.ring, plant.talk, plant.max_calls, plant.rooms, self._written]
        command = [sys.executable, "-m", "benchmarks.bare_device", *map(str, [*words, *self._ports])]
        self._devices = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._devices.stdout is not None
        self._devices.stdout.readline()
        self.daemon.start()
        wanted = len(plant.phones())
        while self.asked("SELECT count(*) FROM phone WHERE in_sync")[0] < wanted:
            time.sleep(0.5)

    def asked(self, query: str) -> tuple[Any, ...]:
        """The first row of a query of the database, beside the daemon."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            row: tuple[Any, ...] = db.execute(query).fetchone()
        return row

    def book(self, due: dict[str, float]) -> float:
        """Book each room for its instant, through the API; rooms per second."""
        token = self.database.with_suffix(".token").read_text().strip()
        began = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda part: _booked(self.web, token, part), _parts(_calls(due), 4)))
        return len(due) / (time.monotonic() - began)

    def settled(self, within: float) -> None:
        """Wait until no wake-up is before its end."""
        until = time.monotonic() + within
        query = "SELECT count(*) FROM wakeup WHERE state IN ('scheduled', 'calling', 'waiting')"
        while self.asked(query)[0]:
            if time.monotonic() > until:
                raise SystemExit(
                    f"{self.asked(query)[0]} wake-ups have not come to an end: see {self.folder}"
                )
            time.sleep(0.5)

    def ends(self) -> dict[str, int]:
        """How many wake-ups came to which end."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return dict(db.execute("SELECT state, count(*) FROM wakeup GROUP BY state").fetchall())

    def stop(self) -> list[Written]:
        """End everything; what the devices wrote down."""
        self.daemon.stop()
        if self._devices is None:
            return []
        self._devices.terminate()
        self._devices.wait(30)
        self._devices = None
        return [
            Written([(at, phone) for at, phone in one["connects"]], one["ends"], one["refused"])
            for one in json.loads(self._written.read_text())
        ]


def _parts(items: list[Any], count: int) -> list[list[Any]]:
    return [items[n::count] for n in range(count)]


def _calls(due: dict[str, float]) -> list[tuple[float, list[str]]]:
    """Rooms of the same instant are booked in one call, so many at once."""
    rooms: dict[float, list[str]] = {}
    for room, at in due.items():
        rooms.setdefault(at, []).append(room)
    return [(at, some) for at, all_ in rooms.items() for some in _parts(all_, math.ceil(len(all_) / AT_ONCE))]


def _booked(port: int, token: str, calls: list[tuple[float, list[str]]]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for due, rooms in calls:
        local = datetime.fromtimestamp(due, ZONE).strftime("%Y-%m-%dT%H:%M:%S")
        body = json.dumps({"rooms": rooms, "at": local})
        line.request("POST", "/api/v1/properties/main/wakeups", body, headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise SystemExit(f"{len(rooms)} rooms at {local} were not booked: {said.decode()[:500]}")
    line.close()
