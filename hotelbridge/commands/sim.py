"""`hotelbridge sim`: the simulated far ends as programs of their own, for integrators.

`om` runs the device of `hotelbridge.testing` on a port, `pms` the PMS that a plugin brings along. Both tell
what happens on standard output, and what they do can be steered by lines on standard input.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError
from twisted.python.failure import Failure

from hotelbridge import logs
from hotelbridge.clock import SystemClock, install_monotonic
from hotelbridge.commands.options import FAILED, Said, WordGroup, nearest
from hotelbridge.commands.words import plural, printed
from hotelbridge.pms.api import Plugin
from hotelbridge.testing.fake_om import FakeOm
from hotelbridge.testing.fake_om_console import parse_phone, perform, run_fake_om
from hotelbridge.testing.typed import hear

MOST_PHONES = 5000
PLUGINS = "hotelbridge.pms"  # the group of entry points


@click.group(cls=WordGroup)
def sim() -> None:
    """Simulated far ends, to try out and to test against."""


def phone_numbers(text: str) -> list[str]:
    """`101-103,201` as numbers, leading zeros kept. Raises ValueError."""
    found: list[str] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,9})(?:-([0-9]{1,9}))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise ValueError(f"{part.strip()!r} is no phone: write numbers like 201, or a range like 101-120")
        first, last = int(match[1]), int(match[2] or match[1])
        if len(found) + last - first >= MOST_PHONES:
            raise ValueError(f"there are more than {MOST_PHONES} phones")
        found += [str(number).zfill(len(match[1])) for number in range(first, last + 1)]
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate."""

    listen: str
    push_to: str  # host:port
    path: str
    phones: tuple[str, ...]  # "212", or "212=no-answer 30, answer 5 20"
    zone: ZoneInfo


def _push_url(ctx: click.Context, option: click.Parameter, value: str) -> tuple[str, str]:
    try:
        parts = urlsplit(value)
        if parts.scheme == "http" and parts.hostname and parts.port != 0:
            return f"{parts.hostname}:{parts.port or 80}", parts.path or "/"
    except ValueError:
        pass
    raise click.BadParameter(f"{value!r} is not an address: write it like http://127.0.0.1:8989/om20")


