"""The desk's own phones: rung while an alarm wants to be heard, round after round, one after the other.

A round rings each phone in the order of the configuration until one is lifted; a phone that is busy,
not connected or on a device that is down makes way for the next at once. After a pause the next
round begins; an alarm that is newer than the last ring does not wait for it. A key that is pressed
silences one round and acknowledges nothing. The rings are attempts without a wake-up and end by the
same rules; when nobody needs to be told any more, the call under way is withdrawn.

Guests go first where calls are scarce; but when the desk was told nothing for a minute, and as long as
it was not told of somebody who calls for help, the next free call is its own. The phone on which that
call is made is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hotelbridge.core.alarming import URGENT, is_loud, is_starved, loud_from, quiet_until
from hotelbridge.core.attempt import begin, is_open
from hotelbridge.core.records import Alarm, Attempt, DeskCalls
from hotelbridge.core.signals import Phase, Sign, Signal
from hotelbridge.services import ladder
from hotelbridge.services.dispatch import RING_WITHIN
from hotelbridge.services.effects import Effect, Ring
from hotelbridge.services.rules import Rules
from hotelbridge.store import alarms, attempts, desk, emergencycalls, phones
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

CALLS_HELP = timedelta(minutes=30)  # for so long a desk phone is spared, should its IDLE be lost
OVER = phrase("nobody needs to be told any more")

Phone = tuple[str, str]  # device, number


def beside_guests(
    tx: Tx, rules: Rules, now: datetime, barred: frozenset[str], guests: Callable[[], list[Effect]]
) -> list[Effect]:
    """Ring what wants to ring, the guests' wake-ups and the desk, in the order that is right now."""
    if not rules.desk_phones:
        return guests()
    loud = _loud(tx, rules, now)
    under_way = _under_way(tx, rules)
    if not loud:
        return guests() + _rest(tx, rules, under_way, now)
    if under_way:
        return guests()
    if _is_starved(tx, rules, loud, now):
        return _ring(tx, rules, loud, now, barred) + guests()
    return guests() + _ring(tx, rules, loud, now, barred)


def next_instant(tx: Tx, rules: Rules, now: datetime) -> datetime | None:
    """When the next desk phone wants to ring; None while one does, or nobody needs to be told."""
    if not rules.desk_phones or not _loud(tx, rules, now) or _under_way(tx, rules):
        return None
    return desk.calls(tx, rules.property).next_at or now


def ring_now(tx: Tx, rules: Rules, at: datetime) -> None:
    """Something new in an alarm that is known: the next round does not wait for its pause."""
    calls = desk.calls(tx, rules.property)
    if calls.next_at is not None and calls.next_at > at:
        desk.save_calls(tx, replace(calls, next_at=at))


def hear_key(tx: Tx, rules: Rules, attempt_id: int, at: datetime) -> list[Effect]:
    """A key was pressed at a desk phone: this round is over and the next one is left out."""
    calls = desk.calls(tx, rules.property)
    desk.save_calls(tx, replace(calls, next_at=quiet_until(at, rules.desk_manners)))
    attempt = attempts.get(tx, attempt_id)
    if attempt is None or not is_open(attempt):
        return []
    return ladder.learn(tx, rules, attempt, Signal(Sign.WITHDRAWN, at, reason=phrase("a key was pressed")))


def _loud(tx: Tx, rules: Rules, now: datetime) -> list[Alarm]:
    return [alarm for alarm in alarms.open_ones(tx, rules.property) if is_loud(alarm, now)]


def _under_way(tx: Tx, rules: Rules) -> list[Attempt]:
    return [a for a in attempts.open_ones(tx, rules.property) if a.wakeup_id is None]


