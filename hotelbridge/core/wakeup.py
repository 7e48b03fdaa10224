"""The states of a wake-up as a table: what may happen in which state, and where it leads.

An event that the table does not name raises and changes nothing. Whoever is in a final state stays
there: a wake-up ends in exactly one of woken, closed by a person, cancelled.
"""

from __future__ import annotations

from enum import StrEnum

from hotelbridge.core.records import WakeupState as S


class Happening(StrEnum):
    """What can happen to a wake-up."""

    RING = "ring"  # a round's attempts are saved, their calls go out
    PROVED = "proved"  # the guest is awake, by the proof asked for
    AGAIN = "again"  # the round is over without proof; another follows
    GIVE_UP = "give_up"  # the last round is over, or it was found too late: a person must go
    CHANGE = "change"  # another time or note, before the first ring
    CANCEL = "cancel"
    CLOSE = "close"  # a person says what happened


class IllegalHappening(Exception):
    """The table does not allow this event in this state."""

    def __init__(self, state: S, happening: Happening) -> None:
        super().__init__(f"a wake-up that is {state} cannot take {happening}")
        self.state = state
        self.happening = happening


TABLE: dict[S, dict[Happening, S]] = {
    S.SCHEDULED: {
        Happening.RING: S.CALLING,
        Happening.PROVED: S.WOKEN,  # served by the ring of another wake-up of the same minute
        Happening.GIVE_UP: S.ALARMED,
        Happening.CHANGE: S.SCHEDULED,
        Happening.CANCEL: S.CANCELLED,
        Happening.CLOSE: S.CLOSED,
    },
    S.CALLING: {
        Happening.PROVED: S.WOKEN,
        Happening.AGAIN: S.WAITING,
        Happening.GIVE_UP: S.ALARMED,
        Happening.CANCEL: S.CANCELLED,
        Happening.CLOSE: S.CLOSED,
    },
    S.WAITING: {
        Happening.RING: S.CALLING,
        Happening.PROVED: S.WOKEN,  # a report that came late
        Happening.GIVE_UP: S.ALARMED,
        Happening.CANCEL: S.CANCELLED,
        Happening.CLOSE: S.CLOSED,
    },
    S.ALARMED: {Happening.CLOSE: S.CLOSED},
    S.WOKEN: {},
    S.CLOSED: {},
    S.CANCELLED: {},
}


def after(state: S, happening: Happening) -> S:
    """The state that follows; raises IllegalHappening where the table has no way."""
    try:
        return TABLE[state][happening]
    except KeyError:
        raise IllegalHappening(state, happening) from None


def allows(state: S, happening: Happening) -> bool:
    """Whether the table has a way for this event."""
    return happening in TABLE[state]
