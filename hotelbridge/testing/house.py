"""A hotel for a plugin to live in: disk, clock and wires, and one process after the other on them.

`House` is what survives: the records that were saved, the facts that were told, the state that was kept.
`House.context()` is one life of the daemon, `House.kill()` its sudden end. The house keeps the contract
of `hotelbridge.pms.api` and writes down every breach of it in `breaches`. Nothing that it is asked to save
is ever done within the call, as with a real disk. Knows no PMS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IStreamClientEndpoint, IStreamServerEndpoint
from twisted.python.failure import Failure

from hotelbridge.clock import Clock, SystemClock
from hotelbridge.errors import StoreUnavailable
from hotelbridge.pms.api import Direction, Fact, Layer, NotUnderstood, Received, Record, Told
from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.lifetime import LifeClock, LifeReactor
from hotelbridge.testing.ports import RealEnds
from hotelbridge.testing.wires import Ends, Wires

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a link said that it stands, at one moment."""

    at: datetime
    up: Mapping[Layer, bool | None]
    detail: str


class House:
    """One hotel. Without a `reactor` everything happens in memory, moved by `clock` alone; with one, ports
    and connections are real, and time is the machine's."""

    def __init__(
        self,
        clock: FakeClock | None = None,
        *,
        reactor: Any = None,
        property: str = "main",
        zone: str = "Europe/Vienna",
        currency: str = "EUR",
    ) -> None:
        self.clock = clock or FakeClock()
        self.world: Clock = SystemClock(reactor) if reactor is not None else self.clock
        self.reactor = reactor  # for real ports and connections
        self.property, self.zone, self.currency = property, ZoneInfo(zone), currency
        self.wires = Wires(self.world)
        # The disk.
        self.records: dict[int, Record] = {}
        self.told: list[Told] = []  # in the order of the commits
        self.kept: dict[str, str] = {}
        # What was said and need not be saved.
        self.standing: list[Standing] = []
        self.peer_times: list[datetime] = []
        # How the disk behaves: seconds before a commit, seconds until its caller hears of it, calls refused.
        self.commit_takes = 0.0
        self.reply_takes = 0.0
        self.takes_longer: dict[str, float] = {}  # the same, of single calls, on top
        self.refuses: set[str] = set()  # "received", "sent", "tell", "left_over", "state"
        self.stalls: set[str] = set()  # the same: not answered at all while they stand here
        self.dies_before: int | None = None  # so many commits from now the process is killed: 1 is the next
        self.dies_after: int | None = None
        self.dies_at_turn: int | None = None  # so many turns: timers, answers of the disk
        self.breaches: list[str] = []
        self.life: Life | None = None
        self._graves: list[Life] = []

    def context(self) -> Life:
        """A new life of the daemon; the one before has been killed, or has stopped."""
        if self.life is not None:
            self._graves.append(self.life)
        self.life = Life(self)
        unknown = dict.fromkeys(Layer)
        self.standing.append(Standing(self.world.now(), unknown, "not started yet"))
        return self.life

    def kill(self) -> None:
        """As `kill -9`: what was not committed is gone, and the link does nothing more."""
        if self.life is not None:
            self.life.kill()

    def let(self, seconds: float = 0.0) -> None:
        """Let time pass, here and at everybody who lives on this clock."""
        self.clock.advance(seconds)

    def breach(self, what: str) -> None:
        """The contract was not kept."""
        self.breaches.append(f"{self.world.now():%H:%M:%S} {what}")

    # --- what the disk holds ---

    @property
    def facts(self) -> list[Fact]:
        """Every fact that was told, in order."""
        return [fact for fact in self._all_facts() if not isinstance(fact, NotUnderstood)]

    @property
    def unread(self) -> list[NotUnderstood]:
        """What was said to be beyond reading: for a person, and no fact about the hotel."""
        return [fact for fact in self._all_facts() if isinstance(fact, NotUnderstood)]

    def _all_facts(self) -> list[Fact]:
        return [fact for told in self.told for fact in told.facts]

    def saved(self, direction: Direction = Direction.IN) -> list[Record]:
        """The records of one direction, oldest first."""
        return [record for record in self.records.values() if record.direction is direction]

    def unworked(self) -> list[Record]:
        """What was received and never told."""
        return [record for record in self.saved() if record.worked_at is None]

    def stands(self) -> dict[Layer, bool | None]:
        """The layers as last said."""
        stand: dict[Layer, bool | None] = {}
        for one in self.standing:
            stand |= one.up
        return stand

    def save(self, direction: Direction, messages: Sequence[Received], worked: datetime | None) -> list[int]:
        """Append to the flight recorder; the numbers."""
        numbers = []
        for message in messages:
            number = len(self.records) + 1
            self.records[number] = Record(
                number, self.property, "pms", direction, self.world.now(), message.body, message.words,
                tuple(message.rooms), worked,
            )  # fmt: skip
            numbers.append(number)
        return numbers

    def apply(self, told: Sequence[Told], state: Mapping[str, str | None]) -> None:
        """Facts, marks on their records and the plugin's state: one step."""
        for one in told:
            if one.record is not None:
                self._work_off(one.record, one)
            self.told.append(one)
        for key, value in state.items():
            if value is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = value

    def counts_down(self, name: str) -> bool:
        """Whether this is the commit at which the process dies."""
        left: int | None = getattr(self, name)
        if left is None:
            return False
        setattr(self, name, left - 1 if left > 1 else None)
        return left == 1

    def _work_off(self, number: int, told: Told) -> None:
        record = self.records.get(number)
        if record is None or record.direction is not Direction.IN:
            self.breach(f"told of record {number}, which was never received")
            return
        open_before = [one.id for one in self.unworked() if one.id < number]
        if open_before:
            self.breach(f"told of record {number} before record {open_before[0]}, which came first")
        effect = told.note or ", ".join(type(fact).__name__ for fact in told.facts)
        self.records[number] = replace(record, worked_at=self.world.now(), effect=effect)


