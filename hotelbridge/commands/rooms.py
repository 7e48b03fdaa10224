"""`hotelbridge rooms`: rooms with their phones and guests; check-in, check-out, move, unbar by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import quote

import click

from hotelbridge.commands.access import Given, api_options, find, given
from hotelbridge.commands.apiclient import Api, Hotel, Problem
from hotelbridge.commands.bookings import options
from hotelbridge.commands.importing import import_rooms
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.times import asked_day
from hotelbridge.commands.words import clean, plural, raw, short, table
from hotelbridge.core.guests import LineClass

F = TypeVar("F", bound=Callable[..., Any])

ROOMS = ("room", "guests", "wake-ups", "phone", "state", "in sync", "differs")
STAYS = ("guest", "reservation", "since", "departure", "language", "class", "vip", "said by")
SETTINGS = ("phone", "parameter", "wanted", "held")
YES_NO = {True: "yes", False: "no", None: "not known"}
# What a refusal of the house asks for, as it is typed here.
ADVICE = {
    "occupied": "Where the guest shares the room, say --shared.",
    "which_guest": "Say who with --reservation, or --all.",
    "pending_work": "Say --anyway: wake-ups are cancelled, or ring all the same with --keep-wakeups; calls "
    "stay open for the desk (`hotelbridge charges list --open`).",
}

_by = click.option("--by", metavar="NAME", help="Who says so.")
_whose = options(
    click.option("--reservation", help="In a shared room: who."),
    click.option("--all", "everybody", is_flag=True, help="Everybody in the room."),
)


@click.group(cls=WordGroup)
def rooms() -> None:
    """Rooms, their phones and their guests."""


rooms.add_command(import_rooms)


@rooms.command("list")
@api_options
@click.pass_context
def list_rooms(ctx: click.Context) -> None:
    """List the rooms: guests, wake-ups to come, phones, and whether each phone holds what it should."""
    api, hotel, typed = reach(ctx)
    found = api.all(f"{hotel.path}/rooms")
    if typed.json:
        click.echo(raw(found))
        return
    rows = [row for one in found["items"] for row in _lines(one)]
    click.echo(table(ROOMS, rows) if rows else "There is no room in the configuration.")


def _lines(one: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    first: tuple[object, ...] = (one["number"], _guests(one), one["pending"])
    for phone in one["phones"] or [None]:
        none = "no phone" if one.get("configured", True) else "not in the configuration"
        yield (*first, *(_phone(phone) if phone else (none, "", "", "")))
        first = ("", "", "")


def _guests(one: dict[str, Any]) -> str:
    """Their names, or how many they are where those are not for us."""
    stays = one["stays"]
    names = [stay["guest"] or stay["reservation"] for stay in stays]
    return "; ".join(names) if all(names) else plural(len(stays), "guest")


def _phone(phone: dict[str, Any]) -> tuple[str, str, str, str]:
    name = f"{phone['device']}/{phone['number']}"
    held = phone["held"]
    if held is None:
        return name, phone["state"], "never read", ""
    differs = [f"{key} is {held.get(key, 'missing')}, not {value}" for key, value in phone["wanted"].items()
               if held.get(key) != value]  # fmt: skip
    return name, phone["state"], YES_NO[phone["in_sync"]], "; ".join(differs)


@rooms.command()
@click.argument("room")
@api_options
@click.pass_context
def show(ctx: click.Context, room: str) -> None:
    """Show ROOM: who is in it, and each parameter of its phones."""
    api, hotel, typed = reach(ctx)
    found = api.ask("GET", room_path(hotel, room))
    click.echo(raw(found) if typed.json else "\n".join(_shown(found)))


def _shown(one: dict[str, Any]) -> Iterator[str]:
    pending = plural(one["pending"], "wake-up")
    yield f"Room {clean(one['number'])}: {'occupied' if one['occupied'] else 'vacant'}, {pending} to come."
    if one["line_class"]:
        yield f"Class of service of the room itself: {one['line_class']}, by {clean(one['line_class_by'])}."
    if one["stays"]:
        yield table(STAYS, map(_stay, one["stays"]))
    rows = [row for phone in one["phones"] for row in _settings(phone)]
    yield table(SETTINGS, rows) if rows else "It has no phone."


def _stay(one: dict[str, Any]) -> tuple[object, ...]:
    return (one["guest"], one["reservation"], short(one["since"]), one["departure"],
            one["language"], one["line_class"], "yes" if one["vip"] else "", one["by"])  # fmt: skip


def _settings(phone: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    name, held = f"{phone['device']}/{phone['number']}", phone["held"] or {}
    for key in dict.fromkeys([*phone["wanted"], *held]):
        yield name, key, phone["wanted"].get(key, ""), held.get(key, "(not shown)")
    if not phone["wanted"] and not held:
        yield name, "(nothing known)", "", ""


@rooms.command("check-in")
@click.argument("room")
@click.option("--guest", help="The guest's name.")
@click.option("--reservation", help="Its number, where the hotel has one.")
@click.option("--language", help="Such as de: chooses the announcement of a wake-up.")
@click.option("--vip", is_flag=True, default=None, help="Goes before others of the same minute.")
@click.option("--class", "line_class", type=click.Choice([one.value for one in LineClass]),
              help="Where to the phones may call; else as the configuration says.")  # fmt: skip
@click.option("--group", help="The group the guest belongs to.")
@click.option("--departure", help="The day: 2026-11-24, tomorrow, fri.")
@click.option("--shared", is_flag=True, default=None, help="Beside who is there already.")
@_by
@api_options
@click.pass_context
def check_in(ctx: click.Context, /, room: str, departure: str | None, **asked: Any) -> None:
    """Check a guest into ROOM."""
    api, hotel, typed = reach(ctx)
    body = {name: value for name, value in asked.items() if value is not None}
    if departure:
        body["departure"] = _day(hotel, departure)
    _do(api, typed, f"{room_path(hotel, room)}/check-in", body)


def _day(hotel: Hotel, text: str) -> str:
    try:
        return asked_day(text, hotel.now.astimezone(hotel.zone).date())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--departure") from error


@rooms.command("check-out")
@click.argument("room")
@_whose
@click.option(
    "--anyway",
    is_flag=True,
    help="Although wake-ups are pending, which are cancelled, or calls, which stay open.",
)
@click.option("--keep-wakeups", is_flag=True, help="With --anyway: they ring all the same.")
@_by
@api_options
@click.pass_context
def check_out(ctx: click.Context, /, room: str, everybody: bool, **asked: Any) -> None:
    """Check a guest out of ROOM; what is pending there is shown first."""
    api, hotel, typed = reach(ctx)
    body = {name: value for name, value in {**asked, "all": everybody}.items() if value}
    _do(api, typed, f"{room_path(hotel, room)}/check-out", body)


@rooms.command()
@click.argument("room")
@click.argument("to")
@_whose
@click.option("--shared", is_flag=True, help="Beside who is there already.")
@_by
@api_options
@click.pass_context
def move(ctx: click.Context, /, room: str, to: str, everybody: bool, **asked: Any) -> None:
    """Move a guest from ROOM to the room TO, with his wake-ups."""
    api, hotel, typed = reach(ctx)
    body = {name: value for name, value in {**asked, "all": everybody}.items() if value}
    _do(api, typed, f"{room_path(hotel, room)}/move", {"to": to} | body)


@rooms.command("status")
@click.argument("room")
@click.argument("status")
@_by
@api_options
@click.pass_context
def tell_status(ctx: click.Context, /, room: str, status: str, **asked: Any) -> None:
    """Tell the PMS that ROOM is STATUS: clean, dirty, ... as its plugin is configured to know it."""
    api, hotel, typed = reach(ctx)
    body = {"status": status} | {name: value for name, value in asked.items() if value is not None}
    told = api.ask("POST", f"{room_path(hotel, room)}/status", body)
    click.echo(raw(told) if typed.json else clean(told["said"]))


@rooms.command()
@click.argument("room")
@click.option("--by", metavar="NAME", required=True, help="Who says so.")
@api_options
@click.pass_context
def unbar(ctx: click.Context, room: str, by: str) -> None:
    """Let the guests of ROOM call outside again, whose calls have passed their credit."""
    api, hotel, typed = reach(ctx)
    _do(api, typed, f"{room_path(hotel, room)}/unbar", {"by": by})


def _do(api: Api, typed: Given, path: str, body: dict[str, Any]) -> None:
    try:
        done = api.ask("POST", path, body)
    except Problem as problem:
        if problem.code not in ADVICE:
            raise
        raise Problem(f"{problem.detail} {ADVICE[problem.code]}", problem.code) from problem
    if typed.json:
        click.echo(raw(done))
        return
    click.echo(clean(done["said"]))
    for room in done["rooms"]:
        click.echo(f"Room {clean(room['number'])}: {clean(_guests(room)) if room['stays'] else 'vacant'}.")


# --- what others use too ---


def reach(ctx: click.Context) -> tuple[Api, Hotel, Given]:
    """The API, the hotel that is meant, and what was typed."""
    typed = given(ctx)
    api = Api(find(typed))
    return api, api.hotel(typed.property), typed


def room_path(hotel: Hotel, room: str) -> str:
    """A room's place in the API."""
    return f"{hotel.path}/rooms/{quote(room, safe='')}"
