"""`hotelbridge rooms` and `hotelbridge links`: the rooms with their phones, and the connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from hotelbridge.commands.access import api_options, find, given
from hotelbridge.commands.apiclient import Api
from hotelbridge.commands.importing import import_rooms
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.words import raw, short, table

ROOMS = ("room", "wake-ups", "phone", "state", "in sync", "differs")
LINKS = ("link", "kind", "layers", "since", "last message", "detail")
YES_NO = {True: "yes", False: "no", None: "not known yet"}


@click.group(cls=WordGroup)
def rooms() -> None:
    """Rooms and their phones."""


@rooms.command("list")
@api_options
@click.pass_context
def list_rooms(ctx: click.Context) -> None:
    """List the rooms: wake-ups to come, phones, and whether each phone holds what it should."""
    _list(ctx, "rooms", ROOMS, "There is no room in the configuration.")


rooms.add_command(import_rooms)


@click.group(cls=WordGroup)
def links() -> None:
    """Connections to far ends."""


@links.command("list")
@api_options
@click.pass_context
def list_links(ctx: click.Context) -> None:
    """List the connections, layer by layer."""
    _list(ctx, "links", LINKS, "Nothing is connected by the configuration.")


def _list(ctx: click.Context, what: str, head: tuple[str, ...], nothing: str) -> None:
    typed = given(ctx)
    api = Api(find(typed))
    found = api.all(f"{api.hotel(typed.property).path}/{what}")
    if typed.json:
        click.echo(raw(found))
        return
    rows = [row for one in found["items"] for row in (_room(one) if what == "rooms" else _link(one))]
    click.echo(table(head, rows) if rows else nothing)


def _room(one: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    number, pending = one["number"], one["pending"]
    for phone in one["phones"] or [None]:
        yield (number, pending, *(_phone(phone) if phone else ("no phone", "", "", "")))
        number = pending = ""


def _phone(phone: dict[str, Any]) -> tuple[str, str, str, str]:
    name = f"{phone['device']}/{phone['number']}"
    held = phone["held"]
    if held is None:
        return name, phone["state"], "never read", ""
    differs = [f"{key} is {held.get(key, 'missing')}, not {value}" for key, value in phone["wanted"].items()
               if held.get(key) != value]  # fmt: skip
    return name, phone["state"], YES_NO[phone["in_sync"]], "; ".join(differs)


def _link(one: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    layers = ", ".join(f"{layer}: {YES_NO[up]}" for layer, up in one["layers"].items())
    yield one["link"], one["kind"], layers, short(one["since"]), short(one["last_message"]), one["detail"]
