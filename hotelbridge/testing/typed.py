"""What a person types at a simulator, line by line."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineOnlyReceiver


class _Lines(LineOnlyReceiver):
    delimiter = b"\n"

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self._heard(line.decode(errors="replace").strip())


def hear(heard: Callable[[str], None]) -> None:
    """Take lines from standard input, where it can be waited for (a terminal or a pipe, not a file)."""
    try:
        standard: Any = StandardIO  # has no annotations
        standard(_Lines(heard), stdout=os.open(os.devnull, os.O_WRONLY))  # ours is written to as it is
    except OSError:
        pass
