"""A simulated PMS: the far end of the FIAS line, faithful to the protocol and awkward where it is told to be.

A Twisted factory on an injected clock: reached over TCP, or in memory by whoever joins its protocols
to a client. It lives apart from what is tested against it: `hotel` shows what arrived, `errors` what a
real PMS would have complained of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from random import Random
from typing import Any

from twisted.internet.protocol import Factory

from hotelbridge.clock import Clock
from hotelbridge_fias.records import Record, stamp
from hotelbridge_fias.simulator_desk import FrontDesk, in_room
from hotelbridge_fias.simulator_habits import Answers, Door, Habits, Mode, Resync, Timers, chosen
from hotelbridge_fias.simulator_hotel import Hotel
from hotelbridge_fias.simulator_line import Line, Lists
from hotelbridge_fias.simulator_postings import Postings

KEPT = 20_000  # records that are remembered, the oldest go first
CRITICAL = ("GI", "GO", "GC", "RE", "WR", "WC")  # kept for the peer while the link is down
MEANING = {
    **{"LS": "link start", "LD": "link description", "LR": "wanted fields", "LA": "link alive"},
    **{"LE": "link end", "LC": "configuration", "GI": "check-in", "GO": "check-out", "GC": "change"},
    **{"RE": "room", "WR": "wake-up wanted", "WC": "wake-up not wanted", "WA": "wake-up result"},
    **{"PS": "charge", "PA": "answer to a charge", "DR": "resync wanted", "DS": "resync begins"},
    **{"DE": "resync ends", "NS": "night audit begins", "NE": "night audit ends"},
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One record that went over the line."""

    at: datetime
    word: str  # "sent" or "received", as the PMS sees it
    record: Record


