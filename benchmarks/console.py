"""The desk's console with a house full of it: 1,000 rooms, 2,000 wake-ups to come, 50 open browsers.

Measured from outside, over sockets: how long each page takes while fifty others listen, how soon all of
them hear of a booking, and what that takes of memory. The pages ask as browsers do: when they hear of a
change each renews its piece of the board, once a second at most.
"""

from __future__ import annotations

import http.client
import math
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.stage import Plant, Stage

BROWSERS = 50
PLANT = Plant(4, 250, 60)
NAME, PASSWORD = "bench", "bench bench"
PAGES = ("", "/board/rows", "/board/aside", "/standing", "/alarms", "/rooms", "/calls", "/links", "/wakeups")
LOOKS, BOOKINGS = 40, 20


class Visitor:
    """Somebody who is logged in."""

    def __init__(self, web: int, cookie: str = "") -> None:
        self.web, self.cookie = web, cookie

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, float]:
        """Status, body and seconds of one request on a connection of its own."""
        line = http.client.HTTPConnection("127.0.0.1", self.web, timeout=30)
        body = None if form is None else urlencode(form)
        kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        line.request("GET" if form is None else "POST", path, body, {"Cookie": self.cookie, **kind})
        answer = line.getresponse()
        text = answer.read().decode()
        took = time.perf_counter() - began
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        line.close()
        return answer.status, text, took

    def log_in(self) -> None:
        """At the door."""
        status, _, _ = self.ask("/desk/login", {"name": NAME, "password": PASSWORD})
        assert status == 303, status


class Listener(threading.Thread):
    """An open page: hears what has changed, and renews its board."""

    def __init__(self, visitor: Visitor, heard: queue.SimpleQueue[float]) -> None:
        super().__init__(daemon=True)
        self._visitor, self._heard = visitor, heard
        self.ready = threading.Event()

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self._visitor.web, timeout=120)
        line.request("GET", "/desk/main/live", headers={"Cookie": self._visitor.cookie})
        answer = line.getresponse()
        renewed = 0.0
        while text := answer.readline():
            if text.startswith(b"event: hello"):
                self.ready.set()
            if text.startswith(b"event: wakeup"):
                self._heard.put(time.perf_counter())
                if time.perf_counter() > renewed + 1:
                    renewed = time.perf_counter()
                    threading.Thread(
                        target=self._visitor.ask, args=("/desk/main/board/rows",), daemon=True
                    ).start()


def user(config: Path) -> None:
    """As an integrator makes one."""
    words = ["-m", "hotelbridge", "user", "add", NAME, "--role", "admin", "--stdin", "-c", str(config)]
    subprocess.run([sys.executable, *words], input=PASSWORD, text=True, check=True, capture_output=True)


def p95(times: list[float]) -> float:
    """Milliseconds."""
    ordered = sorted(times)
    return ordered[math.ceil(0.95 * len(ordered)) - 1] * 1000


def booked(visitor: Visitor, n: int) -> float:
    """Book by the line of the board; the instant at which the answer was there."""
    _, page, _ = visitor.ask("/desk/main")
    csrf, mark = (re.search(f'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf", "mark"))  # type: ignore[index]
    form = {"csrf": csrf, "mark": mark, "once": f"bench-{n:08d}", "line": f"1{n + 1:04d} 0450"}
    began = time.perf_counter()
    status, said, _ = visitor.ask("/desk/main/book", form)
    assert status == 200 and 'class="notice"' in said, said
    return began


def spread(visitor: Visitor, heard: queue.SimpleQueue[float]) -> list[float]:
    """For each of some bookings: seconds from sending it until the last browser has heard."""
    found = []
    for n in range(BOOKINGS):
        began = booked(visitor, n)
        found.append(max(heard.get(timeout=10) for _ in range(BROWSERS)) - began)
        time.sleep(0.5)
        while not heard.empty():
            heard.get()
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="hotelbridge-bench-") as folder:
        stage = Stage(Path(folder), PLANT)
        try:
            stage.start()
            measured(stage)
        finally:
            stage.stop()


def measured(stage: Stage) -> None:
    """One house, filled, looked at and listened to."""
    user(stage.config)
    visitor = Visitor(stage.web)
    visitor.log_in()
    first = time.time() + 12 * 3600
    for hours in (0, 1):
        stage.book({phone: float(int(first + hours * 3600 + n)) for n, phone in enumerate(PLANT.phones())})
    alone = stage.daemon.status("VmRSS")
    heard: queue.SimpleQueue[float] = queue.SimpleQueue()
    listeners = [Listener(Visitor(stage.web, visitor.cookie), heard) for _ in range(BROWSERS)]
    for one in listeners:
        one.start()
    for one in listeners:
        one.ready.wait(30)
    for path in PAGES:
        looked(visitor, path)
    times = spread(visitor, heard)
    print(
        f"a booking reaches all {BROWSERS} browsers: p95 {p95(times):,.0f} ms, worst {1000 * max(times):,.0f}"
    )
    now = stage.daemon.status("VmRSS")
    print(f"memory: {alone / 1024:,.0f} MB, with {BROWSERS} browsers {now / 1024:,.0f} MB", flush=True)


def looked(visitor: Visitor, path: str) -> None:
    """One page, many times."""
    times, size = [], 0
    for _ in range(LOOKS):
        status, text, took = visitor.ask(f"/desk/main{path}")
        if status != 200:
            return
        times.append(took)
        size = len(text.encode())
    print(f"/desk/main{path}: p95 {p95(times):,.0f} ms, {size / 1024:,.0f} kB", flush=True)


if __name__ == "__main__":
    main()
