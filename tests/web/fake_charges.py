"""Charges that are kept in memory, for the front door's tests; refuses what the desk refuses."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from hotelbridge.core.calls import CallKind
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services import chargeviews, views
from hotelbridge.testing.fake_clock import FakeClock

from .fake_desk import LARGEST, ZONE
from .fake_rooms import GUEST

NUMBER = "+4989920920"


class FakeCharges:
    """`hotelbridge.services.chargewindow.ChargeDesk` with the charges 1 (uncertain) and 2 (posted)."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.asked: list[tuple[Any, ...]] = []
        self.fail_with: Exception | None = None
        self.answers: dict[tuple[str, str], str] = {}
        self.changed: dict[str, Any] = {}  # what of every charge is otherwise
        self.next: str | None = None  # where the list of charges goes on

    async def calls(
        self, property: str, query: chargeviews.CallQuery, *, named: bool
    ) -> views.Page[chargeviews.CallView]:
        self._check("calls", property, query, named)
        return views.Page((self._call(named), replace(self._call(named), charge=None)), "next-1")

    async def charges(
        self, property: str, query: chargeviews.CallQuery, *, named: bool
    ) -> views.Page[chargeviews.ChargeView]:
        self._check("charges", property, query, named)
        return views.Page((self._charge(2, named), self._charge(1, named)), self.next)

    async def charge(self, property: str, id: int, *, named: bool) -> chargeviews.ChargeDetail:
        self._check("charge", property, id, named)
        view = self._charge(id, named)
        known = {field.name: getattr(view, field.name) for field in fields(view)}
        lines = ("Metered: 60 s x 0.50 per 60 s = 0.50", "Amount: 0.50 EUR")
        line = views.HistoryView(self._now(), "hotelbridge", "itself", "priced", "Germany, to be posted")
        explanation = chargeviews.ExplanationView(lines, True, "0.50", 50)
        return chargeviews.ChargeDetail(
            **known, call=self._call(named), explanation=explanation, lines=(line,)
        )

    async def charge_in_short(self, property: str, id: int, *, named: bool) -> chargeviews.ChargeView:
        self._check("charge_in_short", property, id, named)
        return self._charge(id, named)

    async def retry(
        self,
        property: str,
        id: int,
        request: chargeviews.RetryRequest,
        actor: Actor,
        once: views.Once | None = None,
        *,
        named: bool,
    ) -> chargeviews.ChargeDone | views.Replay:
        self._check("retry", property, id, request, actor, once, named)
        if self._charge(id, named).state == ChargeState.POSTED:
            raise Refusal("already_settled", f"Charge {id} is settled.", status=409, by="Anna")
        if request.on_folio is None:
            raise Refusal("on_folio_unknown", "Is it on the folio?", status=409, posted_to="212")
        return self._done(id, once, "to be posted", named)

    async def resolve(
        self,
        property: str,
        id: int,
        request: chargeviews.ResolveRequest,
        actor: Actor,
        once: views.Once | None = None,
        *,
        named: bool,
    ) -> chargeviews.ChargeDone | views.Replay:
        self._check("resolve", property, id, request, actor, once, named)
        return self._done(id, once, request.outcome.value, named)

    # --- inside ---

    def _check(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.fail_with is not None:
            raise self.fail_with
        for value in asked:  # what a database would refuse
            assert not isinstance(value, int) or abs(value) <= LARGEST
            assert not isinstance(value, str) or "\0" not in value

    def _now(self) -> datetime:
        return self.clock.now().astimezone(ZONE)

    def _done(
        self, id: int, once: views.Once | None, said: str, named: bool
    ) -> chargeviews.ChargeDone | views.Replay:
        if once is not None and (once.key, once.caller) in self.answers:
            return views.Replay(once.status, self.answers[once.key, once.caller])
        done = chargeviews.ChargeDone(said, self._charge(id, named))
        if once is not None:
            self.answers[once.key, once.caller] = views.render(done)
        return done

    def _charge(self, id: int, named: bool) -> chargeviews.ChargeView:
        if id not in (1, 2):
            raise Refusal("unknown_charge", f"There is no charge {id}.", status=404)
        number = NUMBER if named else f"{NUMBER[:-3]}XXX"
        made = chargeviews.ChargeView(
            id=id, room="212", reservation="1001", guest=GUEST if named else "", account="",
            started=self._now(), seconds=50, trunk="8", dialled=number, number=number,
            destination="Germany", amount="0.50", minor=50, tax="0.08", tax_minor=8, currency="EUR",
            tariff="0123456789ab", line=2, state=ChargeState.UNCERTAIN if id == 1 else ChargeState.POSTED,
            reason="no answer from the PMS", posting=7, posted_to="212", tries=1, next=None,
            sent=self._now(), settled=None, by="", note="", number_erased=None, guest_erased=None,
            erased=None,
        )  # fmt: skip
        return replace(made, **self.changed)

    def _call(self, named: bool) -> chargeviews.CallView:
        charge = chargeviews.CallChargeView(ChargeState.UNCERTAIN, "0.50", 50, "EUR", "1001", "")
        return chargeviews.CallView(
            id=1, device="om20", record="17-0", kind=CallKind.OUT, type="OU", route="IP", trunk="8",
            caller="212", called=NUMBER if named else f"{NUMBER[:-3]}XXX", phone="212", room="212",
            started=self._now(), ended=self._now(), seconds=50, arrived=self._now(), clock_off=0,
            why="made by phone 212", charge=charge, number_erased=date(2027, 2, 22),
            erased=date(2033, 11, 29),
        )  # fmt: skip
