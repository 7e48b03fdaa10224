"""A phone that two rooms share: rung for one of them at a time, and open while one of them needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotelbridge.core.records import WakeupState
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from tests.services.evening import Evening
from tests.services.guests_in import Guests

SUITE = '{ number = "suite", phones = ["301", "302"] },\n]'
WITH_ANNEX = """\
{ number = "suite", phones = ["301", "302"] },
  { number = "annex", phones = ["302"] },
]
  [property.phones]
  shared = ["302"]
  [property.wakeup]
  call_out_wakes = true
  native_backup = "7m"
"""


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Evening]:
    evening = Evening(tmp_path)
    evening.crash()
    evening.reconfigure(SUITE, WITH_ANNEX)
    evening.start()
    yield evening
    evening.stop()


def held(hotel: Evening, name: str, phone: str = "302") -> str:
    return hotel.om.phone(phone).parameters.get(name, "")


def test_two_rooms_of_one_minute_are_rung_one_after_the_other(hotel: Evening) -> None:
    hotel.phone("301", NoAnswer(rings=60))
    hotel.phone("302", Answers(after=10, talk=20), Answers(after=10, talk=20))
    both = hotel.book("suite", "06:30"), hotel.book("annex", "06:30")
    hotel.until("06:36")
    assert [hotel.wakeup(one).state for one in both] == [WakeupState.WOKEN, WakeupState.WOKEN]
    first, second = (ring for ring in hotel.om.rings if ring.phone == "302")
    assert first.ended is not None and first.ended <= second.started
    assert hotel.alarms() == ()


def test_a_room_whose_phone_rings_for_the_other_is_not_late_by_waiting(hotel: Evening) -> None:
    """B1: nobody is sent to a guest who is rung a moment later."""
    hotel.phone("302", NoAnswer(rings=60), Answers(after=5, talk=20))
    hotel.phone("301", NoAnswer(rings=60))
    hotel.book("suite", "06:30")
    later = hotel.book("annex", "06:30:10")
    hotel.until("06:31:30")
    assert hotel.wakeup(later).state == WakeupState.WOKEN


def test_it_is_put_back_only_when_neither_room_needs_it(hotel: Evening) -> None:
    hotel.om.phone("302").parameters["No_Disturb"] = "on"
    hotel.phone("301", Answers(after=5, talk=20))
    hotel.phone("302", NoAnswer(rings=60), Answers(after=5, talk=20))
    hotel.book("suite", "06:30")
    hotel.book("annex", "06:31:30")
    hotel.until("06:31:10")
    assert held(hotel, "No_Disturb") == "off"
    hotel.until("06:33")
    assert held(hotel, "No_Disturb") == "on"


def test_a_call_from_it_may_be_the_neighbours_and_wakes_nobody(hotel: Evening) -> None:
    hotel.phone("302", NoAnswer(rings=20))
    wakeup = hotel.book("annex", "06:30")
    hotel.until("06:31")
    hotel.om.guest_dials("302", "00431234567")
    hotel.until("06:33")
    assert hotel.wakeup(wakeup).state != WakeupState.WOKEN
    assert len(hotel.rings("302")) == 2


def test_its_own_alarm_clock_has_the_earlier_time_of_its_rooms(hotel: Evening) -> None:
    hotel.book("suite", "08:00")
    hotel.until("06:30")
    assert held(hotel, "WAKEUP") == "08:07"
    hotel.book("annex", "07:00")
    hotel.until("06:40")
    assert (held(hotel, "WAKEUP"), held(hotel, "WAKEUP", "301")) == ("07:07", "08:07")


def test_it_is_open_while_anybody_lives_in_one_of_its_rooms(hotel: Evening) -> None:
    guests = Guests(hotel)
    guests.comes("suite")
    guests.comes("annex")
    guests.goes("suite")
    hotel.advance(60)
    assert [held(hotel, "Call_Restriction", phone) for phone in ("301", "302")] == ["1", "3"]
    guests.goes("annex")
    hotel.advance(60)
    assert held(hotel, "Call_Restriction") == "1"


def test_the_desk_is_shown_it_in_both_rooms(hotel: Evening) -> None:
    for room, phones in (("suite", ["301", "302"]), ("annex", ["302"])):
        assert [phone.number for phone in hotel.ask("room", room).phones] == phones


def test_it_is_not_barred_while_of_one_of_its_rooms_nothing_was_ever_said(hotel: Evening) -> None:
    """M1: a phone is barred when all its rooms are known to be vacant."""
    hotel.om.phone("302").parameters["Call_Restriction"] = "3"
    guests = Guests(hotel)
    guests.comes("suite")
    hotel.advance(60)
    guests.goes("suite")
    hotel.advance(60)
    assert [held(hotel, "Call_Restriction", phone) for phone in ("301", "302")] == ["1", "3"]


def test_it_takes_the_policy_at_the_first_check_in_of_either_room(hotel: Evening) -> None:
    """M1: that the neighbour was found there by a resync does not matter."""
    hotel.crash()
    hotel.om.phone("302").parameters["Call_Restriction"] = "1"
    hotel.start()
    guests = Guests(hotel)
    guests.comes("suite", resync=True)
    hotel.advance(60)
    assert held(hotel, "Call_Restriction") == "1"
    guests.comes("annex")
    hotel.advance(60)
    assert held(hotel, "Call_Restriction") == "3"
