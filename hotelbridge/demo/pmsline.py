"""The hotel's PMS in the demo: the simulator that a plugin brings along, as a process of its own.

It is played by lines on its standard input and tells what it sends and receives; both are kept, so that
promises can be checked from its side too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from twisted.internet.protocol import ProcessProtocol

from hotelbridge.clock import Clock
from hotelbridge.demo.waiting import until

STARTS_WITHIN = 20.0  # seconds
ENDS_WITHIN = 5.0
PATIENCE = 5.0  # for an answer of it
LISTENS = "listening on "
FOLIOS_END = "rooms are empty"  # it has answered what was asked before `rooms`


_base: Any = ProcessProtocol  # twisted has no annotations for it


class PmsProcess(_base):  # type: ignore[misc]
    """`hotelbridge sim pms` for one hotel."""

    def __init__(self, reactor: Any, clock: Clock, hear: Callable[[str], None]) -> None:
        """`hear` is told each line that the simulator says."""
        self._reactor = reactor
        self._clock = clock
        self._hear = hear
        self._partly = b""
        self.transport: Any = None
        self.said: list[tuple[datetime, str]] = []
        self.listening = False

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.transport is not None

    async def start(self, port: int, rooms: Sequence[str], zone: str, account: str = "") -> bool:
        """Start it; whether it listens. `account`: of the house, beside the rooms."""
        words = ["sim", "pms", "--plugin", "fias", "--port", str(port), "--timezone", zone]
        words += ["--accounts", account] if account else []
        command = [sys.executable, "-m", "hotelbridge", *words, "--rooms", ",".join(rooms)]
        self._reactor.spawnProcess(self, command[0], command, env=None)
        await until(self._clock, lambda: self.listening or not self.running, STARTS_WITHIN)
        return self.listening

    def play(self, line: str) -> None:
        """Have the PMS do something: `gi 212 1001 "Huber, Anna"`."""
        if self.running:
            self.transport.write(line.encode() + b"\n")

    async def stop(self) -> None:
        """End it."""
        for signal in ("TERM", "KILL"):
            if self.running:
                self.transport.signalProcess(signal)
                await until(self._clock, lambda: not self.running, ENDS_WITHIN)

    def records(self, begins: str) -> list[str]:
        """What came over its line and begins so: `-> WA`, what it received; `<- GI`, what it sent."""
        return [words for _, words in self.when(begins)]

    def when(self, begins: str) -> list[tuple[datetime, str]]:
        """The same, with the moment of each."""
        return [(at, words) for at, said in self.said if (words := said[9:]).startswith(begins)]

    async def folios(self, places: Sequence[str]) -> list[str]:
        """What stands on the folios of rooms and accounts now: one record of a charge for each line."""
        asked = len(self.said)
        for place in places:
            self.play(f"folio {place}")
        self.play("rooms")
        await until(self._clock, lambda: any(FOLIOS_END in line for _, line in self.said[asked:]), PATIENCE)
        return [line for _, line in self.said[asked:] if line.startswith("PS|")]

    def outReceived(self, data: bytes) -> None:  # noqa: N802
        *lines, self._partly = (self._partly + data).split(b"\n")
        for line in lines:
            self._line(line.decode("utf-8", "replace").rstrip("\r"))

    errReceived = outReceived  # noqa: N815

    def _line(self, line: str) -> None:
        self.listening |= line.startswith(LISTENS)
        self.said.append((self._clock.now(), line))
        self._hear(line)

    def processEnded(self, reason: Any) -> None:  # noqa: N802
        self.transport = None
