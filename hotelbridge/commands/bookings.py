"""The words of `hotelbridge wakeup` that book and change: each asks the API once and prints the read-back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import click

from hotelbridge.commands.access import Given, api_options, find, given
from hotelbridge.commands.apiclient import Api, Hotel, Problem
from hotelbridge.commands.times import WhichDay, asked_day, asked_days, asked_time, day_of_time
from hotelbridge.commands.words import clean, long, moment, plural, raw, short, table
from hotelbridge.core.orders import DAY
from hotelbridge.core.readback import clock_of
from hotelbridge.core.records import ClosingOutcome, Proof

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

PROOFS = click.Choice([proof.value for proof in Proof])
FIELDS = ("note", "language", "proof", "vip", "in_person")
HEAD = ("order", "rooms", "what", "next", "to come", "note", "booked by", "ended by")


def options(*every: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, shown in the order given."""

    def decorate(command: F) -> F:
        for option in reversed(every):
            command = option(command)
        return command

    return decorate


_when = options(
    click.option(
        "--date",
        "day",
        help="The day of TIME: 2026-11-24, today, tomorrow, or fri: today's if TIME is to come.",
    ),
    click.option("--days", help="Again on these: daily, weekdays, mon,wed or mon-fri."),
    click.option("--until", help="The last day, with --days."),
)
_what = options(
    click.option("--proof", type=PROOFS, help="What must be seen before the guest counts as woken."),
    click.option("--note", help="For the desk."),
    click.option("--language", help="Of the announcement, such as de."),
    click.option("--follow-up", type=int, metavar="MIN", help="A second wake-up so many minutes later."),
)
_by = click.option("--by", metavar="NAME", help="Who books or changes it.")


@click.command()
@click.argument("room")
@click.argument("time")
@_when
@_what
@click.option("--vip", is_flag=True, default=None, help="Goes before others of the same minute.")
@click.option(
    "--in-person", is_flag=True, default=None, help="Never a call: the desk is told, and a person goes."
)
@click.option("--reservation", help="The guest it belongs to.")
@click.option("--anyway", is_flag=True, default=None, help="Although nobody is known to be in the room.")
@click.option("--preview", is_flag=True, default=None, help="Say what would be booked, and book nothing.")
@_by
@api_options
@click.pass_context
def add(ctx: click.Context, /, room: str, time: str, day: str | None, **asked: Any) -> None:
    """Book wake-ups for ROOM (212, 110,111 or 110:120) at TIME.

    TIME is 06:30, 630 or 6.30p (the next time it is so), 2026-11-24T06:30, or +3m. A weekday in --date is
    the next one on which TIME is still to come; between midnight and four, today's weekday is asked about.
    """
    api, hotel, typed = _reach(ctx)
    if day is not None:
        _typed("--date", lambda: asked_day(day, hotel.today))  # else it is TIME that would be called wrong
    body = {"room": room} | _typed("TIME", lambda: asked_time(time, hotel.now, hotel.zone, day))
    body |= _given(_days(hotel, asked))
    try:
        booked = api.ask("POST", f"{hotel.path}/wakeups", body)
    except Problem as problem:
        if problem.code != "which_day":
            raise
        which = f"Say it with --date: today, tomorrow, or {hotel.today + DAY}."
        raise Problem(f"{problem.detail} {which}", problem.code) from problem
    click.echo(raw(booked) if typed.json else _booked(booked))


def _booked(booked: dict[str, Any]) -> str:
    """The read-back, in words for the guest; then the numbers."""
    rooms, preview = [clean(room) for room in booked["rooms"]], booked["preview"]
    what = ("Room " if len(rooms) == 1 else f"{len(rooms)} rooms, ") + ", ".join(rooms)
    would = "would" if preview else "will"
    lines = [f"{what} {would} be woken on {clean(booked['said'])}."]
    lines += _delays(booked["wakeups"])
    if booked["also"]:
        numbers = ", ".join(str(id) for id in booked["also"])
        lines.append(f"Booked for the same minute already: wake-up {numbers}; one ring serves both.")
    lines += [f"Mind: {clean(words)}" for words in booked.get("warnings", [])]
    if preview:
        return "\n".join([*lines, "Nothing was booked: this is a preview."])
    mains = [str(one["id"]) for one in booked["wakeups"]]
    return "\n".join([*lines, f"Wake-up {', '.join(mains)} (order {booked['order']})"])


