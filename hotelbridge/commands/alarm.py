"""`hotelbridge alarm`: what a person must act on, and who has heard it."""

from __future__ import annotations

from typing import Any

import click

from hotelbridge.commands.access import api_options, find, given
from hotelbridge.commands.apiclient import Api, Problem
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.words import clean, printed, raw, short, table
from hotelbridge.core.records import ClosingOutcome

CLOSES = "Closes it. Of one that is about no wake-up (an emergency call, a reconciliation): cancelled."
HEAD = ("id", "since", "kind", "room", "level", "heard by", "ended", "text")


@click.group(cls=WordGroup)
def alarm() -> None:
    """Alarms: list, print, acknowledge."""


@alarm.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@api_options
@click.pass_context
def list_(ctx: click.Context, everything: bool) -> None:
    """List the open alarms."""
    typed = given(ctx)
    api = Api(find(typed))
    hotel = api.hotel(typed.property)
    found = api.all(f"{hotel.path}/alarms", open=None if everything else "true")
    if typed.json:
        click.echo(raw(found))
    elif found["items"]:
        click.echo(table(HEAD, map(_row, found["items"])))
    else:
        click.echo(f"{clean(hotel.name)} has no {'alarm' if everything else 'open alarm'}.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    return (
        one["id"],
        short(one["since"]),
        one["kind"],
        one["room"],
        one["level"],
        one["acknowledged_by"],
        "" if one["open"] else one["outcome"] or "by itself",
        one["text"],
    )


@alarm.command("print")
@click.argument("id", type=int)
@api_options
@click.pass_context
def print_(ctx: click.Context, id: int) -> None:
    """Print an alarm with its rooms by due time, to walk with."""
    api = Api(find(given(ctx)))
    page = api.page(f"{api.hotel(given(ctx).property).path}/alarms/{id}/list")
    click.echo(printed(page))


@alarm.command()
@click.argument("id", type=int)
@click.option("--by", required=True, metavar="NAME", help="Who has heard it.")
@click.option("--outcome", type=click.Choice([o.value for o in ClosingOutcome]), help=CLOSES)
@click.option("--note", default="", help="What was found.")
@click.option("--all", "every", is_flag=True, help="The outcome holds for every room of its list.")
@api_options
@click.pass_context
def acknowledge(ctx: click.Context, id: int, by: str, outcome: str | None, note: str, every: bool) -> None:
    """Silence an alarm for a while, by name; with --outcome close it."""
    typed = given(ctx)
    api = Api(find(typed))
    path = f"{api.hotel(typed.property).path}/alarms/{id}/acknowledge"
    body = {"by": by, "note": note, "outcome": outcome} | ({"all": True} if every else {})
    try:
        heard = api.ask("POST", path, body)
    except Problem as problem:
        raise Problem(problem.detail.replace('"all": true', "--all"), problem.code) from problem
    click.echo(raw(heard) if typed.json else _heard(heard))


def _heard(one: dict[str, Any]) -> str:
    what = f"Alarm {one['id']} ({one['kind']}{', room ' + clean(one['room']) if one['room'] else ''})"
    if not one["open"]:
        return f"{what} is closed: {clean(one['outcome'] or 'over')}."
    again = f"; it makes itself heard again on {short(one['next'])}" if one["next"] else ""
    return f"{what} was heard by {clean(one['acknowledged_by'])} and stays open{again}."
