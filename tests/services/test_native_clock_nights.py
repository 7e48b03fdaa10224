"""The device's own clock knows no date: it is set when it cannot ring a day too soon any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.services.evening import Evening
from tests.services.test_loans import holds


def wakes_of_the_device(hotel: Evening, minutes: int) -> list[str]:
    """When a clock of HH:MM on the device would have rung, minute by minute."""
    zone = hotel._settings.properties[0].zone
    rung = []
    for _ in range(minutes):
        hotel.advance(60)
        now = hotel.clock.true().astimezone(zone)
        if holds(hotel, "WAKEUP") == f"{now:%H:%M}":
            rung.append(f"{now:%Y-%m-%d %H:%M}")
    return rung


def test_the_night_of_the_jump_does_not_ring_a_day_too_soon(tmp_path: Path) -> None:
    hotel = Evening(
        tmp_path,
        more='  [property.wakeup]\n  native_backup = "7m"\n',
        begins=datetime(2027, 3, 27, 5, 0, tzinfo=UTC),  # Saturday 06:00, the night before the jump
    )
    hotel.order("212", at="2027-03-28T06:30")
    rung = wakes_of_the_device(hotel, 120)
    hotel.stop()
    assert rung == []


def test_a_long_backup_does_not_ring_a_day_too_soon(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, more='  [property.wakeup]\n  native_backup = "70m"\n')
    tomorrow = (datetime.fromisoformat(hotel.day) + timedelta(days=1)).strftime("%Y-%m-%d")
    hotel.order("212", at=f"{tomorrow}T06:30")
    rung = wakes_of_the_device(hotel, 150)
    hotel.stop()
    assert rung == []
