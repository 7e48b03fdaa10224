"""A link between a simulated PMS and a house in memory, moved by the clock alone."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from fias_house import House
from hotelbridge_fias.link import FiasLink
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.simulator_habits import Habits
from hotelbridge_fias.simulator_pms import FakePms
from hotelbridge_fias.simulator_words import Player
from twisted.internet.defer import Deferred

from hotelbridge.pms.api import Fact, Layer, Posting, Result, WakeupResult
from hotelbridge.testing.fake_clock import FakeClock

T = TypeVar("T")
ROOMS = ("101", "102", "103", "212", "305")
VIENNA = ZoneInfo("Europe/Vienna")


class Outcome:
    """How a call of the house ends."""

    def __init__(self, call: Coroutine[Any, Any, Any]) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self.over = False
        self.running = Deferred.fromCoroutine(call)
        self.running.addCallbacks(self._good, self._bad)

    def _good(self, value: Any) -> None:
        self.value, self.over = value, True

    def _bad(self, failure: Any) -> None:
        self.error, self.over = failure.value, True


class Bench:
    """Both ends."""

    def __init__(self, habits: Habits | None = None, prove: Any = None, **settings: Any) -> None:
        self.clock = FakeClock()
        self.pms = FakePms(self.clock, ROOMS, habits, zone=VIENNA, prove=prove)
        self.player = Player(self.pms, lambda words: None)
        self.house = House(self.clock, self.pms.buildProtocol)
        self.settings = FiasSettings.model_validate({"endpoint": "tcp:192.0.2.20:5010", **settings})
        self.link = self._made()

    def _made(self) -> FiasLink:
        return FiasLink(self.house, self.settings, lambda n: bytes(n))

    def alive(self, seconds: float = 30.0) -> Bench:
        """Start and let the link come up."""
        self.link.start()
        self.wait(seconds)
        assert self.pms.is_alive, self.house.shown
        assert self.up, self.house.shown
        return self

    @property
    def up(self) -> bool:
        return bool(self.house.shown) and self.house.shown[-1][0][Layer.FLOWING] is True

    @property
    def words(self) -> str:
        return self.house.shown[-1][1]

    @property
    def facts(self) -> list[Fact]:
        return self.house.disk.facts

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def play(self, *lines: str) -> None:
        """What people at the PMS do; then time for it to arrive."""
        for line in lines:
            self.player.perform(line)
        self.wait(1.0)

    def post(self, number: int = 1, room: str = "212", amount: str = "10.50", **more: Any) -> Outcome:
        return Outcome(self.link.post_charge(posting(number, room, amount, **more)))

    def woken(self, echo: str, result: Result = Result.WOKEN, room: str = "212") -> Outcome:
        return Outcome(
            self.link.report_wakeup(WakeupResult(1, room, "", "2026-11-24T06:30:00", result, echo))
        )

    def kill(self) -> None:
        """The daemon dies and is started again: with another link and house, on the same disk."""
        old = self.link
        self.house = self.house.kill()
        _cut(old)
        self.link = self._made()

    def stop(self) -> None:
        """Stop in order, and see that nothing is left."""
        if self.house.stopped:
            return
        stopping = Outcome(self.link.stop())
        self.wait(10.0)
        assert stopping.over
        assert stopping.error is None
        self.house.stopped = True
        self.pms.close()
        self.wait(3600.0)
        assert not self.clock.reactor.getDelayedCalls()
        assert self.house.calls_after_stop == 0

    def wrote(self, kind: str) -> list[str]:
        """What we wrote of one kind, as on the wire."""
        return [one for one in self.house.wrote if one.startswith(f"{kind}|")]


def posting(number: int = 1, room: str = "212", amount: str = "10.50", **more: Any) -> Posting:
    value = Decimal(amount)
    usual: dict[str, Any] = {
        "reservation": "1001",
        "currency": "EUR",
        "minor": int(value * 100),
        "started": datetime(2026, 11, 24, 3, 58, 30, tzinfo=UTC).astimezone(VIENNA),
        "duration": timedelta(minutes=1, seconds=23),
        "dialled": "004989920920",
        "text": "Call to Germany",
    }
    return Posting(number=number, room=room, amount=value, **{**usual, **more})


def _cut(link: FiasLink) -> None:
    """As the kernel does for a process that died: its timers are gone, its connections are reset."""
    link._talk.disown()
    if link._inbox._waiting is not None:
        link._inbox._waiting[0].cancel()
