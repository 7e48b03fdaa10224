"""Calls and charges as the desk asks for them and sees them: plain frozen data, in the property's own time.

Amounts are decimal text in a currency ("0.50"); beside each stands the same in whole minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hotelbridge.core.calls import CallKind
from hotelbridge.core.charges import ChargeState
from hotelbridge.services.views import HistoryView

# --- requests ---


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls or charges, newest first. `from_` is inclusive, `to` is not; both aware."""

    room: str | None = None  # from which the call was made
    reservation: str | None = None
    state: tuple[ChargeState, ...] = ()  # any of these; empty: whatever became of it
    open: bool | None = None  # True: only those that are not settled; False: only those that are
    number: str | None = None  # digits anywhere in the number
    trunk: str | None = None
    account: str | None = None  # of the house
    from_: datetime | None = None
    to: datetime | None = None
    limit: int = 100
    cursor: str | None = None  # `next` of the page before; a strange one is refused: `bad_cursor`
    guest: str | None = None  # part of a name; finds nothing for a caller who may not know guests


@dataclass(frozen=True, slots=True)
class RetryRequest:
    """A person wants a charge posted again."""

    by: str
    note: str = ""
    on_folio: bool | None = None  # whether it was found there; an uncertain one asks for that
    room: str | None = None  # it belongs to the guest who is there, from now on
    reservation: str | None = None  # in a shared room: whose
    account: bool = False  # it goes to the account of the house
    amount: str | None = None  # for one that has no price: decimal text in the currency of the charge


class Resolution(StrEnum):
    """What a person says became of a charge."""

    POSTED = "posted"  # it is on the folio: found there, or put there by hand
    WRITTEN_OFF = "written_off"
    HELD = "held"  # not to be posted by itself; only for one that is queued


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """A person settles a charge by hand."""

    by: str
    outcome: Resolution
    note: str = ""
    amount: str | None = None  # what was put on the folio, for one that has no price
    on_folio: bool | None = None  # whether it was found there; one in doubt is not written off without


# --- views ---


@dataclass(frozen=True, slots=True)
class CallChargeView:
    """What a call was charged, in short; the charge has the number of its call."""

    state: ChargeState
    amount: str
    minor: int
    currency: str
    reservation: str
    account: str


@dataclass(frozen=True, slots=True)
class CallView:
    """One call record of a telephone exchange, recognised."""

    id: int
    device: str
    record: str  # the id that the device gave it
    kind: CallKind
    type: str  # as the device said it
    route: str
    trunk: str
    caller: str  # cut for a caller who has no need to know outside numbers
    called: str
    phone: str  # which of ours made the call; "" where none did
    room: str  # whose phone it is
    started: datetime
    ended: datetime
    seconds: int
    arrived: datetime  # the record
    clock_off: int | None  # seconds that the device's clock was ahead; None: its times cannot be read
    why: str  # why it is free, or whose it is
    charge: CallChargeView | None
    number_erased: date | None  # the hotel's day; None: not before its charge is settled
    erased: date | None  # all of it


@dataclass(frozen=True, slots=True)
class ChargeView:
    """A priced call, and where it stands."""

    id: int
    room: str  # from which the call was made; "" for a phone of no room
    reservation: str  # whose it is
    guest: str  # "" for a caller who has no need to know it
    account: str  # of the house, where it goes there
    started: datetime
    seconds: int
    trunk: str
    dialled: str  # as `number`, cut for a caller who has no need to know it
    number: str
    destination: str  # as the tariff calls it
    amount: str
    minor: int
    tax: str
    tax_minor: int
    currency: str
    tariff: str  # the version that priced it
    line: int | None  # of the tariff; None: no line of it did
    state: ChargeState
    reason: str  # why it is free or held, what the PMS said, or what a queued one waits for
    posting: int | None  # the number under which the PMS was, or is, told
    posted_to: str
    tries: int
    next: datetime | None  # when it is to be tried; None where it is not queued
    sent: datetime | None
    settled: datetime | None
    by: str  # who decided, where a person did
    note: str
    number_erased: date | None  # the hotel's day; with reservation and note. None: not before it is settled
    guest_erased: date | None  # of the name above; None: not before the guest has left and all is settled
    erased: date | None  # all of it, the sum too


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """The sum behind a charge, made again from the tariff and the terms that were in force then."""

    lines: tuple[str, ...]
    agrees: bool | None  # whether it comes to the charge's amount; None: there is no sum to compare with
    amount: str | None  # what it comes to
    minor: int | None


@dataclass(frozen=True, slots=True)
class ChargeDetail(ChargeView):
    """A charge with its call, its sum, and all that happened to it, oldest first."""

    call: CallView
    explanation: ExplanationView
    lines: tuple[HistoryView, ...]


@dataclass(frozen=True, slots=True)
class ChargeDone:
    """What a person's decision came to."""

    said: str  # in words
    charge: ChargeView
