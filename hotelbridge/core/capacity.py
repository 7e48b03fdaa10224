"""What fits when: a device plays only so many announcements at once, and a peak has to queue.

The queue is played through in thought as the ladder will play it: whoever wants to ring first goes
first; of one minute VIP before others, and who has not been rung yet before who is rung again. Each
round takes a call for each of its phones for as long as calls take here, and the share of rounds that
come to nothing rings again after the ladder's gaps. A phone that rooms share rings for one at a time.
Nothing here knows a room or a database: a demand says which devices it needs, and how many calls.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush

from hotelbridge.core.retry import Ladder

# What a device's calls are taken to be like until it has shown its own figures.
CALL_TIME = timedelta(seconds=25)  # that a call keeps an announcement busy
AGAIN = 0.2  # share of rounds that come to nothing

SAMPLES = 20  # with fewer the figures above stand
HALF_LIFE = timedelta(days=2)  # a call so old counts half
LONGEST_CALL = timedelta(minutes=5)  # what looks longer was an outage of this program
SHORTEST_CALL = timedelta(seconds=5)  # a mean below would be made of failures
MOST_AGAIN = 0.9

Needs = tuple[tuple[str, int], ...]  # device and calls at once


@dataclass(frozen=True, slots=True)
class Pace:
    """What one device can do, and what its calls are like."""

    max_calls: int
    hold: timedelta = CALL_TIME
    again: float = AGAIN

    def calls_in(self, span: timedelta) -> int:
        """How many calls it can make in so long."""
        return int(self.max_calls * span / self.hold)


@dataclass(frozen=True, slots=True)
class Sample:
    """One call of a wake-up that is over."""

    round: tuple[int, int]  # its wake-up, and the how-manieth round of it
    started: datetime
    ended: datetime
    proved: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """One round that wants to ring: from when on, on what, and the how-manieth of its ladder it is."""

    at: datetime
    needs: Needs
    vip: bool = False
    tries: int = 0  # rounds rung before this one
    first: datetime | None = None  # when the first of them was
    phones: tuple[str, ...] = ()  # those of its phones that others have, too
    waits: bool = False  # it has no phone of its own: it does not start while all of these are engaged


@dataclass(frozen=True, slots=True)
class Busy:
    """A call in the air."""

    device: str
    since: datetime
    phone: str = ""  # that others wait for


@dataclass(frozen=True, slots=True)
class Course:
    """How a queue went."""

    starts: tuple[datetime, ...]  # of each demand, in the order given
    again: tuple[Demand, ...]  # further rounds that it brought


@dataclass(frozen=True, slots=True)
class House:
    """What a queue is played with."""

    paces: Mapping[str, Pace]
    ladder: Ladder
    now: datetime  # nothing starts before
    busy: tuple[Busy, ...] = ()
    ringing: tuple[Demand, ...] = ()  # rounds in the air: their calls are in `busy`, they may come again
    engaged: timedelta = CALL_TIME  # how long a round keeps a phone that others wait for


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether what is wanted can be promised."""

    starts: tuple[datetime, ...]  # of what is wanted, in the order given
    late: tuple[int, ...]  # which of it would ring later than promised
    broken: tuple[tuple[int, datetime], ...]  # which of the others would then, for its sake, and when

    @property
    def good(self) -> bool:
        """Every promise is kept."""
        return not self.late and not self.broken


def measured(samples: Sequence[Sample], max_calls: int, now: datetime) -> Pace:
    """What the calls of a device are like, the later ones weighing more; the first guess for too few."""
    if len(samples) < SAMPLES:
        return Pace(max_calls)
    rounds: dict[tuple[int, int], tuple[float, bool]] = {}
    seconds = weights = 0.0
    for one in samples:
        weight = 0.5 ** (max(now - one.started, timedelta()) / HALF_LIFE)
        seconds += weight * min(one.ended - one.started, LONGEST_CALL).total_seconds()
        weights += weight
        rounds[one.round] = (weight, one.proved or rounds.get(one.round, (weight, False))[1])
    hold = max(SHORTEST_CALL, timedelta(seconds=seconds / weights))
    missed = sum(weight for weight, proved in rounds.values() if not proved)
    again = min(MOST_AGAIN, missed / sum(weight for weight, _ in rounds.values()))
    return Pace(max_calls, hold, again)


