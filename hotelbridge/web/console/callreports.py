"""What calls came to: summed up by room, stay, day, ... for some days, as a page, on paper, as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from hotelbridge.core.records import Role
from hotelbridge.errors import Refusal
from hotelbridge.services.callreportviews import CallReportView, CallSumView, ReportBy, ReportQuery
from hotelbridge.services.reportwindow import ReportDesk
from hotelbridge.web.console.callcharts import SumChart, day_by_day, sum_chart
from hotelbridge.web.console.callfilter import day_of
from hotelbridge.web.console.callsection import CallSection
from hotelbridge.web.console.callwords import charge_state
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.rendering import csv
from hotelbridge.web.console.roomlists import runs
from hotelbridge.web.console.visit import P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

PIECE = 100  # rows of one page


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a report."""

    rows: tuple[CallSumView, ...]
    next: int | None  # where the following ones begin
    before: int | None  # ... and those before
    of: int


class CallReportPages:
    """The report, and the same for a spreadsheet."""

    def __init__(self, section: CallSection, reports: ReportDesk) -> None:
        self._section = section
        self._reports = reports

    async def page(self, visit: Visit) -> Answer:
        """The report that is asked for; what is wrong with the question is told on the page."""
        try:
            query = report_query(visit)
            report = await self._reports.report(visit.house.id, query, named=_named(visit))
        except (Refusal, Problem) as refusal:
            words = tongue(visit.language).said(str(refusal))
            return await self._shown(visit, None, refusal=words, status=422)
        return await self._shown(visit, report)

    async def _shown(
        self, visit: Visit, report: CallReportView | None, refusal: str = "", status: int = 200
    ) -> Answer:
        by = _by(visit) if report is None else report.by
        return await self._section.page(
            visit,
            "calls_report.html",
            status,
            report=report,
            piece=None if report is None else _piece(visit, report),
            chart=None if report is None else chart_of(visit, report),
            unused="" if report is None else runs(report.unused),
            by=by,
            ways=tuple(ReportBy),
            spans=_spans(visit),
            address=_address(visit, report),
            refusal=refusal,
        )

    async def spreadsheet(self, visit: Visit) -> Answer:
        """All rows of it."""
        query, named = report_query(visit), _named(visit)
        text = await self._reports.report_csv(visit.house.id, query, named=named)
        days = "".join(f"-{day}" for day in (query.from_, query.to) if day is not None)
        return csv(text, f"calls-by-{query.by.value}{days}.csv")

    def pages(self) -> list[Page]:
        """Their addresses."""
        reports = f"{P}/calls/reports"
        return [Page("GET", reports, self.page), Page("GET", f"{reports}/csv", self.spreadsheet)]


def report_query(visit: Visit) -> ReportQuery:
    """Which report, and of which days; whole, so that what is drawn and summed up is all of it."""
    first, last = (_day(visit, name) for name in ("from", "to"))
    return ReportQuery(_by(visit), first, last, limit=None)


def chart_of(visit: Visit, report: CallReportView) -> SumChart | None:
    """The amounts drawn, in the currency of most calls; None where nothing was charged."""
    if not report.totals:
        return None
    currency = max(report.totals, key=lambda one: one.calls).currency
    spoken = tongue(visit.language)

    def named(one: CallSumView) -> str:
        match report.by:
            case ReportBy.DAY:
                return spoken.short_day(date.fromisoformat(one.key))
            case ReportBy.STATE:
                return charge_state(spoken, one.key).text
            case ReportBy.STAY:
                return " · ".join(part for part in (one.room, one.reservation) if part) or "—"
        return one.key or "—"

    if report.by is not ReportBy.DAY:
        return sum_chart(report.items, currency, upright=False, named=named)
    mine = [one for one in report.items if one.currency == currency]
    return sum_chart(day_by_day(mine, report.first, report.last), currency, upright=True, named=named)


def _piece(visit: Visit, report: CallReportView) -> Piece:
    at, rows = visit.query.get("at", "0"), report.items
    start = int(at) if at.isascii() and at.isdigit() and len(at) < 8 else 0
    end = start + PIECE
    before = max(0, start - PIECE) if start else None
    return Piece(rows[start:end], end if end < len(rows) else None, before, len(rows))


def _by(visit: Visit) -> ReportBy:
    asked = visit.query.get("by", "")
    return ReportBy(asked) if asked in set(ReportBy) else ReportBy.ROOM


def _day(visit: Visit, name: str) -> date | None:
    text = visit.query.get(name, "").strip()
    day = day_of(text) if text else None
    if text and day is None:
        raise Problem(422, "bad_day", "A day is written like 2030-11-24.")
    return day


def _named(visit: Visit) -> bool:
    """Accounting may know reservations, though not names: as the API has it."""
    return visit.user.caller.role != Role.VIEWER


def _spans(visit: Visit) -> tuple[tuple[str, date, date], ...]:
    """Days that are often asked for."""
    gettext, today = tongue(visit.language).gettext, visit.house.now.date()
    yesterday, first = today - timedelta(days=1), today.replace(day=1)
    last_month = first - timedelta(days=1)
    return (
        (gettext("Today"), today, today),
        (gettext("Yesterday"), yesterday, yesterday),
        (gettext("Seven days"), today - timedelta(days=6), today),
        (gettext("This month"), first, today),
        (gettext("Last month"), last_month.replace(day=1), last_month),
    )


def _address(visit: Visit, report: CallReportView | None) -> str:
    """The days of this report, for the addresses of others of the same days."""
    if report is None:
        days = {name: visit.query.get(name, "").strip() for name in ("from", "to")}
    else:
        days = {"from": str(report.first), "to": str(report.last)}
    return urlencode({name: day for name, day in days.items() if day})
