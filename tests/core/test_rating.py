"""Rating as a whole: what must hold of any call and tariff, and the lines that explain a sum."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hotelbridge.core.explain import explain
from hotelbridge.core.rating import Call, Free, Held, Priced, Terms, rate
from hotelbridge.core.tariff import CLASSES, Row, Tariff, when
from hotelbridge.core.tariffread import BadTariff, read
from tests.core.tariffrows import AUSTRIA, VIENNA, call, tariff, terms, text_of

TUE = "2026-11-24T12:00:00"
BANDS = ["+49 0.30 days=mon-fri hours=08:00-18:00 first=30 next=6", "+49 0.20 per_seconds=7 first=1 next=13"]

amounts = st.decimals(0, 20, places=4).map(str)
seconds = st.integers(0, 3 * 3600)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A row of a tariff to +49."""
    parts = [draw(st.sampled_from(["+49", "+493", "*"])), draw(amounts)]
    for name, values in {
        "connect_fee": amounts,
        "per_seconds": st.sampled_from(["1", "7", "60", "3600"]),
        "first": st.sampled_from(["0", "1", "30", "60", "180"]),
        "next": st.sampled_from(["0", "1", "6", "60"]),
        "threshold": st.sampled_from(["5", "20"]),
        "free_seconds": st.sampled_from(["10", "60"]),
        "min": amounts,
        "max": amounts,
        "guest_class": st.sampled_from(CLASSES),
        "trunk": st.sampled_from(["3", "XO"]),
        "from": st.sampled_from(["2026-06-01", "2027-01-01"]),
        "until": st.sampled_from(["2027-06-30"]),
        "days": st.sampled_from(["mon-fri", "sat,sun", "hol", "sun,hol"]),
        "hours": st.sampled_from(["08:00-18:00", "22:00-06:00", "02:30-03:30", "18:00-24:00"]),
    }.items():
        if draw(st.integers(0, 3)) == 0:
            parts.append(f"{name}={draw(values)}")
    return " ".join(parts)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    try:
        return read(text_of(draw(st.lists(lines(), min_size=1, max_size=6))), "AT")
    except BadTariff:  # two rows that say the same
        assume(False)
        raise


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    digits = draw(st.sampled_from([0, 2, 3]))
    return terms(
        digits=digits,
        surcharge_percent=draw(st.sampled_from(["0", "12.5", "33.3333"])),
        surcharge_fixed=draw(st.sampled_from(["0", "0.07"])),
        tax_percent=draw(st.sampled_from(["0", "20", "7.7"])),
        tax_included=draw(st.booleans()),
        rounding=draw(st.sampled_from(["half_up", "half_even", "up", "down"])),
        rounding_unit=draw(st.sampled_from(["1", "5"])) + f"E-{digits}",
        holidays=["2026-12-25", "2026-06-06"],
        split_bands=draw(st.booleans()),
        trunk_thresholds={"XO": 20},
        default_rate="0.5",
    )


classes = st.frozensets(st.sampled_from(CLASSES))
trunks = st.sampled_from([("", ""), ("3", "XO"), ("4", "XO"), ("5", "IP")])


def made(started: datetime, length: int, by: tuple[str, str], of: frozenset[str]) -> Call:
    return Call(AUSTRIA.read("+49301234567"), started, length, *by, of)


# --- what holds of any call ---


@given(tariffs(), any_terms(), starts, seconds, st.integers(1, 600), trunks, classes)
@settings(max_examples=200, deadline=None)
def test_a_longer_call_of_the_same_start_never_costs_less(
    prices: Tariff, on: Terms, at: datetime, length: int, more: int, by: tuple[str, str], of: frozenset[str]
) -> None:
    short, long = (rate(made(at, length + extra, by, of), prices, on) for extra in (0, more))
    assert short.minor <= long.minor and short.amount <= long.amount


@given(tariffs(), any_terms(), starts, seconds, trunks, classes)
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_rows_is_of_no_account(
    prices: Tariff, on: Terms, at: datetime, length: int, by: tuple[str, str], of: frozenset[str]
) -> None:
    turned = Tariff(prices.version, prices.rows[::-1])
    assert rate(made(at, length, by, of), prices, on) == rate(made(at, length, by, of), turned, on)


