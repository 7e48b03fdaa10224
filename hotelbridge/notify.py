"""What systemd and a daemon say to each other: ready, alive, stopping; and sockets handed over.

A datagram to the socket named in NOTIFY_SOCKET is all there is to it; without systemd nothing is sent.
"""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping

FIRST_DESCRIPTOR = 3


def notify(message: str, environment: MutableMapping[str, str] = os.environ) -> bool:
    """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1`; whether somebody was there to hear it."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        try:
            line.sendto(message.encode(), address)
        except OSError:
            return False
    return True


def watchdog_seconds(environment: MutableMapping[str, str] = os.environ) -> float | None:
    """How often to say that we are alive: half of what systemd waits; None where it does not."""
    text = environment.get("WATCHDOG_USEC", "")
    meant_for = environment.get("WATCHDOG_PID", str(os.getpid()))
    if not text.isdigit() or meant_for != str(os.getpid()):
        return None
    return int(text) / 2_000_000


def inherited_sockets(environment: MutableMapping[str, str] = os.environ) -> dict[str, list[int]]:
    """The listening sockets that were handed to this process, by name; they are taken only once."""
    count, meant_for = environment.pop("LISTEN_FDS", ""), environment.pop("LISTEN_PID", "")
    names = environment.pop("LISTEN_FDNAMES", "").split(":")
    if not count.isdigit() or meant_for != str(os.getpid()):
        return {}
    held: dict[str, list[int]] = {}
    for index in range(int(count)):
        name = names[index] if index < len(names) and names[index] else "unknown"
        descriptor = FIRST_DESCRIPTOR + index
        os.set_inheritable(descriptor, False)
        held.setdefault(name, []).append(descriptor)
    return held
