"""Where a slot is over-full already, what asks for no ring is not refused."""

from __future__ import annotations

from pathlib import Path

from hotelbridge.services.orderviews import OrderChange
from hotelbridge.settings_load import load
from tests.services.evening import DESK, Evening


def test_a_note_can_be_changed_although_the_device_takes_fewer_calls_now(tmp_path: Path) -> None:
    hotel = Evening(tmp_path, more='  [property.wakeup]\n  promise = "1m"\n')
    made = hotel.order("110:117", at=f"{hotel.day}T08:30")
    hotel.crash()
    file = tmp_path / "hotel.toml"
    file.write_text(file.read_text().replace("max_calls = 4", "max_calls = 1"))
    hotel._settings = load(file)
    hotel.start()
    done = hotel.ask("change_order", made.order, OrderChange(note="speaks French"), DESK)
    hotel.stop()
    assert len(done.changed) == 8
