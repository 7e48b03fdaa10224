"""FIAS records: text with fields, read from a peer's bytes and written for one. No I/O, no meaning.

A record is two letters and a list of fields in the peer's own order; fields may repeat, and both order
and repetition carry meaning, so nothing here is a dictionary. Reading is lenient; writing makes what is
clean for every peer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from hotelbridge.pms.api import personal
from hotelbridge.texts import phrase
from hotelbridge_fias.framing import LONGEST
from hotelbridge_fias.letters import encoded, printable


class BadRecord(ValueError):
    """A peer sent something that is no record."""


class Unsendable(ValueError):
    """A record was built here that no peer could read."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: `Record("GI", (("RN", "212"), ("G#", "1001"), ("GS", "N")))`."""

    id: str
    fields: tuple[tuple[str, str], ...] = ()

    def first(self, id: str) -> str | None:
        """The value of the first field of that id; "" where it came empty, None where it is missing."""
        return next((value for name, value in self.fields if name == id), None)

    def all(self, id: str) -> tuple[str, ...]:
        """The values of all fields of that id, in order."""
        return tuple(value for name, value in self.fields if name == id)

    def has(self, id: str) -> bool:
        return any(name == id for name, _ in self.fields)

    def __str__(self) -> str:
        """As on the line, for people: no encoding, no limits. May hold any text a peer sent."""
        return f"{self.id}|" + "".join(f"{name}{value}|" for name, value in self.fields)


# Values that people read are cut; a room, a guest's number or an amount never is: it would be another.
LIMITS = {"GN": 200, "GF": 80, "GT": 20, "DD": 20, "X1": 25, "WS": 16, "ID": 16}
COMMENT_LIMITS = {"PS": 20, "RE": 40}  # of CT; elsewhere it is as long as it is
_ID = re.compile(r"[A-Za-z0-9]{2}")
_FIELD_ID = re.compile(r"[!-{}~]{2}")


def parse(body: bytes | str, encoding: str = "utf-8") -> Record:
    """The record in a frame's content. Unknown ids are kept, the last `|` may be missing, bytes that the
    encoding lacks are replaced, control characters (but line ends) dropped. Raises BadRecord."""
    text = body.decode(encoding, "replace") if isinstance(body, bytes) else body
    id, *rest = text.strip("\r\n\f\x00\x02\x03").split("|")
    id = id.strip()
    if not _ID.fullmatch(id):
        shown = _shown(text)
        raise BadRecord(phrase(f"a record begins with two letters and a bar, not with {shown}"))
    fields = ((piece[:2], printable(piece[2:], line_ends=True)) for piece in rest)
    return Record(id, tuple((name, value) for name, value in fields if _FIELD_ID.fullmatch(name)))


def _shown(text: str) -> str:
    """The beginning of something that is no record: nobody can say whether it is a guest's name."""
    return personal(repr(printable(text)[:20]))


def render(record: Record, encoding: str = "utf-8", longest: int = LONGEST) -> bytes:
    """The content of a frame: letters that the encoding lacks become near ones or `?`, bars and control
    characters in values are left out, text is cut to its field's length. Raises Unsendable."""
    if not _ID.fullmatch(record.id):
        raise Unsendable(phrase(f"{record.id!r} is no id of a record"))
    parts = [record.id.encode("ascii") + b"|"]
    for name, value in record.fields:
        if not _FIELD_ID.fullmatch(name):
            raise Unsendable(phrase(f"{name!r} is no id of a field, in {record.id}"))
        limit = COMMENT_LIMITS.get(record.id) if name == "CT" else LIMITS.get(name)
        parts.append(name.encode("ascii") + encoded(value, encoding, limit) + b"|")
    body = b"".join(parts)
    size = len(body)
    if size > longest:
        raise Unsendable(phrase(f"a record {record.id} of {size} bytes is longer than {longest}"))
    return body


# --- rooms ---


@dataclass(frozen=True, slots=True)
class RoomField:
    """A room that a record names, with the share flag that belongs to it."""

    field: str  # RN: the room; RO: the room before a move
    room: str
    shared: bool | None  # somebody else is (or stays) in it; None: not said


def rooms(record: Record) -> tuple[RoomField, ...]:
    """The rooms of a record in order. A `GS` belongs to the last room before it; one that stands before
    every room, to the first room that has none."""
    found: list[list[str | None]] = []
    early: list[str] = []
    for name, value in record.fields:
        if name in ("RN", "RO"):
            found.append([name, value, None])
        elif name == "GS" and found:
            free = found[-1] if found[-1][2] is None else next((f for f in found if f[2] is None), found[-1])
            free[2] = value
        elif name == "GS":
            early.append(value)
    for value, free in zip(early, [one for one in found if one[2] is None], strict=False):
        free[2] = value
    return tuple(RoomField(str(name), str(room), flag(shared)) for name, room, shared in found)


def room(record: Record, field: str = "RN") -> RoomField | None:
    """The first room that stands in this field; None where it is missing or empty."""
    return next((one for one in rooms(record) if one.field == field and one.room), None)


def flag(value: str | None) -> bool | None:
    """`Y` or `N` in any case; None for everything else."""
    return {"Y": True, "N": False}.get((value or "").strip().upper())


# --- dates and times: on the hotel's clocks, without a zone ---


def parse_date(value: str | None) -> date | None:
    """YYMMDD of this century; None where it is missing, empty or no date."""
    if value is None or not re.fullmatch(r"[0-9]{6}", value.strip(" "), re.ASCII):
        return None
    digits = value.strip(" ")
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def parse_time(value: str | None) -> time | None:
    """HHMMSS, or HHMM; None where it is missing, empty or no time of day."""
    if value is None or not re.fullmatch(r"[0-9]{4}([0-9]{2})?", value.strip(" "), re.ASCII):
        return None
    digits = value.strip(" ")
    try:
        return time(int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0))
    except ValueError:
        return None


def moment(record: Record) -> datetime | None:
    """DA and TI together, naive, on the hotel's clocks; None where one of them is missing or wrong."""
    day, at = parse_date(record.first("DA")), parse_time(record.first("TI"))
    return None if day is None or at is None else datetime.combine(day, at)


def format_date(day: date) -> str:
    """YYMMDD of a date or a moment."""
    return f"{day:%y%m%d}"


def format_time(at: time | datetime) -> str:
    """HHMMSS of a time or a moment."""
    return f"{at:%H%M%S}"


def stamp(local: datetime) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two fields DA and TI of a moment on the hotel's clocks."""
    return ("DA", format_date(local)), ("TI", format_time(local))
