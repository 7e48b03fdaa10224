"""`hotelbridge capture`: a device's traffic for a bug report, as a text without telephone numbers."""

from __future__ import annotations

import os
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import click
from twisted.internet.defer import Deferred

from hotelbridge.commands.options import FAILED, config_option, nearest
from hotelbridge.commands.underway import Surroundings, devices_of, run_under_reactor
from hotelbridge.commands.words import plural
from hotelbridge.om.client import OmClient, device_endpoint
from hotelbridge.services.capture import Capture, earliest
from hotelbridge.settings import OmSettings, PropertySettings, Settings
from hotelbridge.settings_base import read_duration

USUAL_MINUTES = 5.0


def _since(ctx: click.Context, option: click.Parameter, value: str | None) -> timedelta | None:
    try:
        return None if value is None else read_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@config_option
@click.option("--device", metavar="NAME", help="Which one, where there are several.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write into this new file, not to the terminal.",
)
@click.option(
    "--minutes", type=click.FloatRange(0, 24 * 60), help="How long to listen; 5, or 0 with --since."
)
@click.option("--since", callback=_since, metavar="2h", help="Also what came in so long before now.")
@click.pass_context
def capture(
    ctx: click.Context,
    settings: Settings,
    device: str | None,
    out: Path | None,
    minutes: float | None,
    since: timedelta | None,
) -> None:
    """Record a device's reports and a few answers for a bug report, telephone numbers masked.

    Listens beside the running daemon, which goes on as ever. Read the text before you send it.
    """
    property, om = _chosen(settings, device)
    if minutes is None:
        minutes = USUAL_MINUTES if since is None else 0.0
    with nullcontext(None) if out is None else _private(out) as file:
        plan = _Plan(property, om, since, minutes * 60, file)
        ctx.exit(run_under_reactor(settings, plan.run))


def _chosen(settings: Settings, name: str | None) -> tuple[PropertySettings, OmSettings]:
    devices = devices_of(settings)
    names = [om.name for _, om in devices]
    if name is None and len(devices) == 1:
        return devices[0]
    found = [one for one in devices if one[1].name == name]
    if len(found) == 1:
        return found[0]
    if name is None:
        raise click.UsageError(
            f"which device? --device takes one of: {', '.join(names) or 'none configured'}"
        )
    raise click.UsageError(f"there is no device {name}{nearest(name, names)}")


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _private(path: Path) -> IO[str]:
    """For its owner's eyes: what is masked is still somebody's house."""
    try:
        return open(path, "x", encoding="utf-8", opener=_for_us_alone)
    except FileExistsError as error:
        raise click.UsageError(f"{path} exists already: nothing is overwritten. Name a new file.") from error
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from error


class _Plan:
    """One capture."""

    def __init__(
        self,
        property: PropertySettings,
        om: OmSettings,
        since: timedelta | None,
        seconds: float,
        file: IO[str] | None,
    ) -> None:
        self._property = property
        self._om = om
        self._since = since
        self._seconds = seconds
        self._file = file

    async def run(self, around: Surroundings) -> int:
        began = earliest(around.clock.now(), self._since)
        record = Capture(self._property, self._om, around.db, around.clock, self._write)
        record.begin()
        om = self._om
        endpoint = device_endpoint(around.reactor, om.url, om.bind, om.timeout.total_seconds())
        seconds = om.timeout.total_seconds()
        client = OmClient(endpoint, around.clock, url=om.url, timeout=seconds, witness=record.witness)
        try:
            await record.ask(client.send)
        finally:
            await client.close()
        await self._listen(around, record, began)
        where = self._file.name if self._file is not None else "above"
        click.echo(
            f"{plural(record.reports, 'report')} of {om.name}: {where}. Read it before you send it.", err=True
        )
        return FAILED if record.failed and not record.reports else 0

    async def _listen(self, around: Surroundings, record: Capture, began: Any) -> None:
        seconds = self._seconds
        if around.db is None:
            click.echo(f"No report is told: the database is not looked at ({around.no_db}).", err=True)
            return
        if seconds and not await record.running():
            said = "No daemon is running, so no report comes in: start it, or ask for the past (--since 2h)."
            click.echo(said, err=True)
            seconds = 0.0
        if seconds:
            click.echo(f"Listening for {seconds / 60:g} min ...", err=True)

        def wait(some: float) -> Deferred[None]:
            done: Deferred[None] = Deferred()
            around.clock.call_later(some, done.callback, None)
            return done

        await record.follow(began, seconds, wait)

    def _write(self, text: str) -> None:
        if self._file is None:
            click.echo(text, nl=False)
        else:
            self._file.write(text)
            self._file.flush()
