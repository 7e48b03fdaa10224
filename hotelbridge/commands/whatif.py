"""`hotelbridge tariff whatif`: what the calls of a month would have cost by another tariff.

Reads the store and writes nothing, also beside a running daemon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from twisted.python.failure import Failure

from hotelbridge.clock import SystemClock
from hotelbridge.commands.options import FAILED, Said
from hotelbridge.commands.words import clean, plural, table
from hotelbridge.core.charges import ChargeState
from hotelbridge.core.emergency import EmergencyNumbers
from hotelbridge.core.numbers import Numbering
from hotelbridge.core.rating import Call
from hotelbridge.core.whatif import Compared, Made, WhatIf, compare
from hotelbridge.errors import ConfigurationError
from hotelbridge.services import money
from hotelbridge.services.tariffs import read_file, terms_of
from hotelbridge.settings import PropertySettings, Settings
from hotelbridge.store import pricedcalls, schema
from hotelbridge.store.database import Database, InlineRunner
from hotelbridge.store.pricedcalls import FIRST, PricedCall

Span = tuple[datetime, datetime]
CLOCK = SystemClock(None)  # only its time is asked for: no reactor runs here


def month(ctx: click.Context, option: click.Parameter, value: str) -> tuple[int, int]:
    """2026-10 as year and month."""
    if not (found := re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", value)):
        raise click.BadParameter(f"{value!r} is not a month: write it like 2026-10.")
    return int(found[1]), int(found[2])


def span(of: tuple[int, int], property: PropertySettings) -> Span:
    """From the first midnight of a month on the hotel's clocks to its last."""
    year, number = of
    ends = (year + 1, 1) if number == 12 else (year, number + 1)
    begin, end = (datetime(*one, 1, tzinfo=property.zone).astimezone(UTC) for one in (of, ends))
    return begin, end


def show(
    ctx: click.Context, settings: Settings, property: PropertySettings, new: Path, of: tuple[int, int]
) -> None:
    """Price the month anew and show the difference; exit 1 with every mistake of the file."""
    try:
        _, tariff = read_file(new, property.country)
    except ConfigurationError as error:
        for mistake in error.mistakes:
            click.echo(f"{mistake.where}: {clean(mistake.what)}")
        ctx.exit(FAILED)
    terms = terms_of(property)
    left: dict[str, int] = {}
    found = compare(_made(settings, property, span(of, property), left), tariff, terms)
    calls = plural(found.total.calls, "call to outside", "calls to outside")
    click.echo(f"{property.name}, {of[0]}-{of[1]:02}: {calls}, free ones counted too.")
    if found.total.calls:
        click.echo(_shown(found, terms.currency))
    for line in _remarks(found, left):
        click.echo(line)


def _made(
    settings: Settings, property: PropertySettings, between: Span, left: dict[str, int]
) -> Iterator[Made]:
    """The calls to price; `left` counts those that cannot be."""
    numbering = Numbering(property.country, property.outside_prefix)
    emergency = EmergencyNumbers(property.country, property.emergency.numbers, property.outside_prefix)
    for one in _calls(settings, property.id, between):
        if one.cut or one.currency != property.currency:
            why = "cut" if one.cut else one.currency
            left[why] = left.get(why, 0) + 1
            continue
        classes = frozenset(one.classes.split())
        number = numbering.read(one.dialled)
        call = Call(number, one.started, one.seconds, one.trunk, one.route, classes)
        free = one.state == ChargeState.FREE
        waived = bool(emergency.matches(one.dialled)) or (free and one.amount != 0)
        yield Made(call, one.name, 0 if free else one.amount, waived)


def _calls(settings: Settings, property: str, between: Span) -> Iterator[PricedCall]:
    status = schema.status(settings.store.url)
    if not status.up_to_date:
        raise Said(
            "the database has not the schema of this program: start the daemon, or `hotelbridge db upgrade`."
        )
    store = Database(settings.store.url, runner=InlineRunner(), node=settings.node, clock=CLOCK)
    after = FIRST
    try:
        while found := _read(store, property, between, after):
            yield from found
            after = found[-1].place
    finally:
        store.close()


def _read(store: Database, property: str, between: Span, after: Any) -> list[PricedCall]:
    results: list[Any] = []
    store.read(lambda tx: pricedcalls.piece(tx, property, *between, after)).addBoth(results.append)
    (result,) = results
    if isinstance(result, Failure):
        result.raiseException()
    return result  # type: ignore[no-any-return]


def _shown(found: WhatIf, currency: str) -> str:
    head = ("destination", "calls", "now", "new", "difference", "", "no price")
    rows = [_row(row, row.name or "(no name)", currency) for row in found.rows]
    return table(head, [*rows, _row(found.total, "all", currency)])


def _row(row: Compared, name: str, currency: str) -> tuple[object, ...]:
    before, after = (f"{money.amount(minor, currency):f}" for minor in (row.before, row.after))
    difference = f"{money.amount(row.difference, currency):+f}"
    share = f"{100 * row.difference / row.before:+.1f} %" if row.before and row.difference else ""
    return name, row.calls, before, after, f"{difference} {currency}", share, row.no_price or ""


def _remarks(found: WhatIf, left: dict[str, int]) -> Iterator[str]:
    if found.total.no_price:
        held = plural(found.total.no_price, "call")
        yield f"{held} would wait for a person: the new file has no price for the number."
    for why, calls in sorted(left.items()):
        said = "their numbers are cut already" if why == "cut" else f"they were charged in {why}"
        yield f"{plural(calls, 'call')} left out: {said}."
