"""The daemon as a process of its own, started as anybody would start it, stopped or killed at will."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hotelbridge.clock import Clock
from hotelbridge.demo.waiting import until

PATIENCE = 20.0  # seconds that a stop may take


class DaemonProcess:
    """`hotelbridge run` on one configuration; what it says goes to a log file, start after start."""

    def __init__(
        self, clock: Clock, config: Path, log: Path, program: Sequence[str] = ("-m", "hotelbridge")
    ) -> None:
        """`program`: what the interpreter is to run."""
        self._clock = clock
        self._config = config
        self.program = tuple(program)
        self._process: subprocess.Popen[bytes] | None = None
        self.log = log

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended; None while it lives, negative for a signal."""
        return self._process.poll() if self._process is not None else None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        command = [sys.executable, *self.program, "run", "-c", str(self._config)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
                process_group=0,  # a Ctrl-C on the terminal is ours: we end it in order
            )
        atexit.register(self._never_left_behind)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if it lives."""
        if self._process is not None and self.running:
            self._process.send_signal(number)

    async def ended(self, within: float = PATIENCE) -> int | None:
        """Its exit code; None if it lives on after so many seconds."""
        await until(self._clock, lambda: not self.running, within)
        if not self.running:
            atexit.unregister(self._never_left_behind)
        return self.exit_code

    async def kill9(self) -> None:
        """As a power cut would."""
        self.signal(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> int | None:
        """Ask it to end; its exit code. One that does not end in time is killed."""
        self.signal(signal.SIGTERM)
        code = await self.ended()
        if code is None and self.running:
            await self.kill9()
        return code

    def _never_left_behind(self) -> None:
        if self._process is not None and self.running:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    """Ours, without what would overrule the configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTELBRIDGE_")}
    return kept | {"PYTHONUNBUFFERED": "1"}
