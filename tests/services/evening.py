"""A whole hotel on a clock that stands still until a test moves it.

The daemon is the real one, with its store inline and its listener fed from memory; the telephone
exchange at the far end is the simulated one. `crash` is a `kill -9`: no timer and no unit of the dead
daemon does anything any more, and what it had not committed is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall

from hotelbridge.app import Daemon, Surroundings
from hotelbridge.core.records import Actor, Change, ClosingOutcome
from hotelbridge.services.channels import Letter, Undelivered
from hotelbridge.services.orderviews import BookingRequest, BookingView
from hotelbridge.services.pmscontext import Wires
from hotelbridge.services.pmslink import Chosen
from hotelbridge.services.views import (
    AcknowledgeRequest,
    AlarmView,
    CloseRequest,
    ConsoleRequest,
    ConsoleView,
    LinkView,
    WakeupDetail,
    WakeupQuery,
    WakeupView,
)
from hotelbridge.settings_load import load
from hotelbridge.store import inbox, schema
from hotelbridge.store.database import Tx
from hotelbridge.store.runners import InlineRunner
from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om import FakeOm
from hotelbridge.testing.fake_om_http import Push
from hotelbridge.testing.fake_om_plant import Ring
from hotelbridge.testing.fake_om_scripts import Script

T = TypeVar("T")

DESK = Actor("anna", "test")
DAY = "2026-11-24"
BEGINS = datetime(2026, 11, 24, 5, 25, tzinfo=UTC)  # 06:25 in Vienna
SHORTEST = timedelta(seconds=5)  # `min_answer`

CONFIG = """
[store]
url = "{url}"
[[property]]
id = "main"
name = "Hotel Example"
timezone = "{zone}"
currency = "EUR"
country = "AT"
{keys}
room = [
{rooms}
  {{ number = "suite", phones = ["301", "302"] }},
]
  [[property.om]]
  name = "om20"
  url = "http://192.0.2.10/xml"
  listen = "tcp:8989"
  path = "/om20"
  allow = ["192.0.2.10"]
  max_calls = 4
    [[property.om.menu]]
    id = 1
    language = "en"
    voicefile = "wakeup_en"
    repeat = 3
"""
ROOMS = [str(n) for n in range(110, 132)] + ["212", "213"]


@cache
def fresh_database() -> bytes:
    """An empty database with its schema: made once for all hotels of a run."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/made.db"
        schema.prepare(url)
        schema.backup_to(url, Path(folder, "whole.db"))
        return Path(folder, "whole.db").read_bytes()


class Life:
    """The clock and the runner of one daemon; both end with it."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.inner = InlineRunner()
        self.dead = False
        self.readers = self.inner.readers

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
        self.inner.start(desk)

    def poke(self) -> None:
        if not self.dead:
            self.inner.poke()

    def aside(self, job: Callable[[], Callable[[], None]]) -> None:
        if not self.dead:
            self.inner.aside(job)

    def stop(self, done: Callable[[], None]) -> None:
        self.inner.stop(done)


class Outside:
    """Who gets what leaves the house, each channel's far end; fails on demand."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.letters: list[tuple[datetime, Letter]] = []
        self.failing: dict[str, str] = {}  # the way, and what it says; "" never answers
        self.takes = 1.0  # seconds

    def deliver(self, letter: Letter) -> Deferred[str]:
        self.letters.append((self._clock.now(), letter))
        done: Deferred[str] = Deferred()
        why = self.failing.get(letter.way)
        if why:
            self._clock.call_later(self.takes, lambda: done.called or done.errback(Undelivered(why)))
        elif why is None:
            self._clock.call_later(self.takes, lambda: done.called or done.callback("thanks"))
        return done