class FakePms(Factory):
    """One hotel's PMS. `front_desk` is what its people do; `prove` undoes the proof of a key (see `key`)."""

    noisy = False  # no log lines of Twisted's own

    def __init__(
        self,
        clock: Clock,
        rooms: Iterable[str] = (),
        habits: Habits | None = None,
        *,
        zone: tzinfo = UTC,
        say: Callable[[str], None] | None = None,
        prove: Callable[[str], str] | None = None,
        random: Random | None = None,
        accounts: Iterable[str] = (),
    ) -> None:
        self._timers = Timers(clock)
        self.clock: Clock = self._timers
        self.habits = habits or Habits()
        self.hotel = Hotel.of(rooms, accounts)
        self.answers = Answers()
        self.lists: Lists = {}
        self.locked = False
        self.door = Door.OPEN
        self.audit = False
        self.spoken: deque[Spoken] = deque(maxlen=KEPT)
        self.waiting: deque[tuple[Record, bool]] = deque()
        self.front_desk = FrontDesk(self.hotel, self)
        self._zone = zone
        self._say = say or (lambda words: None)
        self._prove = prove
        self._random = random or Random(1)
        self._line: Line | None = None
        self._postings = Postings(self)
        self._listing: list[str] | None = None  # rooms that a running resync has still to tell

    # --- what tests look at ---

    @property
    def errors(self) -> list[str]:
        """What the peer did wrong, in words."""
        return self.hotel.errors

    @property
    def is_alive(self) -> bool:
        return self._line is not None and self._line.is_alive

    @property
    def line(self) -> Line | None:
        """The connection that stands, if any."""
        return self._line

    def received(self, id: str = "") -> list[Record]:
        """Records that came, all or of one id."""
        return [one.record for one in self.spoken if one.word == "received" and id in ("", one.record.id)]

    def sent(self, id: str = "") -> list[Record]:
        """Records that went, all or of one id."""
        return [one.record for one in self.spoken if one.word == "sent" and id in ("", one.record.id)]

    # --- connections ---

    def buildProtocol(self, addr: Any) -> Line | None:
        """None refuses the connection."""
        if self.door is Door.REFUSE or self.locked:
            return None
        if self.door is Door.HANG:
            return Line(self, hangs=True)
        if self._line is not None and not self.habits.replaces:
            self._say("a second connection is refused")
            return None
        if self._line is not None:
            self._say("a newer connection takes the place of the old one")
            self._line.drop(hard=True)
            self._forget()
        self._line = Line(self)
        return self._line

    def drop(self, *, hard: bool = False) -> None:
        """Lose the connection; `hard`: with a reset."""
        if self._line is not None:
            self._line.drop(hard=hard)

    def end(self) -> None:
        """Say LE, as a PMS that is shut down."""
        if self._line is not None:
            self._line.end()

    def mute(self) -> None:
        """The connection stands and nobody is there any more, until a new one comes."""
        if self._line is not None:
            self._line.mute()

    def close(self) -> None:
        """The end of the simulation: no timer is left, and nobody connects any more."""
        self.door = Door.REFUSE
        self.drop(hard=True)
        self._timers.close()

    # --- Desk, for the line ---

    def local(self) -> datetime:
        """The time on the hotel's clocks, without a zone."""
        return self.clock.now().astimezone(self._zone).replace(tzinfo=None)

    def noted(self, line: Line, word: str, record: Record) -> None:
        self.spoken.append(Spoken(self.clock.now(), word, record))
        self._say(f"{'<-' if word == 'sent' else '->'} {record}   {MEANING.get(record.id, '')}".rstrip())

    def complain(self, words: str) -> None:
        self.errors.append(words)
        self._say(f"!! {words}")

    def alive(self, line: Line) -> None:
        self._say("the link is alive")
        while self.waiting and line.is_alive:
            self._tell(*self.waiting.popleft())

    def gone(self, line: Line) -> None:
        if line is self._line:
            self._line = None
            self._forget()
            self._say("the connection is gone")

    def _forget(self) -> None:
        """What was under way on a connection ends with it."""
        self._listing = None
        self._postings.forget()

    def proves(self, proof: str) -> str | None:
        return None if self._prove is None else self._prove(proof)

    def data(self, line: Line, record: Record) -> None:
        """A record of a link that is alive."""
        if self._listing is not None and record.id != "DR":
            self.complain(f"{record.id} between DS and DE")
        if record.id not in self.lists and record.id != "DR":
            self.complain(f"{record.id} and no LR for it")
        steps: dict[str, Callable[[Record], None]] = {
            "PS": self._postings.take,
            "RE": self.hotel.equipped,
            "WA": self.hotel.woken,
            "WR": lambda r: self.hotel.wanted(
                (r.first("RN") or "", r.first("DA") or "", r.first("TI") or "")
            ),
            "WC": lambda r: self.hotel.not_wanted(
                r.first("RN") or "", r.first("DA") or "", r.first("TI") or ""
            ),
            "DR": lambda r: self._asked_for_all(),
        }
        if record.id in steps:
            steps[record.id](record)
        else:
            self.complain(f"{record.id} is nothing that a telephone exchange says")

    # --- telling the peer ---

    def tell(self, id: str, *fields: tuple[str, str], sync: bool = False) -> None:
        """Say what happened, if it was asked for: now, or where it matters once the link is alive again."""
        record = Record(id, (*fields, ("SF", "")) if sync else fields)
        if self.is_alive:
            self._tell(record, sync)
        elif id in CRITICAL and not sync:
            self.waiting.append((record, sync))
            self._say(f"kept until the link is alive: {record}")

    def answer(self, record: Record) -> None:
        """Say something that answers the peer, with what it asked for."""
        self._tell(record, False)

    def _tell(self, record: Record, sync: bool) -> None:
        if self._line is None:
            return
        if record.id in ("DS", "DE"):
            self._line.send(record)
        elif record.id in self.lists:
            shuffle = self._random if self.habits.shuffled else None
            self._line.send(chosen(record, self.lists[record.id], shuffle))
        else:
            self._say(f"not asked for: {record}")

    def knows_moves(self) -> bool:
        """Whether the peer asked for the old room of a move."""
        return "RO" in self.lists.get("GC", ("RO",) if not self.is_alive else ())

    def night_audit(self, begins: bool) -> None:
        """Begin or end the closing of the day."""
        self.audit = begins
        self.tell("NS" if begins else "NE", *stamp(self.local()))

    # --- everything from the beginning ---

    def _asked_for_all(self) -> None:
        if self._listing is not None or self.habits.resync is Resync.SILENT:
            return
        if self.habits.mode is Mode.PROTEL and not {"GI", "GO"} & {*self.lists}:
            return
        self.resync()

    def resync(self) -> None:
        """Tell every room as it stands when its turn comes, between DS and DE."""
        if not self.is_alive or self._listing is not None:
            return
        self._listing = list(self.hotel.rooms)
        if self.habits.resync is not Resync.BARE:
            self.tell("DS", *stamp(self.local()))
        self._next_room()

    def _next_room(self) -> None:
        while self._listing:
            self._tell_room(self._listing.pop(0))
            if self.habits.resync_gap:
                self.clock.call_later(self.habits.resync_gap, self._next_room)
                return
        if self._listing is not None:
            self._listing = None
            if self.habits.resync not in (Resync.BARE, Resync.NO_END):
                self.tell("DE", *stamp(self.local()))

    def _tell_room(self, room: str) -> None:
        guests = self.hotel.rooms[room]
        if not guests:
            self.tell("GO", ("RN", room), ("GS", "N"), sync=True)
        for n, guest in enumerate(guests):
            self.tell("GI", *in_room(room, guest, n > 0), sync=True)
