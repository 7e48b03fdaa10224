"""What no single room can keep: the reactor's clock, tests that leave nothing behind, files that agree."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from twisted.internet import reactor

import hotelbridge

ROOT = Path(__file__).parents[1]
PACKAGE = Path(hotelbridge.__file__).parent

LEAKS = {
    "a_timer": "reactor.callLater(60, print)",
    "a_port": "reactor.listenTCP(0, Factory(), interface='127.0.0.1')",
    "an_unhandled_error": "fail(ValueError('nobody looked'))",
    "a_logged_failure": "Logger().failure('it went wrong', Failure(ValueError()))",
}
LEAKY = """
import gc
import pytest
from twisted.internet import reactor
from twisted.internet.defer import fail
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from twisted.python.failure import Failure

async def test_leaks():
    {leak}

async def test_the_next_one_begins_clean():
    assert not reactor.getDelayedCalls()

def test_an_expected_failure_may_be_taken(logged_failures):
    Logger().failure("as expected", Failure(ValueError()))
    assert len(logged_failures.take("as expected")) == 1
"""

DAEMON = """
import sys, time
from pathlib import Path
from twisted.internet import reactor
from twisted.logger import globalLogPublisher
from hotelbridge.app import run_daemon
from hotelbridge.settings_load import load

clocks, set_timer = [], reactor.callLater

def call_later(*words, **more):
    clocks.append(reactor.seconds)
    return set_timer(*words, **more)

def heard(event):
    if "is ready" in (event.get("log_format") or ""):
        reactor.callLater(0, reactor.stop)

reactor.callLater = call_later
globalLogPublisher.addObserver(heard)
code = run_daemon(load(Path(sys.argv[1]), {}))
assert clocks and all(clock is time.monotonic for clock in clocks), clocks
sys.exit(code)
"""
HOTEL = """
[store]
url = "sqlite:///{folder}/hb.db"
[web]
listen = "tcp:0:interface=127.0.0.1"
[[property]]
id = "main"
name = "Hotel Example"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"
"""


def test_the_timers_of_the_reactor_do_not_follow_the_wall_clock() -> None:
    assert reactor.seconds is time.monotonic


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_test_that_leaves_something_behind_fails(tmp_path: Path, leak: str) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"))
    (tmp_path / "test_leaky.py").write_text(LEAKY.format(leak=leak))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed, 1 error" in done.stdout, done.stdout


def calls_in(function: ast.AST) -> list[str]:
    """The names of what a function calls, in the order of the text."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [ast.unparse(call.func) for call in calls]


def runners() -> list[tuple[str, list[str]]]:
    """Every function that brings the reactor in, and what it calls."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            imports = [n for n in ast.walk(node) if isinstance(n, ast.ImportFrom)]
            if any(alias.name in ("reactor", "react") for n in imports for alias in n.names):
                found.append((f"{path.name}:{node.name}", calls_in(node)))
    return found


def test_whoever_brings_the_reactor_in_first_makes_its_clock_monotonic() -> None:
    assert runners()
    for name, calls in runners():
        assert calls[0] == "install_monotonic", f"{name} begins with {calls[0]}"


def test_the_daemon_sets_no_timer_before_its_clock_is_monotonic(tmp_path: Path) -> None:
    config = tmp_path / "hotel.toml"
    config.write_text(HOTEL.format(folder=tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", DAEMON, str(config)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["demo.toml", "story.toml", "story.csv"])
def test_the_demo_hotels_to_look_at_are_those_that_are_played(name: str) -> None:
    assert (ROOT / "config" / name).read_bytes() == (PACKAGE / "demo" / name).read_bytes()
