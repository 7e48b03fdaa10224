"""What records of the PMS mean to the house: facts, and a note where nothing comes of one.

Pure: knows neither line nor store. Only what a record says is set. What cannot be used is told in the
note and never stops anything; the records of the link itself (LS, LA, PA, ...) mean nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hotelbridge.pms.api import (
    AuditBegun,
    AuditEnded,
    Changed,
    CheckedIn,
    CheckedOut,
    Fact,
    Moved,
    NotUnderstood,
    ResyncBegun,
    ResyncEnded,
    RoomChanged,
    WakeupNotWanted,
    WakeupWanted,
)
from hotelbridge.texts import phrase
from hotelbridge_fias.languages import language_of
from hotelbridge_fias.records import Record, flag, parse_date, parse_time, room
from hotelbridge_fias.settings import FiasSettings
from hotelbridge_fias.values import filled, next_occurrence

# What the link itself deals with.
OF_THE_LINK = frozenset({"LS", "LA", "LE", "LD", "LR", "LC", "PA"})
LONGEST = 64  # letters of a room or of a reservation's number: what is longer is damage
_NO_ROOM = "?"  # of a wake-up that names none
_MOST_SAID = 20  # letters of a date or a time that is none


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one record says."""

    facts: tuple[Fact, ...] = ()
    note: str = ""


@dataclass(slots=True)
class _Reading:
    """One record while it is read."""

    record: Record
    settings: FiasSettings
    zone: ZoneInfo
    at: datetime  # when it came
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # what a person has to put right

    @property
    def room(self) -> str:
        """Where it is about; "" where it does not say."""
        return filled(self.record, "RN") or ""

    def note(self, words: str) -> None:
        self.notes.append(words)


def meaning(record: Record, settings: FiasSettings, zone: ZoneInfo, at: datetime) -> Meaning:
    """The facts of a record that came at `at`."""
    kind = record.id
    reader = _READERS.get(kind)
    if reader is None:
        return Meaning(note="" if kind in OF_THE_LINK else phrase(f"unknown record {kind}, ignored"))
    reading = _Reading(record, settings, zone, at)
    if kind not in _OF_THE_HOUSE | {"WR"} and not reading.room:
        return _not_understood(phrase(f"{kind} names no room (RN)"))
    if kind != "WR" and (too_long := _too_long(record)):
        return _not_understood(f"{kind}: {too_long}")
    facts = tuple(reader(reading))
    unread = tuple(NotUnderstood(words=words, room=reading.room) for words in reading.unread)
    return Meaning((*facts, *unread), "; ".join([*reading.notes, *reading.unread]))


def _not_understood(words: str) -> Meaning:
    """A person is told: the PMS meant something by it."""
    return Meaning((NotUnderstood(words=words),), phrase(f"{words}, ignored"))


def _too_long(record: Record) -> str:
    """What of a record cannot be the name of a room or of a reservation; "" where all can."""
    most = LONGEST
    for name, value in record.fields:
        count = len(value)
        if name in ("RN", "RO", "G#") and count > most:
            return phrase(f"its {name} has {count} letters, and {most} are the most")
    return ""


def _check_in(one: _Reading) -> list[Fact]:
    resync = one.record.has("SF")
    return [
        CheckedIn(room=one.room, **_reservation(one), shared=_others(one, "RN"), resync=resync, **_guest(one))
    ]


def _check_out(one: _Reading) -> list[Fact]:
    resync = one.record.has("SF")
    return [CheckedOut(room=one.room, **_reservation(one), others_stay=_others(one, "RN"), resync=resync)]


def _change(one: _Reading) -> list[Fact]:
    old = filled(one.record, "RO")
    if old is None or old == one.room:
        return [Changed(room=one.room, **_reservation(one), shared=_others(one, "RN"), **_guest(one))]
    return [
        Moved(
            room=one.room,
            from_room=old,
            **_reservation(one),
            shared=_others(one, "RN"),
            others_stay=_others(one, "RO"),
            **_guest(one),
        )
    ]


def _room(one: _Reading) -> list[Fact]:
    line_class, quiet = _guest_class(one), flag(one.record.first("DN"))
    if line_class is None and quiet is None:
        if not one.notes and not one.unread:
            one.note(phrase("nothing in it that this house acts on"))
        return []
    return [RoomChanged(room=one.room, line_class=line_class, do_not_disturb=quiet)]


