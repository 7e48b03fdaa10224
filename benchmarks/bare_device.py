"""Bare telephone exchanges for load: they take commands, ring everybody who is asked for, and push.

Not the simulator of the tests, which plays every oddity and costs more time than the daemon under load:
here each phone is lifted at once and put down after a fixed time, and each step is pushed on a
connection of its own, as a device does. Several devices share one process, one port each. At the end
it writes down when it was asked to ring whom, and when each call was over.

    python -m benchmarks.bare_device PUSH_PORT RING TALK MAX_CALLS ROOMS LOG PORT [PORT ...]
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

HEAD = "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
DECLARED = '<?xml version="1.0" encoding="utf-8" ?>\n'
INFO = (
    "<DeviceInfo><manufacturer>New Rock Technologies, Inc</manufacturer><model>OM</model>"
    "<version>bench</version><devices>{exts}</devices></DeviceInfo>"
)
EXT = (
    '<Status><ext id="{id}"><lineid>IPPhone {id}</lineid><state>{state}</state><api>7</api>{menu}</ext>'
    "</Status>"
)
MENU = "<Status>{menu}</Status>"
FAILED = '<Event attribute="FAILED"><ext id="{phone}" /><err code="5" reason="no circuit" /></Event>'
PHONE = re.compile(rb'<ext (?:id|lineid)="(?:IPPhone )?(\d+)"')


@dataclass(slots=True)
class Times:
    """How each call goes, in seconds."""

    ring: float
    talk: float


@dataclass(slots=True)
class Device:
    """One exchange."""

    path: str
    phones: list[str]
    max_calls: int
    times: Times
    push: tuple[str, int]
    connects: list[tuple[float, str]] = field(default_factory=list)  # when, which phone
    ends: list[float] = field(default_factory=list)  # when a call was over
    busy: set[str] = field(default_factory=set)  # phones in a call
    refused: int = 0
    calls: int = 0

    def answer(self, request: bytes) -> str:
        """What is said to a command."""
        head, _, body = request.partition(b"\r\n\r\n")
        if b"Connect" in body:
            return self._connect(body)
        if b"DeviceInfo" in body:
            exts = "".join(f'<ext lineid="IPPhone {phone}" id="{phone}" />' for phone in self.phones)
            return DECLARED + INFO.format(exts=exts)
        menu = re.search(rb"<menu .*</menu>", body, re.DOTALL)
        if menu is not None:
            return DECLARED + MENU.format(menu=menu[0].decode())
        phone = PHONE.search(body)
        return DECLARED + self._told(phone[1].decode()) if phone else ""

    def _told(self, phone: str) -> str:
        """A phone, with the call that it is in: an answer that is verified is asked for (rule R4)."""
        called = phone in self.busy
        state, menu = ("active", '<menu id="1" />') if called else ("ready", "")
        return EXT.format(id=phone, state=state, menu=menu)

    def _connect(self, body: bytes) -> str:
        found = PHONE.search(body)
        assert found is not None
        phone = found[1].decode()
        self.connects.append((time.time(), phone))
        if self.calls >= self.max_calls:
            self.refused += 1
            return DECLARED + FAILED.format(phone=phone)
        self.calls += 1
        self.busy.add(phone)
        loop = asyncio.get_running_loop()
        loop.call_later(0.1, self._say, "RING", phone)
        loop.call_later(0.1, self._say, "BUSY", phone)
        loop.call_later(0.1 + self.times.ring, self._say, "ANSWER", phone)
        loop.call_later(0.1 + self.times.ring + self.times.talk, self._over, phone)
        return ""

    def _over(self, phone: str) -> None:
        self._say("EndOfAnn", phone)
        self._say("BYE", phone)
        self.calls -= 1
        self.busy.discard(phone)
        self.ends.append(time.time())
        self._say("IDLE", phone)

    def _say(self, name: str, phone: str) -> None:
        menu = "" if name in ("IDLE", "BUSY") else '<menu id="1" />'
        body = f'{DECLARED}<Event attribute="{name}">\n  <ext id="{phone}" />\n  {menu}</Event>\n'.encode()
        head = f"GET {self.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        with contextlib.suppress(OSError), socket.create_connection(self.push, 5) as line:
            line.sendall(head + body)


class Line(asyncio.Protocol):
    """One command on a connection of its own."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if blank and length is not None and len(body) >= int(length[1]):
            answer = self._device.answer(self._received).encode()
            self._transport.write(HEAD.format(length=len(answer)).encode() + answer)
            self._transport.close()


async def serve(devices: dict[int, Device], log: str) -> None:
    """Until it is told to end."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    for port, device in devices.items():
        await loop.create_server(lambda d=device: Line(d), "127.0.0.1", port, backlog=4096)  # type: ignore[misc]
    print("ready", flush=True)
    await over.wait()
    found = [
        {"path": d.path, "connects": d.connects, "ends": d.ends, "refused": d.refused}
        for d in devices.values()
    ]
    with open(log, "w") as out:
        json.dump(found, out)


def main(words: list[str]) -> None:
    """Build the devices that the command line names; those of device 3 have the phones 30001, 30002, ..."""
    push, max_calls, rooms = int(words[0]), int(words[3]), int(words[4])
    ring, talk = float(words[1]), float(words[2])
    log, ports = words[5], [int(port) for port in words[6:]]
    devices = {
        port: Device(
            f"/om{n}",
            [str(n * 10_000 + room) for room in range(1, rooms + 1)],
            max_calls,
            Times(ring, talk),
            ("127.0.0.1", push),
        )
        for n, port in enumerate(ports, 1)
    }
    asyncio.run(serve(devices, log))


if __name__ == "__main__":
    main(sys.argv[1:])
