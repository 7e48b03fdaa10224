"""`hotelbridge check --online`: devices and PMS are asked, and what is wrong is told with what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import click

from hotelbridge.commands.online_pms import looked_at
from hotelbridge.commands.options import FAILED, nearest
from hotelbridge.commands.underway import Surroundings, devices_of, run_under_reactor
from hotelbridge.commands.words import clean
from hotelbridge.core.devicecheck import Finding, Gravity, gathered, heading, is_wrong
from hotelbridge.om import acceptor
from hotelbridge.om.listener import PushFactory, Route
from hotelbridge.pms.loader import Chosen
from hotelbridge.services.devicecheck import Inspection
from hotelbridge.services.ears import Ear, InboxEar, PortEar
from hotelbridge.settings import OmSettings, PropertySettings, Settings, tcp_of

BACKLOG = 256
Target = tuple[str, str, str]  # property, device, number


def find_phone(settings: Settings, text: str) -> Target:
    """The phone that `212` or `om20/212` names. Raises click.UsageError where that is nobody, or several."""
    device, slash, number = text.rpartition("/")
    known = [(p.id, om.name) for p, om in devices_of(settings)]
    if slash:
        found = [(p, name, number) for p, name in known if name == device]
        if not found:
            names = [name for _, name in known]
            raise click.UsageError(f"there is no device {device}{nearest(device, names)}")
    else:
        found = [
            (p.id, name, number)
            for p in settings.properties
            for room in p.rooms
            for name, one in p.phones_of(room)
            if one == number
        ] or [(p, name, number) for p, name in known]
    if len(found) != 1:
        raise click.UsageError(f"which phone {number}? There are several devices: write device/{number}")
    return found[0]


def check_online(
    settings: Settings, ring: str | None, password: str | None, chosen: Mapping[str, Chosen]
) -> int:
    """Ask every device and every PMS, tell what was found; the exit code."""
    target = None if ring is None else find_phone(settings, ring)

    async def work(around: Surroundings) -> int:
        if around.db is None:
            click.echo(
                f"The database is not looked at ({around.no_db}), so nothing is known of earlier days."
            )
        wrong = False
        for property, om in devices_of(settings):
            findings = await _check(settings, around, property, om, target, password)
            wrong |= is_wrong(findings)
            click.echo(told(f"{om.name} ({om.url})", findings))
        for hotel in settings.properties:
            if hotel.id in chosen:
                layers = await looked_at(around, settings.store.url, hotel, chosen[hotel.id])
                wrong |= is_wrong(layers)
                click.echo(told_in_order(f"the PMS of {hotel.name} ({hotel.pms.plugin})", layers))
        return FAILED if wrong else 0

    return run_under_reactor(settings, work)


async def _check(
    settings: Settings,
    around: Surroundings,
    property: PropertySettings,
    om: OmSettings,
    target: Target | None,
    password: str | None,
) -> list[Finding]:
    client = around.client(om)
    try:
        inspection = Inspection(property, om, client, around.clock, around.db, password)
        findings = await inspection.look()
        if target is not None and target[:2] == (property.id, om.name):
            click.echo(f"{om.name}: ringing {target[2]}; lift it and listen, or let it ring ...")
            findings += await inspection.ring(target[2], _ears(settings, around, property, om))
    finally:
        await client.close()
    return findings


def _ears(
    settings: Settings, around: Surroundings, property: PropertySettings, om: OmSettings
) -> Callable[[bool], Ear]:
    """Where the reports of a ring are heard: where the daemon runs, in its inbox, else on the port."""

    def choose(running: bool) -> Ear:
        if running and around.db is not None:
            click.echo(f"The daemon holds {om.listen}: the ring's reports are read from its inbox.")
            return InboxEar(around.db, property.id, om.name, around.clock)
        return PortEar(_routes(settings, om.listen), om.listen, listen, around.clock, around.db)

    def listen(factory: PushFactory) -> object:
        port, interface = tcp_of(om.listen)
        return acceptor.opened(around.reactor, port, interface, factory, BACKLOG)

    return choose


def _routes(settings: Settings, listen: str) -> Sequence[Route]:
    """Every device that pushes to this port: what the others say meanwhile is not turned away."""
    return [
        Route(property.id, om.name, om.path, om.allow)
        for property, om in devices_of(settings)
        if om.listen == listen
    ]


def told(name: str, findings: Sequence[Finding]) -> str:
    """A device and its findings, what is wrong first."""
    return _page(name, gathered(findings))


def told_in_order(name: str, findings: Sequence[Finding]) -> str:
    """A link and its layers, each as good as what is below it."""
    return _page(name, findings)


def _page(name: str, findings: Sequence[Finding]) -> str:
    lines = [f"\n{clean(name)}"]
    for one in findings:
        about = clean(heading(one.about))
        lines.append(f"  {one.gravity:<5}  {about}: {clean(one.what)}")
        if one.do:
            lines.append(f"         {clean(one.do)}")
    counted = sum(1 for one in findings if one.gravity is Gravity.WRONG)
    lines.append("  Nothing is wrong." if not counted else f"  {counted} to be put right.")
    return "\n".join(lines)
