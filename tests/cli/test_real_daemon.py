"""The commands beside a real daemon and a simulated exchange, each a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotelbridge.demo.ports import free_ports
from tests.cli.typed import config, typed

ROOT = Path(__file__).parents[2]
PATIENCE = 80.0  # seconds: it only ends what hangs, a busy machine takes 25


@contextmanager
def program(*words: object) -> Iterator[subprocess.Popen[str]]:
    """`hotelbridge` with these words, for as long as the test needs it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTELBRIDGE_")}
    started = subprocess.Popen(
        [sys.executable, "-m", "hotelbridge.cli", *map(str, words)],
        cwd=ROOT,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = threading.Timer(PATIENCE, started.kill)  # whoever listens to it then hears that it ended
    too_long.start()
    with started:
        try:
            yield started
        finally:
            too_long.cancel()
            started.kill()


def heard_all(started: subprocess.Popen[str], *words: str) -> None:
    """Listen until each of these was said."""
    assert started.stdout is not None
    left = set(words)
    for line in started.stdout:
        left -= {one for one in left if one in line}
        if not left:
            return
    raise AssertionError(f"it ended without {left}")


def heard(started: subprocess.Popen[str], words: str) -> str:
    """What it says until these words come; fails when it ends without them."""
    assert started.stdout is not None
    said = ""
    for line in started.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended without {words!r}:\n{said}")


def ended(started: subprocess.Popen[str], by: signal.Signals) -> int:
    started.send_signal(by)
    started.communicate(timeout=PATIENCE)
    return started.returncode


def test_a_guest_is_booked_and_rung_and_the_desk_is_told(tmp_path: Path) -> None:
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    push = f"http://127.0.0.1:{ports.push}/om20"
    with (
        program("sim", "om", "--port", ports.device, "--push-url", push, "--phones", "101-102",
                "--script", "101=answer 0.5 1.5", "--timezone", "Europe/Vienna") as sim,
        program("run", "-c", file) as daemon,
    ):  # fmt: skip
        heard(sim, "takes commands")
        heard_all(daemon, "om20 answers", "is ready")  # in whatever order
        token = tmp_path / "hotel.token"
        assert token.stat().st_mode & 0o777 == 0o600
        assert (
            "Room 101 will be woken on" in (booked := typed("wakeup", "add", "101", "+2s", "-c", file)).stdout
        ), booked.output
        assert typed("wakeup", "add", "102", "+8h", "-c", file).exit_code == 0
        assert "unknown_room" in typed("wakeup", "add", "999", "+8h", "-c", file).stderr
        assert "is cancelled" in typed("wakeup", "cancel", "2", "-c", file).stdout
        standing = ("wakeup", "add", "101:102", "+2h", "--days", "daily", "--follow-up", "10", "-c", file)
        assert "Nothing was booked" in typed(*standing, "--preview").stdout
        assert "2 rooms, 101, 102 will be woken on" in (booked := typed(*standing)).stdout, booked.output
        assert "every day" in typed("wakeup", "orders", "-c", file).stdout
        late = typed("wakeup", "change", "--order", "3", "--time", "23.59", "--by", "Anna", "-c", file)
        assert "every day 23:59, and again 10 min later" in late.stdout, late.output
        assert "Anna, local@" in typed("wakeup", "show", "3", "-c", file).stdout
        assert "is ended by" in typed("wakeup", "cancel", "--order", "3", "-c", file).stdout
        assert "nothing was ringing" in typed("wakeup", "awake", "102", "--by", "Anna", "-c", file).stdout
        made = typed("token", "add", "-c", file, "--role", "viewer", "anna").stdout.split()[-1]
        url = f"http://127.0.0.1:{ports.web}"
        assert "om20/101" in typed("rooms", "list", "--url", url, "--token", made).stdout
        assert "(role)" in typed("wakeup", "add", "101", "+3m", "--url", url, "--token", made).stderr
        typed("token", "revoke", "-c", file, "anna")
        assert "(bad_token)" in typed("rooms", "list", "--url", url, "--token", made).stderr
        heard(sim, "101 rings")
        heard(daemon, "101: answered")
        assert "ended" in typed("wakeup", "show", "1", "-c", file).stdout
        assert "connected: yes, reporting: yes" in typed("links", "list", "-c", file).stdout
        assert "no open alarm" in typed("alarm", "list", "-c", file).stdout
        assert ended(daemon, signal.SIGTERM) == 0
        assert ended(sim, signal.SIGINT) == 0
    done = typed("wakeup", "list", "-c", file)
    assert done.exit_code == 1 and f"hotelbridge run -c {file}" in done.stderr
