"""The house at the other end of a link: keeps the contract, and can be slow, full, or killed.

What is committed is on the `Disk`, which outlives the house; what a killed house was asked is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from twisted.internet.defer import Deferred

from hotelbridge.errors import NotOwner, StoreUnavailable
from hotelbridge.pms.api import Direction, Fact, Layer, NotUnderstood, Received, Record, Told
from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om_memory import MemoryEndpoint, NowhereEndpoint


@dataclass
class Disk:
    """What is committed."""

    records: list[Record] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    unread: list[NotUnderstood] = field(default_factory=list)
    state: dict[str, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)

    @property
    def unworked(self) -> list[Record]:
        return [one for one in self.records if one.worked_at is None]

    def bodies(self) -> list[str]:
        """What came, as it was on the wire."""
        return [one.body.decode() for one in self.records]


class House:
    """`hotelbridge.pms.api.Context` in memory."""

    property = "main"
    currency = "EUR"

    def __init__(
        self, clock: FakeClock, accept: Callable[[Any], Any] | None = None, disk: Disk | None = None
    ):
        self.clock = clock
        self.reactor = clock.reactor
        self.zone = ZoneInfo("Europe/Vienna")
        self.disk = disk or Disk()
        self.slow = 0.0  # seconds that a commit takes
        self.full = False  # nothing can be written
        self.owner = True
        self.lease = True  # without it what came is saved, and nothing is told
        self.killed = False
        self.cannot_save: Callable[[Received], bool] = lambda message: False
        self.refuses: Callable[[Fact], bool] = lambda fact: False  # facts that it cannot apply
        self.shown: list[tuple[dict[Layer, bool | None], str]] = []
        self.times: list[datetime] = []
        self.wrote: list[str] = []
        self.saved_together: list[int] = []
        self.calls_after_stop = 0
        self.stopped = False
        self.doors: list[Any] = []
        self._accept = accept

    def kill(self) -> House:
        """End it without a word; another house on the same disk."""
        self.killed = True
        return House(self.clock, self._accept, self.disk)

    async def received(self, messages: Sequence[Received]) -> Sequence[int]:
        await self._commit()
        if any(map(self.cannot_save, messages)):
            raise ValueError("this house cannot save that")
        self.saved_together.append(len(messages))
        numbers = []
        for one in messages:
            number = len(self.disk.records) + 1
            numbers.append(number)
            at = self.clock.now()
            self.disk.records.append(
                Record(number, self.property, "pms", Direction.IN, at, one.body, one.words, one.rooms)
            )
        return numbers

    def sent(self, body: bytes, words: str, rooms: tuple[str, ...] = ()) -> None:
        self.wrote.append(body.decode())

    async def tell(self, told: Sequence[Told], state: Mapping[str, str | None] | None = None) -> None:
        await self._commit()
        if not self.lease:
            raise NotOwner("this node does not hold the property")
        if any(self.refuses(fact) for one in told for fact in one.facts):
            raise ValueError("this house cannot apply that")
        for one in told:
            self.disk.facts += [fact for fact in one.facts if not isinstance(fact, NotUnderstood)]
            self.disk.unread += [fact for fact in one.facts if isinstance(fact, NotUnderstood)]
            if one.record is not None:
                at = self.disk.records[one.record - 1]
                assert at.worked_at is None, f"told twice: {at}"
                self.disk.records[one.record - 1] = replace(at, worked_at=self.clock.now())
                self.disk.notes[one.record] = one.note
        for key, value in (state or {}).items():
            if value is None:
                self.disk.state.pop(key, None)
            else:
                self.disk.state[key] = value

    async def left_over(self) -> Sequence[Record]:
        await self._commit()
        return self.disk.unworked[:500]

    async def state(self) -> dict[str, str]:
        await self._commit()
        return dict(self.disk.state)

    def layers(self, up: Mapping[Layer, bool | None], detail: str = "") -> None:
        self.shown.append((dict(up), detail))

    def peer_time(self, at: datetime) -> None:
        self.times.append(at)

    def connector(self, endpoint: str) -> Any:
        if self._accept is None:
            return NowhereEndpoint()
        return MemoryEndpoint(self._accept, self.clock, latency=0.001)

    def door(self, endpoint: str) -> Any:
        door = Door()
        self.doors.append(door)
        return door

    async def _commit(self) -> None:
        if self.stopped:
            self.calls_after_stop += 1
        if self.slow:
            waited: Deferred[None] = Deferred()
            self.clock.call_later(self.slow, waited.callback, None)
            await waited
        if self.killed:
            await Deferred()  # for ever
        if not self.owner:
            raise NotOwner("this node does not hold the property")
        if self.full:
            raise StoreUnavailable("the disk is full")


class Door:
    """A port in memory: whoever dials it asks `accept`."""

    def __init__(self) -> None:
        self.factory: Any = None

    def listen(self, factory: Any) -> Deferred[Any]:
        self.factory = factory
        listening: Deferred[Any] = Deferred()
        listening.callback(self)
        return listening

    def accept(self, address: Any) -> Any:
        return None if self.factory is None else self.factory.buildProtocol(address)

    def stopListening(self) -> None:  # noqa: N802
        self.factory = None
