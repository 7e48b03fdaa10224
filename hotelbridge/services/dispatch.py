"""Who is rung now: the wake-ups that are due get the calls that their devices have free.

Runs inside a unit of work, like the ladder that it starts. What was found too late is handed to a
person instead of being rung.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from hotelbridge.core.attempt import FREE_AGAIN, begin, is_open
from hotelbridge.core.proof import weaker
from hotelbridge.core.records import Attempt, Outcome, Proof, Wakeup, WakeupState
from hotelbridge.core.signals import Phase
from hotelbridge.core.wakeup import Happening, after
from hotelbridge.services import inperson, ladder, lists, neighbours
from hotelbridge.services.effects import Effect, Ring
from hotelbridge.services.rules import Rules
from hotelbridge.settings import OmSettings
from hotelbridge.store import alarms, attempts, history, stays, wakeups
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

RING_WITHIN = timedelta(seconds=2)  # a Connect that could not be written so soon is decided anew
MOST = 200  # started in one unit
WHEN_FREE = timedelta(seconds=5)  # to be rung in, for one that waited and whose grace is over meanwhile
Key = tuple[str, str]  # device, number
_LADDER_RUNS = (WakeupState.CALLING, WakeupState.WAITING)
SPARE = 20  # looked at beyond the free calls: some may not fit, or ask for a room that has just got its ring


def claim(
    tx: Tx,
    rules: Rules,
    now: datetime,
    barred: frozenset[str] = frozenset(),
    unwritten: Mapping[str, int] = MappingProxyType({}),
    unread: bool = False,
) -> list[Effect]:
    """Start the rounds that are due, in the order of their turn, as far as the devices have free calls.

    `barred`: devices that are not to be rung now; `unwritten`: how many Connects wait for each device.
    No more are saved than it takes soon, or they would be stale before they are written. `unread`: reports
    are waiting, and may tell that a guest is awake: only first rings leave meanwhile.
    """
    inperson.hand_over(tx, rules, now)
    _hand_over_overdue(tx, rules, now)
    taken = attempts.taken(tx, rules.property)
    free = _free_calls(rules, taken, barred, unwritten)
    if not any(free.values()):
        return []
    held = {*taken, *neighbours.resting(tx, rules, now)}
    engaged = neighbours.engaged(tx, rules, held)
    effects: list[Effect] = []
    for wakeup in _in_turn(tx, rules, now, free, engaged, unread):
        if not rules.phones(wakeup.room):
            ladder.give_up(
                tx,
                rules,
                wakeup,
                Outcome.REFUSED,
                phrase("the room is not in the configuration any more"),
                now,
            )
        elif wakeup.room in engaged:
            continue  # it, or its only phone, is rung this moment for another wake-up, or was just now
        elif _fits(rules, phones := [key for key in rules.phones(wakeup.room) if key not in held], free):
            held |= rules.shared.intersection(phones)
            engaged |= {wakeup.room} | neighbours.without_another(
                rules, rules.shared.intersection(phones), held
            )
            effects += _start_round(tx, rules, wakeup, phones, free, now)
        else:
            _keep_calls(phones, free)
    return effects + ([] if unread else _ring_along(tx, rules, held, free, now))


def _ring_along(tx: Tx, rules: Rules, held: set[Key], free: dict[str, int], now: datetime) -> list[Effect]:
    """A phone that was the neighbour's when a round began has its part in it (R2)."""
    effects: list[Effect] = []
    for wakeup, phones in neighbours.could_ring_along(tx, rules, held):
        for device, phone in phones:
            if free.get(device, 0) > 0 and (device, phone) not in held:
                free[device] -= 1
                held.add((device, phone))
                effects.append(_ring(tx, rules, wakeup, device, phone, now))
    return effects


def _hand_over_overdue(tx: Tx, rules: Rules, now: datetime) -> None:
    """Those whose grace is over go to a person, but for one that waits for another one's ladder (B1).

    Its grace is not begun anew by waiting: once the room is free it has a moment to be rung, or a person
    is told at once.
    """
    found = wakeups.overdue(tx, rules.property, now - rules.ladder.grace)
    in_call: set[str] = set()
    if found:
        held = {(a.device, a.phone) for a in attempts.open_ones(tx, rules.property) if is_open(a)}
        just_free = neighbours.resting(tx, rules, now, FREE_AGAIN + WHEN_FREE)
        in_call = neighbours.engaged(tx, rules, {*held, *just_free})
    for late in found:
        if _is_behind(tx, rules, late, in_call):
            wakeups.wait(tx, late.id, now - max(rules.ladder.grace - WHEN_FREE, timedelta()))
        else:
            _hand_over_late(tx, rules, late, now)


def _is_behind(tx: Tx, rules: Rules, late: Wakeup, in_call: set[str]) -> bool:
    """Whether it waits for another one's call; a further try does only where rooms share a phone."""
    if late.state == WakeupState.SCHEDULED:
        return late.room in in_call or _ladder_runs(tx, rules, late)
    return late.room in in_call and not rules.shared.isdisjoint(rules.phones(late.room))


def _ladder_runs(tx: Tx, rules: Rules, wakeup: Wakeup) -> bool:
    return bool(wakeups.of_rooms(tx, rules.property, [wakeup.room], _LADDER_RUNS))


