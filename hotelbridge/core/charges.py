"""Calls and what they cost, as rows of the store; and where a charge may go next.

Amounts are whole minor units of a currency. A charge is handed to the PMS once (rule C2): only what was
certainly not written goes back to the queue by itself; of all else a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotelbridge.core.calls import CallKind
from hotelbridge.texts import phrase


class ChargeState(StrEnum):
    """Where a charge stands."""

    FREE = "free"  # nothing to post
    QUEUED = "queued"  # to be posted
    SENT = "sent"  # saved as handed over; the answer is not here yet
    POSTED = "posted"  # accepted by the PMS, or found on the folio by a person
    REFUSED = "refused"  # by the PMS, with its reason
    UNCERTAIN = "uncertain"  # written, and nobody knows whether it was taken
    HELD = "held"  # a person decides before it may go
    WRITTEN_OFF = "written_off"  # by a person


OPEN_STATES = frozenset({ChargeState.QUEUED, ChargeState.SENT})  # they end by themselves
ASKING_STATES = frozenset({ChargeState.REFUSED, ChargeState.UNCERTAIN, ChargeState.HELD})  # a person decides
UNPOSTED = OPEN_STATES | ASKING_STATES
EMERGENCY_CALL = "a call to the emergency number"  # how the reason begins of one that is free as such
STATE_WORDS = {
    ChargeState.FREE: phrase("free"),
    ChargeState.QUEUED: phrase("queued"),
    ChargeState.SENT: phrase("sent"),
    ChargeState.POSTED: phrase("posted"),
    ChargeState.REFUSED: phrase("refused"),
    ChargeState.UNCERTAIN: phrase("uncertain"),
    ChargeState.HELD: phrase("held"),
    ChargeState.WRITTEN_OFF: phrase("written off"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call record of a device, recognised."""

    id: int
    property: str
    key: str  # what makes it this record and no other, as a digest
    device: str
    record: str  # the id that the device gave it
    counter: int | None  # the device's running number; None where its id is built otherwise
    type: str
    route: str
    trunk: str
    cpn: str
    cdpn: str
    kind: CallKind
    phone: str  # which of ours made the call; "" where none did
    room: str  # whose phone it is; "" where it is of no room, or of several
    started: datetime  # UTC, see core.calls.times
    ended: datetime
    seconds: int
    arrived: datetime
    off: int | None  # seconds that the device's clock is ahead of ours; None: its times cannot be read
    why: str  # in words: why it is free, or whose it is
    day: str = ""  # of the hotel, on which it began: "2026-11-24"
    waits: bool = False  # for a tariff to be priced by


@dataclass(frozen=True, slots=True)
class Charge:
    """A priced call; `id` is the call's."""

    id: int
    property: str
    room: str  # from which the call was made; "" for a phone of no room
    stay_id: int | None  # whose it is; None: the house's
    reservation: str
    account: str  # of the house, where it goes there; "" where it is a guest's
    started: datetime  # of the call, UTC
    seconds: int
    trunk: str
    dialled: str  # as the record says
    number: str  # E.164, or as dialled where it is no full number
    classes: str  # what the tariff knew of the caller, parted by blanks: guest, vip, group, staff
    name: str  # the destination, as the tariff says
    amount: int  # whole minor units of `currency`, tax as the tariff says
    tax: int  # of these, or beside these where the tariff says so
    currency: str
    version: str  # of the tariff
    line: int | None  # of the tariff's row; None: no row priced it
    state: ChargeState
    reason: str  # why it is free or held, or what the PMS said
    number_at_pms: int | None = None  # of its posting: 1 to 99999999; a new one only by a person's word
    posted_to: str = ""  # the room or account it was sent to
    tries: int = 0
    next_at: datetime | None = None  # when it is to be tried; None where it is not queued
    sent_at: datetime | None = None
    done_at: datetime | None = None
    by: str = ""  # who decided, where a person did
    note: str = ""
    day: str = ""  # of the hotel, on which the call began: "2026-11-24"
    unsure: bool = False  # a posting of it got no answer, and it goes again under its number


def withheld(charge: Charge) -> ChargeState:
    """Where one goes that may not be posted by itself any more: its doubt is not forgotten."""
    return ChargeState.UNCERTAIN if charge.unsure else ChargeState.HELD


def of_emergency(number: str) -> str:
    """The reason of a call to an emergency number: it begins with EMERGENCY_CALL."""
    return phrase(f"a call to the emergency number {number}")


def calls_said(count: int) -> str:
    """So many calls, in words."""
    return phrase("1 call") if count == 1 else phrase(f"{count} calls")


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One thing that happened to a charge."""

    at: datetime
    by: str
    origin: str
    what: str  # priced, sent, posted, refused, ...
    text: str
