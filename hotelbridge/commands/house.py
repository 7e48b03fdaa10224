"""`hotelbridge links`: the connections to far ends."""

from __future__ import annotations

from typing import Any

import click

from hotelbridge.commands.access import api_options, find, given
from hotelbridge.commands.apiclient import Api
from hotelbridge.commands.options import WordGroup
from hotelbridge.commands.words import raw, short, table

LINKS = ("link", "kind", "layers", "since", "last message", "detail")
YES_NO = {True: "yes", False: "no", None: "not known yet"}


@click.group(cls=WordGroup)
def links() -> None:
    """Connections to far ends."""


@links.command("list")
@api_options
@click.pass_context
def list_links(ctx: click.Context) -> None:
    """List the connections, layer by layer."""
    typed = given(ctx)
    api = Api(find(typed))
    found = api.all(f"{api.hotel(typed.property).path}/links")
    if typed.json:
        click.echo(raw(found))
        return
    rows = [_link(one) for one in found["items"]]
    click.echo(table(LINKS, rows) if rows else "Nothing is connected by the configuration.")


def _link(one: dict[str, Any]) -> tuple[object, ...]:
    layers = ", ".join(f"{layer}: {YES_NO[up]}" for layer, up in one["layers"].items())
    return one["link"], one["kind"], layers, short(one["since"]), short(one["last_message"]), one["detail"]