def _wakeup(one: _Reading) -> list[Fact]:
    """One that nobody can do as it was asked for is told too: a person is to hear of it, and the PMS."""
    room = one.room[:LONGEST] or _NO_ROOM
    on, at = filled(one.record, "DA") or "", filled(one.record, "TI") or ""
    local = _local(one)
    if local is None:
        one.note(phrase("its time cannot be read: nobody will be woken by it"))
        on, at = on[:_MOST_SAID], at[:_MOST_SAID]
        return [WakeupWanted(room=room, local=f"DA{on} TI{at}", echo=f"{on}|{at}")]
    reservation = (filled(one.record, "G#") or "")[:LONGEST] or None
    echo = f"{on or local[2:10].replace('-', '')}|{at}"
    return [WakeupWanted(room=room, local=local, reservation=reservation, echo=echo)]


def _no_wakeup(one: _Reading) -> list[Fact]:
    if not filled(one.record, "DA") and not filled(one.record, "TI"):
        return [WakeupNotWanted(room=one.room)]
    local = _local(one)
    if local is None:
        one.note(phrase("its time cannot be read: no wake-up was cancelled by it"))
        return []
    return [WakeupNotWanted(room=one.room, local=local)]


def _local(one: _Reading) -> str | None:
    """The hotel's wall time of DA and TI; a time alone is its next occurrence."""
    at = parse_time(one.record.first("TI"))
    if at is None:
        return None
    if not filled(one.record, "DA"):
        return next_occurrence(at, one.at, one.zone).isoformat()
    on = parse_date(one.record.first("DA"))
    return datetime.combine(on, at).isoformat() if on is not None else None


def _others(one: _Reading, where: str) -> bool | None:
    """GS of the new room or of the old one: whether others are, or stay, in it."""
    found = room(one.record, where)
    return found.shared if found is not None else None


def _reservation(one: _Reading) -> dict[str, Any]:
    return {"reservation": filled(one.record, "G#")}


def _guest(one: _Reading) -> dict[str, Any]:
    """What it says of the guest. GN alone is the name: the PMS composes it as its hotel wants it shown,
    and a later change of GN would not bring GT and GF again."""
    vip, group = one.record.first("GV"), one.record.first("GG")
    return {
        "name": one.record.first("GN"),
        "language": _language(one),
        "vip": None if vip is None else vip.strip().upper() not in ("", "0", "N"),
        "line_class": _guest_class(one),
        "group": group,
        "arrival": _date(one, "GA"),
        "departure": _date(one, "GD"),
    }


def _language(one: _Reading) -> str | None:
    code = filled(one.record, "GL")
    language = language_of(code, one.settings.languages) if code else None
    if code and language is None:
        one.note(phrase(f"nobody said what language {code} is: add it to languages"))
    return language


def _guest_class(one: _Reading) -> Any:
    """CS. NP is information only and never bars a line (rule M1)."""
    code = filled(one.record, "CS")
    line_class = one.settings.line_class(code.strip()) if code else None
    if code and line_class is None:
        words = phrase(f"nobody said what class of service {code[:8]} is: add it to class_of_service")
        one.unread.append(words)
    return line_class


def _date(one: _Reading, name: str) -> Any:
    text = filled(one.record, name)
    on = parse_date(text)
    if text and on is None:
        what = f"{name} {text}"
        one.note(phrase(f"{what} is no date"))
    return on


def _always(fact: Fact) -> Callable[[_Reading], list[Fact]]:
    return lambda one: [fact]


# Records about the house as a whole.
_OF_THE_HOUSE = frozenset({"NS", "NE", "DS", "DE"})
_READERS: dict[str, Callable[[_Reading], list[Fact]]] = {
    "GI": _check_in,
    "GO": _check_out,
    "GC": _change,
    "RE": _room,
    "WR": _wakeup,
    "WC": _no_wakeup,
    "NS": _always(AuditBegun()),
    "NE": _always(AuditEnded()),
    "DS": _always(ResyncBegun()),
    "DE": _always(ResyncEnded()),
}
