"""A whole hotel on a clock that is moved by hand: the real daemon, its store inline, simulated devices.

The daemon can be killed between two events, or in the middle of one: before or after a commit, before
or after the bytes of a Connect are written. Nothing of a dead daemon happens any more; what it had
not committed is gone. Everything outside it lives on: devices, phones, and what they went through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall

from hotelbridge.app import Daemon, Surroundings
from hotelbridge.settings import OmSettings
from hotelbridge.settings_load import load
from hotelbridge.store import schema
from hotelbridge.store.runners import InlineRunner
from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om import FakeOm
from hotelbridge.testing.fake_om_http import Push

POINTS = (
    "before a commit",
    "after a commit",
    "before a Connect is written",
    "after a Connect is written",
)
SOURCE = "192.0.2.9"  # of commands

CONFIG = """
[store]
url = "{url}"
[[property]]
id = "main"
name = "Hotel Example"
timezone = "{zone}"
currency = "EUR"
country = "AT"
room = [
{rooms}
]
{devices}
{more}
"""
DEVICE = """
  [[property.om]]
  name = "{name}"
  url = "http://192.0.2.{n}/xml"
  listen = "tcp:8989"
  path = "/{name}"
  allow = ["192.0.2.{n}"]
  max_calls = {max_calls}
    [[property.om.menu]]
    id = 1
    language = "en"
    voicefile = "wakeup_en"
    repeat = 3
