"""Call records of the exchange, read for what they are worth: who called out, when, for how long.

A record says `OU` of calls that came in through the operator too (route `OP`), repeats its id, and carries
the wall time of a device whose clock may be hours or decades off. What is chargeable is decided here by
who made the call and whether it left by a trunk, never by its type alone; when it was, by rule C4.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hotelbridge.core.personal import personal
from hotelbridge.texts import phrase

TRUNKS = frozenset({"XO", "IP"})  # analogue and SIP: what leaves by these costs money
CLOCK_OFF = timedelta(minutes=2)  # more than this beside the arrival, and the device's clock does not count
RINGING = timedelta(minutes=5)  # before an answer; no exchange rings longer
_STAMP = "%Y%m%d%H%M%S"
_FREE = {
    "LO": phrase("a call inside the house"),
    "IN": phrase("an incoming call"),
    "FI": phrase("an incoming call that was forwarded; its way out is a record of its own"),
}


class CallKind(StrEnum):
    """What a record tells of."""

    OUT = "out"  # one of our phones called outside
    FORWARDED = "forwarded"  # one of our phones sent a caller on to outside
    BY_THE_HOUSE = "by_the_house"  # the exchange itself called outside: two outsiders, or a menu
    FREE = "free"  # nothing left the house by a trunk
    UNCLEAR = "unclear"  # a kind that nobody has described, and it left by a trunk


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One record as the device wrote it (chapter 2.5), every value stripped; "" where it is not there."""

    device: str
    id: str
    type: str  # IN, OU, FI, FW, LO, CB
    route: str  # IC inside, XO analogue trunk, IP SIP trunk, OP by the operator
    cpn: str  # who calls: an extension, an outside number, or nobody
    cdpn: str  # who is called
    trunk: str  # the trunk's own number
    start: str  # local text of the device: of dialling, not of the answer
    end: str
    seconds: int  # talked; 0: never connected

    @property
    def identity(self) -> str:
        """What makes it this record and no other: the id alone is repeated."""
        return "|".join((self.id, self.type, self.cpn, self.cdpn, self.start, self.trunk))

    @property
    def counter(self) -> int | None:
        """The device's running number, the first part of the id; None where it is built otherwise."""
        number = self.id.partition("-")[0].removesuffix(self.end)
        known = bool(self.end) and number != self.id.partition("-")[0]
        return int(number) if known and number.isascii() and number.isdigit() and len(number) < 16 else None


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a record means for the folio."""

    kind: CallKind
    phone: str  # the extension that made the call or sent it on; "" where none did
    number: str  # as dialled; "" where nothing was dialled outside
    why: str  # in words, for people: why it is free, or whose it is


def recognise(record: CallRecord, extensions: Container[str]) -> Recognised:
    """What a record tells of. `extensions`: all phones of its device that are known, rooms' and others."""
    kind = record.type.upper()
    if kind in _FREE:
        return Recognised(CallKind.FREE, "", "", _FREE[kind])
    if record.route.upper() not in TRUNKS:
        return Recognised(CallKind.FREE, "", "", _not_by_a_trunk(record))
    if kind == "CB":
        number = record.cpn or record.cdpn  # the first leg rings its caller, the second the called one
        why = phrase("the exchange connected two outside parties")
        return Recognised(CallKind.BY_THE_HOUSE, "", number, why)
    if kind not in ("OU", "FW"):
        why = phrase(f"a record of the unknown type {record.type!r}")
        return Recognised(CallKind.UNCLEAR, "", record.cdpn, why)
    if record.cpn in extensions:
        made, phone = CallKind.OUT if kind == "OU" else CallKind.FORWARDED, record.cpn
        return Recognised(made, phone, record.cdpn, phrase(f"made by phone {phone}"))
    return Recognised(CallKind.BY_THE_HOUSE, "", record.cdpn, _by_whom(record.cpn))


def _by_whom(cpn: str) -> str:
    if not cpn:
        return phrase("made by the exchange itself")
    number = personal(cpn)
    return phrase(f"made by {number}, which is no phone of ours")


def _not_by_a_trunk(record: CallRecord) -> str:
    if record.route.upper() == "OP":
        return phrase("an incoming call that the operator or the announcement put through")
    if not record.route:
        return phrase("it left by no trunk (route none)")
    return phrase(f"it left by no trunk (route {record.route})")


@dataclass(frozen=True, slots=True)
class CallTimes:
    """When a call was, as instants in UTC."""

    started: datetime  # of dialling: whose stay it belongs to, and what band it is priced in
    ended: datetime
    off: timedelta | None  # how far the device's clock is ahead; None: its times cannot be read or believed


def times(record: CallRecord, zone: ZoneInfo, arrived: datetime) -> CallTimes:
    """When a call was (rule C4). `zone`: of the device's clock; `arrived`: the record came in, its end.

    The device's own time counts where it is one instant and beside the arrival; where the clocks went
    back, or the device's clock is wrong, the end is the arrival and the record tells the length alone.
    """
    start, end = _local(record.start), _local(record.end)
    talked = timedelta(seconds=record.seconds)
    lasted = None if start is None or end is None else _lasted(start, end, zone, talked)
    if start is None or end is None or lasted is None:
        return CallTimes(arrived - talked, arrived, None)
    ended = min(_instants(end, zone), key=lambda at: abs(at - arrived))
    off = ended - arrived
    if abs(off) > CLOCK_OFF or _is_doubled(start, zone) or _is_doubled(end, zone):
        return CallTimes(arrived - lasted, arrived, off)
    return CallTimes(ended - lasted, ended, off)


def _local(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _STAMP) if len(text) == 14 else None
    except ValueError:
        return None


def _instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants that a wall time may be: two in the doubled hour."""
    return [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]


def _is_doubled(local: datetime, zone: ZoneInfo) -> bool:
    first, second = _instants(local, zone)
    return first < second


def _lasted(start: datetime, end: datetime, zone: ZoneInfo, talked: timedelta) -> timedelta | None:
    """From dialling to the end, also over a change of the clocks; None where the two do not go together.

    Never less than was talked, and not much more: else the device's clock was set during the call.
    """
    spans = [to - of for of in _instants(start, zone) for to in _instants(end, zone)]
    return min((span for span in spans if talked <= span <= talked + RINGING), default=None)
