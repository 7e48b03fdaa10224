"""Crew and tour sheets as they are pasted: which line is whom, where and when, and which is not clear."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotelbridge.core import sheetcells
from hotelbridge.core.sheets import MOST_LINES, Sheet, SheetRow, read_sheet

ROOMS = ("110", "111", "112A", "115", "118", "120", "131", "214", "216", "299", "630", "9", "Suite 1")
FIVE = time(5)


def rows(sheet: Sheet) -> list[tuple[str, str, str]]:
    return [(row.room, row.time[:5], row.name) for row in sheet.rows]


def problems(sheet: Sheet) -> list[tuple[int, str]]:
    return [(row.line, row.problem.code) for row in sheet.rows if row.problem]


def skipped(sheet: Sheet) -> list[tuple[int, str]]:
    return [(one.line, one.reason.code) for one in sheet.skipped]


# --- columns ---


@pytest.mark.parametrize(
    "text",
    [
        "Ann Smith\t214\t06:30\nLee\t110\t06:45",
        "214\t06:30\tAnn Smith\n110\t06:45\tLee",
        "06:30;Ann Smith;214\n06:45;Lee;110",
        "Ann Smith, 214, 06:30\nLee, 110, 06:45",
        "Ann Smith    214   0630\nLee          110   0645",
        "Ann Smith 214 0630\nLee 110 0645",
        "214 Ann Smith 6.30\n110 Lee 6.45",
        "Name\tRoom\tTime\nAnn Smith\t214\t06:30\nLee\t110\t06:45",
        "Uhrzeit;Zimmer;Gast\n06:30;214;Ann Smith\n06:45;110;Lee",
        "Room No.,Guest Name,Wake-up call\n214,Ann Smith,06:30\n110,Lee,06:45",
        "Name Room Time\nAnn Smith 214 0630\nLee 110 0645",
        "Ann Smith;Zi. 214;6:30 Uhr\nLee;Room 110;6h45",
        "\ufeff214;06:30;Ann Smith\r\n110;06:45;Lee\r\n",
    ],
)
def test_columns_are_found_in_any_order_and_with_any_sign_between(text: str) -> None:
    sheet = read_sheet(text, ROOMS)
    assert rows(sheet) == [("214", "06:30", "Ann Smith"), ("110", "06:45", "Lee")]
    assert not problems(sheet)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Smith, Ann, 214, 06:30", "Smith, Ann"),
        ('"Smith, Ann",214,06:30', "Smith, Ann"),
        ("Smith, Ann 214 06:30", "Smith, Ann"),
        ("Smith, Ann\t214\t06:30", "Smith, Ann"),
        ("van der Berg, J. 214 06:30", "van der Berg, J."),
        ("LH 456 Kim 214 06:30", "LH 456 Kim"),
        ("214 06:30", ""),
    ],
)
def test_a_name_may_have_blanks_and_commas(line: str, name: str) -> None:
    assert rows(read_sheet(line, ROOMS)) == [("214", "06:30", name)]


def test_a_line_of_other_length_is_read_by_its_cells() -> None:
    sheet = read_sheet("Lee, 110, 06:45\nKim, 111, 06:45\nSmith, Ann, 214, 06:30\nPark, 115, 06:45", ROOMS)
    assert rows(sheet)[2] == ("214", "06:30", "Smith, Ann")


def test_a_room_of_several_words_is_one_room() -> None:
    assert rows(read_sheet("Ann Miller suite 1 06:30", ROOMS)) == [("Suite 1", "06:30", "Ann Miller")]


# --- times ---


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("06:30:00", "06:30:00"),
        ("6:30 AM", "06:30:00"),
        ("6:30 pm", "18:30:00"),
        ("0630", "06:30:00"),
        ("630", "06:30:00"),
        ("6.30", "06:30:00"),
        ("6 Uhr", "06:00:00"),
        ("06:30 h", "06:30:00"),
        ("0.2708333", "06:30:00"),
        ("0,270833333333333", "06:30:00"),
        ("0.999306", "23:59:00"),
    ],
)
def test_a_time_is_read_as_spreadsheets_and_people_write_it(cell: str, meant: str) -> None:
    (row,) = read_sheet(f"Ann\t214\t{cell}", ROOMS).rows
    assert (row.time, row.problem) == (meant, None)


def test_a_quarter_of_a_day_is_a_time_only_where_others_are_parts_of_a_day_too() -> None:
    assert rows(read_sheet("A\t214\t0.25\nB\t110\t0.2708333", ROOMS))[0] == ("214", "06:00", "A")
    sheet = read_sheet("A\t214\t0.25\nB\t110\t06:30", ROOMS)
    assert problems(sheet) == [(1, "row_part_of_day")]
    assert (
        sheet.rows[0].problem and "00:25, or as a part of the day 06:00" in sheet.rows[0].problem.sentence()
    )


def test_one_time_is_for_all_where_the_sheet_has_none() -> None:
    sheet = read_sheet("Ann 214\nKim 111\n", ROOMS, one_time=FIVE)
    assert rows(sheet) == [("214", "05:00", "Ann"), ("111", "05:00", "Kim")]
    assert not problems(sheet)
    assert rows(read_sheet("214\n110", ROOMS, one_time=FIVE)) == [("214", "05:00", ""), ("110", "05:00", "")]


def test_figures_that_may_be_a_time_beside_one_for_all_are_a_problem() -> None:
    sheet = read_sheet("Ann 214\nLH 456 Kim 111\n", ROOMS, one_time=FIVE)
    assert problems(sheet) == [(2, "row_times")]
    assert sheet.rows[1].problem and sheet.rows[1].problem.sentence() == "Which is the time: 04:56, 05:00?"
    assert rows(read_sheet("Ann 214 615\nKim 111 645\n", ROOMS, one_time=FIVE))[0][1] == "06:15"


def test_a_line_without_a_time_on_a_sheet_with_times_is_a_problem() -> None:
    sheet = read_sheet("Ann;214;06:30\nLee;110;\nKim;111;06:30", ROOMS, one_time=FIVE)
    assert problems(sheet) == [(2, "row_no_time")]
    assert problems(read_sheet("Ann 214\nLee 110", ROOMS)) == [(1, "row_no_time"), (2, "row_no_time")]


def test_a_pick_up_is_counted_back_also_over_midnight() -> None:
    first, second = read_sheet("Room;Name;Pick-up\n214;Ann;06:30\n110;Lee;00:30", ROOMS).rows
    assert (first.time, first.pickup, first.day_before) == ("05:40:00", "06:30:00", False)
    assert (second.time, second.pickup, second.day_before) == ("23:40:00", "00:30:00", True)


def test_how_long_before_and_whether_it_is_a_pick_up_may_be_said() -> None:
    assert rows(read_sheet("Ann 214 0630", ROOMS, before=90, pickup=True)) == [("214", "05:00", "Ann")]
    heads = "Zimmer\tAbholung\n214\t06:30"
    assert rows(read_sheet(heads, ROOMS, before=30)) == [("214", "06:00", "")]
    assert rows(read_sheet(heads, ROOMS, pickup=False)) == [("214", "06:30", "")]


def test_of_a_wake_up_and_a_pick_up_the_wake_up_counts_where_it_is_given() -> None:
    sheet = read_sheet("Name;Room;Wake-up;Pick up\nA;214;05:00;06:00\nB;110;;06:00", ROOMS, pickup=True)
    assert rows(sheet) == [("214", "05:00", "A"), ("110", "05:10", "B")]


# --- what is not clear ---


def test_an_unknown_room_is_a_problem_with_the_nearest_room() -> None:
    sheet = read_sheet("Ann 214 0630\nLee 219 0630\nKim;2194;0630\nNo gardn 06:30", ROOMS)
    assert problems(sheet) == [(2, "no_such_room"), (3, "no_such_room"), (4, "row_no_room")]
    assert [row.problem.near for row in sheet.rows[1:3] if row.problem] == ["216", "214"]
    assert rows(sheet)[1] == ("219", "06:30", "Lee")


def test_a_sheet_of_another_house_is_not_compared_with_this_one_room_by_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thousand of them in a house of a thousand rooms took 1.4 s, in which nobody was woken."""
    looks: list[str] = []
    monkeypatch.setattr(sheetcells, "nearest_room", lambda room, known: looks.append(room))
    sheet = read_sheet("".join(f"{9000 + n} 0630\n" for n in range(900)), ROOMS)
    assert len(problems(sheet)) == 900 and len(looks) <= 50


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ann\t214\t25:00", "row_not_a_time"),
        ("Ann;299;214;06:30", "row_rooms"),
        ("214,06:30,06:50,Ann", "row_times"),
        ("Ann 214 630\nLee 630 214", "row_rooms"),
    ],
)
def test_what_may_be_read_in_two_ways_is_a_problem(text: str, code: str) -> None:
    head = "Name\tRoom\tTime\n" if "\t" in text else ""
    sheet = read_sheet(head + text, ROOMS)
    assert {found for _, found in problems(sheet)} == {code}
    assert not sheet.wakeups


