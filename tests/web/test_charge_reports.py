"""Reports about calls by HTTP: what is asked, who may see what, JSON and CSV."""

from __future__ import annotations

from datetime import date

import pytest

from hotelbridge.services.callreportviews import ReconcileRequest, ReportBy, ReportQuery, StatementQuery

from .far_end import House

MAIN = "/properties/main"
REPORT = f"{MAIN}/charges/report"


def test_a_report_is_asked_by_days_of_the_hotel(house: House) -> None:
    reply = house.call("GET", f"{REPORT}?by=trunk&from=2026-11-01&to=2026-11-30&limit=7")
    assert reply.json["items"][0]["amount"] == "0.95" and reply.json["unused"] == ["110"]
    asked = ReportQuery(ReportBy.TRUNK, date(2026, 11, 1), date(2026, 11, 30), 7)
    assert house.reports.asked[-1][2] == asked


@pytest.mark.parametrize(("token", "named"), [("t-view", False), ("t-money", True), ("t-desk", True)])
def test_who_only_looks_on_does_not_learn_reservations(house: House, token: str, named: bool) -> None:
    reply = house.call("GET", f"{REPORT}?by=stay", token=token)
    assert reply.json["items"][0]["reservation"] == ("1001" if named else "")
    assert house.reports.asked[-1][3] is named


def test_a_report_as_csv_is_whole(house: House) -> None:
    reply = house.call("GET", f"{REPORT}?by=stay&format=csv&limit=1")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.body == b"stay,amount\r\n17,0.95\r\n"
    assert house.reports.asked[-1][2].limit is None


@pytest.mark.parametrize("query", ["by=guest", "format=pdf", "from=24.11.2026", "limit=0", "month=11"])
def test_a_report_that_there_is_not_is_refused_in_words(house: House, query: str) -> None:
    reply = house.call("GET", f"{REPORT}?{query}")
    assert (reply.status, reply.code) == (422, "invalid_query")


def test_a_statement_is_a_page_for_those_who_make_bills(house: House) -> None:
    at = f"{MAIN}/charges/statement?stay=17"
    reply = house.call("GET", at, token="t-money")
    assert reply.body.endswith(b"Total 0.95 EUR\n") and "text/plain" in reply.headers["content-type"]
    assert house.call("GET", at, token="t-view").code == "role"
    assert house.call("GET", f"{MAIN}/charges/statement?stay=18").code == "unknown_stay"
    house.call("GET", f"{MAIN}/charges/statement?reservation=1001")
    assert house.reports.asked[-1][2] == StatementQuery(None, "1001")


@pytest.mark.parametrize("query", ["", "?stay=17&reservation=1001"])
def test_a_statement_is_of_one_guest(house: House, query: str) -> None:
    assert house.call("GET", f"{MAIN}/charges/statement{query}").code == "invalid_query"


def test_reconciliations_are_listed_and_shown(house: House) -> None:
    (one,) = house.call("GET", f"{MAIN}/reconciliations", token="t-view").json["items"]
    assert one == house.call("GET", f"{MAIN}/reconciliations/1", token="t-view").json
    assert (one["first"], one["difference"], one["adds_up"]) == ("2026-11-24", 1, False)
    assert house.call("GET", f"{MAIN}/reconciliations/9").code == "unknown_reconciliation"


def test_a_reconciliation_as_csv_runs_no_formula(house: House) -> None:
    lines = house.call("GET", f"{MAIN}/reconciliations/1?format=csv").body.decode().splitlines()
    assert lines[0] == "what,name,currency,calls,amount,tax"
    assert "part,posted,EUR,1,0.50,0.08" in lines and "difference,,,1,," in lines


def test_an_account_is_made_by_name_for_those_who_make_bills(house: House) -> None:
    reply = house.call(
        "POST", f"{MAIN}/reconciliations", {"from": "2026-11-01", "by": "Bob"}, token="t-money"
    )
    assert reply.status == 201 and reply.json["by"] == "Bob, bob (token)"
    assert house.reports.asked[-1][2] == ReconcileRequest(date(2026, 11, 1), None)
    assert house.call("POST", f"{MAIN}/reconciliations", {}, token="t-view").code == "role"
