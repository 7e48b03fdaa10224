"""A large hotel's bookings in a store of its own, without devices: what is promised, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hotelbridge.core.records import Actor, Attempt, Order, Outcome, Proof, Wakeup, WakeupState
from hotelbridge.core.signals import Phase
from hotelbridge.services import booking
from hotelbridge.services.orderviews import BookingRequest, ChangeRequest
from hotelbridge.services.rules import Rules
from hotelbridge.settings_load import load
from hotelbridge.store import attempts, orders, schema, wakeups
from hotelbridge.store.database import Database, InlineRunner, Tx
from hotelbridge.testing.fake_clock import FakeClock

T = TypeVar("T")
DESK = Actor("anna", "test")
NOW = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # eight in the evening, Vienna
DUE = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
CONFIG = """
[store]
url = "{url}"
[[property]]
id = "main"
name = "Hotel Example"
timezone = "Europe/Vienna"
currency = "EUR"
country = "AT"
room = [
{rooms}
  {{ number = "suite", phones = ["om20/9001", "om20/9002", "om20/9003"] }},
  {{ number = "annex", phones = ["om30/1"] }},
]
  [[property.om]]
  name = "om20"
  url = "http://192.0.2.10/xml"
  max_calls = {calls}
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup_en"
  [[property.om]]
  name = "om30"
  url = "http://192.0.2.11/xml"
  path = "/om30"
    [[property.om.menu]]
    id = 1
    voicefile = "wakeup_en"
"""


class Bookings:
    """The desk of a hotel with rooms 1 to `rooms` on om20, a suite of three phones, and an annex on om30."""

    def __init__(self, folder: Path, rooms: int, calls: int) -> None:
        lines = "\n".join(f'  {{ number = "{n}", phones = ["om20/{n}"] }},' for n in range(1, rooms + 1))
        file = folder / "hotel.toml"
        url = f"sqlite:///{folder / 'hotel.db'}"
        file.write_text(CONFIG.format(url=url, rooms=lines, calls=calls))
        settings = load(file)
        schema.prepare(url)
        self.rules = Rules(settings.properties[0])
        self.now = NOW
        self._db = Database(url, runner=InlineRunner(), node="a", clock=FakeClock(NOW))

    def close(self) -> None:
        self._db.close()

    def do(self, unit: Callable[[Tx], T]) -> T:
        results: list[Any] = []
        self._db.run(unit).addBoth(results.append)
        if hasattr(results[0], "raiseException"):
            results[0].raiseException()
        return results[0]  # type: ignore[no-any-return]

    def book(self, room: str, at: str) -> Wakeup:
        request = BookingRequest(room, at=f"2026-11-24T{at}")
        return self.do(lambda tx: booking.book(tx, self.rules, request, DESK, self.now)).first_day[0]

    def change(self, id: int, at: str) -> Wakeup:
        request = ChangeRequest(time=at)
        return self.do(lambda tx: booking.change(tx, self.rules, id, request, DESK, self.now))

    def already(self, rooms: Sequence[object], due: datetime = DUE, **more: Any) -> list[Wakeup]:
        """Wake-ups that are there, however they came."""
        return self.do(lambda tx: [self._add(tx, str(room), due, more) for room in rooms])

    def _add(self, tx: Tx, room: str, due: datetime, more: dict[str, Any]) -> Wakeup:
        local = due.astimezone(self.rules.zone).strftime("%Y-%m-%dT%H:%M:%S")
        who = {"created_at": NOW, "created_by": "anna", "origin": "test"}
        order = Order(0, "main", (room,), local, "", "", Proof.ANSWER, **who)  # type: ignore[arg-type]
        fresh = Wakeup(
            id=0, property="main", order_id=orders.add(tx, order).id, room=room, local=local, due=due,
            state=WakeupState.SCHEDULED, version=1, tries=0, rounds=0, next_at=due, first_ring=None,
            result=None, language="", note="", **who,  # type: ignore[arg-type]
        )  # fmt: skip
        return wakeups.add(tx, replace(fresh, **more), NOW)

    def rang(self, wakeup: Wakeup, at: datetime, hold: float, outcome: Outcome | None, n: int = 1) -> Attempt:
        """A call of a wake-up; without an outcome it is still in the air."""
        ended = None if outcome is None else at + timedelta(seconds=hold)
        device, phone = self.rules.phones(wakeup.room)[0]
        ring = Attempt(
            id=0, property="main", wakeup_id=wakeup.id, n=n, device=device, phone=phone,
            phase=Phase.RINGING if outcome is None else Phase.OVER, started=at, rang=at, answered=None,
            ended=ended, outcome=outcome, detail="", check_at=None, counted=True,
        )  # fmt: skip
        return self.do(lambda tx: attempts.add(tx, ring))
