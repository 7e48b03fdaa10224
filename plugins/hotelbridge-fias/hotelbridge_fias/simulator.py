"""The PMS side of FIAS as a program of its own: to try out an exchange, to test against, for the demo.

Prints `listening on PORT` first, then every record that it sends (`<-`) and receives (`->`) and what it
thinks of them. Lines on standard input are carried out; `help` lists them.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from twisted.application.internet import ClientService
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import clientFromString, serverFromString
from twisted.python.failure import Failure

from hotelbridge.clock import SystemClock, install_monotonic
from hotelbridge.testing.typed import hear
from hotelbridge_fias.framing import Framing
from hotelbridge_fias.letters import printable, usable
from hotelbridge_fias.simulator_habits import Door, Habits, Mode, Segments
from hotelbridge_fias.simulator_pms import FakePms
from hotelbridge_fias.simulator_terminal import Terminal
from hotelbridge_fias.simulator_words import Player

MOST_ROOMS = 5000
ROOMS = "101:140,201:240,301:340"
OUT = 1  # standard output


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate."""

    port: int
    interface: str
    connect: str  # HOST:PORT where the PMS dials; "" where it listens
    habits: Habits
    rooms: tuple[str, ...]
    accounts: tuple[str, ...]
    zone: ZoneInfo | None
    script: tuple[tuple[str, str], ...]  # where each line stands, and the line
    key: str


def room_numbers(text: str) -> tuple[str, ...]:
    """`101:140,0201` as numbers, leading zeros kept. Raises ValueError."""
    found: dict[str, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,8})(?:[:-]([0-9]{1,8}))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise ValueError(f"{part.strip()!r} is no room: write numbers like 201, or a range like 101:140")
        first, last = int(match[1]), int(match[2] or match[1])
        if len(found) + last - first >= MOST_ROOMS:
            raise ValueError(f"there are more than {MOST_ROOMS} rooms")
        found.update(dict.fromkeys(str(number).zfill(len(match[1])) for number in range(first, last + 1)))
    return tuple(found)


def main(argv: Sequence[str]) -> int:
    """Run until Ctrl-C or `quit`; 0 well ended, 1 failed, 2 wrong arguments, which are told."""
    try:
        plan = read_plan(argv)
    except SystemExit as left:  # argparse has said why
        return int(left.code or 0)
    from twisted.internet import reactor

    install_monotonic(reactor)
    return Simulation(plan, reactor, Screen().show).until_stopped()


class Screen:
    """Standard output. A reader that does not read loses lines: the link to the exchange must not stall."""

    def __init__(self) -> None:
        self._patience = 1.0  # seconds; none after it was in vain

    def show(self, words: str) -> None:
        data = f"{words}\n".encode(sys.stdout.encoding or "utf-8", "replace")
        try:
            while data and select.select([], [OUT], [], self._patience)[1]:
                data = data[os.write(OUT, data[: select.PIPE_BUF]) :]
        except (BlockingIOError, BrokenPipeError):
            pass
        self._patience = 0.0 if data else 1.0


def read_plan(argv: Sequence[str]) -> Plan:
    """The arguments as a plan. Raises SystemExit after telling what is wrong."""
    parser = argparse.ArgumentParser(
        prog="hotelbridge sim pms --plugin fias",
        description="A simulated PMS that speaks FIAS, until Ctrl-C.",
    )
    add = parser.add_argument
    add("--port", type=_port, default=5010, help="where it listens; 0: a free one (default 5010)")
    add("--interface", default="127.0.0.1", help="on which address (default 127.0.0.1)")
    add(
        "--connect", default="", metavar="HOST:PORT", type=_far, help="dial the exchange instead of listening"
    )
    add("--serial", action="store_true", help="a serial line: a pseudo-terminal, its path is told")
    add("--mode", choices=list(map(str, Mode)), default="oracle", help="whose interface it is like")
    add("--framing", choices=list(map(str, Framing)), default="stx_etx")
    add("--encoding", default="utf-8", type=_encoding, help="utf-8, cp850, windows-1252, ...")
    add("--segments", choices=list(map(str, Segments)), default="whole", help="how records are cut")
    add("--second", choices=("open", "refuse"), help="a second connection; default: as the mode does")
    add("--shuffled", action="store_true", help="fields come in any order")
    add("--rooms", default=ROOMS, type=_rooms, help=f"such as 101:140,0201 (default {ROOMS})")
    add("--accounts", default=(), type=_rooms, help="of the house, they take charges: such as 9000")
    add("--timezone", default=None, type=_zone, help="of the hotel's clocks; default: this machine's")
    add("--script", default=(), type=_script, metavar="FILE", help="lines to carry out, one after another")
    add("--key", default="", metavar="FidCrypt0S|...", help="check the key of the link description")
    told = parser.parse_args(list(argv))
    habits = Habits(
        mode=Mode(told.mode),
        framing=Framing(told.framing),
        serial=told.serial,
        encoding=told.encoding,
        segments=Segments(told.segments),
        shuffled=told.shuffled,
        second=Door(told.second) if told.second else None,
    )
    return Plan(
        told.port,
        told.interface,
        told.connect,
        habits,
        told.rooms,
        told.accounts,
        told.timezone,
        told.script,
        told.key,
    )


