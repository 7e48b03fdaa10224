"""The alarm clock of a phone that rooms share: it holds one time, and which one is decided once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import Evening
from tests.services.guestlife import GuestLife, gc, gi, wr
from tests.services.shared_phones import Hotel, held, hotels

BACKUP = 'native_backup = "7m"'
ENOUGH = 20  # Assigns; a phone that is set and set again has hundreds


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    with hotels(tmp_path) as make:
        yield make


def until_or_storm(evening: Evening, local: str) -> None:
    """Let time pass, step by step: a storm of commands would never let it."""
    before = len(evening.om.seen("Assign"))
    while evening.local() < local:
        evening.advance(1)
        assert len(evening.om.seen("Assign")) - before < ENOUGH


def test_a_neighbour_who_is_woken_in_person_does_not_take_it(hotel: Hotel) -> None:
    """B5: that is never a call, and no clock is set for it."""
    evening = hotel(BACKUP)
    evening.order("A", at=f"{evening.day}T07:00", in_person=True)
    evening.advance(5)
    evening.book("B", "08:00")
    evening.advance(30)
    assert held(evening, "WAKEUP", "100") == "08:07"


def test_a_neighbour_who_is_due_and_waits_for_the_phone_does_not_take_it(hotel: Hotel) -> None:
    """B1: he is rung next; the clock is for what comes after."""
    evening = hotel(BACKUP)
    evening.phone("100", Answers(after=25, talk=50))
    evening.book("A", "06:30")
    evening.book("A", "08:00")
    evening.book("B", "06:30")
    evening.until("06:30:20")
    until_or_storm(evening, "06:34:00")
    assert held(evening, "WAKEUP", "100") == "08:07"


def test_it_is_set_again_for_a_room_that_has_others_when_the_neighbour_is_up(hotel: Hotel) -> None:
    """The clocks of all its phones are the last resort of a room."""
    evening = hotel(BACKUP)
    evening.phone("302", Answers(after=5, talk=20))
    evening.book("suite", "08:00")
    evening.book("annex", "07:00")
    evening.until("06:40")
    assert (held(evening, "WAKEUP"), held(evening, "WAKEUP", "301")) == ("07:07", "08:07")
    evening.until("07:10")
    assert (held(evening, "WAKEUP"), held(evening, "WAKEUP", "301")) == ("08:07", "08:07")


def test_a_wakeup_that_moves_to_a_room_of_more_phones_has_the_clocks_of_all(hotel: Hotel) -> None:
    """The shared one is set already; the others follow."""
    evening = hotel(BACKUP)
    life = GuestLife(evening)
    life.tell(gi("annex", "1001"), wr(evening, "annex", "08:00", reservation="1001"))
    evening.advance(60)
    life.tell(gc("annex", "suite", "1001"))
    evening.advance(150)
    assert (held(evening, "WAKEUP"), held(evening, "WAKEUP", "301")) == ("08:07", "08:07")
