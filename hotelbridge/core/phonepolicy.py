"""What the phone of a room should hold, from who lives there, and whether a device's answer shows it.

Two kinds of parameters. Most are wanted for as long as things stand as they do, and are compared again
and again. Those that belong to the guest (Do Not Disturb, forwarding, the second phone, the alarm clock
of the device) are set once, when he comes, when he goes, and on the PMS's word, and never by a compare
(rule R6). A room of which nothing was ever said is nobody's to bar: its phones only report. Whether a
guest is a VIP makes no difference to a phone. Knows no store and no wire.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hotelbridge.core.guests import LINE_CLASSES, LineClass, RoomState, Stay
from hotelbridge.texts import phrase

GUESTS_OWN = frozenset({"No_Disturb", "Fwd_Type", "Fwd_Number", "Fork", "WAKEUP"})
UNSEEN = frozenset({"WAKEUP", "autoAnswer"})  # judged by the answer to their Assign only (rule M2)
REPORTS_ON = "7"  # `api`: status subscription, without which no ANSWER is told (rule R1)
LEVEL = "Call_Restriction"
LOWEST_UNPROVED = "1"  # 0 is "internal only", and the API knows no exemption for emergency numbers (A5)
# A value that an answer may leave out, because it is the default (rule M2). All others that are
# absent are not verified: an ineffective parameter is left out, too (chapter 2.1.2).
_DEFAULTS = {
    "No_Disturb": "off",
    "Fwd_Type": "0",
    "record": "off",
    "api": "0",
    "autoAnswer": "no",
    "WAKEUP": "00:00",
}
_EMPTY_BY_DEFAULT = frozenset(
    {"Fwd_Number", "Fork", "mobile", "voicefile", "staffid", "email", "Off_Line_Num"}
)
_SWITCHES = frozenset({"No_Disturb", "record"})  # `no` is `off` there


class Use(StrEnum):
    """What is known of the rooms of a phone."""

    UNKNOWN = ""  # nothing was ever said of them
    VACANT = "vacant"
    OCCUPIED = "occupied"  # somebody was checked in
    FOUND = "found"  # occupied already when a resync told of it first: the policy is not for him (M1)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a property wants of the phones of its rooms, by the names of the exchange's manual."""

    occupied: Mapping[str, str]
    vacant: Mapping[str, str]
    levels: Mapping[LineClass, int]  # the Call_Restriction of each class of service
    proved: bool  # a real emergency call was made from a phone at level 0


