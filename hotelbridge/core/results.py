"""What the PMS is told of a wake-up: one word, decided once, when its ladder is at its end."""

from __future__ import annotations

from enum import StrEnum

from hotelbridge.core.records import PROOFS, ClosingOutcome, Outcome


class Result(StrEnum):
    """How a wake-up ended, for whoever asked for it."""

    WOKEN = "woken"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNABLE = "unable"
    DELETED = "deleted"  # taken back here, by a person or because its guest has left


_OF_CALLS = {
    Outcome.NO_ANSWER: Result.NO_ANSWER,
    Outcome.DIVERTED: Result.NO_ANSWER,
    Outcome.BUSY: Result.BUSY,
}
_OF_PEOPLE = {
    ClosingOutcome.WOKEN_BY_STAFF: Result.WOKEN,
    ClosingOutcome.AWAKE: Result.WOKEN,
    ClosingOutcome.NOT_IN_ROOM: Result.NO_ANSWER,
    ClosingOutcome.REFUSED: Result.UNABLE,
    ClosingOutcome.CANCELLED: Result.DELETED,
}


def result_of(outcome: Outcome | ClosingOutcome | None) -> Result:
    """The result for the PMS."""
    if isinstance(outcome, ClosingOutcome):
        return _OF_PEOPLE.get(outcome, Result.UNABLE)
    if outcome in PROOFS or outcome == Outcome.CALLED_OUT:
        return Result.WOKEN
    return _OF_CALLS.get(outcome, Result.UNABLE) if outcome is not None else Result.UNABLE
