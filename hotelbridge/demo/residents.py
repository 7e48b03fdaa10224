"""Who lives in the hotel of the demo, as its PMS says it. Names are text, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

NAMES = (
    ("Huber, Anna", "GE"),
    ("Müller, Hans", "GE"),
    ("Smith, John", "EA"),
    ("王 小明", "ZH"),
    ("Dupont, Zoë", "FR"),
    ("$(reboot)", "EA"),
    ("<script>alert(1)</script>", "EA"),
    ("محمد علي", "AR"),
    ("O'Brien, Siobhán", "EA"),
    ("Rossi, Giulia", "IT"),
)
FIRST_NUMBER = 1001


def check_ins(rooms: Iterable[str]) -> Iterator[str]:
    """A line for the simulated PMS for each room; the names go round."""
    for n, room in enumerate(rooms):
        name, language = NAMES[n % len(NAMES)]
        yield f'gi {room} {FIRST_NUMBER + n} "{name}" language={language}'


def number_in(room: str, rooms: Iterable[str]) -> int:
    """The reservation of whoever was checked in to a room by `check_ins`."""
    return FIRST_NUMBER + list(rooms).index(room)
