"""What hangs on the guests in the house beside their wake-ups, asked once for all of them."""

from __future__ import annotations

from pathlib import Path

from hotelbridge.services.roomviews import HangingView
from tests.pms.charge_desk import MULLER, only, retry
from tests.pms.charges_evening import NOWHERE, ChargesEvening
from tests.services.evening import DESK

LIMIT = '  [property.charges]\n  credit_limit = "0.80"\n'


def test_open_charges_and_bars_are_told_by_stay_and_whoever_has_none_is_left_out(tmp_path: Path) -> None:
    hotel = ChargesEvening(tmp_path, more=LIMIT).alive()
    rooms = hotel.daemon.rooms
    hanging = lambda: hotel._result(rooms.hanging("main"))  # noqa: E731
    hotel.play(MULLER)
    assert hanging() == {}
    (stay,) = hotel._result(rooms.guests("main", ["212"], named=True))["212"]
    hotel.calls("212", NOWHERE)  # held for a person
    assert hanging() == {stay.id: HangingView(1, barred=False)}
    retry(hotel, only(hotel), amount="4.20")
    hotel.advance(10)
    assert hanging() == {stay.id: HangingView(0, barred=True)}
    hotel._result(rooms.unbar("main", "212", DESK))
    assert hanging() == {}
    hotel.stop()


def test_a_status_goes_only_to_a_pms_that_takes_it(tmp_path: Path) -> None:
    hotel = ChargesEvening(tmp_path).alive()
    assert hotel.daemon.rooms.takes_status("main")
    hotel.stop()
