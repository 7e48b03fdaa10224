"""Anything in any order, on a clock that is moved by hand: what hypothesis thinks up, the house survives.

A few rooms, one device with two calls. The rules let time pass, book, give the guests something to do,
break commands and reports once, kill and start the daemon, restart the device, and act at the desk. The
choices are hypothesis's own and always the same, so a failure is printed as the script that led to it.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from benchmarks.clockwork import POINTS, Clockwork, Plan
from benchmarks.dice import Dice
from benchmarks.week import PENDING
from benchmarks.witness import FINAL, Witness
from hotelbridge.core.records import WakeupState
from hotelbridge.services.views import WakeupQuery
from tests.services.evening import fresh_database

BEGINS = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SECONDS = st.sampled_from([0.3, 2.0, 7.0, 20.0, 46.0, 61.0, 120.0, 179.0])
CHANCE = st.randoms(use_true_random=False)
PATIENCE = 60  # minutes in which everything must be over


class AnyOrder(RuleBasedStateMachine):
    """One hotel."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="hotelbridge-any-order-"))
        self.hotel = Clockwork(self.folder, Plan(rooms=3, devices=1, max_calls=2), BEGINS, fresh_database())
        self.dice = Dice(self.hotel, seed=0)
        self.over: dict[int, WakeupState] = {}

    @initialize(chance=CHANCE)
    def guests(self, chance: Random) -> None:
        self.dice.dice = chance
        self.dice.give_scripts()
        self.hotel.advance(30)

    def _throw(self, chance: Random) -> Dice:
        self.dice.dice = chance
        return self.dice

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.hotel.advance(seconds)

    @rule(room=st.sampled_from(["1000", "1001", "1002", "suite"]), minutes=st.integers(1, 4))
    def book(self, room: str, minutes: int) -> None:
        due = self.hotel.clock.now().replace(second=0, microsecond=0) + timedelta(minutes=minutes)
        self.dice.book(room, due)

    @rule(chance=CHANCE)
    def something_fails_once(self, chance: Random) -> None:
        self._throw(chance).fault()

    @rule(chance=CHANCE)
    def a_guest_does_something(self, chance: Random) -> None:
        self._throw(chance).guest()

    @rule(chance=CHANCE)
    def somebody_at_the_desk_does_something(self, chance: Random) -> None:
        self._throw(chance).staff()

    @rule(chance=CHANCE)
    def the_device_restarts(self, chance: Random) -> None:
        self._throw(chance).restart_device()

    @rule(chance=CHANCE)
    def the_network_is_cut(self, chance: Random) -> None:
        self._throw(chance).cut_device()

    @rule(point=st.sampled_from(["now", *POINTS]), nth=st.integers(1, 4))
    def the_daemon_is_killed(self, point: str, nth: int) -> None:
        if self.hotel.up and point == "now":
            self.hotel.crash()
        elif self.hotel.up:
            self.hotel.life.die_at(point, nth)

    @rule()
    def the_daemon_is_started(self) -> None:
        if not self.hotel.up:
            self.hotel.start()
            self.hotel.advance(1)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if not self.hotel.up:
            return
        page = self.hotel.tried(self.hotel.daemon.desk.wakeups("main", WakeupQuery(limit=200)))
        for one in page.items if page is not None else ():
            assert self.over.get(one.id, one.state) == one.state, f"{one.id} was {self.over[one.id]}"
            if one.state in FINAL:
                self.over[one.id] = one.state

    def teardown(self) -> None:
        """The faults end; then everything must come to an end, and the witness looks at it."""
        try:
            self._let_it_end()
            verdict = Witness(self.hotel, self.dice.diary).testify()
            assert not verdict.breaches, "\n".join(verdict.breaches)
        finally:
            self.hotel.close()
            shutil.rmtree(self.folder)

    def _let_it_end(self) -> None:
        for _ in range(PATIENCE):
            while not self.hotel.up:
                self.hotel.start()
                self.hotel.advance(1)
            desk, asked = self.hotel.daemon.desk, self.hotel.asked
            if not any(asked(desk.wakeups("main", WakeupQuery(state=one, limit=1))).items for one in PENDING):
                return
            self.hotel.advance(60)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=10,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
