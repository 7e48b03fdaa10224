"""`hotelbridge wakeup forecast` and `wakeup punctuality`: what is to come, and how the past was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import click

from hotelbridge.commands.access import api_options, find, given
from hotelbridge.commands.apiclient import Api
from hotelbridge.commands.words import clean, moment, plural, raw, table
from hotelbridge.core.readback import span

WIDTH = 40  # characters of the longest bar
PERIODS = ("day", "month")


@click.command()
@click.option("--from", "start", help="The hotel's time, such as 2026-11-24T05:00; else from now on.")
@click.option("--to", "end", help="Until then (a date: all that day); else for 24 hours.")
@api_options
@click.pass_context
def forecast(ctx: click.Context, start: str | None, end: str | None) -> None:
    """Show what the hours to come ask of the telephone exchange, quarter by quarter."""
    typed = given(ctx)
    api = Api(find(typed))
    found = _report(api, f"{api.hotel(typed.property).path}/forecast", {"from": start, "to": end})
    click.echo(raw(found) if typed.json else "\n".join(_chart(found)))


@click.command()
@click.option("--from", "start", help="The first day, such as 2026-11-01; else thirty days, twelve months.")
@click.option("--to", "end", help="The last day; else today.")
@click.option("--by", type=click.Choice(PERIODS), default="day", show_default=True)
@api_options
@click.pass_context
def punctuality(ctx: click.Context, start: str | None, end: str | None, by: str) -> None:
    """Show how punctual wake-ups were: from due to the first ring."""
    typed = given(ctx)
    api = Api(find(typed))
    asked = {"from": start, "to": end, "by": by}
    found = _report(api, f"{api.hotel(typed.property).path}/punctuality", asked)
    click.echo(raw(found) if typed.json else _punctuality(found))


def _report(api: Api, path: str, asked: dict[str, str | None]) -> Any:
    query = urlencode({name: value for name, value in asked.items() if value})
    return api.ask("GET", f"{path}?{query}" if query else path)


def _chart(found: dict[str, Any]) -> Iterator[str]:
    """A line for each quarter in which something is due or rings again, with a bar of its calls."""
    busy = [one for one in found["items"] if one["due"] or one["calls"]]
    if not busy:
        yield "Nothing is due in this time."
        return
    scale = max(WIDTH, *(one["calls"] for one in busy)) / WIDTH
    yield f"{'':<5}  {'due':>4}  {'calls':>9}"
    day = ""
    for one in busy:
        start = moment(one["start"])
        assert start is not None
        if (date := f"{start:%a %Y-%m-%d}") != day:
            day = date
            yield day
        yield _bar(start, one, scale)
    promise = span(timedelta(seconds=found["promise"]))
    yield (
        "Calls: wanted/possible in a quarter of an hour. "
        f"FULL: one more would ring later than {promise} after its time."
    )


def _bar(start: datetime, one: dict[str, Any], scale: float) -> str:
    calls = f"{one['calls']}/{one['capacity']}"
    bar = "#" * max(1, round(one["calls"] / scale))
    late = f" up to {span(timedelta(seconds=one['delay']))} late" if one["delay"] >= 1 else ""
    full = [clean(device["device"]) for device in one["devices"] if device["full"]]
    if full and len(one["devices"]) > 1:
        said = f" FULL on {', '.join(full)}"
    else:
        said = " FULL" if full else ""
    return f"{start:%H:%M}  {one['due']:>4}  {calls:>9}  {bar}{late}{said}"


HEAD = ("", "on time", "late", "missed", "open", "by hand", "in person", "kept", "median", "99 %", "worst")


def _punctuality(found: dict[str, Any]) -> str:
    if not found["items"]:
        return "Nothing was due in this time."
    rows = [_row(one["period"], one) for one in found["items"]]
    if len(rows) > 1:
        rows.append(_row("all", found["total"]))
    promise = span(timedelta(seconds=found["promise"]))
    words = f"On time: rung within 60 s. Kept: the share that rang within the promised {promise}."
    lines = [table(HEAD, rows), words]
    if missed := found["total"]["missed"]:
        lines.append(f"{plural(missed, 'guest was', 'guests were')} not rung at all: the desk was told.")
    return "\n".join(lines)


def _row(name: str, one: dict[str, Any]) -> tuple[object, ...]:
    counts = [one[key] or "" for key in ("late", "missed", "open", "by_hand", "in_person")]
    share = "" if one["share"] is None else f"{100 * one['share']:.1f} %"
    return (name, one["on_time"], *counts, share, *(_seconds(one[key]) for key in ("p50", "p99", "worst")))


def _seconds(delay: float | None) -> str:
    if delay is None:
        return ""
    return f"{delay:.1f} s" if delay < 60 else span(timedelta(seconds=delay))
