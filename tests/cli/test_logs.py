"""The log a person reads: one plain line for each event."""

from __future__ import annotations

import io
import re
from typing import Any

from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure

from hotelbridge.logs import PlainWords


def logged(namespace: str, level: LogLevel, words: str, **fields: object) -> str:
    out = io.StringIO()
    Logger(namespace, observer=PlainWords(out)).emit(level, words, **fields)
    return out.getvalue()


def test_an_event_is_time_level_and_words() -> None:
    line = logged("hotelbridge.app", LogLevel.info, "ringing {phone} on {device}", phone="212", device="om20")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d info     ringing 212 on om20\n", line)


def test_what_came_from_outside_cannot_begin_a_line_of_its_own() -> None:
    line = logged("hotelbridge.om", LogLevel.warn, "{what}", what="odd\n2026 info all is well\x1b[2J")
    assert line.count("\n") == 1 and "\x1b" not in line


def test_of_foreign_code_only_warnings_are_shown() -> None:
    assert logged("twisted.web", LogLevel.info, "Site starting") == ""
    assert logged("hotelbridgeless", LogLevel.info, "x") == ""
    assert "careful" in logged("twisted.web", LogLevel.warn, "careful")
    assert logged("hotelbridge.web", LogLevel.debug, "detail") == ""


def test_a_failure_is_its_error_and_where_it_came_from_on_one_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        caught: Any = Failure  # has no annotations
        line = logged("hotelbridge.app", LogLevel.critical, "it failed", log_failure=caught())
    assert line.count("\n") == 1
    assert "it failed: ValueError: two / lines [Traceback (most recent call last): test_logs.py:" in line


def test_a_guests_name_is_not_written() -> None:
    line = logged("hotelbridge.app", LogLevel.info, "{guest} checked in", guest="Ms Doe")
    assert "a guest checked in" in line and "Doe" not in line


def test_a_terminal_that_is_gone_does_not_matter() -> None:
    out = io.StringIO()
    out.close()
    Logger("hotelbridge.app", observer=PlainWords(out)).info("nobody reads this")