def play(demands: Sequence[Demand], house: House) -> Course:
    """Play the queue through: when each of these rounds will start, and what rings again after it."""
    return _Play(house).run(demands)


def judge(
    wanted: Sequence[Demand],
    others: Sequence[Demand],
    house: House,
    promise: timedelta,
    alone: Callable[[], Course] | None = None,
) -> Judgement:
    """Whether these first rounds, and those of `others`, start within `promise` of when they are due.

    One of the others that would be late anyway is not broken by what is wanted. `alone`: how it goes
    with the others alone, where the caller knows that.
    """
    both = play([*others, *wanted], house).starts
    starts = both[len(others) :]
    late = tuple(n for n, one in enumerate(wanted) if starts[n] > one.at + promise)
    hurt = [n for n, one in enumerate(others) if not one.tries and both[n] > one.at + promise]
    if hurt:
        before = (alone() if alone is not None else play(others, house)).starts
        hurt = [n for n in hurt if before[n] <= others[n].at + promise]
    return Judgement(starts, late, tuple((n, both[n]) for n in hurt))


_Rank = tuple[int, bool, bool, float, int]  # minute, not VIP, rung before, instant, place
_Lane = tuple[tuple[str, ...], tuple[str, ...]]  # devices, and the phones without which it does not start


@dataclass(frozen=True, slots=True)
class _Round:
    """A demand in seconds, which are quicker to count with."""

    at: float
    needs: Needs
    vip: bool
    tries: int
    first: float | None
    place: int  # in what was given; behind its end: a further round
    phones: tuple[str, ...] = ()
    waits: bool = False


