"""The rows of a small hotel without its daemon: one example is one transaction, which is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotelbridge.core.guests import Fact
from hotelbridge.core.records import Actor, Order
from hotelbridge.services import booking, guests
from hotelbridge.services.orderviews import BookingRequest
from hotelbridge.services.rules import Rules
from hotelbridge.settings_load import load
from hotelbridge.store import stays
from hotelbridge.store.database import Database, InlineRunner, Tx
from hotelbridge.testing.fake_clock import FakeClock
from tests.services.evening import CONFIG, fresh_database

BEGINS = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)  # nine in the evening, Vienna
PMS, DESK = Actor("fias", "pms"), Actor("anna", "test")
ROOMS = ["1", "2", "3", "4"]


class Undo(Exception):  # noqa: N818 - not an error: it takes back what one example has done
    """An example is over."""


class Store:
    """One hotel's rows without its daemon, in one transaction that is taken back."""

    def __init__(self, rules: Rules, tx: Tx) -> None:
        self.rules, self.tx = rules, tx
        self.now = BEGINS

    def tell(self, *facts: Fact) -> Any:
        self.now += timedelta(seconds=1)
        return guests.apply(self.tx, self.rules, facts, PMS, self.now)

    def book(self, room: str, reservation: str = "", at: str = "2026-11-25T06:30", **more: Any) -> Order:
        self.now += timedelta(seconds=1)
        request = BookingRequest(room, at=at, reservation=reservation, anyway=True, **more)
        return booking.book(self.tx, self.rules, request, DESK, self.now).order

    def here(self) -> dict[str, str]:
        return {stay.reservation: stay.room for stay in stays.in_house(self.tx, "main")}


Play = Callable[[Callable[[Store], None]], None]


@contextmanager
def examples(folder: Path) -> Iterator[Play]:
    """Plays one example after the other, each on an empty hotel."""
    (folder / "hotel.db").write_bytes(fresh_database())
    url = f"sqlite:///{folder / 'hotel.db'}"
    rooms = "\n".join(f'  {{ number = "{room}" }},' for room in ROOMS)
    (folder / "hotel.toml").write_text(CONFIG.format(url=url, rooms=rooms, zone="Europe/Vienna", keys=""))
    settings = load(folder / "hotel.toml").properties[0]
    db = Database(url, runner=InlineRunner(), node="a", clock=FakeClock(BEGINS))

    def play(example: Callable[[Store], None]) -> None:
        def unit(tx: Tx) -> None:
            example(Store(Rules(settings), tx))
            raise Undo

        results: list[Any] = []
        db.run(unit).addBoth(results.append)
        with pytest.raises(Undo):
            results[0].raiseException()

    yield play
    db.close()
