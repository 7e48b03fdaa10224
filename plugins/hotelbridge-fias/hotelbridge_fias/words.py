"""Records in plain words, for the flight recorder: what a person reads who never saw FIAS.

Everything is said, guests' names too; what is personal is marked so, for the house to mask.
"""

from __future__ import annotations

from hotelbridge.pms.api import personal
from hotelbridge_fias.records import Record, parse_date, parse_time

_KINDS = {
    "LS": "link start",
    "LD": "link description",
    "LR": "link record",
    "LA": "link alive",
    "LE": "link end",
    "LC": "link configuration",
    "GI": "check-in",
    "GO": "check-out",
    "GC": "change of a guest",
    "RE": "room",
    "WR": "wake-up wanted",
    "WC": "wake-up not wanted any more",
    "WA": "result of a wake-up",
    "PS": "posting",
    "PA": "answer to a posting",
    "DR": "resync asked for",
    "DS": "resync begins",
    "DE": "resync ends",
    "NS": "night audit begins",
    "NE": "night audit ends",
}
_NAMES = {
    "RN": "room",
    "RO": "from room",
    "G#": "reservation",
    "GN": "guest",
    "GF": "first name",
    "GT": "title",
    "GL": "language",
    "GV": "VIP",
    "GG": "group",
    "GA": "arrival",
    "GD": "departure",
    "CS": "class of service",
    "RS": "room status",
    "VM": "voicemail",
    "DD": "dialled",
    "DU": "duration",
    "TA": "amount",
    "MP": "pulses",
    "PT": "posting type",
    "P#": "number",
    "CT": "text",
    "IF": "interface",
    "V#": "version",
    "RI": "of record",
    "FL": "fields",
    "ID": "user",
    "WS": "workstation",
    "SO": "outlet",
    "PH": "hotel",
    "RP": "interface program",
}
# What says nothing of a guest; all else is personal, what nobody knows here too.
_OPEN = frozenset(_NAMES) - {"GN", "GF", "GT", "DD", "CT", "ID"}
_FLAGS = {
    ("DN", "Y"): "do not disturb on",
    ("DN", "N"): "do not disturb off",
    ("ML", "Y"): "message light on",
    ("ML", "N"): "message light off",
    ("NP", "Y"): "no posting",
    ("NP", "N"): "posting allowed",
}
ANSWERS = {
    "OK": "accepted",
    "NG": "not found",
    "NP": "no postings allowed",
    "NA": "not now, the day is being closed",
    "RY": "try again",
    "UR": "cannot be done",
    "CO": "credit limit exceeded",
    "DM": "sums do not agree",
    "FX": "not allowed for this guest",
    "DN": "denied",
    "IA": "invalid account",
    "BY": "busy",
    "NR": "no response",
    "DE": "deleted",
}


def words(record: Record) -> str:
    """One record as a line for people."""
    said = [text for text in (*_fields(record), _when(record)) if text]
    head = _head(record)
    return f"{head}: {', '.join(said)}" if said else head


def _head(record: Record) -> str:
    if record.id == "GC" and any(record.all("RO")):
        return "move"
    if record.has("SF") and record.id in ("GI", "GO"):
        return "in the house" if record.id == "GI" else "vacant"
    return _KINDS.get(record.id, f"unknown record {record.id}")


def _fields(record: Record) -> list[str]:
    said, room = [], "RN"
    for name, value in record.fields:
        room = name if name in ("RN", "RO") else room
        said.append(_share(room, value) if name == "GS" else _field(name, value))
    return said


def _field(name: str, value: str) -> str:
    if name in ("DA", "TI"):
        return ""
    if name == "SF":
        return "as it stands in a resync"
    if name == "AS":
        return f"{ANSWERS.get(value, 'unknown answer')} ({value})"
    if name == "CG":
        return "with the proof of the key"
    if name in ("GA", "GD") and (on := parse_date(value)) is not None:
        value = on.isoformat()
    if (name, value) in _FLAGS:
        return _FLAGS[name, value]
    if value and name not in _OPEN:
        value = personal(value)
    return f"{_NAMES.get(name, name)} {value}".rstrip()


def _share(room: str, value: str) -> str:
    if value == "Y":
        return "others stay there" if room == "RO" else "with others"
    return "nobody else there" if value == "N" else ""


def _when(record: Record) -> str:
    on, at = parse_date(record.first("DA")), parse_time(record.first("TI"))
    return " ".join(str(one) for one in (on, at) if one is not None)
