"""A real daemon on a disk that somebody fills: a small one in memory, in a mount space of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from hotelbridge.demo.ports import free_ports
from tests.cli.test_real_daemon import ROOT, heard, program
from tests.cli.typed import config, typed

PATIENCE = 60.0  # seconds, for the whole of it
SCRIPT = "mount -t tmpfs -o size=40m none {disk} || exit 77; exec {python} -m hotelbridge.cli run -c {file}"


@contextmanager
def daemon_on_a_small_disk(file: Path, disk: Path) -> Iterator[subprocess.Popen[str]]:
    script = SCRIPT.format(disk=disk, python=sys.executable, file=file)
    started = subprocess.Popen(
        ["unshare", "-rm", "sh", "-c", script],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = threading.Timer(PATIENCE, started.kill)
    too_long.start()
    with started:
        try:
            yield started
        finally:
            too_long.cancel()
            started.kill()


def fill(file: Path) -> None:
    """Take every byte that is left."""
    with file.open("ab", buffering=0) as out:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    out.write(bytes(size))
            except OSError:
                pass


def until(what: Callable[[], Any], seconds: float = 25.0) -> Any:
    end = monotonic() + seconds
    while not (found := what()) and monotonic() < end:
        sleep(0.2)
    assert found, "it did not come"
    return found


@pytest.mark.timeout(120)
def test_guests_are_rung_from_the_reserve_and_then_the_desk_is_told_without_a_row(tmp_path: Path) -> None:
    ports = free_ports()
    file, disk = config(tmp_path, ports.web, ports.push, ports.device), tmp_path / "disk"
    disk.mkdir()
    file.write_text(file.read_text().replace(f"{tmp_path}/hotel.db", f"{disk}/hotel.db"))
    push = f"http://127.0.0.1:{ports.push}/om20"
    with (
        program("sim", "om", "--port", ports.device, "--push-url", push, "--phones", "101-102") as sim,
        daemon_on_a_small_disk(file, disk) as daemon,
    ):
        heard(sim, "takes commands")
        try:
            heard(daemon, "om20 answers")
        except AssertionError as error:
            if daemon.wait() == 77 or "unshare" in str(error):
                pytest.skip("this machine lets nobody mount")
            raise
        inside = Path(f"/proc/{daemon.pid}/root{disk}")
        until(
            (inside / "hotel.token").exists
        )  # written when the daemon is ready: the exchange may answer sooner
        asked = (
            "--url",
            f"http://127.0.0.1:{ports.web}",
            "--token",
            (inside / "hotel.token").read_text().strip(),
        )
        kept = until(lambda: (inside / "hotel.db.reserve").exists() and inside / "hotel.db.reserve")
        assert kept.stat().st_mode & 0o777 == 0o600
        booked = typed("wakeup", "add", "101", "+4s", *asked)
        assert booked.exit_code == 0, booked.output
        fill(inside / "filled")
        heard(sim, "101 rings")

        def alarms() -> list[dict[str, Any]]:
            said = typed("alarm", "list", "--json", *asked)
            return [one for one in json.loads(said.stdout)["items"] if one["kind"] == "storage"]

        until(alarms)
        assert "kept back" in alarms()[0]["text"] and alarms()[0]["id"] > 0
        assert not kept.exists()
        fill(inside / "filled")
        until(lambda: [one for one in alarms() if one["id"] == 0])
        assert "no guest is rung" in typed("alarm", "list", *asked).stdout
        with pytest.raises(urllib.error.HTTPError, match="503") as ready:
            urllib.request.urlopen(f"http://127.0.0.1:{ports.web}/readyz")
        with ready.value:
            assert json.load(ready.value)["checks"]["store"] is False
        refused = typed("alarm", "acknowledge", "0", "--by", "Anna", *asked)
        assert "nothing can be saved now" in refused.stderr
        (inside / "filled").unlink()
        until(lambda: [one for one in alarms() if one["text"].startswith("From ") and one["id"] > 0])
        assert not [one for one in alarms() if one["id"] == 0]
        os.kill(daemon.pid, signal.SIGTERM)
        said, _ = daemon.communicate()
        assert "Traceback" not in said, said
        assert daemon.returncode == 0
