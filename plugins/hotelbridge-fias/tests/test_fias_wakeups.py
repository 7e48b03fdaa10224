"""Wake-ups and rooms: what the PMS wants, and what it is told; each result once and to the second."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from fias_bench import Outcome
from hotelbridge_fias.records import Record
from hotelbridge_fias.simulator_habits import Habits, Mode

from hotelbridge.pms.api import (
    Refused,
    Result,
    RoomChanged,
    RoomStatus,
    Unavailable,
    Unknown,
    WakeupNews,
    WakeupNotWanted,
    WakeupResult,
    WakeupWanted,
)

MODES = pytest.mark.parametrize("mode", Mode)


@MODES
@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Result.WOKEN, "OK"),
        (Result.NO_ANSWER, "NR"),
        (Result.BUSY, "BY"),
        (Result.UNABLE, "UR"),
        (Result.DELETED, "DE"),
    ],
)
def test_a_result_goes_out_once_with_the_time_as_it_was_asked_for(
    bench: Any, mode: Mode, result: Result, said: str
) -> None:
    """A4: once, at the end; to the second."""
    one = bench(Habits(mode=mode)).alive()
    one.play('gi 212 1001 "Huber"', "wr 212 063015 261124")
    wanted = one.facts[-1]
    assert isinstance(wanted, WakeupWanted) and wanted.local == "2026-11-24T06:30:15"
    told = one.woken(wanted.echo, result)
    one.wait(one.settings.keepalive.total_seconds() + 1.0)
    assert told.over and told.error is None
    assert one.wrote("WA") == [f"WA|RN212|DA261124|TI063015|AS{said}|"]


def test_a_time_of_four_digits_is_echoed_as_it_came(bench: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber"')
    one.pms.front_desk.wake("212", datetime(2026, 11, 24, 6, 30), echo="0630")
    one.wait(1.0)
    assert one.facts[-1].local == "2026-11-24T06:30:00"
    one.woken(one.facts[-1].echo)
    one.wait(1.0)
    assert one.wrote("WA") == ["WA|RN212|DA261124|TI0630|ASOK|"]


def test_a_wakeup_that_is_wanted_twice_is_told_twice_with_the_same_time(bench: Any) -> None:
    """B2: the house makes one of it."""
    one = bench().alive()
    one.play('gi 212 1001 "Huber"', "wr 212 0630 twice")
    assert one.facts[-1] == one.facts[-2]


def test_one_wakeup_or_all_of_a_room_are_taken_back(bench: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber"', "wr 212 0630", "wc 212 0630", "wc 212")
    assert one.facts[-2:] == [
        WakeupNotWanted(room="212", local="2026-11-24T06:30:00"),
        WakeupNotWanted(room="212"),
    ]


def test_a_result_that_cannot_be_said_now_is_certainly_not_said(bench: Any) -> None:
    one = bench()
    assert isinstance(one.woken("261124|063000").error, Unavailable)


def test_a_result_counts_as_said_when_the_pms_has_said_anything_since(bench: Any) -> None:
    """On a connection whose far end is dead a record can be written for minutes."""
    one = bench().alive()
    one.play('gi 212 1001 "Huber"', "wr 212 0630", "wr 212 0640")
    first, second = one.woken("261124|063000"), one.woken("261124|064000")
    one.wait(10.0)
    assert len(one.wrote("WA")) == 2 and not first.over and not second.over
    one.play("re 212 dn=y")
    assert first.over and second.over and first.error is second.error is None


def test_a_result_that_a_dead_connection_has_swallowed_is_unknown(bench: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber"', "wr 212 0630")
    one.pms.mute()
    told = one.woken("261124|063000")
    one.wait(320.0)
    assert not told.over
    one.wait(20.0)
    assert isinstance(told.error, Unknown)


def test_on_a_serial_line_the_acknowledgement_is_enough(bench: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber"', "wr 212 0630")
    one.link._settings = one.settings.model_copy(update={"endpoint": "serial:/dev/ttyS0"})
    assert one.woken("261124|063000").over


def test_a_result_of_a_time_that_was_none_says_it_as_it_came(bench: Any) -> None:
    one = bench().alive()
    one.pms.hotel.wanted(("212", "", "6:45"))
    wanted = WakeupResult(0, "212", "", "DA TI6:45", Result.UNABLE, "|6:45")
    Outcome(one.link.report_wakeup(wanted))
    one.wait(1.0)
    assert one.wrote("WA") == ["WA|RN212|DA|TI6:45|ASUR|"]


def test_a_record_that_cannot_be_written_fails_alone(bench: Any, logged_failures: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber"', "wr 212 0630")
    failed: list[Any] = []
    too_long = Record("WA", (("RN", "x" * 2000),))
    one.link._outbox.put(too_long).addErrback(lambda failure: failed.append(failure.value))
    one.woken("261124|063000")
    one.wait(1.0)
    assert isinstance(failed[0], Refused)
    assert one.wrote("WA") == ["WA|RN212|DA261124|TI063000|ASOK|"]
    assert logged_failures.take("cannot be written")


def test_of_a_wakeup_that_the_pms_does_not_know_it_hears_nothing(bench: Any) -> None:
    one = bench().alive()
    told = one.woken("")
    news = Outcome(one.link.report_wakeup_news(WakeupNews(1, "212", "2026-11-24T06:30:00", True)))
    one.wait(1.0)
    assert told.over and news.over and told.error is None and news.error is None
    assert one.wrote("WA") == one.wrote("WR") == []


def test_where_it_wants_to_the_pms_hears_of_wakeups_that_were_booked_here(bench: Any) -> None:
    one = bench(wakeup_news=True).alive()
    for booked in (True, False, True):
        Outcome(one.link.report_wakeup_news(WakeupNews(1, "212", "2026-11-24T06:30:00", booked)))
        one.wait(1.0)
    Outcome(one.link.report_wakeup(WakeupResult(1, "212", "", "2026-11-24T06:30:00", Result.WOKEN, "")))
    one.wait(1.0)
    assert one.wrote("WR") == ["WR|RN212|DA261124|TI063000|"] * 2
    assert one.wrote("WC") == ["WC|RN212|DA261124|TI063000|"]
    assert one.wrote("WA") == ["WA|RN212|DA261124|TI063000|ASOK|"]


def test_a_room_tells_its_class_of_service_and_do_not_disturb(bench: Any) -> None:
    one = bench().alive()
    one.play('gi 212 1001 "Huber"', "re 212 cs=2 dn=y", "re 212 dn=n")
    assert one.facts[-2].line_class == "national" and one.facts[-2].do_not_disturb is True
    assert one.facts[-1] == RoomChanged(room="212", do_not_disturb=False)


def test_a_room_status_is_told_only_by_a_number_that_the_site_gave(bench: Any) -> None:
    """M3: nothing is claimed to the PMS that nobody set up."""
    plain = bench().alive()
    assert isinstance(Outcome(plain.link.report_room_status(RoomStatus("212", "clean"))).error, Refused)
    assert "RS" not in plain.pms.lists["RE"]
    one = bench(room_status={"clean": "3"}).alive()
    told = Outcome(one.link.report_room_status(RoomStatus("212", "clean", "Maid5")))
    one.wait(1.0)
    assert told.over and told.error is None
    assert one.wrote("RE") == ["RE|RN212|RS3|IDMaid5|"]
    assert isinstance(Outcome(one.link.report_room_status(RoomStatus("212", "burnt"))).error, Refused)
