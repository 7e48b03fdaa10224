"""What is said to systemd, heard at a real socket; and the sockets that it hands over."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.notify import inherited_sockets, notify, watchdog_seconds

HANDED_OVER = """
import os, socket, sys
given = [os.dup2(int(one), 50 + n) for n, one in enumerate(sys.argv[1:])]
for n, one in enumerate(given):
    os.dup2(one, 3 + n)
os.environ["LISTEN_PID"] = str(os.getpid())
from hotelbridge.notify import inherited_sockets
for name, descriptors in inherited_sockets().items():
    for one in descriptors:
        inheritable = os.get_inheritable(one)
        with socket.socket(fileno=one) as line:
            print(name, line.getsockname()[1], inheritable)
print([name for name in os.environ if name.startswith("LISTEN_")], inherited_sockets())
"""


@pytest.fixture
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """The far end of NOTIFY_SOCKET, and its name as systemd writes it."""
    name = str(tmp_path / "notify")
    if getattr(request, "param", "path") == "abstract":
        name = f"@hotelbridge-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as far_end:
        far_end.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        far_end.settimeout(5)
        yield far_end, name


@pytest.mark.parametrize("manager", ["path", "abstract"], indirect=True)
def test_the_manager_hears_what_is_said(manager: tuple[socket.socket, str]) -> None:
    far_end, name = manager
    for message in ("READY=1", "WATCHDOG=1", "STOPPING=1"):
        assert notify(message, {"NOTIFY_SOCKET": name})
        assert far_end.recv(100) == message.encode()


def test_without_a_manager_nothing_is_said() -> None:
    assert not notify("READY=1", {})


def test_a_manager_that_is_gone_does_not_hurt(tmp_path: Path) -> None:
    assert not notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "nobody")})


def test_life_is_shown_twice_as_often_as_the_watchdog_looks() -> None:
    assert watchdog_seconds({"WATCHDOG_USEC": "30000000"}) == 15.0
    assert watchdog_seconds({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}) == 15.0


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}],
    ids=["none", "not a number", "for another process"],
)
def test_without_a_watchdog_no_life_is_shown(environment: dict[str, str]) -> None:
    assert watchdog_seconds(environment) is None


def test_sockets_handed_over_are_taken_once_and_not_passed_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = [first.getsockname()[1], second.getsockname()[1]]
        said = started_with([first.fileno(), second.fileno()], "events:web")
    assert said == [f"events {ports[0]} False", f"web {ports[1]} False", "[] {}"]


def test_a_socket_without_a_name_is_taken_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as only:
        said = started_with([only.fileno()], "")
        assert said[0] == f"unknown {only.getsockname()[1]} False"


def started_with(descriptors: list[int], names: str) -> list[str]:
    """What a process says that has these as descriptors 3 and up, as systemd gives them."""
    done = subprocess.run(
        [sys.executable, "-c", HANDED_OVER, *(str(one) for one in descriptors)],
        env={**os.environ, "LISTEN_FDS": str(len(descriptors)), "LISTEN_FDNAMES": names},
        pass_fds=descriptors,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


def test_sockets_for_another_process_are_left_alone() -> None:
    environment = {"LISTEN_FDS": "1", "LISTEN_PID": "1", "LISTEN_FDNAMES": "events"}
    assert inherited_sockets(environment) == {}
