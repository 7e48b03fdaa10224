"""The desk's own phones while an alarm wants to be heard, seen at the simulated exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotelbridge.core.records import AlarmKind
from hotelbridge.testing.fake_om_scripts import (
    RINGS_FOR_EVER,
    Answers,
    Busy,
    NoAnswer,
    Offline,
    Silent,
)
from hotelbridge.testing.fake_om_xml import leaf
from tests.services.evening import Evening

DESK = """
    [[property.om.menu]]
    id = 9
    voicefile = "alarm_en"

  [property.desk]
  phones = ["100", "101"]
"""
Hotel = Callable[..., Evening]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    made: list[Evening] = []

    def make(more: str = DESK) -> Evening:
        made.append(Evening(tmp_path, more=more))
        return made[0]

    yield make
    for evening in made:
        evening.stop()


def failed(evening: Evening, room: str = "212", at: str = "06:30") -> int:
    """A wake-up whose ladder ends at five minutes and 30 s after `at`."""
    evening.phone(room, NoAnswer(rings=30))
    return evening.book(room, at)


def alarm_of(evening: Evening) -> int:
    (alarm,) = evening.open_alarms()
    return alarm.id


def calls(evening: Evening) -> list[tuple[str, str]]:
    """The calls to the desk, in order: when, and which phone."""
    return sorted((at, phone) for phone in ("100", "101") for at in evening.rings(phone))


def spaced(found: list[tuple[str, str]]) -> list[tuple[int, str]]:
    """The same, with the seconds since the first one."""
    seconds = [int(at[:2]) * 3600 + int(at[3:5]) * 60 + int(at[6:]) for at, _ in found]
    return [(second - seconds[0], phone) for second, (_, phone) in zip(seconds, found, strict=True)]


def test_the_desks_phones_ring_one_after_the_other_round_after_round(hotel: Hotel) -> None:
    """A1: the desk's phones ring through the exchange while an alarm wants to be heard."""
    evening = hotel()
    evening.phone("100", RINGS_FOR_EVER)
    evening.phone("101", NoAnswer(rings=30))
    failed(evening)
    evening.until("06:35:29")
    assert calls(evening) == []
    evening.until("06:37")
    assert calls(evening)[0] == ("06:35:30", "100")
    gaps = (0, "100"), (20, "101"), (50, "100"), (70, "101")
    for (second, phone), (planned, wanted) in zip(spaced(calls(evening)), gaps, strict=True):
        assert (phone, second) == (wanted, pytest.approx(planned, abs=3))
    assert {ring.menu for ring in evening.om.rings if ring.phone in ("100", "101")} == {"9"}
    assert all(ring.ended_by == "clear" for ring in evening.om.rings if ring.phone == "100")


def test_the_reports_of_the_desks_phones_are_switched_on_and_its_menu_is_set(hotel: Hotel) -> None:
    """R1: `api` 7 is part of every phone's wanted state before it is rung."""
    evening = hotel()
    evening.advance(5)
    assert evening.om.phone("100").parameters["api"] == "7"
    assert evening.om.menus["9"].voicefile == "alarm_en"


def test_a_lifted_desk_phone_ends_the_round_and_acknowledges_nothing(hotel: Hotel) -> None:
    """A1: hearing the alarm is not acknowledging it."""
    evening = hotel()
    evening.phone("100", Answers(after=5, talk=4))
    failed(evening)
    evening.until("06:36:00")
    (_, first), (later, second) = spaced(calls(evening))[:2]
    assert (first, second) == ("100", "100")
    assert later == pytest.approx(15, abs=2)  # the pause begins when somebody was told
    assert evening.open_alarms()[0].acknowledged_by is None


def test_a_key_silences_one_round_and_acknowledges_nothing(hotel: Hotel) -> None:
    """A1: a key there silences one round, it never acknowledges."""
    evening = hotel()
    evening.phone("100", Answers(after=5, talk=None, keys=((3, "1"),)), NoAnswer(rings=30))
    failed(evening)
    evening.until("06:35:45")
    (ring,) = [ring for ring in evening.om.rings if ring.phone == "100"]
    assert ring.ended_by == "clear"  # the line is let go once the key was heard
    evening.until("06:36:37")
    assert len(calls(evening)) == 1
    evening.until("06:36:42")
    assert len(calls(evening)) == 2  # 10 + 2 * 20 + 10 s after the key at 06:35:39
    assert evening.open_alarms()[0].acknowledged_by is None


def test_the_time_out_of_the_keys_is_no_key(hotel: Hotel) -> None:
    """R4: `T` alone is no key."""
    evening = hotel()
    evening.phone("100", Answers(after=2, talk=12))
    failed(evening)
    evening.until("06:35:35")
    call = evening.om.phone("100").call
    assert call is not None
    hearer, menu = evening.om.exchange.ext(evening.om.phone("100")).party, call.party("menu")
    assert menu is not None
    evening.om.exchange.say(call, "DTMF", [hearer.node(leaf("info", "T"), menu.node())])
    evening.until("06:36")
    assert len(calls(evening)) == 2


@pytest.mark.parametrize("script", [Busy(code=4), Offline(3), Offline(8)])
def test_a_phone_that_cannot_ring_makes_way_for_the_next_at_once(hotel: Hotel, script: object) -> None:
    """A1: somebody must hear it."""
    evening = hotel()
    evening.phone("100", script)  # type: ignore[arg-type]
    evening.phone("101", NoAnswer(rings=30))
    failed(evening)
    evening.until("06:36:10")
    assert calls(evening)[0] == ("06:35:30", "101")
    assert len(calls(evening)) == 2  # again after the pause