def _missed(failure: Failure) -> list[int]:
    """The recorder misses a line: that harms nobody."""
    error: Any = failure.value
    if not isinstance(error, StoreUnavailable):
        raise error
    return []


class Life:
    """`hotelbridge.pms.api.Context` from one start of the daemon to its end."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.property, self.zone, self.currency = house.property, house.zone, house.currency
        self.timers = LifeClock(house.world, self._turns)
        self.clock: Clock = self.timers
        self.reactor: Any = LifeReactor(self.timers, house.reactor)
        self.wires: Ends | RealEnds = Ends(house.wires) if house.reactor is None else RealEnds(house.reactor)
        self.dead = False
        self.stopped = False  # whoever stopped the link sets it: from then on every word is a breach
        self._telling = 0
        self._waiting: list[Deferred[Any]] = []  # kept: who waits for the dead waits for ever

    def kill(self) -> None:
        """The end, between any two steps."""
        self.dead = True
        self.timers.kill()
        self.wires.kill()

    # --- the contract ---

    async def received(self, messages: Sequence[Received]) -> Sequence[int]:
        self._is_spoken_to("received")
        kept = tuple(messages)
        return await self._commit("received", lambda: self._house.save(Direction.IN, kept, None))

    def sent(self, body: bytes, words: str, rooms: tuple[str, ...] = ()) -> None:
        self._is_spoken_to("sent")
        message = Received(body, words, rooms)
        now = self._house.world.now()
        saved = self._commit("sent", lambda: self._house.save(Direction.OUT, [message], now))
        saved.addErrback(_missed)

    async def tell(self, told: Sequence[Told], state: Mapping[str, str | None] | None = None) -> None:
        self._is_spoken_to("tell")
        if self._telling and not self.dead:
            self._house.breach("told something while it had to wait for what it told before")
        kept, values = tuple(told), dict(state or {})
        self._telling += 1
        try:
            await self._commit("tell", lambda: self._house.apply(kept, values))
        finally:
            self._telling -= 1

    async def left_over(self) -> Sequence[Record]:
        self._is_spoken_to("left_over")
        return await self._commit("left_over", self._house.unworked)

    async def state(self) -> dict[str, str]:
        self._is_spoken_to("state")
        return await self._commit("state", lambda: dict(self._house.kept))

    def layers(self, up: Mapping[Layer, bool | None], detail: str = "") -> None:
        if self.dead:
            return
        self._is_spoken_to("layers")
        self._house.standing.append(Standing(self._house.world.now(), dict(up), detail))
        stand = self._house.stands()
        order = list(Layer)
        for below, above in zip(order, order[1:], strict=False):
            if stand.get(above) and not stand.get(below):
                self._house.breach(f"said that it is {above} and not {below}")

    def peer_time(self, at: datetime) -> None:
        if self.dead:
            return
        if at.tzinfo is None:
            self._house.breach("told the peer's time without its zone")
        self._house.peer_times.append(at)

    def connector(self, endpoint: str) -> IStreamClientEndpoint:
        return self.wires.connector(endpoint)

    def door(self, endpoint: str) -> IStreamServerEndpoint:
        return self.wires.door(endpoint)

    # --- the disk ---

    def _turns(self) -> None:
        if self._house.counts_down("dies_at_turn"):
            self.kill()

    def _is_spoken_to(self, call: str) -> None:
        if self.stopped and not self.dead:
            self._house.breach(f"called {call} after it was stopped")

    def _commit(self, call: str, step: Callable[[], T]) -> Deferred[T]:
        """Later, as every disk: done after `commit_takes`, heard of after `reply_takes` more."""
        house = self._house
        heard: Deferred[T] = Deferred()
        self._waiting.append(heard)

        def reply(result: T | StoreUnavailable) -> None:
            if not self.dead:
                self._turns()
            if self.dead:
                return
            self._waiting.remove(heard)
            if heard.called:  # whoever asked has given up
                return
            if isinstance(result, StoreUnavailable):
                heard.errback(result)
            else:
                heard.callback(result)

        def commit() -> None:
            if self.dead:
                return
            if call in house.stalls:
                house.world.call_later(1.0, commit)
                return
            if house.counts_down("dies_before"):
                self.kill()
                return
            refused = call in house.refuses
            result = StoreUnavailable("the disk is full") if refused else step()
            if house.counts_down("dies_after"):
                self.kill()
            house.world.call_later(house.reply_takes, reply, result)

        house.world.call_later(house.commit_takes + house.takes_longer.get(call, 0.0), commit)
        return heard
