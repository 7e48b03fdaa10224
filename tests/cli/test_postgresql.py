"""Real daemons on PostgreSQL: it goes away and comes back, and two of them have the same name."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from hotelbridge.demo.ports import Ports, free_ports
from tests.cli.test_real_daemon import ended, heard, program
from tests.cli.test_small_disk import until
from tests.cli.typed import config, typed
from tests.store.cutting_proxy import CuttingProxy


@pytest.fixture
def wire(postgres: Any) -> Iterator[CuttingProxy]:
    made = CuttingProxy(postgres.get_postmaster_info().socket_path)
    yield made
    made.close()


def on(url: str, folder: Path, ports: Ports) -> Path:
    folder.mkdir()
    file = config(folder, ports.web, ports.push, ports.device)
    file.write_text(f'node = "front-1"\n{file.read_text()}'.replace(f"sqlite:///{folder}/hotel.db", url))
    return file


def readiness(ports: Ports) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{ports.web}/readyz") as answer:
            return dict(json.load(answer)["checks"])
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error)["checks"])


def alarms(file: Path) -> list[dict[str, Any]]:
    said = typed("alarm", "list", "--json", "-c", file)
    if said.exit_code:
        return []
    return [one for one in json.loads(said.stdout)["items"] if one["kind"] == "storage"]


@pytest.mark.timeout(120)
def test_while_the_database_is_away_the_alarm_is_seen_and_afterwards_it_is_saved(
    postgres_url: str, wire: CuttingProxy, tmp_path: Path
) -> None:
    ports = free_ports()
    there = f"postgresql://postgres@127.0.0.1:{wire.port}/{make_url(postgres_url).database}"
    file = on(there, tmp_path / "one", ports)
    with program("run", "-c", file) as daemon:
        heard(daemon, "is ready")
        assert readiness(ports)["store"] is True
        wire.down = True
        wire.break_all()
        until(lambda: [one["id"] for one in alarms(file)] == [0])
        assert readiness(ports)["store"] is False
        wire.down = False
        until(lambda: [one for one in alarms(file) if one["id"] > 0 and one["text"].startswith("From ")])
        until(lambda: readiness(ports)["store"])
        assert [one for one in alarms(file) if one["id"] == 0] == []
        daemon.send_signal(signal.SIGTERM)
        said, _ = daemon.communicate()
    assert "Traceback" not in said, said


@pytest.mark.timeout(120)
def test_two_processes_of_one_name_do_not_fight_and_a_dead_one_is_not_waited_for(
    postgres_url: str, tmp_path: Path
) -> None:
    ports, others = free_ports(), free_ports()
    first, second = on(postgres_url, tmp_path / "one", ports), on(postgres_url, tmp_path / "two", others)
    with program("run", "-c", first) as one:
        heard(one, "is ready")
        with program("run", "-c", second) as two:
            heard(two, "called front-1 too")
            assert readiness(others)["property main"] is False
            assert readiness(others)["node name is used once"] is False
            assert readiness(ports) == {"property main": True, "store": True}
            assert ended(one, signal.SIGKILL) == -9
            until(lambda: readiness(others)["property main"], 6.0)  # its lease would last 15 s
            assert "node name is used once" not in readiness(others)
            assert ended(two, signal.SIGTERM) == 0
