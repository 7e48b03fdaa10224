"""A whole hotel on one machine: a simulated exchange in this process, the daemon in a child process.

The exchange and what its phones went through live here and survive whatever is done to the daemon,
so promises can be checked from outside. Everything is told by the configuration file: its ports, its
rooms, its one device. Who plays in it is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hotelbridge.clock import Clock
from hotelbridge.demo.books import Books
from hotelbridge.demo.child import DaemonProcess
from hotelbridge.demo.deskline import DeskApi, Door
from hotelbridge.demo.eventline import EventLine, Heard
from hotelbridge.demo.pmsline import PmsProcess
from hotelbridge.demo.ports import HERE, Ports, ports_of, with_ports
from hotelbridge.demo.residents import check_ins
from hotelbridge.demo.waiting import pause, until
from hotelbridge.errors import HotelbridgeError
from hotelbridge.settings import PropertySettings, token_file
from hotelbridge.settings_load import load
from hotelbridge.testing.fake_om import FakeOm
from hotelbridge.testing.fake_om_habits import Habits
from hotelbridge.testing.fake_om_http import Push
from hotelbridge.testing.fake_om_plant import Ring
from hotelbridge.testing.fake_om_scripts import Script

CDR_ID = re.compile(rb'<Cdr id="([^"]+)"')
READY_WITHIN = 30.0  # seconds from the start of the daemon


class NotStarted(HotelbridgeError):
    """The daemon did not come up; the message names its log file."""


def write_config(template: str, folder: Path, ports: Ports | None = None, *, pms: bool = False) -> Path:
    """A packaged configuration (`demo.toml`), written to a folder with its database and tariff beside it.

    `pms`: its first hotel has a PMS too.
    """
    name = template.removesuffix(".toml")
    text = _packaged(template)
    if pms:
        text = text.replace("  [[property.room]]", _packaged("pms.toml") + "  [[property.room]]", 1)
    database = f'url = "sqlite:///{(folder / name).absolute()}.db"'
    text = re.sub(r'^url = "sqlite:.*"$', lambda _: database, text, flags=re.MULTILINE)
    path = folder / template
    path.write_text(text, "utf-8")
    write_tariffs(path)
    if ports is not None:
        path.write_text(with_ports(text, ports_of(load(path, {})), ports), "utf-8")
    return path


def write_tariffs(config: Path) -> None:
    """The packaged tariffs that a configuration names, beside it where they are missing."""
    for name in re.findall(r'^tariff = "([a-z]+\.csv)"', config.read_text("utf-8"), re.MULTILINE):
        path = config.parent / name
        if not path.exists() and files("hotelbridge.demo").joinpath(name).is_file():
            path.write_text(_packaged(name), "utf-8")


def _packaged(name: str) -> str:
    return files("hotelbridge.demo").joinpath(name).read_text("utf-8")


def _phones(property: PropertySettings) -> list[str]:
    return [number for room in property.rooms for _, number in property.phones_of(room)]


class Hotel:
    """One property with one device. A second property of the configuration is only booked in (`second`).

    `config`: its configuration; the database's folder must exist. `tell` hears what the simulated
    phones do, in words; `hear` what the desk is told by the event stream; `overhear` each line of the
    simulated PMS.
    """

    def __init__(
        self,
        reactor: Any,
        clock: Clock,
        config: Path,
        *,
        habits: Habits | None = None,
        tell: Callable[[str], None] | None = None,
        hear: Callable[[Heard], None] | None = None,
        overhear: Callable[[str], None] | None = None,
    ) -> None:
        settings = load(config, {})
        self.clock = clock
        self.config = config
        self.settings = settings
        self.property = settings.properties[0]
        self.device = self.property.om[0]
        self.ports = ports_of(settings)
        door = Door(f"http://{HERE}:{self.ports.web}", token_file(settings), self.property.id)
        self.api = DeskApi(reactor, door)
        self.second = DeskApi(reactor, replace(door, hotel=settings.properties[-1].id))
        self.events = EventLine(reactor, clock, door, hear or (lambda heard: None))
        self.daemon = DaemonProcess(clock, config, config.with_suffix(".log"))
        self._reactor = reactor
        self._open = False
        self.killed: list[datetime] = []  # when the daemon was
        self.books = Books(settings.store.url, self.property.id)
        self.pms = PmsProcess(reactor, clock, overhear or (lambda line: None))
        self.om = FakeOm(
            clock,
            phones=[phone for property in settings.properties for phone in _phones(property)],
            max_announcements=self.device.max_calls,
            push=Push(path=self.device.path),
            habits=habits or Habits(),
            zone=ZoneInfo(self.device.timezone or self.property.timezone),
            api="0",  # as they come from the factory: the daemon has to switch their reports on
            observer=tell,
        )

    # -- the house ----------------------------------------------------------------------------------

    async def start(self, lived_in: Sequence[str] = ()) -> float:
        """Start the daemon (and its far ends, the first time); seconds until it was ready.

        `lived_in`: rooms into which the PMS has checked guests before.
        """
        if not self._open:
            self._open = True
            await self.om.listen(self._reactor, f"tcp:{self.ports.device}:interface={HERE}")
            self.om.push_over(self._reactor, HERE, self.ports.push)
            if self.ports.pms:
                await self._start_pms(lived_in)
        begun = self.clock.monotonic()
        self.daemon.start()
        while not await self.api.ready():
            if not self.daemon.running or self.clock.monotonic() > begun + READY_WITHIN:
                raise NotStarted(self._why_not())
            await pause(self.clock, 0.05)
        self.events.follow()
        await until(self.clock, lambda: self.events.connected, 5.0)
        return self.clock.monotonic() - begun

    async def _start_pms(self, lived_in: Sequence[str]) -> None:
        rooms = [room.number for room in self.property.rooms]
        zone, account = self.property.timezone, self.property.house_account
        if not await self.pms.start(self.ports.pms, rooms, zone, account):
            said = "\n".join(line for _, line in self.pms.said[-8:])
            raise NotStarted(f"The simulated PMS did not start. It said:\n{said}")
        for line in check_ins(lived_in):
            self.pms.play(line)

    async def settled(self, within: float = 15.0) -> bool:
        """Wait until the reports of every phone are switched on; whether they are."""
        end = self.clock.monotonic() + within
        while self.clock.monotonic() < end:
            rooms = await self.api.rooms()
            if all(phone["in_sync"] for room in rooms for phone in room["phones"]):
                return True
            await pause(self.clock, 0.2)
        return False

    async def kill9(self) -> None:
        """The daemon is gone in the middle of whatever it was doing."""
        self.killed.append(self.clock.now())
        await self.daemon.kill9()

    async def stop(self) -> int | None:
        """End the daemon in order; its exit code."""
        return await self.daemon.stop()

    async def close(self) -> int | None:
        """End everything; the daemon's exit code."""
        self.events.stop()
        code = await self.daemon.stop()
        await self.pms.stop()
        await self.om.close()
        return code

    def _why_not(self) -> str:
        code = self.daemon.exit_code
        ended = f"ended with exit code {code}" if code is not None else "was not ready in time"
        said = self.daemon.log.read_text("utf-8", "replace").strip().splitlines()[-8:]
        return "\n".join([f"The daemon {ended}. Its log {self.daemon.log} ends with:", *said])

    # -- guests -------------------------------------------------------------------------------------

    def scripts(self, guests: Mapping[str, tuple[Script, ...]]) -> None:
        """What the next calls to these phones meet, one after the other."""
        for phone, scripts in guests.items():
            self.om.script(phone, *scripts)

    def local(self, instant: datetime) -> datetime:
        """The hotel's wall time of an instant."""
        return instant.astimezone(self.property.zone)

    def whole_second(self, after: float) -> datetime:
        """The first whole second at least so many seconds from now, UTC."""
        at = self.clock.now() + timedelta(seconds=after, microseconds=999_999)
        return at.replace(microsecond=0).astimezone(UTC)

    def rings(self, phone: str) -> list[Ring]:
        """Every time a phone rang, as the guest heard it, over all lives of the daemon."""
        return [ring for ring in self.om.rings if ring.phone == phone]

    def call_records(self) -> tuple[list[str], list[str]]:
        """Ids of the call records that the device handed over, and of those that may have reached nobody."""
        lost = {parcel.body for parcel in self.om.lost}
        sure: list[str] = []
        maybe: list[str] = []
        for said in self.om.said:
            if said.name == "CDR" and (found := CDR_ID.search(said.body)):
                doubtful = said.body in lost or self._was_killed_after(said.at)
                (maybe if doubtful else sure).append(found[1].decode())
        return sure, maybe

    def _was_killed_after(self, at: datetime) -> bool:
        """Whether the daemon died in the moment in which it might have taken what was pushed."""
        return any(timedelta() <= killed - at < timedelta(seconds=1) for killed in self.killed)

    def connects(self, phone: str) -> list[datetime]:
        """When the device was asked to ring a phone."""
        asked = self.om.seen("Connect")
        return [one.at for one in asked if one.words.rpartition(", ")[2] == f"ext {phone}"]
