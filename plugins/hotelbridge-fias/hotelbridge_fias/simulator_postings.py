"""Charges as a simulated PMS takes them: one at a time, onto folios, answered as it was told to."""

from __future__ import annotations

import re
from typing import Protocol

from hotelbridge.clock import Clock
from hotelbridge_fias.records import Record
from hotelbridge_fias.simulator_habits import Answer, Answers, Habits, Mode
from hotelbridge_fias.simulator_hotel import Hotel

ECHOED = ("P#", "DA", "TI", "G#", "GN", "WS", "SO", "ID", "C#")
WORDS = {
    "OK": "Posting successful. Interface transaction number/s - 7507448,7507450",
    "NG": "INVALID ROOM",
    "NP": "NO POST FLAG",
    "NA": "NIGHT AUDIT",
    "RY": "TRY AGAIN",
    "UR": "UNPROCESSABLE",
    "CO": "CREDIT LIMIT",
}


class Cashier(Protocol):
    """The PMS, as far as postings go."""

    clock: Clock
    habits: Habits
    hotel: Hotel
    answers: Answers

    def complain(self, words: str) -> None: ...
    def answer(self, record: Record) -> None: ...
    def drop(self, *, hard: bool = False) -> None: ...


class Postings:
    """Takes PS, gives PA."""

    def __init__(self, pms: Cashier) -> None:
        self._pms = pms
        self._open = ""  # what is being answered
        self._connection = 0

    def forget(self) -> None:
        """The connection is gone: nobody is there to be answered."""
        self._open = ""
        self._connection += 1

    def take(self, record: Record) -> None:
        if self._open:
            self._pms.complain(f"PS {record.first('P#')} while {self._open} has no answer")
        self._open = f"P#{record.first('P#')}"
        self._look_at(record)
        plan = self._pms.answers.next()
        code = self._judged(record) if plan.code == "OK" else plan.code
        if code == "OK" and plan.booked:
            self._pms.hotel.charge(record)
        self._pms.clock.call_later(plan.after, self._answer, record, plan, code, self._connection)

    def _look_at(self, record: Record) -> None:
        """Complain of what a PMS cannot read."""
        for id in ("TA", "MP", "P#"):
            value = record.first(id)
            if value is not None and not re.fullmatch("-?[0-9]+", value):
                self._pms.complain(f"PS with {id}{value}: not a whole number")
        if not record.first("RN") or not record.first("PT"):
            self._pms.complain("PS without RN or PT")

    def _judged(self, record: Record) -> str:
        if record.first("RN") in self._pms.hotel.accounts:
            return "OK"
        bad = "UR" if self._pms.habits.mode is Mode.PROTEL else "NG"
        guests = self._pms.hotel.rooms.get(record.first("RN") or "")
        if not guests:
            return bad
        reservation = record.first("G#")
        known = not reservation or reservation in (guest.reservation for guest in guests)
        return "OK" if known else bad

    def _answer(self, record: Record, plan: Answer, code: str, connection: int) -> None:
        if connection != self._connection:
            return
        self._open = ""
        if plan.drop == "before":
            self._pms.drop()
            return
        for _ in range(plan.times):
            self._pms.answer(self._made(record, plan, code))
        if plan.drop == "after":
            self._pms.drop()

    def _made(self, record: Record, plan: Answer, code: str) -> Record:
        protel = self._pms.habits.mode is Mode.PROTEL
        text = plan.text or ("ACCEPTED" if protel and code == "OK" else WORDS.get(code, code))
        room = [] if protel and code != "OK" else [("RN", record.first("RN") or "")]
        echoed = [
            (id, value)
            for id in ECHOED
            if (value := record.first(id)) is not None and (id != "P#" or plan.numbered)
        ]
        return Record("PA", (*room, ("AS", code), ("CT", text), *echoed))