class Simulation:
    """One run of the simulated PMS."""

    def __init__(self, plan: Plan, reactor: Any, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._reactor = reactor
        self._say = say
        self._clock = SystemClock(reactor)
        self._exit = 0
        self._terminal: Terminal | None = None
        zone = plan.zone or self._clock.now().astimezone().tzinfo
        assert zone is not None
        self.pms = FakePms(
            self._clock,
            plan.rooms,
            plan.habits,
            zone=zone,
            say=self.tell,
            prove=_prover(plan.key),
            accounts=plan.accounts,
        )
        self.player = Player(self.pms, self._show, self._quit)

    def until_stopped(self) -> int:
        self._reactor.callWhenRunning(self._begin)
        self._reactor.addSystemEventTrigger("before", "shutdown", self._end)
        self._reactor.run()
        return self._exit

    def _end(self) -> None:
        self.pms.close()
        if self._terminal is not None:
            self._terminal.close()

    def tell(self, words: str) -> None:
        """One thing that happened, with the time on this machine."""
        self._show(f"{self._clock.now().astimezone():%H:%M:%S} {words}")

    def _show(self, words: str) -> None:
        """Whatever came over the line: nothing that a terminal would obey."""
        self._say("\n".join(printable(line) for line in words.split("\n")))

    def _begin(self) -> None:
        Deferred.fromCoroutine(self._start()).addErrback(self._failed)

    async def _start(self) -> None:
        if self._plan.habits.serial:
            self._terminal = Terminal(self._reactor, self.pms)
            self._say(f"listening on {self._terminal.path}")
            self._terminal.begin()
        elif self._plan.connect:
            host, _, port = self._plan.connect.rpartition(":")
            client: Any = clientFromString  # twisted has no annotations for these
            far = client(self._reactor, f"tcp:{_escaped(host)}:{port}")
            service: Any = ClientService(far, self.pms, retryPolicy=lambda attempt: 2.0, clock=self._reactor)
            service.startService()
            self._say(f"dialling {self._plan.connect}")
        else:
            where = f"tcp:{self._plan.port}:interface={_escaped(self._plan.interface)}"
            server: Any = serverFromString
            port_there: Any = await server(self._reactor, where).listen(self.pms)
            self._say(f"listening on {port_there.getHost().port}")
        for place, line in self._plan.script:
            self.player.play(line, place)
        hear(self._typed)

    def _failed(self, failure: Failure) -> None:
        self._exit = 1
        print(f"The simulation cannot start: {failure.getErrorMessage()}", file=sys.stderr, flush=True)
        self._quit()

    def _typed(self, line: str) -> None:
        self.player.play(line)

    def _quit(self) -> None:
        if self._reactor.running:
            self._reactor.callLater(0, self._stop)

    def _stop(self) -> None:
        if self._reactor.running:
            self._reactor.stop()


def _prover(key: str) -> Callable[[str], str] | None:
    """What undoes the proof in CG; None where no key is checked."""
    if not key:
        return None
    from hotelbridge_fias.key import read_key, shown_by  # needs cryptography, which nothing else here does

    secret = read_key(key)
    return lambda proof: shown_by(secret, proof)


def _escaped(host: str) -> str:
    return host.strip("[]").replace(":", "\\:")


def _told(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """argparse tells the words of its own kind of error alone."""

    def reading(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return reading


def _a_port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise ValueError(f"{text!r} is no port: write a number up to 65535")
    return int(text)


def _an_address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text and not (host and colon and re.fullmatch("[0-9]{1,5}", port)):
        raise ValueError(f"{text!r} is no address: write it like 127.0.0.1:5010")
    return text


def _an_encoding(text: str) -> str:
    if not usable(text):
        raise ValueError(f"{text!r} cannot be used: write utf-8, cp850 or windows-1252, for example")
    return text


def _a_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{text!r} is not a time zone: write it like Europe/Vienna") from error


def _lines(text: str) -> tuple[tuple[str, str], ...]:
    try:
        lines = Path(text).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{text} cannot be read: {error}") from error
    return tuple((f"{text} line {n}", line) for n, line in enumerate(lines, 1))


_port, _far, _encoding = _told(_a_port), _told(_an_address), _told(_an_encoding)
_rooms, _zone, _script = _told(room_numbers), _told(_a_zone), _told(_lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
