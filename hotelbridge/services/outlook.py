"""When wake-ups will ring, and whether one more can be promised: the bookings before the devices' calls.

What is asked for is judged as a whole, however many rooms and days it has, against all that is booked
around it. Refused is only what would ring later than `promise`, or would make another one do so that
was promised before. A caller who cannot be refused (a PMS) asks `foresee`, and tells the desk what it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hotelbridge.core import localtime
from hotelbridge.core.attempt import FREE_AGAIN
from hotelbridge.core.capacity import Busy, Course, Demand, House, Judgement, Needs, judge, play
from hotelbridge.core.readback import day_of
from hotelbridge.core.records import Attempt, Wakeup, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services.rules import Rules
from hotelbridge.store import attempts, queue
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

AROUND = timedelta(hours=1)  # what is due further away does not meet
MINUTE = timedelta(minutes=1)
GRID = 5  # minutes; times that are offered instead
OFFERS = (1, 2, 3, 4, 6, 9, 12)  # steps of the grid, to each side


@dataclass(frozen=True, slots=True)
class Wish:
    """A room that somebody wants rung at an instant."""

    room: str
    due: datetime
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """When each wish will first ring, in the order given, and why they cannot be promised, if so."""

    rings: tuple[datetime, ...]
    refusal: Refusal | None


def promised(
    tx: Tx, rules: Rules, wishes: Sequence[Wish], now: datetime, instead_of: Collection[int] = ()
) -> tuple[datetime, ...]:
    """When each of these will first ring. Refuses `slot_full` where that cannot be promised.

    `instead_of`: wake-ups that these replace, by id.
    """
    outlook = foresee(tx, rules, wishes, now, instead_of)
    if outlook.refusal is not None:
        raise outlook.refusal
    return outlook.rings


def foresee(
    tx: Tx, rules: Rules, wishes: Sequence[Wish], now: datetime, instead_of: Collection[int] = ()
) -> Outlook:
    """The same without refusing: a caller who must be served saves it, and tells the desk the refusal."""
    rings: dict[Wish, datetime] = {}
    trouble: _Trouble | None = None
    for group in _groups(wishes):
        scene = look(tx, rules, group[0].due - AROUND, group[-1].due + AROUND, now, instead_of)
        verdict = scene.judge(group)
        rings |= verdict.rings
        trouble = trouble or verdict.trouble
    refusal = None
    if trouble is not None:
        nearest = _free_times(tx, rules, wishes, now, instead_of)
        at_once = len({_minute(wish.due) for wish in wishes}) == 1 < len(wishes)
        fit = _how_many_fit(scene, wishes) if at_once and not nearest else None
        refusal = _refusal(rules, wishes, trouble, nearest, fit)
    return Outlook(tuple(rings[wish] for wish in wishes), refusal)


def expected(tx: Tx, rules: Rules, wakeups: Iterable[Wakeup], now: datetime) -> dict[int, datetime]:
    """When those of these wake-ups that wait for their first ring will have it, by id."""
    found: dict[int, datetime] = {}
    waiting = [w for w in wakeups if w.state == WakeupState.SCHEDULED and not w.in_person]
    for group in _groups(Wish(w.room, w.due) for w in waiting):
        scene = look(tx, rules, group[0].due - AROUND, group[-1].due + MINUTE, now)
        found |= scene.first_rings()
    return {w.id: found[w.id] for w in waiting if w.id in found}


def _groups(wishes: Iterable[Wish]) -> list[list[Wish]]:
    """By due time, those together that may meet in a queue."""
    groups: list[list[Wish]] = []
    for wish in sorted(wishes, key=lambda wish: wish.due):
        if groups and wish.due - groups[-1][-1].due < 2 * AROUND:
            groups[-1].append(wish)
        else:
            groups.append([wish])
    return groups


@dataclass(frozen=True, slots=True)
class _Trouble:
    """The first thing that speaks against what is wanted."""

    wish: Wish
    ring: datetime  # of it, or of the one whose promise it breaks
    instead: str  # the room of that one; "": it is itself late
    already: int  # rooms of the same minute
    before: int  # rooms of earlier minutes that still wait for their ring then
    late: int  # how many of what is wanted


@dataclass(frozen=True, slots=True)
class _Verdict:
    rings: dict[Wish, datetime]
    trouble: _Trouble | None


class Scene:
    """What is booked in a stretch of time, as the core plays it. One ring serves a room in one minute."""

    def __init__(self, rules: Rules, house: House, pending: Sequence[queue.Pending]) -> None:
        self.rules = rules
        self.house = house
        self.pending = [p for p in pending if p.state != WakeupState.CALLING and rules.phones(p.room)]
        self.demands: list[Demand] = []
        self._rooms: list[str] = []
        self._served: dict[tuple[str, datetime], int] = {}  # by room and minute: which demand
        for one in self.pending:
            if one.state == WakeupState.WAITING:
                at = one.next_at or one.due
                self._rooms.append(one.room)
                self.demands.append(_demand(rules, one.room, at, one.vip, one.rounds, one.first_ring))
            elif (key := (one.room, _minute(one.due))) not in self._served:
                self._served[key] = len(self.demands)
                self._rooms.append(one.room)
                self.demands.append(_demand(rules, one.room, one.due, one.vip))
        self._course: Course | None = None

    def course(self) -> Course:
        """How it goes as booked."""
        if self._course is None:
            self._course = play(self.demands, self.house)
        return self._course

    def first_rings(self) -> dict[int, datetime]:
        """When each that waits for its first ring will have it, by id."""
        starts = self.course().starts
        return {
            one.id: starts[self._served[one.room, _minute(one.due)]]
            for one in self.pending
            if one.state == WakeupState.SCHEDULED
        }

    def judge(self, wishes: Sequence[Wish]) -> _Verdict:
        """Whether these can be promised beside what is booked."""
        wanted: dict[tuple[str, datetime], Demand] = {}
        for wish in wishes:
            key = (wish.room, _minute(wish.due))
            if key not in self._served:
                wanted.setdefault(key, _demand(self.rules, wish.room, wish.due, wish.vip))
        promise = self.rules.ladder.promise
        judgement = judge(list(wanted.values()), self.demands, self.house, promise, self.course)
        starts = dict(zip(wanted, judgement.starts, strict=True))
        rings = {}
        for wish in wishes:
            key = (wish.room, _minute(wish.due))
            rings[wish] = starts[key] if key in starts else self.course().starts[self._served[key]]
        return _Verdict(rings, None if judgement.good else self._trouble(wishes, list(wanted), judgement))

    def hopeless(self, wish: Wish) -> bool:
        """Whether those before it are late already: a quick look, before all is played through again."""
        last = wish.due + self.rules.ladder.promise
        asked = _demand(self.rules, wish.room, wish.due)
        devices = {device for device, _ in asked.needs}
        return not wish.vip and any(
            one.at <= wish.due
            and start > last
            and devices.issuperset(device for device, _ in one.needs)
            and (not one.waits or asked.waits and set(asked.phones) <= set(one.phones))
            for one, start in zip(self.demands, self.course().starts, strict=True)
        )

    def _trouble(
        self, wishes: Sequence[Wish], wanted: list[tuple[str, datetime]], judgement: Judgement
    ) -> _Trouble:
        keys = {(wish.room, _minute(wish.due)): wish for wish in wishes}
        if judgement.late:
            place = max(judgement.late, key=lambda n: judgement.starts[n])
            wish, ring, instead = keys[wanted[place]], judgement.starts[place], ""
        else:
            place, ring = max(judgement.broken, key=lambda one: one[1])
            instead = self._rooms[place]
            near = self.demands[place].at
            wish = min(keys.values(), key=lambda wish: abs(wish.due - near))
        already = sum(1 for _, minute in self._served if minute == _minute(wish.due))
        minute = _minute(wish.due)
        starts = zip(self.demands, self.course().starts, strict=True)
        before = sum(1 for one, start in starts if _minute(one.at) < minute <= start)
        return _Trouble(wish, ring, instead, already, before, len(judgement.late))


def look(
    tx: Tx, rules: Rules, start: datetime, end: datetime, now: datetime, but: Collection[int] = ()
) -> Scene:
    """What is booked from `start` to before `end`, with what is in the air if it is now."""
    pending = queue.pending(tx, rules.property, start, end, but)
    house = House(rules.paces.at(tx, now), rules.ladder, now)
    if rules.shared:
        house = replace(house, engaged=_engaged(rules, house))
    if start <= now < end:
        busy = tuple(_busy(rules, attempt) for attempt in attempts.open_ones(tx, rules.property))
        ringing = tuple(
            _demand(rules, p.room, now, p.vip, max(0, p.rounds - 1), p.first_ring)
            for p in pending
            if p.state == WakeupState.CALLING
        )
        house = replace(house, busy=busy, ringing=ringing)
    return Scene(rules, house, pending)


def needs(rules: Rules, room: str) -> Needs:
    """What ringing a room takes of each device."""
    return tuple(sorted(Counter(device for device, _ in rules.phones(room)).items()))


def _demand(
    rules: Rules, room: str, at: datetime, vip: bool = False, rounds: int = 0, first: datetime | None = None
) -> Demand:
    """A room that wants to ring. One that has a phone of its own does not wait for those it shares."""
    own = rules.phones(room)
    shared = tuple(f"{device}/{phone}" for device, phone in own if (device, phone) in rules.shared)
    return Demand(
        at, needs(rules, room), vip, rounds, first, shared, bool(shared) and len(shared) == len(own)
    )


def _busy(rules: Rules, call: Attempt) -> Busy:
    shared = (call.device, call.phone) in rules.shared
    return Busy(call.device, call.started, f"{call.device}/{call.phone}" if shared else "")


def _engaged(rules: Rules, house: House) -> timedelta:
    """How long one room keeps a phone from the next.

    Until it is given up: what calls take on the average makes no promise where the next one waits for
    just this call.
    """
    calls = (pace.hold for pace in house.paces.values())
    return max([rules.settings.wakeup.ring, *calls]) + FREE_AGAIN


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _free_times(
    tx: Tx, rules: Rules, wishes: Sequence[Wish], now: datetime, but: Collection[int]
) -> list[str]:
    """The nearest local times before and after, for the first of the wishes, at which all of them fit."""
    groups = _groups(wishes)
    far = AROUND + GRID * OFFERS[-1] * MINUTE
    scenes = [look(tx, rules, g[0].due - far, g[-1].due + far, now, but) for g in groups]
    first = groups[0][0].due
    whole = _minute(first)
    below = whole - timedelta(minutes=whole.minute % GRID)
    before = [below - step * GRID * MINUTE for step in (0, *OFFERS) if below - step * GRID * MINUTE < first]
    after = [below + step * GRID * MINUTE for step in OFFERS]
    found = []
    for times in (before, after):
        for at in times:
            moved = [[replace(w, due=w.due + (at - first)) for w in group] for group in groups]
            if (local := _bookable(rules, at, now)) and _all_fit(scenes, moved):
                found.append(local)
                break
    return found


def _how_many_fit(scene: Scene, wishes: Sequence[Wish]) -> int:
    """How many of these rooms, from the first on, can be promised for their minute."""
    good, bad = 0, len(wishes)
    while bad - good > 1:
        some = (good + bad) // 2
        if scene.judge(wishes[:some]).trouble is None:
            good = some
        else:
            bad = some
    return good


def _all_fit(scenes: Sequence[Scene], groups: Sequence[Sequence[Wish]]) -> bool:
    pairs = list(zip(scenes, groups, strict=True))
    if any(scene.hopeless(wish) for scene, group in pairs for wish in group[:1]):
        return False
    return all(scene.judge(group).trouble is None for scene, group in pairs)


def _bookable(rules: Rules, at: datetime, now: datetime) -> str:
    """The local time of an instant as a booking would write it; "" where it cannot be booked."""
    local = at.astimezone(rules.zone)
    if at < now + rules.settings.wakeup.too_soon:
        return ""
    try:
        localtime.resolve(local.date(), local.time(), rules.zone)
    except localtime.LocalTimeError:
        return ""
    return f"{local:%Y-%m-%dT%H:%M}"


def _refusal(
    rules: Rules, wishes: Sequence[Wish], trouble: _Trouble, nearest: list[str], fit: int | None
) -> Refusal:
    due, ring = (at.astimezone(rules.zone) for at in (trouble.wish.due, trouble.ring))
    several = len({_minute(wish.due) for wish in wishes}) > 1
    day, clock = day_of(due.date()), f"{due:%H:%M}"
    when = f"{day} {clock}" if several else clock
    sentence = f"{_full(when, len(wishes), trouble)}; {_instead(len(wishes), trouble, f'{ring:%H:%M}')}."
    facts = {"already": trouble.already, "fit": fit, "expected": ring.isoformat(timespec="seconds")}
    words = f"{sentence} {_advice(wishes, due, nearest, fit)}"
    return Refusal("slot_full", words, status=409, nearest=nearest, **facts)


def _full(when: str, count: int, trouble: _Trouble) -> str:
    """What is in the way at that time."""
    already, before = trouble.already, trouble.before
    if before and already:
        return phrase(
            f"{when} already has {already}, and {before} of the minutes before are still to be rung then"
        )
    if before:
        return phrase(f"{when} has no call free: {before} of the minutes before are still to be rung then")
    if already:
        return phrase(f"{when} already has {already}")
    return phrase(f"{when} cannot take them all" if count > 1 else f"{when} is full")


def _instead(count: int, trouble: _Trouble, clock: str) -> str:
    """What would come of it."""
    if trouble.instead:
        return phrase(f"this would make room {trouble.instead} wait until {clock}")
    if count == 1:
        return phrase(f"yours would ring at {clock}")
    late = trouble.late
    return phrase(f"{late} of these {count} would ring too late, the last at {clock}")


def _advice(wishes: Sequence[Wish], due: datetime, nearest: Sequence[str], fit: int | None) -> str:
    if nearest:
        asked = f"{due:%Y-%m-%d}"
        said = [at[11:] if len(wishes) > 1 or at[:10] == asked else at.replace("T", " ") for at in nearest]
        *others, last = said
        first = " or ".join(others)
        return phrase(f"Take {first} or {last}?" if first else f"Take {last}?")
    spread = phrase("Spread them over several times.")
    if fit is not None:
        count, clock = len(wishes), f"{due:%H:%M}"
        some = phrase(f"{fit} of them fit at {clock}" if fit else f"none of them fits at {clock}")
        return f"{phrase(f'No time within an hour takes {count} at once')}; {some}. {spread}"
    return spread if len(wishes) > 1 else phrase("No time within an hour of it is free.")
