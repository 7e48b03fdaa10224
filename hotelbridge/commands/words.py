"""How the commands read times and show answers: plain text, hotel words, nothing of HTTP or options.

Everything shown may come from a guest's note or from a device, so nothing but printable characters
reaches the terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from hotelbridge.core.readback import clock_of
from hotelbridge.settings_base import read_duration

FORMS = "write 06:30 (the next time it is so), 2026-11-24T06:30, or +3m from now"
_CLOCK = re.compile(r"([0-9]{1,2}):?([0-9]{2})(?::([0-9]{2}))?")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)([+-][0-9]{2}:[0-9]{2})?"
)  # the offset only where the hour comes twice: the API says which ones there are


def wall_time(text: str, now: datetime, zone: ZoneInfo) -> str:
    """The hotel's wall time meant by `text`, as the API takes it: 2026-11-24T06:30:00.

    `now` is aware. Raises ValueError with the ways to write it.
    """
    text = text.strip()
    try:
        if text.startswith("+"):
            return _after(read_duration(text[1:]), now, zone).isoformat()
        if moment := _MOMENT.fullmatch(text):
            local = _on(moment[1], moment[2].zfill(5 if len(moment[2]) < 6 else 8)).isoformat()
            return local + (moment[3] or "")
        if clock := _CLOCK.fullmatch(text):
            return _next(int(clock[1]), int(clock[2]), int(clock[3] or 0), now.astimezone(zone)).isoformat()
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text!r} is not a time: {FORMS}")


def _after(delay: timedelta, now: datetime, zone: ZoneInfo) -> datetime:
    if delay <= timedelta():
        raise ValueError("not in the future")
    seconds = ceil((now.astimezone(UTC) + delay).timestamp())  # never earlier than asked
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone).replace(tzinfo=None)


def _on(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}")


def _next(hour: int, minute: int, second: int, now: datetime) -> datetime:
    local = now.replace(tzinfo=None)
    at = local.replace(hour=hour, minute=minute, second=second, microsecond=0)
    return at if at > local else at + timedelta(days=1)


def moment(text: str | None) -> datetime | None:
    """An instant of the API, in the hotel's zone as it came."""
    return None if text is None else datetime.fromisoformat(text)


def short(text: str | None) -> str:
    """An instant of the API in a table: Tue 2026-11-24 06:30."""
    at = moment(text)
    return "" if at is None else f"{at:%a %Y-%m-%d} {clock_of(at)}"


def long(at: datetime) -> str:
    """A moment as it is read back to a guest: Tuesday 24 November 2026, 06:30."""
    return f"{at:%A} {at.day} {at:%B %Y}, {clock_of(at)}"


def clean(value: object) -> str:
    """One line of printable text."""
    text = " ".join(str("" if value is None else value).split())
    return "".join(c if c.isprintable() else "?" for c in text)


def printed(page: str) -> str:
    """A page of the API as it stands, without what a terminal would obey."""
    return "\n".join("".join(c if c.isprintable() else "?" for c in line) for line in page.splitlines())


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns under their heads; a column in which nothing stands is left out."""
    cells = [[clean(cell) for cell in row] for row in rows]
    used = [n for n in range(len(head)) if any(row[n] for row in cells)]
    lines = [[head[n] for n in used], *([row[n] for n in used] for row in cells)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(used))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def plural(count: int, one: str, many: str | None = None) -> str:
    """1 room, 2 rooms."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def raw(answer: object) -> str:
    """An answer of the API as it came, for programs."""
    return json.dumps(answer, ensure_ascii=False, indent=2)
