"""The alarm clock of a phone that rooms share: it holds one time, and which one is decided once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import Evening
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