def test_columns_that_are_rooms_and_times_either_way_are_read_room_first_and_it_is_said() -> None:
    sheet = read_sheet("630\t214\n630\t216", ROOMS)
    assert rows(sheet) == [("630", "02:14", ""), ("630", "02:16", "")]
    assert [one.code for one in sheet.remarks] == ["sheet_room_first"]


def test_the_same_room_and_time_twice_is_one_and_with_other_times_two() -> None:
    sheet = read_sheet("Ann 214 0630\nBob 214 06:30\nAnn 214 0700", ROOMS)
    assert [row.same_as for row in sheet.rows] == [None, 1, None]
    assert [(row.line, row.time) for row in sheet.wakeups] == [(1, "06:30:00"), (3, "07:00:00")]


def test_a_row_with_a_problem_is_not_what_another_one_repeats() -> None:
    sheet = read_sheet("Ann 219 0630\nBob 219 0630", ROOMS)
    assert [row.same_as for row in sheet.rows] == [None, None]


# --- lines that are no rows ---


def test_titles_heads_and_comments_are_skipped_with_the_reason() -> None:
    head = "Room\tName\tTime\n"
    text = f"Crew LH 456\n\n{head}214\tAnn\t06:30\n# later\n{head}110\tLee\t06:45\nCrew B:\n"
    sheet = read_sheet(text, ROOMS)
    assert rows(sheet) == [("214", "06:30", "Ann"), ("110", "06:45", "Lee")]
    assert skipped(sheet) == [
        (1, "row_title"), (3, "row_header"), (5, "row_comment"), (6, "row_header"), (8, "row_title"),
    ]  # fmt: skip


