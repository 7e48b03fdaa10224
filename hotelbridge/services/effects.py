"""What a committed unit wants done: plain data, carried out by the loop after the commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotelbridge.core.records import Attempt, Loan, Notice


@dataclass(frozen=True, slots=True)
class Ring:
    """Write a Connect for this attempt, unless it is stale by then."""

    attempt: Attempt
    menu: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """Query the phone of this attempt and say what was seen."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class End:
    """End the call of this attempt, if it is still ours."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing to do: an attempt is over, to be counted and told."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Read:
    """Ask the phone of this loan what it holds."""

    loan: Loan


@dataclass(frozen=True, slots=True)
class Assign:
    """Set these parameters on the phone of this loan."""

    loan: Loan
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send this notice out of the house and say what became of it."""

    notice: Notice


Effect = Ring | Ask | End | Ended | Read | Assign | Deliver
