"""Words for the states and ends of wake-ups and alarms, as they stand in the sentences of the house."""

from __future__ import annotations

from hotelbridge.core.records import ClosingOutcome, Proof, WakeupState
from hotelbridge.texts import phrase

STATES = {  # behind "Wake-up 17 is"
    WakeupState.SCHEDULED: phrase("scheduled"),
    WakeupState.CALLING: phrase("ringing"),
    WakeupState.WAITING: phrase("waiting for its next ring"),
    WakeupState.ALARMED: phrase("handed to the desk"),
    WakeupState.WOKEN: phrase("woken"),
    WakeupState.CLOSED: phrase("closed"),
    WakeupState.CANCELLED: phrase("cancelled"),
}
PROOFS = {
    Proof.ANSWER: phrase("answer"),
    Proof.HEARD: phrase("heard"),
    Proof.DIGIT: phrase("digit"),
}
_ENDS: dict[str, str] = {
    ClosingOutcome.WOKEN_BY_STAFF: phrase("woken by staff"),
    ClosingOutcome.NOT_IN_ROOM: phrase("not in the room"),
    ClosingOutcome.REFUSED: phrase("did not want it"),
    ClosingOutcome.CANCELLED: phrase("cancelled"),
    ClosingOutcome.AWAKE: phrase("awake"),
    "recovered": phrase("it is over by itself"),
    "joined": phrase("it went to the list of another alarm"),
}


def ended(outcome: str | None) -> str:
    """How an alarm ended."""
    return _ENDS.get(outcome or "", (outcome or "").replace("_", " "))


def closed_by(outcome: ClosingOutcome, by: str) -> str:
    """What a person found, and who it was."""
    return {
        ClosingOutcome.WOKEN_BY_STAFF: phrase(f"woken by staff ({by})"),
        ClosingOutcome.NOT_IN_ROOM: phrase(f"not in the room ({by})"),
        ClosingOutcome.REFUSED: phrase(f"did not want it ({by})"),
        ClosingOutcome.CANCELLED: phrase(f"cancelled ({by})"),
        ClosingOutcome.AWAKE: phrase(f"awake ({by})"),
    }[outcome]