def _delays(wakeups: list[dict[str, Any]]) -> list[str]:
    """Those that will ring later than asked."""
    lines = []
    for one in wakeups:
        due, expected = moment(one["due"]), moment(one["expected_ring"])
        if due and expected and (expected - due).total_seconds() > 1:
            lines.append(f"Room {clean(one['room'])} is expected to ring at {clock_of(expected)}.")
    return lines


@click.command()
@click.argument("id", type=int, required=False)
@click.option("--order", type=int, help="All to come of this order, instead of one wake-up.")
@click.option("--time", help="Another time.")
@_when
@_what
@click.option("--room", help="Of an order: its rooms from now on.")
@click.option("--vip/--no-vip", default=None, help="Goes before others of the same minute.")
@click.option("--in-person/--by-phone", default=None, help="A person goes, or the phone rings.")
@click.option(
    "--anyway", is_flag=True, default=None, help="Although nobody is known to be in a room of --room."
)
@_by
@api_options
@click.pass_context
def change(ctx: click.Context, /, id: int | None, order: int | None, **asked: Any) -> None:
    """Change wake-up ID, or with --order all of an order that is to come."""
    path = _one_of(id, order)
    api, hotel, typed = _reach(ctx)
    if order is not None:
        body = _order_change(hotel, asked)
    else:
        body = _change(hotel, asked, lambda: api.ask("GET", f"{hotel.path}/{path}"))
    if not set(body) - {"by", "anyway"}:
        raise click.UsageError("say what is to be different: --time, --note, --proof, ...")
    changed = api.ask("PATCH", f"{hotel.path}/{path}", body)
    if typed.json:
        click.echo(raw(changed))
    elif order is not None:
        click.echo(_order_changed(changed))
    else:
        click.echo(f"Room {clean(changed['room'])} will be woken on {clean(changed['said'])}.")


