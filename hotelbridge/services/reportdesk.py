"""`ReportDesk` on the store. Long stretches are read in pieces of a month, each on a reader of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from hotelbridge.clock import Clock
from hotelbridge.core.reconciling import in_words
from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services import callreports, money, reading, reconciling, repeats, statements
from hotelbridge.services.callreportviews import (
    CallReportView,
    FindingView,
    PartView,
    ReconcileRequest,
    ReconciliationView,
    ReportBy,
    ReportQuery,
    StatementQuery,
)
from hotelbridge.services.csvtext import csv_text
from hotelbridge.services.deskunits import House, of_property
from hotelbridge.services.ownership import Ownership
from hotelbridge.services.reconciling import Days
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import Once, Page, Replay
from hotelbridge.store import audit, callsums, reconciliations
from hotelbridge.store.callsums import CallSum
from hotelbridge.store.database import Database, Tx
from hotelbridge.store.reconciliations import Reconciliation

T = TypeVar("T")


class FrontReports:
    """`ReportDesk`, on the store."""

    def __init__(self, houses: Mapping[str, House], db: Database, ownership: Ownership, clock: Clock) -> None:
        self._houses = houses
        self._db = db
        self._ownership = ownership
        self._clock = clock

    def _rules(self, property: str) -> Rules:
        return of_property(self._houses, property).rules

    async def report(self, property: str, query: ReportQuery, *, named: bool) -> CallReportView:
        return await self._report(property, query, named, lambda view: view)

    async def report_csv(self, property: str, query: ReportQuery, *, named: bool) -> str:
        return await self._report(property, query, named, callreports.csv_of)

    async def _report(
        self, property: str, query: ReportQuery, named: bool, made: Callable[[CallReportView], T]
    ) -> T:
        """A report; what is made of it is made on the reader's thread."""
        rules, now = self._rules(property), self._clock.now()
        days = reconciling.days_of(rules, query.from_, query.to, now, callreports.USUAL)
        pieces: list[list[CallSum]] = []
        for piece in reconciling.in_pieces(days):
            pieces.append(await self._db.read(partial(_sums, rules=rules, by=query.by, days=piece)))

        def finished(tx: Tx) -> T:
            found = callreports.added(pieces)
            guests = callreports.whose(tx, rules, query, found, named=named)
            unused = callreports.unused(tx, rules, query.by, days, found)
            return made(callreports.view(query, days, found, guests, unused))

        return await self._db.read(finished)

    async def statement(self, property: str, query: StatementQuery) -> str:
        rules = self._rules(property)
        return await self._db.read(lambda tx: statements.statement(tx, rules, query))

    async def reconciliations(
        self, property: str, limit: int, cursor: str | None
    ) -> Page[ReconciliationView]:
        rules = self._rules(property)
        before = None if cursor is None else reading.number_of(cursor)

        def read(tx: Tx) -> Page[ReconciliationView]:
            found = reconciliations.listed(tx, property, before, limit + 1)
            next = str(found[limit - 1].id) if len(found) > limit else None
            return Page(tuple(_view(rules, one) for one in found[:limit]), next)

        return await self._db.read(read)

    async def reconciliation(self, property: str, id: int) -> ReconciliationView:
        rules = self._rules(property)
        found = await self._db.read(lambda tx: reconciliations.get(tx, property, id))
        if found is None:
            raise Refusal(
                "unknown_reconciliation", "There is no reconciliation with this number.", status=404
            )
        return _view(rules, found)

    async def reconciliation_csv(self, property: str, id: int) -> str:
        return csv_of(await self.reconciliation(property, id))

    async def reconcile(
        self, property: str, request: ReconcileRequest, actor: Actor, once: Once | None = None
    ) -> ReconciliationView | Replay:
        rules, now = self._rules(property), self._clock.now()
        days = reconciling.days_of(rules, request.from_, request.to, now, 1)
        pieces = []
        for piece in reconciling.in_pieces(days):
            pieces.append(await self._db.read(partial(_counted, rules=rules, days=piece, now=now)))
        found = reconciling.summed(pieces)

        def unit(tx: Tx) -> ReconciliationView | Replay:
            def act() -> ReconciliationView:
                saved = reconciling.save(tx, rules, days, found, actor.name, now)
                words = in_words(found)
                audit.write(tx, now, actor, "calls_counted", words, property, f"count {saved.id}")
                return _view(rules, saved)

            return repeats.once(tx, property, once, now, act)

        return await self._ownership.run(property, unit)


def _sums(tx: Tx, rules: Rules, by: ReportBy, days: Days) -> list[CallSum]:
    return callsums.sums(tx, rules.property, by.value, *days)


def _counted(tx: Tx, rules: Rules, days: Days, now: datetime) -> reconciling.Piece:
    return reconciling.counted(tx, rules, days, now)


def _view(rules: Rules, one: Reconciliation) -> ReconciliationView:
    kept: dict[str, Any] = json.loads(one.result)
    first, last = (datetime.fromisoformat(kept[name]).date() for name in ("from", "to"))
    return ReconciliationView(
        id=one.id,
        at=one.at.astimezone(rules.zone),
        first=first,
        last=last,
        by=one.by,
        adds_up=one.adds_up,
        words=kept["words"],
        received=kept["received"],
        by_device=kept["by_device"],
        not_chargeable=kept["not_chargeable"],
        parts=tuple(_part(**part) for part in kept["parts"]),
        difference=kept["difference"],
        findings=tuple(FindingView(**finding) for finding in kept["findings"]),
    )


def _part(part: str, currency: str, calls: int, amount: int, tax: int) -> PartView:
    if not currency:
        return PartView(part, "", calls, "0", "0")
    shown = [f"{money.amount(minor, currency):f}" for minor in (amount, tax)]
    return PartView(part, currency, calls, *shown)


def csv_of(view: ReconciliationView) -> str:
    """The equation line by line, then what does not add up."""
    rows: list[tuple[object, ...]] = [
        ("received", device, "", calls, "", "") for device, calls in view.by_device.items()
    ]
    rows.append(("not chargeable", "", "", view.not_chargeable, "", ""))
    rows += [("part", one.part, one.currency, one.calls, one.amount, one.tax) for one in view.parts]
    rows.append(("difference", "", "", view.difference, "", ""))
    rows += [("finding", f"{one.trouble}: {one.words}", "", one.calls, "", "") for one in view.findings]
    return csv_text(("what", "name", "currency", "calls", "amount", "tax"), rows)
