"""What a phone has answered, saved: what it holds now, what was set once, and alarms about what it refuses.

Inside a unit of work. Alarms: a phone that the device does not know and one whose reports stay away are
told at once; anything else that is not taken is told at the second try. They close by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from hotelbridge.core import phonepolicy as policy
from hotelbridge.core.records import AlarmKind, Phone
from hotelbridge.services import escalation
from hotelbridge.services.rules import Rules
from hotelbridge.store import phones
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

TRIES = 2  # that do not take, before a person is told
Journal = Callable[[Tx, Phone, str, datetime], None]  # the phone, and what was set on it and why, in words


def nobody_reads(tx: Tx, phone: Phone, words: str, at: datetime) -> None:
    """No journal."""


@dataclass(frozen=True, slots=True)
class Met:
    """What a turn has met."""

    known: bool = True  # False: the device has no such phone
    lineid: str = ""
    state: str = ""  # as the device says it
    asked: Mapping[str, str] = field(default_factory=dict)  # the answer to the Query
    sent: Mapping[str, str] = field(default_factory=dict)  # what was assigned
    answer: Mapping[str, str] | None = None  # ... and the answer to it; None: not an answer of a phone


def learned(
    tx: Tx,
    rules: Rules,
    asked_for: Phone,
    once: Mapping[str, str],
    met: Met,
    tries: int,
    now: datetime,
    journal: Journal,
) -> bool:
    """Save what was met; whether something was not taken. `once`: what was to be set in this turn."""
    row = phones.get(tx, rules.property, asked_for.device, asked_for.number) or asked_for
    if not met.known:
        _save(tx, replace(row, lineid=None, held=None, in_sync=False, state=""), now)
        _alarm(tx, rules, row, AlarmKind.DEVICE_PARAMETER, "phone", _unknown(row), now)
        return True
    held = policy.queried(row.held, met.asked, row.wanted)
    refused: dict[str, str] = {}
    if met.sent:
        held, refused = policy.assigned(held, met.sent, met.answer or {})
    done = {name for name in once if name not in refused}
    gone = {name for name in once if name in refused and tries >= TRIES}
    anew = row.basis != asked_for.basis  # said meanwhile, of another guest perhaps, in the same words
    left = {
        name: value
        for name, value in row.once.items()
        if anew or name not in done | gone or value != once.get(name)
    }
    in_sync = policy.in_sync(row.wanted, held)
    fresh = replace(row, lineid=met.lineid or None, held=held, in_sync=in_sync, state=met.state, once=left)
    _save(tx, fresh, now)
    taken = {name: value for name, value in met.sent.items() if name not in refused}
    if taken.keys() - {"api"}:  # that its reports are on is nothing that happened to a room
        journal(tx, fresh, _set_words(fresh, taken), now)
    _judge(tx, rules, fresh, refused, set(once), tries, now)
    return bool(refused)


def _save(tx: Tx, phone: Phone, now: datetime) -> None:
    known = phones.get(tx, phone.property, phone.device, phone.number)
    if known is None or known.checked_at is None or replace(known, checked_at=phone.checked_at) != phone:
        phones.save(tx, replace(phone, checked_at=now), now)


def _judge(
    tx: Tx, rules: Rules, row: Phone, refused: Mapping[str, str], own: set[str], tries: int, now: datetime
) -> None:
    """Tell a person what a phone does not take, or that it takes it again."""
    if "api" in refused:
        _alarm(tx, rules, row, AlarmKind.DEVICE_PARAMETER, "phone", _mute(row), now)
    else:
        _well(tx, row, "phone", phrase("its reports are switched on"), now)
    lasting = {name: value for name, value in refused.items() if name not in {"api"} | own}
    if lasting and tries >= TRIES:
        _alarm(tx, rules, row, AlarmKind.PHONE_DRIFT, "drift", _drifted(row, lasting), now)
    elif not lasting and row.in_sync:
        _well(tx, row, "drift", phrase("the phone holds what it should"), now)
    guests = {name: value for name, value in refused.items() if name in own}
    if guests and tries >= TRIES:
        _alarm(tx, rules, row, AlarmKind.PHONE_DRIFT, "guest", _not_set(row, guests), now)
    elif own and not guests:
        _well(tx, row, "guest", phrase("it was set"), now)


def _subject(row: Phone, about: str) -> str:
    return f"{about}:{row.device}/{row.number}"


def _alarm(tx: Tx, rules: Rules, row: Phone, kind: AlarmKind, about: str, text: str, now: datetime) -> None:
    escalation.raise_alarm(tx, rules, now, kind, _subject(row, about), text)


def _well(tx: Tx, row: Phone, about: str, how: str, now: datetime) -> None:
    escalation.recovered(tx, row.property, _subject(row, about), now, how)


# --- words ---


def _unknown(row: Phone) -> str:
    return phrase(
        f"{row.device} knows no phone {row.number}: a wake-up there cannot ring. Check the room's number."
    )


def _mute(row: Phone) -> str:
    return phrase(
        f"Phone {row.number} on {row.device} does not take api = {policy.REPORTS_ON}: its reports stay away, "
        "and a guest who answers would be rung again. Switch on its status subscription on the API page."
    )


def _drifted(row: Phone, refused: Mapping[str, str]) -> str:
    device, values, cause = _place(row), policy.words(refused, row.held), row.cause
    return phrase(
        f"Phone {row.number} on {device} does not take what it should hold: {values} ({cause}). "
        "Set it on the device's own page, or ask who looks after the exchange."
    )


def _not_set(row: Phone, refused: Mapping[str, str]) -> str:
    device, values, cause = _place(row), policy.words(refused, row.held), row.cause
    return phrase(
        f"Phone {row.number} on {device} could not be set for its guest: {values} ({cause}). "
        "Set it at the phone or on the device's own page."
    )


def _place(row: Phone) -> str:
    """The device of a phone, with the rooms in which it stands."""
    if not row.rooms:
        return row.device
    *others, last = row.rooms
    if not others:
        return phrase(f"{row.device} (room {last})")
    first = " and ".join(others)
    return phrase(f"{row.device} (room {first} and {last})")


def _set_words(row: Phone, taken: Mapping[str, str]) -> str:
    values = ", ".join(_value(name, value) for name, value in sorted(taken.items()))
    return phrase(f"{row.number} on {row.device}: {values} set ({row.cause})")


def _value(name: str, value: str) -> str:
    return f"{name} {value}" if value else phrase(f"{name} empty")
