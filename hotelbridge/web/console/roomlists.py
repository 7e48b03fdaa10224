"""Rooms in short: many of them in one line, and those of an alarm that somebody must still go to."""

from __future__ import annotations

from collections.abc import Iterable

from hotelbridge.services.views import AlarmView


def to_do(alarm: AlarmView) -> tuple[str, ...]:
    """The rooms of its list that are not done, each once however many wake-ups it has there."""
    return tuple(dict.fromkeys(item.room for item in alarm.items if item.closed_at is None))


def runs(rooms: Iterable[str]) -> str:
    """110, 111, 112, 120 as "110–112, 120"."""
    found: list[list[str]] = []
    for room in sorted(rooms, key=lambda room: (len(room), room)):
        last = found[-1][-1] if found else ""
        follows = room.isdigit() and last.isdigit() and int(room) == int(last) + 1
        if follows:
            found[-1].append(room)
        else:
            found.append([room])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in found)
