"""Nights: from noon to noon of the hotel's time, named after their evening, each with one list.

The list is made at its time of day; whoever starts later in the night makes it up. Changes after it
are slips: found by comparing what was printed with what is true, not by watching what people do, so
that none is missed and none is printed twice, whatever was restarted in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotelbridge.core.localtime import occurrence
from hotelbridge.core.pages import page, table

NOON = time(12)
USUAL = time(23)  # of a list that is asked for where none is made by itself


@dataclass(frozen=True, slots=True)
class Night:
    """One night; instants in UTC."""

    date: date  # of its evening
    begins: datetime  # noon before
    listed: datetime  # when its list is made
    ends: datetime  # noon after


def night_of(evening: date, at: time, zone: ZoneInfo) -> Night:
    """The night that follows this evening; its list is made at `at`, before or after midnight."""
    morning = evening + timedelta(days=1)
    return Night(
        evening,
        occurrence(evening, NOON, zone).instant,
        occurrence(evening if at >= NOON else morning, at, zone).instant,
        occurrence(morning, NOON, zone).instant,
    )


def night_at(now: datetime, at: time, zone: ZoneInfo) -> Night:
    """The night in which `now` lies; the afternoon belongs to the night to come."""
    today = now.astimezone(zone).date()
    tonight = night_of(today, at, zone)
    return tonight if now >= tonight.begins else night_of(today - timedelta(days=1), at, zone)


@dataclass(frozen=True, slots=True)
class Line:
    """A wake-up as it stands on the list."""

    wakeup: int
    room: str
    local: str  # "2026-11-25T06:30:00"
    kind: str  # once, repeated, follow-up
    note: str
    language: str
    vip: bool
    in_person: bool
    off: str  # why it does not ring (cancelled, closed); "" it does
    tries: int = 0
    state: str = "scheduled"


_SHOWN = ("room", "local", "kind", "note", "language", "vip", "in_person", "off")


@dataclass(frozen=True, slots=True)
class Slip:
    """One change after the list was made."""

    what: str  # NEW, CHANGED, CANCELLED
    line: Line
    was: Line | None


def changes(printed: Mapping[int, Line], present: Iterable[Line]) -> list[Slip]:
    """What is different from what was printed, by wake-up."""
    found = []
    for line in present:
        was = printed.get(line.wakeup)
        if was is None and not line.off:
            found.append(Slip("NEW", line, None))
        elif (
            was is not None
            and not was.off
            and any(getattr(was, name) != getattr(line, name) for name in _SHOWN)
        ):
            found.append(Slip(line.off.upper() if line.off else "CHANGED", line, was))
    return sorted(found, key=lambda slip: (slip.line.local, slip.line.room, slip.line.wakeup))


def ringing(lines: Iterable[Line]) -> list[Line]:
    """Those that ring, as they stand on the list: by time, then room."""
    return sorted((one for one in lines if not one.off), key=lambda one: (one.local, one.room, one.wakeup))


def list_page(hotel: str, night: Night, lines: Sequence[Line], printed: datetime) -> str:
    """The list of a night; `printed` in the hotel's own time."""
    listed = ringing(lines)
    counted = "1 wake-up" if len(listed) == 1 else f"{len(listed) or 'no'} wake-ups"
    words = f"WAKE-UPS of the night of {night.date:%A %d %B %Y}: {counted}. Later changes come as slips."
    rows = [(_when(line), line.room, _traits(line), _so_far(line), line.note) for line in listed]
    head = ("time", "room", "kind", "so far", "note")
    return page(hotel, _stamp(printed), words, table(head, (9, 8, 24, 16), rows) if rows else [])


def slip_page(hotel: str, night: Night, slips: Sequence[Slip], n: int, printed: datetime) -> str:
    """A slip: the changes since the list, or since the slip before."""
    words = f"SLIP {n} to the wake-ups of the night of {night.date:%A %d %B %Y}."
    rows = [(s.what, _when(s.line), s.line.room, _traits(s.line), _changed(s)) for s in slips]
    head = ("change", "time", "room", "kind", "what")
    return page(hotel, _stamp(printed), words, table(head, (10, 9, 8, 24), rows))


def _stamp(printed: datetime) -> str:
    return f"printed {printed:%a %d %b %Y %H:%M}"


def _when(line: Line) -> str:
    at = datetime.fromisoformat(line.local)
    return f"{at:%a %H:%M}"


def _traits(line: Line) -> str:
    """What a person must know before they knock or ring."""
    traits = ("VIP" if line.vip else "", "IN PERSON" if line.in_person else "", line.kind, line.language)
    return ", ".join(trait for trait in traits if trait)


def _so_far(line: Line) -> str:
    tries = f"{line.tries} {'try' if line.tries == 1 else 'tries'}" if line.tries else ""
    return ", ".join(part for part in (tries, "" if line.state == "scheduled" else line.state) if part)


def _changed(slip: Slip) -> str:
    """What was different before, then the note."""
    was, line = slip.was, slip.line
    parts = []
    if was is not None and not line.off:
        if was.local != line.local:
            parts.append(f"was {_when(was)}")
        if was.room != line.room:
            parts.append(f"was room {was.room}")
        if _traits(was) != _traits(line):
            parts.append(f"was {_traits(was)}")
        if was.note != line.note:
            parts.append(f"note was: {was.note or 'none'}")
    return "; ".join(part for part in (*parts, line.note) if part)
