"""Call records of the simulated exchange (chapter 2.5), in every shape that firmwares write.

Turns a call that has ended into its `<Cdr>` documents; when they are sent is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from hotelbridge.testing.fake_om_calls import Call, Party
from hotelbridge.testing.fake_om_faults import CdrShape
from hotelbridge.testing.fake_om_xml import Node, leaf, node

UNTOUCHED_YEAR = 2082  # what a device whose clock was never set writes


@dataclass(frozen=True, slots=True)
class _Record:
    """What differs between the records of one call."""

    type: str
    route: str
    cpn: str
    cdpn: str
    trunk: str = ""
    party: Party | None = None
    side: str = "cd"  # whose recording: cg calling, cd called
    since: datetime | None = None
    duration: int | None = None
    callid_step: int = 0


def cdr_nodes(
    call: Call, ended: datetime, first_number: int, shape: CdrShape, zone: tzinfo, mac: str
) -> list[Node]:
    """Every record of a call, numbered from `first_number`."""
    return [
        _written(record, call, ended, first_number + n, shape, zone, mac)
        for n, record in enumerate(_records(call, ended, shape))
    ]


def _records(call: Call, ended: datetime, shape: CdrShape) -> list[_Record]:
    caller = call.caller.party
    called = call.called_leg.party if call.called_leg is not None else None
    if caller.kind == "visitor":
        return _incoming(caller, called, call, ended, shape)
    if called is None:
        return []
    if caller.kind == "menu" and called.kind == "ext":
        return [_Record(shape.wakeup_type, "IC", shape.wakeup_party, called.id)]
    if caller.kind == "outer" and called.kind == "outer":
        first = _Record("CB", _route(caller), caller.to, called.to, caller.trunk, caller, "cg")
        return [
            first,
            _Record("CB", _route(called), "", called.to, called.trunk, called, "cg", callid_step=1),
        ]
    if called.kind == "outer":
        cpn = caller.id if caller.kind == "ext" else ""
        return [_Record("OU", _route(called), cpn, called.to, called.trunk, called, "cg")]
    if caller.kind == "ext":
        own = _Record("LO", "IC", caller.id, called.id, side="cg")
        return [own, _Record("IN", "IC", caller.id, called.id)]
    return [_Record("OU", _route(caller), caller.from_, caller.to, caller.trunk, caller, "cg")]


def _incoming(
    caller: Party, called: Party | None, call: Call, ended: datetime, shape: CdrShape
) -> list[_Record]:
    route = _route(caller)
    whole = caller.began or call.began
    if called is None or called.kind != "ext":
        if called is not None and called.kind == "outer":
            forwarded = _Record("FW", "XO", call.forwarded_from, called.to, party=caller)
            return [_Record("FI", "IC", caller.from_, call.forwarded_from, caller.trunk, caller), forwarded]
        return [_Record("IN", route, caller.from_, caller.to, caller.trunk, caller, since=whole)]
    if call.forwarded_from:
        return [_Record("FI", "IC", caller.from_, call.forwarded_from, caller.trunk, caller)]
    to_phone = _Record("IN", route, caller.from_, called.id, caller.trunk, caller)
    if call.up_at is None:
        return [_Record("IN", route, caller.from_, caller.to, caller.trunk, caller, since=whole)]
    if shape.inbound_as_ou_op:
        odd = _Record("OU", "OP", caller.from_, called.id, caller.from_, None, since=whole, callid_step=-1)
        return [to_phone, odd]
    if caller.analogue:
        return [to_phone, _Record("LO", "IC", caller.from_, called.id, "", caller, "cg", since=whole)]
    lasted = int((ended - whole).total_seconds())
    return [
        to_phone,
        _Record("IN", route, caller.from_, caller.to, caller.trunk, caller, "cd", whole, lasted),
    ]


def _route(party: Party) -> str:
    return "XO" if party.analogue else "IP"


def _written(
    record: _Record, call: Call, ended: datetime, number: int, shape: CdrShape, zone: tzinfo, mac: str
) -> Node:
    def local(at: datetime) -> str:
        there = at.astimezone(zone)
        year = UNTOUCHED_YEAR if shape.untouched_clock else there.year
        return f"{year:04d}{there:%m%d%H%M%S}"

    talked = ended - call.up_at if call.up_at is not None else timedelta()
    duration = record.duration if record.duration is not None else int(talked.total_seconds())
    callid = shape.callid if shape.callid is not None else call.callid + record.callid_step
    has_recording = shape.recording and call.up_at is not None
    wanted = [
        leaf("MAC", mac) if shape.mac else None,
        leaf("callid", str(callid)),
        node(record.party.kind, {"id": record.party.id})
        if record.party is not None and shape.party
        else None,
        leaf("TimeStart", local(record.since or call.began)),
        leaf("Type", record.type),
        leaf("Route", record.route),
        leaf("CPN", record.cpn),
        leaf("CDPN", record.cdpn),
        leaf("TimeEnd", local(ended)),
        leaf("Duration", str(duration)),
        leaf("TrunkNumber", record.trunk),
        leaf("Recording", _recording(record, call, callid, local)) if has_recording else None,
        leaf("RecCodec", "PCMU") if shape.codec and has_recording else None,
        leaf("ServiceCode", "7") if shape.unknown else None,
    ]
    running = shape.number if shape.number is not None else number
    return node("Cdr", {"id": f"{running}{local(ended)}-0"}, *wanted)


def _recording(record: _Record, call: Call, callid: int, local: object) -> str:
    assert callable(local) and call.up_at is not None
    stamp: str = local(call.up_at)
    day, second = stamp[:8], stamp[8:]
    return f"{day}/{record.cpn or record.trunk}_{record.cdpn}_{day}_{second}_{callid:X}_{record.side}.wav"
