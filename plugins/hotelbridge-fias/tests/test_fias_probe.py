"""What `check --online` says: each layer with what to do, without taking the line from a running daemon."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from fias_bench import Bench, Outcome
from fias_house import House
from hotelbridge_fias.link import FiasLink
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.simulator_habits import Door

from hotelbridge.pms.api import Finding


def probed(one: Bench, seconds: float = 30.0) -> list[Finding]:
    """What another process finds that shares nothing with the daemon but the disk."""
    house = House(one.clock, one.house._accept, one.house.disk)
    asked = Outcome(FiasLink(house, one.settings).probe())
    one.wait(seconds)
    assert asked.over and asked.error is None, asked.error
    return list(asked.value)


def test_a_pms_that_speaks_is_found_and_the_handshake_left_to_the_daemon(bench: Any) -> None:
    one = bench()
    connected, alive = probed(one)
    assert connected.good and alive.good and "speaks FIAS (LS)" in alive.words
    assert one.pms.received() == [] and one.pms.line is None


def test_check_ins_that_wait_for_us_are_not_taken_by_a_probe(bench: Any) -> None:
    one = bench()
    one.pms.front_desk.check_in("212", "1001")
    probed(one)
    one.alive()
    assert [fact.reservation for fact in one.facts] == ["1001"]


def test_a_running_daemon_keeps_its_line(bench: Any) -> None:
    one = bench().alive()
    (found,) = probed(one)
    assert found.good and "the running daemon holds the line" in found.words
    assert one.pms.is_alive and one.up


def test_after_a_daemon_was_stopped_the_line_is_tried(bench: Any) -> None:
    one = bench().alive()
    one.stop()
    one.pms.door = Door.OPEN
    assert [found.good for found in probed(one)] == [True, True]


def test_some_time_after_a_daemon_was_killed_the_line_is_tried(bench: Any) -> None:
    one = bench().alive()
    one.kill()
    one.wait(timedelta(minutes=7).total_seconds())
    assert [found.good for found in probed(one)] == [True, True]


def test_a_daemon_tells_of_its_own_link(bench: Any) -> None:
    one = bench().alive()
    asked = Outcome(one.link.probe())
    assert [found.good for found in asked.value] == [True, True]


def test_nobody_listening_is_told_with_what_to_look_at(bench: Any) -> None:
    one = bench()
    one.pms.door = Door.REFUSE
    (found,) = probed(one)
    assert not found.good and "is the PMS's interface started" in found.words


def test_an_address_that_does_not_answer_is_told_as_such(bench: Any) -> None:
    one = bench()
    house = House(one.clock, one.pms.buildProtocol)
    house.connector = lambda endpoint: _Nowhere()  # type: ignore[method-assign]
    asked = Outcome(FiasLink(house, one.settings).probe())
    one.wait(11.0)
    assert "firewall" in asked.value[0].words


class _Nowhere:
    def connect(self, factory: Any) -> Any:
        from twisted.internet.defer import Deferred

        return Deferred()


def test_a_line_without_fias_is_told_as_such(bench: Any) -> None:
    one = bench()
    one.pms.door = Door.HANG
    connected, alive = probed(one)
    assert connected.good and not alive.good and "framing stx_etx" in alive.words


def test_a_pms_that_closes_at_once_is_told_as_such(bench: Any) -> None:
    one = bench()
    asked = Outcome(FiasLink(House(one.clock, one.pms.buildProtocol), one.settings).probe())
    one.clock.call_later(0.0015, lambda: one.pms.drop(hard=True))
    one.wait(30.0)
    assert not asked.value[-1].good or asked.value[-1].good and "LS" in asked.value[-1].words


def test_a_port_to_listen_at_is_tried_and_left_free(bench: Any) -> None:
    one = bench(endpoint="tcp:5010", role="server")
    (found,) = probed(one)
    assert found.good and "is free" in found.words


def test_a_serial_port_is_opened_and_left_alone(bench: Any, tmp_path: Path) -> None:
    one = bench()
    for device, good in (("/dev/null", True), (str(tmp_path / "ttyS9"), False)):
        settings = FiasSettings(endpoint=f"serial:{device}")
        asked = Outcome(FiasLink(House(one.clock), settings).probe())
        (found,) = asked.value
        assert found.good is good
        assert good or "dialout" in found.words
