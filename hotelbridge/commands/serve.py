"""`hotelbridge run` and `hotelbridge check`: the daemon itself, and what its configuration says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
from twisted.logger import Logger

from hotelbridge import logs
from hotelbridge.commands.options import Said, config_file_option, read_with_plugins, read_with_tariffs
from hotelbridge.commands.places import missing, unwritable
from hotelbridge.commands.words import plural
from hotelbridge.errors import Mistake
from hotelbridge.notify import inherited_sockets
from hotelbridge.pms import loader
from hotelbridge.settings import Settings, database_file
from hotelbridge.settings_reach import warnings

PASSWORD_VARIABLE = "HOTELBRIDGE_DEVICE_PASSWORD"


@click.command()
@config_file_option
@click.option("--new-database", is_flag=True, help="Begin with an empty database although there was one.")
@click.pass_context
def run(ctx: click.Context, file: Path, new_database: bool) -> None:
    """Run the daemon until it is told to stop (Ctrl-C, SIGTERM)."""
    # Before any import of Twisted's endpoints, a plugin's too: they take them out of the environment.
    held = inherited_sockets()
    settings = read_with_plugins(file)
    plugins = loader.installed() if loader.users(settings) else []
    loader.choices(settings, plugins)  # one that is wanted and cannot be used: no daemon, and the reason
    if words := unwritable(settings):
        raise Said(f"hotelbridge cannot run: {words}.")
    from hotelbridge.app import run_daemon  # here: it brings in everything, other commands do without

    logs.start()
    _report_idle(settings, plugins)
    ctx.exit(run_daemon(settings, held, new_database=new_database))


def _report_idle(settings: Settings, plugins: Sequence[loader.Installed]) -> None:
    """Plugins that cannot be used, and that nobody here wants."""
    wanted = loader.users(settings)
    for one in plugins:
        if one.status is not loader.Status.OK and one.name not in wanted:
            Logger().warn(
                "the plugin {plugin} cannot be used ({status}): {reason}. No property wants it.",
                plugin=one.name,
                status=one.status,
                reason=one.reason,
            )


@click.command()
@config_file_option
@click.option("--online", is_flag=True, help="Ask each device and each PMS too: is it as the hotel needs it?")
@click.option(
    "--ring", metavar="PHONE", help="With --online: ring this phone, and demand the device's report."
)
@click.option("--ask-password", is_flag=True, help="Ask for the devices' management password.")
@click.pass_context
def check(
    ctx: click.Context,
    file: Path,
    online: bool,
    ring: str | None,
    ask_password: bool,
) -> None:
    """Say whether a configuration is in order, or every mistake in it; with --online, ask devices and PMS.

    A phone is named as 212 or om20/212. The management password lets the device's parameters be read;
    it is taken from HOTELBRIDGE_DEVICE_PASSWORD or asked for, and goes over the network as it is.
    """
    if ring is not None and not online:
        raise click.UsageError("--ring needs --online: only a device can ring a phone.")
    settings = read_with_tariffs(file)
    if database_file(settings) is None:
        from hotelbridge.store.engines import missing_driver  # here: with SQLite a check does without

        if words := missing_driver(settings.store.url):
            raise Said(words)
    chosen = loader.choices(settings)
    click.echo(f"{settings.path} is in order: {_counted(settings)}.")
    watched, hidden = _emergency(settings)
    for words in watched:
        click.echo(words)
    for warning in [*warnings(settings), *hidden, *missing(settings)]:
        click.echo(f"warning: {warning.where}: {warning.what}", err=True)
    if online:
        from hotelbridge.commands.online import check_online  # here: a plain check does without devices

        password = os.environ.get(PASSWORD_VARIABLE)
        if ask_password:
            password = click.prompt("Management password of the devices", hide_input=True)
        ctx.exit(check_online(settings, ring, password, chosen))


def _emergency(settings: Settings) -> tuple[list[str], list[Mistake]]:
    """Which calls alarm the desk, one line for each hotel; and what would keep such a call inside."""
    from hotelbridge.core.emergency import EmergencyNumbers  # here: the library of numbers takes its time

    lines, hidden = [], []
    for index, one in enumerate(settings.properties):
        numbers = EmergencyNumbers(one.country, one.emergency.numbers, one.outside_prefix)
        behind = f", also behind {one.outside_prefix}" if one.outside_prefix else ""
        said = ", ".join(numbers.known)
        lines.append(f"Emergency calls of {one.id} that alarm the desk: {said}{behind}.")
        inside = {number for room in one.rooms for _, number in one.phones_of(room)}
        inside |= {number for _, number in one.desk_phones}
        for number in sorted(inside & set(numbers.known)):
            what = f"phone {number} has an emergency number: whoever dials it for help rings that phone"
            hidden.append(Mistake(f"property.{index}.emergency.numbers", f"{what}. Renumber it."))
    return lines, hidden


def _counted(settings: Settings) -> str:
    rooms = sum(len(property.rooms) for property in settings.properties)
    devices = sum(len(property.om) for property in settings.properties)
    counted = [
        plural(len(settings.properties), "property", "properties"),
        plural(rooms, "room"),
        plural(devices, "device"),
    ]
    links = sum(len(properties) for properties in loader.users(settings).values())
    if links:
        counted.append(plural(links, "PMS link"))
    return ", ".join(counted)
