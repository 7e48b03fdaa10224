"""`hotelbridge plugins`: which PMS plugins are installed, whether each can be used, and who uses it."""

from __future__ import annotations

import click

from hotelbridge.commands.options import FAILED, maybe_config_option, nearest
from hotelbridge.commands.words import table
from hotelbridge.pms import loader
from hotelbridge.settings import Settings

HEAD = ("name", "package", "version", "status", "used by", "reason")


@click.command()
@maybe_config_option
@click.pass_context
def plugins(ctx: click.Context, settings: Settings | None) -> None:
    """List the installed PMS plugins: whether each can be used, and if not, why.

    With a configuration, also which property uses which; exit code 1 where one that is used cannot be.
    """
    found = loader.installed()
    users = {} if settings is None else loader.users(settings)
    if found:
        rows = [
            (one.name, one.package, one.version, one.status, ", ".join(users.get(one.name, ())), one.reason)
            for one in found
        ]
        click.echo(table(HEAD, rows))
    else:
        click.echo("No plugin is installed.")
    known = {one.name for one in found}
    for name in sorted(set(users) - known):
        who = " and ".join(users[name])
        click.echo(f"{who} wants the plugin {name}, which is not installed{nearest(name, known)}", err=True)
    usable = {one.name for one in found if one.status is loader.Status.OK}
    ctx.exit(FAILED if set(users) - usable else 0)
