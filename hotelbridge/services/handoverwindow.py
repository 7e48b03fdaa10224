"""The window of the change of shift: what is open now, and what one shift leaves to the next.

`named`: whether this caller may know guests; to others the words are not shown. Refusals every call may
raise: `unknown_property` (404), `bad_cursor` (422), `words_too_long` (422).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hotelbridge.core.records import Actor
from hotelbridge.services.views import Once, Page, Replay

LONGEST_WORDS = 2000  # characters


@dataclass(frozen=True, slots=True)
class OpenView:
    """What somebody who begins his shift must know of, in numbers."""

    alarms: int  # that stand
    wakeups: int  # due in the next hours and not over
    hours: int  # so many
    charges: int  # that ask for a person
    links: tuple[str, ...]  # that are down
    resync: int | None  # that waits for a decision


@dataclass(frozen=True, slots=True)
class OpenNow(OpenView):
    """The same at this moment."""

    first: datetime | None  # when the first of those wake-ups is due


@dataclass(frozen=True, slots=True)
class HandoverView:
    """What one shift left, with what was open then."""

    id: int
    at: datetime
    by: str
    words: str | None  # None: not for this caller
    open: OpenView


class HandoverDesk(Protocol):
    """What a caller can ask about the change of shift."""

    async def open_now(self, property: str) -> OpenNow:
        """What is open at this moment."""
        ...

    async def handovers(
        self, property: str, limit: int, cursor: str | None, *, named: bool
    ) -> Page[HandoverView]:
        """What the shifts before left, newest first."""
        ...

    async def hand_over(
        self, property: str, words: str, actor: Actor, once: Once | None = None
    ) -> HandoverView | Replay:
        """Sign what is left to the next shift; what is open now is kept with it."""
        ...
