"""Ordinary mishaps end in a sentence, not in a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hotelbridge.demo.ports import free_ports
from tests.cli.test_real_daemon import ROOT, heard, program
from tests.cli.typed import config

# A process in which psycopg cannot be imported, as where it was never installed.
WITHOUT = """
import sys
sys.modules["psycopg"] = None
from hotelbridge.cli import main
main(sys.argv[1:], prog_name="hotelbridge")
"""


def test_told_to_stop_twice_it_stops_once(tmp_path: Path) -> None:
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    with program("run", "-c", file) as daemon:
        heard(daemon, "is ready")
        for _ in range(3):
            daemon.send_signal(signal.SIGTERM)
            daemon.send_signal(signal.SIGINT)
        said, _ = daemon.communicate()
    assert daemon.returncode == 0, said
    assert "stopping already" in said
    assert "ReactorNotRunning" not in said and "Traceback" not in said


@pytest.mark.parametrize("words", [("check",), ("run",), ("db", "status")])
def test_without_psycopg_a_postgresql_store_is_refused_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    file = config(tmp_path)
    file.write_text(file.read_text().replace(f"sqlite:///{tmp_path}/hotel.db", "postgresql://127.0.0.1/x"))
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *words, "-c", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "pip install 'hotelbridge[postgresql]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Its file alone is read-only, for whoever runs the daemon."""
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    database = tmp_path / "hotel.db"
    script = f"""
        {sys.executable} -m hotelbridge.cli db upgrade -c {file}
        mount --bind {database} {database} && mount -o remount,bind,ro {database} || exit 77
        {sys.executable} -m hotelbridge.cli run -c {file}
    """
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode == 77 or "unshare" in done.stdout:
        pytest.skip("this machine lets nobody mount")
    assert done.returncode == 1
    assert f"the database {database} cannot be" in done.stdout
    assert "Traceback" not in done.stdout, done.stdout
