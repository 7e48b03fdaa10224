"""The simulated PMS as a program of its own, met over TCP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hotelbridge_fias.framing import Deframer, Framing, frame
from hotelbridge_fias.simulator import main, read_plan, room_numbers


@contextmanager
def program(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, "-m", "hotelbridge_fias.simulator", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def hear(line: socket.socket, deframer: Deframer, until: bytes) -> list[bytes]:
    """Records up to one that begins so."""
    heard: list[bytes] = []
    while not any(body.startswith(until) for body in heard):
        data = line.recv(4096)
        assert data, f"the connection ended after {heard}"
        heard += deframer.feed(data)
    return heard


def test_it_says_its_port_plays_its_script_and_obeys_its_standard_input(tmp_path: Path) -> None:
    script = tmp_path / "evening.txt"
    script.write_text('wait alive\ngi 101 1001 "Müller, Hans"\n', "utf-8")
    with program(
        "--port", "0", "--rooms", "101:103", "--encoding", "cp850", "--script", str(script)
    ) as running:
        assert running.stdin and running.stdout
        word, on, port = running.stdout.readline().split()
        assert (word, on) == ("listening", "on")
        with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as line:
            deframer = Deframer()
            assert hear(line, deframer, b"LS")
            for body in (b"LD|V#1|IFPB|", b"LR|RIGI|FLRNGN|", b"LR|RIGO|FLRN|", b"LA|"):
                line.sendall(frame(body))
            assert hear(line, deframer, b"GI")[-1] == b"GI|RN101|GNM\x81ller, Hans|"
            running.stdin.write("go 101\n")
            running.stdin.flush()
            assert hear(line, deframer, b"GO") == [b"GO|RN101|"]
        running.stdin.write("quit\n")
        running.stdin.flush()
        shown, failed = running.communicate(timeout=20)
    assert running.returncode == 0 and not failed
    assert "-> LR|RIGI|FLRNGN|" in shown and "<- GI|RN101|GNMüller, Hans|" in shown


def test_it_sits_at_the_end_of_a_serial_line() -> None:
    with program("--serial", "--mode", "protel") as running:
        assert running.stdout
        path = running.stdout.readline().split()[-1]
        port = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            heard = b""
            while not heard.startswith(b"\x02LS|") or b"\x03" not in heard[:-1]:
                heard += os.read(port, 100)
            body = heard[1 : heard.index(b"\x03")]
            assert heard == frame(body, Framing.STX_ETX_LRC)
            os.write(port, b"\x06" + frame(b"LS|", Framing.STX_ETX_LRC))
            answer = b""
            while b"\x06" not in answer:
                answer += os.read(port, 100)
            assert answer[:1] == b"\x06" or answer[-1:] == b"\x06"
        finally:
            os.close(port)


def test_it_dials_the_exchange_where_that_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as exchange:
        exchange.settimeout(20)
        with program("--connect", f"127.0.0.1:{exchange.getsockname()[1]}"):
            line, _ = exchange.accept()
            with line:
                line.settimeout(20)
                assert hear(line, Deframer(), b"LS")


def test_a_reader_that_does_not_read_does_not_stall_the_line() -> None:
    with program("--port", "0") as running:
        assert running.stdout
        port = int(running.stdout.readline().split()[-1])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            deframer = Deframer()
            for body in (b"LD|V#1|IFPB|", b"LR|RIGI|FLRNGN|", b"LA|"):
                line.sendall(frame(body))
            hear(line, deframer, b"LA")
            line.sendall(frame(b"ZZ|" + b"xx" * 900) * 60)
            line.sendall(frame(b"LS|"))
            assert hear(line, deframer, b"LA")


def test_a_port_that_is_taken_is_a_failure_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with program("--port", str(taken.getsockname()[1])) as running:
            shown, failed = running.communicate(timeout=20)
    assert running.returncode == 1 and not shown
    assert failed.startswith("The simulation cannot start: ") and "in use" in failed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "'70000' is no port"),
        (["--mode", "opera"], "invalid choice: 'opera'"),
        (["--encoding", "utf-16"], "'utf-16' cannot be used"),
        (["--rooms", "1:x"], "'1:x' is no room"),
        (["--rooms", "1:99999"], "more than 5000 rooms"),
        (["--timezone", "Mars"], "'Mars' is not a time zone"),
        (["--script", "/no/such"], "/no/such cannot be read"),
        (["--connect", "here"], "'here' is no address"),
    ],
)
def test_wrong_arguments_are_told(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


def test_rooms_keep_their_leading_zeros() -> None:
    assert room_numbers("098:101, 0201,7-8") == ("098", "099", "100", "101", "0201", "7", "8")


def test_without_arguments_it_is_like_oracle() -> None:
    plan = read_plan([])
    assert (plan.port, plan.habits.mode, len(plan.rooms)) == (5010, "oracle", 120)
