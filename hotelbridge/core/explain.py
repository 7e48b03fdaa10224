"""The sum behind a charge in lines that an accountant and a guest can follow, made only when asked for.

Whoever works the lines out by hand comes to the amount in the last one. The number that was dialled is
in none of them, so that they can be printed for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from hotelbridge.core.rating import Free, Piece, Priced, Terms, threshold
from hotelbridge.core.tariff import Row, days_words, hours_words

_PLACES = 6  # after the point, of an amount that never ends
_ROUNDED = {"half_up": "half up", "half_even": "half to even", "up": "up", "down": "down"}


def explain(priced: Priced) -> list[str]:
    """How a call came to its price, a line for each step; the last one is the amount."""
    if priced.held:
        return [
            *_facts(priced),
            f"No line of tariff {priced.version} matches, and there is no default rate",
            "Amount: a person decides",
        ]
    lines = [*_destination(priced), *_facts(priced)]
    if priced.free and priced.free != Free.NO_PRICE:
        lines.append(_why_free(priced))
    elif priced.row is not None:
        lines += _sum(priced, priced.row)
    return [*lines, f"Amount: {_money(priced.amount)} {priced.terms.currency}"]


def _destination(priced: Priced) -> Iterator[str]:
    row = priced.row
    if row is None:
        return
    if priced.line is None:
        yield f"Destination: no line of tariff {priced.version} matches; the default rate is taken"
        return
    form = {"=": f"dialled {row.prefix[1:]}", "*": "any number"}.get(row.prefix[0], row.prefix)
    yield f"Destination: {row.name or form} ({form}), line {row.line} of tariff {priced.version}"
    if said := ", ".join(_conditions(row)):
        yield f"This line is for calls {said}"


def _conditions(row: Row) -> Iterator[str]:
    if row.days:
        yield f"on {days_words(row.days)}"
    if row.hours:
        yield f"at {hours_words(row.hours)}"
    if row.since:
        yield f"from {row.since}"
    if row.until:
        yield f"until {row.until}"
    if row.trunk:
        yield f"by trunk {row.trunk}"
    if row.guest_class:
        yield f"of class {row.guest_class}"


def _facts(priced: Priced) -> Iterator[str]:
    call, terms = priced.call, priced.terms
    local = call.started.astimezone(terms.zone)
    holiday = ", a holiday" if local.date() in terms.holidays else ""
    yield f"Started: {local:%a %Y-%m-%d %H:%M:%S} ({terms.zone.key}){holiday}"
    yield f"Duration: {call.seconds} s"


def _why_free(priced: Priced) -> str:
    limit = threshold(priced.call, priced.row, priced.terms)
    return {
        Free.NOT_ANSWERED: "Free: it was not answered",
        Free.TOLL_FREE: "Free: a toll-free number",
        Free.THRESHOLD: f"Free: not longer than the threshold of {limit} s",
        Free.FREE_SECONDS: f"Free: within {priced.row.free_seconds if priced.row else 0} free seconds",
    }[Free(priced.free)]


def _sum(priced: Priced, row: Row) -> Iterator[str]:
    """From the duration to the rounding."""
    if limit := threshold(priced.call, row, priced.terms):
        yield f"Threshold: longer than {limit} s, so every second counts"
    if row.free_seconds:
        left = priced.call.seconds - row.free_seconds
        yield f"Free seconds: {priced.call.seconds} s - {row.free_seconds} s = {left} s"
    several = len(priced.pieces) > 1
    for piece in priced.pieces:
        yield _charged(piece, several)
    total = Fraction(row.connect_fee)
    if row.connect_fee:
        yield f"Connect fee: {_money(row.connect_fee)}"
    for piece in priced.pieces:
        cost = Fraction(piece.row.rate) * piece.seconds / piece.row.per_seconds
        total += cost
        per = piece.row.per_seconds
        yield f"Metered: {piece.seconds} s x {_money(piece.row.rate)} per {per} s = {_shown(cost)}"
    if several or row.connect_fee:
        yield f"Together: {_shown(total)}"
    yield from _added(total, row, priced)


def _charged(piece: Piece, several: bool) -> str:
    first = f"{piece.row.first}/{piece.row.next}"
    line = f" by line {piece.row.line}" if several else ""
    return f"Increments of {first} s{line}: {piece.increments}, charged {piece.seconds} s"


def _added(total: Fraction, row: Row, priced: Priced) -> Iterator[str]:
    """What comes to the price of the line, its limits, tax and the rounding."""
    terms = priced.terms
    if terms.surcharge_percent:
        more = total * Fraction(terms.surcharge_percent) / 100
        yield f"Surcharge: {_money(terms.surcharge_percent)} % of {_shown(total)} = {_shown(more)}"
        total += more
    if terms.surcharge_fixed:
        total += Fraction(terms.surcharge_fixed)
        yield f"Surcharge: {_money(terms.surcharge_fixed)} for the call, together {_shown(total)}"
    if row.min is not None and total < Fraction(row.min):
        total = Fraction(row.min)
        yield f"Minimum: {_money(row.min)}"
    if row.max is not None and total > Fraction(row.max):
        total = Fraction(row.max)
        yield f"Maximum: {_money(row.max)}"
    if terms.tax_percent and not terms.tax_included:
        tax = total * Fraction(terms.tax_percent) / 100
        yield f"Tax: {_money(terms.tax_percent)} % of {_shown(total)} = {_shown(tax)}"
        total += tax
    how = _ROUNDED[terms.rounding]
    yield f"Rounded {how} to {_money(terms.unit)}: {_shown(total)} becomes {_money(priced.amount)}"
    if terms.tax_percent:
        yield f"Tax contained: {_money(terms.tax_percent)} %, {_tax(priced, terms)}"


def _tax(priced: Priced, terms: Terms) -> str:
    return _money(priced.tax_minor * terms.minor)


def _money(value: Decimal) -> str:
    return f"{value:f}"


def _shown(value: Fraction) -> str:
    """An amount between the steps: exact, or cut where it never ends or goes on for long."""
    scaled = value * 10**_PLACES
    digits = f"{scaled.numerator // scaled.denominator:0{_PLACES + 1}}"
    text = f"{digits[:-_PLACES]}.{digits[-_PLACES:]}"
    if scaled.denominator != 1:
        return f"{text}..."
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"
