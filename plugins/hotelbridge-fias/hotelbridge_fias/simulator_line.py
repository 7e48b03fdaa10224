"""One connection of a simulated PMS: who is there, what was asked for, is the link alive.

Knows the link records and nothing of hotels; everything else it hands to its `Desk` while the link is
alive, and ignores before, as a PMS does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import Protocol as TwistedProtocol

from hotelbridge.clock import Clock
from hotelbridge_fias.framing import Deframer
from hotelbridge_fias.records import BadRecord, Record, parse, render, stamp
from hotelbridge_fias.serial import Discipline, Outcome
from hotelbridge_fias.simulator_habits import Habits, Mode, Wire

AGAIN = 5.0  # protel: seconds of silence until LS is repeated while the link is down
IDLE = 30.0  # protel: seconds of silence until LA is said
GOODBYE = 3.0  # seconds that the peer's LE is waited for
HANDSHAKE = ("LS", "LD", "LR", "LA", "LE")

Lists = dict[str, tuple[str, ...]]  # by record id, the fields asked for


class Desk(Protocol):
    """The PMS behind a line."""

    habits: Habits
    clock: Clock
    lists: Lists  # what the last description asked for; protel keeps it from one connection to the next
    locked: bool  # a wrong key was shown: nothing more until it is entered again

    def local(self) -> datetime: ...
    def noted(self, line: Line, word: str, record: Record) -> None: ...
    def complain(self, words: str) -> None: ...
    def alive(self, line: Line) -> None: ...
    def data(self, line: Line, record: Record) -> None: ...
    def gone(self, line: Line) -> None: ...
    def proves(self, proof: str) -> str | None: ...


class Line(TwistedProtocol):
    """One connection, from its LS to its end."""

    def __init__(self, desk: Desk, *, hangs: bool = False) -> None:
        self._desk = desk
        self._hangs = hangs
        self._deframer = Deframer(desk.habits.framing)
        self._discipline: Discipline | None = None  # on a serial line
        self._timer: IDelayedCall | None = None
        self._shown = ""  # DA and TI of our last LS
        self._asks = False  # it has RT in its description
        self._leaving = False  # we have said LE
        self._reminded = False
        self.is_alive = False
        self.is_open = False

    # --- Twisted's side ---

    def connectionMade(self) -> None:
        transport: Any = self.transport
        self.is_open = True
        self._wire = Wire(self._desk.habits, self._desk.clock, transport.write)
        if self._desk.habits.serial:
            self._discipline = Discipline(self._desk.clock, transport.write, self._whole)
        if self._hangs:
            return
        if self._desk.habits.mode is Mode.ORACLE:
            self._desk.lists.clear()
        self._start()

    def dataReceived(self, data: bytes) -> None:
        if self._hangs:
            return
        if self._discipline is not None:
            self._discipline.data(data)
            return
        for body in self._deframer.feed(data):
            self._whole(body)

    def _whole(self, body: bytes) -> None:
        try:
            record = parse(body, self._desk.habits.encoding)
        except BadRecord as error:
            self._desk.complain(str(error))
            return
        self._desk.noted(self, "received", record)
        self._wait()
        self._take(record)

    def connectionLost(self, reason: Any = None) -> None:
        self.is_open = self.is_alive = False
        self._wire.close()
        if self._discipline is not None:
            self._discipline.close()
        self._stop_timer()
        if self._deframer.noise:
            self._desk.complain(f"{self._deframer.noise.skipped} bytes belonged to no record")
        self._desk.gone(self)

    # --- what the PMS does with it ---

    def send(self, record: Record) -> None:
        """Say it at once, if anybody is there."""
        if self.is_open and not self._hangs:
            self._desk.noted(self, "sent", record)
            body = render(record, self._desk.habits.encoding)
            if self._discipline is None:
                self._wire.put(body)
            else:
                self._discipline.send(body).addCallback(self._sent)
            self._wait()

    def _sent(self, outcome: Outcome) -> None:
        """On a serial line nothing else tells that nobody is there: the PMS begins again."""
        if outcome is Outcome.REFUSED:
            self._desk.complain("a record was not understood, four times")
        elif outcome is Outcome.SILENT and self.is_open and not self._leaving:
            self._desk.complain("nobody answers on the serial line")
            self.is_alive = False
            self._stop_timer()
            self._timer = self._desk.clock.call_later(AGAIN, self._silent)

    def end(self) -> None:
        """Say LE and leave, in the mode's manner."""
        self.is_alive, self._leaving = False, True
        self._say("LE")
        self._stop_timer()
        self._timer = self._desk.clock.call_later(GOODBYE, self._left)

    def mute(self) -> None:
        """From now on nobody hears or speaks, and the connection stands."""
        self._hangs, self.is_alive = True, False
        self._stop_timer()

    def drop(self, *, hard: bool = False) -> None:
        transport: Any = self.transport
        if hard:
            transport.abortConnection()
        else:
            transport.loseConnection()

    # --- link records ---

    def _take(self, record: Record) -> None:
        steps: dict[str, Callable[[Record], None]] = {
            "LS": self._started,
            "LD": self._described,
            "LR": self._listed,
            "LA": self._reported,
            "LE": self._ended,
        }
        if record.id in steps:
            steps[record.id](record)
        elif self.is_alive:
            self._desk.data(self, record)
        else:
            self._desk.complain(f"{record.id} before the link was alive: ignored")
            if not self._reminded and self._desk.habits.mode is Mode.ORACLE:
                self._reminded = True
                self._start()

    def _say(self, id: str, *fields: tuple[str, str]) -> None:
        self.send(Record(id, (*stamp(self._desk.local()), *fields)))

    def _start(self) -> None:
        self._shown = f"{self._desk.local():%y%m%d%H%M%S}"
        self._say("LS")

    def _started(self, record: Record) -> None:
        """A live one is told so; else both begin anew."""
        if self.is_alive:
            self._say("LA")
        else:
            self._start()

    def _described(self, record: Record) -> None:
        self._desk.lists.clear()
        self.is_alive = False
        self._asks = (record.first("RT") or "0") not in ("", "0")
        if record.first("IF") is None or record.first("V#") is None:
            self._desk.complain("LD without IF or V#")
        proof = record.first("CG")
        if proof is None:
            return
        if not self._asks:
            self._desk.complain("LD with CG and without RT: the link is ended")
            self.drop()
        elif self._desk.proves(proof) not in (None, self._shown):
            self._desk.complain("LD with a wrong key: the interface stops until it is entered again")
            self._desk.locked = True
            self.drop()

    def _listed(self, record: Record) -> None:
        about, wanted = record.first("RI") or "", record.first("FL") or ""
        if record.fields[:1] != (("RI", about),) or len(about) != 2 or len(wanted) % 2:
            self._desk.complain(f"{record} is not LR|RIxx|FL...|: ignored")
            return
        self._desk.lists[about] = tuple(wanted[i : i + 2] for i in range(0, len(wanted), 2))

    def _reported(self, record: Record) -> None:
        """LA: alive already, it is not answered; without any LR the peer has to begin again."""
        if self.is_alive:
            return
        if not self._desk.lists:
            self._desk.complain("LA and no LR before it: the peer is asked to begin again")
            self._start()
        elif self._desk.habits.alive_after:
            self._desk.clock.call_later(self._desk.habits.alive_after, self._become_alive)
        else:
            self._become_alive()

    def _become_alive(self) -> None:
        if self.is_alive or not self.is_open or self._leaving or not self._desk.lists:
            return
        self.is_alive = True
        if self._asks and self._desk.habits.mode is Mode.ORACLE:
            versions = (("RP", "116"), ("A2", "8.10.2.20"), ("A9", "PMS simulation"))
            self._say("LC", *versions, ("PH", self._desk.habits.hotel_id))
        self._say("LA")
        self._desk.alive(self)

    def _ended(self, record: Record) -> None:
        self.is_alive = False
        if not self._leaving:
            self._say("LE")
        self._left()

    def _left(self) -> None:
        self._leaving = False
        self._stop_timer()
        if self._desk.habits.mode is Mode.ORACLE:
            self.drop()
        else:
            self._wait()  # it keeps the connection and soon says LS

    # --- silence ---

    def _wait(self) -> None:
        """Start to count the silence anew; only protel does something about it."""
        if self._desk.habits.mode is Mode.PROTEL and self.is_open and not self._leaving and not self._hangs:
            self._stop_timer()
            wait = IDLE if self.is_alive else AGAIN
            self._timer = self._desk.clock.call_later(wait, self._silent)

    def _silent(self) -> None:
        self._timer = None
        if self.is_alive:
            self._say("LA")
        else:
            self._start()

    def _stop_timer(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
