"""`hotelbridge user`: who may log in at the console. Works on the store itself, beside a running daemon too.

A daemon asks the store at every page, so that what is done here holds at once. Passwords are asked for,
read or made here, and leave this process as a hash only.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from hotelbridge.commands.options import Said, WordGroup, config_option, nearest
from hotelbridge.commands.storework import CLOCK, bound_to, listed, on_store, typist
from hotelbridge.commands.words import clean, table
from hotelbridge.core.records import Role
from hotelbridge.services import accounts, localtoken, passwords
from hotelbridge.settings import Settings
from hotelbridge.store import sessions, users
from hotelbridge.store.database import Tx
from hotelbridge.store.users import StoredUser

F = TypeVar("F", bound=Callable[..., Any])

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one on paper
GROUPS, IN_A_GROUP = 4, 4  # 79 bits
LONGEST_LINE = 4096  # bytes


@click.group(cls=WordGroup)
def user() -> None:
    """Who may log in at the console: add, list, give another role, remove."""


def _name(ctx: click.Context, option: click.Parameter, value: str) -> str:
    try:
        return accounts.spelled(value)
    except ValueError as error:
        raise click.BadParameter(f"the name {error}.") from error


def _password_options(command: F) -> F:
    """Where the password comes from; without these it is asked for twice."""
    line = click.option(
        "--stdin", "piped", is_flag=True, help="Read the password: one line of standard input."
    )
    made = click.option("--generate", is_flag=True, help="Make a password and show it, as the last word.")
    return line(made(command))


@user.command()
@config_option
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option(
    "--property", "properties", multiple=True, metavar="P", help="Only for this one; may be repeated."
)
@_password_options
@click.argument("name", callback=_name)
def add(
    settings: Settings, role: str, properties: tuple[str, ...], piped: bool, generate: bool, name: str
) -> None:
    """Let NAME log in, with a password."""
    if localtoken.is_ours(name):
        raise click.UsageError(f"the name {name} belongs to the daemon itself; choose another one.")
    bound = bound_to(settings, properties)
    before = on_store(settings, lambda tx: users.by_name(tx, name))
    if before is not None:
        raise Said(
            f"There is a user {before.name} already; another password: hotelbridge user passwd {before.name}"
        )
    password = _password(name, piped, generate)
    hashed, now, actor = passwords.Hasher().hash(password), CLOCK.now(), typist()
    on_store(settings, lambda tx: accounts.add(tx, name, Role(role), bound, hashed, actor, now))
    _say(f"{name} may log in ({role}, {listed(bound, 'all properties')}).", password if generate else None)


@user.command()
@config_option
@_password_options
@click.argument("name")
def passwd(settings: Settings, piped: bool, generate: bool, name: str) -> None:
    """Give NAME another password; whoever is logged in by that name is out."""
    found = on_store(settings, lambda tx: _find(tx, name))
    password = _password(found.name, piped, generate)
    hashed, now, actor = passwords.Hasher().hash(password), CLOCK.now(), typist()
    on_store(settings, lambda tx: accounts.set_password(tx, _find(tx, name), hashed, actor, now))
    _say(f"{found.name} has another password, and must log in anew.", password if generate else None)


@user.command()
@config_option
@click.option(
    "--property", "properties", multiple=True, metavar="P", help="Only for this one; may be repeated."
)
@click.option("--everywhere", is_flag=True, help="For all properties. Without either, as before.")
@click.option("--yes", "sure", is_flag=True, help="Even if no admin is left.")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def role(
    settings: Settings, properties: tuple[str, ...], everywhere: bool, sure: bool, name: str, role: str
) -> None:
    """Give NAME another ROLE, from his next page on; he stays logged in."""
    if everywhere and properties:
        raise click.UsageError("--everywhere and --property: which of the two?")
    wanted = bound_to(settings, properties) if properties or everywhere else None
    now, actor = CLOCK.now(), typist()

    def unit(tx: Tx) -> tuple[StoredUser, str, bool]:
        found = _find(tx, name)
        bound = found.property if wanted is None else wanted
        stays = role == Role.ADMIN and bound in ("", found.property)
        if not sure and not stays:
            _not_the_last_admin(tx, found)
        return found, bound, accounts.set_role(tx, found, Role(role), bound, actor, now)

    found, bound, done = on_store(settings, unit)
    is_now = "is now" if done else "is already"
    click.echo(f"{found.name} {is_now} {role}, {listed(bound, 'all properties')}.")


def _not_the_last_admin(tx: Tx, found: StoredUser) -> None:
    if accounts.is_last_admin(tx, found):
        raise Said(
            f"{found.name} is the last admin: afterwards nobody at the console could read who did what. "
            "Make another one first, or say --yes."
        )


@user.command("list")
@config_option
@click.option("--all", "removed_too", is_flag=True, help="Removed ones too.")
def list_(settings: Settings, removed_too: bool) -> None:
    """List who may log in."""
    found, seen = on_store(settings, lambda tx: (users.list(tx), sessions.last_seen(tx)))
    shown = [one for one in found if removed_too or one.removed_at is None]
    if not shown:
        click.echo("There is no user; add one with: hotelbridge user add")
        return
    rows = [_row(one, seen.get(one.id)) for one in shown]
    click.echo(table(("name", "role", "properties", "added", "password of", "last seen", "removed"), rows))


@user.command()
@config_option
@click.option("--yes", "sure", is_flag=True, help="Even if no admin is left.")
@click.argument("name")
def remove(settings: Settings, sure: bool, name: str) -> None:
    """Let NAME in no more, from now on."""
    now, actor = CLOCK.now(), typist()

    def unit(tx: Tx) -> str:
        found = _find(tx, name)
        if not sure:
            _not_the_last_admin(tx, found)
        accounts.remove(tx, found, actor, now)
        return found.name

    click.echo(f"{on_store(settings, unit)} was removed, and is logged out everywhere.")


def _find(tx: Tx, name: str) -> StoredUser:
    found = users.by_name(tx, clean(name))
    if found is None:
        alive = [one.name for one in users.list(tx) if one.removed_at is None]
        raise Said(f"There is no user {clean(name)}{nearest(name, alive)}")
    return found


def _row(one: StoredUser, seen: datetime | None) -> tuple[object, ...]:
    where = listed(one.property, "all")
    days = (_moment(at) for at in (one.created_at, one.changed_at, seen, one.removed_at))
    return (one.name, one.role, where, *days)


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M %Z}" if at else ""


def _say(sentence: str, made: str | None) -> None:
    click.echo(sentence if made is None else f"{sentence} The password, shown only now: {made}")


def _password(name: str, piped: bool, generate: bool) -> str:
    if piped and generate:
        raise click.UsageError("--stdin and --generate: which of the two?")
    if generate:
        groups = ("".join(secrets.choice(LETTERS) for _ in range(IN_A_GROUP)) for _ in range(GROUPS))
        return "-".join(groups)
    password = _line() if piped else _asked(name)
    passwords.check(name, password)
    return password


def _line() -> str:
    """One line of standard input, without its end."""
    try:
        return sys.stdin.buffer.readline(LONGEST_LINE).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.UsageError("the password on standard input is not UTF-8 text.") from None


def _asked(name: str) -> str:
    if not _at_a_terminal():
        raise click.UsageError("there is no terminal to ask for a password: give --stdin or --generate.")
    asked: str = click.prompt(f"Password of {name}", hide_input=True, confirmation_prompt="Again", err=True)
    return asked


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()
