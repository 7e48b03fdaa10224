"""Do Not Disturb at a phone that rooms share: opened for each room's first ring, whoever was rung before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.shared_phones import held, hotels


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Evening]:
    with hotels(tmp_path) as make:
        evening = make()
        evening.phone("301", NoAnswer(rings=60))
        evening.phone("302", NoAnswer(rings=60))
        yield evening


def disturb_not(evening: Evening) -> None:
    evening.om.phone("302").parameters["No_Disturb"] = "on"


def test_it_is_opened_for_the_neighbour_although_it_was_set_since_the_first_room_was_rung(
    hotel: Evening,
) -> None:
    """R6: opened before the first try of the other room, and put back."""
    hotel.book("suite", "06:30")
    annex = hotel.book("annex", "06:33")
    hotel.until("06:30:30")
    disturb_not(hotel)
    hotel.until("06:32:59")
    assert held(hotel, "No_Disturb") == "off"
    hotel.phone("302", Answers(after=5, talk=20))
    hotel.until("06:34")
    assert hotel.wakeup(annex).tries == 1
    hotel.phone("301", Answers(after=5, talk=20))
    hotel.until("06:40")
    assert held(hotel, "No_Disturb") == "on"


def test_it_is_opened_for_the_neighbour_although_the_first_room_is_not_woken_any_more(
    hotel: Evening,
) -> None:
    """R6: what was to be read before a further ring of the other one is read for this one."""
    suite = hotel.book("suite", "06:30")
    hotel.book("annex", "06:35:30")
    hotel.until("06:29")
    disturb_not(hotel)
    hotel.until("06:33")
    hotel.cancel(suite)
    hotel.until("06:35:29")
    assert held(hotel, "No_Disturb") == "off"


def test_it_is_opened_again_for_the_neighbour_where_it_was_open_and_was_set_meanwhile(
    hotel: Evening,
) -> None:
    """R6: an open phone is looked at again before the first try of the other room."""
    disturb_not(hotel)
    hotel.book("suite", "06:30")
    hotel.book("annex", "06:33")
    hotel.until("06:30:30")
    disturb_not(hotel)
    hotel.until("06:32:59")
    assert held(hotel, "No_Disturb") == "off"
