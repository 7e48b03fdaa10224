"""A telephone exchange for tests of the simulated PMS: says what a test says, keeps what it hears."""

from __future__ import annotations

from typing import Any

from hotelbridge_fias.framing import Deframer, Framing, frame
from hotelbridge_fias.records import Record, parse, render
from hotelbridge_fias.serial import Discipline
from hotelbridge_fias.simulator_habits import Habits
from hotelbridge_fias.simulator_pms import FakePms
from twisted.internet.protocol import Factory, Protocol

from hotelbridge.testing.fake_clock import FakeClock
from hotelbridge.testing.fake_om_memory import MemoryEndpoint

LISTS = {
    "GI": "RNG#GSGNGLCSSF",
    "GO": "RNG#GSSF",
    "GC": "RNG#GSGNGLROSF",
    "RE": "RNCSDN",
    "WR": "RNDATI",
    "WC": "RNDATI",
    "WA": "RNDATIAS",
    "PS": "RNPTTADATIP#CT",
    "PA": "RNASCTP#",
    "NS": "DATI",
    "NE": "DATI",
}
NOW = "DA261124|TI040000|"
PS = "PS|RN101|PTC|TA1050|DA261124|TI035900|P#7|CTcall|"


def without_time(heard: list[str]) -> list[str]:
    """Link records by their id alone."""
    return [text.split("|DA")[0] for text in heard]


class Peer(Protocol):
    """One connection of the exchange."""

    def __init__(self, framing: Framing, encoding: str) -> None:
        self._framing, self._encoding = framing, encoding
        self._deframer = Deframer(framing)
        self._line: Discipline | None = None
        self.heard: list[str] = []
        self.bodies: list[bytes] = []
        self.lost = False
        self.deaf = False  # on a serial line: nobody is at its end

    def on_serial(self, clock: FakeClock) -> None:
        """From the beginning on, speak as on a serial line."""
        self._line = Discipline(clock, lambda data: self.transport.write(data), self._whole)  # type: ignore[union-attr]

    def dataReceived(self, data: bytes) -> None:
        if self.deaf:
            return
        if self._line is not None:
            self._line.data(data)
            return
        for body in self._deframer.feed(data):
            self._whole(body)

    def _whole(self, body: bytes) -> None:
        self.bodies.append(body)
        self.heard.append(str(parse(body, self._encoding)))

    def connectionLost(self, reason: Any = None) -> None:
        self.lost = True
        if self._line is not None:
            self._line.close()

    def say(self, text: str) -> None:
        transport: Any = self.transport
        if self._line is not None:
            self._line.send(render(parse(text), self._encoding))
            return
        transport.write(frame(render(parse(text), self._encoding), self._framing))

    def take(self) -> list[str]:
        """What was heard since the last time."""
        heard, self.heard = self.heard, []
        return heard

    def records(self) -> list[Record]:
        return [parse(text) for text in self.take()]


class Bench:
    """A simulated PMS, a clock, and exchanges that connect to it in memory."""

    def __init__(self, **habits: Any) -> None:
        self.clock = FakeClock()
        self.habits = Habits(**habits)
        self.said: list[str] = []
        rooms = ("101", "102", "103", "0104")
        self.pms = FakePms(self.clock, rooms, self.habits, say=self.said.append, prove=self.proved)
        self.proof: str | None = None
        self.endpoint = MemoryEndpoint(self.pms.buildProtocol, self.clock)

    def proved(self, proof: str) -> str:
        return self.proof or ""

    def dial(self) -> Peer:
        peer = Peer(self.habits.framing, self.habits.encoding)
        if self.habits.serial:
            peer.on_serial(self.clock)
        factory: Any = Factory.forProtocol(lambda: peer)
        self.endpoint.connect(factory).addErrback(lambda failure: setattr(peer, "lost", True))
        self.clock.advance(0.1)
        return peer

    def alive(self, **lists: str) -> Peer:
        """An exchange with a link that is alive."""
        peer = self.dial()
        self.describe(peer, **lists)
        assert self.pms.is_alive
        peer.take()
        return peer

    def describe(self, peer: Peer, **lists: str) -> None:
        peer.say("LD|DA261124|TI040000|V#1|IFPB|")
        for id, wanted in {**LISTS, **lists}.items():
            if wanted:
                peer.say(f"LR|RI{id}|FL{wanted}|")
        peer.say("LA|DA261124|TI040000|")
        self.clock.advance(0.2)
