"""`hotelbridge demo --story`: plays one night in short times and holds the promises against it.

Over real sockets, with the daemon as a process of its own, on free ports and in a folder that goes
away again; only where a promise was broken the daemon's log is kept and named.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twisted.internet.defer import CancelledError

from hotelbridge.clock import Clock, SystemClock
from hotelbridge.demo import callpromises
from hotelbridge.demo.deskline import NobodyAnswers, Refused
from hotelbridge.demo.evidence import Evidence, Stayed
from hotelbridge.demo.guests import ALL
from hotelbridge.demo.hotel import Hotel, NotStarted, write_config
from hotelbridge.demo.narrator import Narrator
from hotelbridge.demo.ports import free_ports
from hotelbridge.demo.promises import WHOLE_NIGHT, Promise, on_time
from hotelbridge.demo.report import Chapter, all_kept, judge, written
from hotelbridge.demo.scenes import SCENES, close_what_is_open
from hotelbridge.demo.stage import Scene, Stage
from hotelbridge.demo.waiting import until
from hotelbridge.testing.fake_om_habits import Habits
from hotelbridge.testing.fake_om_scripts import Script

VACANT = "221"  # nobody is in this room and those behind it when the evening begins
QUICK = Habits(ring_after=0.1, announcement=0.8)


@dataclass(frozen=True, slots=True)
class Play:
    """What is played, and where it is said.

    `spoil`: guests who do something else than is promised; `pms`: lines that put the PMS into a mood.
    """

    say: Callable[[str], None] = print
    scenes: Collection[str] = field(default_factory=lambda: [scene.name for scene in SCENES])
    spoil: Mapping[str, tuple[Script, ...]] = field(default_factory=dict)
    pms: Sequence[str] = ()  # lines said to the PMS beforehand

    @property
    def chosen(self) -> list[Scene]:
        """The scenes, in their order."""
        return [scene for scene in SCENES if scene.name in self.scenes]


async def story(reactor: Any, play: Play) -> int:
    """Play it and say what came of it: 0 only if every promise was kept."""
    folder = Path(tempfile.mkdtemp(prefix="hotelbridge-story-"))
    clock = SystemClock(reactor)
    hotel = _hotel(reactor, clock, folder, play)
    kept = False
    try:
        kept = await _played(hotel, play)
    except (NobodyAnswers, Refused, NotStarted) as error:
        play.say(f"\nThe story could not be played to its end: {error}")
    except CancelledError:
        kept = True  # nothing is proved, and nothing worth keeping
        raise
    finally:
        await hotel.close()
        if kept:
            shutil.rmtree(folder, ignore_errors=True)
    if not kept:
        play.say(f"The daemon's log is {hotel.daemon.log}, beside its configuration and its database.")
    return 0 if kept else 1


def _hotel(reactor: Any, clock: Clock, folder: Path, play: Play) -> Hotel:
    config = write_config("story.toml", folder, free_ports(), pms=True)
    voices: list[Narrator] = []
    hotel = Hotel(
        reactor,
        clock,
        config,
        habits=QUICK,
        tell=lambda words: voices[0].phone(words),
        hear=lambda heard: voices[0].desk(heard),
        overhear=lambda line: voices[0].pms(line),
    )
    voices.append(Narrator(play.say, clock, hotel.property.zone))
    hotel.scripts({guest.room: guest.scripts for guest in ALL} | dict(play.spoil))
    return hotel


async def _played(hotel: Hotel, play: Play) -> bool:
    begun = hotel.clock.monotonic()
    stage = Stage(hotel, lambda words: play.say(f"          --      {words}"))
    await hotel.start([room.number for room in hotel.property.rooms if room.number < VACANT])
    await hotel.settled()
    await until(hotel.clock, lambda: hotel.pms.records("<- DE"), 15.0)
    await hotel.settled()
    for line in play.pms:
        hotel.pms.play(line)
    for scene in play.chosen:
        play.say(f"\n{scene.title}")
        await scene.play(stage)
    play.say("\nThe night is over")
    await close_what_is_open(stage)
    evidence = await _evidence(stage)
    judged = judge(_chapters(play.chosen), evidence)
    play.say(written(judged, hotel.clock.monotonic() - begun))
    return all_kept(judged)


def _chapters(scenes: list[Scene]) -> list[Chapter]:
    guests = [guest for scene in scenes for guest in scene.guests]
    whole: tuple[Promise, ...] = (on_time(guests), *WHOLE_NIGHT, *callpromises.WHOLE_NIGHT)
    chapters = [Chapter(scene.title, tuple(scene.all_promises)) for scene in scenes]
    return [*chapters, Chapter("The whole night", whole)]


async def _evidence(stage: Stage) -> Evidence:
    """Ask the API a last time, end the daemon in order, and put together what was seen."""
    hotel = stage.hotel
    nights = {
        room: Stayed(
            guest, due, tuple(hotel.connects(room)), tuple(hotel.rings(room)), await hotel.api.wakeup(id)
        )
        for room, (guest, due, id) in stage.booked.items()
    }
    alarms = await hotel.api.alarms()
    rooms = await hotel.api.rooms()
    guests = {room["number"]: tuple(stay["guest"] for stay in room["stays"]) for room in rooms}
    folio = await hotel.pms.folios([*guests, hotel.property.house_account])
    records, charges = hotel.books.records(), hotel.books.charges()
    cdrs, maybe = hotel.call_records()
    code = await hotel.stop()
    return Evidence(
        nights=nights,
        alarms=tuple(alarms),
        heard=tuple(hotel.events.heard),
        commands=tuple((one.at, one.words) for one in hotel.om.commands),
        overlaps=tuple(hotel.om.overlapping),
        menus=tuple(str(menu.id) for menu in hotel.device.menus),
        ring=hotel.property.wakeup.ring,
        mute=tuple(n for n in hotel.om.phone_numbers if not hotel.om.phone(n).reports),
        moments=dict(stage.moments),
        held={number: dict(hotel.om.phone(number).parameters) for number in hotel.om.phone_numbers},
        answers=dict(stage.answers),
        rung={number: len(hotel.rings(number)) for number in hotel.om.phone_numbers},
        guests=guests,
        said_to_pms=tuple(hotel.pms.records("-> ")),
        postings=tuple(hotel.pms.when("-> PS")),
        folio=tuple(folio),
        records=tuple(records),
        charges=tuple(charges),
        cdrs=tuple(cdrs),
        cdrs_maybe=tuple(maybe),
        failures=_failures(hotel.daemon.log),
        exit_code=code,
    )


def _failures(log: Path) -> tuple[str, ...]:
    """Failures that the daemon did not expect, each with its last line."""
    lines = log.read_text("utf-8", "replace").splitlines()
    found = []
    for index, line in enumerate(lines):
        if "Traceback (most recent call last)" in line:
            rest = lines[index + 1 :]
            found.append(next((one.strip() for one in rest if one[:1].strip()), "a traceback"))
    return tuple(found)
