"""A real daemon that kills itself at an exact point of its work, one point after the other, in one evening.

After each death the next daemon is started, which dies at the next point. At the end promises 1 to 4
are checked by what the phones saw and by what the API says.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotelbridge.demo.child import DaemonProcess
from hotelbridge.demo.deskline import NobodyAnswers, Refused
from hotelbridge.demo.hotel import NotStarted
from hotelbridge.demo.waiting import pause
from tests.crash.dying import POINTS
from tests.crash.test_killed_again_and_again import GUESTS, Evening, keep_their_promises, with_a_person

Point = tuple[str, int]  # a point, and the passing of it at which the daemon dies
ONE_NIGHT: Sequence[Point] = (
    ("a booking is saved, and not answered", 1),
    ("before a Connect is written", 1),
    ("reports are saved, and not worked off", 1),
    ("after a Connect is written", 1),
    ("before a commit", 14),
    ("the reply to a Connect is here, and not saved", 1),
    ("reports are worked off, and nothing came of it yet", 6),
    ("after a commit, before it is told", 18),
)


class DyingDaemon(DaemonProcess):
    """A daemon that dies at the points of a list, one for each life; then one that lives."""

    points: list[Point]

    def start(self) -> None:
        point = self.points.pop(0) if self.points else None
        self.program = ("-m", "tests.crash.dying") if point else ("-m", "hotelbridge")
        told = {"DIE_AT": point[0], "DIE_AFTER": str(point[1])} if point else {}
        os.environ.update(told)
        try:
            super().start()
        finally:
            for name in told:
                del os.environ[name]


class Night(Evening):
    """The guests of that evening, and a daemon that dies by itself."""

    def __init__(self, folder: Path, url: str | None, points: Sequence[Point]) -> None:
        super().__init__(folder, seed=0, url=url)
        hotel = self.hotel
        daemon = DyingDaemon(self.clock, hotel.config, hotel.config.with_suffix(".log"))
        daemon.points = []
        hotel.daemon = daemon
        self.daemon = daemon
        self._points = points

    async def play(self) -> None:
        """For each point a guest, due soon after the daemon that dies there has started."""
        self.hotel.scripts(GUESTS)
        await self.hotel.start()
        assert await self.hotel.settled()
        await self.hotel.kill9()
        self.daemon.points = list(self._points)
        for number, room in enumerate(GUESTS):
            await self.seen_to()
            self.booked[room] = await self._book(room)
            await self._dead(of=number + 1)
        await self.seen_to()

    async def _dead(self, of: int) -> None:
        """Wait until the daemon has died so often. It says so a moment before it is gone."""
        for _ in range(400):
            if sum(self.deaths().values()) >= of:
                break
            await pause(self.clock, 0.1)
        else:
            raise AssertionError(f"not passed: {self._points[of - 1]}")
        for _ in range(20):  # no longer: it may be the next one that runs, where one died while it started
            if not self.daemon.running:
                break
            await pause(self.clock, 0.05)

    async def _book(self, room: str) -> dict[str, Any]:
        """As a program does whose answer was lost: the same request again, under the same key."""
        for number in range(20):
            due = self.hotel.local(self.hotel.whole_second(4.0)).replace(microsecond=0)
            while True:
                try:
                    return await self.hotel.api.book(room, due, key=f"booking-{number}-of-{room}")
                except NobodyAnswers:
                    await self.seen_to()
                except Refused as refused:  # it was not saved the first time, and now it is too late
                    assert refused.code in ("past", "too_soon"), str(refused)
                    break
        raise AssertionError("no booking comes through")

    async def seen_to(self) -> None:
        """If the daemon is dead, the next one is started; it may die while it starts."""
        killed = self.clock.now()
        while not self.daemon.running:
            try:
                await self.hotel.start()
                self.outages.append((killed - timedelta(seconds=0.2), self.clock.now()))
            except NotStarted:
                assert self.daemon.exit_code == -9

    def deaths(self) -> Counter[str]:
        """The points at which a daemon died, by its log."""
        lines = self.daemon.log.read_text("utf-8", "replace").splitlines()
        return Counter(line.removeprefix("killed: ") for line in lines if line.startswith("killed: "))


@pytest.mark.timeout(280)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_killed_at_every_point_of_its_work_it_keeps_its_promises(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Promises 1 to 4; an accepted booking whose answer was lost is one wake-up under its key."""
    url = None if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))
    night = Night(tmp_path, url, ONE_NIGHT)
    try:
        await night.play()
        shown = await night.ended()
        open_alarms = with_a_person(await night.hotel.api.alarms(open=True))
        all_of_them = await night.hotel.api.ask("GET", "wakeups?limit=100")
    finally:
        await night.hotel.close()
    assert {word for word, _ in ONE_NIGHT} <= set(POINTS)
    assert night.deaths() == Counter(word for word, _ in ONE_NIGHT)
    assert len(all_of_them["items"]) == len(GUESTS)
    keep_their_promises(night, shown, open_alarms)
