"""`hotelbridge wakeup`: the wake-ups of a running daemon, listed and looked at; booked in `bookings`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import click

from hotelbridge.commands.access import api_options, find, given
from hotelbridge.commands.apiclient import Api, Hotel
from hotelbridge.commands.bookings import add, awake, cancel, change, close, orders
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.reports import forecast, punctuality
from hotelbridge.commands.times import asked_day
from hotelbridge.commands.words import clean, long, moment, printed, raw, short, table
from hotelbridge.core.readback import span
from hotelbridge.core.records import WakeupState

HEAD = ("id", "room", "due", "state", "how", "tries", "next", "late", "result", "note")


@click.group(cls=WordGroup)
def wakeup() -> None:
    """Wake-ups: add, list, show, change, cancel, close; orders; what is to come, how the past was."""


for command in (add, change, cancel, close, awake, orders, forecast, punctuality):
    wakeup.add_command(command)


@wakeup.command("list")
@click.option("--state", type=click.Choice([state.value for state in WakeupState]))
@click.option("--room", help="Only of this room.")
@click.option("--order", type=int, help="Only of this order.")
@click.option("--date", "day", help="Only of this day: 2026-11-24, today, tomorrow, fri.")
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@api_options
@click.pass_context
def list_(
    ctx: click.Context,
    state: str | None,
    room: str | None,
    order: int | None,
    day: str | None,
    everything: bool,
) -> None:
    """List wake-ups by due time; without --state and --all those that are not over."""
    typed = given(ctx)
    api = Api(find(typed))
    hotel = api.hotel(typed.property)
    day = _day(hotel, day)
    only_open = None if everything or state else "true"
    number = None if order is None else str(order)
    wanted = {"state": state, "room": room, "order": number, "open": only_open, "from": day, "to": day}
    found = api.all(f"{hotel.path}/wakeups", **wanted)
    if not found["items"]:  # a room or an order that was never there has a sentence of its own
        if room is not None:
            api.ask("GET", f"{hotel.path}/rooms/{quote(room, safe='')}")
        if order is not None:
            api.ask("GET", f"{hotel.path}/orders/{order}")
    if typed.json:
        click.echo(raw(found))
        return
    click.echo(table(HEAD, map(_row, found["items"])) if found["items"] else "There is no such wake-up.")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    return (
        one["id"],
        one["room"],
        short(one["due"]),
        one["state"],
        _how(one),
        f"{one['tries']}/{one['max_tries']}",
        short(one["next"])[-8:].strip() if one["state"] in ("calling", "waiting") else "",
        _late(one["late"]),
        one["result"],
        one["note"],
    )


def _how(one: dict[str, Any]) -> str:
    """What is special about it, in a word or two."""
    how = ["VIP"] if one["vip"] else []
    if one["in_person"]:
        how.append("in person")
    elif one["proof"] != "answer":
        how.append(one["proof"])
    return ", ".join([*how, *(["follow-up"] if one["follows"] else [])])


def _late(seconds: float | None) -> str:
    return "" if seconds is None else span(timedelta(seconds=seconds))


@wakeup.command()
@click.argument("id", type=int)
@api_options
@click.pass_context
def show(ctx: click.Context, id: int) -> None:
    """Show one wake-up: its rings, and all that happened to it."""
    typed = given(ctx)
    api = Api(find(typed))
    found = api.ask("GET", f"{api.hotel(typed.property).path}/wakeups/{id}")
    click.echo(raw(found) if typed.json else _shown(found))


def _shown(one: dict[str, Any]) -> str:
    due = moment(one["due"])
    assert due is not None
    facts = [
        ("state", f"{one['state']}, {one['tries']} of {one['max_tries']} tries done"),
        ("result", one["result"]),
        ("late", _late(one["late"])),
        ("note", one["note"]),
        ("language", one["language"]),
        ("how", _how(one)),
        ("order", one["order"]),
        ("follows", one["follows"] and f"wake-up {one['follows']}"),
        ("guest", one["reservation"]),
        ("booked", f"{short(one['created_at'])} by {one['created_by']} ({one['origin']})"),
    ]
    lines = [f"Wake-up {one['id']}: room {clean(one['room'])}, {long(due)}"]
    lines += [f"  {name:<9} {clean(value)}" for name, value in facts if value]
    if one["attempts"]:
        rings = [
            (
                a["n"],
                f"{a['device']}/{a['phone']}",
                _time(a["started"]),
                _time(a["ended"]),
                a["outcome"],
                a["detail"],
            )
            for a in one["attempts"]
        ]
        lines += ["", table(("round", "phone", "started", "ended", "outcome", "detail"), rings)]
    if one["history"]:
        past = [(short(h["at"]), h["what"], h["text"], h["by"], h["origin"]) for h in one["history"]]
        lines += ["", table(("when", "what", "text", "by", "from"), past)]
    return "\n".join(lines)


def _time(text: str | None) -> str:
    at = moment(text)
    return "" if at is None else f"{at:%H:%M:%S}"


@wakeup.command("night-list")
@click.option(
    "--date",
    "day",
    help="Of the evening: 2026-11-24, today, tomorrow, fri; else the present or coming night.",
)
@api_options
@click.pass_context
def night_list(ctx: click.Context, day: str | None) -> None:
    """Print the wake-ups of a night, from evening to noon."""
    api = Api(find(given(ctx)))
    hotel = api.hotel(given(ctx).property)
    page = api.page(f"{hotel.path}/night-list", date=_day(hotel, day))
    click.echo(printed(page))


def _day(hotel: Hotel, text: str | None) -> str | None:
    try:
        return None if text is None else asked_day(text, hotel.today)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--date") from error
