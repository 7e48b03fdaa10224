"""A real daemon, killed again and again in one evening: what the phones and the desk saw of it."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor

from hotelbridge.clock import SystemClock
from hotelbridge.demo.hotel import Hotel, write_config
from hotelbridge.demo.ports import free_ports
from hotelbridge.demo.waiting import pause
from hotelbridge.testing.fake_om_plant import Ring
from hotelbridge.testing.fake_om_scripts import Answers, Busy, NoAnswer, Offline, ReplyLost, Script

GUESTS: dict[str, tuple[Script, ...]] = {
    "201": (Answers(after=0.6, talk=3),),
    "202": (NoAnswer(rings=1.5), Answers(after=0.6, talk=3)),
    "203": (NoAnswer(rings=1.5),),
    "204": (Offline(3),),
    "205": (ReplyLost(Answers(after=1, talk=3)),),
    "206": (Busy(6, frees_after=1.0), Answers(after=0.6, talk=3)),
    "207": (Answers(after=0.5, talk=0.3), Answers(after=0.6, talk=3)),
    "208": (Answers(after=1.2, talk=None),),
}
KILLS = 9
OVER = {"woken", "alarmed"}


class Evening:
    """Guests due one after the other, and a daemon that is killed meanwhile."""

    def __init__(self, folder: Path, seed: int, url: str | None = None) -> None:
        """`url`: the store, where it is not a new SQLite file in the folder."""
        self.clock = SystemClock(reactor)
        config = write_config("story.toml", folder, free_ports())
        if url is not None:
            config.write_text(
                re.sub(r'(?m)^url = "sqlite:.*"$', lambda _: f'url = "{url}"', config.read_text())
            )
        self.hotel = Hotel(reactor, self.clock, config)
        self.dice = random.Random(seed)
        self.outages: list[tuple[datetime, datetime]] = []
        self.booked: dict[str, Any] = {}

    async def play(self) -> None:
        self.hotel.scripts(GUESTS)
        await self.hotel.start()
        assert await self.hotel.settled()
        first = self.hotel.whole_second(2.0)
        for number, room in enumerate(GUESTS):
            due = self.hotel.local(first + timedelta(seconds=1.5 * number)).replace(microsecond=0)
            self.booked[room] = await self.hotel.api.book(room, due)
        for _ in range(KILLS):
            await pause(self.clock, self.dice.uniform(0.2, 2.2))
            await self.hotel.kill9()
            killed = self.clock.now()
            await self.hotel.start()
            self.outages.append((killed, self.clock.now()))

    async def ended(self) -> dict[str, Any]:
        """Every wake-up when nothing rings any more."""
        for _ in range(300):
            shown = {room: await self.hotel.api.wakeup(one["id"]) for room, one in self.booked.items()}
            if all(one["state"] in OVER for one in shown.values()):
                return shown
            await pause(self.clock, 0.2)
        raise AssertionError({room: one["state"] for room, one in shown.items()})

    def was_up(self, at: datetime, slack: float = 0.0) -> bool:
        room = timedelta(seconds=slack)
        return not any(down - room <= at <= up + room for down, up in self.outages)


def proof_seen(evening: Evening, ring: Ring) -> bool:
    """Whether a guest was off hook long enough, and the daemon alive from lifting to proof."""
    shortest = evening.hotel.property.wakeup.min_answer
    if ring.answered is None or ring.ended is None or ring.ended - ring.answered < shortest:
        return False
    proved = ring.answered + shortest + timedelta(seconds=0.5)
    return not any(down <= proved and up >= ring.answered for down, up in evening.outages)


@pytest.mark.timeout(280)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_is_lost_late_in_silence_or_rung_twice(tmp_path: Path, seed: int) -> None:
    evening = Evening(tmp_path, seed)
    hotel = evening.hotel
    try:
        await evening.play()
        shown = await evening.ended()
        open_alarms = with_a_person(await hotel.api.alarms(open=True))
    finally:
        await hotel.close()

    keep_their_promises(evening, shown, open_alarms)


def with_a_person(alarms: list[dict[str, Any]]) -> set[int | None]:
    """The wake-ups that these alarms are about, by themselves or in their lists."""
    items = [item["wakeup"] for alarm in alarms for item in alarm.get("items") or ()]
    return {alarm["wakeup"] for alarm in alarms} | set(items)


def keep_their_promises(evening: Evening, shown: dict[str, Any], open_alarms: set[int | None]) -> None:
    """Promises 1 to 4, by what the phones saw and what the API says."""
    hotel = evening.hotel
    # no wake-up is lost: each ends woken, or with a person whose alarm is open
    for room, one in shown.items():
        if one["state"] == "alarmed":
            assert one["id"] in open_alarms, room
        else:
            assert any(ring.answered for ring in hotel.rings(room)), f"{room} is woken, and nobody answered"
    assert shown["203"]["state"] == shown["204"]["state"] == "alarmed"

    # on time, or it says late; never before due
    for room, one in shown.items():
        due = datetime.fromisoformat(one["due"])
        asked = hotel.connects(room)
        if asked:
            assert asked[0] >= due - timedelta(milliseconds=50)
            late = (asked[0] - due).total_seconds()
            assert late < 3.0 or one["late"] is not None or not evening.was_up(due, slack=3.0), (room, late)

    # never twice by accident
    assert [overlap for overlap in hotel.om.overlapping if overlap.while_it == "rings"] == []
    for room in GUESTS:
        rings = hotel.rings(room)
        assert all(one.ended and one.ended <= next_.started for one, next_ in pairwise(rings)), room
        for number, ring in enumerate(rings):
            assert not (proof_seen(evening, ring) and rings[number + 1 :]), f"{room} was rung after its proof"
