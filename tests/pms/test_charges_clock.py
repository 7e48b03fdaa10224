"""Charges on their way while the wall clock is wrong, and put right (rule K1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.core.records import Trust
from hotelbridge.services.views import ClockRequest
from tests.pms.charge_desk import MULLER
from tests.pms.charges_evening import GERMANY, ChargesEvening
from tests.services.evening import DESK


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[ChargesEvening]:
    """Its clock is five hours ahead, and believed."""
    opened = ChargesEvening(tmp_path)
    opened.om.dated = None
    opened.alive()
    opened.play(MULLER)
    set_clock(opened, 5)
    yield opened
    opened.stop()


def set_clock(hotel: ChargesEvening, hours: int) -> None:
    """Somebody sets it, and says that it is right now."""
    hotel.clock.step_wall(hours * 3600)
    hotel.advance(20)
    said = hotel.daemon.desk.trust_clock("main", ClockRequest("anna", Trust.NEW), DESK)
    hotel._result(said)
    hotel.advance(10)


def test_what_could_not_be_written_waits_no_longer_when_the_clock_is_put_right(hotel: ChargesEvening) -> None:
    hotel.play("refuse", "drop")
    hotel.calls("212", GERMANY)
    assert hotel.states() == ["queued"]
    set_clock(hotel, -5)
    hotel.play("open")
    hotel.advance(600)
    assert hotel.states() == ["posted"]


def test_a_night_audit_is_no_longer_when_the_clock_is_put_right(hotel: ChargesEvening) -> None:
    """C3: after 90 minutes one is tried."""
    hotel.play("audit on")
    hotel.calls("212", GERMANY)
    set_clock(hotel, -5)
    hotel.advance(80 * 60)
    assert hotel.postings() == []
    hotel.advance(20 * 60)
    assert hotel.postings() == ["1"]