"""


class Life:
    """The clock and the runner of one daemon; both end with it."""

    readers = 1

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._desk: Any = None
        self._busy = False
        self._armed: tuple[str, int] | None = None
        self.dead = False

    def die_at(self, point: str, nth: int = 1) -> None:
        """End at the `nth` passing of one of POINTS from now."""
        self._armed = (point, nth)

    def passing(self, point: str) -> bool:
        """One of POINTS is passed: whether the daemon still lives."""
        if self._armed is not None and self._armed[0] == point and not self.dead:
            left = self._armed[1] - 1
            self._armed = (point, left)
            self.dead = left == 0
        return not self.dead

    # -- clock --

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def boottime(self) -> float:
        return self._clock.boottime()

    def boot_id(self) -> str:
        return self._clock.boot_id()

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> IDelayedCall:
        return self._clock.call_later(seconds, lambda: None if self.dead else call(*args))

    # -- runner --

    def start(self, desk: Any) -> None:
        self._desk = desk

    def poke(self) -> None:
        if self._busy or self.dead:
            return
        self._busy = True
        try:
            self._work()
        finally:
            self._busy = False

    def _work(self) -> None:
        while self.passing("before a commit"):
            settled = self._desk.step()
            if settled is None or not self.passing("after a commit"):
                return
            self._desk.deliver(settled)
            if settled.again_in is not None:
                return

    def aside(self, job: Callable[[], Callable[[], None]]) -> None:
        if not self.dead:
            InlineRunner.aside(InlineRunner(), job)

    def stop(self, done: Callable[[], None]) -> None:
        if not self.dead:
            self.poke()
        self._desk.finish()
        done()

    # -- the wire --

    def guarded(self, line: Any) -> Any:
        """A connection to a device: a dead daemon writes nothing to it."""
        write = line.transport.write

        def writing(data: bytes) -> None:
            ringing = b'"Connect"' in data
            if self.dead or (ringing and not self.passing("before a Connect is written")):
                return
            write(data)
            if ringing:
                self.passing("after a Connect is written")

        line.transport.write = writing
        return line


@dataclass(slots=True)
class _Endpoint:
    inner: Any
    life: Life

    def connect(self, factory: Any) -> Any:
        return self.inner.connect(factory).addCallback(self.life.guarded)


@dataclass(slots=True)
class Plan:
    """What stands in the hotel."""

    rooms: int = 60
    devices: int = 2
    max_calls: int = 6
    zone: str = "Europe/Vienna"
    more: str = ""  # further tables of the property
    shared: tuple[str, ...] = ("suite",)  # rooms of two phones, on the first device
    phones: dict[str, list[str]] = field(default_factory=dict)  # of each device
    of_room: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # (device, phone)

    def __post_init__(self) -> None:
        names = [f"om{n}" for n in range(1, self.devices + 1)]
        self.phones = {name: [] for name in names}
        for n in range(self.rooms):
            self._stand(str(1000 + n), names[n % self.devices], str(1000 + n))
        for n, room in enumerate(self.shared):
            for phone in (str(9000 + 2 * n), str(9001 + 2 * n)):
                self._stand(room, names[0], phone)

    def _stand(self, room: str, device: str, phone: str) -> None:
        self.phones[device].append(phone)
        self.of_room.setdefault(room, []).append((device, phone))

    def written(self, url: str) -> str:
        """The configuration."""
        prefix = "{}/{}" if self.devices > 1 else "{1}"
        rooms = "\n".join(
            '  {{ number = "{}", phones = [{}] }},'.format(
                room, ", ".join(f'"{prefix.format(*phone)}"' for phone in phones)
            )
            for room, phones in self.of_room.items()
        )
        devices = "".join(
            DEVICE.format(name=name, n=10 + n, max_calls=self.max_calls) for n, name in enumerate(self.phones)
        )
        return CONFIG.format(url=url, zone=self.zone, rooms=rooms, devices=devices, more=self.more)


class Clockwork:
    """One hotel, from the start of its daemon on."""

    def __init__(self, folder: Path, plan: Plan, begins: datetime, fresh: bytes | None = None) -> None:
        """`fresh`: an empty database with its schema, where somebody has made one already."""
        self.plan = plan
        self.clock = FakeClock(begins)
        self.zone = ZoneInfo(plan.zone)
        url = f"sqlite:///{folder / 'hotel.db'}"
        if fresh is not None:
            (folder / "hotel.db").write_bytes(fresh)
        file = folder / "hotel.toml"
        file.write_text(plan.written(url))
        self._settings = load(file, {})
        schema.prepare(url)
        self.devices = {name: self._device(name) for name in plan.phones}
        self.outages: list[tuple[datetime, datetime]] = []  # of the daemon
        self.died: datetime | None = None
        self.start()

    def _device(self, name: str) -> FakeOm:
        return FakeOm(
            self.clock.elsewhere(),
            phones=self.plan.phones[name],
            max_announcements=self.plan.max_calls,
            push=Push(path=f"/{name}"),
            api="0",
        )

    # -- life --

    @property
    def up(self) -> bool:
        """Whether the daemon lives."""
        return self.died is None and not self.life.dead

    def start(self) -> None:
        """Start the daemon and let it find its devices."""
        self.life = life = Life(self.clock)

        def endpoint(om: OmSettings) -> Any:
            return _Endpoint(self.devices[om.name].endpoint(source=SOURCE), life)

        self.daemon = Daemon(self._settings, Surroundings(life, life, endpoint, _delivered))
        if self.died is not None:
            self.outages.append((self.died, self.clock.now()))
            self.died = None
        self.tried(self.daemon.start())
        for n, om in enumerate(self.devices.values()):
            om.push_to(self.daemon.pushes["tcp:8989"], source=f"192.0.2.{10 + n}")

    def crash(self) -> None:
        """`kill -9`, now or already: nothing of the daemon happens any more."""
        self.life.dead = True
        if self.died is None:
            self.died = self.clock.now()
        for om in self.devices.values():
            om.push_to(None)
        self.life.stop(lambda: None)

    def stop(self) -> None:
        """An orderly end of the daemon."""
        self.tried(self.daemon.stop())
        self.crash()

    def close(self) -> None:
        """The end of everything."""
        if self.died is None:
            self.crash()
        for om in self.devices.values():
            om.close()

    def sleep(self, seconds: float) -> None:
        """Time in which nothing happens, while the daemon is down."""
        assert not self.up
        self.clock.suspend(seconds)

    # -- time and calls --

    def advance(self, seconds: float) -> None:
        """Let time pass; a daemon that dies meanwhile is seen to."""
        self.clock.advance(seconds)
        if self.life.dead and self.died is None:
            self.crash()

    def tried(self, coroutine: Any) -> Any:
        """What a call of the house gives, or its error; None where the daemon died before it answered."""
        results: list[Any] = []
        Deferred.fromCoroutine(coroutine).addBoth(results.append)
        for _ in range(600):
            if results or self.life.dead:
                break
            self.clock.advance(0.05)
        if self.life.dead and self.died is None:
            self.crash()
        if not results:
            return None
        return getattr(results[0], "value", results[0]) if hasattr(results[0], "getTraceback") else results[0]

    def asked(self, coroutine: Any) -> Any:
        """What a call of the house gives; its error is raised."""
        result = self.tried(coroutine)
        if isinstance(result, BaseException):
            raise result
        return result

    def local(self, at: datetime) -> str:
        """An instant on the hotel's clocks, as a booking writes it."""
        return at.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S")


def _delivered(letter: Any) -> Deferred[str]:
    """Whatever goes out of the house arrives."""
    return succeed("taken")
