"""The sum behind a charge in lines that an accountant and a guest can follow, made only when asked for.

Whoever works the lines out by hand comes to the amount in the last one. The number that was dialled is
in none of them, so that they can be printed for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from hotelbridge.core.rating import Free, Piece, Priced, Terms, threshold
from hotelbridge.core.readback import DAY_NAMES
from hotelbridge.core.tariff import Row, hours_words
from hotelbridge.texts import phrase

_PLACES = 6  # after the point, of an amount that never ends
_DAYS = (*DAY_NAMES, phrase("holidays"))
_CLASSES = {
    "vip": phrase("This line is for calls of VIP guests"),
    "group": phrase("This line is for calls of guests of a group"),
    "staff": phrase("This line is for calls of the staff"),
    "guest": phrase("This line is for calls of guests"),
}


def explain(priced: Priced) -> list[str]:
    """How a call came to its price, a line for each step; the last one is the amount."""
    if priced.held:
        return [
            *_facts(priced),
            phrase(f"No line of tariff {priced.version} matches, and there is no default rate"),
            phrase("Amount: a person decides"),
        ]
    lines = [*_destination(priced), *_facts(priced)]
    if priced.free and priced.free != Free.NO_PRICE:
        lines.append(_why_free(priced))
    elif priced.row is not None:
        lines += _sum(priced, priced.row)
    amount = f"{_money(priced.amount)} {priced.terms.currency}"
    return [*lines, phrase(f"Amount: {amount}")]


def _destination(priced: Priced) -> Iterator[str]:
    row = priced.row
    if row is None:
        return
    if priced.line is None:
        yield phrase(f"Destination: no line of tariff {priced.version} matches; the default rate is taken")
        return
    form = _form(row.prefix)
    name = row.name or form
    yield phrase(f"Destination: {name} ({form}), line {row.line} of tariff {priced.version}")
    yield from _conditions(row)


def _form(prefix: str) -> str:
    if prefix[0] == "*":
        return phrase("any number")
    number = prefix[1:]
    return phrase(f"dialled {number}") if prefix[0] == "=" else prefix


def _conditions(row: Row) -> Iterator[str]:
    if row.days:
        days = ", ".join(name for place, name in enumerate(_DAYS) if row.days >> place & 1)
        yield phrase(f"This line is for calls on {days}")
    if row.hours:
        hours = hours_words(row.hours)
        yield phrase(f"This line is for calls at {hours}")
    if row.since:
        yield phrase(f"This line is for calls from {row.since} on")
    if row.until:
        yield phrase(f"This line is for calls until {row.until}")
    if row.trunk:
        yield phrase(f"This line is for calls by trunk {row.trunk}")
    if row.guest_class:
        yield _CLASSES[row.guest_class]


def _facts(priced: Priced) -> Iterator[str]:
    call, terms = priced.call, priced.terms
    local = call.started.astimezone(terms.zone)
    holiday = phrase(", a holiday") if local.date() in terms.holidays else ""
    moment, zone, length = f"{local:%a %Y-%m-%d %H:%M:%S}", terms.zone.key, _seconds(call.seconds)
    yield phrase(f"Started: {moment} ({zone}){holiday}")
    yield phrase(f"Duration: {length}")


def _why_free(priced: Priced) -> str:
    limit = _seconds(threshold(priced.call, priced.row, priced.terms))
    seconds = priced.row.free_seconds if priced.row else 0
    return {
        Free.NOT_ANSWERED: phrase("Free: it was not answered"),
        Free.TOLL_FREE: phrase("Free: a toll-free number"),
        Free.THRESHOLD: phrase(f"Free: not longer than the threshold of {limit}"),
        Free.FREE_SECONDS: phrase(f"Free: within {seconds} free seconds"),
    }[Free(priced.free)]


def _sum(priced: Priced, row: Row) -> Iterator[str]:
    """From the duration to the rounding."""
    yield from _counted(row, priced)
    total = Fraction(row.connect_fee)
    if row.connect_fee:
        fee = _money(row.connect_fee)
        yield phrase(f"Connect fee: {fee}")
    for piece in priced.pieces:
        cost = Fraction(piece.row.rate) * piece.seconds / piece.row.per_seconds
        total += cost
        yield _metered(piece, _shown(cost))
    if len(priced.pieces) > 1 or row.connect_fee:
        together = _shown(total)
        yield phrase(f"Together: {together}")
    yield from _added(total, row, priced)


def _counted(row: Row, priced: Priced) -> Iterator[str]:
    """Which seconds are charged."""
    if seconds := threshold(priced.call, row, priced.terms):
        limit = _seconds(seconds)
        yield phrase(f"Threshold: longer than {limit}, so every second counts")
    if row.free_seconds:
        talked, free = _seconds(priced.call.seconds), _seconds(row.free_seconds)
        left = _seconds(priced.call.seconds - row.free_seconds)
        yield phrase(f"Free seconds: {talked} - {free} = {left}")
    for piece in priced.pieces:
        yield _charged(piece, several=len(priced.pieces) > 1)


def _charged(piece: Piece, *, several: bool) -> str:
    steps, length = f"{piece.row.first}/{piece.row.next}", _seconds(piece.seconds)
    if several:
        line = piece.row.line
        return phrase(f"Increments of {steps} s by line {line}: {piece.increments}, charged {length}")
    return phrase(f"Increments of {steps} s: {piece.increments}, charged {length}")


def _metered(piece: Piece, cost: str) -> str:
    length, rate, span = _seconds(piece.seconds), _money(piece.row.rate), _seconds(piece.row.per_seconds)
    return phrase(f"Metered: {length} x {rate} per {span} = {cost}")


def _added(total: Fraction, row: Row, priced: Priced) -> Iterator[str]:
    """What comes to the price of the line, its limits, tax and the rounding."""
    terms = priced.terms
    if terms.surcharge_percent:
        more = total * Fraction(terms.surcharge_percent) / 100
        percent, whole, part = _money(terms.surcharge_percent), _shown(total), _shown(more)
        yield phrase(f"Surcharge: {percent} % of {whole} = {part}")
        total += more
    if terms.surcharge_fixed:
        total += Fraction(terms.surcharge_fixed)
        amount, together = _money(terms.surcharge_fixed), _shown(total)
        yield phrase(f"Surcharge: {amount} for the call, together {together}")
    if row.min is not None and total < Fraction(row.min):
        total, amount = Fraction(row.min), _money(row.min)
        yield phrase(f"Minimum: {amount}")
    if row.max is not None and total > Fraction(row.max):
        total, amount = Fraction(row.max), _money(row.max)
        yield phrase(f"Maximum: {amount}")
    if terms.tax_percent and not terms.tax_included:
        tax = total * Fraction(terms.tax_percent) / 100
        percent, whole, part = _money(terms.tax_percent), _shown(total), _shown(tax)
        yield phrase(f"Tax: {percent} % of {whole} = {part}")
        total += tax
    yield _rounded(terms.rounding, _money(terms.unit), _shown(total), _money(priced.amount))
    if terms.tax_percent:
        percent, part = _money(terms.tax_percent), _tax(priced, terms)
        yield phrase(f"Tax contained: {percent} %, {part}")


def _rounded(how: str, unit: str, exact: str, amount: str) -> str:
    return {
        "half_up": phrase(f"Rounded half up to {unit}: {exact} becomes {amount}"),
        "half_even": phrase(f"Rounded half to even to {unit}: {exact} becomes {amount}"),
        "up": phrase(f"Rounded up to {unit}: {exact} becomes {amount}"),
        "down": phrase(f"Rounded down to {unit}: {exact} becomes {amount}"),
    }[how]


def _tax(priced: Priced, terms: Terms) -> str:
    return _money(priced.tax_minor * terms.minor)


def _seconds(count: int) -> str:
    return f"{count} s"


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
