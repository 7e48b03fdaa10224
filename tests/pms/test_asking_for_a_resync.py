"""A resync that is asked for: when the PMS may not be asked now, and when it does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.defer import Deferred

from hotelbridge.services.roomviews import ToldPms
from tests.pms.fias_evening import FiasEvening
from tests.services.evening import DESK
from tests.services.guestlife import GuestLife


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[FiasEvening]:
    opened = FiasEvening(tmp_path).alive()
    yield opened
    opened.stop()


def ask(hotel: FiasEvening) -> str:
    told: list[ToldPms] = []

    async def asked() -> None:
        told.append(await hotel.daemon.rooms.request_resync("main", DESK))

    Deferred.fromCoroutine(asked())
    hotel.advance(60)
    return told[0].said


def asked(hotel: FiasEvening) -> int:
    return len(hotel.pms.received("DR"))


def test_a_resync_wanted_in_the_night_audit_is_asked_for_when_that_is_over(hotel: FiasEvening) -> None:
    before, resyncs = asked(hotel), len(GuestLife(hotel).resyncs())
    hotel.play("audit on")
    said = ask(hotel)
    assert said.startswith("Not asked yet: the PMS closes its day") and "The wish is kept" in said
    assert asked(hotel) == before and "a resync is to be asked for" in hotel.pms_link().detail
    hotel.play("audit off")
    hotel.advance(30)
    assert asked(hotel) == before + 1 and len(GuestLife(hotel).resyncs()) == resyncs + 1
    assert "resync" not in hotel.pms_link().detail


def test_a_night_audit_whose_end_got_lost_does_not_keep_the_resync_for_ever(hotel: FiasEvening) -> None:
    before = asked(hotel)
    hotel.play("audit on")
    ask(hotel)
    hotel.advance(100 * 60)
    assert asked(hotel) == before + 1


def test_a_resync_that_the_pms_does_not_answer_is_told_with_its_link(hotel: FiasEvening) -> None:
    """Silence is no fault: nobody is rung for it, and whoever asked can see it."""
    hotel.play("dr silent")
    said = ask(hotel)
    assert said == "The PMS was asked to tell how everything stands."
    link = hotel.pms_link()
    assert link.resync == "a resync was asked for at 06:25 on 2026-11-24, no answer"
    assert link.resync in link.detail and hotel.open_alarms() == ()
    hotel.play("dr answer", "resync")
    hotel.advance(30)
    assert hotel.pms_link().resync == ""
