"""What became of the calls of a night: whether they add up, and what does not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hotelbridge.errors import Refusal
from hotelbridge.services.callreportviews import PartView, ReconcileRequest, ReconciliationView
from hotelbridge.services.reportwindow import ReportDesk
from hotelbridge.services.views import Replay
from hotelbridge.web.console.callfilter import day_of
from hotelbridge.web.console.callsection import CallSection
from hotelbridge.web.console.languages import tongue
from hotelbridge.web.console.rendering import csv, see
from hotelbridge.web.console.visit import MONEY, P, Page, Visit
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import Answer

UNKNOWN = "unknown_reconciliation"
PIECE = 30  # accounts of one page
NO_CHARGE = frozenset({"not_charged", "unreadable"})  # these name call records, of which there is no page


class ReconciliationPages:
    """The accounts, one of them, and a new one."""

    def __init__(self, section: CallSection, reports: ReportDesk) -> None:
        self._section = section
        self._reports = reports

    async def page(self, visit: Visit) -> Answer:
        """Night by night, newest first."""
        return await self._shown(visit)

    async def _shown(self, visit: Visit, notice: str = "", refusal: str = "", status: int = 200) -> Answer:
        cursor = visit.query.get("cursor") or None
        found = await self._reports.reconciliations(visit.house.id, PIECE, cursor)
        return await self._section.page(
            visit,
            "calls_nights.html",
            status,
            found=found,
            cursor=cursor,
            typed=visit.form,
            notice=notice,
            refusal=refusal,
        )

    async def one(self, visit: Visit) -> Answer:
        """The equation, its parts, and what does not add up."""
        one = await self._reports.reconciliation(visit.house.id, visit.id(UNKNOWN))
        return await self._section.page(
            visit, "calls_night.html", one=one, sums=sums_of(one), no_charge=NO_CHARGE
        )

    async def spreadsheet(self, visit: Visit) -> Answer:
        """The same for a spreadsheet."""
        house, id = visit.house.id, visit.id(UNKNOWN)
        one = await self._reports.reconciliation(house, id)
        text = await self._reports.reconciliation_csv(house, id)
        return csv(text, f"reconciliation-{one.first}-{one.last}.csv")

    async def make(self, visit: Visit) -> Answer:
        """One now, of the days that are named; then it is shown."""
        try:
            request = ReconcileRequest(_day(visit, "from"), _day(visit, "to"))
            made = await self._reports.reconcile(visit.house.id, request, visit.actor, visit.once)
        except (Refusal, Problem) as refusal:
            words = tongue(visit.language).said(str(refusal))
            return await self._shown(visit, refusal=words, status=409)
        if isinstance(made, Replay):
            return await self._shown(visit, notice=tongue(visit.language).gettext("This was done already."))
        return see(f"{visit.base}/calls/reconciliation/{made.id}")

    def pages(self) -> list[Page]:
        """Their addresses."""
        nights = f"{P}/calls/reconciliation"
        return [
            Page("GET", nights, self.page),
            Page("POST", nights, self.make, MONEY),
            Page("GET", f"{nights}/{{id}}", self.one),
            Page("GET", f"{nights}/{{id}}/csv", self.spreadsheet),
        ]


def sums_of(one: ReconciliationView) -> tuple[PartView, ...]:
    """All parts together, one for each currency."""
    found: dict[str, list[PartView]] = {}
    for part in one.parts:
        if part.currency:
            found.setdefault(part.currency, []).append(part)
    return tuple(
        PartView("", currency, sum(part.calls for part in parts), _sum(parts, "amount"), _sum(parts, "tax"))
        for currency, parts in sorted(found.items())
    )


def _sum(parts: list[PartView], name: str) -> str:
    return f"{sum((Decimal(getattr(part, name)) for part in parts), Decimal(0)):f}"


def _day(visit: Visit, name: str) -> date | None:
    text = visit.form.get(name, "").strip()
    day = day_of(text) if text else None
    if text and day is None:
        raise Problem(422, "bad_day", "A day is written like 2030-11-24.")
    return day
