"""`hotelbridge demo`: a hotel to play with, from nothing: 40 rooms, a simulated exchange, the daemon.

Begins clean at every start, in a folder of its own, where only the configuration is kept (somebody may
have changed its ports). Says where to look and what to type, and then what happens, until Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError

from hotelbridge.clock import SystemClock
from hotelbridge.demo.deskline import NobodyAnswers, Refused
from hotelbridge.demo.hotel import Hotel, NotStarted, write_config
from hotelbridge.demo.narrator import Narrator
from hotelbridge.demo.ports import ports_of, taken
from hotelbridge.demo.waiting import until
from hotelbridge.errors import ConfigurationError
from hotelbridge.settings_load import load
from hotelbridge.testing.fake_om_scripts import RINGS_FOR_EVER, Answers, Busy, Offline, Script

FOLDER = Path("hotelbridge-demo")
FAILED, BAD_USAGE = 1, 2
LIFTS = Answers(after=4.0, talk=10.0)

# room, seconds from now, what its phone does, in words
BOOKED: tuple[tuple[str, int, tuple[Script, ...], str], ...] = (
    ("205", 12, (Offline(3),), "has a dead phone"),
    ("201", 15, (LIFTS,), "answers"),
    ("202", 20, (RINGS_FOR_EVER, LIFTS), "answers the second ring"),
    ("203", 25, (RINGS_FOR_EVER,), "never answers"),
    ("204", 30, (Busy(6, frees_after=12.0), LIFTS), "is busy at first"),
    ("301", 90, (LIFTS,), "answers"),
    ("302", 120, (Answers(4.0, 1.0), LIFTS), "lifts and drops, and answers the second ring"),
    ("303", 180, (LIFTS,), "answers"),
)

LIVED_IN = [str(room) for room in (*range(201, 221), *range(301, 316))]
# seconds from now, what happens at the PMS
GUEST_LIFE: tuple[tuple[int, str], ...] = (
    (35, 'gi 316 2001 "Weber, Max" language=GE vip=1'),
    (40, 'share 316 2002 "Weber, Eva"'),
    (45, "wr 310 now"),
    (60, "move 316 317 2001"),
    (75, "re 311 cs=1"),
    (100, "go 312"),
)

Say = Callable[[str], None]


async def live(reactor: Any, say: Say = print, folder: Path = FOLDER) -> int:
    """Play until interrupted; the exit code."""
    try:
        config = _clean(folder)
        in_use = taken(ports_of(load(config, {})))
    except ConfigurationError as error:
        say(f"{error}\nCorrect it, or remove {folder}/demo.toml to begin anew.")
        return BAD_USAGE
    for one in in_use:
        say(f"Port {one.port} is taken ({one.key} in {config}).")
    if in_use:
        say("Is another demo running? Stop it with Ctrl-C there, or write another port into that file.")
        return BAD_USAGE
    hotel = _hotel(reactor, config, say)
    try:
        return await _play(hotel, say)
    except CancelledError:
        say("\nThe demo is over.")
        return 0
    except (NobodyAnswers, NotStarted, Refused) as error:
        say(str(error))
        return FAILED
    finally:
        await hotel.close()


def _clean(folder: Path) -> Path:
    """The configuration, in a folder without anything of an earlier demo."""
    folder.mkdir(exist_ok=True)
    config = folder / "demo.toml"
    for old in folder.glob("demo.*"):
        if old != config:
            old.unlink()
    return config if config.exists() else write_config(config.name, folder, pms=True)


def _hotel(reactor: Any, config: Path, say: Say) -> Hotel:
    clock = SystemClock(reactor)
    voices: list[Narrator] = []
    hotel = Hotel(
        reactor,
        clock,
        config,
        tell=lambda words: voices[0].phone(words),
        hear=lambda heard: voices[0].desk(heard),
        overhear=lambda line: voices[0].pms(line),
    )
    typed = Typed(hotel)
    voices.append(Narrator(say, clock, hotel.property.zone, typed.advice))
    hotel.scripts(dict.fromkeys(hotel.om.phone_numbers, (LIFTS,)))
    hotel.scripts({room: scripts for room, _, scripts, _ in BOOKED})
    return hotel


async def _play(hotel: Hotel, say: Say) -> int:
    say("Starting a simulated telephone exchange, a simulated PMS and the daemon ...")
    await hotel.start(LIVED_IN)
    await hotel.settled()
    say(Typed(hotel).welcome())
    say("")
    for room, after, _, does in BOOKED:
        at = hotel.clock.now() + timedelta(seconds=after)
        try:
            await hotel.api.book(room, hotel.local(at), f"this guest {does}")
        except Refused as error:  # in the hour that the clocks skip or repeat
            say(f"Room {room} could not be booked: {error}")
    for after, line in GUEST_LIFE:
        hotel.pms.play(f"at +{after} {line}")
    await until(hotel.clock, lambda: not hotel.daemon.running, float("inf"), every=0.5)
    raise NotStarted(f"The daemon has ended by itself; its log is {hotel.daemon.log}.")


class Typed:
    """What a person may type, with the real names and ports, to be copied as it stands."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._base = hotel.api.door.base
        self._mine = f"{self._base}/api/v1/properties/{hotel.property.id}"

    def curl(self, path: str, *options: str) -> str:
        """A request with the token of this run."""
        token = _near(self._hotel.api.door.token_file)
        return " ".join(["curl -s", *options, f'-H "Authorization: Bearer $(cat {token})"', f"'{path}'"])

    def post(self, path: str, body: str) -> str:
        """A request with a JSON body."""
        return self.curl(f"{self._mine}/{path}", "-H 'Content-Type: application/json'", f"-d '{body}'")

    def command(self, words: str) -> str:
        """The program itself, on this hotel's configuration."""
        return f"{_program()} {words} -c {_near(self._hotel.config)}"

    def advice(self, alarm: dict[str, Any]) -> str:
        """How to silence an alarm, and how to close it, by name."""
        id = alarm["id"]
        return "\n".join(
            [
                "          to silence it for a while, and to close it with what was found:",
                "  " + self.post(f"alarms/{id}/acknowledge", '{"by": "Anna"}'),
                "  " + self.command(f"alarm acknowledge {id} --by Anna --outcome woken_by_staff"),
            ]
        )

    def welcome(self) -> str:
        """Where to look, and what to do next."""
        hotel = self._hotel
        soon = f"$(TZ={hotel.property.timezone} date -d '+2 minutes' +%FT%T)"
        body = f"""{{"room": "213", "at": "'{soon}'"}}"""
        events = self.curl(f"{self._base}/api/v1/events", "-N")
        return "\n".join(
            [
                "",
                f"{hotel.property.name}: {len(hotel.property.rooms)} rooms (201-220, 301-320), "
                "vacant from 316 on, "
                f"and it is {hotel.local(hotel.clock.now()):%H:%M:%S} there ({hotel.property.timezone}).",
                f"Everything is in {_near(hotel.config.parent)}/: the configuration, the database, the log.",
                "",
                "Type in another terminal, in this folder:",
                f"  {self.command('wakeup add 212 +2m')}",
                f"  {self.command('wakeup list')}",
                f"  {self.command('rooms list')}",
                f"  {self.command('why 212')}",
                f"  {self.command('alarm list')}",
                "or ask the daemon itself:",
                f"  {self.post('wakeups', body)}",
                f"  {self.curl(f'{self._mine}/wakeups')}",
                f"  {self.curl(f'{self._mine}/alarms?open=true')}",
                f"  {events}",
                "",
                "Booked for the next minutes: "
                + ", ".join(f"{room} ({does})" for room, _, _, does in BOOKED)
                + ".",
                "What happens is told here. Ctrl-C ends it.",
            ]
        )


def _near(path: Path) -> str:
    """A path as it is typed from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _program() -> str:
    """The running program as it is typed from here."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py" or not os.access(started, os.X_OK):
        return f"{_near(Path(sys.executable))} -m hotelbridge"
    return _near(started)
