"""A hotel at random: whatever its PMS tells, the house ends as the last records say and loses no wake-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotelbridge.core.guests import CheckedIn, CheckedOut, Fact, Moved, ResyncBegun, ResyncEnded, WakeupWanted
from hotelbridge.core.records import Actor, Wakeup, WakeupState
from hotelbridge.services import resync
from hotelbridge.store import history, journal, resyncs, stays, wakeups
from hotelbridge.store.database import Tx
from tests.services.guestrows import ROOMS, Play, Store, examples

DESK = Actor("anna", "test")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Play one example on an empty hotel."""
    with examples(tmp_path_factory.mktemp("guests")) as play_one:
        yield play_one


@dataclass
class Hotel:
    """What really happens, and the records that a PMS sends of it."""

    at: dict[str, str] = field(default_factory=dict)
    sent: list[Fact] = field(default_factory=list)

    def guests_of(self, room: str) -> list[str]:
        return [one for one, where in self.at.items() if where == room]

    def comes(self, number: str, room: str) -> None:
        if number not in self.at:
            shared = bool(self.guests_of(room))
            self.at[number] = room
            self.sent.append(CheckedIn(room=room, reservation=number, shared=shared))

    def goes(self, number: str) -> None:
        if number in self.at:
            room = self.at.pop(number)
            others = bool(self.guests_of(room))
            self.sent.append(CheckedOut(room=room, reservation=number, others_stay=others))

    def moves(self, number: str, room: str, manner: str) -> None:
        if number not in self.at or self.at[number] == room:
            return
        old, shared = self.at[number], bool(self.guests_of(room))
        self.at[number] = room
        others = bool(self.guests_of(old))
        came = CheckedIn(room=room, reservation=number, shared=shared)
        went = CheckedOut(room=old, reservation=number, others_stay=others)
        if manner == "gc":
            self.sent.append(
                Moved(room=room, from_room=old, reservation=number, shared=shared, others_stay=others)
            )
        else:
            self.sent += [went, came] if manner == "go, gi" else [came, went]

    def listed(self) -> list[Fact]:
        vacant = [room for room in ROOMS if not self.guests_of(room)]
        guests_ = [CheckedIn(room=room, reservation=n, resync=True) for n, room in self.at.items()]
        return [*guests_, *(CheckedOut(room=room, resync=True) for room in vacant)]


NUMBERS = st.sampled_from(["1001", "1002", "1003", "1004", "1005"])
ROOM = st.sampled_from(ROOMS)
EVENTS = st.one_of(
    st.tuples(st.just("comes"), NUMBERS, ROOM),
    st.tuples(st.just("goes"), NUMBERS),
    st.tuples(st.just("moves"), NUMBERS, ROOM, st.sampled_from(["gc", "go, gi", "gi, go"])),
    st.tuples(st.just("book"), ROOM, NUMBERS | st.just("")),
    st.tuples(st.just("asks"), ROOM),
)
MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def play(
    store: Store, hotel: Hotel, events: Sequence[tuple[str, ...]], lost: set[int], twice: set[int]
) -> None:
    """Let things happen; of what the PMS sends some is lost and some comes twice."""
    for event in events:
        what, *words = event
        before = len(hotel.sent)
        if what == "book":
            room, number = words
            store.book(store.here().get(number, room), number)  # the desk is told where he is
        elif what == "asks":
            store.tell(WakeupWanted(room=words[0], local="2026-11-25T06:30:00"))
        else:
            getattr(hotel, what)(*words)
        for number in range(before, len(hotel.sent)):
            fact = hotel.sent[number]
            if number not in lost:
                store.tell(fact)
            if number in twice:
                assert number in lost or store.tell(fact).rooms == ()


def is_told(tx: Tx, one: Wakeup) -> bool:
    """Whether the journal of a room names what was done to a wake-up."""
    lines = [line for room in ROOMS for line in journal.of_room(tx, "main", room, 1000)]
    return any(line.what == "wakeup_cancelled" and "06:30" in line.text for line in lines)


def nothing_is_lost(store: Store) -> None:
    """Each wake-up is still to ring, or its history and the journal say why not; nobody's is in two rooms."""
    tx = store.tx
    for one in wakeups.listed(tx, "main", wakeups.Filter(), 10_000):
        if one.state == WakeupState.CANCELLED:
            assert is_told(tx, one)
            why = {line.what for line in history.of(tx, one)}
            assert "left_behind" in why or ("folded" in why and one.origin == "pms")
            continue
        assert one.state == WakeupState.SCHEDULED
        stay = stays.by_reservation(tx, "main", one.reservation)
        assert stay is None or one.room == stay.room, "a wake-up that names a guest is where he is"


def stretches_are_whole(store: Store) -> None:
    """Every stay has been somewhere at every time, and in one room only."""
    for stay in stays.in_house(store.tx, "main"):
        known = stays.stretches(store.tx, stay.id)
        assert known[-1].room == stay.room and known[-1].until is None
        assert all(one.until == two.since for one, two in pairwise(known))


@MANY
@given(events=st.lists(EVENTS, max_size=25), twice=st.sets(st.integers(0, 40)))
def test_the_house_is_as_the_last_records_say(
    played: Play, events: list[tuple[str, ...]], twice: set[int]
) -> None:
    """B6, B7: and what was booked is there, carried, parked, or cancelled with a line."""

    def example(store: Store) -> None:
        hotel = Hotel()
        play(store, hotel, events, set(), twice)
        assert store.here() == hotel.at
        nothing_is_lost(store)
        stretches_are_whole(store)

    played(example)


@MANY
@given(
    events=st.lists(EVENTS, max_size=25),
    lost=st.sets(st.integers(0, 40)),
    twice=st.sets(st.integers(0, 40)),
    chance=st.randoms(use_true_random=False),
)
def test_a_resync_puts_right_whatever_was_missed(
    played: Play, events: list[tuple[str, ...]], lost: set[int], twice: set[int], chance: Random
) -> None:
    """B7: asked where it must be, and nothing is lost by it."""

    def example(store: Store) -> None:
        hotel = Hotel()
        play(store, hotel, events, lost, twice)
        lines = hotel.listed()
        chance.shuffle(lines)
        store.tell(ResyncBegun(), *lines, ResyncEnded())
        waits = resyncs.undecided(store.tx, "main")
        if waits is not None:
            resync.decide(store.tx, store.rules, waits.id, True, DESK, store.now)
        assert store.here() == hotel.at
        nothing_is_lost(store)
        stretches_are_whole(store)
        store.tell(ResyncBegun(), *lines, ResyncEnded())
        confirmed = resyncs.listed(store.tx, "main", 1)[0]
        assert confirmed.difference is not None
        assert '"comes": [], "goes": [], "moves": [], "changes": []' in confirmed.difference

    played(example)
