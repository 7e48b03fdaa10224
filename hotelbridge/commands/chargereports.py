"""`hotelbridge charges report` and `charges reconcile`: what calls came to, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import click
from click.core import ParameterSource

from hotelbridge.commands.access import Given, api_options, find, given
from hotelbridge.commands.apiclient import Api
from hotelbridge.commands.calls import day_back
from hotelbridge.commands.words import clean, plural, printed, raw, short, table

BY = ("room", "stay", "day", "trunk", "destination", "state")
HEAD = ("room", "reservation", "calls", "unanswered", "free", "time", "amount", "tax", "posted", "waiting")
FROM = click.option("--from", "start", metavar="DAY", help="The first day: 2026-11-01, yesterday, today.")
TO = click.option(
    "--to", "end", metavar="DAY", help="The last day; else yesterday, or the first one where that is later."
)
CSV = click.option("--csv", "as_csv", is_flag=True, help="For a spreadsheet.")


def add_to(group: click.Group) -> None:
    """Make these words of a group."""
    group.add_command(report)
    group.add_command(reconcile)


@click.command()
@click.option("--by", type=click.Choice(BY), default="room", show_default=True)
@FROM
@TO
@click.option("--stay", type=int, help="The calls of one stay, by its number, as a page to print.")
@click.option("--reservation", help="The same for a reservation.")
@CSV
@api_options
@click.pass_context
def report(
    ctx: click.Context,
    by: str,
    start: str | None,
    end: str | None,
    stay: int | None,
    reservation: str | None,
    as_csv: bool,
) -> None:
    """Show what calls came to; of the last thirty days where none are named."""
    typed = given(ctx)
    of_one = stay is not None or reservation is not None
    if of_one:
        _is_a_page(ctx, typed)
    api = Api(find(typed))
    hotel = api.hotel(typed.property)
    path = f"{hotel.path}/charges"
    if of_one:
        number = None if stay is None else str(stay)
        click.echo(printed(api.page(f"{path}/statement", stay=number, reservation=reservation)))
        return
    asked = {"by": by, "from": day_back(hotel, start), "to": day_back(hotel, end)}
    if as_csv:
        click.echo(api.page(f"{path}/report", **asked, format="csv"), nl=False)
        return
    found = _whole(api, f"{path}/report", asked)
    click.echo(raw(found) if typed.json else "\n".join(_report(found)))


def _is_a_page(ctx: click.Context, typed: Given) -> None:
    """Whatever shapes a table has no sense with the page of one guest, and is not to be taken in silence."""
    names = {"by": "--by", "start": "--from", "end": "--to", "as_csv": "--csv"}
    usual = ParameterSource.DEFAULT
    said = [option for name, option in names.items() if ctx.get_parameter_source(name) is not usual]
    if typed.json:
        said.append("--json")
    if said:
        words = "--stay and --reservation give a page of all calls of one guest, to be printed"
        raise click.UsageError(f"{words}: leave out {' and '.join(said)}.")


def _whole(api: Api, path: str, asked: dict[str, str | None]) -> dict[str, Any]:
    """A report, however many pieces it comes in."""
    wanted = {name: value for name, value in asked.items() if value is not None}
    found: dict[str, Any] = api.ask("GET", _at(path, wanted))
    items = list(found["items"])
    piece = found
    while piece["next"] is not None:
        piece = api.ask("GET", _at(path, wanted | {"cursor": piece["next"]}))
        items += piece["items"]
    return found | {"items": items, "next": None}


def _at(path: str, asked: dict[str, str]) -> str:
    return f"{path}?" + "&".join(f"{name}={quote(value)}" for name, value in asked.items())


def _report(found: dict[str, Any]) -> Iterator[str]:
    days = f"{found['first']} to {found['last']}"
    yield f"Calls to outside by {found['by']}, {days}; unanswered and free ones count too."
    if not found["items"]:
        yield "There were none."
    else:
        rows = [_row(one) for one in found["items"]]
        rows += [("all", *_row(one)[1:]) for one in found["totals"]] if len(rows) > 1 else []
        yield table((found["by"], *HEAD, "written off"), rows)
    if found["unused"]:
        yield f"Without a call: {', '.join(clean(one) for one in found['unused'])}."


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    minutes, seconds = divmod(one["seconds"], 60)
    shown = [
        f"{one[name]} {one['currency']}" if _is_some(one[name]) or name == "amount" else ""
        for name in ("amount", "tax", "posted", "waiting", "written_off")
    ]
    counts = [one["calls"], one["unanswered"] or "", one["free"] or ""]
    whose = (one["key"] or "none", one["room"], one["reservation"])
    return (*whose, *counts, f"{minutes}:{seconds:02}", *shown)


def _is_some(amount: str) -> bool:
    return any(digit in "123456789" for digit in amount)


@click.command()
@FROM
@TO
@click.option("--by", default="", help="Who asks, for the list.")
@CSV
@api_options
@click.pass_context
def reconcile(ctx: click.Context, start: str | None, end: str | None, by: str, as_csv: bool) -> None:
    """Count now what became of the calls of some days; of yesterday where none are named.

    Exit codes: 0 they add up, 1 they do not.
    """
    typed = given(ctx)
    api = Api(find(typed))
    hotel = api.hotel(typed.property)
    path = f"{hotel.path}/reconciliations"
    days = {"from": day_back(hotel, start), "to": day_back(hotel, end)}
    body = {name: value for name, value in days.items() if value is not None}
    found = api.ask("POST", path, {**body, "by": by})
    if as_csv:
        click.echo(api.page(f"{path}/{found['id']}", format="csv"), nl=False)
    else:
        click.echo(raw(found) if typed.json else "\n".join(_account(found)))
    ctx.exit(0 if found["adds_up"] else 1)


def _account(found: dict[str, Any]) -> Iterator[str]:
    days = found["first"] if found["first"] == found["last"] else f"{found['first']} to {found['last']}"
    yield f"{days}, counted {short(found['at'])} for {clean(found['by'])}:"
    yield clean(found["words"])
    rows = [
        (one["part"].replace("_", " "), one["calls"], f"{one['amount']} {one['currency']}")
        for one in found["parts"]
        if one["calls"]
    ]
    if rows:
        yield table(("", "calls", "amount"), rows)
    for one in found["findings"]:
        yield f"- {clean(one['words'])}"
    yield _verdict(found)


def _verdict(found: dict[str, Any]) -> str:
    """Whether it adds up, as far as that was to be known when it was counted."""
    today = found["at"][:10]  # days sort as they are written
    if not found["adds_up"]:
        wrong = plural(len(found["findings"]), "thing")
        more = f" And {today} is not over." if found["last"] >= today else ""
        return f"It does not add up: {wrong} to look at.{more}"
    if found["first"] > today:
        return "Still to come: there is nothing to add up yet."
    return f"It adds up so far: {today} is not over." if found["last"] >= today else "It adds up."
