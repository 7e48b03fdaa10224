"""A resync: from what a PMS told between its beginning and its end to the house as it says it is.

Facts are folded over an empty house, the last word about each guest winning, real-time facts among them.
What comes out is compared with who is in the house here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from hotelbridge.core.guests import (
    Changed,
    CheckedIn,
    CheckedOut,
    GuestFacts,
    LineClass,
    Moved,
    Stay,
    StayEnd,
)
from hotelbridge.core.occupancy import Came, GuestFact, House, Learned, Left, Step, Went, decide, meant

KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (CheckedIn, CheckedOut, Moved, Changed)}
_SAID = GuestFacts.__slots__


# --- facts as rows ---


def written(fact: GuestFact) -> str:
    """A fact as JSON; only what was said."""
    said = {f.name: getattr(fact, f.name) for f in fields(fact)}
    plain = {name: _plain(value) for name, value in said.items() if value is not None}
    return json.dumps({"fact": type(fact).__name__} | plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def read(text: str) -> GuestFact:
    """The fact that was written so."""
    said = json.loads(text)
    kind = KINDS[said.pop("fact")]
    for name in ("arrival", "departure"):
        if name in said:
            said[name] = date.fromisoformat(said[name])
    if "line_class" in said:
        said["line_class"] = LineClass(said["line_class"])
    fact: GuestFact = kind(**said)
    return fact


# --- facts that say over again what was said ---


def says_again(later: GuestFact, earlier: GuestFact) -> bool:
    """Whether a later fact leaves nothing of an earlier one: the same kind, guest and room, no less said."""
    if type(later) is not type(earlier) or _is_listed(earlier):
        return False
    alike = ("room", "from_room", "reservation", "shared", "others_stay")
    if any(getattr(later, name, None) != getattr(earlier, name, None) for name in alike):
        return False
    if not later.reservation and getattr(later, "name", None) != getattr(earlier, "name", None):
        return False
    said = [name for name in _SAID if getattr(earlier, name, None) is not None]
    return all(getattr(later, name, None) is not None for name in said)


def is_apart(later: GuestFact, earlier: GuestFact) -> bool:
    """Whether the order of these two makes no difference to who is where."""
    if _is_listed(earlier):
        return False
    same_guest = bool(later.reservation) and later.reservation == earlier.reservation
    if not _rooms(later) & _rooms(earlier):
        return not same_guest
    if isinstance(later, CheckedOut | Moved) or isinstance(earlier, CheckedOut | Moved):
        return False
    sharing = later.shared is not False and earlier.shared is not False
    return same_guest or (sharing and bool(later.reservation and earlier.reservation))


def _is_listed(fact: GuestFact) -> bool:
    return isinstance(fact, CheckedIn | CheckedOut) and fact.resync


def _rooms(fact: GuestFact) -> set[str]:
    return {fact.room, fact.from_room} if isinstance(fact, Moved) else {fact.room}


# --- the difference ---


@dataclass(frozen=True, slots=True)
class Difference:
    """What must happen here for the house to be as the PMS says, in the order in which it is done."""

    steps: tuple[Step, ...]

    @property
    def ends(self) -> tuple[Stay, ...]:
        """The stays that the PMS does not know any more."""
        return tuple(step.stay for step in self.steps if isinstance(step, Left))

    @property
    def rooms(self) -> frozenset[str]:
        """Where somebody comes, goes or moves; not those of which only something is known better."""
        touched: set[str] = set()
        for step in self.steps:
            if isinstance(step, Left):
                touched.add(step.stay.room)
            elif isinstance(step, Went):
                touched |= {step.stay.room, step.room}
            elif isinstance(step, Came):
                touched.add(step.room)
        return frozenset(touched)


def as_listed(fact: GuestFact) -> GuestFact:
    """A fact of a list: some say of each guest of a room that nobody else is there, and mean all of them."""
    if isinstance(fact, CheckedIn) and fact.resync and fact.shared is False:
        return replace(fact, shared=None)
    return fact


def told(facts: Sequence[GuestFact], by: str, now: datetime) -> list[CheckedIn]:
    """Who is in the house by what was told and nothing else, with what was said of each.

    The last word about each guest wins.
    """
    house = House()
    said: dict[int, dict[str, Any]] = {}
    for fact in map(as_listed, facts):
        house.do(decide(fact, house.concerned(fact), by), by, now)
        if not isinstance(fact, CheckedOut):
            known = meant(fact, house.concerned(fact), by)
            if known is not None:
                words = {name: getattr(fact, name) for name in _SAID}
                said.setdefault(known.id, {}).update({n: v for n, v in words.items() if v is not None})
    return [_listed(stay, len(house.of(stay.room)) > 1, said.get(stay.id, {})) for stay in house]


def _listed(stay: Stay, beside: bool, said: dict[str, Any]) -> CheckedIn:
    """A guest as one line of the list. One without a number is told from the others of his room by name."""
    shared = True if beside and not stay.reservation else None
    name = {} if stay.reservation else {"name": stay.name or None}
    return CheckedIn(
        room=stay.room, reservation=stay.reservation or None, shared=shared, resync=True, **(said | name)
    )


def difference(
    stays: Sequence[Stay], listed: Sequence[CheckedIn], by: str, begun: datetime, *, silence: bool
) -> Difference:
    """From the open stays here to those of the list.

    `silence`: whoever is not listed is gone, but for those who came after the list was begun.
    """
    house, steps, confirmed = House(stays), list[Step](), set[int]()
    for fact in listed:
        there = house.concerned(fact)
        known = meant(fact, there, by)
        if known is not None:
            confirmed.add(known.id)
        more = decide(fact, there, by)
        house.do(more, by, begun)
        steps += more
    gone = [stay for stay in stays if silence and stay.id not in confirmed and stay.since < begun]
    return Difference(
        (
            *(Left(stay, StayEnd.NOT_IN_RESYNC) for stay in gone),
            *_moves(steps),
            *(step for step in steps if isinstance(step, Learned)),
            *(step for step in steps if isinstance(step, Came)),
        )
    )


def _moves(steps: Sequence[Step]) -> list[Went]:
    """The moves, those into a room first that nobody else still has to leave: what is his stays apart."""
    waiting = [step for step in steps if isinstance(step, Went)]
    ordered: list[Went] = []
    while waiting:
        still = {step.stay.room for step in waiting}
        free = next((step for step in waiting if step.room not in still), waiting[0])
        waiting.remove(free)
        ordered.append(free)
    return ordered
