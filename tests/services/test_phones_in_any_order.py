"""Guests, faults, restarts and kills in any order: once it is quiet, every phone holds what it should.

Hypothesis chooses, always the same; a failure is printed as the script that led to it. What a guest set
on his phone himself, while nothing was to be set on it, must still be there unless he left meanwhile.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from benchmarks.clockwork import Clockwork, Plan
from hotelbridge.store import phones, stays
from hotelbridge.store.database import Tx
from hotelbridge.testing.fake_om_faults import CommandFault
from tests.services.evening import fresh_database
from tests.services.guests_in import Guests

BEGINS = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ROOMS = ("1000", "1001", "suite")
LEVELS = {None: "3", "internal": "1", "local": "1", "national": "2", "unrestricted": "3"}  # A5: never 0
WISHES = (
    {"No_Disturb": "on"},
    {"Fwd_Type": "1", "Fwd_Number": "1001"},
    {"No_Disturb": "on", "Fwd_Type": "2", "Fwd_Number": "1000"},
)
FAULTS = (
    CommandFault.DROP_EXECUTED,
    CommandFault.DROP_UNEXECUTED,
    CommandFault.GARBAGE,
    CommandFault.HANG,
    CommandFault.SLOW,
    CommandFault.FAIL,
)
OFTEN = '[property.phones]\ncompare_every = "2m"\n'  # a report of the device may be lost
LEFT = {"No_Disturb": "off", "Fwd_Type": "0", "WAKEUP": "00:00"}  # by a guest who has gone
OWN = ("No_Disturb", "Fwd_Type", "Fwd_Number", "fork", "WAKEUP")


class PhonesInAnyOrder(RuleBasedStateMachine):
    """One hotel with four phones."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="hotelbridge-phones-"))
        self.hotel = Clockwork(self.folder, Plan(rooms=2, devices=1, more=OFTEN), BEGINS, fresh_database())
        self.om = self.hotel.devices["om1"]
        self.hotel.advance(5)
        self.spoken_of: set[str] = set()
        self.wishes: dict[str, dict[str, str]] = {}  # of each phone, all that is the guest's own

    def say(self, call: str, room: str, *words: str, **more: bool) -> None:
        """The PMS says it until it is taken."""
        while True:
            if not self.hotel.up:
                self.hotel.start()
            getattr(Guests(self.hotel, self.hotel.tried), call)(room, *words, **more)
            if self.hotel.up:
                return

    def read(self, query: Callable[[Tx], Any]) -> Any:
        """What the store holds; None where the daemon dies over it."""

        async def asked() -> Any:
            return await self.hotel.daemon.db.read(query)

        return self.hotel.tried(asked())

    def numbers(self, room: str) -> list[str]:
        return [number for _, number in self.hotel.plan.of_room[room]]

    @rule(room=st.sampled_from(ROOMS), line_class=st.sampled_from([None, "local", "national"]))
    def a_guest_comes(self, room: str, line_class: str | None) -> None:
        self.spoken_of.add(room)
        for number in self.numbers(room):
            self.wishes.pop(number, None)
        self.say("comes", room, *([line_class] if line_class else []), alone=True)

    @rule(room=st.sampled_from(ROOMS))
    def everybody_goes(self, room: str) -> None:
        for number in self.numbers(room):
            self.wishes.pop(number, None)
        self.say("goes", room)

    @rule(room=st.sampled_from(ROOMS), line_class=st.sampled_from(["internal", "local", "unrestricted"]))
    def a_class_changes(self, room: str, line_class: str) -> None:
        self.say("is_classed", room, line_class)

    @rule(number=st.sampled_from(["1000", "1001", "9000"]), wish=st.sampled_from(WISHES))
    def a_guest_sets_something(self, number: str, wish: dict[str, str]) -> None:
        if not self.hotel.up:
            return
        row = self.read(lambda tx: phones.get(tx, "main", "om1", number))
        if row is not None and not row.once:
            held = self.om.phone(number).parameters
            held.update(wish)
            self.wishes[number] = {name: held.get(name, "") for name in OWN}

    @rule(number=st.sampled_from(["1000", "9001"]), level=st.sampled_from("0123"))
    def somebody_meddles(self, number: str, level: str) -> None:
        self.om.phone(number).parameters.update(Call_Restriction=level, api="0")
        self.om.change_configuration()

    @rule(fault=st.sampled_from(FAULTS), verb=st.sampled_from(["Query", "Assign"]))
    def a_command_goes_wrong(self, fault: CommandFault, verb: str) -> None:
        self.om.faults.next(fault, verb)

    @rule(seconds=st.sampled_from([0.02, 0.3, 2.0, 11.0, 45.0]))
    def time_passes(self, seconds: float) -> None:
        self.hotel.advance(seconds)

    @rule(downtime=st.sampled_from([2.0, 60.0]))
    def the_device_restarts(self, downtime: float) -> None:
        if self.om.up:
            self.om.reboot(downtime)

    @rule(how=st.sampled_from(["refused", "dead"]))
    def the_network_is_cut(self, how: str) -> None:
        self.om.cut(how)

    @rule()
    def the_network_is_back(self) -> None:
        self.om.mend()

    @rule(point=st.sampled_from(["now", "before a commit", "after a commit"]), nth=st.integers(1, 6))
    @precondition(lambda self: self.hotel.up)
    def the_daemon_is_killed(self, point: str, nth: int) -> None:
        if point == "now":
            self.hotel.crash()
        else:
            self.hotel.life.die_at(point, nth)

    def teardown(self) -> None:
        try:
            self._become_quiet()
            for room in ROOMS:
                for number in self.numbers(room):
                    self._holds_what_it_should(room, number)
        finally:
            self.hotel.close()
            shutil.rmtree(self.folder)

    def _become_quiet(self) -> None:
        self.om.faults.clear()
        self.om.mend()
        for _ in range(4):
            if not self.hotel.up:
                self.hotel.start()
            self.hotel.advance(60)
        assert self.hotel.up

    def _holds_what_it_should(self, room: str, number: str) -> None:
        held = self.om.phone(number).parameters
        guests = self.read(lambda tx: stays.in_house(tx, "main", [room]))
        row = self.read(lambda tx: phones.get(tx, "main", "om1", number))
        assert held["api"] == "7" and row.in_sync and row.once == {}
        if guests:
            assert held["Call_Restriction"] == LEVELS[guests[0].line_class], (room, number)
        elif room in self.spoken_of:
            assert held["Call_Restriction"] == "1"
        if number in self.wishes:
            assert {name: held.get(name, "") for name in OWN} == self.wishes[number]
        elif room in self.spoken_of and not guests:
            assert [held.get(name, unset) for name, unset in LEFT.items()] == list(LEFT.values())


TestPhonesInAnyOrder = PhonesInAnyOrder.TestCase
TestPhonesInAnyOrder.settings = settings(
    max_examples=10,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
