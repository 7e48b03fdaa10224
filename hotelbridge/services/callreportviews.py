"""What callers ask of the reports about calls, and what they are shown: in the hotel's days and currency.

Amounts are decimals as text ("3.40"), each with its currency; sums of several currencies stand apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ReportBy(StrEnum):
    """What charges are summed up by."""

    ROOM = "room"
    STAY = "stay"
    DAY = "day"
    TRUNK = "trunk"
    DESTINATION = "destination"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """Which days, both included; None: thirty days up to yesterday. `limit` None: all rows."""

    by: ReportBy = ReportBy.ROOM
    from_: date | None = None
    to: date | None = None
    limit: int | None = 1000
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class CallSumView:
    """The calls to outside of one room, stay, day, ... in one currency; unanswered and free ones count."""

    key: str  # the room, the stay's number, the day, ...; "" where there is none
    room: str  # of a stay: where its guest is or was; "" in other reports
    reservation: str  # of a stay; "" in other reports, and for who may not know guests
    currency: str
    calls: int
    unanswered: int  # of the calls
    free: int  # of the calls
    seconds: int
    amount: str  # of what is not free
    tax: str  # contained in the amount
    posted: str  # of the amount: on a folio
    waiting: str  # of the amount: on its way, refused, uncertain or held
    written_off: str  # of the amount


@dataclass(frozen=True, slots=True)
class CallReportView:
    """One report, sorted by what it is summed up by; the totals are of all its rows."""

    by: ReportBy
    first: date
    last: date  # included
    items: tuple[CallSumView, ...]
    totals: tuple[CallSumView, ...]  # one for each currency
    unused: tuple[str, ...]  # rooms, or trunks of late, by which nobody called; of these two reports only
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StatementQuery:
    """Whose calls: a stay by its number, or a reservation with all its stays."""

    stay: int | None = None
    reservation: str | None = None


@dataclass(frozen=True, slots=True)
class ReconcileRequest:
    """Which days, both included; None: yesterday."""

    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of the equation, in one currency."""

    part: str  # free, posted, refused, uncertain, held, open, written_off
    currency: str  # "" where there is no such call
    calls: int
    amount: str
    tax: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One thing that does not add up."""

    trouble: str  # not_charged, stuck, unreadable, missing, clock
    calls: int
    words: str
    charge: int | None  # number of the charge, or of the call record
    device: str


@dataclass(frozen=True, slots=True)
class ReconciliationView:
    """Calls = not chargeable + the parts + difference."""

    id: int
    at: datetime  # when it was made, the hotel's time
    first: date
    last: date  # included
    by: str  # who asked for it; hotelbridge itself at night
    adds_up: bool
    words: str  # the equation in one line
    received: int
    by_device: dict[str, int]
    not_chargeable: int
    parts: tuple[PartView, ...]
    difference: int
    findings: tuple[FindingView, ...]
