"""Somebody who may log in at the console of the demo: known to everybody, and for one machine alone."""

from __future__ import annotations

import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import ProcessProtocol

from hotelbridge.errors import HotelbridgeError

NAME, PASSWORD = "demo", "good morning"


class NoLogin(HotelbridgeError):
    """The user could not be made; the message is what the command said."""


class _Typed(ProcessProtocol):
    """A command that is given one line, and what it says."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._said = b""
        self.done: Deferred[None] = Deferred()

    def connectionMade(self) -> None:  # noqa: N802
        transport: Any = self.transport
        transport.write(f"{self._line}\n".encode())
        transport.closeStdin()

    def childDataReceived(self, childFD: int, data: bytes) -> None:  # noqa: N802, N803
        self._said += data

    def processEnded(self, reason: Any) -> None:  # noqa: N802
        if reason.value.exitCode == 0:
            self.done.callback(None)
        else:
            self.done.errback(NoLogin(self._said.decode("utf-8", "replace").strip()))


def made(reactor: Any, config: Path) -> Awaitable[None]:
    """Let `demo` log in, as an integrator would: by the command beside the running daemon."""
    typed = _Typed(PASSWORD)
    words = ["-m", "hotelbridge", "user", "add", NAME, "--role", "admin", "--stdin", "-c", str(config)]
    reactor.spawnProcess(typed, sys.executable, [sys.executable, *words], env=None)
    return typed.done
