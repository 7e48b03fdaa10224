"""What the scenes of the story share: the stage they are played on, and what a scene is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hotelbridge.demo.guests import Guest
from hotelbridge.demo.hotel import Hotel
from hotelbridge.demo.promises import Promise, of_guest
from hotelbridge.demo.waiting import pause, until

WITH_A_PERSON = frozenset({"alarmed", "woken", "closed", "cancelled"})
LEAD = 2.0  # seconds from booking to the beginning of a scene, at least


class Stage:
    """What the scenes share: the hotel, who was booked when, the moments noted."""

    def __init__(self, hotel: Hotel, say: Callable[[str], None]) -> None:
        self.hotel = hotel
        self.say = say
        self.booked: dict[str, tuple[Guest, datetime, int]] = {}  # by room: due, id of the wake-up
        self.moments: dict[str, datetime] = {}
        self.answers: dict[str, Mapping[str, Any]] = {}  # what the desk was told, by question

    def note(self, moment: str) -> None:
        """Keep this moment for the promises."""
        self.moments[moment] = self.hotel.clock.now()

    async def book(self, guests: Sequence[Guest]) -> datetime:
        """Book them all; the beginning of the scene."""
        begins = self.hotel.whole_second(LEAD)
        for guest in guests:
            due = begins + timedelta(seconds=guest.due)
            answer = await self.hotel.api.book(guest.room, self.hotel.local(due), guest.promise)
            self.booked[guest.room] = guest, due, int(answer["id"])
        return begins

    async def at(self, begins: datetime, seconds: float) -> None:
        """Wait until so many seconds after the beginning of a scene."""
        left = (begins - self.hotel.clock.now()).total_seconds() + seconds
        await pause(self.hotel.clock, max(0.0, left))

    async def ended(self, guests: Sequence[Guest], within: float) -> None:
        """Wait until these are awake, or with a person; not for ever."""
        ids = {str(self.booked[guest.room][2]) for guest in guests}
        await until(self.hotel.clock, lambda: ids <= self._in(WITH_A_PERSON), within)

    def _in(self, states: Collection[str]) -> set[str]:
        last = {one.id: one.item.get("state") for one in self.hotel.events.heard if one.event == "wakeup"}
        return {id for id, state in last.items() if state in states}

    async def alarm(self, room: str, kind: str) -> int | None:
        """The number of the open alarm about a room."""
        alarms = await self.hotel.api.alarms(open=True)
        fitting = [alarm for alarm in alarms if (alarm["room"], alarm["kind"]) == (room, kind)]
        return int(fitting[0]["id"]) if fitting else None


@dataclass(frozen=True, slots=True)
class Scene:
    """A piece of the night."""

    name: str
    title: str
    guests: tuple[Guest, ...]
    play: Callable[[Stage], Awaitable[Any]]
    promises: tuple[Promise, ...] = ()

    @property
    def all_promises(self) -> list[Promise]:
        """Those of its guests, and its own."""
        return [of_guest(guest) for guest in self.guests] + list(self.promises)
