"""B1: in the hour that comes twice one ring serves its own minute, not the one with the same words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hotelbridge.testing.fake_om_scripts import Answers
from tests.services.evening import Evening


def test_a_follow_up_an_hour_later_in_the_doubled_hour_is_rung(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, begins=datetime(2026, 10, 24, 23, 30, tzinfo=UTC))  # 01:30 summer time
    hotel.phone("212", Answers(after=5, talk=20))
    hotel.order("212", at="2026-10-25T02:30+02:00", follow_up=60)
    hotel.advance(3 * 3600)
    rings = [r.connect_at.astimezone(UTC).strftime("%H:%M") for r in hotel.om.rings]
    hotel.stop()
    assert rings == ["00:30", "01:30"]  # the follow-up is rung even after proof (B1)


def test_the_other_pass_booked_on_its_own_is_rung(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, begins=datetime(2026, 10, 24, 23, 30, tzinfo=UTC))
    hotel.phone("212", Answers(after=5, talk=20))
    hotel.order("212", at="2026-10-25T02:30+02:00")
    hotel.order("212", at="2026-10-25T02:30+01:00")
    hotel.advance(3 * 3600)
    rings = [r.connect_at.astimezone(UTC).strftime("%H:%M") for r in hotel.om.rings]
    hotel.stop()
    assert rings == ["00:30", "01:30"]
