"""Reports about calls to outside, statements of guests, and what another tariff would ask for a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotelbridge.errors import Refusal
from hotelbridge.services import callreports, money
from hotelbridge.services.callreportviews import CallReportView, ReportBy, ReportQuery, StatementQuery
from hotelbridge.store.callsums import CallSum
from tests.cli.typed import typed
from tests.pms.charge_desk import uncertain
from tests.pms.charges_evening import GERMANY, MOBILE, NOWHERE, ChargesEvening

MULLER = 'gi 212 1001 "Müller, Hans"'
LI = 'gi 213 1002 "Li, Wei"'
MORE = """  [property.charges]
  cut_digits = 3
  tax_percent = "20"
  trunk_thresholds = { "0199" = "5s", XO = "0s" }
"""


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChargesEvening]:
    """Two guests who have called; one of them a number that nobody has a price for."""
    opened = ChargesEvening(tmp_path_factory.mktemp("hotel"), more=MORE).alive()
    opened.play(MULLER)
    opened.play(LI)
    opened.calls("212", GERMANY, 50)
    opened.calls("212", MOBILE, 61)
    opened.calls("212", GERMANY, 0)
    opened.calls("213", GERMANY, 130)
    opened.calls("213", NOWHERE, 30)
    yield opened
    opened.stop()


def report(
    hotel: ChargesEvening, by: str, *, named: bool = True, limit: int = 100, cursor: str | None = None
) -> CallReportView:
    day = date.fromisoformat(hotel.day)
    asked = ReportQuery(ReportBy(by), day, day, limit, cursor)
    return hotel._result(hotel.daemon.reports.report("main", asked, named=named))  # type: ignore[no-any-return]


def amounts(view: CallReportView) -> dict[str, tuple[int, str]]:
    return {one.key: (one.calls, one.amount) for one in view.items}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("room", {"212": (3, "0.95"), "213": (2, "1.50")}),
        ("day", {"2026-11-24": (5, "2.45")}),
        ("destination", {"": (2, "0.00"), "Germany": (2, "2.00"), "Mobile": (1, "0.45")}),
        ("state", {"free": (1, "0.00"), "held": (1, "0.00"), "posted": (3, "2.45")}),
    ],
)
def test_charges_are_summed_up(evening: ChargesEvening, by: str, expected: dict[str, object]) -> None:
    assert amounts(report(evening, by)) == expected


@pytest.mark.parametrize("by", list(ReportBy), ids=str)
def test_every_report_comes_to_the_same(evening: ChargesEvening, by: ReportBy) -> None:
    (total,) = report(evening, by.value).totals
    assert (total.calls, total.unanswered, total.free, total.seconds) == (5, 1, 1, 271)
    assert (total.amount, total.posted, total.waiting, total.tax) == ("2.45", "2.45", "0.00", "0.41")


def test_a_report_by_stay_names_guests_only_to_who_may_know_them(evening: ChargesEvening) -> None:
    shown = [(one.room, one.reservation) for one in report(evening, "stay").items]
    assert shown == [("212", "1001"), ("213", "1002")]
    assert [(o.room, o.reservation) for o in report(evening, "stay", named=False).items] == [
        ("212", ""),
        ("213", ""),
    ]


def test_rooms_and_trunks_without_a_call_are_told(evening: ChargesEvening) -> None:
    unused = report(evening, "room").unused
    assert "110" in unused and "suite" in unused and "212" not in unused
    assert report(evening, "trunk").unused == ("0199",)
    assert report(evening, "day").unused == ()


def test_a_report_comes_in_pieces_with_the_total_of_all(evening: ChargesEvening) -> None:
    first = report(evening, "room", limit=1)
    rest = report(evening, "room", limit=1, cursor=first.next)
    assert [one.key for one in (*first.items, *rest.items)] == ["212", "213"] and rest.next is None
    assert first.totals == rest.totals
    with pytest.raises(Refusal):
        report(evening, "room", cursor="x")


def test_csv_has_a_head_and_every_row(evening: ChargesEvening) -> None:
    day = date.fromisoformat(evening.day)
    asked = ReportQuery(ReportBy.ROOM, day, day, None)
    text = evening._result(evening.daemon.reports.report_csv("main", asked, named=True))
    assert text.splitlines() == [
        "room,currency,calls,unanswered,free,seconds,amount,tax,posted,waiting,written_off",
        "212,EUR,3,1,1,111,0.95,0.16,0.95,0.00,0.00",
        "213,EUR,2,0,0,160,1.50,0.25,1.50,0.00,0.00",
    ]


def test_a_statement_is_printed_with_numbers_masked(evening: ChargesEvening) -> None:
    page = evening._result(evening.daemon.reports.statement("main", StatementQuery(reservation="1001")))
    lines = [" ".join(line.split()) for line in page.splitlines()]
    assert lines == [
        "Hotel Example",
        "Telephone calls. Room 212, reservation 1001",
        "",
        "Date Time Destination Number Duration Amount",
        "2026-11-24 06:25 Germany +4989920XXX 0:50 0.50 EUR",
        "2026-11-24 06:26 Mobile +436641234XXX 1:01 0.45 EUR",
        "",
        "Total 0.95 EUR, tax in it 0.16 EUR",
        "",
        "The numbers are kept until 2027-02-22.",
    ]
    with pytest.raises(Refusal):
        evening._result(evening.daemon.reports.statement("main", StatementQuery(stay=999)))


def test_a_statement_has_what_is_not_on_the_bill_yet_apart_and_in_no_total(evening: ChargesEvening) -> None:
    page = evening._result(evening.daemon.reports.statement("main", StatementQuery(reservation="1002")))
    lines = [" ".join(line.split()) for line in page.splitlines()]
    assert lines[3:] == [
        "Date Time Destination Number Duration Amount",
        "2026-11-24 06:28 Germany +4989920XXX 2:10 1.50 EUR",
        "",
        "Total 1.50 EUR, tax in it 0.25 EUR",
        "",
        "Not on the bill yet, and in no total:",
        "Date Time Destination Number Duration Amount",
        "2026-11-24 06:30 +8821612345XXX 0:30 no price yet",
        "",
        "Numbers of what is not settled are kept until it is.",
    ]


def test_a_statement_does_not_count_what_is_uncertain(tmp_path: Path) -> None:
    hotel = ChargesEvening(tmp_path).alive()
    uncertain(hotel)
    page = hotel._result(hotel.daemon.reports.statement("main", StatementQuery(reservation="1001")))
    assert (
        "No call is on the bill yet.\n\nNot on the bill yet, or not known to be, and in no" in page
        and "0.50 EUR" in page
    )
    assert "Total" not in page
    hotel.stop()


# --- what another tariff would ask ---

NEW = "prefix,name,rate,first,next\n+49,Germany,0.60,60,60\n+88,Satellite,6.00,60,60\n"


def whatif(hotel: ChargesEvening, text: str, *words: str) -> tuple[int, list[str]]:
    new = hotel._file.parent / "new.csv"
    new.write_text(text)
    done = typed("tariff", "whatif", new, "--month", "2026-11", "-c", hotel._file, *words)
    return done.exit_code, [" ".join(line.split()) for line in done.stdout.splitlines()]


def test_a_new_tariff_is_tried_on_the_calls_of_a_month_beside_the_daemon(evening: ChargesEvening) -> None:
    before = evening.charges()
    code, lines = whatif(evening, NEW)
    assert code == 0 and lines == [
        "Hotel Example, 2026-11: 5 calls to outside, free ones counted too.",
        "destination calls now new difference no price",
        "Satellite 1 0.00 6.00 +6.00 EUR",
        "Mobile 1 0.45 0.00 -0.45 EUR -100.0 % 1",
        "Germany 2 2.00 2.40 +0.40 EUR +20.0 %",
        "(no name) 1 0.00 0.00 +0.00 EUR",
        "all 5 2.45 8.40 +5.95 EUR +242.9 % 1",
        "1 call would wait for a person: the new file has no price for the number.",
    ]
    assert evening.charges() == before


def test_a_new_tariff_with_mistakes_tells_row_and_column_of_each(evening: ChargesEvening) -> None:
    code, lines = whatif(evening, "prefix,rate,days\n+49,x,mo\n")
    assert code == 1
    told = [line.split(": ")[0].rpartition("/")[2] for line in lines]
    assert told == ["new.csv:2 rate", "new.csv:2 days"]


def test_a_month_that_is_none_is_refused(evening: ChargesEvening) -> None:
    done = typed("tariff", "whatif", "new.csv", "--month", "11/2026", "-c", evening._file)
    assert done.exit_code == 2 and "write it like 2026-10" in done.output


# --- put together from pieces ---

SUMS = st.builds(
    CallSum,
    st.sampled_from(["1", "2", "10", "suite"]),
    st.sampled_from(["EUR", "CHF"]),
    *[st.integers(0, 10**9)] * 9,
)


@settings(max_examples=50)
@given(st.lists(SUMS, max_size=20), st.integers(0, 20))
def test_a_report_in_pieces_is_the_report_of_the_whole(rows: list[CallSum], cut: int) -> None:
    whole = callreports.added([rows, []])
    assert callreports.added([rows[:cut], rows[cut:]]) == whole
    assert callreports.totals(whole) == callreports.totals(rows)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_amounts_of_long_lists_are_written_like_all_others(minor: int, currency: str) -> None:
    assert money.figures(minor, currency) == f"{money.amount(minor, currency):f}"


def test_rooms_are_in_the_order_of_their_numbers() -> None:
    one = CallSum("10", "EUR", 1, 0, 0, 0, 0, 0, 0, 0, 0)
    found = callreports.added([[one, replace(one, key="suite"), replace(one, key="9")]])
    assert [row.key for row in found] == ["9", "10", "suite"]
