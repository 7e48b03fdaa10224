"""The device's own clock in the hour that comes twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.services.evening import Evening
from tests.services.test_native_clock_nights import wakes_of_the_device


def test_the_second_pass_is_not_rung_at_the_first(tmp_path: Path) -> None:
    hotel = Evening(
        tmp_path,
        more='  [property.wakeup]\n  native_backup = "7m"\n',
        begins=datetime(2026, 10, 24, 23, 0, tzinfo=UTC),
    )
    hotel.order("212", at="2026-10-25T02:30+01:00")  # 01:30 UTC
    rung = wakes_of_the_device(hotel, 120)  # up to 01:00 UTC
    hotel.stop()
    assert rung == []
