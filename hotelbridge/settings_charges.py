"""What calls cost guests beside the tariff itself: surcharges, tax, rounding, limits, how long it is kept.

Amounts and percentages are text in the file ("0.20"): a number of TOML would be a binary fraction. Whether
they fit the hotel's currency is looked at in `settings_checks`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter

from hotelbridge.settings_base import Duration, Span, Table, time_of_day

HOLD = "hold"
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?")
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")


def read_amount(value: object) -> Decimal:
    """`"0.20"`. Raises ValueError with the way to write it."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError(f'{value!r} is not an amount of money: write it in quotes like "0.20"')
    return Decimal(value)


def _percent(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _PERCENT.fullmatch(value):
        raise ValueError(f'{value!r} is not a percentage: write it in quotes like "20" or "12.5"')
    return Decimal(value)


def _maybe_amount(value: object) -> Decimal | None:
    """Nothing at all is nothing, not 0."""
    return None if value in ("", None) else read_amount(value)


def _rate_or_hold(value: object) -> Decimal | None:
    if value in (HOLD, None):
        return None
    try:
        return read_amount(value)
    except ValueError:
        raise ValueError(f'{value!r} must be "{HOLD}", or a price per minute in quotes like "0.20"') from None


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f'{value!r} is not a day: write it like "2026-12-25"')


Amount = Annotated[Decimal, BeforeValidator(read_amount)]
Percent = Annotated[Decimal, BeforeValidator(_percent)]
MaybeAmount = Annotated[Decimal | None, BeforeValidator(_maybe_amount)]
DefaultRate = Annotated[Decimal | None, BeforeValidator(_rate_or_hold)]  # None: a person decides
Day = Annotated[date, BeforeValidator(_day)]


class ChargeSettings(Table):
    """How calls are charged."""

    surcharge_percent: Percent = Decimal(0)
    surcharge_fixed: Amount = Decimal(0)
    tax_percent: Percent = Decimal(0)
    tax_included: bool = True
    rounding: Annotated[str, Field(pattern="^(half_up|half_even|up|down)$")] = "half_up"
    rounding_unit: MaybeAmount = None  # None: the currency's smallest
    holidays: Annotated[tuple[Day, ...], Field(strict=False)] = ()
    split_bands: bool = False
    toll_free_free: bool = True
    trunk_thresholds: dict[str, Duration] = {}
    staff_account: str = ""
    credit_limit: MaybeAmount = None
    audit_max: Span = timedelta(minutes=90)
    reconcile_at: Annotated[str, AfterValidator(time_of_day)] = "03:30"  # on the hotel's clocks
    cut_digits: Annotated[int, Field(ge=0, le=15)] = 0
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 90
    tax_years: Annotated[int, Field(ge=1, le=30)] = 7


def kept_spans(kept: dict[str, str]) -> dict[str, timedelta]:
    """Durations by name as JSON keeps them, `PT1M30S`; the file writes them in another way."""
    return TypeAdapter(dict[str, timedelta]).validate_python(kept)
