"""The sum behind a charge, made again when somebody asks: by the tariff and the terms of that day.

Versions of tariffs are kept for as long as charges are, so the sum is the same whatever the tariff of today
says. It is made beside the charge, never taken for it: whether both agree is part of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from hotelbridge.core import rating
from hotelbridge.core.charges import EMERGENCY_CALL, Call, Charge, ChargeLine, ChargeState
from hotelbridge.core.explain import explain
from hotelbridge.core.tariffread import read
from hotelbridge.services import money, tariffs
from hotelbridge.services.chargedesk import BY_HAND
from hotelbridge.services.chargeviews import ExplanationView
from hotelbridge.store import tariffs as versions
from hotelbridge.store.callretention import DOTS
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase


def explained(tx: Tx, charge: Charge, call: Call, lines: Sequence[ChargeLine]) -> ExplanationView:
    """How a charge came to its amount. Reads a whole tariff: not for a unit of work, nor for a list."""
    if charge.state == ChargeState.FREE and charge.reason.startswith(EMERGENCY_CALL):
        # Whatever the tariff has for its number: no price, and no threshold, was the reason.
        nothing = money.figures(0, charge.currency)
        amount, length = f"{nothing} {charge.currency}", f"{charge.seconds} s"
        free = (phrase(f"Free: {charge.reason}"), phrase(f"Amount: {amount}"))
        return ExplanationView((phrase(f"Duration: {length}"), *free), not charge.amount, nothing, 0)
    if said := [line for line in lines if line.what == BY_HAND]:
        amount = said[-1].text or money.shown(charge.amount, charge.currency)
        no_price = phrase(f"Tariff {charge.version} has no price for this number")
        return _unknown(no_price, phrase(f"Amount: {amount}"))
    kept = versions.get(tx, charge.property, charge.version)
    if kept is None:
        words = phrase(f"Tariff {charge.version} is not kept any more: the sum cannot be made again")
        return _unknown(words)
    if not charge.dialled or charge.dialled.endswith(DOTS):
        return _unknown(phrase("The number is not kept any more: the sum cannot be made again"))
    text, terms_text = kept
    terms, numbering = tariffs.terms_read(terms_text)
    asked = rating.Call(
        numbering.read(charge.dialled),
        charge.started,
        charge.seconds,
        charge.trunk,
        call.route,
        frozenset(charge.classes.split()),
    )
    priced = rating.rate(asked, read(text, numbering.country), terms)
    same = priced.minor == charge.amount and terms.currency == charge.currency
    return ExplanationView(
        lines=tuple(explain(priced)),
        agrees=same,
        amount=f"{money.amount(priced.minor, terms.currency):f}",
        minor=priced.minor,
    )


def _unknown(*lines: str) -> ExplanationView:
    return ExplanationView(lines, None, None, None)
