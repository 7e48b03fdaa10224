"""The PMS at the far end, as a script plays it: the verbs that a plugin's author fills in.

A verb says what happens at the PMS; the peer puts it on the wire in its protocol's manner. It stands at
the other end of the wire and shares no code with the plugin beyond the codec. What the protocol does not
know is named in `lacks`, each with its reason: the tests of it are skipped, visibly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hotelbridge.core.results import Result


class Answer(StrEnum):
    """What the PMS does with a posting."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # with a reason
    LATER = "later"  # wants it again
    SILENT = "silent"  # takes it and says nothing
    NONSENSE = "nonsense"  # says something that nobody understands


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in the PMS's list of guests."""

    room: str
    reservation: str
    name: str


@dataclass(frozen=True, slots=True)
class SeenPosting:
    """A posting as it arrived at the PMS."""

    number: int
    room: str
    minor: int  # the amount in whole minor units


@dataclass(frozen=True, slots=True)
class SeenResult:
    """The result of a wake-up as it arrived; `local` with seconds, as it was asked for."""

    room: str
    local: str
    result: Result


class Peer:
    """One scripted PMS. Every verb returns at once; what it leads to needs time on the house's clock."""

    lacks: Mapping[str, str] = {}  # verbs, and names of `Answer`, that the protocol does not know: why not
    acknowledges = True  # it is told what arrived, and keeps the rest to say it again
    within = 60.0  # seconds in which a healthy link has told what was said, and given up on an answer
    back_within = 600.0  # seconds in which a link stands again once the reason is gone

    # --- guests ---

    def guest_checks_in(self, guest: Guest) -> None:
        raise NotImplementedError

    def guest_leaves(self, guest: Guest) -> None:
        raise NotImplementedError

    def guest_moves(self, guest: Guest, to: str) -> None:
        """From `guest.room` to the room `to`."""
        raise NotImplementedError

    def repeats(self) -> None:
        """What was said last, once more and byte for byte."""
        raise NotImplementedError

    def talks_nonsense(self) -> Sequence[bytes]:
        """Something that is no message of the protocol; what of it must be found in the flight recorder."""
        raise NotImplementedError

    # --- a resync ---

    def lists_the_house(self, guests: Sequence[Guest]) -> None:
        """How everything stands, from its beginning to its end."""
        raise NotImplementedError

    def begins_to_list(self, guests: Sequence[Guest]) -> None:
        """The beginning and these guests, and then no more of it."""
        raise NotImplementedError

    def resyncs_asked_for(self) -> int:
        """How often the house has asked for one."""
        raise NotImplementedError

    # --- wake-ups ---

    def asks_for_wakeup(self, room: str, local: str) -> None:
        """`local`: 2026-11-25T06:30:00."""
        raise NotImplementedError

    def takes_wakeup_back(self, room: str, local: str) -> None:
        raise NotImplementedError

    def wakeup_results(self) -> Sequence[SeenResult]:
        """All that arrived, oldest first."""
        raise NotImplementedError

    # --- charges ---

    def answers_posting(self, how: Answer) -> None:
        """From now on; `ACCEPTED` at the beginning."""
        raise NotImplementedError

    def postings(self) -> Sequence[SeenPosting]:
        """All that arrived, oldest first, repeated ones too."""
        raise NotImplementedError

    # --- the wire ---

    def goes_away(self) -> None:
        """It cannot be reached any more, as far as a link can see; what is under way is lost."""
        raise NotImplementedError

    def comes_back(self) -> None:
        raise NotImplementedError

    def acknowledged(self) -> int:
        """How many of its messages were acknowledged; only where it `acknowledges`."""
        raise NotImplementedError

    # --- what is no verb ---

    def as_told(self, name: str) -> str:
        """How a guest's name must reach the house; other than itself only where the protocol cannot."""
        return name

    def close(self) -> None:
        """The test is over."""


VERBS = tuple(
    name
    for name, value in vars(Peer).items()
    if callable(value) and not name.startswith("_") and name not in ("as_told", "close")
)
