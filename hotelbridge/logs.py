"""The log as a person reads it on a terminal or in the journal: one line for each event, in plain words.

Time (the machine's own zone), level, sentence. Of foreign code only warnings and worse are shown. Knows
nothing of what is logged, but never writes a guest's name, whoever put it into an event.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from twisted.logger import ILogObserver, LogEvent, LogLevel, formatEvent, globalLogBeginner
from twisted.python.failure import Failure
from zope.interface import implementer

OURS = "hotelbridge"
GUESTS = ("guest", "guest_name")  # fields that carry a name
FACTORIES = ("Starting factory", "Stopping factory")  # Twisted's own words, in the name of our classes
PLACES = 6  # of a traceback, the last ones


def start(out: TextIO | None = None) -> None:
    """Log to `out` (standard error by default) from now on; once per process."""
    observers: Iterable[ILogObserver] = [PlainWords(out or sys.stderr)]
    globalLogBeginner.beginLoggingTo(observers, redirectStandardIO=False)


@implementer(ILogObserver)
class PlainWords:
    """Writes each event that matters as one line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: LogEvent) -> None:
        if not _matters(event):
            return
        try:
            self._out.write(line_of(event) + "\n")
            self._out.flush()
        except (OSError, ValueError):
            pass  # nobody reads any more (the terminal is gone): that must not end the daemon


def line_of(event: LogEvent) -> str:
    """One line: local time, level, what happened, and where our code failed, if it did."""
    at = datetime.fromtimestamp(event.get("log_time", 0.0)).astimezone()
    level = event.get("log_level", LogLevel.info).name
    return f"{at:%Y-%m-%d %H:%M:%S} {level:<8} {_one_line(_words(event))}"


def _matters(event: LogEvent) -> bool:
    level = event.get("log_level", LogLevel.info)
    ours = str(event.get("log_namespace", "")).partition(".")[0] == OURS
    if not ours or str(event.get("log_format", "")).startswith(FACTORIES):
        return bool(level >= LogLevel.warn)
    return bool(level >= LogLevel.info)


def _words(event: LogEvent) -> str:
    hidden = {name: "a guest" for name in GUESTS if name in event}
    words = formatEvent({**event, **hidden})
    failure = event.get("log_failure")
    if not isinstance(failure, Failure):
        return words
    error = f"{failure.type.__name__ if failure.type else 'error'}: {failure.getErrorMessage()}"
    return f"{words}: {error}{_places(failure)}"


def _places(failure: Failure) -> str:
    """Where it came through, under the words that everybody searches a log for."""
    frames = failure.frames[-PLACES:]
    places = " > ".join(f"{Path(file).name}:{line} {name}" for name, file, line, *_ in frames)
    return f" [Traceback (most recent call last): {places or 'none was kept'}]"


def _one_line(text: str) -> str:
    """What came from outside cannot begin a line of its own, nor move the cursor."""
    joined = " / ".join(part.strip() for part in text.splitlines() if part.strip())
    return "".join(c if c.isprintable() else "?" for c in joined)
