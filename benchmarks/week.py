"""`make week`: many nights at random, on a clock that is moved by hand, and whether every promise held.

    python -m benchmarks.week [--seed N] [--days N] [--rooms N] [--wakeups N]

Each morning the guests are due between 04:30 and 09:30; devices misbehave in every way the simulator
knows, restart and lose their network; the daemon is killed at any point of its work and started again;
the desk cancels, changes, acknowledges and closes. All of it comes from the seed. Then the witness
looks at what the phones saw and at what the API says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.clockwork import Clockwork, Plan
from benchmarks.dice import DESK, Diary, Dice
from benchmarks.witness import Verdict, Witness
from hotelbridge.core.records import ClosingOutcome, WakeupState
from hotelbridge.services.views import CloseRequest, WakeupQuery

BEGINS = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FIRST = timedelta(hours=1.5)  # of a day: when the first guests are due
PENDING = (WakeupState.SCHEDULED, WakeupState.CALLING, WakeupState.WAITING)


@dataclass(frozen=True, slots=True)
class Measure:
    """How much happens."""

    days: int = 7
    rooms: int = 500
    devices: int = 5
    max_calls: int = 20
    wakeups: int = 20_000  # in all days together
    hours: float = 5.0  # of each day in which guests are due
    faults: int = 300  # of each day, and so on
    restarts: int = 3
    device_restarts: int = 5
    cuts: int = 8
    staff: int = 900
    guests: int = 300


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    seed: int
    diary: Diary
    verdict: Verdict
    seconds: float


class Week:
    """One hotel, day after day."""

    def __init__(self, folder: Path, measure: Measure, seed: int, fresh: bytes | None = None) -> None:
        plan = Plan(rooms=measure.rooms, devices=measure.devices, max_calls=measure.max_calls)
        self._measure = measure
        self.hotel = Clockwork(folder, plan, BEGINS, fresh)
        self.dice = Dice(self.hotel, seed)

    def play(self) -> None:
        """All days."""
        for day in range(self._measure.days):
            self._day(BEGINS + timedelta(days=day))
            if day + 1 < self._measure.days:
                self._sleep_until(BEGINS + timedelta(days=day + 1))

    def _day(self, begins: datetime) -> None:
        self.hotel.advance(60)
        self.dice.give_scripts()
        self._book(begins)
        for at, act in sorted(self._happenings(begins), key=lambda one: one[0]):
            self._until(at)
            act()
        self._until(begins + FIRST + timedelta(hours=self._measure.hours) + timedelta(minutes=10))
        self._start_again()
        while self._somebody_sleeps():
            self._until(self.hotel.clock.now() + timedelta(minutes=5))
        self.hotel.advance(60)

    def _somebody_sleeps(self) -> bool:
        """Whether a wake-up is before its end; none is booked for longer ahead."""
        desk = self.hotel.daemon.desk
        return any(
            self.hotel.asked(desk.wakeups("main", WakeupQuery(state=state, limit=1))).items
            for state in PENDING
        )

    def _until(self, at: datetime) -> None:
        """Let time pass; a daemon that is dead comes back after a while."""
        while (left := (at - self.hotel.clock.now()).total_seconds()) > 0:
            self.hotel.advance(min(left, 5.0))
            if not self.hotel.up:
                self._come_back(at)

    def _come_back(self, at: datetime) -> None:
        down = self.dice.dice.choice([0.5, 3.0, 30.0, 200.0, 400.0])
        self.hotel.advance(down)
        self._start_again()

    def _start_again(self) -> None:
        while not self.hotel.up:
            self.hotel.start()
            self.hotel.advance(0.5)

    def _book(self, begins: datetime) -> None:
        dice = self.dice.dice
        rooms = list(self.hotel.plan.of_room)
        slots = int(self._measure.hours * 12)
        for _ in range(self._measure.wakeups // self._measure.days):
            minutes = 5 * dice.randrange(slots) if dice.random() < 0.8 else dice.randrange(5 * slots)
            seconds = dice.choice([0, 0, 0, dice.randrange(60)])
            self.dice.book(dice.choice(rooms), begins + FIRST + timedelta(minutes=minutes, seconds=seconds))

    def _happenings(self, begins: datetime) -> list[tuple[datetime, Callable[[], None]]]:
        m, dice = self._measure, self.dice
        kinds = (
            (m.faults, dice.fault),
            (m.restarts, dice.kill),
            (m.device_restarts, dice.restart_device),
            (m.cuts, dice.cut_device),
            (m.staff, dice.staff),
            (m.guests, dice.guest),
        )
        span = m.hours * 3600 + 300
        return [
            (begins + FIRST + timedelta(seconds=dice.dice.uniform(0, span)), act)
            for count, act in kinds
            for _ in range(count)
        ]

    def _sleep_until(self, at: datetime) -> None:
        """The house is stopped for the rest of the day: nobody is due then."""
        self.hotel.stop()
        self.hotel.sleep((at - self.hotel.clock.now()).total_seconds())
        self.hotel.start()

    def testify(self) -> Verdict:
        """What the witness says, once before and once after everybody was seen to by hand."""
        verdict = Witness(self.hotel, self.dice.diary).testify()
        desk, asked = self.hotel.daemon.desk, self.hotel.asked
        request = CloseRequest("carl", ClosingOutcome.WOKEN_BY_STAFF)
        query = WakeupQuery(state=WakeupState.ALARMED, limit=500)
        while items := asked(desk.wakeups("main", query)).items:
            for one in items:
                asked(desk.close("main", one.id, request, DESK))
        return verdict


def played(measure: Measure, seed: int, folder: Path, fresh: bytes | None = None) -> Told:
    """Play one week and let the witness speak."""
    began = time.monotonic()
    week = Week(folder, measure, seed, fresh)
    try:
        week.play()
        verdict = week.testify()
    finally:
        week.hotel.close()
    return Told(seed, week.dice.diary, verdict, time.monotonic() - began)


def report(told: Told) -> str:
    """For people."""
    diary, verdict = told.diary, told.verdict

    def words(counts: dict[str, int]) -> str:
        return ", ".join(f"{count:,} {word}" for word, count in sorted(counts.items())) or "none"

    lines = [
        f"seed {told.seed}: {len(diary.booked):,} wake-ups accepted, {diary.kills} times killed, "
        f"{told.seconds:.0f} s",
        f"  ends: {words(verdict.ends)}",
        f"  first rings: {words(verdict.late)}",
        f"  refused: {words(diary.refused)}; answers lost with the daemon: {diary.unanswered}",
        f"  the desk: {words(diary.done)}",
        f"  breaches: {len(verdict.breaches)}",
        *(f"    {breach}" for breach in verdict.breaches[:40]),
    ]
    return "\n".join(lines)


def main() -> None:
    """Play, print, and say by the exit code whether every promise held."""
    usual = Measure()
    parser = argparse.ArgumentParser(prog="make week ARGS=...")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=usual.days)
    parser.add_argument("--rooms", type=int, default=usual.rooms)
    parser.add_argument("--wakeups", type=int, default=usual.wakeups)
    asked = parser.parse_args()
    measure = Measure(days=asked.days, rooms=asked.rooms, wakeups=asked.wakeups)
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="hotelbridge-week-", dir=shm if shm.is_dir() else None) as name:
        told = played(measure, asked.seed, Path(name))
    print(report(told))
    sys.exit(1 if told.verdict.breaches else 0)


if __name__ == "__main__":
    main()
