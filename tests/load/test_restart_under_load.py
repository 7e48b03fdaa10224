"""The daemon is restarted while a device pushes; the event port is held outside, as systemd holds it."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

PUSHES = 1200
PER_SECOND = 250
BODY = '<?xml version="1.0" encoding="utf-8" ?>\n<Event attribute="BUSY">\n  <ext id="{n:06d}" />\n</Event>\n'

CONFIG = """
[store]
url = "sqlite:///{folder}/hotel.db"
[web]
listen = "tcp:{web}:interface=127.0.0.1"
[[property]]
id = "main"
name = "Hotel Example"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"
room = [ {{ number = "212" }} ]
  [[property.om]]
  name = "om20"
  url = "http://127.0.0.1:9/xml"
  listen = "tcp:{events}"
  path = "/om20"
  allow = ["127.0.0.1"]
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup_en"
"""


HANDOVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.executable, [sys.executable, "-m", "hotelbridge", "run", "-c", sys.argv[2]])
"""


def free_port() -> int:
    with closing(socket.socket()) as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def held(family: int) -> socket.socket:
    """A listening socket as a socket unit makes it: for IPv4 alone, or for both at once."""
    line = socket.socket(family)
    if family == socket.AF_INET6:
        line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    line.bind(("::" if family == socket.AF_INET6 else "127.0.0.1", 0))
    line.listen(4096)
    return line


class Hotel:
    """A daemon that lives on a socket that is not its own."""

    def __init__(self, folder: Path, line: socket.socket) -> None:
        self.folder, self.line = folder, line
        self.web, self.events = free_port(), int(line.getsockname()[1])
        self.config = folder / "hotel.toml"
        self.config.write_text(CONFIG.format(folder=folder, web=self.web, events=self.events))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """As systemd starts it: the socket is descriptor 3, and named for this very process."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", HANDOVER, str(self.line.fileno()), str(self.config)],
                pass_fds=(self.line.fileno(),),
                env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "events"},
                stdout=log,
                stderr=log,
            )
        self._until_ready()

    def _until_ready(self) -> None:
        for _ in range(300):
            try:
                with urlopen(f"http://127.0.0.1:{self.web}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())

    def end(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(30)

    def stored(self) -> Counter[int]:
        """How often each push is in the database."""
        with closing(sqlite3.connect(self.folder / "hotel.db")) as db:
            bodies = [bytes(row[0]) for row in db.execute("SELECT body FROM report")]
        return Counter(int(found[1]) for body in bodies if (found := re.search(rb'id="(\d+)"', body)))


class Sender(threading.Thread):
    """A device that pushes at its own pace, each report on a connection of its own, and never twice."""

    def __init__(self, port: int, *, reads: bool) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._reads = reads
        self._readers: list[threading.Thread] = []
        self.refused: list[int] = []
        self.answered: list[int] = []

    def run(self) -> None:
        began = time.monotonic()
        for number in range(PUSHES):
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            self._push(number)
        for reader in self._readers:
            reader.join()

    def _push(self, number: int) -> None:
        body = BODY.format(n=number).encode()
        head = f"GET /om20 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        try:
            line = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            line.sendall(head + body)
        except OSError:
            self.refused.append(number)
            return
        if not self._reads:
            line.close()
            return
        reader = threading.Thread(target=self._read, args=(line, number), daemon=True)
        reader.start()
        self._readers.append(reader)

    def _read(self, line: socket.socket, number: int) -> None:
        with line:
            try:
                if line.recv(100).startswith(b"HTTP/1.0 200"):
                    self.answered.append(number)
            except OSError:
                pass


@pytest.fixture(params=[socket.AF_INET, socket.AF_INET6], ids=["ipv4", "dual-stack"])
def hotel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hotel]:
    with held(request.param) as line:
        hotel = Hotel(tmp_path, line)
        hotel.start()
        yield hotel
        if hotel.process is not None and hotel.process.poll() is None:
            hotel.end(signal.SIGKILL)


@pytest.mark.parametrize("reads", [False, True], ids=["closes-at-once", "reads-the-answer"])
def test_no_push_is_lost_or_doubled_when_the_daemon_is_restarted(hotel: Hotel, reads: bool) -> None:
    sender = Sender(hotel.events, reads=reads)
    sender.start()
    for _ in range(3):
        time.sleep(0.7)
        hotel.end(signal.SIGTERM)
        hotel.start()
    sender.join(60)
    hotel.end(signal.SIGTERM)
    assert sender.refused == []
    assert hotel.stored() == Counter(range(PUSHES))


def test_what_was_answered_is_there_after_a_kill(hotel: Hotel) -> None:
    sender = Sender(hotel.events, reads=True)
    sender.start()
    for _ in range(3):
        time.sleep(0.7)
        hotel.end(signal.SIGKILL)
        hotel.start()
    sender.join(60)
    hotel.end(signal.SIGTERM)
    stored = hotel.stored()
    assert len(sender.answered) > PUSHES / 2
    assert set(sender.answered) <= set(stored)
    assert set(stored.values()) == {1}