def _change(hotel: Hotel, asked: dict[str, Any], known: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is to be sent of a change of one wake-up; `known` asks for it as it is now."""
    for name in ("days", "until", "follow_up", "room", "anyway"):
        if asked[name]:
            raise click.UsageError(f"--{name.replace('_', '-')} is for orders: give --order N.")
    body = _given({name: asked[name] for name in (*FIELDS, "by")})
    if asked["time"]:
        when = lambda: asked_time(asked["time"], hotel.now, hotel.zone, asked["day"])  # noqa: E731
        return body | _typed("--time", when)
    if asked["day"]:
        _typed("--date", lambda: asked_day(asked["day"], hotel.today))  # bad usage before anything is asked
        at = datetime.fromisoformat(known()["local"]).time()
        day = _typed("--date", lambda: day_of_time(asked["day"], at, hotel.now, hotel.zone))
        return body | {"date": day}
    return body


def _order_change(hotel: Hotel, asked: dict[str, Any]) -> dict[str, Any]:
    if asked["day"]:
        raise click.UsageError("--date is for one wake-up: give its number.")
    body = {name: asked[name] for name in (*FIELDS, "follow_up", "room", "by", "days", "until", "anyway")}
    if asked["time"]:
        time = _typed("--time", lambda: asked_time(asked["time"], hotel.now, hotel.zone))
        if "time" not in time:
            raise click.UsageError("--time of an order is a time of day: 06:30.")
        body |= time
    never = body["until"] == "never"
    return _given(_days(hotel, body | ({"until": None} if never else {}))) | ({"until": ""} if never else {})


def _order_changed(changed: dict[str, Any]) -> str:
    rooms = ", ".join(clean(room) for room in changed["rooms"])
    lines = [f"Order {changed['id']}, room {rooms}: {clean(changed['said'])}."]
    counted = [
        ("changed", "changed"),
        ("made", "new"),
        ("cancelled", "cancelled"),
        ("left", "left as they were"),
    ]
    said = [f"{len(changed[name])} {word}" for name, word in counted if changed[name]]
    lines += [f"Wake-ups: {', '.join(said)}."] if said else []
    return "\n".join(lines + [clean(words) for words in changed.get("why_left", ())])


@click.command()
@click.argument("id", type=int, required=False)
@click.option("--order", type=int, help="End this order: all of it that is to come.")
@_by
@api_options
@click.pass_context
def cancel(ctx: click.Context, id: int | None, order: int | None, by: str | None) -> None:
    """Cancel wake-up ID (its follow-up goes with it), or with --order all of an order that is to come."""
    path = _one_of(id, order)
    api, hotel, typed = _reach(ctx)
    ended = api.ask("DELETE", f"{hotel.path}/{path}" + (f"?{urlencode({'by': by})}" if by else ""))
    if typed.json:
        click.echo(raw(ended))
        return
    if order is not None:
        count = plural(len(ended["cancelled"]), "wake-up")
        click.echo(f"Order {ended['id']} is ended by {clean(ended['ended_by'])}; {count} cancelled.")
        return
    due = moment(ended["due"])
    assert due is not None
    click.echo(f"Wake-up {ended['id']} of room {clean(ended['room'])} on {long(due)} is {ended['state']}.")


@click.command()
@click.argument("id", type=int)
@click.option("--by", required=True, metavar="NAME", help="Who says so.")
@click.option("--outcome", required=True, type=click.Choice([o.value for o in ClosingOutcome]))
@click.option("--note", default="", help="What was found.")
@api_options
@click.pass_context
def close(ctx: click.Context, id: int, by: str, outcome: str, note: str) -> None:
    """Say by hand how wake-up ID ended; its alarm is closed too."""
    api, hotel, typed = _reach(ctx)
    body = {"by": by, "outcome": outcome, "note": note}
    closed = api.ask("POST", f"{hotel.path}/wakeups/{id}/close", body)
    click.echo(raw(closed) if typed.json else _closed(closed))


def _closed(one: dict[str, Any]) -> str:
    """With its day and time, so that a number that was mistyped is seen."""
    due = moment(one["due"])
    assert due is not None
    how = f": {clean(one['result'])}" if one["state"] == "closed" else ""
    return f"Wake-up {one['id']} of room {clean(one['room'])} on {long(due)} is {clean(one['state'])}{how}."


@click.command()
@click.argument("room")
@click.option("--by", required=True, metavar="NAME", help="Who says so.")
@click.option("--note", default="", help="How it is known.")
@api_options
@click.pass_context
def awake(ctx: click.Context, room: str, by: str, note: str) -> None:
    """Say that the guest of ROOM is up: nothing rings there any more, the alarm is closed."""
    api, hotel, typed = _reach(ctx)
    path = f"{hotel.path}/rooms/{quote(room, safe='')}/awake"
    told = api.ask("POST", path, {"by": by, "note": note})
    click.echo(raw(told) if typed.json else _awake(told))


def _awake(told: dict[str, Any]) -> str:
    numbers = ", ".join(str(one["id"]) for one in told["closed"])
    what = f"wake-up {numbers} is closed" if numbers else "nothing was ringing"
    line = f"Room {clean(told['room'])} is awake: {what}."
    if told["next"] is None:
        return line
    due = moment(told["next"]["due"])
    assert due is not None
    return f"{line}\nStill to come: wake-up {told['next']['id']} on {long(due)}."


@click.command()
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@api_options
@click.pass_context
def orders(ctx: click.Context, everything: bool) -> None:
    """List orders of which something is to come."""
    api, hotel, typed = _reach(ctx)
    found = api.all(f"{hotel.path}/orders", open=None if everything else "true")
    if typed.json:
        click.echo(raw(found))
    elif found["items"]:
        click.echo(table(HEAD, map(_order, found["items"])))
    else:
        click.echo("There is no such order.")


def _order(one: dict[str, Any]) -> tuple[object, ...]:
    rooms = ",".join(one["rooms"])
    return (one["id"], rooms, one["said"], short(one["next"]), one["pending"], one["note"],
            one["created_by"], one["ended_by"])  # fmt: skip


# --- what they share ---


def _reach(ctx: click.Context) -> tuple[Api, Hotel, Given]:
    typed = given(ctx)
    api = Api(find(typed))
    return api, api.hotel(typed.property), typed


def _one_of(id: int | None, order: int | None) -> str:
    if (id is None) == (order is None):
        raise click.UsageError("give either the number of a wake-up, or --order N.")
    return f"wakeups/{id}" if order is None else f"orders/{order}"


def _days(hotel: Hotel, asked: dict[str, Any]) -> dict[str, Any]:
    """The same with its weekdays and its last day read."""
    read = dict(asked)
    if asked["days"]:
        read["days"] = _typed("--days", lambda: asked_days(asked["days"]))
    if asked["until"]:
        read["until"] = _day(hotel, "--until", asked["until"])
    return read


def _day(hotel: Hotel, option: str, text: str) -> str:
    return _typed(option, lambda: asked_day(text, hotel.today, after=True))


def _typed(where: str, read: Callable[[], T]) -> T:
    """What was typed, read; bad usage where it cannot be."""
    try:
        return read()
    except WhichDay as error:
        raise Problem(str(error), "which_day") from error
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=where) from error


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    """What was said: options that were left away are not sent."""
    return {name: value for name, value in asked.items() if value is not None}
