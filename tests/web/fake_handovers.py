"""What shifts leave to each other, kept in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hotelbridge.core.records import Actor
from hotelbridge.errors import Refusal
from hotelbridge.services.handoverwindow import LONGEST_WORDS, HandoverView, OpenNow
from hotelbridge.services.views import Once, Page, Replay, render
from hotelbridge.testing.fake_clock import FakeClock

from .fake_desk import ZONE


class FakeHandovers:
    """`hotelbridge.services.handoverwindow.HandoverDesk`."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.open = OpenNow(0, 0, 12, 0, (), None, None)
        self.kept: list[HandoverView] = []
        self.asked: list[tuple[Any, ...]] = []
        self.answers: dict[str, str] = {}

    async def open_now(self, property: str) -> OpenNow:
        return self.open

    async def handovers(
        self, property: str, limit: int, cursor: str | None, *, named: bool
    ) -> Page[HandoverView]:
        if cursor is not None and not cursor.isdigit():
            raise Refusal("bad_cursor", "This cursor was not given by this list.")
        found = [one for one in reversed(self.kept) if cursor is None or one.id < int(cursor)]
        shown = tuple(one if named else replace(one, words=None) for one in found[:limit])
        return Page(shown, str(shown[-1].id) if len(found) > limit else None)

    async def hand_over(
        self, property: str, words: str, actor: Actor, once: Once | None = None
    ) -> HandoverView | Replay:
        self.asked.append((property, words, actor, once))
        if len(words) > LONGEST_WORDS:
            raise Refusal("words_too_long", f"These words are longer than {LONGEST_WORDS} characters.")
        if once is not None and once.key in self.answers:
            return Replay(200, self.answers[once.key])
        at = self.clock.now().astimezone(ZONE)
        signed = HandoverView(len(self.kept) + 1, at, actor.name, words, self.open)
        self.kept.append(signed)
        if once is not None:
            self.answers[once.key] = render(signed)
        return signed
