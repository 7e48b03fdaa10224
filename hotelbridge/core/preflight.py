"""What a phone's status means for a wake-up, in words: asked before it is due, at booking and by `check`.

A wake-up opens what a guest may have closed (Do Not Disturb, forwarding of type 1 and 2, forking). What
it cannot open, or cannot reach at all, is a hindrance: a person should know while the guest still sleeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hotelbridge.texts import phrase

AGAIN = timedelta(minutes=5)  # between two looks at a phone that was found in trouble
_OFF = frozenset({"", "0", "no", "off", "none"})
_OPENED = frozenset({"1", "2"})  # the values of Fwd_Type that a wake-up opens


class Weight(StrEnum):
    """How much a hindrance matters now."""

    BLOCKS = "blocks"  # a wake-up now would not reach the guest
    RISK = "risk"  # it would; it would not if the phone lost its connection


@dataclass(frozen=True, slots=True)
class Look:
    """What a phone showed when it was asked; values spelled as the device spells them in Assign."""

    known: bool = True  # False: the device has no such phone
    state: str = ""  # ready, active, progress, offline, offhook; "" where it was not told
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing in the way of a wake-up; `what` goes on behind "phone 212" or "it"."""

    weight: Weight
    what: str
    do: str

    def of_phone(self, number: str) -> str:
        """The same of a phone by its number."""
        trouble = self.what
        return phrase(f"phone {number} {trouble}")


def hindrances(look: Look) -> tuple[Hindrance, ...]:
    """What is in the way of a wake-up that rings this phone; what weighs most comes first."""
    if not look.known:
        gone = phrase("is not known to the telephone exchange")
        return (Hindrance(Weight.BLOCKS, gone, phrase("Check the room's number in the configuration.")),)
    return (*_line(look), *_settings(look))


def blocking(look: Look) -> tuple[Hindrance, ...]:
    """Only what would keep a wake-up from the guest now."""
    return tuple(one for one in hindrances(look) if one.weight is Weight.BLOCKS)


def known_beforehand(held: Mapping[str, str] | None) -> tuple[Hindrance, ...]:
    """What a booking can already say of a phone: settings last read that a wake-up cannot open.

    Nothing where the phone was never read. Whether it is connected now is not the question: the guest
    is to be woken later.
    """
    return tuple(_settings(Look(values=held or {})))


def _line(look: Look) -> list[Hindrance]:
    if look.state == "offline":
        away = _value(look, "Off_Line_Num")
        what = phrase("is not connected to the telephone exchange")
        if away:
            what = phrase(f"is not connected to the telephone exchange, and its calls go to {away} instead")
        return [Hindrance(Weight.BLOCKS, what, phrase("Look whether it has power and its network cable."))]
    if look.state == "offhook":
        return [
            Hindrance(Weight.BLOCKS, phrase("is off the hook"), phrase("Somebody must put the handset down."))
        ]
    return []


def _settings(look: Look) -> list[Hindrance]:
    found = []
    if _value(look, "autoAnswer"):
        what = phrase("answers by itself (autoAnswer): a call to an empty room would count as woken")
        found.append(Hindrance(Weight.BLOCKS, what, phrase("Switch autoAnswer off for this extension.")))
    kind = _value(look, "Fwd_Type")
    if kind and kind not in _OPENED:
        number = _value(look, "Fwd_Number")
        what = phrase(f"is forwarded in a way that cannot be opened from here (Fwd_Type {kind})")
        if number:
            what = phrase(
                f"is forwarded to {number} in a way that cannot be opened from here (Fwd_Type {kind})"
            )
        found.append(Hindrance(Weight.BLOCKS, what, phrase("Switch the forwarding off at the phone.")))
    away = _value(look, "Off_Line_Num")
    if away and look.state != "offline":
        what = phrase(f"hands its calls to {away} whenever it is not connected (Off_Line_Num)")
        found.append(Hindrance(Weight.RISK, what, phrase("Empty Off_Line_Num of this extension.")))
    return found


def _value(look: Look, name: str) -> str:
    """A setting, or "" where it is off, empty or was not told."""
    value = look.values.get(name, "").strip()
    return "" if value.lower() in _OFF else value


# --- when to look, and what to say ---


def first_look(due: datetime, looked_at: datetime | None, before: timedelta, now: datetime) -> bool:
    """Whether the look before due is still to come. One from before that time was for another hour."""
    return due - before <= now < due and (looked_at is None or looked_at < due - before)


def look_again(looked_at: datetime | None, changed: bool, now: datetime) -> bool:
    """Whether a wake-up found in trouble is looked at once more; `changed`: its phone has said something."""
    if changed or looked_at is None or looked_at > now:  # later than now: the clock was set back
        return True
    return now - looked_at >= AGAIN


def trouble(room: str, clock: str, found: Sequence[tuple[str, Hindrance]], well: Sequence[str]) -> str:
    """The sentences of the alarm: what is in the way of the wake-up at `clock`, and what to do."""
    causes = "; ".join(one.of_phone(phone) for phone, one in found)
    told = [phrase(f"Room {room}: the wake-up at {clock} is in danger: {causes}.")]
    if well:
        phones = ", ".join(well)
        many = len(well) > 1
        told.append(
            phrase(
                f"The room's phones {phones} can ring." if many else f"The room's phone {phones} can ring."
            )
        )
    told += dict.fromkeys(one.do for _, one in found)
    ends = phrase("This closes by itself when the phone is well; else somebody must wake the guest.")
    return " ".join([*told, ends])