def _in_turn(
    tx: Tx, rules: Rules, now: datetime, free: dict[str, int], engaged: set[str], first_rings: bool
) -> list[Wakeup]:
    """Whoever may ring now, the first of them first; who is hindered does not stand before the others."""
    devices = [device for device, calls in free.items() if calls > 0]
    rooms = None if len(devices) == len(free) else rules.rooms_on(devices)
    limit = min(MOST, SPARE + 2 * sum(free.values()))
    since = now - rules.ladder.grace
    return wakeups.due(
        tx, rules.property, now, rooms, limit, but=sorted(engaged), since=since, first_rings=first_rings
    )


def _keep_calls(phones: Sequence[Key], free: dict[str, int]) -> None:
    """A room of several phones has its turn: those behind it do not take the calls it waits for."""
    for device, _ in phones:
        free[device] = max(0, free[device] - 1)


def _free_calls(
    rules: Rules, taken: Sequence[tuple[str, str]], barred: frozenset[str], unwritten: Mapping[str, int]
) -> dict[str, int]:
    used = Counter(device for device, _ in taken)

    def free(om: OmSettings) -> int:
        soon = at_a_time(om) - unwritten.get(om.name, 0)
        return 0 if om.name in barred else max(0, min(om.max_calls - used[om.name], soon))

    return {name: free(om) for name, om in rules.devices.items()}


def _most(om: OmSettings) -> int:
    """How many phones of one room can be rung in one round."""
    return min(om.max_calls, at_a_time(om))


def at_a_time(om: OmSettings) -> int:
    """How many Connects may wait for a device: some more than it takes at once."""
    return max(om.in_flight * 4, 16)


def _fits(rules: Rules, phones: Sequence[Key], free: dict[str, int]) -> bool:
    needed = Counter(device for device, _ in phones)
    return all(free.get(d, 0) >= min(n, _most(rules.devices[d])) for d, n in needed.items())


def _start_round(
    tx: Tx, rules: Rules, wakeup: Wakeup, phones: Sequence[Key], free: dict[str, int], now: datetime
) -> list[Effect]:
    first = wakeup.first_ring is None
    ringing = wakeups.save(
        tx,
        replace(
            wakeup,
            state=after(wakeup.state, Happening.RING),
            rounds=wakeup.rounds + 1,
            first_ring=wakeup.first_ring or now,
            next_at=None,
        ),
        now,
    )
    late = now - wakeup.due if first and now - wakeup.due > ladder.LATE else None
    number, most = wakeup.tries + 1, rules.ladder.tries
    words = phrase(f"try {number} of {most}")
    if late:
        length = f"{late.total_seconds():.0f} s"
        words = phrase(f"try {number} of {most}, {length} late")
    history.write(tx, ringing, now, "late" if late else "ringing", words)
    effects: list[Effect] = []
    for device, phone in phones:
        if free[device] > 0:
            free[device] -= 1
            effects.append(_ring(tx, rules, ringing, device, phone, now))
    return effects


def _ring(tx: Tx, rules: Rules, w: Wakeup, device: str, phone: str, now: datetime) -> Ring:
    blank = Attempt(
        id=0,
        property=w.property,
        wakeup_id=w.id,
        n=w.rounds,
        device=device,
        phone=phone,
        phase=Phase.SAVED,
        started=now,
        rang=None,
        answered=None,
        ended=None,
        outcome=None,
        detail="",
        check_at=None,
        counted=True,
        proof=_provable(tx, rules, w, device),
    )
    saved = attempts.add(tx, begin(blank, rules.times(device)))
    return Ring(saved, _menu(tx, rules, w, device), now + RING_WITHIN)


def _menu(tx: Tx, rules: Rules, w: Wakeup, device: str) -> str:
    """The menu that wakes: in the language that was asked for, else in that of the guest who is there now."""
    language = w.language
    if not language and len(rules.devices[device].menus) > 1:
        guests = stays.in_house(tx, rules.property, [w.room])
        language = next((stay.language for stay in guests if stay.language), "")
    return rules.menu(device, language)


def _provable(tx: Tx, rules: Rules, w: Wakeup, device: str) -> Proof:
    """The proof wanted, as far as the menu is known to be on the device: without it nothing is heard."""
    if w.proof == Proof.ANSWER:
        return w.proof
    menu = _menu(tx, rules, w, device)
    missing = alarms.open_about(tx, rules.property, f"menu:{device}/{menu}") is not None
    return weaker(w.proof, Proof.ANSWER) if missing else w.proof


def _hand_over_late(tx: Tx, rules: Rules, wakeup: Wakeup, now: datetime) -> None:
    """Due so long ago that ringing now would be worse than a person going: an alarm at once."""
    since = wakeup.due if wakeup.state == WakeupState.SCHEDULED else wakeup.next_at or wakeup.due
    missed = (now - since).total_seconds()
    late = f"{missed:.0f} s" if missed < 120 else f"{missed / 60:.0f} min"
    why = phrase(f"not rung in time ({late} late)")
    saved = wakeups.save(
        tx,
        replace(wakeup, state=after(wakeup.state, Happening.GIVE_UP), next_at=None, result=Outcome.UNKNOWN),
        now,
    )
    history.write(tx, saved, now, "handed_over", f"{why}; {phrase('handed to the desk')}")
    lists.late(tx, rules, saved, why, now)
