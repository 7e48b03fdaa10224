"""`hotelbridge token`: who may use the API. Works on the store itself, beside a running daemon too.

A token is shown once, when it is made; kept is only its hash.
"""

from __future__ import annotations

import secrets

import click

from hotelbridge.commands.options import Said, WordGroup, config_option, nearest
from hotelbridge.commands.storework import CLOCK, bound_to, listed, on_store, typist
from hotelbridge.commands.words import plural, table
from hotelbridge.core.names import name_of
from hotelbridge.core.records import Role
from hotelbridge.services import localtoken
from hotelbridge.services.callers import token_hash
from hotelbridge.settings import Settings
from hotelbridge.store import audit, tokens
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

TOKEN_BYTES = 32


@click.group(cls=WordGroup)
def token() -> None:
    """Tokens for the API: make, list, revoke."""


def _name(ctx: click.Context, option: click.Parameter, value: str) -> str:
    try:
        return name_of(value)
    except ValueError as error:
        raise click.BadParameter(f"the name {error}.") from error


@token.command()
@config_option
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option(
    "--property", "properties", multiple=True, metavar="P", help="Only for this one; may be repeated."
)
@click.argument("name", callback=_name)
def add(settings: Settings, role: str, properties: tuple[str, ...], name: str) -> None:
    """Make a token for NAME and show it, as the last word."""
    if localtoken.is_ours(name):
        raise click.UsageError(f"the name {name} belongs to the daemon's own token; choose another one.")
    bound = bound_to(settings, properties)
    made, now = secrets.token_urlsafe(TOKEN_BYTES), CLOCK.now()
    where, actor = listed(bound, "all properties"), typist()

    def unit(tx: Tx) -> None:
        tokens.add(tx, bound, name, Role(role), token_hash(made), now)
        words = phrase(f"A token of {name} was made: {role}, for {where}.")
        audit.write(tx, now, actor, "token_added", words, about=f"token {name}")

    on_store(settings, unit)
    click.echo(f"The token of {name} ({role}, {where}), shown only now: {made}")


@token.command("list")
@config_option
@click.option("--all", "revoked_too", is_flag=True, help="Revoked ones too.")
def list_(settings: Settings, revoked_too: bool) -> None:
    """List the tokens, without their secrets."""
    found = on_store(settings, tokens.list)
    shown = [one for one in found if revoked_too or one.revoked_at is None]
    if not shown:
        click.echo("There is no token; make one with: hotelbridge token add")
        return
    rows = [
        (
            one.id,
            one.name,
            one.role,
            listed(one.property, "all"),
            f"{one.created_at.astimezone():%Y-%m-%d %H:%M}",
            f"{one.revoked_at.astimezone():%Y-%m-%d %H:%M}" if one.revoked_at else "",
        )
        for one in shown
    ]
    click.echo(table(("id", "name", "role", "properties", "made", "revoked"), rows))


@token.command()
@config_option
@click.argument("name")
def revoke(settings: Settings, name: str) -> None:
    """Refuse every token of NAME from now on."""
    now, actor = CLOCK.now(), typist()

    def unit(tx: Tx) -> tuple[int, set[str]]:
        alive = {one.name for one in tokens.list(tx) if one.revoked_at is None}
        count = tokens.revoke(tx, name, now)
        if count:
            words = phrase(f"The tokens of {name} are refused: {count}.")
            audit.write(tx, now, actor, "token_revoked", words, about=f"token {name}")
        return count, alive

    count, alive = on_store(settings, unit)
    if not count:
        raise Said(f"There is no valid token of {name}{nearest(name, alive)}")
    click.echo(f"{plural(count, 'token')} of {name} revoked.")
