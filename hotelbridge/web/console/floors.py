"""Which floor a room is on, and in which order people look for rooms: nobody configures that.

A number of three digits or more has its floor before the last two, as hotels number them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar


class Numbered(Protocol):
    """Whatever has the number of a room."""

    @property
    def number(self) -> str:
        """As it is configured."""
        ...


N = TypeVar("N", bound=Numbered)


def floor_of(number: str) -> str:
    """1204 is on "12"; "" where the number does not tell."""
    return number[:-2] if re.fullmatch("[0-9]{3,}", number) else ""


def natural(number: str) -> tuple[tuple[int, str], ...]:
    """A key by which 99 stands before 101, and A2 before A10."""
    parts = re.findall("[0-9]+|[^0-9]+", number)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def by_floor(rooms: Iterable[N]) -> Mapping[str, Sequence[N]]:
    """Rooms in the order in which people look for them, floor by floor; those of no floor last."""
    found: dict[str, list[N]] = {}
    for room in sorted(rooms, key=lambda room: natural(room.number)):
        found.setdefault(floor_of(room.number), []).append(room)
    order = sorted(found, key=lambda floor: (not floor, natural(floor)))
    return {floor: found[floor] for floor in order}
