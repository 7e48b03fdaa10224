"""Reports that are kept in memory, for the front door's tests; refuses what the house refuses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services import callreportviews as views
from hotelbridge.services.reportdesk import csv_of
from hotelbridge.services.views import Once, Page, Replay

from .fake_desk import ZONE

DAY = date(2026, 11, 24)


class FakeReports:
    """`hotelbridge.services.reportwindow.ReportDesk` with one guest, who called twice."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def report(self, property: str, query: views.ReportQuery, *, named: bool) -> views.CallReportView:
        self._check("report", property, query, named)
        reservation = "1001" if named else ""
        one = views.CallSumView(
            "17", "212", reservation, "EUR", 3, 1, 1, 111, "0.95", "0.16", "0.50", "0.45", "0"
        )
        return views.CallReportView(query.by, DAY, DAY, (one,), (one,), ("110",))

    async def report_csv(self, property: str, query: views.ReportQuery, *, named: bool) -> str:
        self._check("report_csv", property, query, named)
        return "stay,amount\r\n17,0.95\r\n"

    async def statement(self, property: str, query: views.StatementQuery) -> str:
        self._check("statement", property, query)
        if query.stay not in (None, 17):
            raise Refusal("unknown_stay", "There is no such stay.", status=404)
        return "Telephone calls. Room 212\nTotal 0.95 EUR\n"

    async def reconciliations(
        self, property: str, limit: int, cursor: str | None
    ) -> Page[views.ReconciliationView]:
        self._check("reconciliations", property, limit, cursor)
        return Page((self._one(1),))

    async def reconciliation(self, property: str, id: int) -> views.ReconciliationView:
        self._check("reconciliation", property, id)
        if id != 1:
            raise Refusal("unknown_reconciliation", "There is no such reconciliation.", status=404)
        return self._one(id)

    async def reconciliation_csv(self, property: str, id: int) -> str:
        return csv_of(await self.reconciliation(property, id))

    async def reconcile(
        self, property: str, request: views.ReconcileRequest, actor: Actor, once: Once | None = None
    ) -> views.ReconciliationView | Replay:
        self._check("reconcile", property, request, actor, once)
        return self._one(2, actor.name)

    def _check(self, *asked: Any) -> None:
        self.asked.append(asked)

    def _one(self, id: int, by: str = "hotelbridge") -> views.ReconciliationView:
        return views.ReconciliationView(
            id=id,
            at=datetime(2026, 11, 25, 3, 30, tzinfo=ZONE),
            first=DAY,
            last=DAY,
            by=by,
            adds_up=False,
            words="2 calls = 1 posted + 1 without a charge",
            received=2,
            by_device={"om20": 2},
            not_chargeable=0,
            parts=(
                views.PartView("posted", "EUR", 1, "0.50", "0.08"),
                views.PartView("free", "", 0, "0", "0"),
            ),
            difference=1,
            findings=(views.FindingView("not_charged", 1, "=call 2 has no charge.", 2, "om20"),),
        )
