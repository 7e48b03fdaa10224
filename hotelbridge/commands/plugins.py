"""`hotelbridge plugins`: which PMS plugins are installed, whether each can be used, and who uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from hotelbridge.commands.options import (
    FAILED,
    Misconfigured,
    maybe_config_file_option,
    nearest,
    read_settings,
)
from hotelbridge.commands.words import table
from hotelbridge.pms import loader

HEAD = ("name", "package", "version", "status", "used by", "reason")


@click.command()
@maybe_config_file_option
@click.pass_context
def plugins(ctx: click.Context, file: Path | None) -> None:
    """List the installed PMS plugins: whether each can be used, and if not, why.

    With a configuration, also which property uses which; exit code 1 where one that is used cannot be. Where
    the configuration has mistakes, they follow the list.
    """
    found = loader.installed()
    try:
        settings = None if file is None else read_settings(file)
    except Misconfigured:
        _list(found, {})
        raise
    users = {} if settings is None else loader.users(settings)
    _list(found, users)
    known = {one.name for one in found}
    for name in sorted(set(users) - known):
        who = " and ".join(users[name])
        click.echo(f"{who} wants the plugin {name}, which is not installed{nearest(name, known)}", err=True)
    usable = {one.name for one in found if one.status is loader.Status.OK}
    ctx.exit(FAILED if set(users) - usable else 0)


def _list(found: Sequence[loader.Installed], users: Mapping[str, Sequence[str]]) -> None:
    if found:
        rows = [
            (one.name, one.package, one.version, one.status, ", ".join(users.get(one.name, ())), one.reason)
            for one in found
        ]
        click.echo(table(HEAD, rows))
    else:
        click.echo("No plugin is installed.")
