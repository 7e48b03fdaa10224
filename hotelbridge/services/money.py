"""Amounts as the store keeps them, whole minor units of a currency, and as people read them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision


@lru_cache(maxsize=64)
def digits_of(currency: str) -> int:
    """Digits behind the point: 2 for EUR, 0 for JPY, 3 for KWD."""
    return int(get_currency_precision(currency))


def amount(minor: int, currency: str) -> Decimal:
    """The sum of so many minor units."""
    return Decimal(minor).scaleb(-digits_of(currency))


def figures(minor: int, currency: str) -> str:
    """The same as text, `3.40`, for long lists: without a decimal for each."""
    digits = digits_of(currency)
    text = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"


def shown(minor: int, currency: str) -> str:
    """For people: `3.40 EUR`."""
    return f"{amount(minor, currency):f} {currency}"
