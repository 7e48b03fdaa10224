"""The window of accounting: reports about calls to outside, and their reconciliation. See `services.desk`.

`named`: whether this caller may know guests; to others reservations are empty. Refusals every call may
raise: `unknown_property`; for days `range_backwards` and `range_too_long` (422).
"""

from __future__ import annotations

from typing import Protocol

from hotelbridge.core.records import Actor
from hotelbridge.services.callreportviews import (
    CallReportView,
    ReconcileRequest,
    ReconciliationView,
    ReportQuery,
    StatementQuery,
)
from hotelbridge.services.views import Once, Page, Replay


class ReportDesk(Protocol):
    """What a caller can ask about the money of calls."""

    async def report(self, property: str, query: ReportQuery, *, named: bool) -> CallReportView:
        """Charges by room, stay, day, ... of some days of the hotel."""
        ...

    async def report_csv(self, property: str, query: ReportQuery, *, named: bool) -> str:
        """The same, whole, for a spreadsheet."""
        ...

    async def statement(self, property: str, query: StatementQuery) -> str:
        """A guest's calls as a page to print. Refuses `unknown_stay` (404)."""
        ...

    async def reconciliations(
        self, property: str, limit: int, cursor: str | None
    ) -> Page[ReconciliationView]:
        """The accounts that were made, newest first."""
        ...

    async def reconciliation(self, property: str, id: int) -> ReconciliationView:
        """One of them. Refuses `unknown_reconciliation` (404)."""
        ...

    async def reconciliation_csv(self, property: str, id: int) -> str:
        """The same for a spreadsheet."""
        ...

    async def reconcile(
        self, property: str, request: ReconcileRequest, actor: Actor, once: Once | None = None
    ) -> ReconciliationView | Replay:
        """Make an account now, and keep it."""
        ...
