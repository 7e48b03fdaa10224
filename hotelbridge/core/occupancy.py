"""From the stays of a house and one fact to what changes: who comes, goes, moves, or is only known better.

A fact is the last word about the guest and the room that it names, and about nobody else. Told twice it
changes nothing the second time. Nothing in it that was left unsaid (None) changes anything (rule M1).
Where records were missed, what follows from the present one is taken for what happened: a guest who is
in another room now has moved; whoever was in a room of which is said "nobody else is here" has left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hotelbridge.core.guests import Changed, CheckedIn, CheckedOut, GuestFacts, Moved, Stay, StayEnd
from hotelbridge.core.records import Actor

_SAID = GuestFacts.__slots__
_FOLDED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "s", "æ": "a", "ø": "o", "å": "a"})

GuestFact = CheckedIn | CheckedOut | Moved | Changed


@dataclass(frozen=True, slots=True)
class Left:
    """A stay is over."""

    stay: Stay
    end: StayEnd


@dataclass(frozen=True, slots=True)
class Went:
    """A guest is in another room now."""

    stay: Stay  # as it was
    room: str


@dataclass(frozen=True, slots=True)
class Learned:
    """Something of a guest is different, or known now."""

    before: Stay
    after: Stay


@dataclass(frozen=True, slots=True)
class Came:
    """A guest has come."""

    room: str
    reservation: str  # "" where nobody named one
    said: GuestFacts
    first: bool  # nobody else is in the room


Step = Left | Went | Learned | Came


def decide(fact: GuestFact, house: Sequence[Stay], by: str) -> tuple[Step, ...]:
    """What a fact changes, in the order in which it is to be done; nothing where it is known already.

    `house`: the open stays of the rooms and of the reservation that the fact names, or of all. `by`: who
    says it.
    """
    if isinstance(fact, CheckedOut):
        return tuple(Left(stay, StayEnd.CHECKED_OUT) for stay in _leaving(fact, house))
    if isinstance(fact, Moved) and fact.room != fact.from_room:
        return _moved(fact, house, by)
    return _is_in(fact, house, by)


def new_stay(step: Came, property: str, actor: Actor, now: datetime) -> Stay:
    """The stay that begins; its id is given when it is saved."""
    said = step.said
    return Stay(
        id=0,
        property=property,
        room=step.room,
        reservation=step.reservation,
        name=said.name or "",
        language=said.language or "",
        vip=bool(said.vip),
        line_class=said.line_class,
        group=said.group or "",
        arrival=said.arrival,
        departure=said.departure,
        since=now,
        by=actor.name,
        origin=actor.origin,
    )


def same_name(one: str, other: str) -> bool:
    """Whether two spellings may be one guest: the words of one are among those of the other."""
    words, others = _words(one), _words(other)
    return bool(words and others) and (words <= others or others <= words)


def _words(name: str) -> set[str]:
    """The words of a name without case, accents and the ways to write them without ("ae", "ue")."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_FOLDED)
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    for written, letter in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ss", "s")):
        bare = bare.replace(written, letter)
    return set(re.findall(r"\w+", bare))


def _in(room: str, house: Iterable[Stay]) -> list[Stay]:
    return [stay for stay in house if stay.room == room]


def _named(reservation: str | None, house: Iterable[Stay]) -> Stay | None:
    return next((s for s in house if s.reservation == reservation), None) if reservation else None


# --- somebody is in a room ---


def _is_in(fact: CheckedIn | Changed | Moved, house: Sequence[Stay], by: str) -> tuple[Step, ...]:
    there = _in(fact.room, house)
    if not fact.reservation and not fact.name and len(there) > 1 and fact.shared is not True:
        about_all = replace(fact, name=None)  # nobody is named
        return tuple(step for stay in there for step in _learn(stay, about_all))
    him = meant(fact, house, by)
    if him is not None and him.room == fact.room:
        # Others may have come since it was said first: "nobody is there" is not said of them.
        return _learn(him, fact)
    replaced = there if fact.shared is False else []
    gone = [Left(stay, StayEnd.REPLACED) for stay in replaced]
    if him is None:
        first = len(replaced) == len(there)
        return (*gone, Came(fact.room, fact.reservation or "", fact, first))
    return (*gone, Went(him, fact.room), *_learn(replace(him, room=fact.room), fact))


def meant(fact: CheckedIn | Changed | Moved, house: Sequence[Stay], by: str) -> Stay | None:
    """The stay of whom a fact says that he is in `room`; None: a guest who is not known."""
    there = _in(fact.room, house)
    if fact.reservation:
        known = _named(fact.reservation, house)
        return known if known is not None else _adopted(fact.name, there, alone=fact.shared is not True)
    if fact.name:
        return _by_name(fact, there, by)
    if len(there) == 1 and fact.shared is not True:
        return there[0]
    return next((s for s in there if not s.reservation and not s.name), None)


def _adopted(name: str | None, there: Sequence[Stay], *, alone: bool) -> Stay | None:
    """A stay without a number, begun at the desk while the PMS was away, that gets its number now.

    Where it is the only one of its room its name need not fit: a clerk writes what he hears. Taking it
    for somebody who left would cancel the wake-ups of a guest who is there.
    """
    unnumbered = [stay for stay in there if not stay.reservation]
    fits = next((stay for stay in unnumbered if same_name(stay.name, name or "")), None)
    if fits is not None:
        return fits
    return unnumbered[0] if alone and unnumbered and len(there) == 1 else None


