"""What one call costs: a row of the tariff, the terms of the hotel, one sum with one rounding at its end.

Every part is exact: products are never rounded, and the division by the seconds of a rate is the last
step before the rounding. The lines that explain a sum are made when somebody asks (`explain`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    localcontext,
)
from enum import StrEnum
from math import lcm
from types import MappingProxyType
from zoneinfo import ZoneInfo

from hotelbridge.core.numbers import Dialled
from hotelbridge.core.tariff import NOTHING, Row, Tariff, best, when

HUNDRED = Decimal(100)
MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}
# Prices have at most 17 digits, percentages 8, seconds 10: no product of a sum needs half of these, and no
# quotient can come so near to half a unit that the rest would decide.
EXACT = Context(prec=100)
_LONGEST_SPLIT = timedelta(days=10)  # what lasts longer stays in its band: it is a fault, not a call
_MINUTE = timedelta(minutes=1)


class Free(StrEnum):
    """Why a call costs nothing."""

    NOT_ANSWERED = "not_answered"  # duration 0
    TOLL_FREE = "toll_free"
    THRESHOLD = "threshold"  # too short to have been answered
    FREE_SECONDS = "free_seconds"
    NO_PRICE = "no_price"  # the sum comes to nothing


class Held(StrEnum):
    """Why a person must decide."""

    NO_ROW = "no_row"


@dataclass(frozen=True, slots=True)
class Call:
    """An outgoing call, as far as its price depends on it."""

    number: Dialled
    started: datetime  # aware
    seconds: int
    trunk: str = ""  # the record's number of it
    route: str = ""  # XO, IP
    classes: frozenset[str] = frozenset()  # of the guest


@dataclass(frozen=True, slots=True)
class Terms:
    """How a hotel charges, whatever the tariff. Raises ValueError for a rounding that is none."""

    zone: ZoneInfo
    currency: str
    digits: int = 2  # of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD
    default_rate: Decimal | None = None  # per minute, where no row matches; None: a person decides
    surcharge_percent: Decimal = NOTHING
    surcharge_fixed: Decimal = NOTHING
    tax_percent: Decimal = NOTHING
    tax_included: bool = True  # in the prices of the tariff; else it comes on top
    rounding: str = "half_up"  # a key of MODES
    rounding_unit: Decimal | None = None  # 0.05: to five cents; None: one minor unit
    holidays: frozenset[date] = frozenset()
    split_bands: bool = False
    trunk_thresholds: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    toll_free_free: bool = True
    _minor: Decimal = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        minor = Decimal(1).scaleb(-self.digits)
        object.__setattr__(self, "_minor", minor)
        if self.rounding not in MODES:
            raise ValueError(f"{self.rounding!r} is no way to round: {', '.join(MODES)}")
        if self.unit <= 0 or self.unit % minor:
            raise ValueError(f"amounts of {minor} {self.currency} cannot be rounded to {self.unit}")

    @property
    def minor(self) -> Decimal:
        """The smallest unit of the currency: 0.01 for EUR."""
        return self._minor

    @property
    def unit(self) -> Decimal:
        """What amounts are whole multiples of."""
        return self._minor if self.rounding_unit is None else self.rounding_unit


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a call in one band."""

    row: Row
    seconds: int  # charged
    increments: int


@dataclass(frozen=True, slots=True)
class Priced:
    """What came of a call. Keeps what it was priced with, to explain itself."""

    amount: Decimal
    minor: int  # the same in whole minor units
    tax_minor: int  # contained in it, or added and contained now
    free: str  # why it costs nothing, a word of Free; empty where it is charged or held
    held: str  # why a person must decide, a word of Held; empty where it is priced
    line: int | None  # of the tariff; None: no row had a part in it
    name: str  # of the destination
    version: str  # of the tariff
    call: Call
    terms: Terms
    row: Row | None
    pieces: tuple[Piece, ...] = ()


def rate(call: Call, tariff: Tariff, terms: Terms) -> Priced:
    """Price one call. Never raises for a call, however odd."""
    if call.seconds <= 0:
        return _free(Free.NOT_ANSWERED, call, tariff, terms)
    if terms.toll_free_free and call.number.toll_free:
        return _free(Free.TOLL_FREE, call, tariff, terms)
    at = when(call.started, terms.zone, terms.holidays)
    row = tariff.find(call.number, at, call.trunk, call.route, call.classes)
    if call.seconds <= threshold(call, row, terms):
        return _free(Free.THRESHOLD, call, tariff, terms, row)
    if row is None:
        if terms.default_rate is None:
            return Priced(NOTHING, 0, 0, "", Held.NO_ROW, None, "", tariff.version, call, terms, None)
        row = default_row(terms.default_rate)
    if call.seconds <= row.free_seconds:
        return _free(Free.FREE_SECONDS, call, tariff, terms, row)
    pieces = (_split if terms.split_bands else _whole)(call, row, tariff, terms)
    minor = _sum(row, pieces, terms)
    tax = contained_tax(minor, terms.tax_percent)
    free = "" if minor else Free.NO_PRICE
    amount = minor * terms.minor
    line = row.line or None
    return Priced(amount, minor, tax, free, "", line, row.name, tariff.version, call, terms, row, pieces)


