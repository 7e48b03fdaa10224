"""What stands in the sentences of the house beside words: moments, lengths of time, weekdays, amounts.

The services write them in one way only (`core.readback`, `2026-11-28 06:30`, `12.40 EUR`); here they are
found by that form and written as people of another language do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, is_currency
from babel.units import format_unit

from hotelbridge.core.readback import DAY_NAMES, MONTHS

_UNITS = {"d": "duration-day", "h": "duration-hour", "min": "duration-minute", "s": "duration-second"}
_SPAN = r"\d{1,6} (?:d|h|min|s)(?: \d{1,2} (?:h|min|s))?"
_NAMED = re.compile(
    rf"({'|'.join(DAY_NAMES)})(?: (\d{{1,2}}) ({'|'.join(MONTHS)})(?: (\d{{4}}))?)?"
    rf"(?: (\d\d:\d\d(?::\d\d)?))?(?:, in ({_SPAN}))?"
)
_DATED = re.compile(r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d(?::\d\d)?))?")
_LENGTH = re.compile(_SPAN)
_LISTED = re.compile(r"([\d:]+(?:, [\d:]+)*) (and|or) ([\d:]+)")  # rooms, phones, times
_AMOUNT = re.compile(r"(-?\d{1,12}(?:\.\d{1,4})?) ([A-Z]{3})")
_DECIMAL = re.compile(r"-?\d{1,9}\.\d{1,9}")  # an amount whose currency is said elsewhere
_JOINED = {"de": {"and": " und ", "or": " oder "}, "zh": {"and": "和", "or": "或"}}
_DAY = {"de": "{weekday}, {day}. {month}{year}", "zh": "{year}{month}{day}日{weekday}"}
_YEAR = {"de": " {year}", "zh": "{year}年"}
_AHEAD = {"de": "{when}, in {span}", "zh": "{when}（{span}后）"}
_MONTH_WIDTH = {"zh": "abbreviated"}  # 11月, not 十一月


def plainly(code: str, locale: Locale) -> Callable[[str], str | None]:
    """Says what is no sentence in this language; None for anything else."""

    def plain(text: str) -> str | None:
        if found := _NAMED.fullmatch(text):
            return _moment(code, locale, *found.groups())
        if found := _DATED.fullmatch(text):
            return _dated(locale, *found.groups())
        if found := _LISTED.fullmatch(text):
            return found[1] + _JOINED[code][found[2]] + found[3]
        if _LENGTH.fullmatch(text):
            return _span(text, locale)
        if (found := _AMOUNT.fullmatch(text)) and is_currency(found[2]):
            return format_currency(Decimal(found[1]), found[2], locale=locale, decimal_quantization=False)
        return None

    return plain


def amounts(locale: Locale) -> Callable[[str], str | None]:
    """Says a bare number as an amount: 1.125 is 1,125 in German, where it would be a thousand else."""

    def amount(text: str) -> str | None:
        if not _DECIMAL.fullmatch(text):
            return None
        places = "0" * len(text.partition(".")[2])
        return format_decimal(Decimal(text), f"#,##0.{places}", locale=locale)

    return amount


def _moment(
    code: str, locale: Locale, weekday: str, day: str | None, month: str | None, year: str | None,
    clock: str | None, span: str | None,
) -> str:  # fmt: skip
    when = locale.days["format"]["wide"][DAY_NAMES.index(weekday)]
    if day and month:
        months = locale.months["format"][_MONTH_WIDTH.get(code, "wide")]
        named = months[MONTHS.index(month) + 1]
        year = _YEAR[code].format(year=year) if year else ""
        when = _DAY[code].format(weekday=when, day=day, month=named, year=year)
    when = f"{when} {clock}" if clock else when
    return _AHEAD[code].format(when=when, span=_span(span, locale)) if span else when


def _dated(locale: Locale, day: str, clock: str | None) -> str | None:
    try:
        written = format_date(date.fromisoformat(day), "medium", locale=locale)
    except ValueError:
        return None
    return f"{written} {clock}" if clock else written


def _span(text: str, locale: Locale) -> str:
    words = text.split()
    parts = zip(words[::2], words[1::2], strict=True)
    return " ".join(format_unit(int(count), _UNITS[unit], "short", locale=locale) for count, unit in parts)
