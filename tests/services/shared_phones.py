"""The hotel of `evening` with two phones that rooms share: 302 of suite and annex, 100 of A and B."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.evening import Evening

SUITE = '{ number = "suite", phones = ["301", "302"] },\n]'
ROOMS = """\
{ number = "suite", phones = ["301", "302"] },
  { number = "annex", phones = ["302"] },
  { number = "A", phones = ["100"] },
  { number = "B", phones = ["100"] },
"""
SHARED = """\
]
  [property.phones]
  shared = ["302", "100"]
  [property.wakeup]
"""
Hotel = Callable[..., Evening]


@contextmanager
def hotels(folder: Path) -> Iterator[Hotel]:
    """Opens a hotel with lines of its own under `[property.wakeup]`, and with further rooms."""
    opened: list[Evening] = []

    def make(wakeup: str = "", rooms: str = "") -> Evening:
        evening = Evening(folder)
        evening.crash()
        evening.reconfigure(SUITE, ROOMS + rooms + SHARED + wakeup + "\n")
        evening.start()
        opened.append(evening)
        return evening

    yield make
    for evening in opened:
        evening.stop()


def held(hotel: Evening, name: str, phone: str = "302") -> str:
    """What a phone holds."""
    return hotel.om.phone(phone).parameters.get(name, "")
