"""Nights from noon to noon, and what differs from a printed list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hotelbridge.core.nights import Line, changes, list_page, night_at, night_of

VIENNA = ZoneInfo("Europe/Vienna")
ELEVEN = time(23)
LINE = Line(7, "212", "2026-11-25T06:30:00", "once", "tea", "de", False, False, "")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA).astimezone(UTC)


def test_a_night_runs_from_noon_to_noon_and_is_named_after_its_evening() -> None:
    """A6: the list of the night holds what is due until noon."""
    night = night_of(date(2026, 11, 24), ELEVEN, VIENNA)
    assert night.begins == local("2026-11-24T12:00")
    assert night.listed == local("2026-11-24T23:00")
    assert night.ends == local("2026-11-25T12:00")


def test_a_list_made_after_midnight_belongs_to_the_same_night() -> None:
    """A6: 01:00 is still the night of the evening before."""
    assert night_of(date(2026, 11, 24), time(1), VIENNA).listed == local("2026-11-25T01:00")


@pytest.mark.parametrize(
    ("now", "evening"),
    [
        ("2026-11-24T11:59", date(2026, 11, 23)),
        ("2026-11-24T12:00", date(2026, 11, 24)),
        ("2026-11-25T02:00", date(2026, 11, 24)),
    ],
)
def test_the_afternoon_belongs_to_the_night_to_come(now: str, evening: date) -> None:
    """A6: who looks in the afternoon means tonight."""
    assert night_at(local(now), ELEVEN, VIENNA).date == evening


@pytest.mark.parametrize(("evening", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_the_nights_of_summer_time_have_their_own_length(evening: date, hours: int) -> None:
    """A6: exactly one list, over DST too."""
    night = night_of(evening, ELEVEN, VIENNA)
    assert night.ends - night.begins == timedelta(hours=hours)


@pytest.mark.parametrize("evening", [date(2026, 3, 28), date(2026, 10, 24)])
def test_a_list_in_the_hour_that_is_missing_or_doubled_has_one_instant(evening: date) -> None:
    """A6: at the jump, or at the first pass."""
    night = night_of(evening, time(2, 30), VIENNA)
    assert night.begins < night.listed < night.ends
    assert night.listed.astimezone(VIENNA).hour in (2, 3)


def test_nothing_different_is_no_slip() -> None:
    """A6: tries and states are no change of the list."""
    assert changes({7: LINE}, [replace(LINE, tries=2, state="woken")]) == []


def test_what_is_new_changed_or_cancelled_is_a_slip() -> None:
    """A6: later changes as slips."""
    new = replace(LINE, wakeup=8, room="213")
    moved = replace(LINE, local="2026-11-25T06:45:00")
    off = replace(LINE, wakeup=9, off="cancelled")
    found = changes({7: LINE, 9: replace(LINE, wakeup=9)}, [moved, new, off])
    assert [(slip.what, slip.line.wakeup) for slip in found] == [("CANCELLED", 9), ("NEW", 8), ("CHANGED", 7)]


def test_what_came_and_went_between_two_looks_is_no_slip() -> None:
    """A6: nobody needs to know."""
    assert changes({}, [replace(LINE, off="cancelled")]) == []


def test_a_cancelled_one_is_told_once() -> None:
    """A6: what the slip before said is not said again."""
    off = replace(LINE, off="cancelled")
    assert changes({7: off}, [replace(off, tries=1)]) == []


def test_the_page_says_what_a_person_must_know_at_the_door() -> None:
    """A6: time, room, kind, language, VIP, in person, tries so far, note."""
    line = replace(LINE, vip=True, in_person=True, tries=1, state="waiting", kind="follow-up")
    night = night_of(date(2026, 11, 24), ELEVEN, VIENNA)
    page = list_page("Hotel Example", night, [line], night.listed.astimezone(VIENNA))
    assert "Tuesday 24 November 2026: 1 wake-up" in page
    assert "Wed 06:30" in page and "VIP, IN PERSON" in page and "1 try, waiting" in page and "tea" in page


def test_a_page_obeys_nothing_that_a_note_says() -> None:
    """A note cannot feed the printer a command."""
    night = night_of(date(2026, 11, 24), ELEVEN, VIENNA)
    page = list_page("Hotel", night, [replace(LINE, note="a\x0c\x1b[2Jb")], night.listed)
    assert "\x0c" not in page and "\x1b" not in page


def test_an_empty_night_is_a_page_too() -> None:
    """A6: no page would leave the question whether something failed."""
    night = night_of(date(2026, 11, 24), ELEVEN, VIENNA)
    assert "no wake-ups" in list_page("Hotel", night, [], night.listed)
