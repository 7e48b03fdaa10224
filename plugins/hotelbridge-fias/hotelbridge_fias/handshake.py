"""How a link stands, as a table: what each state makes of each thing that can happen.

Whoever dialled, the PMS's side says LS first; we answer with the description of what we want to hear
(LD, LR, LA), and with its LA the link is alive. An LS at any later time means that the PMS has been
started again and knows nothing of us any more. What is not in the table changes nothing.

`print(as_text())` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """How far a link has come."""

    DOWN = "down"  # no line
    LISTENING = "listening"  # the line stands; the PMS speaks first
    ASKED = "asked"  # it said nothing, so we said LS
    OFFERING = "offering"  # LD, LR and LA are being written
    OFFERED = "offered"  # they are; the PMS's LA is to come
    ALIVE = "alive"
    PROVING = "proving"  # alive, silent for long, and asked with LS whether it still is
    ENDED = "ended"  # the PMS said LE: it closes the line, or begins again with LS
    LEAVING = "leaving"  # we said LE


class Event(StrEnum):
    """What can happen to a link."""

    CONNECTED = "connected"
    LOST = "lost"
    LS = "LS"
    LA = "LA"
    LE = "LE"
    DATA = "data"  # any record that is not about the link
    WRITTEN = "written"  # our LA of the description is on its way
    SILENCE = "silence"  # nothing came for as long as the state waits
    LEAVE = "leave"  # we are to stop


class Act(StrEnum):
    """What is to be done about it."""

    NOTHING = "-"
    ASK = "say LS"
    OFFER = "say LD, LR, LA"
    ANSWER = "say LA"  # unless we have just spoken: two that answer each answer would never end
    PART = "say LE"
    DROP = "close"


_STAY_UP = {
    Event.LS: (State.OFFERING, Act.OFFER),
    Event.LE: (State.ENDED, Act.PART),
    Event.LOST: (State.DOWN, Act.NOTHING),
    Event.LEAVE: (State.LEAVING, Act.PART),
}
TABLE: Mapping[State, Mapping[Event, tuple[State, Act]]] = {
    State.DOWN: {Event.CONNECTED: (State.LISTENING, Act.NOTHING)},
    State.LISTENING: {
        **_STAY_UP,
        # The PMS did not notice that we were away. It may, or may not, still know our description.
        Event.LA: (State.OFFERING, Act.OFFER),
        Event.DATA: (State.OFFERING, Act.OFFER),
        Event.SILENCE: (State.ASKED, Act.ASK),
    },
    State.ASKED: {
        **_STAY_UP,
        Event.LA: (State.OFFERING, Act.OFFER),
        Event.DATA: (State.OFFERING, Act.OFFER),
        Event.SILENCE: (State.DOWN, Act.DROP),
    },
    # Some say LA together with their LS: it answers nothing yet.
    State.OFFERING: {
        **_STAY_UP,
        Event.WRITTEN: (State.OFFERED, Act.NOTHING),
        Event.SILENCE: (State.DOWN, Act.DROP),  # a serial line on which nobody acknowledges
    },
    State.OFFERED: {
        **_STAY_UP,
        Event.LA: (State.ALIVE, Act.NOTHING),
        Event.DATA: (State.ALIVE, Act.NOTHING),  # a PMS sends none before it is content
        Event.SILENCE: (State.DOWN, Act.DROP),
    },
    State.ALIVE: {
        **_STAY_UP,
        Event.LA: (State.ALIVE, Act.ANSWER),
        Event.SILENCE: (State.PROVING, Act.ASK),
    },
    State.PROVING: {
        **_STAY_UP,
        Event.LA: (State.ALIVE, Act.NOTHING),
        Event.DATA: (State.ALIVE, Act.NOTHING),
        Event.SILENCE: (State.DOWN, Act.DROP),
    },
    State.ENDED: {
        Event.LS: (State.OFFERING, Act.OFFER),
        Event.LA: (State.OFFERING, Act.OFFER),
        Event.DATA: (State.OFFERING, Act.OFFER),
        Event.SILENCE: (State.ASKED, Act.ASK),
        Event.LOST: (State.DOWN, Act.NOTHING),
        Event.LEAVE: (State.DOWN, Act.DROP),
    },
    State.LEAVING: {
        Event.LE: (State.DOWN, Act.DROP),
        Event.SILENCE: (State.DOWN, Act.DROP),
        Event.LOST: (State.DOWN, Act.NOTHING),
    },
}
UP = frozenset({State.ALIVE, State.PROVING})  # data may go both ways


def step(state: State, event: Event) -> tuple[State, Act]:
    """Where an event leads, and what is to be done."""
    return TABLE[state].get(event, (state, Act.NOTHING))


def as_text() -> str:
    """The table for people, a line for each thing that changes something."""
    lines = []
    for state, row in TABLE.items():
        for event, (then, act) in row.items():
            lines.append(f"{state:<10} {event:<10} -> {then:<10} {act}")
    return "\n".join(lines)
