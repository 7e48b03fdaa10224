"""The list of the night leaves the house by itself, once, and later changes follow as slips."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotelbridge.core.records import AlarmKind
from hotelbridge.services.channels import Letter
from hotelbridge.services.orderviews import BookingRequest, ChangeRequest
from tests.services.evening import DESK, Evening

PRINTER = """
  [property.lists]
  command = ["/usr/bin/lp"]
"""
MAIL_TOO = (
    PRINTER
    + """
    [property.lists.mail]
    host = "mail.example.com"
    from = "hb@example.com"
    to = ["desk@example.com"]
"""
)
TONIGHT = datetime(2026, 11, 24, 21, 50, tzinfo=UTC)  # 22:50 in Vienna
Hotel = Callable[..., Evening]


@pytest.fixture
def hotel(tmp_path: Path) -> Iterator[Hotel]:
    made: list[Evening] = []

    def make(more: str = PRINTER, begins: datetime = TONIGHT, at: str = "23:00") -> Evening:
        made.append(Evening(tmp_path, more=more, begins=begins, keys=f'night_list = "{at}"'))
        return made[0]

    yield make
    for evening in made:
        evening.stop()


def book(evening: Evening, room: str, at: str, note: str = "") -> int:
    """`at` with its date."""
    request = BookingRequest(room=room, at=at, note=note)
    return evening._result(evening.daemon.desk.book("main", request, DESK)).id  # type: ignore[no-any-return]


def change(evening: Evening, id: int, **what: str) -> None:
    evening._result(evening.daemon.desk.change("main", id, ChangeRequest(**what), DESK))


def pages(evening: Evening, way: str = "command") -> list[Letter]:
    return [letter for _, letter in evening.outside.letters if letter.way == way]


def asleep(evening: Evening, seconds: float) -> None:
    """Time passes while the daemon is down: a day of a fake clock goes by in no time."""
    evening.crash()
    evening.advance(seconds)
    evening.start()
    evening.advance(10)


def test_the_list_of_the_night_is_printed_at_its_time(hotel: Hotel) -> None:
    """A6: at 23:00 the list is printed by itself, by time, until noon."""
    evening = hotel()
    book(evening, "213", "2026-11-25T07:00", "no milk")
    book(evening, "212", "2026-11-25T06:30")
    book(evening, "110", "2026-11-25T12:00")  # the next night's
    evening.advance(9 * 60 + 55)
    assert pages(evening) == []
    evening.advance(10)
    (page,) = pages(evening)
    assert page.page and "2 wake-ups" in page.text
    assert page.text.index("Wed 06:30  212") < page.text.index("Wed 07:00  213")
    assert "no milk" in page.text and "110" not in page.text


def test_there_is_one_list_for_each_night_whatever_is_restarted(hotel: Hotel) -> None:
    """A6: exactly one, also over restarts."""
    evening = hotel()
    evening.advance(10 * 60 + 5)
    for _ in range(3):
        evening.crash()
        evening.advance(30)
        evening.start()
    evening.advance(120)
    assert len({letter.name for letter in pages(evening)}) == 1
    asleep(evening, 23 * 3600)
    assert len({letter.name for letter in pages(evening)}) == 1
    asleep(evening, 3600)
    assert len({letter.name for letter in pages(evening)}) == 2  # the night after


def test_a_start_after_its_time_makes_it_up(hotel: Hotel) -> None:
    """A6: down at 23:00, printed at the start."""
    evening = hotel()
    book(evening, "212", "2026-11-25T06:30")
    evening.crash()
    evening.advance(4 * 3600)
    evening.start()
    evening.advance(5)
    (page,) = pages(evening)
    assert "1 wake-up." in page.text and "24 November" in page.text


def test_changes_after_it_are_slips_that_share_a_page(hotel: Hotel) -> None:
    """A6: booked, changed, cancelled after the list: slips, batched."""
    evening = hotel()
    first = book(evening, "212", "2026-11-25T06:30")
    second = book(evening, "213", "2026-11-25T07:00")
    evening.advance(10 * 60 + 5)
    change(evening, first, time="06:45")
    evening.advance(2)
    evening.cancel(second)
    book(evening, "110", "2026-11-25T05:00", "taxi")
    book(evening, "111", "2026-11-25T14:00")  # not of this night
    evening.advance(10)
    _, slip = pages(evening)
    lines = [line for line in slip.text.splitlines() if line.startswith(("NEW", "CHANGED", "CANCELLED"))]
    assert [line.split()[:4] for line in lines] == [
        ["NEW", "Wed", "05:00", "110"],
        ["CHANGED", "Wed", "06:45", "212"],
        ["CANCELLED", "Wed", "07:00", "213"],
    ]
    assert "was Wed 06:30" in slip.text and "taxi" in slip.text and "111" not in slip.text
    evening.advance(60)
    assert len(pages(evening)) == 2  # told once
    change(evening, first, note="two eggs")
    evening.advance(10)
    assert "SLIP 2" in pages(evening)[-1].text


def test_a_wake_up_that_leaves_the_night_is_told(hotel: Hotel) -> None:
    """A6: moved to the afternoon is a change of this night."""
    evening = hotel()
    wakeup = book(evening, "212", "2026-11-25T06:30")
    evening.advance(10 * 60 + 5)
    change(evening, wakeup, time="14:00")
    evening.advance(10)
    assert "CHANGED" in pages(evening)[-1].text and "Wed 14:00" in pages(evening)[-1].text


def test_the_desk_sees_the_list_with_each_slip_once_by_however_many_ways_it_left(hotel: Hotel) -> None:
    evening = hotel(MAIL_TOO)
    first = book(evening, "212", "2026-11-25T06:30")
    evening.advance(10 * 60 + 5)
    change(evening, first, time="06:45")
    evening.advance(10)
    night = evening._result(evening.daemon.desk.night("main", None))
    assert str(night.evening) == "2026-11-24"
    assert [(line.room, line.local) for line in night.lines] == [("212", "2026-11-25T06:45:00")]
    [slip] = night.slips
    [change_of_it] = slip.changes
    assert change_of_it.what == "CHANGED" and change_of_it.line == night.lines[0]
    assert change_of_it.was is not None and change_of_it.was.local == "2026-11-25T06:30:00"
    assert evening._result(evening.daemon.desk.night("main", TONIGHT.date() - timedelta(days=1))).slips == ()


def test_rings_and_their_ends_are_no_slips(hotel: Hotel) -> None:
    """A6: what happens at the door is not a change of the list."""
    evening = hotel()
    book(evening, "212", "2026-11-24T23:05")
    evening.advance(10 * 60 + 5)
    evening.advance(30 * 60)
    assert len(pages(evening)) == 1


def test_a_change_made_just_before_a_crash_is_told_after_it(hotel: Hotel) -> None:
    """A6: no change is missed."""
    evening = hotel()
    evening.advance(10 * 60 + 5)
    book(evening, "212", "2026-11-25T06:30")
    evening.crash()
    evening.advance(60)
    evening.start()
    evening.advance(10)
    assert "NEW" in pages(evening)[-1].text


def test_a_printer_that_fails_is_an_alarm_until_it_prints(hotel: Hotel) -> None:
    """A6: a failure is an alarm."""
    evening = hotel(more=MAIL_TOO)
    evening.outside.failing["command"] = "lp: out of paper"
    evening.advance(10 * 60 + 5)
    (alarm,) = evening.open_alarms()
    assert alarm.kind == AlarmKind.DELIVERY
    assert "out of paper" in alarm.text and "hotelbridge wakeup night-list" in alarm.text
    assert len(pages(evening, "mail")) == 1  # the other way is not held up
    del evening.outside.failing["command"]
    evening.advance(60)
    assert evening.open_alarms() == ()
    assert len({letter.name for letter in pages(evening)}) == 1


def test_a_list_that_nobody_needs_any_more_is_dropped(hotel: Hotel) -> None:
    """A6: at noon the night is over."""
    evening = hotel(begins=datetime(2026, 11, 25, 10, 54, tzinfo=UTC), at="11:55")  # a list made late
    evening.outside.failing["command"] = "lp: out of paper"
    evening.advance(120)
    tried = len(pages(evening))
    assert tried >= 2
    evening.advance(600)
    last = evening.outside.letters[-1][0]
    assert last <= datetime(2026, 11, 25, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_one_list_in_the_nights_of_summer_time(hotel: Hotel, day: str) -> None:
    """A6: exactly one list per night, over DST, even at an hour that is missing or doubled."""
    begins = datetime.fromisoformat(f"{day}T21:50").replace(tzinfo=UTC)
    evening = hotel(begins=begins, at="02:30")
    asleep(evening, 2.5 * 3600)  # before the first 02:30 there may be
    evening.advance(75 * 60)  # the jump, or both passes of 02:30
    asleep(evening, 3600)
    assert len({letter.name for letter in pages(evening)}) == 1


def test_the_same_text_is_given_when_it_is_asked_for(hotel: Hotel) -> None:
    """A6: `GET .../night-list` is the printed page."""
    evening = hotel()
    book(evening, "212", "2026-11-25T06:30")
    evening.advance(10 * 60 + 5)
    shown = evening._result(evening.daemon.desk.night_list("main", None, named=True))
    assert shown.splitlines()[1:] == pages(evening)[0].text.splitlines()[1:]
    facts = json.loads(pages(evening)[0].facts)
    assert facts["lines"][0]["room"] == "212"


def test_without_a_time_nothing_is_printed(tmp_path: Path) -> None:
    """A6: off by default."""
    evening = Evening(tmp_path, more=PRINTER, begins=TONIGHT)
    book(evening, "212", "2026-11-25T06:30")
    evening.advance(3600)
    assert pages(evening) == []
    evening.stop()
