"""Sheets of crews and tours: pasted, looked at line by line, booked line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pytest

from hotelbridge.core.records import Actor
from hotelbridge.core.sheets import SheetRow
from hotelbridge.errors import Refusal, StoreUnavailable
from hotelbridge.services import orderviews, views
from hotelbridge.web.console.sheetlines import Terms, request_of

from .browsing import Browser
from .fake_desk import ZONE
from .far_end import House

DESK = "/desk/main"
SHEET = f"{DESK}/sheet"
PASTED = "Room;Name;Time\n212;Okafor;0730\n305;Lindqvist;0745\n999;Nobody;0730\n212;Okafor;0730\n305;;\n"
NOON = datetime(2026, 11, 24, 12, tzinfo=ZONE)


@dataclass
class Books:
    """Books for any room, and remembers for what it was asked."""

    house: House
    asked: list[tuple[orderviews.BookingRequest, views.Once | None]] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    refuses: dict[str, Exception] = field(default_factory=dict)
    at_once: int = 100  # rooms of one minute

    async def book(
        self, property: str, request: orderviews.BookingRequest, actor: Actor, once: views.Once | None = None
    ) -> Any:
        if once is not None and once.key in self.kept:
            return views.Replay(201, self.kept[once.key])
        self.asked.append((request, once))
        rooms = request.written_rooms
        for room in rooms:
            if room in self.refuses:
                raise self.refuses[room]
        if len(rooms) > self.at_once:
            raise Refusal("slot_full", "04:30 already has 1.", status=409)
        one = replace(self.house.desk._view(0 if request.preview else len(self.asked)), room=rooms[0])
        booked = self.house.desk._booked(one, preview=request.preview)
        if once is not None:
            self.kept[once.key] = views.render(booked)
        return booked

    def booked(self) -> list[str]:
        """The rooms of all real bookings."""
        return [request.room for request, _ in self.asked if not request.preview]


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


@pytest.fixture
def books(house: House, monkeypatch: pytest.MonkeyPatch) -> Books:
    books = Books(house)
    monkeypatch.setattr(house.desk, "book", books.book)
    return books


def _rows(ana: Browser) -> list[str]:
    """The last cell of each line."""
    cells = ana.page.xpath("//tbody/tr/td[last()]")
    return [" ".join(" ".join(cell.itertext()).split()) for cell in cells]


def _pasted(ana: Browser, text: str = PASTED, **more: str) -> Sequence[str]:
    ana.get(SHEET)
    ana.send(SHEET, text=text, **more)
    return _rows(ana)


def test_the_first_look_shows_each_line_and_books_nothing(ana: Browser, books: Books) -> None:
    assert _pasted(ana) == [
        "– left out · This line names the columns. Room;Name;Time",
        "○ to be booked · Tuesday",
        "○ to be booked · Tuesday",
        "✕ not booked · There is no room 999. 999;Nobody;0730",
        "– left out · The same as line 2. 212;Okafor;0730",
        "✕ not booked · No time was found in this line. 305;;",
    ]
    assert "2 wake-ups to book · ✕ 2 lines with a problem · 2 lines left out" in ana.text
    assert books.booked() == []


def test_the_second_look_books_what_was_good_and_says_so_line_by_line(ana: Browser, books: Books) -> None:
    _pasted(ana, label="OS 87")
    ana.send(f"{SHEET}/book")
    assert books.booked() == ["212", "305"]
    assert books.asked[-1][0].note == "OS 87 · Lindqvist"
    assert _rows(ana)[1:3] == ["✓ booked · Tuesday", "✓ booked · Tuesday"]
    assert "2 wake-ups are booked · 2 lines are not · 2 lines left out" in ana.text


def test_what_was_not_booked_stands_ready_to_be_mended(ana: Browser, books: Books) -> None:
    _pasted(ana)
    ana.send(f"{SHEET}/book")
    assert ana.fields(SHEET)["text"].splitlines() == ["Room;Name;Time", "999;Nobody;0730", "305;;"]


def test_whoever_sends_the_form_twice_books_once_and_reads_the_same(ana: Browser, books: Books) -> None:
    _pasted(ana)
    fields = ana.fields(f"{SHEET}/book")
    ana.post(f"{SHEET}/book", fields)
    ana.post(f"{SHEET}/book", fields)
    assert books.booked() == ["212", "305"]
    assert _rows(ana)[1] == "✓ booked already · Tuesday"
    assert len({once.key for _, once in books.asked if once}) == 2


def test_a_booking_that_is_refused_is_told_beside_its_line_and_stops_no_other(
    ana: Browser, books: Books
) -> None:
    books.refuses["212"] = Refusal("not_in_house", "Nobody is in 212.", status=409)
    assert _pasted(ana)[1] == "✕ not booked · Nobody is in 212. 212;Okafor;0730"
    ana.send(f"{SHEET}/book")
    assert _rows(ana)[1:3] == ["✕ not booked · Nobody is in 212. 212;Okafor;0730", "✓ booked · Tuesday"]


def test_what_could_not_be_saved_is_booked_by_sending_the_form_again(ana: Browser, books: Books) -> None:
    _pasted(ana)
    books.refuses["305"] = StoreUnavailable("the disk is full")
    ana.send(f"{SHEET}/book")
    assert "Nothing can be saved at this moment." in _rows(ana)[2]
    books.refuses.clear()
    ana.send(f"{SHEET}/book")
    assert [row.partition(" · ")[0] for row in _rows(ana)[1:3]] == ["✓ booked already", "✓ booked"]


def test_who_is_up_is_asked_for_by_the_orders_of_the_sheet(ana: Browser, books: Books) -> None:
    _pasted(ana)
    ana.send(f"{SHEET}/book")
    assert f"{DESK}/wakeups?order=3-4&up=1&day=" in ana.page.xpath("//a/@href")


def test_a_room_without_a_guest_is_booked_only_where_that_was_chosen(ana: Browser, books: Books) -> None:
    _pasted(ana, anyway="1")
    ana.send(f"{SHEET}/book")
    assert all(request.anyway for request, _ in books.asked)
    _pasted(ana)
    assert not books.asked[-1][0].anyway


def test_one_time_for_all_is_given_to_a_sheet_without_times(ana: Browser, books: Books) -> None:
    _pasted(ana, "212 Okafor\n305 Lindqvist\n", time="430", day="2026-11-25")
    [(one, _)] = books.asked  # those of one minute are tried together
    assert (one.date, one.time, one.written_rooms) == ("2026-11-25", "04:30:00", ("212", "305"))


def test_what_cannot_ring_together_is_told_once_before_it_is_booked(ana: Browser, books: Books) -> None:
    books.at_once = 1
    rows = _pasted(ana, "212 Okafor\n305 Lindqvist\n", time="430", day="2026-11-25")
    assert rows == ["○ to be booked · Tuesday · too many at once"] * 2
    assert ana.text.count("⚠ 04:30 already has 1.") == 1


def test_one_line_that_is_refused_takes_none_of_its_minute_with_it(ana: Browser, books: Books) -> None:
    books.refuses["212"] = Refusal("not_in_house", "Nobody is in 212.", status=409)
    rows = _pasted(ana, "212 Okafor\n305 Lindqvist\n", time="430", day="2026-11-25")
    assert rows == ["✕ not booked · Nobody is in 212. 212 Okafor", "○ to be booked · Tuesday"]


def test_times_of_a_pick_up_are_counted_back_and_may_be_of_the_evening_before(
    ana: Browser, books: Books
) -> None:
    _pasted(ana, "212 00:30\n305 05:00\n", pickup="yes", before="60", day="2026-11-26")
    assert [(one.date, one.time) for one, _ in books.asked] == [
        ("2026-11-25", "23:30:00"),
        ("2026-11-26", "04:00:00"),
    ]


def test_a_pick_up_without_a_day_is_the_next_one_even_if_its_waking_is_over() -> None:
    soon = SheetRow(1, "", "212", "11:40:00", pickup="12:30:00")
    assert request_of(soon, Terms(None, "", False), NOON).date == "2026-11-24"
    night = SheetRow(1, "", "212", "23:40:00", pickup="00:30:00", day_before=True)
    assert request_of(night, Terms(None, "", False), NOON).date == "2026-11-24"
    early = SheetRow(1, "", "212", "05:00:00", pickup="05:50:00")
    assert request_of(early, Terms(None, "", False), NOON).date == "2026-11-25"
    bare = SheetRow(1, "", "212", "05:00:00")
    assert request_of(bare, Terms(None, "", False), NOON).date is None
    assert request_of(bare, Terms(date(2026, 12, 1), "", False), NOON).date == "2026-12-01"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": " "}, "Paste the list first."),
        ({"time": "half past"}, "The time for all is not understood"),
        ({"before": "an hour"}, "The minutes before the pick-up are not understood."),
        ({"before": "1440"}, "The minutes before the pick-up are not understood."),
        ({"day": "31.12."}, "This is no day."),
    ],
)
def test_a_field_that_is_not_understood_is_told_and_nothing_that_was_typed_is_lost(
    ana: Browser, books: Books, fields: dict[str, str], told: str
) -> None:
    ana.get(SHEET)
    assert ana.send(SHEET, **{"text": PASTED, **fields}).status == 409
    assert told in ana.text
    assert ana.fields(SHEET)["text"].strip() == {"text": PASTED, **fields}["text"].strip()
    assert books.asked == []


def test_more_wake_ups_than_one_sheet_may_hold_are_named_and_not_dropped(
    ana: Browser, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotelbridge.web.console.sheetlines.MOST", 1)
    rows = _pasted(ana, "212 0730\n305 0745\n")
    assert rows == [
        "○ to be booked · Tuesday",
        "✕ not booked · More than 1 wake-ups at once: paste the rest by itself. 305 0745",
    ]


def test_a_hostile_line_is_only_text(ana: Browser, books: Books) -> None:
    _pasted(ana, "212;<script>alert(1)</script>;0730\n212;</textarea><script>;bad\n")
    assert b"<script>alert" not in ana.last.body
    assert b"</textarea><script>" not in ana.last.body


def test_a_viewer_pastes_nothing_and_no_form_without_its_token_does(
    house: House, ana: Browser, books: Books
) -> None:
    vera = Browser(house).log_in("vera")
    assert vera.get(SHEET).status == 403
    vera.get(DESK)
    assert "Paste a list" not in vera.text
    assert vera.post(f"{SHEET}/book", vera.fields(f"{DESK}/language")).status == 403
    assert ana.post(f"{SHEET}/book", {"text": PASTED, "once": "a" * 12}).status == 403
    assert books.asked == []
