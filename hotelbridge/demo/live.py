"""`hotelbridge demo`: a hotel to play with, from nothing: 40 rooms, a simulated exchange, the daemon.

Begins clean at every start, in a folder of its own, where only configuration and tariff are kept
(somebody may have changed ports, or prices). Says where to look and what to type, and then what happens,
until Ctrl-C.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from hotelbridge.clock import SystemClock
from hotelbridge.demo import login
from hotelbridge.demo.deskline import NobodyAnswers, Refused
from hotelbridge.demo.hotel import Hotel, NotStarted, write_config, write_tariffs
from hotelbridge.demo.narrator import Narrator
from hotelbridge.demo.ports import ports_of, taken
from hotelbridge.demo.prompt import Prompt
from hotelbridge.demo.telephone import telephone
from hotelbridge.demo.typed import Typed
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
    hotel, prompt = _hotel(reactor, config, say)
    try:
        return await _play(reactor, hotel, prompt, say)
    except CancelledError:
        say("\nThe demo is over.")
        return 0
    except (NobodyAnswers, NotStarted, Refused, login.NoLogin) as error:
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
    if not config.exists():
        return write_config(config.name, folder, pms=True)
    write_tariffs(config)
    return config


def _hotel(reactor: Any, config: Path, say: Say) -> tuple[Hotel, Prompt]:
    clock = SystemClock(reactor)
    voices: list[Narrator] = []
    prompts: list[Prompt] = []
    hotel = Hotel(
        reactor,
        clock,
        config,
        tell=lambda words: voices[0].phone(words),
        hear=lambda heard: voices[0].desk(heard),
        overhear=lambda line: prompts[0].overhear(line),
    )
    voices.append(Narrator(say, clock, hotel.property.zone, Typed(hotel).advice))
    prompts.append(Prompt(hotel, say, voices[0].pms))
    hotel.scripts(dict.fromkeys(hotel.om.phone_numbers, (LIFTS,)))
    hotel.scripts({room: scripts for room, _, scripts, _ in BOOKED})
    return hotel, prompts[0]


def _hung_up(failure: Failure) -> None:
    """The end of the demo is the end of the calls; anything else is a failure."""
    if not isinstance(failure.value, CancelledError):
        failure.raiseException()


async def _play(reactor: Any, hotel: Hotel, prompt: Prompt, say: Say) -> int:
    say("Starting a simulated telephone exchange, a simulated PMS and the daemon ...")
    await hotel.start(LIVED_IN)
    await hotel.settled()
    await login.made(reactor, hotel.config)
    booked = ", ".join(f"{room} ({does})" for room, _, _, does in BOOKED)
    say(Typed(hotel).welcome(booked))
    prompt.listen()
    say("")
    for room, after, _, does in BOOKED:
        at = hotel.clock.now() + timedelta(seconds=after)
        try:
            await hotel.api.book(room, hotel.local(at), f"this guest {does}")
        except Refused as error:  # in the hour that the clocks skip or repeat
            say(f"Room {room} could not be booked: {error}")
    for after, line in GUEST_LIFE:
        hotel.pms.play(f"at +{after} {line}")
    calls = Deferred.fromCoroutine(telephone(hotel))
    calls.addErrback(_hung_up)
    try:
        await until(hotel.clock, lambda: not hotel.daemon.running, float("inf"), every=0.5)
    finally:
        calls.cancel()
    raise NotStarted(f"The daemon has ended by itself; its log is {hotel.daemon.log}.")