@given(tariffs(), any_terms(), starts, seconds, trunks, classes)
@settings(max_examples=300, deadline=None)
def test_who_works_the_lines_out_comes_to_the_amount(
    prices: Tariff, on: Terms, at: datetime, length: int, by: tuple[str, str], of: frozenset[str]
) -> None:
    priced = rate(made(at, length, by, of), prices, on)
    told = explain(priced)
    assert told[-1] == f"Amount: {priced.amount:f} EUR"
    assert worked_out(told, on) == priced.amount == priced.minor * on.minor
    assert 0 <= priced.tax_minor <= priced.minor


def worked_out(told: list[str], on: Terms) -> Fraction:
    """The amount, from nothing but the numbers in the lines before the last."""
    if any(line.startswith("Free: ") for line in told):
        return Fraction(0)
    total = sum(map(Fraction, found(told, r"Connect fee: ([\d.]+)")), Fraction(0))
    charged = 0
    for length, price, per in found(told, r"Metered: (\d+) s x ([\d.]+) per (\d+) s = .*"):
        total += Fraction(price) * int(length) / int(per)
        charged += int(length)
    assert charged == sum(int(one) for one in found(told, r"Increments .*, charged (\d+) s"))
    for percent in found(told, r"Surcharge: ([\d.]+) % of .*"):
        total += total * Fraction(percent) / 100
    for fixed in found(told, r"Surcharge: ([\d.]+) for the call, .*"):
        total += Fraction(fixed)
    for limit in [*found(told, r"Minimum: ([\d.]+)"), *found(told, r"Maximum: ([\d.]+)")]:
        total = Fraction(limit)
    for percent in found(told, r"Tax: ([\d.]+) % of .*"):
        total += total * Fraction(percent) / 100
    ((how, unit),) = found(told, r"Rounded (.*) to ([\d.]+): .*")
    return rounded(total / Fraction(unit), how) * Fraction(unit)


def found(told: list[str], pattern: str) -> Iterator[Any]:
    for line in told:
        if match := re.fullmatch(pattern, line):
            yield match[1] if match.re.groups == 1 else match.groups()


def rounded(value: Fraction, how: str) -> int:
    if how == "up":
        return ceil(value)
    if how == "down":
        return floor(value)
    return round(value) if how == "half to even" else floor(value + Fraction(1, 2))


@given(st.text(), st.integers(-(10**12), 10**12), starts, st.text(max_size=5), st.text(max_size=5))
@settings(deadline=None)
def test_any_call_has_a_price_or_is_held(
    number: str, length: int, at: datetime, trunk: str, route: str
) -> None:
    one = Call(AUSTRIA.read(number), at, length, trunk, route)
    for split in (False, True):
        priced = rate(one, tariff(*BANDS, "=1 0.1"), terms(split_bands=split))
        assert explain(priced)[-1].startswith("Amount: ")


@given(st.integers(1, 7200), st.integers(0, 7 * 24 * 60))
@settings(max_examples=200, deadline=None)
def test_split_bands_are_what_one_finds_increment_by_increment(length: int, minute: int) -> None:
    prices, on = tariff(*BANDS), terms(split_bands=True)
    begin = datetime(2026, 10, 24, 22, 0, 30, tzinfo=UTC) + timedelta(minutes=minute)
    total, gone = Fraction(0), 0
    while gone < length:
        at = when(begin + timedelta(seconds=gone), VIENNA, on.holidays)
        row = prices.find(AUSTRIA.read("+4930123456"), at)
        assert row is not None
        step = row.next if gone else row.first
        total += Fraction(row.rate) * step / row.per_seconds
        gone += step
    assert rate(call("+4930123456", begin.isoformat(), length), prices, on).minor == floor(
        total * 100 + Fraction(1, 2)
    )


# --- words ---


def told_of(length: int, *rows: str, **special: Any) -> list[str]:
    return explain(rate(call("0049 30 1234567", TUE, length), tariff(*rows), terms(**special)))


