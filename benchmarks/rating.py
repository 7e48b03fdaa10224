"""Calls priced in a second by one core: each number read, its row found, its sum made.

    python -m benchmarks.rating [ROWS]

The numbers are all different, so that none is remembered. Beside it: what phonenumbers alone needs to
read and classify the same numbers, and the same calls with their sums explained.
"""

from __future__ import annotations

import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import phonenumbers

from hotelbridge.core.explain import explain
from hotelbridge.core.numbers import Numbering
from hotelbridge.core.rating import Call, Terms, rate
from hotelbridge.core.tariff import Tariff
from hotelbridge.core.tariffread import COLUMNS, read

ROWS, CALLS, ROUNDS = 50_000, 20_000, 3
CODES = ("43", "43", "43", "49", "41", "39", "44", "1", "33", "420", "36", "385", "7", "86", "971")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = Terms(
    ZoneInfo("Europe/Vienna"),
    "EUR",
    surcharge_percent=Decimal("12.5"),
    tax_percent=Decimal(20),
    trunk_thresholds={"XO": 20},
)


def tariff_text(rows: int, dice: random.Random) -> str:
    """So many rows: prefixes of all lengths, every third with bands, and what a carrier's list has."""
    lines = [",".join(COLUMNS), "*,anywhere,0.3,1.8,,,,,,0.5,,,,,,,"]
    seen = set()
    while len(lines) <= rows:
        prefix = dice.choice(CODES) + "".join(dice.choices("0123456789", k=dice.randint(0, 7)))
        if prefix in seen:
            continue
        seen.add(prefix)
        price = f"{dice.uniform(0.01, 2):.4f}"
        lines.append(f"+{prefix},to {prefix},0.1,{price},60,30,6,,,,,,,,,,")
        if dice.random() < 0.33:
            lines.append(f"+{prefix},to {prefix} day,0.1,{price},,,,,,,,,,2026-01-01,,mon-fri,08:00-18:00")
    return "\n".join(lines[: rows + 1])


def numbers(count: int, dice: random.Random) -> list[str]:
    """As a guest dials from Austria, each once."""
    found: set[str] = set()
    while len(found) < count:
        code = dice.choice(CODES)
        start = dice.choice(("0664", "0676", "01", "0316")) if code == "43" else f"00{code}"
        found.add(start + dice.choice("123456789") + "".join(dice.choices("0123456789", k=7)))
    return sorted(found, key=lambda _: dice.random())


def per_second(work: Callable[[], None], count: int) -> float:
    """The best of some rounds, in processor time: other programs on the machine do not count."""
    best = 0.0
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        best = max(best, count / (time.process_time() - before))
    return best


def priced(dialled: Sequence[str], tariff: Tariff, told: bool = False) -> None:
    """Price one call to each number."""
    numbering = Numbering("AT")
    for n, number in enumerate(dialled):
        started = BEGIN + timedelta(seconds=n * 1571)
        call = Call(numbering.read(number), started, 1 + n * 7 % 900, "3", "XO")
        done = rate(call, tariff, TERMS)
        if told:
            explain(done)


def alone(dialled: Sequence[str]) -> None:
    """What the library needs."""
    for number in dialled:
        phonenumbers.number_type(phonenumbers.parse(number, "AT"))


def main(rows: int = ROWS) -> None:
    """Measure and print."""
    dice = random.Random(1)
    text, dialled = tariff_text(rows, dice), numbers(CALLS, dice)
    before = time.process_time()
    tariff = read(text, "AT")
    took = time.process_time() - before
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}; a tariff of {len(tariff.rows):,} rows"
    )
    print(f"the tariff is read in {took:.1f} s, {len(tariff.rows) / took:,.0f} rows/s")
    alone(dialled[:1000])  # warm
    library = per_second(lambda: alone(dialled), CALLS)
    ours = per_second(lambda: priced(dialled, tariff), CALLS)
    told = per_second(lambda: priced(dialled, tariff, told=True), CALLS)
    print(f"priced: {ours:,.0f} calls/s on one core, {told:,.0f}/s with each explained")
    print(f"phonenumbers alone (parse, number_type): {library:,.0f}/s; ratio {ours / library:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
