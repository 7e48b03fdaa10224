"""`hotelbridge run` and `hotelbridge check`: the daemon itself, and what its configuration says."""

from __future__ import annotations

import click

from hotelbridge import logs
from hotelbridge.commands.options import config_option
from hotelbridge.commands.words import plural
from hotelbridge.notify import inherited_sockets
from hotelbridge.settings import Settings


@click.command()
@config_option
@click.pass_context
def run(ctx: click.Context, settings: Settings) -> None:
    """Run the daemon until it is told to stop (Ctrl-C, SIGTERM)."""
    held = inherited_sockets()  # before the import: Twisted's endpoints take them out of the environment
    from hotelbridge.app import run_daemon  # here: it brings in everything, other commands do without

    logs.start()
    ctx.exit(run_daemon(settings, held))


@click.command()
@config_option
def check(settings: Settings) -> None:
    """Say whether a configuration is in order, or every mistake in it."""
    rooms = sum(len(property.rooms) for property in settings.properties)
    devices = sum(len(property.om) for property in settings.properties)
    counted = [
        plural(len(settings.properties), "property", "properties"),
        plural(rooms, "room"),
        plural(devices, "device"),
    ]
    click.echo(f"{settings.path} is in order: {', '.join(counted)}.")
