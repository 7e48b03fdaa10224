"""`hotelbridge db`: the schema of the store, looked at or brought up to this program; backup and restore."""

from __future__ import annotations

import click

from hotelbridge.commands.backup import backup, mark_restored, restore
from hotelbridge.commands.options import FAILED, WordGroup, config_option
from hotelbridge.settings import Settings, masked
from hotelbridge.store import schema


@click.group(cls=WordGroup)
def db() -> None:
    """The database: where it stands, its upgrade, its backup and the way back."""


db.add_command(backup)
db.add_command(restore)
db.add_command(mark_restored)


@db.command()
@config_option
def upgrade(settings: Settings) -> None:
    """Make the database, or bring it to this program's schema (SQLite: after a backup beside it)."""
    before = schema.status(settings.store.url)
    backup = schema.upgrade(settings.store.url)
    if backup is not None:
        click.echo(f"The database as it was is kept in {backup}.")
    if before.up_to_date:
        click.echo(f"{masked(settings)} had schema {before.head} already.")
    else:
        click.echo(f"{masked(settings)} has schema {before.head} now.")


@db.command()
@config_option
@click.pass_context
def status(ctx: click.Context, settings: Settings) -> None:
    """Say which schema the database has; exit 0 only if this program can use it as it is."""
    found = schema.status(settings.store.url)
    click.echo(f"{masked(settings)}: {_standing(found, settings)}")
    if not found.up_to_date:
        ctx.exit(FAILED)


def _standing(found: schema.Status, settings: Settings) -> str:
    if found.up_to_date:
        return f"schema {found.current}, up to date."
    command = f"hotelbridge db upgrade -c {settings.path}"
    if found.foreign:
        return "it holds tables that hotelbridge did not make; give hotelbridge a database of its own."
    if found.current is None:
        return f"nothing there yet; the daemon makes it when it starts, or now: {command}"
    if found.newer:
        return f"schema {found.current} is newer than this program, which knows up to {found.head}."
    return f"schema {found.current}, this program needs {found.head}; run: {command}"
