"""Tariffs as the tests write them: one line for each row, "+49 0.20 hours=08:00-18:00 days=mon-fri"."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hotelbridge.core.numbers import Numbering
from hotelbridge.core.rating import Call, Terms
from hotelbridge.core.tariff import Tariff
from hotelbridge.core.tariffread import COLUMNS, read

VIENNA = ZoneInfo("Europe/Vienna")
AUSTRIA = Numbering("AT")


def text_of(rows: Iterable[str]) -> str:
    """The file with these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        prefix, rate, *more = row.split()
        writer.writerow({"prefix": prefix, "rate": rate, **dict(one.split("=", 1) for one in more)})
    return out.getvalue()


def tariff(*rows: str) -> Tariff:
    return read(text_of(rows), "AT")


def terms(**given: Any) -> Terms:
    """Terms of a hotel in Vienna; amounts may be text."""
    amounts = ("default_rate", "surcharge_percent", "surcharge_fixed", "tax_percent", "rounding_unit")
    values = {name: Decimal(value) if name in amounts else value for name, value in given.items()}
    if "holidays" in values:
        values["holidays"] = frozenset(map(date.fromisoformat, values["holidays"]))
    return Terms(**{"zone": VIENNA, "currency": "EUR", **values})


def call(number: str, at: str, seconds: int, by: str = "", classes: str = "") -> Call:
    """A call at a time of Vienna (or with its offset); `by`: route, trunk number, or both, "3 XO"."""
    started = datetime.fromisoformat(at)
    started = started if started.tzinfo else started.replace(tzinfo=VIENNA)
    words = by.split()
    trunk = next((word for word in words if word not in ("XO", "IP")), "")
    route = next((word for word in words if word in ("XO", "IP")), "")
    return Call(AUSTRIA.read(number), started, seconds, trunk, route, frozenset(classes.split()))
