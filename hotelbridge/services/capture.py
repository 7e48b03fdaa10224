"""A device's traffic as text for a bug report: what it pushed and what it answers, numbers masked.

Reads the inbox that a running daemon fills, and asks only what changes nothing. What it writes is
meant to be read by a person before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from twisted.internet.defer import Deferred

from hotelbridge.clock import Clock
from hotelbridge.core.records import StoredReport
from hotelbridge.errors import HotelbridgeError
from hotelbridge.om import messages as om
from hotelbridge.om.masking import Masker
from hotelbridge.services.ears import InboxReader
from hotelbridge.settings import OmSettings, PropertySettings
from hotelbridge.store import leases
from hotelbridge.store.database import Database

PHONES = 3  # that are asked
POLL = 0.5  # seconds
Write = Callable[[str], None]

HEAD = """\
hotelbridge capture of one device, made {at}

Masked: telephone numbers of the outside (length and last two digits stay), addresses, passwords,
signatures, names and every text that is not the device's own language: N stands for a digit, x for a
letter. Extension numbers, states, times and running numbers are as they came. Read it before you send it.
"""


class Capture:
    """One device, written down."""

    def __init__(
        self, property: PropertySettings, device: OmSettings, db: Database | None, clock: Clock, write: Write
    ) -> None:
        self._property = property
        self._device = device
        self._db = db
        self._clock = clock
        self._write = write
        self._own = [number for room in property.rooms for name, number in property.phones_of(room)
                     if name == device.name]  # fmt: skip
        self._masker = Masker(self._own, [menu.voicefile for menu in device.menus])
        self._heard: list[tuple[om.Command, bytes]] = []
        self.reports = 0
        self.failed = 0  # queries without an answer

    def witness(self, command: om.Command, answer: bytes) -> None:
        """For the client: keeps each answer as it came."""
        self._heard.append((command, answer))

    def begin(self) -> None:
        """The head of the text."""
        self._write(HEAD.format(at=_moment(self._clock.now())))

    async def ask(self, send: Callable[[om.Command], Deferred[om.Reply]]) -> None:
        """The device about itself and a few of its phones: queries, nothing else."""
        info = await self._query(send, om.QueryDevice(), "the device about itself")
        if isinstance(info, om.DeviceInfo):
            self._masker.extensions |= {line.id for line in info.exts}
        self._tell_answers()
        for number in self._own[:PHONES]:
            await self._query(send, om.QueryExt(number), f"phone {number}")
            self._tell_answers()

    async def _query(
        self, send: Callable[[om.Command], Deferred[om.Reply]], command: om.Command, what: str
    ) -> om.Reply | None:
        try:
            return await send(command)
        except HotelbridgeError as error:
            self.failed += 1
            self._entry(f"{self._device.name} was asked: {what}", f"no answer: {type(error).__name__}")
            return None

    def _tell_answers(self) -> None:
        """Only now: the first answer tells which numbers are extensions."""
        for command, body in self._heard:
            asked = f"phone {command.id}" if isinstance(command, om.QueryExt) else "the device about itself"
            shown = self._masker.mask(body) if body.strip() else "(no body)"
            self._entry(f"{self._device.name} was asked: {asked}", shown)
        self._heard.clear()

    async def running(self) -> bool:
        """Whether a daemon takes reports now."""
        if self._db is None:
            return False
        return await self._db.read(lambda tx: leases.is_held(tx, self._property.id))

    async def follow(self, since: datetime, seconds: float, wait: Callable[[float], Deferred[None]]) -> None:
        """What was pushed since then, and what comes in for so long."""
        if self._db is None:
            return
        reader = InboxReader(self._db, self._property.id, self._device.name, since)
        end = self._clock.monotonic() + seconds
        self._tell(await reader.new())
        while (left := end - self._clock.monotonic()) > 0:
            await wait(min(POLL, left))
            self._tell(await reader.new())

    def _tell(self, rows: Sequence[StoredReport]) -> None:
        for row in rows:
            self.reports += 1
            self._entry(f"{row.device} pushed, {_moment(row.at)}", self._masker.mask(row.body))

    def _entry(self, what: str, text: str) -> None:
        self._write(f"\n--- {what}\n{text.rstrip()}\n")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC"


def earliest(now: datetime, since: timedelta | None) -> datetime:
    """From when on reports are told."""
    return now - (since or timedelta())
