"""A tariff from its text: what is taken, what is a mistake and where, and what a look over it finds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hotelbridge.core.tariff import DAYS, Tariff, days_words, hours_words
from hotelbridge.core.tariffcheck import Finding, FindingKind, check, overlaps
from hotelbridge.core.tariffread import COLUMNS, BadTariff, read
from tests.core.tariffrows import tariff, text_of

WEEK_DAY = "days=mon-fri hours=08:00-18:00"


def mistakes(text: str) -> list[str]:
    with pytest.raises(BadTariff) as caught:
        read(text, "AT")
    return [str(one) for one in caught.value.mistakes]


# --- reading ---


def test_a_row_says_what_its_columns_say() -> None:
    (row,) = tariff(
        "0664 0.30 name=mobile connect_fee=0.10 per_seconds=30 first=30 next=6 threshold=5 free_seconds=10 "
        "min=0.20 max=9 guest_class=VIP trunk=xo from=2026-01-01 until=2026-12-31 "
        "days=mon-fri hours=08:00-18:00"
    ).rows
    assert (row.line, row.prefix, row.name, row.rate, row.connect_fee) == (
        *(2, "+43664", "mobile"),
        *(Decimal("0.30"), Decimal("0.10")),
    )
    assert (row.per_seconds, row.first, row.next, row.threshold, row.free_seconds) == (30, 30, 6, 5, 10)
    assert (row.min, row.max, row.guest_class, row.trunk) == (Decimal("0.20"), Decimal(9), "vip", "XO")
    assert (row.since, row.until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (days_words(row.days), hours_words(row.hours)) == ("mon-fri", "08:00-18:00")


def test_what_is_empty_means_the_default() -> None:
    (row,) = tariff("* 1.80").rows
    assert (row.connect_fee, row.per_seconds, row.first, row.next) == (0, 60, 60, 60)
    assert (row.threshold, row.free_seconds, row.min, row.max) == (0, 0, None, None)
    assert not (row.guest_class or row.trunk or row.since or row.until or row.days or row.hours)


@pytest.mark.parametrize(
    "text",
    [
        "prefix,rate\n+49,0.20\n",
        "rate,prefix\n0.20,+49\n",
        "\ufeffPrefix;Rate\r\n49;0,20\r\n;\r\n",
        "sep=;\nprefix;rate\n0049;0,20\n",
        "prefix\trate\n+49\t0,2\n",
        '# a remark\nprefix,rate\n\n# another, with commas\n+49,"0,20"\n',
        "prefix;rate;;\n+49;0.20;;\n",
        "prefix,rate,name\n+49,0.20\n",
        'prefix,name,rate\n+49,"Germany\nall of it",0.20\n'.replace("\nall", " all"),
    ],
)
def test_columns_come_in_any_order_and_as_spreadsheets_write_them(text: str) -> None:
    (row,) = read(text, "AT").rows
    assert (row.prefix, row.rate) == ("+49", Decimal("0.20"))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        *[("mon-fri", "mon-fri"), ("sat,sun", "sat,sun"), ("hol", "hol"), ("mon-sun", "mon-sun")],
        *[("sat-mon", "mon,sat,sun"), ("sun hol", "sun,hol"), ("Mon,WED-fri", "mon,wed-fri")],
    ],
)
def test_days_are_named_and_ranges(days: str, words: str) -> None:
    (row,) = read(f'prefix,rate,days\n+49,1,"{days}"\n', "AT").rows
    assert days_words(row.days) == words


@pytest.mark.parametrize(
    ("hours", "spans", "words"),
    [
        ("08:00-18:00", ((480, 1080),), "08:00-18:00"),
        ("22:00-06:00", ((0, 360), (1320, 1440)), "22:00-06:00"),
        ("8:00-10:00 9:00-12:00 18:00-24:00", ((480, 720), (1080, 1440)), "08:00-12:00 18:00-24:00"),
        ("18:00-00:00", ((1080, 1440),), "18:00-24:00"),
        ("00:00-24:00", ((0, 1440),), "00:00-24:00"),
    ],
)
def test_hours_may_run_over_midnight(hours: str, spans: tuple[tuple[int, int], ...], words: str) -> None:
    (row,) = read(f"prefix,rate,hours\n+49,1,{hours}\n", "AT").rows
    assert (row.hours, hours_words(row.hours)) == (spans, words)


def test_the_same_text_has_the_same_version_whoever_saved_it() -> None:
    one = read("prefix,rate\n+49,1\n", "AT")
    assert read("\ufeffprefix,rate \r\n+49,1\r\n\r\n", "AT").version == one.version
    assert read("prefix,rate\n+49,2\n", "AT").version != one.version


# --- mistakes ---


def test_a_mistyped_tariff_is_refused_with_line_and_column_of_each_mistake() -> None:
    text = (
        "prefix,rate,next,days,hours,max,guest_class,from,until,threshold,per_seconds,first,trunk\n"
        "\n"
        "abc,1.2.3,x,mo,25:00-3,1E5,king,2026-13-01,24.11.2026,-1,0,9999999,ok\n"
        ",,,,,,,,,,,,\n"
        "+49,,,,08:00-08:00,,,2026-02-01,2026-01-01,,,,\n"
        ",0.20,,,,,,,,,,,\n"
    )
    assert mistakes(text) == [
        "line 3, column prefix: 'abc' is not a prefix: write it like +49, 0049, 0664, =118 or *",
        "line 3, column rate: '1.2.3' is not an amount: write it like 0.20",
        "line 3, column next: 'x' is not a number of seconds: write it like 60",
        "line 3, column days: 'mo' are no days: write them like mon-fri or sat,sun,hol",
        "line 3, column hours: '25:00-3' are no hours: write them like 08:00-18:00 or 22:00-06:00",
        "line 3, column max: '1E5' is not an amount: write it like 0.20",
        "line 3, column guest_class: 'king' is no class of guests: write one of vip, group, staff, guest",
        "line 3, column from: '2026-13-01' is not a date: write it like 2026-11-24",
        "line 3, column until: '24.11.2026' is not a date: write it like 2026-11-24",
        "line 3, column threshold: '-1' is not a number of seconds: write it like 60",
        "line 3, column per_seconds: cannot be 0: a rate is for some seconds, mostly 60",
        "line 3, column first: '9999999' is not a number of seconds: write it like 60",
        "line 5, column hours: '08:00-08:00' is no time at all: leave it empty for the whole day",
        "line 5, column rate: is missing",
        "line 5, column until: ends before it begins on 2026-02-01",
        "line 6, column prefix: is missing",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: is empty: its first line names the columns"),
        ("prefix,rate,nxt\n", "line 1, column nxt: is not known; did you mean next?"),
        ("prefix,rate,rate\n", "line 1, column rate: is there twice"),
        ("prefix,name\n+49,x\n", "line 1, column rate: is missing"),
        (
            "prefix,rate\n+49,0,20\n",
            "line 2: has 3 values for 2 columns (a decimal comma needs quotation marks",
        ),
        ('prefix,rate\n+49,"0.20\n+50,1\n', "line 2: cannot be read"),
        ('prefix,rate\n+49,"1,250"\n', "line 2, column rate: '1,250' may be a thousand or a decimal"),
        ("prefix;rate\n+48;0,20\n+49;1.250\n", "line 3, column rate: '1.250' may be a thousand or a decimal"),
        ('prefix,rate\n+49,"1.234,50"\n', "line 2, column rate: '1.234,50' is not an amount"),
        ("prefix,rate\n+49,-1\n", "line 2, column rate: '-1' is not an amount"),
        ("prefix,rate\n+49,٣\n", "line 2, column rate: '٣' is not an amount"),
        ("prefix,rate,name\n+49,1,\a\n", "line 2, column name: holds characters that cannot be printed"),
        ("prefix,rate,days\n+49,1,mon-hol\n", "line 2, column days: 'mon-hol' are no days"),
    ],
)
def test_one_mistake_is_told_where_it_stands(text: str, said: str) -> None:
    (only,) = mistakes(text)
    assert only.startswith(said)


def test_a_thousandth_is_no_thousand() -> None:
    assert read("prefix;rate\n+49;0,035\n", "AT").rows[0].rate == Decimal("0.035")
    assert read("prefix,rate\n+49,1.250\n", "AT").rows[0].rate == Decimal("1.250")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+49 1", "0049 2"),
        (f"+49 1 {WEEK_DAY}", "+49 2 days=fri,sat hours=17:00-20:00"),
        ("+49 1 hours=22:00-06:00", "+49 2 hours=05:00-08:00"),
        ("+49 1 trunk=XO guest_class=vip", "+49 2 trunk=XO guest_class=vip"),
        ("+49 1 days=hol", "+49 2 days=sun,hol"),
        ("+49 1 from=2026-01-01 until=2026-06-01", "+49 2 from=2026-01-01"),
    ],
)
def test_two_rows_that_price_the_same_call_are_a_mistake_with_both_lines(one: str, other: str) -> None:
    (said,) = mistakes(text_of([one, "* 9", other]))
    assert said.startswith("line 4: prices the same calls as line 2 (+49)")


@pytest.mark.parametrize(
    "other",
    [
        *[f"+49 2 {more}" for more in ("days=mon-fri", "hours=08:00-18:00", "trunk=XO", "guest_class=vip")],
        *["+49 2 from=2026-01-01", "+493 2"],
    ],
)
def test_a_row_that_says_more_overlaps_with_none(other: str) -> None:
    assert len(tariff("+49 1", other).rows) == 2


def test_hours_that_touch_do_not_overlap() -> None:
    assert tariff("+49 1 hours=08:00-18:00", "+49 2 hours=18:00-08:00").rows


# --- a look over it ---


def found(*rows: str) -> list[str]:
    return [f"{one.line} {one.kind}: {one.words}" for one in check(tariff(*rows))]


def test_a_tariff_in_order_has_nothing_odd() -> None:
    assert found("+49 0.20", f"+49 0.30 {WEEK_DAY}", "+49 0.10 guest_class=vip", "* 1", "=118 2") == []
    assert found("+49 1 hours=08:00-18:00", "+49 2 hours=18:00-08:00") == []


def test_hours_of_the_week_without_a_price_are_told() -> None:
    assert found(f"+49 0.30 {WEEK_DAY}", "+49 0.20 days=sat,sun") == [
        "2 gap: +49 has no price on mon,tue,wed,thu,fri 00:00-08:00 18:00-24:00"
    ]
    assert found("+49 0.20 days=mon-sat") == ["2 gap: +49 has no price on sun 00:00-24:00"]
    assert found("+49 0.20 hours=22:00-21:00 days=mon-sun") == [
        "2 gap: +49 has no price on mon,tue,wed,thu,fri,sat,sun 21:00-22:00"
    ]


def test_a_shorter_prefix_fills_the_hours() -> None:
    assert found(f"+49 0.30 {WEEK_DAY}", "+4 0.20") == []
    assert found(f"+49 0.30 {WEEK_DAY}", "* 1.80") == []
    assert found(f"=118 0.30 {WEEK_DAY}", "* 1.80")[0].startswith("2 gap: =118 has no price")


def test_days_between_two_validities_are_told() -> None:
    (said,) = found("+49 0.20 until=2026-05-31", "+49 0.30 from=2026-06-03")
    assert said.startswith("2 gap: +49 has no price from 2026-06-01 until 2026-06-02 on mon,tue 00:00-24:00")


def test_before_the_first_validity_and_after_the_last_nothing_is_missing() -> None:
    assert found("+49 0.20 from=2026-01-01 until=2026-12-31", "+49 0.30 from=2027-01-01") == []


def test_what_is_over_is_not_told() -> None:
    prices = tariff("+49 0.20 until=2026-05-31", "+49 0.30 from=2026-06-03")
    assert check(prices, date(2026, 6, 2)) and not check(prices, date(2026, 6, 3))


def test_a_prefix_whose_lines_are_all_over_or_all_to_come_is_told_with_the_day() -> None:
    day = date(2026, 11, 24)
    over = tariff("+49 0.20 until=2026-05-31", "+49 0.30 from=2026-06-01 until=2026-11-23")
    assert [one.words for one in check(over, day)] == [
        "+49 has no price any more: the last line ended on 2026-11-23"
    ]
    to_come = tariff("+49 0.20 from=2027-01-01 until=2027-01-31", "+49 0.30 from=2026-11-25")
    assert [one.words for one in check(to_come, day)] == [
        "+49 has no price yet: the first line begins on 2026-11-25"
    ]
    assert not check(to_come, date(2026, 11, 25)) and not check(over, date(2026, 11, 23))
    assert not check(tariff("+49 0.20 until=2026-05-31", "* 1"), day)


def test_a_prefix_for_some_alone_is_told() -> None:
    assert found("+49 0.20 guest_class=vip", "+49 0.30 trunk=XO") == [
        "2 gap: +49 is priced for XO, vip alone: other calls have no price"
    ]


def test_a_row_that_never_prices_a_call_is_told() -> None:
    rows = ("+49 0.20", "+49 0.30 days=mon-fri", "+49 0.25 days=sat,sun", "+49 0.10 days=hol")
    assert found(*rows) == [
        "2 unreachable: never prices a call: other lines of its prefix always go before it"
    ]
    (said,) = found("+49 1 from=2026-01-01", "+49 4", "+49 5 from=2026-01-01 hours=00:00-24:00")
    assert said.startswith("2 unreachable")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("+49 0.20 next=0", "next = 0: whatever comes after 60 s costs nothing"),
        ("+49 0.20 min=2 max=1", "min 2 is more than max 1: every call costs 1"),
        ("+49 0.20 max=0", "max 0: every call costs nothing"),
        ("+49 0.20 min=1 max=0", "max 0: every call costs nothing"),
        ("+49 0", "neither rate nor connect_fee: these calls are free"),
        ("+999 1", "no country has numbers with +999: no call will match"),
    ],
)
def test_what_is_hardly_meant_so_is_told(row: str, words: str) -> None:
    assert found(row) == [f"2 suspicious: {words}"]


def test_only_an_overlap_makes_a_tariff_useless() -> None:
    rows = tariff("+49 1").rows
    doubled = Tariff("x", (*rows, *tariff("* 2", "+49 3").rows[1:]))
    assert [one.kind for one in check(doubled) if one.is_mistake] == [FindingKind.OVERLAP]
    assert not any(Finding(kind, 1, "").is_mistake for kind in FindingKind if kind != "overlap")


def test_many_rows_of_one_prefix_are_compared_in_time() -> None:
    rows = tariff("+49 1").rows * 20_000
    assert overlaps(rows) == []  # one line with itself
    with pytest.raises(BadTariff) as caught:
        read("prefix,rate\n" + "+49,1\n" * 20_000, "AT")
    assert len(caught.value.mistakes) == 19_999


# --- any text ---


@given(st.text())
@example("prefix,rate\n+49,1\0\n")
@example('"')
@example("prefix,rate\r+49,1\r")
@settings(deadline=None)
def test_any_text_is_a_tariff_or_a_list_of_mistakes(text: str) -> None:
    is_tariff_or_mistakes(text)


cells = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["+49", "0664", "*", "=118", "0.20", "1,5", "60", "mon-fri", "hol", "22:00-06:00", "vip"]
    ),
    st.sampled_from(["2026-01-01", "9999-12-31", "0001-01-01", "-", ":", "24:00-00:00", "23:59-24:00", ""]),
)


@given(
    st.permutations(COLUMNS),
    st.lists(st.lists(cells, max_size=18), max_size=5),
    st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=300, deadline=None)
def test_any_cells_are_a_tariff_or_a_list_of_mistakes(
    head: list[str], rows: list[list[str]], between: str
) -> None:
    is_tariff_or_mistakes("\n".join(between.join(line) for line in [head, *rows]))


columns = {
    "days": st.sets(st.sampled_from(DAYS)).map(",".join),
    "hours": st.sampled_from(["", "08:00-18:00", "22:00-06:00", "00:00-24:00"]),
    "from": st.sampled_from(["", "0001-01-01", "2026-01-01", "9999-12-31"]),
    "until": st.sampled_from(["", "0001-01-01", "2026-01-01", "9999-12-31"]),
    "trunk": st.sampled_from(["", "XO", "3"]),
}


@given(st.lists(st.fixed_dictionaries(columns), max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_validity_can_be_looked_over(rows: list[dict[str, str]]) -> None:
    lines = [" ".join(["+49 1", *(f"{k}={v}" for k, v in row.items() if v)]) for row in rows]
    is_tariff_or_mistakes(text_of(lines))


def is_tariff_or_mistakes(text: str) -> None:
    try:
        read_one = read(text, "AT")
    except BadTariff as error:
        assert all(one.line > 0 and one.words for one in error.mistakes) and error.mistakes
    else:
        check(read_one)
        assert all(one.kind is not FindingKind.OVERLAP for one in check(read_one))
