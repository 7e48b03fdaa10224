"""The line of the desk: what each way of writing it means, and what is told of what is not understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core.deskline import (
    HINTS,
    Awake,
    Booking,
    Cancel,
    Command,
    House,
    Part,
    Saying,
    Show,
    hint,
    parse,
    written,
)
from hotelbridge.core.deskoptions import KNOWN
from hotelbridge.core.desksentences import DID_YOU_MEAN, SENTENCES
from hotelbridge.core.orders import WEEKDAYS
from hotelbridge.core.records import Proof

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 23, 21, 20, tzinfo=UTC)  # Monday, 22:20 in Vienna
ROOMS = (
    "110",
    "111",
    "112A",
    "115",
    "118",
    "120",
    "131",
    "214",
    "216",
    "299",
    "630",
    "9",
    "Suite 1",
    "garden",
)
HOUSE = House(ROOMS, NOW, VIENNA)
NIGHT = replace(HOUSE, now=datetime(2026, 11, 28, 1, 10, tzinfo=VIENNA))  # a Saturday
RANGE = ("110", "111", "112A", "115", "118", "120")
MON_FRI = WEEKDAYS[:5]


def book(room: str, time: str | None = "06:30:00", **more: Any) -> Booking:
    more.setdefault("rooms", (room,))
    return Booking(room, time=time, **more)


def told(line: str, house: House = HOUSE) -> list[tuple[str, str]]:
    """The code of each problem, and the piece of the line that it is about."""
    parsed = parse(line, house)
    assert parsed.command is None
    return [(one.code, line[one.start : one.end]) for one in parsed.problems]


# --- bookings ---


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("w 214 0630", book("214")),
        ("214 630", book("214")),
        ("  W   214   6:30  ", book("214")),
        ("wake 214 6.30p", book("214", "18:30:00")),
        ("214 6.30 pm", book("214", "18:30:00")),
        ("214 06:30:15", book("214", "06:30:15")),
        ("214 +20m", book("214", None, at="2026-11-23T22:40:00")),
        ("214 2026-12-01T06:30", book("214", None, at="2026-12-01T06:30:00")),
        ("214 2026-12-01 06:30", book("214", date="2026-12-01")),
        ("w 110:120,131 0630 daily", book("110:120,131", rooms=(*RANGE, "131"), days=WEEKDAYS)),
        ("110, 111 ,115 0630", book("110,111,115", rooms=("110", "111", "115"))),
        ("112a 0630", book("112A")),
        ("suite 1 0630", book("Suite 1")),
        ("Suite 1,garden 0630", book("Suite 1,garden", rooms=("Suite 1", "garden"))),
        ("214 0630 fri", book("214", date="2026-11-27")),
        ("214 tomorrow 0630", book("214", date="2026-11-24")),
        ("214 0630 every fri", book("214", days=("fri",))),
        ("214 0630 every day", book("214", days=WEEKDAYS)),
        ("214 0630 mon, wed", book("214", days=("mon", "wed"))),
        ("214 0630 mon-fri until fri", book("214", days=MON_FRI, until="2026-11-27")),
        ("214 0630 weekdays tomorrow", book("214", days=MON_FRI, date="2026-11-24")),
        ("214 0630 d1", book("214")),
        ("214 0630 d2", book("214", date="2026-11-24", days=WEEKDAYS, until="2026-11-25")),
        ("214 2330 d2", book("214", "23:30:00", date="2026-11-23", days=WEEKDAYS, until="2026-11-24")),
        ("214 0630 fri d3", book("214", date="2026-11-27", days=WEEKDAYS, until="2026-11-29")),
        ("214 0630 vip knock anyway", book("214", vip=True, in_person=True, anyway=True)),
        ("214 0630 daily, VIP", book("214", vip=True, days=WEEKDAYS)),
        ("214 0630 again 10", book("214", follow_up=10)),
        ("214 again 10m 0630", book("214", follow_up=10)),
        ("214 0630 a10", book("214", follow_up=10)),
        ("214 0630 digit", book("214", proof=Proof.DIGIT)),
        ("214 0630 answer DE", book("214", proof=Proof.ANSWER, language="de")),
        ("214 0630 lang pt-BR", book("214", language="pt-BR")),
        ('214 0615 "tea at 06:30"', book("214", "06:15:00", note="tea at 06:30")),
        ('214 0630 "tea, mon-fri" vip', book("214", note="tea, mon-fri", vip=True)),
        ("214 0630 „Tee“ vip", book("214", note="Tee", vip=True)),
        ("214 0630 vip: tea at 06:30", book("214", vip=True, note="tea at 06:30")),
        ('214 0630 : "tea" for two', book("214", note='"tea" for two')),
        ("214 0630:", book("214")),
    ],
)
def test_a_booking_is_read_as_people_type_it(line: str, meant: Booking) -> None:
    parsed = parse(line, HOUSE)
    assert (parsed.command, parsed.problems) == (meant, ())


def test_the_written_rooms_and_the_rooms_of_the_house_are_both_given() -> None:
    command = parse("110:112a , 131 0630", HOUSE).command
    assert command == book("110:112A,131", rooms=("110", "111", "112A", "131"))


# --- the other keys ---


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("x 214", Cancel("214", ("214",))),
        ("cancel 214 0630", Cancel("214", ("214",), time="06:30:00")),
        ("x 214 0630 fri", Cancel("214", ("214",), date="2026-11-27", time="06:30:00")),
        ("x 214 tomorrow", Cancel("214", ("214",), date="2026-11-24")),
        ("x 110:120", Cancel("110:120", RANGE)),
        ("up 214", Awake("214")),
        ("up 214: seen at breakfast", Awake("214", "seen at breakfast")),
        ("? 214", Show("214")),
        ("?214", Show("214")),
        ("214", Show("214")),
        ("room suite 1", Show("Suite 1")),
    ],
)
def test_one_key_cancels_ends_or_shows(line: str, meant: Command) -> None:
    parsed = parse(line, HOUSE)
    assert (parsed.command, parsed.problems) == (meant, ())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("up 110,111", ("one_room", "110,111")),
        ("x 214 vip", ("too_much", "vip")),
        ("x 214 +20m", ("not_a_time", "+20m")),
        ("? 214 0630", ("too_much", "0630")),
        ("c 214", ("not_a_command", "c")),
    ],
)
def test_a_key_takes_only_what_it_needs(line: str, problem: tuple[str, str]) -> None:
    assert told(line) == [problem]


# --- what may be read in two ways ---


@pytest.mark.parametrize(
    ("line", "meant", "remark"),
    [
        ("w 630 0700", book("630", "07:00:00"), "room_first"),
        ("w 630 214", book("630", "02:14:00"), "room_first_both"),
        ("w 630 299", book("299"), "time_first"),  # 2:99 is no time
        ("0630 214 tomorrow", book("214", date="2026-11-24"), "time_first"),
        ("6.30 pm suite 1", book("Suite 1", "18:30:00"), "time_first"),
        ('214 0630 "tea', book("214", note="tea"), "note_open"),
    ],
)
def test_what_may_be_read_in_two_ways_is_read_by_its_order_and_said(
    line: str, meant: Booking, remark: str
) -> None:
    parsed = parse(line, HOUSE)
    assert parsed.command == meant
    assert remark in [one.code for one in parsed.remarks]


def test_how_it_was_read_is_said_in_words() -> None:
    (remark,) = parse("w 630 214", HOUSE).remarks
    assert remark.sentence() == "Room first: 630 is read as the room and 214 as the time, not the other way."


def test_a_line_that_can_be_read_in_one_way_is_read_without_a_word() -> None:
    assert parse("garden 0630 daily", HOUSE).remarks == ()


def test_a_room_with_the_name_of_a_key_is_the_room_where_no_room_stands_behind_it() -> None:
    house = replace(HOUSE, rooms=(*ROOMS, "X"))
    booked = parse("x 0630", house)
    assert booked.command == book("X")
    assert [one.code for one in booked.remarks] == ["room_not_key"]
    assert parse("x", house).command == Show("X")
    cancelled = parse("x 214", house)
    assert cancelled.command == Cancel("214", ("214",))
    assert [one.code for one in cancelled.remarks] == ["verb_first"]


@pytest.mark.parametrize("line", ["214 0630 d2", "214 0630 sat", "214 0630 sat d2"])
def test_in_the_small_hours_both_days_are_offered_where_the_day_must_be_known(line: str) -> None:
    """B4: between 00:00 and 04:00 both days are offered."""
    (problem,) = parse(line, NIGHT).problems
    assert problem.code == "which_day"
    days = dict(problem.args)
    assert "Saturday 28 November 06:30, in 5 h 20 min" in problem.sentence()
    for day in (days["day1"], days["day2"]):
        assert isinstance(
            parse(line.replace("sat ", "").replace(" sat", "") + f" {day}", NIGHT).command, Booking
        )


def test_a_time_without_a_day_is_left_to_whoever_books_it_also_in_the_small_hours() -> None:
    """B4."""
    assert parse("214 0630", NIGHT).command == book("214")


# --- mistakes ---


@pytest.mark.parametrize(
    ("line", "code", "word", "near"),
    [
        ("2144 0630", "no_such_room", "2144", "214"),
        ("w 110,121 0630", "no_such_room", "121", "120"),
        ("110:1200 0630", "no_such_room", "1200", "120"),
        ("120:110 0630", "range_turned", "120:110", "110:120"),
        ("110-120 0630", "range_colon", "110-120", "110:120"),
        ("110:115:120 0630", "not_a_range", "110:115:120", ""),
        ("110,,111 0630", "room_missing_in_list", "", ""),
        ("gardn 0630", "not_a_command", "gardn", "garden"),
        ("cansel 214", "not_a_command", "cansel", "cancel"),
        ("w", "room_missing", "", ""),
        ("w 0630", "room_missing", "", ""),
        ("w 214", "time_missing", "", ""),
        ("110:120", "time_missing", "", ""),
        ("214 0675", "not_a_time", "0675", ""),
        ("214 6", "not_a_time", "6", "06:00"),
        ("214 06,30", "not_a_time", "06,30", "06:30"),
        ("214 6h30", "not_a_time", "6h30", "06:30"),
        ("214 +20", "not_a_time", "+20", "+20m"),
        ("214 0630 tomorow", "not_understood", "tomorow", "tomorrow"),
        ("214 0630 mo", "not_understood", "mo", "monday"),
        ("214 0630 tea", "not_understood", "tea", ""),
        ("214 0630 until", "day_missing", "until", ""),
        ("214 0630 daily until fry", "not_a_day", "fry", "friday"),
        ("214 0630 until fri", "until_alone", "until fri", ""),
        ("214 0630 every dayly", "not_days", "dayly", "daily"),
        ("214 0630 again", "minutes_missing", "again", ""),
        ("214 0630 again vip", "not_minutes", "vip", ""),
        ("214 0630 again 181", "not_minutes", "again 181", ""),
        ("214 0630 a0", "not_minutes", "a0", ""),
        ("214 0630 d100", "too_many_days", "d100", ""),
        ("214 0630 9999-12-31 d2", "too_many_days", "d2", ""),
        ("214 0630 lang ???", "not_a_language", "???", ""),
        ("214 0630 +10m", "said_twice", "+10m", "again 10"),
        ("214 0630 fri sat", "said_twice", "sat", ""),
        ("214 0630 vip vip", "said_twice", "vip", ""),
        ("214 0630 mon-fri d3", "said_twice", "d3", ""),
        ("214 0630 111", "rooms_apart", "111", ""),
        ("214 +20m fri", "day_with_moment", "fri", ""),
        ("214 0630 : " + "x" * 501, "note_too_long", ": " + "x" * 501, ""),
        ("214 06\x0030", "control_sign", "\x00", ""),
    ],
)
def test_a_mistake_names_its_word_its_place_and_the_nearest_known_word(
    line: str, code: str, word: str, near: str
) -> None:
    assert told(line) == [(code, word)]
    assert parse(line, HOUSE).problems[0].near == near


def test_all_mistakes_are_told_at_once_in_the_order_of_the_line() -> None:
    codes = [code for code, _ in told("w 219,110 0630 vipp until fry again")]
    assert codes == ["no_such_room", "not_understood", "not_a_day", "minutes_missing"]


def test_of_many_rooms_that_are_not_there_the_first_five_are_told() -> None:
    assert len(told("w 901,902,903,904,905,906,907 0630")) == 5


def test_a_line_that_is_far_too_long_is_not_read() -> None:
    assert [code for code, _ in told("214 0630 : " + "x" * 2000)] == ["too_long"]


def test_a_sentence_names_the_word_and_asks_about_the_nearest() -> None:
    (problem,) = parse("214 0630 tomorow", HOUSE).problems
    assert problem.sentence() == (
        "tomorow is not understood here. If it is a note, put it in quotes or behind a colon. "
        "Did you mean tomorrow?"
    )


def test_a_sentence_is_translated_before_its_words_are_put_in() -> None:
    words = {SENTENCES["no_such_room"]: "Zimmer {word} gibt es nicht.", DID_YOU_MEAN: "Oder {near}?"}
    (problem,) = parse("2144 0630", HOUSE).problems
    assert problem.sentence(words.__getitem__) == "Zimmer 2144 gibt es nicht. Oder 214?"


def test_braces_that_were_typed_stay_as_they_are() -> None:
    (problem,) = parse("214 0630 {word}", HOUSE).problems
    assert problem.sentence().startswith("{word} is not understood")


# --- what comes next ---


@pytest.mark.parametrize(
    ("line", "next_one"),
    [
        ("", "start"),
        ("w", "room"),
        ("w ", "room"),
        ("w 21", "room"),
        ("0630", "room"),
        ("w 110,", "room"),
        ("214", "time"),
        ("w 214", "time_only"),
        ("w 214 06", "time_only"),
        ("w 214 0630", "options"),
        ("w 214 0630 tomo", "options"),
        ("w 214 0630 again", "minutes"),
        ("w 214 0630 daily until ", "day"),
        ("w 214 0630 every", "days"),
        ("w 214 0630 lang", "language"),
        ("w 214 0630 : te", "note"),
        ("x 214", "cancel"),
        ("up 214", "awake"),
        ("? 214", "enter"),
    ],
)
def test_a_line_that_is_being_typed_says_what_comes_next(line: str, next_one: str) -> None:
    assert hint(line, HOUSE) == next_one
    assert next_one in HINTS


def test_nothing_typed_is_no_mistake() -> None:
    assert parse("   ", HOUSE).problems == ()


def test_what_was_understood_is_marked_in_the_line() -> None:
    assert parse("w 110, 111 0630 vip", HOUSE).parts == (
        Part("verb", 0, 1),
        Part("room", 2, 10),
        Part("time", 11, 15),
        Part("vip", 16, 19),
    )


# --- whatever is typed ---

WORDS = st.sampled_from(
    [*KNOWN, *ROOMS, "w", "x", "up", "?", "0630", "6.30p", "pm", "+20m", "a10", "d2", "mon,wed", "mon-fri",
     "2026-11-30", "9999-12-31", "110:120", ",", ":", '"', "tea", "de", "10", "2026-12-01T06:30"]
)  # fmt: skip
LINES = st.one_of(st.text(max_size=60), st.lists(WORDS | st.text(max_size=4), max_size=9).map(" ".join))
TIMES = st.times().map(lambda at: at.replace(microsecond=0).isoformat())
DATES = st.dates(datetime(1971, 1, 1).date(), datetime(2190, 1, 1).date()).map(str)
NOTES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40).map(str.strip)
DAYS = st.sets(st.sampled_from(WEEKDAYS)).map(lambda days: tuple(d for d in WEEKDAYS if d in days))


@st.composite
def bookings(draw: st.DrawFn) -> Booking:
    days = draw(DAYS)
    return book(
        *draw(st.sampled_from([(room,) for room in ROOMS])),
        draw(TIMES),
        date=draw(st.none() | DATES),
        days=days,
        until=draw(st.none() | DATES) if days else None,
        proof=draw(st.none() | st.sampled_from(Proof)),
        vip=draw(st.booleans()),
        in_person=draw(st.booleans()),
        anyway=draw(st.booleans()),
        follow_up=draw(st.none() | st.integers(1, 180)),
        language=draw(st.sampled_from(["", "de", "zh", "pt-BR", "xx"])),
        note=draw(NOTES),
    )


@given(LINES, st.timedeltas(timedelta(), timedelta(days=400)))
def test_any_line_is_read_or_refused_in_a_sentence_that_stands_in_it(line: str, later: timedelta) -> None:
    house = replace(HOUSE, now=NOW + later)
    parsed = parse(line, house)
    assert parsed.awaits in HINTS
    for one in (*parsed.problems, *parsed.remarks):
        assert one.sentence() and 0 <= one.start <= one.end <= len(line)
    assert all(0 <= part.start < part.end <= len(line) for part in parsed.parts)
    assert (parsed.command is None) == bool(parsed.problems or not line.strip())


@given(LINES)
def test_the_written_form_of_what_was_read_is_read_as_the_same(line: str) -> None:
    command = parse(line, HOUSE).command
    if command is not None:
        assert parse(written(command), HOUSE).command == command


@given(bookings())
def test_the_written_form_of_a_booking_is_read_as_the_same(booking: Booking) -> None:
    assert parse(written(booking), HOUSE).command == booking


def test_a_command_is_written_in_one_form() -> None:
    assert written(parse("0630 110, 111 weekdays until fri vip a5: tea", HOUSE).command or Show("")) == (
        "w 110,111 06:30 weekdays until 2026-11-27 vip again 5 : tea"
    )


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_can_be_filled(code: str) -> None:
    names = [name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name]
    assert Saying(code, args=tuple((name, "x") for name in names)).sentence()


WIDE = [("２１４　０６：３０　：茶", "214 06:30 :茶"), ("110，111 0630", "110,111 0630"), ("？ 214", "? 214")]


@pytest.mark.parametrize(("wide", "narrow"), WIDE)
def test_wide_signs_of_an_east_asian_keyboard_are_as_good(wide: str, narrow: str) -> None:
    assert parse(wide, HOUSE) == parse(narrow, HOUSE)
    assert parse(narrow, HOUSE).command is not None
