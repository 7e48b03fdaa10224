"""Reports about calls and their reconciliation at the console, as pages and for spreadsheets."""

from __future__ import annotations

from datetime import date

import pytest

from hotelbridge.errors import Refusal
from hotelbridge.services.callreportviews import CallSumView, ReconcileRequest, ReportBy
from hotelbridge.web.console.callcharts import day_by_day, sum_chart

from .browsing import Browser
from .far_end import House

REPORTS = "/desk/main/calls/reports"
NIGHTS = "/desk/main/calls/reconciliation"
DAY = date(2026, 11, 24)


@pytest.fixture
def ana(house: House) -> Browser:
    return Browser(house).log_in("ana")


@pytest.fixture
def vera(house: House) -> Browser:
    return Browser(house).log_in("vera")


@pytest.mark.parametrize("by", ["room", "stay", "trunk", "destination"])
def test_a_report_has_rows_totals_and_a_drawing_of_the_same(house: House, ana: Browser, by: str) -> None:
    assert ana.get(f"{REPORTS}?by={by}&from=2026-11-24&to=2026-11-24").status == 200
    query = house.reports.asked[-1][2]
    assert (query.by, query.from_, query.to, query.limit) == (ReportBy(by), DAY, DAY, None)
    (foot,) = ana.page.xpath("//tfoot/tr")
    assert [cell.text_content().strip() for cell in foot] == [
        "Total",
        "3",
        "1",
        "1:51",
        "€0.50",
        "€0.45",
        "–",
        "€0.95",
    ]
    assert len(ana.page.xpath("//svg/rect")) == 1 and ana.page.xpath("//svg/@aria-label")


def test_days_are_drawn_as_a_calendar_with_those_in_which_nobody_called() -> None:
    one = CallSumView("2026-11-03", "", "", "EUR", 1, 0, 0, 60, "2.00", "0", "2.00", "0", "0")
    rows = day_by_day([one], date(2026, 11, 1), date(2026, 11, 4))
    chart = sum_chart(rows, "EUR", upright=True, named=lambda row: row.key[-2:])
    assert [bar.height for bar in chart.bars] == [0.0, 0.0, 86.0, 0.0]
    assert [bar.label for bar in chart.bars] == ["01", "02", "03", "04"]
    assert day_by_day([one], date(2026, 1, 1), date(2026, 11, 4)) == [one]


def test_only_the_largest_are_drawn_the_largest_first() -> None:
    sums = [CallSumView(str(n), "", "", "EUR", 1, 0, 0, 60, f"{n}.00", "0", "0", "0", "0") for n in range(20)]
    chart = sum_chart(sums, "EUR", upright=False, named=lambda row: row.key)
    assert [bar.label for bar in chart.bars][:2] == ["19", "18"] and len(chart.bars) == 12
    assert (chart.bars[0].width, chart.left_out) == (300.0, 7)  # the one of nothing is not counted


def test_a_report_by_stay_leads_to_the_statement_only_who_has_to_do_with_bills(
    ana: Browser, vera: Browser
) -> None:
    for browser, links in ((ana, ["/desk/main/calls/statement?stay=17"]), (vera, [])):
        browser.get(f"{REPORTS}?by=stay")
        assert browser.page.xpath("//tbody//a/@href") == links
    assert "1001" in (ana.get(f"{REPORTS}?by=stay"), ana.text)[1]
    assert "1001" not in vera.text


def test_rooms_by_which_nobody_called_are_named(ana: Browser) -> None:
    ana.get(REPORTS)
    assert "Nobody called from: 110" in ana.text


@pytest.mark.parametrize("days", ["from=2026-13-01", "from=soon"])
def test_a_day_that_is_none_is_told_on_the_page(house: House, ana: Browser, days: str) -> None:
    assert ana.get(f"{REPORTS}?{days}").status == 422
    assert "A day is written like 2030-11-24." in ana.text
    assert ana.get(f"{REPORTS}/csv?{days}").status == 422
    assert house.reports.asked == []


def test_days_that_run_backwards_are_refused_on_the_page_with_the_form(house: House, ana: Browser) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise Refusal("range_backwards", "2026-11-01 lies before 2026-11-24.")

    house.reports.report = refused  # type: ignore[assignment, method-assign]
    assert ana.get(f"{REPORTS}?by=day&from=2026-11-24&to=2026-11-01").status == 422
    assert "lies before" in ana.text and ana.fields(REPORTS)["by"] == "day"


def test_a_report_is_downloaded_under_a_name_that_says_what_it_is(house: House, ana: Browser) -> None:
    ana.get(f"{REPORTS}?by=stay&from=2026-11-24&to=2026-11-24")
    (link,) = ana.page.xpath("//a[@download]/@href")
    reply = ana.get(link)
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"] == (
        'attachment; filename="calls-by-stay-2026-11-24-2026-11-24.csv"'
    )
    assert reply.body == b"stay,amount\r\n17,0.95\r\n"
    assert house.reports.asked[-1][2].limit is None


def test_a_viewer_is_told_no_reservation_in_a_spreadsheet_either(house: House, vera: Browser) -> None:
    vera.get(f"{REPORTS}/csv?by=stay")
    assert house.reports.asked[-1][3] is False


# --- reconciliation ---


def test_the_nights_are_listed_with_their_difference_and_a_word(ana: Browser) -> None:
    assert ana.get(NIGHTS).status == 200
    (row,) = ana.page.xpath("//tbody/tr")
    assert row.get("data-row") == f"{NIGHTS}/1"
    assert "does not add up" in row.text_content() and "Tue 24 Nov" in row.text_content()


def test_one_account_has_its_parts_and_what_does_not_add_up(ana: Browser) -> None:
    ana.get(f"{NIGHTS}/1")
    assert "2 calls = 1 posted + 1 without a charge" in ana.text
    assert "=call 2 has no charge." in ana.text and "€0.50" in ana.text
    assert not ana.page.xpath("//a[contains(@href, '/charges/2')]")  # a call without a charge has no page


def test_an_account_is_downloaded_with_formulas_defused(ana: Browser) -> None:
    reply = ana.get(f"{NIGHTS}/1/csv")
    assert reply.headers["content-disposition"] == (
        'attachment; filename="reconciliation-2026-11-24-2026-11-24.csv"'
    )
    assert b"not_charged: =call 2" in reply.body


def test_one_is_made_now_by_name_and_then_shown(house: House, ana: Browser) -> None:
    ana.get(NIGHTS)
    reply = ana.send(NIGHTS, **{"from": "2026-11-24", "to": ""})
    assert (reply.status, reply.headers["location"]) == (303, f"{NIGHTS}/2")
    _, _, request, actor, once = house.reports.asked[-1]
    assert request == ReconcileRequest(DAY, None) and actor.name == "ana" and once is not None


def test_one_of_a_day_that_is_none_is_refused_in_words(house: House, ana: Browser) -> None:
    ana.get(NIGHTS)
    assert ana.send(NIGHTS, **{"from": "2026-11-31"}).status == 409
    assert "A day is written like 2030-11-24." in ana.text
    assert "reconcile" not in {one[0] for one in house.reports.asked}


def test_who_only_looks_is_offered_no_account_to_make(vera: Browser) -> None:
    vera.get(NIGHTS)
    assert "Make one now" not in vera.text