class _Play:
    """One queue, from now to its end."""

    def __init__(self, house: House) -> None:
        self._paces = house.paces
        self._now = house.now.timestamp()
        self._free = {name: pace.max_calls for name, pace in house.paces.items()}
        self._hold = {name: pace.hold.total_seconds() for name, pace in house.paces.items()}
        self._owed = dict.fromkeys(house.paces, 0.5)  # of a further round: one is due at 1
        self._offsets = _offsets(house.ladder)
        self._house = house
        self._coming: list[tuple[float, int, _Round]] = []
        self._lanes: dict[_Lane, list[tuple[_Rank, _Round]]] = {}
        self._ends: list[tuple[float, int, Needs, tuple[str, ...]]] = []
        self._engaged = Counter[str]()  # phones that others wait for
        self._engaged_for = house.engaged.total_seconds()
        self._places = itertools.count()
        self._starts: dict[int, float] = {}
        self._needs: dict[Needs, Needs] = {}  # as asked for, and as far as there are devices and calls
        self._again: list[_Round] = []

    def run(self, demands: Sequence[Demand]) -> Course:
        for one in demands:
            round_ = self._round(one, next(self._places))
            self._coming.append((round_.at, round_.place, round_))
        heapify(self._coming)
        self._take_over(self._house.busy, self._house.ringing)
        at: float | None = self._now
        while at is not None:
            self._let_go(at)
            self._arrive(at)
            self._start(at)
            at = self._next()
        starts = tuple(_instant(self._starts[n]) for n in range(len(demands)))
        return Course(starts, tuple(_demand(one) for one in self._again))

    def _round(self, one: Demand, place: int) -> _Round:
        needs = self._needs.get(one.needs)
        if needs is None:
            needs = tuple((d, min(n, self._paces[d].max_calls)) for d, n in one.needs if d in self._paces)
            self._needs[one.needs] = needs
        first = None if one.first is None else one.first.timestamp()
        return _Round(one.at.timestamp(), needs, one.vip, one.tries, first, place, one.phones, one.waits)

    def _take_over(self, busy: Iterable[Busy], ringing: Iterable[Demand]) -> None:
        """What is in the air at the beginning."""
        for call in busy:
            if call.phone:
                self._engage((call.phone,), max(self._now + 1.0, call.since.timestamp() + self._engaged_for))
            if self._free.get(call.device, 0) > 0:
                self._free[call.device] -= 1
                end = max(self._now + 1.0, call.since.timestamp() + self._hold[call.device])
                heappush(self._ends, (end, next(self._places), ((call.device, 1),), ()))
        for one in ringing:
            self._perhaps_again(self._round(one, -1), max(self._now, one.at.timestamp()))

    def _let_go(self, at: float) -> None:
        while self._ends and self._ends[0][0] <= at:
            _, _, needs, phones = heappop(self._ends)
            for device, calls in needs:
                self._free[device] += calls
            self._engaged.subtract(phones)

    def _engage(self, phones: tuple[str, ...], until: float) -> None:
        self._engaged.update(phones)
        heappush(self._ends, (until, next(self._places), (), phones))

    def _hindered(self, one: _Round) -> bool:
        """Whether every phone of it rings for somebody else. Nobody else is kept waiting by that."""
        return one.waits and all(self._engaged[phone] for phone in one.phones)

    def _arrive(self, at: float) -> None:
        while self._coming and self._coming[0][0] <= at:
            one = heappop(self._coming)[2]
            rank = (int(one.at // 60), not one.vip, one.tries > 0, one.at, one.place)
            lane = (tuple(d for d, _ in one.needs), one.phones if one.waits else ())
            heappush(self._lanes.setdefault(lane, []), (rank, one))

    def _start(self, at: float) -> None:
        """Whoever can, in order; where calls do not suffice they are kept for the one whose turn it is."""
        lanes = [lane for lane in self._lanes.values() if lane]
        if len(lanes) == 1:
            self._start_one_lane(lanes[0], at)
        elif lanes:
            self._start_in_turn(at)

    def _start_one_lane(self, lane: list[tuple[_Rank, _Round]], at: float) -> None:
        """Nobody else waits: the first of them is always the one whose turn it is."""
        while lane and all(self._free[device] >= calls for device, calls in lane[0][1].needs):
            if self._hindered(lane[0][1]):
                return
            self._begin(heappop(lane)[1], at)

    def _start_in_turn(self, at: float) -> None:
        free, kept = dict(self._free), set[_Lane]()
        while True:
            heads = [
                (lane[0][0], key)
                for key, lane in self._lanes.items()
                if lane and key not in kept and (not key[0] or any(free[d] > 0 for d in key[0]))
                if not self._hindered(lane[0][1])
            ]
            if not heads:
                return
            key = min(heads)[1]
            one = self._lanes[key][0][1]
            fits = all(free[d] >= n for d, n in one.needs)
            for device, calls in one.needs:
                free[device] -= min(calls, free[device])
            if fits:
                heappop(self._lanes[key])
                self._begin(one, at)
            else:
                kept.add(key)

    def _begin(self, one: _Round, at: float) -> None:
        self._starts[one.place] = at
        for device, calls in one.needs:
            self._free[device] -= calls
            heappush(self._ends, (at + self._hold[device], next(self._places), ((device, calls),), ()))
        if one.phones:
            self._engage(one.phones, at + self._engaged_for)
        self._perhaps_again(one, at)

    def _perhaps_again(self, one: _Round, at: float) -> None:
        """So many rounds come to nothing: every so-manieth is followed by another."""
        if not one.needs or one.tries + 1 >= len(self._offsets):
            return
        device = one.needs[0][0]
        self._owed[device] += self._paces[device].again
        if self._owed[device] < 1:
            return
        self._owed[device] -= 1
        first = at if one.first is None else one.first
        then = max(first + self._offsets[one.tries + 1], at + self._hold[device])
        place = next(self._places)
        again = _Round(then, one.needs, one.vip, one.tries + 1, first, place, one.phones, one.waits)
        self._again.append(again)
        heappush(self._coming, (then, again.place, again))

    def _next(self) -> float | None:
        """When something can change; None at the end."""
        instants = [self._coming[0][0]] if self._coming else []
        if self._ends and any(self._lanes.values()):
            instants.append(self._ends[0][0])
        return min(instants, default=None)


def _offsets(ladder: Ladder) -> list[float]:
    """When each try of a ladder comes, in seconds from the first."""
    gaps = [ladder.gaps[min(n, len(ladder.gaps) - 1)] for n in range(ladder.tries - 1)] if ladder.gaps else []
    seconds = [gap.total_seconds() for gap in gaps] or [0.0] * (ladder.tries - 1)
    return [0.0, *itertools.accumulate(seconds)]


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _demand(one: _Round) -> Demand:
    first = None if one.first is None else _instant(one.first)
    return Demand(_instant(one.at), one.needs, one.vip, one.tries, first, one.phones, one.waits)
