"""The calls of the API about what calls came to: reports, statements of guests, reconciliations.

As `web.api`: each takes a checked request, asks the desk and shapes the answer, JSON or CSV. The routes
with a fixed word stand before those of one charge by its number.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hotelbridge.core.records import Role
from hotelbridge.services.callreportviews import (
    CallReportView,
    ReconcileRequest,
    ReconciliationView,
    ReportBy,
    ReportQuery,
    StatementQuery,
)
from hotelbridge.services.reportwindow import ReportDesk
from hotelbridge.services.views import Page
from hotelbridge.web.bodies import LARGEST_ID, Cursor, Date, Form, NameOrNone, Number, PageQuery
from hotelbridge.web.problems import Problem
from hotelbridge.web.routing import MONEY, Answer, Ask, P, Route, answer

CSV, PLAIN = "text/csv", "text/plain"
UTF8 = "; charset=utf-8"
Format = Annotated[Literal["json", "csv"], Field(description="csv: for a spreadsheet, whole")]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


class ReportForm(Form):
    """Which of the hotel's days, both inclusive, and by what they are summed up; a piece of it, as JSON."""

    by: ReportBy = ReportBy.ROOM
    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    format: Format = "json"
    limit: Annotated[int, Field(ge=1, le=5000)] = 1000
    cursor: Annotated[Cursor | None, Field(description="`next` of the piece before")] = None

    def query(self) -> ReportQuery:
        """The desk's query; CSV is whole."""
        whole = self.format == "csv"
        limit, cursor = (None, None) if whole else (self.limit, self.cursor)
        return ReportQuery(self.by, _day(self.from_), _day(self.to), limit, cursor)


class StatementForm(Form):
    """Whose calls: the number of a stay, or a reservation."""

    stay: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    reservation: Number | None = None

    def query(self) -> StatementQuery:
        """The desk's query."""
        if (self.stay is None) == (self.reservation is None):
            raise Problem(422, "invalid_query", "Give either `stay` or `reservation`.", errors=[])
        return StatementQuery(self.stay, self.reservation)


class FormatForm(Form):
    """In which form."""

    format: Format = "json"


class ReconcileBody(Form):
    """Which of the hotel's days, both inclusive; yesterday where none is named."""

    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    by: Annotated[NameOrNone, Field(description="who asks, for the list")] = ""

    def request(self) -> ReconcileRequest:
        """What the desk is asked."""
        return ReconcileRequest(_day(self.from_), _day(self.to))


class ReportApi:
    """The handlers."""

    def __init__(self, reports: ReportDesk) -> None:
        self._reports = reports

    async def report(self, ask: Ask) -> Answer:
        form = ask.form(ReportForm, ask.query)
        named = ask.caller is not None and ask.caller.role != Role.VIEWER
        if form.format == "csv":
            text = await self._reports.report_csv(ask.property, form.query(), named=named)
            return Answer(text, content_type=CSV + UTF8)
        return answer(await self._reports.report(ask.property, form.query(), named=named))

    async def statement(self, ask: Ask) -> Answer:
        query = ask.form(StatementForm, ask.query).query()
        return Answer(await self._reports.statement(ask.property, query), content_type=PLAIN + UTF8)

    async def reconciliations(self, ask: Ask) -> Answer:
        query = ask.form(PageQuery, ask.query)
        return answer(await self._reports.reconciliations(ask.property, query.limit, query.cursor))

    async def reconciliation(self, ask: Ask) -> Answer:
        id = ask.id("unknown_reconciliation")
        if ask.form(FormatForm, ask.query).format == "csv":
            text = await self._reports.reconciliation_csv(ask.property, id)
            return Answer(text, content_type=CSV + UTF8)
        return answer(await self._reports.reconciliation(ask.property, id))

    async def reconcile(self, ask: Ask) -> Answer:
        body = ask.form(ReconcileBody, ask.body)
        actor = ask.acting(body.by)
        return answer(await self._reports.reconcile(ask.property, body.request(), actor, ask.once), 201)


def report_routes(api: ReportApi) -> list[Route]:
    """The part of the API that is about what calls came to."""
    all_of_them = f"{P}/reconciliations"
    return [
        Route("GET", f"{P}/charges/report", api.report, "Calls to outside, also free ones, by room, ...",
              CallReportView, query=ReportForm, also=CSV),
        Route("GET", f"{P}/charges/statement", api.statement, "A guest's calls, as a page to print.",
              roles=MONEY, query=StatementForm, content_type=PLAIN),
        Route("GET", all_of_them, api.reconciliations, "What became of the calls; newest first.",
              Page[ReconciliationView], query=PageQuery),
        Route("GET", f"{all_of_them}/{{id}}", api.reconciliation, "What became of the calls of some days.",
              ReconciliationView, query=FormatForm, also=CSV),
        Route("POST", all_of_them, api.reconcile, "Count now what became of the calls of some days.",
              ReconciliationView, 201, roles=MONEY, body=ReconcileBody),
    ]  # fmt: skip
