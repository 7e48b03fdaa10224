"""`hotelbridge`, with a point of its work at which it kills itself: run as a child by the tests beside it.

    python -m tests.crash.dying run -c FILE

The environment says where: `DIE_AT` names one of POINTS, `DIE_AFTER` how often it is passed before.
The points are put around the house's own functions from here; the house knows nothing of them.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from hotelbridge.om.client import _Line
from hotelbridge.services.frontdesk import FrontDesk
from hotelbridge.services.hands import Hands
from hotelbridge.services.wakeups import PropertyLoop
from hotelbridge.store.database import Database
from hotelbridge.store.writer import Writer

Replace = Callable[[Any], Any]  # a function by another one
_left = int(os.environ.get("DIE_AFTER", "1"))


def passed(*_: object) -> None:
    """The point is passed; at the last time this is the end."""
    global _left
    _left -= 1
    if _left == 0:
        print(f"killed: {os.environ['DIE_AT']}", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


def before(function: Any) -> Any:
    @functools.wraps(function)
    def called(*words: Any, **more: Any) -> Any:
        passed()
        return function(*words, **more)

    return called


def after(function: Any) -> Any:
    @functools.wraps(function)
    def called(*words: Any, **more: Any) -> Any:
        result = function(*words, **more)
        passed()
        return result

    return called


def answered(function: Any) -> Any:
    """After what a call of the desk has promised, before anybody is told."""

    @functools.wraps(function)
    async def called(*words: Any, **more: Any) -> Any:
        result = await function(*words, **more)
        passed()
        return result

    return called


def ringing(around: Replace) -> Replace:
    """Only where a Connect is written."""

    def of(function: Any) -> Any:
        watched = around(function)

        def called(line: Any, data: bytes) -> Any:
            return (watched if b'"Connect"' in data else function)(line, data)

        return called

    return of


POINTS: dict[str, tuple[type, str, Replace]] = {
    "before a commit": (Writer, "_commit", before),
    "after a commit, before it is told": (Database, "deliver", before),
    "before a Connect is written": (_Line, "write", ringing(before)),
    "after a Connect is written": (_Line, "write", ringing(after)),
    "the reply to a Connect is here, and not saved": (Hands, "_learn", before),
    "reports are saved, and not worked off": (PropertyLoop, "heard", before),
    "reports are worked off, and nothing came of it yet": (Hands, "carry_out", before),
    "a booking is saved, and not answered": (FrontDesk, "book", answered),
    "an outcome is saved, and not answered": (FrontDesk, "acknowledge", answered),
}


def main() -> None:
    """Put the point where it is asked for, then be the daemon."""
    owner, name, around = POINTS[os.environ["DIE_AT"]]
    setattr(owner, name, around(getattr(owner, name)))
    from hotelbridge.cli import main as hotelbridge

    hotelbridge()


if __name__ == "__main__":
    main()
