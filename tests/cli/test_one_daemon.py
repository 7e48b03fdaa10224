"""One daemon for each database: the second one is turned away in words, the commands are not."""

from __future__ import annotations

import signal
from pathlib import Path

from hotelbridge.demo.ports import free_ports
from tests.cli.test_real_daemon import ended, heard, program
from tests.cli.typed import config, typed


def test_a_second_run_on_the_database_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    ports, others = free_ports(), free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    (tmp_path / "second").mkdir()
    second = config(tmp_path / "second", others.web, others.push, others.device)
    second.write_text(second.read_text().replace(f"{tmp_path}/second/hotel.db", f"{tmp_path}/hotel.db"))
    with program("run", "-c", file) as first:
        heard(first, "is ready")
        with program("run", "-c", second) as late:
            said, _ = late.communicate()
            assert late.returncode == 1
        assert f"runs on {tmp_path / 'hotel.db'} already (process {first.pid})" in said
        assert "Traceback" not in said
        assert typed("alarm", "list", "-c", file).exit_code == 0
        assert typed("db", "backup", "-c", file).exit_code == 0
        assert ended(first, signal.SIGKILL) == -9
    with program("run", "-c", second) as third:  # the kernel has freed the lock
        heard(third, "is ready")
        assert ended(third, signal.SIGTERM) == 0


def test_a_database_that_has_vanished_is_not_begun_anew_in_silence(tmp_path: Path) -> None:
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    with program("run", "-c", file) as first:
        assert "an empty one is made" in heard(first, "is ready")
        assert ended(first, signal.SIGTERM) == 0
    (tmp_path / "hotel.db").rename(tmp_path / "elsewhere")
    refused = typed("run", "-c", file)
    assert refused.exit_code == 1
    assert f"there is no database {tmp_path / 'hotel.db'}, but there was one" in refused.stderr
    assert "but there was one" in typed("token", "add", "-c", file, "--role", "viewer", "anna").stderr
    assert not (tmp_path / "hotel.db").exists()
    with program("run", "-c", file, "--new-database") as anew:
        heard(anew, "is ready")
        assert ended(anew, signal.SIGTERM) == 0