def _phones(ctx: click.Context, option: click.Parameter, value: str) -> list[str]:
    try:
        return phone_numbers(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _scripts(ctx: click.Context, option: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    scripts = {}
    for text in value:
        try:
            number, _ = parse_phone(text)
            (scripts[number],) = [text] if phone_numbers(number) == [number] else []
        except ValueError as error:
            raise click.BadParameter(f"{text!r}: {error}") from error
    return scripts


def _zone(ctx: click.Context, option: click.Parameter, value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.BadParameter(f"{value!r} is not a time zone: write it like Europe/Vienna") from error


@sim.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8481, show_default=True, help="0: a free one.")
@click.option("--interface", default="127.0.0.1", show_default=True, help="Where it takes commands.")
@click.option("--push-url", "push", default="http://127.0.0.1:8989/om20", show_default=True,
              callback=_push_url, help="Where it pushes its reports to.")  # fmt: skip
@click.option("--phones", default="101-120,201", show_default=True, callback=_phones)
@click.option("--script", "scripts", multiple=True, callback=_scripts, metavar="PHONE=WORDS",
              help='What calls to a phone meet, such as "212=no-answer 30, answer 5 20".')  # fmt: skip
@click.option("--timezone", "zone", default="UTC", show_default=True, callback=_zone, help="Of its clock.")
@click.pass_context
def om(
    ctx: click.Context,
    port: int,
    interface: str,
    push: tuple[str, str],
    phones: list[str],
    scripts: dict[str, str],
    zone: ZoneInfo,
) -> None:
    """Run a simulated OM telephone exchange until Ctrl-C.

    Lines on standard input are carried out: "212 lifts", "reboot 30", "cut", "mend"; "help" lists them.
    """
    all_phones = tuple(scripts.get(number, number) for number in dict.fromkeys([*phones, *scripts]))
    where = interface.replace(":", "\\:")
    plan = Plan(f"tcp:{port}:interface={where}", *push, all_phones, zone)
    ctx.exit(run_simulation(plan, click.echo))


@sim.command(context_settings={"ignore_unknown_options": True})
@click.option("--plugin", default="fias", show_default=True, help="Whose PMS: see `hotelbridge plugins`.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def pms(ctx: click.Context, plugin: str, arguments: tuple[str, ...]) -> None:
    """Run the simulated PMS of a plugin until Ctrl-C.

    What else is given goes to that PMS; "hotelbridge sim pms -- --help" tells what it takes.
    """
    simulator = _plugin(plugin).simulator
    if simulator is None:
        raise Said(f"The plugin {plugin} brings no simulated PMS with it.")
    ctx.exit(simulator(arguments))


def _plugin(name: str) -> Plugin:
    """The installed plugin of that name."""
    points = {point.name: point for point in entry_points(group=PLUGINS)}
    if not points:
        raise Said(f"No PMS plugin is installed: pip install hotelbridge-{name}")
    if name not in points:
        raise click.UsageError(f"no plugin {name} is installed{nearest(name, points)}")
    return _loaded(points[name])


def _loaded(point: EntryPoint) -> Plugin:
    """A plugin is somebody else's code: whatever it does when it is loaded is told in one line."""
    try:
        plugin = point.load()
    except Exception as error:
        why = " ".join(printed(str(error)).split())
        raise Said(f"The plugin {point.name} cannot be loaded: {type(error).__name__}: {why}") from error
    if not isinstance(plugin, Plugin):
        raise Said(f"The plugin {point.name} cannot be used: {point.value} is no Plugin record.")
    return plugin


def run_simulation(plan: Plan, say: Callable[[str], None]) -> int:
    """Run the device under the reactor until it is stopped; the exit code."""
    from twisted.internet import reactor

    install_monotonic(reactor)
    logs.start()
    return Simulation(plan, reactor, say).until_stopped()


class Simulation:
    """One run of the simulated device."""

    def __init__(self, plan: Plan, reactor: Any, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._reactor = reactor
        self._clock = SystemClock(reactor)
        self._say = say
        self._om: FakeOm | None = None
        self._exit = 0

    def until_stopped(self) -> int:
        """Block until Ctrl-C or SIGTERM."""
        self._reactor.callWhenRunning(self._begin)
        self._reactor.addSystemEventTrigger("before", "shutdown", self._end)
        self._reactor.run()
        return self._exit

    def _begin(self) -> None:
        Deferred.fromCoroutine(self._start()).addErrback(self._failed)

    async def _start(self) -> None:
        plan = self._plan
        self._om = await run_fake_om(
            self._reactor,
            listen=plan.listen,
            push_to=plan.push_to,
            path=plan.path,
            phones=plan.phones,
            zone=plan.zone,
            observer=self.tell,
        )
        count = plural(len(plan.phones), "phone")
        self._say(
            f"A simulated telephone exchange with {count} takes commands on port {self._om.port} at /xml"
        )
        self._say(f"and pushes its reports to http://{plan.push_to}{plan.path}. Ctrl-C ends it.")
        hear(self._typed)

    def _failed(self, failure: Failure) -> None:
        self._exit = FAILED
        if isinstance(failure.value, CannotListenError):
            why = failure.value.socketError
            click.echo(f"Port {failure.value.port} cannot be opened: {why.strerror or why}.", err=True)
        else:
            click.echo(f"The simulation cannot start: {failure.getErrorMessage()}", err=True)
        self._reactor.stop()

    def tell(self, text: str) -> None:
        """One thing that happened, with the time of the device."""
        self._say(f"{self._clock.now().astimezone(self._plan.zone):%H:%M:%S} {text}")

    def _typed(self, line: str) -> None:
        assert self._om is not None
        try:
            self._say(perform(self._om, line))
        except ValueError as error:
            self._say(str(error))

    def _end(self) -> Deferred[None] | None:
        if self._om is None:
            return None
        rings, lost = len(self._om.rings), len(self._om.lost)
        unheard = f"; {plural(lost, 'report')} reached nobody" if lost else ""
        self._say(f"The simulated exchange ends: {plural(rings, 'ring')}{unheard}.")
        return self._om.close()
