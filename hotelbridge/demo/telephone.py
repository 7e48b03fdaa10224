"""The calls that guests of the demo make by themselves, and what the PMS says of two of their charges.

Data, and a coroutine that plays it. While a charge is under way that meets something special, no other call
that costs something ends: the PMS's mood is for the next posting, whosever it is.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from hotelbridge.demo.hotel import Hotel
from hotelbridge.demo.waiting import pause
from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer

LINE = "02161208234"  # of the hotel, on which others call
ANSWERED_AFTER = 3.0
NO_POST = "NO POST FLAG"


@dataclass(frozen=True, slots=True)
class Call:
    """One call."""

    at: float  # seconds from the beginning
    phone: str
    number: str  # dialled, or that of who calls in
    talk: float  # seconds; 0: nobody answers
    incoming: bool = False
    free: bool = False
    mood: str = ""  # a line for the PMS, about the charge of this call

    @property
    def ends(self) -> float:
        """When it is over, at the latest."""
        return self.at + ANSWERED_AFTER + (self.talk or RINGS) + 2.0


RINGS = 12.0  # until a caller gives up
CALLS = (
    Call(5, "206", "004989920920", 25),
    Call(8, "209", "0800123456", 10, free=True),
    Call(10, "304", "00442079460000", 0, free=True),
    Call(14, "211", "06641234567", 40),
    Call(18, "306", "307", 8, free=True),
    Call(22, "308", "00442079460000", 8, incoming=True, free=True),
    Call(26, "318", "015012345", 12),  # nobody lives there: to the account of the house
    Call(65, "213", "0012125550123", 6, mood=f"pa once np {NO_POST}"),
    Call(80, "214", "00390612345678", 6, mood="pa once lost"),
    Call(100, "215", "00442079460000", 20),
)


async def telephone(hotel: Hotel, calls: tuple[Call, ...] = CALLS) -> None:
    """Play them, each at its moment."""
    begun = hotel.clock.monotonic()
    for call in calls:
        await pause(hotel.clock, max(0.0, begun + call.at - hotel.clock.monotonic()))
        if call.mood:
            hotel.pms.play(call.mood)
        with suppress(ValueError):  # somebody has this phone in hand already
            _begin(hotel, call)


def _begin(hotel: Hotel, call: Call) -> None:
    script = Answers(ANSWERED_AFTER, call.talk) if call.talk else NoAnswer(RINGS)
    if call.incoming:
        hotel.om.incoming(LINE, call.number, call.phone, script)
    else:
        hotel.om.guest_dials(call.phone, call.number, script)
