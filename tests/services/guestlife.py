"""Guests in the hotel of `evening`: what the PMS says, what the desk does, and what has become of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hotelbridge.core.guests import CheckedIn, CheckedOut, Fact, JournalLine, Moved, Stay, WakeupWanted
from hotelbridge.core.records import Actor, AlarmKind
from hotelbridge.services import frontoffice, guests, resync
from hotelbridge.services.doings import Applied
from hotelbridge.services.roomviews import CheckInRequest, CheckOutRequest, MoveRequest
from hotelbridge.store import journal, resyncs, stays
from hotelbridge.store.database import Tx
from tests.services.evening import DESK, Evening

T = TypeVar("T")
PMS = Actor("fias", "pms")


def gi(room: str, number: str | None = None, *, shared: bool | None = False, **more: Any) -> CheckedIn:
    """A check-in as most PMSs tell it."""
    return CheckedIn(room=room, reservation=number, shared=shared, **more)


def go(room: str, number: str | None = None, *, others: bool | None = False) -> CheckedOut:
    """A check-out."""
    return CheckedOut(room=room, reservation=number, others_stay=others)


def gc(old: str, new: str, number: str, *, shared: bool = False, others: bool = False) -> Moved:
    """A move."""
    return Moved(room=new, from_room=old, reservation=number, shared=shared, others_stay=others)


def wr(evening: Evening, room: str, time: str, **more: Any) -> WakeupWanted:
    """A wake-up of this day."""
    return WakeupWanted(room=room, local=f"{evening.day}T{time}:00", **more)


@dataclass(frozen=True)
class SeenResync:
    """One resync: what it would change, or has changed."""

    id: int
    state: str
    decided_by: str | None
    found: dict[str, Any]

    def __getattr__(self, kind: str) -> tuple[Any, ...]:
        """`comes`, `goes`, `moves`, `changes`."""
        return tuple(self.found.get(kind, ()))


class GuestLife:
    """The hotel's guests."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening

    @property
    def rules(self) -> Any:
        return self.evening.daemon.houses["main"].rules

    def _do(self, unit: Callable[[Tx], Applied]) -> Applied:
        daemon = self.evening.daemon

        async def run() -> Applied:
            return await daemon.ownership.run("main", unit)

        applied: Applied = self.evening._result(run())
        daemon.houses["main"].loop.start(applied.effects)
        return applied

    def tell(self, *facts: Fact, record: int | None = None) -> Applied:
        """The PMS says this, all at once."""
        now = self.evening.clock.now()
        return self._do(lambda tx: guests.apply(tx, self.rules, facts, PMS, now, record))

    def check_in(self, room: str, guest: str = "", **asked: Any) -> Applied:
        request, now = CheckInRequest(guest, **asked), self.evening.clock.now()
        return self._do(lambda tx: frontoffice.check_in(tx, self.rules, room, request, DESK, now))

    def check_out(self, room: str, **asked: Any) -> Applied:
        request, now = CheckOutRequest(**asked), self.evening.clock.now()
        return self._do(lambda tx: frontoffice.check_out(tx, self.rules, room, request, DESK, now))

    def move(self, room: str, to: str, **asked: Any) -> Applied:
        request, now = MoveRequest(to, **asked), self.evening.clock.now()
        return self._do(lambda tx: frontoffice.move(tx, self.rules, room, request, DESK, now))

    def decide(self, id: int, apply: bool) -> Applied:
        now = self.evening.clock.now()
        return self._do(lambda tx: resync.decide(tx, self.rules, id, apply, DESK, now))

    def resyncs(self) -> list[SeenResync]:
        kept = self.evening.read(lambda tx: resyncs.listed(tx, "main", 20))
        return [
            SeenResync(one.id, one.state, one.decided_by, json.loads(one.difference or "{}")) for one in kept
        ]

    def here(self) -> dict[str, str]:
        """Who is where, by reservation or name."""
        found: list[Stay] = self.evening.read(lambda tx: stays.in_house(tx, "main"))
        return {stay.reservation or stay.name: stay.room for stay in found}

    def stay(self, number: str) -> Stay:
        found = self.evening.read(lambda tx: stays.by_reservation(tx, "main", number))
        assert found is not None
        return found

    def journal(self, room: str) -> list[JournalLine]:
        """The lines of a room, oldest first."""
        return self.evening.read(lambda tx: journal.of_room(tx, "main", room))[::-1]

    def said(self, room: str) -> list[str]:
        """What happened in a room, in a word each."""
        return [line.what for line in self.journal(room)]

    def notices(self) -> list[str]:
        """What stands at the desk about wake-ups that outlive a stay."""
        return [a.text for a in self.evening.open_alarms() if a.kind == AlarmKind.PARKED]

    def pending(self) -> list[tuple[str, str]]:
        """Room and time of what is still to ring."""
        found = [one for one in self.evening.wakeups() if one.state in ("scheduled", "waiting", "calling")]
        return [(one.room, one.local[11:16]) for one in found]
