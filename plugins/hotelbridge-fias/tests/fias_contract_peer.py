"""The simulated PMS as the contract suite plays it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hotelbridge_fias.records import Record, moment
from hotelbridge_fias.simulator_habits import Answer as Plan
from hotelbridge_fias.simulator_habits import Door, Habits
from hotelbridge_fias.simulator_hotel import Guest as HotelGuest
from hotelbridge_fias.simulator_pms import FakePms

from hotelbridge.pms.api import Result
from hotelbridge.testing.contract import ANNA, Answer, Guest, House, Peer, SeenPosting, SeenResult

ENDPOINT = "tcp:192.0.2.20:5010"
ROOMS = tuple(str(number) for number in (*range(201, 221), 305))
PLANS = {
    Answer.ACCEPTED: Plan(),
    Answer.REFUSED: Plan(code="CO", text="CREDIT LIMIT"),
    Answer.LATER: Plan(code="RY"),
    Answer.SILENT: Plan(times=0),
    Answer.NONSENSE: Plan(code="??", text="%%%"),
}
RESULTS = {
    "OK": Result.WOKEN,
    "NR": Result.NO_ANSWER,
    "BY": Result.BUSY,
    "UR": Result.UNABLE,
    "DE": Result.DELETED,
}
NONSENSE = b"?! no record at all"


class FiasPeer(Peer):
    """One PMS."""

    acknowledges = False  # on TCP nothing is

    def __init__(self, house: House, habits: Habits) -> None:
        self.pms = FakePms(house.clock, ROOMS, habits, zone=house.zone)
        house.wires.serve(ENDPOINT, lambda: self.pms.buildProtocol(None))
        self._last = Record("LA")
        self._put(ANNA)  # whom the suite's charges are of

    def guest_checks_in(self, guest: Guest) -> None:
        self._empty(guest.room)
        self.pms.front_desk.check_in(guest.room, guest.reservation, guest.name)
        self._last = self.pms.sent()[-1] if self.pms.sent() else self._last

    def guest_leaves(self, guest: Guest) -> None:
        self.pms.front_desk.check_out(guest.room)

    def guest_moves(self, guest: Guest, to: str) -> None:
        self.pms.front_desk.move(guest.room, to)

    def repeats(self) -> None:
        assert self.pms.line is not None
        self.pms.line.send(self._last)

    def talks_nonsense(self) -> Sequence[bytes]:
        assert self.pms.line is not None
        self.pms.line._wire.put(NONSENSE)
        return [NONSENSE]

    def lists_the_house(self, guests: Sequence[Guest]) -> None:
        for room in ROOMS:
            self._empty(room)
        for guest in guests:
            self._put(guest)
        self.pms.resync()

    def begins_to_list(self, guests: Sequence[Guest]) -> None:
        self.pms.tell("DS")
        for guest in guests:
            self._put(guest)
            fields = (("RN", guest.room), ("GS", "N"), ("G#", guest.reservation), ("GN", guest.name))
            self.pms.tell("GI", *fields, sync=True)

    def resyncs_asked_for(self) -> int:
        return len(self.pms.received("DR"))

    def asks_for_wakeup(self, room: str, local: str) -> None:
        self.pms.front_desk.wake(room, datetime.fromisoformat(local))

    def takes_wakeup_back(self, room: str, local: str) -> None:
        self.pms.front_desk.do_not_wake(room, datetime.fromisoformat(local))

    def wakeup_results(self) -> Sequence[SeenResult]:
        return [
            SeenResult(one.first("RN") or "", str(at.isoformat()), RESULTS[one.first("AS") or ""])
            for one in self.pms.received("WA")
            if (at := moment(one)) is not None
        ]

    def answers_posting(self, how: Answer) -> None:
        self._put(ANNA)
        self.pms.answers.usual = PLANS[how]

    def postings(self) -> Sequence[SeenPosting]:
        return [
            SeenPosting(int(one.first("P#") or 0), one.first("RN") or "", int(one.first("TA") or 0))
            for one in self.pms.received("PS")
        ]

    def goes_away(self) -> None:
        self.pms.door = Door.REFUSE
        self.pms.drop(hard=True)

    def comes_back(self) -> None:
        self.pms.door = Door.OPEN

    def close(self) -> None:
        self.pms.close()

    def _empty(self, room: str) -> None:
        self.pms.hotel.rooms[room] = []

    def _put(self, guest: Guest) -> None:
        """Into the hotel, without a word to anybody."""
        details = (("GN", guest.name),)
        self.pms.hotel.rooms[guest.room] = [HotelGuest(guest.reservation, details)]