def _free(reason: Free, call: Call, tariff: Tariff, terms: Terms, row: Row | None = None) -> Priced:
    line, name = (None, "") if row is None else (row.line or None, row.name)
    return Priced(0 * terms.minor, 0, 0, reason, "", line, name, tariff.version, call, terms, row)


def default_row(per_minute: Decimal) -> Row:
    """The row of a number that the tariff does not know; its line is 0."""
    return Row(0, "", per_minute)


def threshold(call: Call, row: Row | None, terms: Terms) -> int:
    """Up to so many seconds a call was not answered: the longer of what its row and its trunk say."""
    known = terms.trunk_thresholds
    of_trunk = known.get(call.trunk, known.get(call.route, 0)) if known else 0
    return of_trunk if row is None or row.threshold < of_trunk else row.threshold


def increments(seconds: int, row: Row) -> tuple[int, int]:
    """Seconds that are charged for so many, more than none, and in how many steps."""
    if seconds <= row.first or not row.next:
        return (row.first, 1) if row.first else (0, 0)
    steps = -(-(seconds - row.first) // row.next)
    return row.first + steps * row.next, steps + bool(row.first)


def _whole(call: Call, row: Row, tariff: Tariff, terms: Terms) -> tuple[Piece, ...]:
    """All of a call in the band of its start."""
    return (Piece(row, *increments(call.seconds - row.free_seconds, row)),)


def _split(call: Call, row: Row, tariff: Tariff, terms: Terms) -> tuple[Piece, ...]:
    """Each increment in the band in force when it begins; where none is, the band before goes on."""
    group = tariff.group(row.prefix)
    if len(group) < 2:
        return _whole(call, row, tariff, terms)
    begin = call.started.astimezone(UTC) + timedelta(seconds=row.free_seconds)
    left, gone = call.seconds - row.free_seconds, 0
    pieces: list[Piece] = []
    is_first = True
    while left > 0:
        at = begin + timedelta(seconds=gone)
        found = best(group, when(at, terms.zone, terms.holidays), call.trunk, call.route, call.classes)
        row = found or row
        piece = _piece(row, left, at, is_first, last=at - begin >= _LONGEST_SPLIT)
        is_first = False
        if piece is None:
            break
        pieces = _with(pieces, piece)
        gone, left = gone + piece.seconds, left - piece.seconds
    return tuple(pieces)


def _piece(row: Row, left: int, at: datetime, is_first: bool, last: bool) -> Piece | None:
    """The increments that begin in the minute of `at`, in which no band can change; None: no more come."""
    if is_first and row.first:
        return Piece(row, row.first, 1)
    if not row.next:
        return None
    here = left if last else min(left, 60 - at.second)
    steps = -(-here // row.next)
    return Piece(row, steps * row.next, steps)


def _with(pieces: list[Piece], piece: Piece) -> list[Piece]:
    if pieces and pieces[-1].row is piece.row:
        before = pieces.pop()
        piece = Piece(piece.row, before.seconds + piece.seconds, before.increments + piece.increments)
    pieces.append(piece)
    return pieces


def _sum(row: Row, pieces: tuple[Piece, ...], terms: Terms) -> int:
    """The amount in minor units.

    All is counted `per` times until the one division at the end, so that a third stays a third.
    """
    with localcontext(EXACT):
        per = lcm(*{piece.row.per_seconds for piece in pieces})
        metered = NOTHING
        for piece in pieces:
            metered += piece.seconds * piece.row.rate * (per // piece.row.per_seconds)
        parts = row.connect_fee * per + metered
        if terms.surcharge_percent:
            parts += parts * terms.surcharge_percent / HUNDRED
        if terms.surcharge_fixed:
            parts += terms.surcharge_fixed * per
        if row.min is not None and parts < row.min * per:
            parts = row.min * per
        if row.max is not None and parts > row.max * per:
            parts = row.max * per
        if terms.tax_percent and not terms.tax_included:
            parts += parts * terms.tax_percent / HUNDRED
        unit = terms.unit
        units = (parts / (per * unit)).to_integral_value(MODES[terms.rounding])
        return int(units * unit / terms.minor)


def contained_tax(minor: int, percent: Decimal) -> int:
    """The tax in an amount that holds it, to the nearest minor unit."""
    if not percent:
        return 0
    with localcontext(EXACT):
        return int((minor * percent / (HUNDRED + percent)).to_integral_value(ROUND_HALF_UP))
