"""What people at the desk of the simulated hotel do: each act changes the hotel and is told to the peer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from hotelbridge_fias.records import stamp
from hotelbridge_fias.simulator_hotel import Fields, Guest, Hotel, NotPossible


class Teller(Protocol):
    """Where acts are told."""

    def tell(self, id: str, *fields: tuple[str, str], sync: bool = False) -> None: ...
    def local(self) -> datetime: ...
    def knows_moves(self) -> bool: ...


class FrontDesk:
    """Every act raises NotPossible, with the reason, where the hotel is not such that it can be done."""

    def __init__(self, hotel: Hotel, teller: Teller) -> None:
        self._hotel = hotel
        self._teller = teller

    def check_in(
        self,
        room: str,
        reservation: str,
        name: str = "",
        details: Mapping[str, str] | None = None,
        *,
        share: bool = False,
    ) -> None:
        named = {"GN": name} if name else {}
        guest = Guest(reservation, tuple({**named, **(details or {})}.items()))
        shared = self._hotel.check_in(room, guest, share=share)
        self._told("GI", *in_room(room, guest, shared))

    def check_out(self, room: str, reservation: str = "") -> None:
        guest = self._hotel.find(room, reservation)
        remain = self._hotel.check_out(room, guest)
        self._told("GO", ("RN", room), ("GS", _flag(remain)), ("G#", guest.reservation))

    def change(self, room: str, reservation: str, details: Mapping[str, str]) -> None:
        guest = self._hotel.change(room, self._hotel.find(room, reservation), details)
        shared = self._hotel.guests(room)[0] is not guest
        self._told("GC", *in_room(room, guest, shared))

    def move(self, room: str, to: str, reservation: str = "") -> None:
        """In one record, where the peer knows moves; else as check-out and check-in."""
        if not self._teller.knows_moves():
            self.move_in_two(room, to, reservation)
            return
        guest = self._hotel.find(room, reservation)
        shared, remain = self._hotel.move(room, to, guest)
        self._told("GC", *in_room(to, guest, shared), ("RO", room), ("GS", _flag(remain)))

    def move_in_two(self, room: str, to: str, reservation: str = "", *, in_first: bool = False) -> None:
        """As check-out and check-in; `in_first`: in the other order."""
        guest = self._hotel.find(room, reservation)
        shared, remain = self._hotel.move(room, to, guest)
        if in_first:
            self._told("GI", *in_room(to, guest, shared))
        self._told("GO", ("RN", room), ("GS", _flag(remain)), ("G#", guest.reservation))
        if not in_first:
            self._told("GI", *in_room(to, guest, shared))

    def swap(self, one: str, other: str) -> None:
        """Two rooms change their guests; for a moment both are in one room."""
        first, second = self._hotel.find(one), self._hotel.find(other)
        self.move(one, other, first.reservation)
        self.move(other, one, second.reservation)

    def wake(self, room: str, at: datetime, *, times: int = 1, echo: str = "") -> None:
        """Ask for a wake-up at this time on the hotel's clocks, as often as it is said; `echo`: TI is
        written so (HHMM is seen too)."""
        self._hotel.guests(room)
        day, time = stamp(at)
        written = echo or time[1]
        self._hotel.wanted((room, day[1], written))
        for _ in range(times):
            self._teller.tell("WR", ("RN", room), day, ("TI", written))

    def do_not_wake(self, room: str, at: datetime | None = None) -> None:
        """Clear one wake-up, or all of a room."""
        self._hotel.guests(room)
        day, time = (("DA", ""), ("TI", "")) if at is None else stamp(at)
        self._hotel.not_wanted(room, day[1], time[1])
        self._teller.tell("WC", ("RN", room), day, time)

    def equip(self, room: str, details: Mapping[str, str]) -> None:
        """Class of service, Do Not Disturb, lamp, ... of a room."""
        self._hotel.guests(room)
        if not details:
            raise NotPossible("say what: cs=2 dn=y")
        self._teller.tell("RE", ("RN", room), *details.items())

    def _told(self, id: str, *fields: tuple[str, str]) -> None:
        self._teller.tell(id, *fields, *stamp(self._teller.local()))


def in_room(room: str, guest: Guest, shared: bool) -> Fields:
    """A guest in a room, as GI and GC tell it."""
    return (("RN", room), ("GS", _flag(shared)), ("G#", guest.reservation), *guest.details)


def _flag(yes: bool) -> str:
    return "Y" if yes else "N"
