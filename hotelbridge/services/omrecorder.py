"""The flight recorder's ear on the commands to telephone exchanges: noted at once, saved a little later.

Nothing waits for it: a note is one step on the reactor, and what was noted is saved by small units of
work on the ordinary line, one after the other, seconds later. What a crash takes away are those last
seconds of the recorder, nothing else. Where the database does not take them, some thousand are held;
of what is beyond that, the number is told. Looks at a device that come round all the time are left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from hotelbridge.clock import Clock
from hotelbridge.core.guests import Direction
from hotelbridge.errors import HotelbridgeError
from hotelbridge.om import messages as om
from hotelbridge.om.client import Exchange
from hotelbridge.services import omwords
from hotelbridge.services.rules import Rules
from hotelbridge.store import records
from hotelbridge.store.database import Database, Tx
from hotelbridge.texts import phrase

HOLD = 3.0  # seconds from the first note to its saving
AGAIN = 30.0  # ... to the next attempt where the database did not take it
PIECE = 40  # commands of one unit: some milliseconds of the writer's time
MOST, MOST_BYTES = 4000, 8 * 1024 * 1024  # commands held in memory, and what they and their answers weigh
LONGEST = 4096  # bytes kept of one answer, and characters of its words
UNKNOWN = phrase("whether it was done is not known")


@dataclass(frozen=True, slots=True)
class _Note:
    device: str
    phones: tuple[str, ...]  # learned from the device, where the command names only a line
    exchange: Exchange


class OmRecorder:
    """What one property asked its telephone exchanges, and what they answered."""

    _log = Logger()

    def __init__(self, rules: Rules, db: Database, clock: Clock) -> None:
        self._rules = rules
        self._db = db
        self._clock = clock
        self._held: deque[_Note] = deque()
        self._lines: dict[tuple[str, str], str] = {}  # the phone on a line of a device
        self._weight = 0  # bytes of what is held
        self._left_out = 0
        self._timer: IDelayedCall | None = None
        self._saving: Deferred[None] | None = None
        self._stopped = False

    def tap(self, device: str) -> Callable[[Exchange], None]:
        """What a client of this device tells its commands to."""
        return partial(self._note, device)

    async def stop(self) -> None:
        """Save what is held; what the database does not take now is lost."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._saving is not None:
            await self._saving
        await self._save_all()

    def _note(self, device: str, exchange: Exchange) -> None:
        if isinstance(exchange.command, om.QueryDevice):
            if isinstance(exchange.reply, om.DeviceInfo):
                self._lines.update({(device, one.lineid): one.id for one in exchange.reply.exts})
            return
        if len(self._held) >= MOST or self._weight >= MOST_BYTES:
            self._left_out += 1
            return
        self._weight += _weight(exchange)
        self._held.append(_Note(device, self._phones(device, exchange), exchange))
        self._save_in(HOLD)

    def _phones(self, device: str, exchange: Exchange) -> tuple[str, ...]:
        found = omwords.phones_of(exchange.command, exchange.reply)
        if not found and isinstance(exchange.command, om.AssignExt):
            known = self._lines.get((device, exchange.command.lineid))
            return () if known is None else (known,)
        return found

    def _save_in(self, seconds: float) -> None:
        waiting = self._timer is not None and self._timer.active()
        if not waiting and self._saving is None and not self._stopped:
            self._timer = self._clock.call_later(seconds, self._save)

    def _save(self) -> None:
        self._saving = saving = Deferred.fromCoroutine(self._save_all())
        saving.addErrback(self._failed)
        if not saving.called:
            saving.addBoth(lambda _: self._rest())
        else:
            self._rest()

    def _rest(self) -> None:
        """What came meanwhile, or was not taken, has its turn later."""
        self._saving = None
        if self._held:
            self._save_in(AGAIN)

    def _failed(self, failure: Failure) -> None:
        self._log.failure("the flight recorder could not save", failure)

    async def _save_all(self) -> None:
        """Everything that is held, piece by piece; each waits for the one before."""
        while self._held:
            piece = [self._held.popleft() for _ in range(min(PIECE, len(self._held)))]
            left_out, self._left_out = self._left_out, 0
            now = self._clock.now()
            try:
                await self._db.run(partial(self._unit, piece, left_out, now))
            except HotelbridgeError as error:
                self._held.extendleft(reversed(piece))
                self._left_out += left_out
                self._log.warn("the flight recorder waits: {error}", error=error)
                return
            self._weight -= sum(_weight(note.exchange) for note in piece)

    def _unit(self, piece: list[_Note], left_out: int, now: datetime, tx: Tx) -> None:
        for note in piece:
            self._add(tx, note)
        if left_out:
            words = phrase(f"{left_out} commands to telephone exchanges are not recorded: too many at once")
            items = [(b"", words, ())]
            records.add(tx, self._rules.property, "", Direction.OUT, now, items, worked=True)

    def _add(self, tx: Tx, note: _Note) -> None:
        exchange, device = note.exchange, note.device
        named = [room for phone in note.phones for room in self._rules.rooms_of(device, phone)]
        rooms = tuple(dict.fromkeys(named))
        command = omwords.asked(exchange.command)
        asked = phrase(f"asked {device} to {command}")
        effect = f"{exchange.fault}; {UNKNOWN}" if exchange.fault else ""
        item = (exchange.sent, asked, rooms)
        add = partial(records.add, tx, self._rules.property, device, worked=True)
        add(Direction.OUT, exchange.at, [item], effect=effect)
        if exchange.reply is not None:
            answer = omwords.answered(exchange.command, exchange.reply)
            answered = phrase(f"{device} answers: {answer}")
            add(Direction.IN, exchange.ended, [(_shown(exchange), answered[:LONGEST], rooms)])


def _weight(exchange: Exchange) -> int:
    return len(exchange.sent) + len(exchange.answer)


def _shown(exchange: Exchange) -> bytes:
    """The answer as it came; a parameter's may be a password."""
    return b"" if isinstance(exchange.command, om.ConfigGet) else exchange.answer[:LONGEST]
