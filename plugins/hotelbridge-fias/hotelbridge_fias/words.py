"""Records in plain words, for the flight recorder: what a person reads who never saw FIAS.

Everything is said, guests' names too; what is personal is marked so, for the house to mask.
"""

from __future__ import annotations

from hotelbridge.pms.api import personal
from hotelbridge.texts import phrase
from hotelbridge_fias.records import Record, parse_date, parse_time

_KINDS = {
    "LS": phrase("link start"),
    "LD": phrase("link description"),
    "LR": phrase("link record"),
    "LA": phrase("link alive"),
    "LE": phrase("link end"),
    "LC": phrase("link configuration"),
    "GI": phrase("check-in"),
    "GO": phrase("check-out"),
    "GC": phrase("change of a guest"),
    "RE": phrase("room"),
    "WR": phrase("wake-up wanted"),
    "WC": phrase("wake-up not wanted any more"),
    "WA": phrase("result of a wake-up"),
    "PS": phrase("posting"),
    "PA": phrase("answer to a posting"),
    "DR": phrase("resync asked for"),
    "DS": phrase("resync begins"),
    "DE": phrase("resync ends"),
    "NS": phrase("night audit begins"),
    "NE": phrase("night audit ends"),
}
_NAMES = {  # without a value, and with one: a word, or a name of several
    "RN": (phrase("room"), phrase("room {word}")),
    "RO": (phrase("from room"), phrase("from room {word}")),
    "G#": (phrase("reservation"), phrase("reservation {word}")),
    "GN": (phrase("guest"), phrase("guest {word}")),
    "GF": (phrase("first name"), phrase("first name {word}")),
    "GT": (phrase("title"), phrase("title {word}")),
    "GL": (phrase("language"), phrase("language {word}")),
    "GV": (phrase("VIP"), phrase("VIP {word}")),
    "GG": (phrase("group"), phrase("group {name}")),
    "GA": (phrase("arrival"), phrase("arrival {word}")),
    "GD": (phrase("departure"), phrase("departure {word}")),
    "CS": (phrase("class of service"), phrase("class of service {word}")),
    "RS": (phrase("room status"), phrase("room status {word}")),
    "VM": (phrase("voicemail"), phrase("voicemail {word}")),
    "DD": (phrase("dialled"), phrase("dialled {word}")),
    "DU": (phrase("duration"), phrase("duration {word}")),
    "TA": (phrase("amount"), phrase("amount {word} in the smallest coin")),
    "MP": (phrase("pulses"), phrase("pulses {word}")),
    "PT": (phrase("posting type"), phrase("posting type {word}")),
    "P#": (phrase("number"), phrase("number {word}")),
    "CT": (phrase("text"), phrase("text {word}")),
    "IF": (phrase("interface"), phrase("interface {word}")),
    "V#": (phrase("version"), phrase("version {word}")),
    "RI": (phrase("of record"), phrase("of record {word}")),
    "FL": (phrase("fields"), phrase("fields {word}")),
    "ID": (phrase("user"), phrase("user {word}")),
    "WS": (phrase("workstation"), phrase("workstation {word}")),
    "SO": (phrase("outlet"), phrase("outlet {name}")),
    "PH": (phrase("hotel"), phrase("hotel {name}")),
    "RP": (phrase("interface program"), phrase("interface program {name}")),
}
# What says nothing of a guest; all else is personal, what nobody knows here too.
_OPEN = frozenset(_NAMES) - {"GN", "GF", "GT", "DD", "CT", "ID"}
_FLAGS = {
    ("DN", "Y"): phrase("do not disturb on"),
    ("DN", "N"): phrase("do not disturb off"),
    ("ML", "Y"): phrase("message light on"),
    ("ML", "N"): phrase("message light off"),
    ("NP", "Y"): phrase("no posting"),
    ("NP", "N"): phrase("posting allowed"),
}
ANSWERS = {
    "OK": phrase("accepted (OK)"),
    "NG": phrase("not found (NG)"),
    "NP": phrase("no postings allowed (NP)"),
    "NA": phrase("not now, the day is being closed (NA)"),
    "RY": phrase("try again (RY)"),
    "UR": phrase("cannot be done (UR)"),
    "CO": phrase("credit limit exceeded (CO)"),
    "DM": phrase("sums do not agree (DM)"),
    "FX": phrase("not allowed for this guest (FX)"),
    "DN": phrase("denied (DN)"),
    "IA": phrase("invalid account (IA)"),
    "BY": phrase("busy (BY)"),
    "NR": phrase("no response (NR)"),
    "DE": phrase("deleted (DE)"),
}


def words(record: Record) -> str:
    """One record as a line for people."""
    said = [text for text in (*_fields(record), _when(record)) if text]
    head = _head(record)
    return f"{head}: {', '.join(said)}" if said else head


def _head(record: Record) -> str:
    if record.id == "GC" and any(record.all("RO")):
        return phrase("move")
    if record.has("SF") and record.id in ("GI", "GO"):
        return phrase("in the house") if record.id == "GI" else phrase("vacant")
    return _KINDS.get(record.id, phrase(f"unknown record {record.id}"))


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
        return phrase("as it stands in a resync")
    if name == "AS":
        return ANSWERS.get(value) or phrase(f"unknown answer ({value})")
    if name == "CG":
        return phrase("with the proof of the key")
    if name in ("GA", "GD") and (on := parse_date(value)) is not None:
        value = on.isoformat()
    if name == "DU" and len(value) == 6 and value.isascii() and value.isdigit():
        value = f"{value[:2]}:{value[2:4]}:{value[4:]}"
    if (name, value) in _FLAGS:
        return _FLAGS[name, value]
    if value and name not in _OPEN:
        value = personal(value)
    if name not in _NAMES:
        return f"{name} {value}".rstrip()
    bare, filled = _NAMES[name]
    return filled.format(word=value, name=value).rstrip() if value.strip() else bare


def _share(room: str, value: str) -> str:
    if value == "Y":
        return phrase("others stay there") if room == "RO" else phrase("with others")
    return phrase("nobody else there") if value == "N" else ""


def _when(record: Record) -> str:
    on, at = parse_date(record.first("DA")), parse_time(record.first("TI"))
    return " ".join(str(one) for one in (on, at) if one is not None)
