"""The zone in the configuration was wrong and is put right: the wall time that was read back counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotelbridge.core.records import WakeupState
from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import Evening

LONDON, VIENNA = 'timezone = "Europe/London"', 'timezone = "Europe/Vienna"'


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Evening]:
    """At half past two in Vienna, with a configuration that says London."""
    opened = Evening(tmp_path, begins=datetime(2026, 11, 24, 1, 30, tzinfo=UTC), zone="Europe/London")
    yield opened
    opened.stop()


def put_right(hotel: Evening, old: str = LONDON, new: str = VIENNA) -> None:
    hotel.crash()
    hotel.reconfigure(old, new)
    hotel.start()


def test_what_was_booked_for_half_past_six_rings_at_half_past_six_of_the_right_zone(hotel: Evening) -> None:
    """Promise 1: the property's wall clock decides."""
    hotel.phone("212", Answers())
    id = hotel.book("212", "06:30")
    put_right(hotel)
    hotel.until("06:35")
    assert hotel.rings("212") == ["06:30:00"]
    assert hotel.wakeup(id).state == WakeupState.WOKEN


def test_the_desk_reads_which_wake_ups_moved_and_their_history_says_it_too(hotel: Evening) -> None:
    id = hotel.book("212", "06:30")
    put_right(hotel)
    (alarm,) = [one for one in hotel.open_alarms() if one.kind == "clock"]
    assert "1 wake-up was moved" in alarm.text and "212: 2026-11-24 06:30" in alarm.text
    changed = [line for line in hotel.wakeup(id).history if line.what == "changed"]
    assert [line.text for line in changed] == [
        "changed with the hotel's time zone, Europe/Vienna: rings at 05:30 UTC, not at 06:30 UTC"
    ]


def test_one_whose_wall_time_is_over_in_the_right_zone_rings_at_once_and_is_late(hotel: Evening) -> None:
    hotel.phone("212", Answers())
    hotel.book("212", "02:27")  # at half past one of London; in Vienna it was over three minutes ago
    put_right(hotel)
    hotel.until("02:32")
    assert hotel.rings("212") == ["02:30:01"]


def test_one_whose_wall_time_is_over_for_longer_than_the_grace_is_handed_to_a_person(hotel: Evening) -> None:
    id = hotel.book("212", "01:40")
    put_right(hotel)
    hotel.until("02:32")
    assert hotel.rings("212") == []
    assert hotel.wakeup(id).state == WakeupState.ALARMED


def test_a_start_in_the_same_zone_moves_and_tells_nothing(hotel: Evening) -> None:
    id = hotel.book("212", "06:30")
    put_right(hotel, LONDON, LONDON)
    assert hotel.open_alarms() == ()
    assert [line.what for line in hotel.wakeup(id).history] == ["booked"]


def test_a_second_start_in_the_right_zone_moves_nothing_again(hotel: Evening) -> None:
    id = hotel.book("212", "06:30")
    put_right(hotel)
    put_right(hotel, VIENNA, VIENNA)
    assert [line.what for line in hotel.wakeup(id).history].count("changed") == 1


def test_follow_ups_and_days_ahead_of_a_standing_order_move_along(hotel: Evening) -> None:
    hotel.order("212", at=f"{hotel.day}T06:30", days=["tue", "wed"], follow_up=10)
    put_right(hotel)
    times = {(one.local[11:16], f"{one.due:%H:%M %z}") for one in hotel.wakeups()}
    assert times == {("06:30", "06:30 +0100"), ("06:40", "06:40 +0100")}
