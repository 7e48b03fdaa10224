"""`hotelbridge tariff`: what is odd in a tariff, and what one call would cost by it. Needs no daemon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from hotelbridge.clock import SystemClock
from hotelbridge.commands import whatif
from hotelbridge.commands.options import FAILED, Said, WordGroup, config_option, nearest
from hotelbridge.commands.words import clean, plural
from hotelbridge.core.emergency import EmergencyNumbers
from hotelbridge.core.explain import explain
from hotelbridge.core.localtime import LocalTimeError, read_moment
from hotelbridge.core.numbers import Dialled, Numbering
from hotelbridge.core.rating import Call, rate
from hotelbridge.core.tariff import CLASSES, Tariff
from hotelbridge.core.tariffcheck import check as findings_of
from hotelbridge.errors import ConfigurationError
from hotelbridge.services.tariffs import load_tariff, tariff_file, terms_of
from hotelbridge.settings import PropertySettings, Settings
from hotelbridge.settings_base import read_duration

ROUTES = ("XO", "IP")
CLOCK = SystemClock(None)  # only its time is asked for: no reactor runs here
_COLONS = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{2})")
_LONG = re.compile(r"[0-9]+(?::[0-9]{2}){0,2}|(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?")  # and not read
property_option = click.option(
    "--property", "name", metavar="P", help="Which hotel, where there are several."
)


@click.group(cls=WordGroup)
def tariff() -> None:
    """What calls cost: look a tariff over, price one call."""


@tariff.command("check")
@config_option
@property_option
@click.pass_context
def check_tariff(ctx: click.Context, settings: Settings, name: str | None) -> None:
    """Say what is wrong or odd in a tariff: mistakes, gaps, rows that never price.

    Exit codes: 0 it can be used (warnings are shown), 1 it cannot.
    """
    chosen = [one for one in settings.properties if one.tariff and name in (None, one.id)]
    if name is not None:
        _named(settings, name)
    if not chosen:
        raise Said("no tariff is configured: name its file with `tariff` in [[property]].")
    ctx.exit(FAILED if sum([_looked_over(settings, one) for one in chosen]) else 0)


def _looked_over(settings: Settings, property: PropertySettings) -> int:
    """Show what is found in one tariff; how many mistakes there are."""
    path = tariff_file(settings, property)
    try:
        read = load_tariff(settings, property)
    except ConfigurationError as error:
        for mistake in error.mistakes:
            click.echo(f"{mistake.where}: {clean(mistake.what)}")
        return len(error.mistakes)
    assert read is not None
    found = findings_of(read, CLOCK.now().astimezone(property.zone).date())
    for one in found:
        click.echo(f"{path}:{one.line}: {one.kind}: {clean(one.words)}")
    warned = plural(len(found), "warning") if found else "nothing odd"
    click.echo(f"{path}: {plural(len(read.rows), 'row')}, version {read.version}, {warned}.")
    return 0


def _seconds(ctx: click.Context, option: click.Parameter, value: str) -> int:
    """3:20, 200 (seconds), 1:02:03 or 3m20s, as seconds."""
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return int(text)
    if match := _COLONS.fullmatch(text):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    try:
        return int(read_duration(text).total_seconds())
    except ValueError:
        what = "is too long for a call" if text and _LONG.fullmatch(text) else "is not a duration"
        words = f"{text!r} {what}: write 3:20, 200 (seconds) or 1:02:03."
        raise click.BadParameter(words) from None


@tariff.command()
@config_option
@property_option
@click.option("--at", help='When it began on the hotel\'s clocks, "2026-11-24 06:30"; else now.')
@click.option("--trunk", default="", help="The number of its trunk, or its route: XO, IP.")
@click.option("--class", "classes", type=click.Choice(CLASSES), multiple=True, help="Of the guest.")
@click.argument("number")
@click.argument("duration", callback=_seconds)
def price(
    settings: Settings,
    name: str | None,
    at: str | None,
    trunk: str,
    classes: Sequence[str],
    number: str,
    duration: int,
) -> None:
    """Say what a call to NUMBER of DURATION (3:20, or seconds) costs, and why."""
    property = _named(settings, name)
    read = _tariff(settings, property)
    dialled = Numbering(property.country, property.outside_prefix).read(number)
    route = trunk.upper() if trunk.upper() in ROUTES else ""
    started = _moment(at, property)
    call = Call(dialled, started, duration, "" if route else trunk, route, frozenset(classes))
    click.echo(f"Number: {clean(number)}{_read_as(dialled)}")
    watched = EmergencyNumbers(property.country, property.emergency.numbers, property.outside_prefix)
    if emergency := watched.matches(number):
        click.echo(f"Free: a call to the emergency number {emergency}")
        return
    for line in explain(rate(call, read, terms_of(property))):
        click.echo(clean(line))


@tariff.command("whatif")
@config_option
@property_option
@click.option("--month", "of", required=True, metavar="MONTH", callback=whatif.month, help="Such as 2026-10.")
@click.argument("new", type=click.Path(path_type=Path))
@click.pass_context
def whatif_(ctx: click.Context, settings: Settings, name: str | None, of: tuple[int, int], new: Path) -> None:
    """Say what the calls of a month would have cost by the file NEW, by destination."""
    whatif.show(ctx, settings, _named(settings, name), new, of)


def _read_as(number: Dialled) -> str:
    if not number.e164:
        return ", no full number"
    return "" if number.e164 == number.dialled else f", read as {number.e164}"


def _tariff(settings: Settings, property: PropertySettings) -> Tariff:
    read = load_tariff(settings, property)
    if read is None:
        raise Said(f"{property.id} has no tariff: name its file with `tariff` in [[property]].")
    return read


def _moment(at: str | None, property: PropertySettings) -> datetime:
    if at is None:
        return CLOCK.now()
    try:
        return read_moment(at, property.zone).instant
    except LocalTimeError as error:
        raise click.BadParameter(str(error), param_hint="--at") from error


def _named(settings: Settings, name: str | None) -> PropertySettings:
    known = {property.id: property for property in settings.properties}
    if name is None and len(known) == 1:
        return settings.properties[0]
    if name is None:
        raise click.UsageError(f"say which hotel with --property: {', '.join(known)}.")
    if name not in known:
        raise click.UsageError(f"there is no property {name}{nearest(name, known)}")
    return known[name]