def _by_name(fact: CheckedIn | Changed | Moved, there: Sequence[Stay], by: str) -> Stay | None:
    """For a PMS that has no numbers: the guest of this name, or the only one, who is called so now."""
    fits = next((stay for stay in there if same_name(stay.name, fact.name or "")), None)
    if fits is not None or len(there) != 1:
        return fits
    only = there[0]
    if fact.shared is None:
        # Unsaid, and not known to be another reservation: an update. Two guests of one room are told apart
        # by their numbers, or by "shared".
        return only
    if fact.shared is False and not only.reservation and (not only.name or only.by != by):
        return only  # as the desk knew him
    return None


def _learn(stay: Stay, fact: CheckedIn | Changed | Moved) -> tuple[Step, ...]:
    """What is said of a stay and not known yet."""
    said: dict[str, Any] = {name: value for name in _SAID if (value := getattr(fact, name)) is not None}
    if fact.reservation:
        said["reservation"] = fact.reservation
    after = replace(stay, **said)
    return () if after == stay else (Learned(stay, after),)


# --- somebody has left ---


def _leaving(fact: CheckedOut, house: Sequence[Stay]) -> Sequence[Stay]:
    there = _in(fact.room, house)
    if not fact.reservation:
        return () if fact.others_stay else there  # one of several, nobody says who
    him = _named(fact.reservation, house)
    if him is not None and him.room == fact.room:
        return there if fact.others_stay is False else [him]
    if him is None and fact.others_stay is False and not any(stay.reservation for stay in there):
        return there  # the desk's own guests have no number by which the PMS could name them
    # He has left before, or is in another room since. That others are none is not believed of a record
    # that comes late: a new guest may be there.
    return ()


# --- somebody has moved ---


def _moved(fact: Moved, house: Sequence[Stay], by: str) -> tuple[Step, ...]:
    there, left_behind = _in(fact.room, house), _in(fact.from_room, house)
    if fact.reservation:
        him = _named(fact.reservation, house)
        if him is None:
            him = _adopted(fact.name, left_behind, alone=fact.others_stay is not True)
        if him is None:
            return _came_from(fact, house, by)
        if him.room == fact.room:
            return _learn(him, fact)
        # "Nobody is left" is said with the first of several who move; their own records follow.
        along = left_behind if fact.others_stay is False and him in left_behind else [him]
        return _go(fact, him, along, there)
    if fact.name and any(same_name(stay.name, fact.name) for stay in there):
        return _is_in(fact, house, by)
    if fact.name and len(left_behind) > 1:
        fits = [stay for stay in left_behind if same_name(stay.name, fact.name)]
        return _go(fact, fits[0], fits[:1], there) if fits else ()
    if not left_behind:
        return _is_in(fact, house, by)
    if fact.others_stay and len(left_behind) > 1:
        return ()  # one of several, nobody says who
    only = left_behind[0] if len(left_behind) == 1 else None
    return _go(fact, only, left_behind, there)


def _go(fact: Moved, him: Stay | None, along: Sequence[Stay], there: Sequence[Stay]) -> tuple[Step, ...]:
    """`along` go to a room where `there` are; `him` is the one of whom the rest is said."""
    replaced = [Left(stay, StayEnd.REPLACED) for stay in there] if fact.shared is False else []
    first = [him] if him is not None else []
    going = [*first, *(stay for stay in along if stay != him)]
    went = [Went(stay, fact.room) for stay in going]
    known = _learn(replace(him, room=fact.room), fact) if him is not None else ()
    return (*replaced, *went, *known)


def _came_from(fact: Moved, house: Sequence[Stay], by: str) -> tuple[Step, ...]:
    """Somebody whose check-in was missed: he is in the new room, and the old one is free if it is said so."""
    freed = _in(fact.from_room, house) if fact.others_stay is False else []
    gone = [Left(stay, StayEnd.CHECKED_OUT) for stay in freed]
    rest = [stay for stay in house if stay not in freed]
    return (*gone, *_is_in(fact, rest, by))


# --- a house in thought ---


class House:
    """The open stays of a house, found by room and by reservation; who comes gets a number below 0."""

    def __init__(self, stays: Iterable[Stay] = ()) -> None:
        self._rooms: dict[str, dict[int, Stay]] = {}
        self._numbers: dict[str, Stay] = {}
        self._least = 0
        for stay in stays:
            self._put(stay)

    def __iter__(self) -> Iterator[Stay]:
        return (stay for there in self._rooms.values() for stay in there.values())

    def concerned(self, fact: GuestFact) -> list[Stay]:
        """The stays that a fact may speak of: those of its rooms and of its reservation."""
        rooms = [fact.room, fact.from_room] if isinstance(fact, Moved) else [fact.room]
        found = [stay for room in dict.fromkeys(rooms) for stay in self.of(room)]
        him = self._numbers.get(fact.reservation or "")
        return found if him is None or him in found else [*found, him]

    def of(self, room: str) -> list[Stay]:
        """Who is in a room."""
        return list(self._rooms.get(room, {}).values())

    def do(self, steps: Iterable[Step], by: str, now: datetime) -> None:
        """What was decided is done, in thought."""
        for step in steps:
            if isinstance(step, Left):
                self._take(step.stay)
            elif isinstance(step, Went):
                self._take(step.stay)
                self._put(replace(step.stay, room=step.room))
            elif isinstance(step, Learned):
                self._take(step.before)
                self._put(step.after)
            else:
                self._least -= 1
                self._put(replace(new_stay(step, "", Actor(by, by), now), id=self._least))

    def _put(self, stay: Stay) -> None:
        self._rooms.setdefault(stay.room, {})[stay.id] = stay
        self._least = min(self._least, stay.id)
        if stay.reservation:
            self._numbers[stay.reservation] = stay

    def _take(self, stay: Stay) -> None:
        del self._rooms[stay.room][stay.id]
        if stay.reservation:
            del self._numbers[stay.reservation]