@dataclass(frozen=True, slots=True)
class RoomNow:
    """A room as it stands: who is in it, and what was said of it."""

    room: str
    stays: tuple[Stay, ...] = ()
    state: RoomState | None = None
    known: bool = False  # it was lived in once
    meant: bool = True  # it is this room of which something was said now, not one that shares its phone
    barred: bool = False  # the calls of a guest in it have passed his credit


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan was made from; kept with it, so that a change of it is seen, and seen once."""

    use: Use = Use.UNKNOWN
    stays: tuple[int, ...] = ()
    do_not_disturb: bool | None = None  # as last said of the room
    own: tuple[int, ...] = ()  # the stays whose Do Not Disturb and forwarding the phone has
    rooms: tuple[tuple[str, Use], ...] = ()  # what is known of each, where several have the phone

    def text(self) -> str:
        """To be kept in a row."""
        kept: dict[str, Any] = {"use": self.use, "stays": self.stays, "dnd": self.do_not_disturb}
        if self.own != self.stays:
            kept["own"] = self.own
        return json.dumps(kept | ({"rooms": dict(self.rooms)} if self.rooms else {}))

    @classmethod
    def read(cls, text: str) -> Basis:
        """As it was kept; nothing kept is nothing known."""
        if not text:
            return cls()
        kept = json.loads(text)
        stays = tuple(kept["stays"])
        rooms = tuple((room, Use(use)) for room, use in kept.get("rooms", {}).items())
        return cls(Use(kept["use"]), stays, kept["dnd"], tuple(kept.get("own", stays)), rooms)


class Occasion(StrEnum):
    """Why a plan is made."""

    HAPPENED = "happened"  # something was said of these rooms just now
    RESYNC = "resync"  # how things stand was told: nobody comes or goes by it
    LOOK = "look"  # nothing new: a start, another configuration


@dataclass(frozen=True, slots=True)
class Plan:
    """What a phone should hold, what is to be set on it once, and why, in words."""

    wanted: dict[str, str]
    once: dict[str, str] = field(default_factory=dict)  # of the guest's own, on top of what waits already
    basis: Basis = Basis()
    cause: str = ""


def plan(policy: Policy, rooms: Sequence[RoomNow], before: Basis, occasion: Occasion) -> Plan:
    """What a phone of these rooms should hold now. No rooms: a phone of the desk."""
    uses = {room.room: _use(room, _used(room, rooms, before), before, occasion) for room in rooms}
    use = _of_all(uses.values())
    stays = tuple(sorted(stay.id for room in rooms for stay in room.stays))
    kept = tuple(uses.items()) if len(uses) > 1 else ()
    basis = Basis(use, stays, _do_not_disturb(rooms), _whose(stays, before), kept)
    wanted = {name: value for name, value in _of(policy, use).items() if name not in GUESTS_OWN}
    level, why = _level(policy, rooms, use)
    if level is not None:
        wanted[LEVEL] = level
    if wanted.get(LEVEL) == "0" and not policy.proved:
        wanted[LEVEL] = LOWEST_UNPROVED
        why += f"; {phrase('level 0 is sent as 1 until an emergency call from it is proved')}"
    once = _once(policy, basis, before, occasion, shared=len(rooms) > 1)
    return Plan(wanted | {"api": REPORTS_ON}, once, basis, _cause(uses, use) + why)


def _use(room: RoomNow, was: Use, before: Basis, occasion: Occasion) -> Use:
    """What is known of one room now."""
    occasion = occasion if room.meant else Occasion.LOOK
    if not room.stays:
        nobody_ever = was == Use.UNKNOWN and not room.known and occasion != Occasion.RESYNC
        return Use.UNKNOWN if nobody_ever else Use.VACANT
    if was == Use.UNKNOWN and occasion == Occasion.RESYNC:
        return Use.FOUND
    still = {stay.id for stay in room.stays} & set(before.stays)
    return Use.FOUND if was == Use.FOUND and (still or occasion != Occasion.HAPPENED) else Use.OCCUPIED


def _used(room: RoomNow, rooms: Sequence[RoomNow], before: Basis) -> Use:
    """What was known of one room. Kept was one word for all rooms of a phone, where it had but one."""
    lived_in = before.use in (Use.OCCUPIED, Use.FOUND)
    elsewhere = len(rooms) > 1 and lived_in and not {stay.id for stay in room.stays} & set(before.stays)
    return dict(before.rooms).get(room.room, Use.UNKNOWN if elsewhere else before.use)


def _of_all(uses: Collection[Use]) -> Use:
    """What holds for a phone: that somebody came to one of its rooms; that it is vacant only if all are."""
    for use in (Use.OCCUPIED, Use.FOUND):
        if use in uses:
            return use
    return Use.VACANT if uses and all(use == Use.VACANT for use in uses) else Use.UNKNOWN


def _of(policy: Policy, use: Use) -> Mapping[str, str]:
    return {Use.OCCUPIED: policy.occupied, Use.VACANT: policy.vacant}.get(use, {})


def _do_not_disturb(rooms: Sequence[RoomNow]) -> bool | None:
    said = [room.state.do_not_disturb for room in rooms if room.state is not None]
    return True if True in said else False if False in said else None


# --- the class of service ---


def _level(policy: Policy, rooms: Sequence[RoomNow], use: Use) -> tuple[str | None, str]:
    """The highest level among the rooms that count, and whose word it is; None: the policy's own."""
    counting = [room for room in rooms if room.stays] or list(rooms)
    said = [(policy.levels[cls], _class_of(cls, why)) for cls, why in map(_class, counting) if cls]
    own = _of(policy, use).get(LEVEL)
    unsaid = len(said) < len(counting) and own is not None
    level, why = max(said, default=(-1, ""))
    if unsaid and int(own or 0) > level:
        return None, ""
    return (str(level), why) if said else (None, "")


def _class_of(cls: LineClass, why: str) -> str:
    line_class = LINE_CLASSES[cls]
    return f"; {phrase(f'class {line_class} ({why})')}"


def _class(room: RoomNow) -> tuple[LineClass | None, str]:
    """The class of a room as it was said last: of a guest in it (the highest), or of the room itself."""
    if room.barred:
        return LineClass.INTERNAL, phrase(f"credit limit of {room.room}")
    order = list(LineClass)
    guests = [stay for stay in room.stays if stay.line_class is not None]
    state = room.state
    if state is not None and state.line_class is not None:
        later = state.at is not None and all(stay.since <= state.at for stay in guests)
        if not guests or later:
            return state.line_class, _said_of_room(room.room, state.line_class_by)
    highest = max(guests, key=lambda stay: order.index(stay.line_class or order[0]), default=None)
    if highest is None:
        return None, ""
    return highest.line_class, _said_of_guest(room.room, highest.by)


def _said_of_room(room: str, by: str) -> str:
    return phrase(f"said of room {room} by {by}") if by else phrase(f"said of room {room}")


def _said_of_guest(room: str, by: str) -> str:
    return phrase(f"said of a guest in {room} by {by}") if by else phrase(f"said of a guest in {room}")


# --- what is the guest's own ---


def _whose(stays: tuple[int, ...], before: Basis) -> tuple[int, ...]:
    """Whose settings a phone has: of those for whom it was set; else of all who are there now.

    Somebody who joins them has not come to a phone that was set for him. When he is alone there, it is.
    """
    return tuple(id for id in before.own if id in stays) or stays