def test_the_whole_sum_is_told_step_by_step() -> None:
    row = "+49 0.20 name=Germany connect_fee=0.10 threshold=5 free_seconds=20 first=30 next=6 days=mon-fri"
    told = told_of(
        200, row, surcharge_percent="10", surcharge_fixed="0.05", tax_percent="20", tax_included=False
    )
    assert told[0].startswith("Destination: Germany (+49), line 2 of tariff ")
    assert told[1:] == [
        "This line is for calls on Monday, Tuesday, Wednesday, Thursday, Friday",
        "Started: Tue 2026-11-24 12:00:00 (Europe/Vienna)",
        "Duration: 200 s",
        "Threshold: longer than 5 s, so every second counts",
        "Free seconds: 200 s - 20 s = 180 s",
        "Increments of 30/6 s: 26, charged 180 s",
        "Connect fee: 0.10",
        "Metered: 180 s x 0.20 per 60 s = 0.60",
        "Together: 0.70",
        "Surcharge: 10 % of 0.70 = 0.07",
        "Surcharge: 0.05 for the call, together 0.82",
        "Tax: 20 % of 0.82 = 0.164",
        "Rounded half up to 0.01: 0.984 becomes 0.98",
        "Tax contained: 20 %, 0.16",
        "Amount: 0.98 EUR",
    ]


@pytest.mark.parametrize(
    ("number", "length", "reason", "words"),
    [
        ("+4930123456", 0, Free.NOT_ANSWERED, "Free: it was not answered"),
        ("0800123456", 9, Free.TOLL_FREE, "Free: a toll-free number"),
        ("+4930123456", 5, Free.THRESHOLD, "Free: not longer than the threshold of 5 s"),
        ("+4930123456", 20, Free.FREE_SECONDS, "Free: within 20 free seconds"),
        ("+43112345678", 20, Free.NO_PRICE, "Rounded half up to 0.01: 0.00 becomes 0.00"),
    ],
)
def test_a_free_call_says_why(number: str, length: int, reason: Free, words: str) -> None:
    prices = tariff("+49 0.20 threshold=5 free_seconds=20", "+43 0")
    priced = rate(call(number, TUE, length), prices, terms())
    assert (priced.free, priced.minor, f"{priced.amount:f}") == (reason, 0, "0.00")
    told = explain(priced)
    assert words in told and told[-1] == "Amount: 0.00 EUR"


def test_a_number_that_no_row_knows_is_held_for_a_person() -> None:
    priced = rate(call("1503", TUE, 60), tariff("+49 0.20"), terms())
    assert (priced.held, priced.free, priced.line, priced.minor) == (Held.NO_ROW, "", None, 0)
    assert explain(priced)[-1] == "Amount: a person decides"


def test_the_default_rate_names_no_line() -> None:
    priced = rate(call("1503", TUE, 61), tariff("+49 0.20"), terms(default_rate="0.50"))
    assert (priced.line, priced.minor, priced.held) == (None, 100, "")
    assert "the default rate is taken" in explain(priced)[0]


def test_the_number_that_was_dialled_is_in_no_line() -> None:
    assert not any("1234567" in line for line in told_of(200, "+49 0.20"))


def test_a_charge_knows_the_row_and_the_tariff_that_priced_it() -> None:
    prices = tariff("* 1.80", "+49 0.20 name=Germany")
    priced: Priced = rate(call("+4930123456", TUE, 60), prices, terms())
    assert (priced.line, priced.name, priced.version) == (3, "Germany", prices.version)


@pytest.mark.parametrize("unit", ["0", "0.005", "-0.05"])
def test_a_rounding_that_the_currency_does_not_allow_is_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="cannot be rounded to"):
        terms(rounding_unit=unit)


def test_a_call_of_days_is_priced_in_no_time() -> None:
    row = Row(2, "+49", Decimal("0.2"), hours=((480, 1080),))
    prices = Tariff("x", (row, Row(3, "+49", Decimal("0.1"), first=1, next=1)))
    assert rate(call("+4930123456", TUE, 10**9), prices, terms(split_bands=True)).minor > 0