def test_an_acknowledgement_ends_the_call_under_way(hotel: Hotel) -> None:
    """A2: acknowledging silences."""
    evening = hotel()
    evening.phone("100", RINGS_FOR_EVER)
    failed(evening)
    evening.until("06:35:35")
    evening.acknowledge(alarm_of(evening), by="Anna")
    evening.advance(1)
    (ring,) = [ring for ring in evening.om.rings if ring.phone == "100"]
    assert ring.ended_by == "clear"
    evening.until("06:45:34")
    assert len(calls(evening)) == 1
    evening.until("06:45:36")
    assert len(calls(evening)) == 2  # without an outcome it returns after ten minutes


def test_a_closed_alarm_rings_nobody_any_more(hotel: Hotel) -> None:
    """A2: with an outcome it is over."""
    evening = hotel()
    evening.phone("100", RINGS_FOR_EVER)
    failed(evening)
    evening.until("06:35:35")
    evening.acknowledge(alarm_of(evening), by="Anna", outcome="woken_by_staff")
    evening.until("07:00")
    assert [ring.ended_by for ring in evening.om.rings if ring.phone == "100"] == ["clear"]


def test_an_alarm_that_heals_ends_the_call_under_way(hotel: Hotel) -> None:
    """A1: nobody is rung for what is over."""
    evening = hotel()
    evening.phone("100", RINGS_FOR_EVER)
    evening.phone("212", Offline(3), Answers(after=3))
    evening.book("212", "06:30")
    evening.until("06:31:59")
    rung = len(calls(evening))
    assert rung >= 2
    evening.until("06:32:30")
    assert evening.open_alarms() == ()
    late = [ring for ring in evening.om.rings if ring.phone in ("100", "101")][-1]
    assert late.ended is not None
    evening.until("06:40")
    assert len(calls(evening)) <= rung + 1


def test_a_new_alarm_does_not_wait_for_the_pause_nor_for_a_key(hotel: Hotel) -> None:
    """A1: what is new must be heard now."""
    evening = hotel()
    evening.phone("100", Answers(after=2, talk=None, keys=((2, "1"),)), NoAnswer(rings=30))
    failed(evening)
    failed(evening, "213", "06:30:20")
    evening.until("06:35:49")
    assert len(calls(evening)) == 1
    evening.until("06:35:52")
    assert len(calls(evening)) == 2


def test_a_device_that_is_down_leaves_the_other_ways_and_rings_when_it_is_back(hotel: Hotel) -> None:
    """A1: with the exchange away only the consoles are left, and nothing is stuck afterwards."""
    evening = hotel()
    evening.phone("100", NoAnswer(rings=15))
    evening.book("212", "06:30")
    evening.until("06:29:50")
    evening.om.reboot(downtime=120)
    evening.until("06:31:30")
    assert AlarmKind.DEVICE_DOWN in [a.kind for a in evening.open_alarms()]
    assert calls(evening) == []
    evening.phone("212", NoAnswer(rings=20))
    evening.until("06:37")
    assert calls(evening) != []


@pytest.mark.parametrize("second", [0, 1, 3, 12, 21, 35, 55])
def test_a_crash_while_a_desk_phone_rings_leaves_no_call_behind(hotel: Hotel, second: int) -> None:
    """A1, R5: after a restart the rounds go on, and never two calls at one phone."""
    evening = hotel()
    evening.phone("100", NoAnswer(rings=28))  # the device itself gives up when no RING of it was ever seen
    evening.phone("101", NoAnswer(rings=28))
    failed(evening)
    evening.until("06:35:30")
    evening.advance(second)
    evening.crash()
    evening.advance(2)
    evening.start()
    evening.until("06:38")
    assert len(calls(evening)) >= 3
    assert evening.om.overlapping == []
    evening.acknowledge(alarm_of(evening), by="Anna", outcome="woken_by_staff")
    evening.advance(120)
    assert all(ring.ended for ring in evening.om.rings)


def test_a_call_without_reports_is_told_and_the_next_phone_rings(hotel: Hotel) -> None:
    """R1: accepted and no report at all is an alarm of the device."""
    evening = hotel()
    evening.phone("100", Silent(rings=10))
    evening.phone("101", NoAnswer(rings=30))
    failed(evening)
    evening.until("06:36:30")
    assert evening.rings("101") != []
    assert AlarmKind.REPORTS_MISSING in [alarm.kind for alarm in evening.alarms()]


def test_guests_ring_before_the_desk_while_calls_are_scarce_but_not_for_ever(hotel: Hotel) -> None:
    """A1: guests go first; told nothing for a minute, the desk gets the next free call."""
    evening = hotel()
    evening.phone("100", NoAnswer(rings=30))
    evening.book("110", "06:30")
    for room in range(111, 131):
        evening.phone(str(room), NoAnswer(rings=30))
        evening.book(str(room), "06:30")
    evening.until("06:29:50")
    evening.phone("110", Offline(3))  # after the look that is taken before
    evening.until("06:30:59")
    assert calls(evening) == []
    evening.until("06:32")
    assert len(calls(evening)) >= 1
    assert evening.most_calls_at_once() <= 4


def test_no_desk_phone_no_call(hotel: Hotel) -> None:
    """A1: without phones of its own the desk is told by its consoles alone."""
    evening = hotel(more="")
    failed(evening)
    evening.until("06:40")
    assert calls(evening) == []
