"""What became of the calls of some days: received = not chargeable + the charges by state.

Sums only, from counts that somebody else has made: of call records by device and kind, of charges by state
and currency. Amounts are whole minor units of their currency. What does not add up is named, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hotelbridge.core.calls import CallKind
from hotelbridge.core.charges import ASKING_STATES, OPEN_STATES, ChargeState, calls_said
from hotelbridge.texts import phrase


class Part(StrEnum):
    """What a charge counts as: the promise is that every call is in exactly one."""

    FREE = "free"
    POSTED = "posted"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    HELD = "held"
    OPEN = "open"  # on its way
    WRITTEN_OFF = "written_off"


class Trouble(StrEnum):
    """What does not add up, or makes the sum doubtful."""

    NOT_CHARGED = "not_charged"  # a call to outside without a charge: no tariff was in force
    STUCK = "stuck"  # a charge is on its way for longer than a day
    STILL_OPEN = "still_open"  # the same, of a day before these: its own account is the one in question
    UNREADABLE = "unreadable"  # a call record that could not be read, or not be charged
    MISSING = "missing"  # calls that a device counted, and whose records never came
    CLOCK = "clock"  # a device's clock was off: days and bands are by arrival


_NO_MATTER = frozenset({Trouble.CLOCK, Trouble.STILL_OPEN})  # named, and no reason to doubt the sum


@dataclass(frozen=True, slots=True)
class Received:
    """Call records of one device and kind."""

    device: str
    kind: CallKind
    calls: int


@dataclass(frozen=True, slots=True)
class Charged:
    """Charges of one state and currency."""

    state: ChargeState
    currency: str
    calls: int
    amount: int = 0
    tax: int = 0


@dataclass(frozen=True, slots=True)
class PartSum:
    """One part of the equation, in one currency."""

    part: Part
    currency: str
    calls: int
    amount: int
    tax: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up."""

    trouble: Trouble
    calls: int  # how many calls it is about; 0 where that is not known
    words: str  # for people
    charge: int | None = None  # the charge, or the call record, where it is about one
    device: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The calls of some days, and what became of them."""

    by_device: tuple[tuple[str, int], ...]  # records received, by name of the device
    not_chargeable: int  # nothing left the house by a trunk
    parts: tuple[PartSum, ...]  # every part is there, with 0 calls where it has none
    findings: tuple[Finding, ...] = ()

    @property
    def received(self) -> int:
        """All call records."""
        return sum(calls for _, calls in self.by_device)

    @property
    def difference(self) -> int:
        """Calls that are in no part: more than 0, one has no charge; less, a charge has no call."""
        return self.received - self.not_chargeable - sum(part.calls for part in self.parts)

    @property
    def adds_up(self) -> bool:
        """Whether nothing is missing, stuck or unread in these days; a clock that was off changes no sum."""
        return not self.difference and all(one.trouble in _NO_MATTER for one in self.findings)


def part_of(state: ChargeState) -> Part:
    """The part that charges of a state belong to."""
    return Part.OPEN if state in OPEN_STATES else Part(state.value)


def account(
    received: Iterable[Received], charged: Iterable[Charged], findings: Sequence[Finding] = ()
) -> Account:
    """The account of what was counted; the same things may be counted in several pieces."""
    devices: dict[str, int] = {}
    free = 0
    for one in received:
        devices[one.device] = devices.get(one.device, 0) + one.calls
        free += one.calls if one.kind == CallKind.FREE else 0
    sums: dict[tuple[Part, str], list[int]] = {}
    for charge in charged:
        into = sums.setdefault((part_of(charge.state), charge.currency), [0, 0, 0])
        for place, value in enumerate((charge.calls, charge.amount, charge.tax)):
            into[place] += value
    parts = tuple(_parts(sums))
    return Account(tuple(sorted(devices.items())), free, parts, tuple(findings))


def _parts(sums: dict[tuple[Part, str], list[int]]) -> Iterable[PartSum]:
    for part in Part:
        mine = sorted((currency, values) for (of, currency), values in sums.items() if of == part)
        for currency, (calls, amount, tax) in mine or [("", [0, 0, 0])]:
            yield PartSum(part, currency, calls, amount, tax)


def in_words(account: Account) -> str:
    """The equation as people read it: 312 calls = 100 not chargeable + 209 posted + 2 free + 1 open."""
    count = account.not_chargeable
    counted = [phrase(f"{count} not chargeable")] if count else []
    for part in (Part.POSTED, *(one for one in Part if one != Part.POSTED)):
        if many := sum(one.calls for one in account.parts if one.part == part):
            counted.append(_counted(part, many))
    equation = f"{calls_said(account.received)} = {' + '.join(counted) or '0'}"
    if (count := account.difference) > 0:
        return f"{equation} + {phrase(f'{count} without a charge')}"
    if (count := -account.difference) > 0:
        return f"{equation} - {phrase(f'{count} without a call')}"
    return equation


def _counted(part: Part, count: int) -> str:
    return {
        Part.FREE: phrase(f"{count} free"),
        Part.POSTED: phrase(f"{count} posted"),
        Part.REFUSED: phrase(f"{count} refused"),
        Part.UNCERTAIN: phrase(f"{count} uncertain"),
        Part.HELD: phrase(f"{count} held"),
        Part.OPEN: phrase(f"{count} open"),
        Part.WRITTEN_OFF: phrase(f"{count} written off"),
    }[part]


assert {part_of(state) for state in ChargeState} == set(Part) and not OPEN_STATES & ASKING_STATES