def _rest(tx: Tx, rules: Rules, under_way: Sequence[Attempt], now: datetime) -> list[Effect]:
    """Nobody needs to be told: no call any more, and the next alarm begins a round of its own."""
    effects: list[Effect] = []
    for attempt in under_way:
        if attempt.detail != OVER:  # said already: it ends by itself
            effects += ladder.learn(tx, rules, attempt, Signal(Sign.WITHDRAWN, now, reason=OVER))
    calls = desk.calls(tx, rules.property)
    if calls.round and (calls.next_at is None or calls.next_at > now):
        desk.save_calls(tx, replace(calls, next_at=now))
    return effects


def _is_starved(tx: Tx, rules: Rules, loud: Sequence[Alarm], now: datetime) -> bool:
    rung = _round(tx, rules, desk.calls(tx, rules.property))
    told = rung[-1].started if rung else None
    if any(alarm.kind in URGENT and (told is None or told < loud_from(alarm)) for alarm in loud):
        return True
    return is_starved(min(map(loud_from, loud)), told, now)


def _round(tx: Tx, rules: Rules, calls: DeskCalls) -> list[Attempt]:
    return attempts.of_desk_round(tx, rules.property, calls.round) if calls.round else []


def _ring(tx: Tx, rules: Rules, loud: Sequence[Alarm], now: datetime, barred: frozenset[str]) -> list[Effect]:
    """Go on with the round, or begin the next one when it is time."""
    calls = desk.calls(tx, rules.property)
    rung = _round(tx, rules, calls)
    if rung and calls.next_at is None:
        following = None if _was_lifted(rung[-1]) else _next_phone(tx, rules, rung, barred, now)
        if following is not None:
            return _call(tx, rules, calls, following, now)
        calls = replace(calls, next_at=_end(rung[-1]) + rules.desk_manners.pause)
        desk.save_calls(tx, calls)
    news = bool(rung) and max(map(loud_from, loud)) > _end(rung[-1])
    if calls.next_at is not None and calls.next_at > now and not news:
        return []
    first = _next_phone(tx, rules, (), barred, now)
    if first is None:  # no device answers: look again after the pause
        desk.save_calls(tx, replace(calls, next_at=now + rules.desk_manners.pause))
        return []
    return _call(tx, rules, replace(calls, round=calls.round + 1), first, now)


def _was_lifted(attempt: Attempt) -> bool:
    return attempt.answered is not None


def _end(attempt: Attempt) -> datetime:
    """When somebody was told, or else when the call was over."""
    return attempt.answered or attempt.ended or attempt.started


def _next_phone(
    tx: Tx, rules: Rules, rung: Sequence[Attempt], barred: frozenset[str], now: datetime
) -> Phone | None:
    """The first phone that was not rung yet, calls no help itself, and whose device takes calls."""
    done = {(attempt.device, attempt.phone) for attempt in rung}
    calling = emergencycalls.under_way(tx, rules.property)
    done |= {(call.device, call.phone) for call in calling if now - call.at < CALLS_HELP}
    for device, number in rules.desk_phones:
        waits = device in barred or phones.device(tx, rules.property, device).up is False
        if (device, number) not in done and not waits:
            return device, number
    return None


def _call(tx: Tx, rules: Rules, calls: DeskCalls, phone: Phone, now: datetime) -> list[Effect]:
    """One ring, saved before it is placed; nothing where the device has no call free."""
    device, number = phone
    used = sum(attempt.device == device for attempt in attempts.open_ones(tx, rules.property))
    if used >= rules.devices[device].max_calls:
        return []
    desk.save_calls(tx, replace(calls, next_at=None))
    blank = Attempt(
        id=0,
        property=rules.property,
        wakeup_id=None,
        n=calls.round,
        device=device,
        phone=number,
        phase=Phase.SAVED,
        started=now,
        rang=None,
        answered=None,
        ended=None,
        outcome=None,
        detail="",
        check_at=None,
        counted=True,
    )
    saved = attempts.add(tx, begin(blank, rules.desk_times(device)))
    return [Ring(saved, str(rules.settings.desk.menu), now + RING_WITHIN)]
