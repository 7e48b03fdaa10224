"""The story and the demo as a newcomer starts them: processes of their own, over real sockets."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from hotelbridge.cli import main
from hotelbridge.demo.hotel import write_config
from hotelbridge.demo.ports import Ports, free_ports, ports_of
from hotelbridge.settings_load import load

ROOT = Path(__file__).parents[2]
STORY_WITHIN = 240.0  # seconds; it takes about 110


def environment() -> dict[str, str]:
    """A shell in which this very tree is the program."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HOTELBRIDGE_")}
    return clean | {"PYTHONPATH": os.pathsep.join(map(str, [ROOT, *ROOT.glob("plugins/hotelbridge-*")]))}


def play(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of ours to its end, in another folder."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=STORY_WITHIN,
        check=False,
    )


def hear_ctrl_c() -> None:
    """A shell starts its background jobs deaf to Ctrl-C, and these tests may be one."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running_demo(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A demo that has said its welcome; it is killed if it does not end in time."""
    command = [sys.executable, "-m", "hotelbridge", "demo"]
    demo = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=hear_ctrl_c,
    )
    watchdog = Timer(60.0, demo.terminate)
    watchdog.start()
    try:
        yield demo, read_until(demo, "Ctrl-C")
    finally:
        watchdog.cancel()
        demo.terminate()
        demo.communicate(timeout=30)


def read_until(demo: subprocess.Popen[str], words: str, times: int = 1) -> list[str]:
    """What it says, up to the line in which these words come."""
    assert demo.stdout is not None
    said: list[str] = []
    for line in demo.stdout:
        said.append(line.rstrip("\n"))
        times -= words in line
        if not times:
            break
    return said


def commands(said: list[str]) -> list[str]:
    """The lines that are there to be typed."""
    typed = [line.strip() for line in said if line.startswith("  ") and not line.startswith("   ")]
    known = "charges" in main.commands  # where this program has no such commands nobody can type them
    return [line for line in typed if known or " charges " not in line]


def shell(folder: Path, line: str, *, ends: bool = True) -> str:
    """Type a line; what it says. One that does not end is cut off."""
    command = ["timeout", "20" if ends else "2", "bash", "-c", line]
    done = subprocess.run(command, cwd=folder, env=environment(), text=True, capture_output=True, check=False)
    assert done.returncode == (0 if ends else 124), (line, done)
    assert '"status":4' not in done.stdout, (line, done.stdout)
    return done.stdout


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    """Free ports, written into the configuration that the demo finds."""
    (tmp_path / "hotelbridge-demo").mkdir()
    free = free_ports()
    config = write_config("demo.toml", tmp_path / "hotelbridge-demo", free, pms=True)
    assert ports_of(load(config, {})) == free
    return free


@pytest.mark.timeout(280)
def test_the_story_keeps_every_promise_and_leaves_nothing_behind(tmp_path: Path) -> None:
    told = play(tmp_path, "hotelbridge", "demo", "--story")
    assert told.returncode == 0, told.stdout
    assert re.search(r"All \d+ promises were kept", told.stdout)
    assert "BROKEN" not in told.stdout
    assert "Traceback" not in told.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.timeout(280)
def test_a_guest_who_is_not_woken_breaks_the_story_and_the_log_is_kept(tmp_path: Path) -> None:
    words = ["--story", "--scene", "evening", "--spoil", "201=rings-for-ever"]
    told = play(tmp_path, "hotelbridge.demo", *words)
    assert told.returncode == 1, told.stdout
    assert "BROKEN  201: who answers is woken by one ring" in told.stdout
    assert "seen:     closed, heard 3 time(s)" in told.stdout
    log = re.search(r"log is (\S+\.log)", told.stdout)
    assert log is not None
    assert "ringing 201" in Path(log[1]).read_text("utf-8")
    shutil.rmtree(Path(log[1]).parent)


@pytest.mark.timeout(280)
def test_a_pms_that_loses_an_answer_breaks_the_story_and_the_books_say_where(tmp_path: Path) -> None:
    words = ["--story", "--scene", "calls", "--pms", "pa once lost"]
    told = play(tmp_path, "hotelbridge.demo", *words)
    assert told.returncode == 1, told.stdout
    assert "1 refused + 2 uncertain + 1 held" in told.stdout
    assert "  kept    no call is lost: received = free + posted" in told.stdout
    assert "cents, and nothing else\n            seen:     nothing" in told.stdout
    log = re.search(r"log is (\S+\.log)", told.stdout)
    assert log is not None
    shutil.rmtree(Path(log[1]).parent)


@pytest.mark.timeout(120)
def test_what_the_demo_says_to_type_works_as_it_stands(tmp_path: Path, ports: Ports) -> None:
    with running_demo(tmp_path) as (demo, said):
        typed = commands(said)
        assert len(typed) == (12 if "charges" in main.commands else 9), said
        for line in typed:
            shell(tmp_path, line, ends=not line.endswith("/events'"))
        alarm = commands(read_until(demo, "acknowledge", times=2))
        assert len(alarm) == 2
        silenced, closed = (shell(tmp_path, line) for line in alarm)
        assert '"acknowledged_by":"Anna"' in silenced
        assert "closed" in closed


@pytest.mark.timeout(120)
def test_ctrl_c_ends_the_demo_without_a_traceback(tmp_path: Path, ports: Ports) -> None:
    with running_demo(tmp_path) as (demo, _):
        demo.send_signal(signal.SIGINT)
        assert demo.stdout is not None
        rest = demo.stdout.read()
        assert demo.wait(timeout=30) == 0
    assert "The demo is over." in rest
    assert "Traceback" not in rest
    assert free_again(ports)


def free_again(ports: Ports) -> bool:
    """Whether nobody was left behind on the demo's ports."""
    from hotelbridge.demo.ports import taken

    return not taken(ports)


@pytest.mark.timeout(120)
def test_a_second_demo_names_the_ports_that_are_taken(tmp_path: Path, ports: Ports) -> None:
    with running_demo(tmp_path):
        second = play(tmp_path, "hotelbridge", "demo")
    assert second.returncode == 2
    assert f"Port {ports.web} is taken (web.listen in hotelbridge-demo/demo.toml)" in second.stdout
    assert "another demo" in second.stdout
