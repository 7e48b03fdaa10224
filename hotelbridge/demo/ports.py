"""Ports of this machine: find free ones, and say whose are taken before anything is started."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack, closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from hotelbridge.settings import Settings

HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a hotel played on one machine."""

    web: int  # the daemon's API
    push: int  # the daemon's ear for the device's reports
    device: int  # the simulated device's ear for commands
    pms: int = 0  # where the simulated PMS listens; 0: there is none


@dataclass(frozen=True, slots=True)
class Taken:
    """A port that somebody else uses, and the key of the configuration that asks for it."""

    port: int
    key: str


def ports_of(settings: Settings) -> Ports:
    """The ports that a configuration with one device names."""
    device = settings.properties[0].om[0]
    url = urlsplit(device.url)
    dialled = settings.properties[0].pms.own.get("endpoint", "")
    pms = int(dialled.rpartition(":")[2]) if dialled else 0
    return Ports(_port(settings.web.listen), _port(device.listen), url.port or 80, pms)


def taken(ports: Ports) -> list[Taken]:
    """Which of them cannot be listened on now."""
    keys = {ports.web: "web.listen", ports.push: "property.om.listen", ports.device: "property.om.url"}
    keys |= {ports.pms: "property.pms.fias.endpoint"} if ports.pms else {}
    return [Taken(port, key) for port, key in keys.items() if not _is_free(port)]


def free_ports() -> Ports:
    """Ports that nobody uses at this moment."""
    with ExitStack() as stack:
        held = [stack.enter_context(closing(socket.socket())) for _ in range(4)]
        for one in held:
            one.bind((HERE, 0))
        return Ports(*(one.getsockname()[1] for one in held))


def with_ports(text: str, now: Ports, wanted: Ports) -> str:
    """A configuration's text with other ports in it."""
    pairs = [(now.web, wanted.web), (now.push, wanted.push), (now.device, wanted.device)]
    other = {str(here): there for here, there in [*pairs, (now.pms, wanted.pms)] if here}
    return re.sub(rf"(?<=:)({'|'.join(other)})(?!\d)", lambda found: str(other[found[0]]), text)


def _port(description: str) -> int:
    return int(description.split(":")[1])


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True