def _once(policy: Policy, now: Basis, before: Basis, occasion: Occasion, shared: bool) -> dict[str, str]:
    """What is to be set once: somebody has come or gone, or the PMS has spoken of Do Not Disturb."""
    values: dict[str, str] = {}
    gone = bool(before.own) and not set(before.own) & set(now.stays)
    empty = now.use == Use.VACANT or shared and not now.stays  # of the room beside nothing may be known
    if empty and gone or now.use == Use.VACANT and before.use == Use.UNKNOWN and occasion == Occasion.RESYNC:
        values |= _own(policy.vacant)
    anew = occasion == Occasion.HAPPENED and bool(now.stays) and not set(before.own) & set(now.stays)
    if anew:
        values |= _own(policy.vacant) if gone else {}
        values |= _own(policy.occupied) if now.use == Use.OCCUPIED else {}
    word = now.do_not_disturb
    if word is not None and (word != before.do_not_disturb or anew):
        values["No_Disturb"] = "on" if word else "off"
    if shared and now.stays and word is None and before.do_not_disturb:
        # Who wanted it has gone, and the neighbour whose phone it is, too, said nothing.
        values["No_Disturb"] = {**policy.vacant, **policy.occupied}.get("No_Disturb", "off")
    return values


def _own(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name in GUESTS_OWN}


def _cause(uses: Mapping[str, Use], use: Use) -> str:
    if not uses:
        return phrase("a phone of the desk")
    *others, room = [room for room, known in uses.items() if known == use]
    return _of_several(", ".join(others), room, use) if others else _of_one(room, use)


def _of_one(room: str, use: Use) -> str:
    return {
        Use.UNKNOWN: phrase(f"nothing is known of who lives in {room}"),
        Use.VACANT: phrase(f"room {room} is vacant"),
        Use.OCCUPIED: phrase(f"room {room} is occupied"),
        Use.FOUND: phrase(f"room {room} is occupied, as a resync told"),
    }[use]


def _of_several(rooms: str, room: str, use: Use) -> str:
    return {
        Use.UNKNOWN: phrase(f"nothing is known of who lives in {rooms} and {room}"),
        Use.VACANT: phrase(f"rooms {rooms} and {room} are vacant"),
        Use.OCCUPIED: phrase(f"rooms {rooms} and {room} are occupied"),
        Use.FOUND: phrase(f"rooms {rooms} and {room} are occupied, as a resync told"),
    }[use]


# --- what an answer shows (rule M2) ---


def shown(values: Mapping[str, str], name: str) -> str | None:
    """What an answer shows of a parameter, however it spells the name; None: it is not verified."""
    found = {key.lower(): value for key, value in values.items()}.get(name.lower())
    value = (found or "").strip()
    if not value:
        return "" if name in _EMPTY_BY_DEFAULT else _DEFAULTS.get(name)
    return "off" if name in _SWITCHES and value.lower() == "no" else value


def agrees(name: str, wanted: str, values: Mapping[str, str]) -> bool:
    """Whether an answer shows a parameter to be what is wanted."""
    found = shown(values, name)
    return found is not None and found.lower() == wanted.strip().lower()


def to_assign(wanted: Mapping[str, str], held: Mapping[str, str]) -> dict[str, str]:
    """What must be assigned to a phone that holds this, and nothing else."""
    return {name: value for name, value in wanted.items() if not agrees(name, value, held)}


def in_sync(wanted: Mapping[str, str], held: Mapping[str, str] | None) -> bool:
    """Whether a phone is known to hold all that is wanted of it."""
    return held is not None and not to_assign(wanted, held)


def still_to_set(once: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """What of the guest's own must be assigned to a phone that has just answered a Query like this."""
    return {name: value for name, value in once.items() if name in UNSEEN or not agrees(name, value, asked)}


def queried(
    known: Mapping[str, str] | None, asked: Mapping[str, str], wanted: Mapping[str, str]
) -> dict[str, str]:
    """What a phone holds after a Query. What is wanted and no Query can judge stays as its Assign left it."""
    judged = {name.lower(): name for name in UNSEEN if name in wanted}
    kept = {name: known[name] for name in judged.values() if known is not None and name in known}
    return {name: value for name, value in asked.items() if name.lower() not in judged} | kept


def assigned(
    known: Mapping[str, str], sent: Mapping[str, str], answer: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """After an Assign: what the phone holds now, and what of it was not taken."""
    refused = to_assign(sent, answer)
    held = {name: value for name, value in known.items() if name not in sent} | dict(answer)
    held |= {name: value for name, value in sent.items() if name in UNSEEN and name not in refused}
    return held, refused


def words(values: Mapping[str, str], held: Mapping[str, str] | None) -> str:
    """What is not as it should be: `Call_Restriction is 3, not 1`."""
    return ", ".join(_is_not(name, value, held) for name, value in sorted(values.items()))


def _is_not(name: str, value: str, held: Mapping[str, str] | None) -> str:
    seen, wanted = _seen(name, held), value or phrase("empty")
    return phrase(f"{name} is {seen}, not {wanted}")


def _seen(name: str, held: Mapping[str, str] | None) -> str:
    found = None if held is None else shown(held, name)
    return phrase("not told") if found is None else found or phrase("empty")
