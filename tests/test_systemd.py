"""The units that are installed: systemd reads them without a word, and they are as closed as they can be."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hotelbridge.app_doors import BACKLOG
from hotelbridge.settings import OmSettings

UNITS = Path(__file__).parents[1] / "systemd"
NAMES = ("hotelbridge.service", "hotelbridge.socket")
MOST_EXPOSED = 20  # tenths: 2.0 of 10


def run(*words: str | Path) -> tuple[int, str]:
    """The exit code of systemd-analyze, and everything it says."""
    program = shutil.which("systemd-analyze")
    if program is None and os.environ.get("REQUIRE_SYSTEMD") != "1":
        pytest.skip("systemd-analyze is not installed")
    assert program, "systemd-analyze is not installed, and REQUIRE_SYSTEMD=1 wants it"
    done = subprocess.run(
        [program, *(str(word) for word in words)],
        env={"PATH": os.environ["PATH"], "SYSTEMD_COLORS": "0", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """Copies whose program exists on this machine."""
    for name in NAMES:
        text = (UNITS / name).read_text("utf-8")
        (tmp_path / name).write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text))
    return [tmp_path / name for name in NAMES]


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNITS / name, "utf-8")
    return parser


def test_systemd_has_nothing_to_say_about_the_units(units: list[Path]) -> None:
    assert run("verify", *units) == (0, "")


def test_a_mistyped_key_would_be_noticed(units: list[Path]) -> None:
    units[0].write_text(units[0].read_text("utf-8").replace("WatchdogSec=", "WatchdogSecs="))
    _, said = run("verify", *units)
    assert "WatchdogSecs" in said


def test_the_service_is_hardened(units: list[Path]) -> None:
    code, said = run("security", "--offline=true", f"--threshold={MOST_EXPOSED}", units[0])
    assert code == 0, said


def test_the_socket_is_that_of_the_configuration_and_takes_a_burst() -> None:
    socket = unit("hotelbridge.socket")["Socket"]
    default = OmSettings.model_fields["listen"].default
    assert socket["ListenStream"] == f"0.0.0.0:{default.removeprefix('tcp:')}"
    assert int(socket["Backlog"]) == BACKLOG


def test_the_daemon_is_started_again_but_not_on_a_configuration_it_cannot_use() -> None:
    service = unit("hotelbridge.service")["Service"]
    assert (service["Type"], service["Restart"]) == ("notify", "always")
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ExecStart"].endswith("hotelbridge run -c /etc/hotelbridge/hotelbridge.toml")
