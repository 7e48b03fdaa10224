"""What one unit of work does to guests and rooms: who does it, why, and what has come of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hotelbridge.core.records import Actor
from hotelbridge.services.effects import Effect
from hotelbridge.services.rules import Rules
from hotelbridge.store import journal
from hotelbridge.store.database import Tx
from hotelbridge.texts import phrase

FROM_PMS = "pms"  # the origin of what a PMS tells
_MOST_SAID = 8  # things in the words of one unit; the journal has them all


@dataclass(frozen=True, slots=True)
class Applied:
    """What facts, or somebody at the desk, have changed."""

    words: str  # for people: what it did; "nothing new" where everything was known
    rooms: tuple[str, ...]  # those whose phones may want something else now
    effects: list[Effect]  # to be started after the commit


@dataclass(slots=True)
class Doing:
    """A unit of work under way."""

    tx: Tx
    rules: Rules
    actor: Actor
    now: datetime
    record_id: int | None = None
    received_at: datetime | None = None  # when that record came; it may have waited for a start of the daemon
    words: list[str] = field(default_factory=list)
    rooms: dict[str, None] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)

    @property
    def said(self) -> datetime:
        """When what is done now was said: the time at which guests come and leave."""
        return self.now if self.received_at is None else min(self.received_at, self.now)

    @property
    def property(self) -> str:
        return self.rules.property

    def note(self, room: str, what: str, text: str, reservation: str = "") -> None:
        """Something has happened in a room: kept in the journal, and told to whoever looks at it."""
        at, who = self.now, self.actor
        journal.write(
            self.tx,
            self.property,
            at,
            who,
            room,
            what,
            text,
            reservation=reservation,
            record_id=self.record_id,
        )
        self.touch(room)

    def touch(self, room: str) -> None:
        """A room is not as it was."""
        if room not in self.rooms:
            self.rooms[room] = None
            self.tx.changed(self.property, "room", room, self.now)

    def say(self, words: str) -> None:
        """One thing that was done, in words for the flight recorder."""
        self.words.append(words)

    def applied(self) -> Applied:
        """What has come of it."""
        told = self.words[:_MOST_SAID]
        left = len(self.words) - len(told)
        more = [phrase(f"and {left} more")] if left else []
        return Applied("; ".join(told + more) or phrase("nothing new"), tuple(self.rooms), self.effects)


def the_pms(actor: Actor) -> str:
    """Whoever told what is done now, in words; a person may do long afterwards what the PMS had told."""
    pms = actor.name
    return phrase(f"the PMS ({pms})") if actor.origin == FROM_PMS else phrase("the PMS")


def the_pms_first(actor: Actor) -> str:
    """The same at the beginning of a sentence."""
    pms = actor.name
    return phrase(f"The PMS ({pms})") if actor.origin == FROM_PMS else phrase("The PMS")


def guest(reservation: str) -> str:
    """A guest without his name, which not everybody at the desk needs to know."""
    return phrase(f"reservation {reservation}") if reservation else phrase("a guest")


def checked_out(who: str) -> str:
    """A guest, or a room with all who were in it."""
    return phrase(f"{who} checked out")
