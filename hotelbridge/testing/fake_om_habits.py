"""The times of the simulated exchange, and the way out for what it has to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hotelbridge.testing.fake_om_scripts import Answers, NoAnswer
from hotelbridge.testing.fake_om_xml import Node


class Pushes(Protocol):
    """Where documents for the application server go."""

    def push(self, name: str, document: Node, phone: str | None) -> None: ...


@dataclass(slots=True)
class Habits:
    """Times of the device and its lines, in seconds."""

    ring_after: float = 0.5  # from the command to the first ring
    announcement: float = 8.0  # one play of a voice file
    dialling: float = 2.0  # a guest dials, a trunk connects
    divert_after: float = 20.0  # Fwd_Type 2
    key_timeout: float = 5.0  # half of the keys: DTMF ending in T
    outside: Answers | NoAnswer = field(
        default_factory=lambda: Answers(5.0, None)
    )  # what outside numbers do when they are called
