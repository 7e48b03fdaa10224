"""`hotelbridge check --online` and `capture` beside a simulated exchange, alone and beside the daemon."""

from __future__ import annotations

from pathlib import Path

from hotelbridge.demo.ports import Ports, free_ports
from tests.cli.test_real_daemon import heard, program
from tests.cli.typed import config, typed


def checked(*words: object) -> tuple[int, str]:
    """Run `check` to its end: the exit code and what it said."""
    with program("check", *words) as check:
        said, _ = check.communicate(timeout=25)
        return check.returncode, said


def simulation(ports: Ports) -> list[object]:
    push = f"http://127.0.0.1:{ports.push}/om20"
    phones = ["--phones", "101-102", "--script", "101=answer 0.5 1.5"]
    return ["sim", "om", "--port", ports.device, "--push-url", push, *phones]


def test_a_ring_alone_and_one_beside_the_daemon(tmp_path: Path) -> None:
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    with program(*simulation(ports)) as sim:
        heard(sim, "takes commands")
        code, said = checked("-c", file, "--online", "--ring", "101")
        assert code == 0, said
        assert (
            "RING came after" in said and "it was lifted and hung up" in said and f"tcp:{ports.push}" in said
        )
        with program("run", "-c", file) as daemon:
            heard(daemon, "om20 answers")
            code, said = checked("-c", file, "--online", "--ring", "om20/101")
            out = tmp_path / "capture.txt"
            words = ("-c", file, "--since", "1m", "--minutes", "0.01", "--out", out)
            with program("capture", *words) as capture:
                told, _ = capture.communicate(timeout=25)
        assert code == 0, said
        assert f"{out}. Read it before you send it" in told and out.stat().st_mode & 0o777 == 0o600
        assert 'attribute="RING"' in out.read_text() and "pushed, " in out.read_text()
        assert f"The daemon holds tcp:{ports.push}" in said and "inbox of the running daemon" in said


def test_a_device_that_is_not_there_is_exit_1(tmp_path: Path) -> None:
    ports = free_ports()
    code, said = checked("-c", config(tmp_path, ports.web, ports.push, ports.device), "--online")
    assert code == 1 and "does not answer at" in said and "1 to be put right" in said


def test_bad_usage_is_exit_2(tmp_path: Path) -> None:
    file = config(tmp_path)
    assert typed("check", "-c", file, "--ring", "101").exit_code == 2
    assert "did you mean om20?" in typed("check", "-c", file, "--online", "--ring", "om2/101").stderr


def test_a_capture_never_overwrites_a_file(tmp_path: Path) -> None:
    file = config(tmp_path)
    before = file.read_text()
    done = typed("capture", "-c", file, "--minutes", "0", "--out", file)
    assert done.exit_code == 2 and "exists already: nothing is overwritten" in done.stderr
    assert file.read_text() == before


def test_a_capture_needs_no_daemon_for_what_the_device_answers(tmp_path: Path) -> None:
    ports = free_ports()
    file = config(tmp_path, ports.web, ports.push, ports.device)
    with program(*simulation(ports)) as sim:
        heard(sim, "takes commands")
        with program("capture", "-c", file) as capture:
            said, _ = capture.communicate(timeout=25)
    assert capture.returncode == 0 and "there is no database yet" in said and "phone 101" in said
    assert "did you mean om20?" in typed("capture", "-c", file, "--device", "om2").stderr
