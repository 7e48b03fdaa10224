"""`hotelbridge plugins`: which PMS plugins are installed. Looks at their entry points, loads none."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from hotelbridge.commands.words import table

GROUP = "hotelbridge.pms"


@click.command()
def plugins() -> None:
    """List the installed PMS plugins."""
    found = sorted(entry_points(group=GROUP), key=lambda one: one.name)
    if not found:
        click.echo("No plugin is installed.")
        return
    rows = [
        (one.name, one.dist.name if one.dist else "", one.dist.version if one.dist else "") for one in found
    ]
    click.echo(table(("name", "package", "version"), rows))