def test_a_guest_without_a_room_is_a_problem_and_no_title() -> None:
    assert problems(read_sheet("Ann 214 0630\nBob Miller", ROOMS)) == [(2, "row_no_room")]
    assert problems(read_sheet("Name;Room;Time\nBob;;\nAnn;214;0630", ROOMS)) == [(2, "row_no_room")]


def test_an_unknown_room_on_the_first_line_is_no_title() -> None:
    assert problems(read_sheet("219\n214", ROOMS, one_time=FIVE)) == [(1, "no_such_room")]


def test_a_sheet_that_is_too_long_is_said_to_be_cut() -> None:
    sheet = read_sheet("x 21 0630\n" * (MOST_LINES + 1), tuple(str(n) for n in range(100, 2100)))
    assert len(sheet.rows) == MOST_LINES
    assert [one.code for one in sheet.remarks] == ["sheet_too_long"]


def test_a_line_that_is_too_long_to_be_read_is_a_problem() -> None:
    assert problems(read_sheet("Ann 214 0630\n" + "x" * 1001, ROOMS)) == [(2, "row_too_long")]


# --- whatever is pasted ---

CELLS = st.sampled_from(
    [*ROOMS, "0630", "06:30", "630", "0.25", "0.2708333", "Ann", "Lee,", "Name", "Room", "Time", "Pick-up",
     "#", '"', "AM", "Zi.", "219", ":", ""]
)  # fmt: skip
PASTED = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.lists(CELLS | st.text(max_size=3), max_size=5).flatmap(
            lambda cells: st.sampled_from("\t;, ").map(lambda sign: sign.join(cells))
        ),
        max_size=6,
    ).map("\n".join),
)


@given(PASTED, st.none() | st.just(FIVE), st.none() | st.booleans())
def test_of_any_text_every_line_that_is_not_blank_comes_back_once(
    text: str, one_time: time | None, pickup: bool | None
) -> None:
    sheet = read_sheet(text, ROOMS, one_time=one_time, pickup=pickup)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbers = sorted([one.line for one in sheet.rows] + [one.line for one in sheet.skipped])
    assert numbers == [n for n, line in enumerate(lines, 1) if line.strip()]
    for row in sheet.rows:
        assert row.problem is not None or (row.room in ROOMS and time.fromisoformat(row.time))
    for said in [row.problem for row in sheet.rows if row.problem] + [one.reason for one in sheet.skipped]:
        assert said.sentence()


@given(
    st.lists(st.tuples(st.sampled_from(ROOMS[:6]), st.integers(0, 1439)), min_size=1, max_size=8),
    st.permutations(["room", "time", "name"]),
    st.sampled_from("\t;"),
)
def test_a_sheet_with_a_head_is_read_as_it_was_written(
    guests: list[tuple[str, int]], order: list[str], sign: str
) -> None:
    clocks = [f"{minutes // 60:02}:{minutes % 60:02}" for _, minutes in guests]
    cells = [{"room": room, "time": at, "name": "Ann"} for (room, _), at in zip(guests, clocks, strict=True)]
    text = "\n".join([sign.join(order), *(sign.join(one[key] for key in order) for one in cells)])
    assert rows(read_sheet(text, ROOMS)) == [(one["room"], one["time"], "Ann") for one in cells]


@given(st.integers(0, 1439), st.integers(0, 1439))
def test_the_wake_up_is_so_long_before_the_pick_up_on_the_wall(pick: int, before: int) -> None:
    (row,) = read_sheet(f"214 {pick // 60:02}:{pick % 60:02}", ROOMS, before=before, pickup=True).rows
    wake, picked = (timedelta(hours=int(text[:2]), minutes=int(text[3:5])) for text in (row.time, row.pickup))
    assert picked - wake + timedelta(days=row.day_before) == timedelta(minutes=before)
    assert isinstance(row, SheetRow)
