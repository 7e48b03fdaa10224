"""`hotelbridge wakeup`: book, list, look at and cancel wake-ups of a running daemon; the reports on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from hotelbridge.commands.access import api_options, find, given
from hotelbridge.commands.apiclient import Api
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.reports import forecast, punctuality
from hotelbridge.commands.words import clean, long, moment, printed, raw, short, table, wall_time
from hotelbridge.core.readback import clock_of, span
from hotelbridge.core.records import WakeupState

HEAD = ("id", "room", "due", "state", "tries", "next", "late", "result", "note")
SHOWN_BEFORE = timedelta(days=1)


@click.group(cls=WordGroup)
def wakeup() -> None:
    """Wake-ups: add, list, show, cancel; what is to come, how punctual the past was."""


wakeup.add_command(forecast)
wakeup.add_command(punctuality)


@wakeup.command()
@click.argument("room")
@click.argument("when")
@click.option("--note", default="", help="For the desk.")
@click.option("--language", default="", help="Of the announcement, such as de.")
@api_options
@click.pass_context
def add(ctx: click.Context, room: str, when: str, note: str, language: str) -> None:
    """Book a wake-up for ROOM at WHEN: 06:30 or 0630 (the next time it is so), 2026-11-24T06:30, +3m."""
    typed = given(ctx)
    api = Api(find(typed))
    hotel = api.hotel(typed.property)
    try:
        at = wall_time(when, hotel.now, hotel.zone)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="WHEN") from error
    body = {"room": room, "at": at, "note": note, "language": language}
    booked = api.ask("POST", f"{hotel.path}/wakeups", body)
    click.echo(raw(booked) if typed.json else _read_back(booked))


def _read_back(booked: dict[str, Any]) -> str:
    due, made = moment(booked["due"]), moment(booked["created_at"])
    assert due is not None and made is not None
    expected = moment(booked["expected_ring"])
    later = f", expected to ring at {clock_of(expected)}" if expected and _seconds(expected, due) > 1 else ""
    return (
        f"Room {clean(booked['room'])} will be woken on {long(due)}, in {span(due - made)}{later}.\n"
        f"Wake-up {booked['id']}"
    )


def _seconds(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds()


@wakeup.command("list")
@click.option("--state", type=click.Choice([state.value for state in WakeupState]))
@click.option("--room", help="Only of this room.")
@click.option("--all", "everything", is_flag=True, help="Those of earlier days too.")
@api_options
@click.pass_context
def list_(ctx: click.Context, state: str | None, room: str | None, everything: bool) -> None:
    """List wake-ups by due time; without --state those of the last 24 hours and all to come."""
    typed = given(ctx)
    api = Api(find(typed))
    hotel = api.hotel(typed.property)
    start = None if everything or state else (hotel.now - SHOWN_BEFORE).isoformat()
    found = api.all(f"{hotel.path}/wakeups", **{"state": state, "room": room, "from": start})
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
        f"{one['tries']}/{one['max_tries']}",
        short(one["next"])[-8:].strip() if one["state"] in ("calling", "waiting") else "",
        _late(one["late"]),
        one["result"],
        one["note"],
    )


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
@click.option("--date", metavar="DATE", help="Of the evening, 2026-11-24; else the present or coming night.")
@api_options
@click.pass_context
def night_list(ctx: click.Context, date: str | None) -> None:
    """Print the wake-ups of a night, from evening to noon."""
    api = Api(find(given(ctx)))
    page = api.page(f"{api.hotel(given(ctx).property).path}/night-list", date=date)
    click.echo(printed(page))


@wakeup.command()
@click.argument("id", type=int)
@api_options
@click.pass_context
def cancel(ctx: click.Context, id: int) -> None:
    """Cancel a wake-up."""
    typed = given(ctx)
    api = Api(find(typed))
    ended = api.ask("DELETE", f"{api.hotel(typed.property).path}/wakeups/{id}")
    if typed.json:
        click.echo(raw(ended))
        return
    due = moment(ended["due"])
    assert due is not None
    click.echo(f"Wake-up {ended['id']} of room {clean(ended['room'])} on {long(due)} is {ended['state']}.")
