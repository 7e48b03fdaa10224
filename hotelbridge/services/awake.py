""" "I'm up", told to the desk: every ladder that runs in a room ends, inside a unit of work.

What has not begun yet stays (a follow-up is rung even so, unless it is cancelled) and is named, so that
the person at the desk can ask. Told twice, nothing happens the second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotelbridge.core.orders import no_such_room
from hotelbridge.core.records import Actor, ClosingOutcome, Wakeup, WakeupState
from hotelbridge.errors import Refusal
from hotelbridge.services import booking
from hotelbridge.services.effects import Effect
from hotelbridge.services.orderviews import AwakeRequest
from hotelbridge.services.rules import Rules
from hotelbridge.services.views import CloseRequest
from hotelbridge.store import wakeups
from hotelbridge.store.database import Tx

_RUNNING = (WakeupState.CALLING, WakeupState.WAITING, WakeupState.ALARMED)


@dataclass(frozen=True, slots=True)
class Ended:
    """What was closed, and the next one that is still to come in the room."""

    closed: tuple[Wakeup, ...]
    next: Wakeup | None
    effects: tuple[Effect, ...]


def awake(tx: Tx, rules: Rules, room: str, request: AwakeRequest, actor: Actor, now: datetime) -> Ended:
    """Close what runs in the room, and what is due but waits for its turn. Refuses `unknown_room`."""
    if room not in rules.rooms():
        raise Refusal("unknown_room", no_such_room(room, rules.rooms()), status=404)
    scheduled = wakeups.of_rooms(tx, rules.property, [room], [WakeupState.SCHEDULED])
    running = wakeups.of_rooms(tx, rules.property, [room], _RUNNING)
    running += [one for one in scheduled if one.due <= now]
    closing = CloseRequest(request.by, ClosingOutcome.AWAKE, request.note)
    closed: list[Wakeup] = []
    effects: list[Effect] = []
    for one in running:
        saved, follow = booking.close(tx, rules, one, closing, actor, now)
        closed.append(saved)
        effects += follow
    to_come = next((one for one in scheduled if one.due > now), None)
    return Ended(tuple(closed), to_come, tuple(effects))
