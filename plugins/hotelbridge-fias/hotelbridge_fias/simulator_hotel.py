"""The simulated hotel as its PMS keeps it: rooms, guests, folios, wake-ups. No wire, no clock.

What the telephone side reports is written down here and held against what a PMS expects of it; every
breach becomes a line in `errors`, for tests and for whoever tries out an exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hotelbridge_fias.records import Record

Fields = tuple[tuple[str, str], ...]


class NotPossible(ValueError):
    """The hotel cannot do this; the message says why."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who has a reservation and is in a room."""

    reservation: str  # G#
    details: Fields = ()  # GN, GL, GV, ... as they go onto the wire

    def detail(self, id: str) -> str:
        return dict(self.details).get(id, "")

    def changed(self, details: Mapping[str, str]) -> Guest:
        return replace(self, details=tuple({**dict(self.details), **details}.items()))


@dataclass(frozen=True, slots=True)
class Charge:
    """What was put onto a folio."""

    room: str
    number: str  # P#
    reservations: tuple[str, ...]  # who was in the room: a PMS by room puts it to the first
    record: Record


@dataclass(slots=True)
class Hotel:
    """All rooms, and what was told of them."""

    rooms: dict[str, list[Guest]]
    accounts: frozenset[str] = frozenset()  # of the house: they take charges, and nobody lives in them
    charges: list[Charge] = field(default_factory=list)
    wakeups: dict[tuple[str, str, str], str | None] = field(
        default_factory=dict
    )  # (RN, DA, TI): AS, None: open
    equipment: dict[str, dict[str, str]] = field(default_factory=dict)  # what RE said of a room, by field
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rooms: Iterable[str], accounts: Iterable[str] = ()) -> Hotel:
        return cls({room: [] for room in rooms}, frozenset(accounts))

    def guests(self, room: str) -> list[Guest]:
        """Raises NotPossible where there is no such room."""
        if room not in self.rooms:
            raise NotPossible(f"there is no room {room}")
        return self.rooms[room]

    def find(self, room: str, reservation: str = "") -> Guest:
        """The guest of a room; by reservation where there are several. Raises NotPossible."""
        guests = self.guests(room)
        if not guests:
            raise NotPossible(f"nobody is in room {room}")
        found = [guest for guest in guests if reservation in ("", guest.reservation)]
        if not found:
            raise NotPossible(f"{reservation} is not in room {room}: {_names(guests)}")
        if len(found) > 1:
            raise NotPossible(f"room {room} is shared, say who: {_names(found)}")
        return found[0]

    def check_in(self, room: str, guest: Guest, *, share: bool) -> bool:
        """Whether somebody was in the room already. Raises NotPossible."""
        others = self.guests(room)
        if any(guest.reservation == other.reservation for other in others):
            raise NotPossible(f"{guest.reservation} is in room {room} already")
        if others and not share:
            raise NotPossible(f"room {room} is taken by {_names(others)}: use share")
        others.append(guest)
        return len(others) > 1

    def check_out(self, room: str, guest: Guest) -> bool:
        """Whether others remain in the room."""
        self.guests(room).remove(guest)
        return bool(self.rooms[room])

    def move(self, room: str, to: str, guest: Guest) -> tuple[bool, bool]:
        """Whether the new room is shared now, and whether somebody remains in the old one."""
        new = self.guests(to)
        if room == to:
            raise NotPossible(f"room {room} is the same room")
        new.append(guest)
        remain = self.check_out(room, guest)
        return len(new) > 1, remain

    def change(self, room: str, guest: Guest, details: Mapping[str, str]) -> Guest:
        changed = guest.changed(details)
        guests = self.guests(room)
        guests[guests.index(guest)] = changed
        return changed

    def charge(self, record: Record) -> Charge:
        room = record.first("RN") or ""
        who = tuple(guest.reservation for guest in self.rooms.get(room, []))
        charge = Charge(room, record.first("P#") or "", who, record)
        if charge.number and any(charge.number == other.number for other in self.charges):
            self.errors.append(f"P#{charge.number} is on a folio twice")
        self.charges.append(charge)
        return charge

    def folio(self, room: str) -> list[Charge]:
        """What was charged to a room or an account, in order."""
        if room not in self.accounts:
            self.guests(room)
        return [charge for charge in self.charges if charge.room == room]

    # --- wake-ups ---

    def wanted(self, key: tuple[str, str, str]) -> None:
        self.wakeups.setdefault(key, None)

    def not_wanted(self, room: str, day: str = "", at: str = "") -> None:
        """Forget a wake-up, or where no time is said all of the room that are open."""
        for key in [k for k in self.wakeups if k[0] == room and self.wakeups[k] is None]:
            if not at or key[1:] == (day, at):
                del self.wakeups[key]

    def woken(self, record: Record) -> None:
        """A final result: exactly one for each wake-up, under the very time that was asked for."""
        key = (record.first("RN") or "", record.first("DA") or "", record.first("TI") or "")
        result = record.first("AS") or ""
        if result not in ("OK", "BY", "NR", "DE", "RY", "UR"):
            self.errors.append(f"WA with AS{result} for {' '.join(key)}: there is no such result")
        if key not in self.wakeups:
            self.errors.append(f"WA for {' '.join(key)}: no wake-up was asked for then")
        elif self.wakeups[key] is not None:
            self.errors.append(f"WA for {' '.join(key)} again: {self.wakeups[key]}, now {result}")
        self.wakeups[key] = result

    def equipped(self, record: Record) -> None:
        room = record.first("RN") or ""
        self.equipment.setdefault(room, {}).update((n, v) for n, v in record.fields if n != "RN")


def _names(guests: Iterable[Guest]) -> str:
    return ", ".join(f"{guest.reservation} {guest.detail('GN')}".strip() for guest in guests)