class Evening:
    """The hotel from 06:25 of its own time on."""

    def __init__(
        self,
        folder: Path,
        url: str | None = None,
        more: str = "",
        begins: datetime = BEGINS,
        zone: str = "Europe/Vienna",
        keys: str = "",
        pms: Callable[[Life], tuple[Wires, Chosen]] | None = None,
    ) -> None:
        """`more` is configuration that follows: tables of the property, like `[property.wakeup]`; `keys`
        are keys of the property itself. `pms`: the wires to a PMS and its plugin, for each life."""
        self._pms = pms
        self.clock = FakeClock(begins)
        self.day = begins.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d")
        phones = [*ROOMS, "301", "302", "100", "101"]  # the last two stand at the desk
        self.om = FakeOm(
            self.clock.elsewhere(), phones=phones, max_announcements=8, push=Push(path="/om20"), api="0",
            zone=ZoneInfo(zone),
        )  # fmt: skip
        self._file = file = folder / "hotel.toml"
        if url is None:
            url = f"sqlite:///{folder / 'hotel.db'}"
            (folder / "hotel.db").write_bytes(fresh_database())
        rooms = "\n".join(f'  {{ number = "{room}" }},' for room in ROOMS)
        file.write_text(CONFIG.format(url=url, rooms=rooms, zone=zone, keys=keys) + more)
        self._settings = load(file)
        schema.prepare(self._settings.store.url)
        self._changes: list[Change] = []
        self._outages: list[tuple[datetime, datetime]] = []
        self._crashed_at: datetime | None = None
        self.outside = Outside(self.clock)
        self.start()

    # -- life --

    def start(self) -> None:
        """Start the daemon and let it find its device."""
        self.life = Life(self.clock)
        around = Surroundings(
            self.life, self.life, lambda om: self.om.endpoint(source="192.0.2.9"), self.outside.deliver
        )
        if self._pms is not None:
            wires, chosen = self._pms(self.life)
            around = replace(around, wires=wires, plugins=lambda: {"main": chosen})
        self.daemon = Daemon(self._settings, around)
        self._result(self.daemon.start())
        self.om.push_to(self.daemon.pushes["tcp:8989"], source="192.0.2.10")
        self.daemon.desk.subscribe(self._changes.extend)
        if self._crashed_at is not None:
            self._outages.append((self._crashed_at, self.clock.now()))
        self.advance(1)

    def crash(self) -> None:
        """`kill -9`: nothing of the daemon happens any more."""
        self.life.dead = True
        self._crashed_at = self.clock.now()
        self.om.push_to(None)
        self.life.inner.stop(lambda: None)

    def reconfigure(self, old: str, new: str) -> None:
        """Put something else into the configuration: the next start reads it."""
        text = self._file.read_text()
        assert old in text
        self._file.write_text(text.replace(old, new))
        self._settings = load(self._file)

    def stop(self) -> None:
        """An orderly end."""
        if not self.life.dead:
            self._result(self.daemon.stop())
        self._result(_closed(self.om))

    def _result(self, coroutine: Any) -> Any:
        """What a call of the house gives; the clock moves a little where it must."""
        results: list[Any] = []
        Deferred.fromCoroutine(coroutine).addBoth(results.append)
        for _ in range(500):
            if results:
                break
            self.clock.advance(0.01)
        (result,) = results
        if hasattr(result, "raiseException"):
            result.raiseException()
        return result

    # -- time --

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def until(self, local: str) -> None:
        """Let time pass until the hotel's clocks show this."""
        parts = (local + ":00").split(":")[:3]
        hour, minute, second = (int(part) for part in parts)
        there = self._midnight() + timedelta(hours=hour, minutes=minute, seconds=second)
        self.clock.advance((there - self.clock.true()).total_seconds())

    def local(self) -> str:
        """What the hotel's clocks show, 06:35:30."""
        return self.clock.now().astimezone(self._settings.properties[0].zone).strftime("%H:%M:%S")

    def _midnight(self) -> datetime:
        return (
            self.clock.true()
            .astimezone(self._settings.properties[0].zone)
            .replace(hour=0, minute=0, second=0, microsecond=0)
        )

    # -- the guests' side --

    def phone(self, number: str, *scripts: Script) -> None:
        self.om.script(number, *scripts)

    def rings(self, phone: str) -> list[str]:
        """When the phone was called, on the hotel's clocks."""
        zone = self._settings.properties[0].zone
        return [r.connect_at.astimezone(zone).strftime("%H:%M:%S") for r in self.om.rings if r.phone == phone]

    def most_calls_at_once(self) -> int:
        def with_it(ring: Ring) -> int:
            return sum(
                1
                for r in self.om.rings
                if r.started <= ring.started and (r.ended is None or r.ended > ring.started)
            )

        return max(with_it(ring) for ring in self.om.rings)

    def nobody_rung_after_proof(self) -> None:
        """No phone was called again after a proof that the daemon was there to see."""
        for ring in self.om.rings:
            if ring.answered and ring.ended and ring.ended - ring.answered >= SHORTEST:
                seen = self._was_up(ring.answered) and self._was_up(ring.answered + SHORTEST)
                later = [r for r in self.om.rings if r.phone == ring.phone and r.started > ring.started]
                assert not (seen and later), f"{ring.phone} was rung after its proof"

    def _was_up(self, at: datetime) -> bool:
        return not any(down <= at <= up for down, up in self._outages)

    # -- the desk's side --

    def ask(self, call: str, *words: Any, **more: Any) -> Any:
        """Any call of the desk's window, for this hotel."""
        return self._result(getattr(self.daemon.desk, call)("main", *words, **more))

    def order(self, room: str, **asked: Any) -> BookingView:
        """A booking with anything that a booking may say."""
        return self.ask("book", BookingRequest(room=room, **asked), DESK)  # type: ignore[no-any-return]

    def booked(self, room: str, time: str, note: str = "") -> BookingView:
        return self.order(room, at=f"{self.day}T{time}", note=note)

    def book(self, room: str, time: str) -> int:
        return self.booked(room, time).id

    def cancel(self, id: int) -> WakeupView:
        return self._result(self.daemon.desk.cancel("main", id, DESK))  # type: ignore[no-any-return]

    def wakeup(self, id: int) -> WakeupDetail:
        return self._result(self.daemon.desk.wakeup("main", id))  # type: ignore[no-any-return]

    def wakeups(self) -> tuple[WakeupView, ...]:
        return self._result(self.daemon.desk.wakeups("main", WakeupQuery(limit=500))).items  # type: ignore[no-any-return]

    def open_alarms(self) -> tuple[AlarmView, ...]:
        return self._result(self.daemon.desk.alarms("main", True, 100, None, named=True)).items  # type: ignore[no-any-return]

    def alarms(self) -> tuple[AlarmView, ...]:
        """Every alarm there was, closed ones too."""
        return self._result(self.daemon.desk.alarms("main", None, 500, None, named=True)).items  # type: ignore[no-any-return]

    def acknowledge(
        self, id: int, by: str, outcome: str | None = None, note: str = "", all: bool = False
    ) -> AlarmView:
        request = AcknowledgeRequest(by, note, None if outcome is None else ClosingOutcome(outcome), all)
        return self._result(self.daemon.desk.acknowledge("main", id, request, DESK))  # type: ignore[no-any-return]

    def close(self, wakeup: int, by: str, outcome: str, note: str = "") -> WakeupView:
        request = CloseRequest(by, ClosingOutcome(outcome), note)
        return self._result(self.daemon.desk.close("main", wakeup, request, DESK))  # type: ignore[no-any-return]

    def printed(self, alarm: int) -> str:
        return self._result(self.daemon.desk.alarm_list("main", alarm, named=True))  # type: ignore[no-any-return]

    def console(self, name: str = "front-1", visible: bool = True, sound: bool = True) -> ConsoleView:
        request = ConsoleRequest(name, visible, sound)
        return self._result(self.daemon.desk.console("main", request))  # type: ignore[no-any-return]

    def told(self, way: str | None = None) -> list[str]:
        """When something left the house, on the hotel's clocks."""
        zone = self._settings.properties[0].zone
        return [
            at.astimezone(zone).strftime("%H:%M:%S")
            for at, letter in self.outside.letters
            if way is None or letter.way == way
        ]

    def links(self) -> tuple[LinkView, ...]:
        return self._result(self.daemon.desk.links("main"))  # type: ignore[no-any-return]

    def changes(self, kind: str) -> list[str]:
        return [change.id for change in self._changes if change.kind == kind]

    def forget_changes(self) -> None:
        self._changes.clear()

    def read(self, query: Callable[[Tx], T]) -> T:
        """What the store holds."""
        return self._result(_read(self.daemon, query))  # type: ignore[no-any-return]

    def bad_reports(self) -> int:
        return self._result(_count_bad(self.daemon))  # type: ignore[no-any-return]


async def _closed(om: FakeOm) -> None:
    await om.close()


async def _read(daemon: Daemon, query: Callable[[Tx], T]) -> T:
    return await daemon.db.read(query)


async def _count_bad(daemon: Daemon) -> int:
    return await daemon.db.read(lambda tx: inbox.counts(tx, "main").bad)
